"""What should be told in a year, worked out a second time from the calendar and from what was filed, and not by the
bot's code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from dialogs.texts import texts
from domain.access import Role, RoleKind, Visible
from domain.calendar import Event, Form, Party
from domain.days import local_day
from domain.demo import DemoRegister
from domain.submissions import HalfYearReport
from play.rehearsal.owed import partnerships, reports_of
from play.rehearsal.people import region_of_owner
from play.rehearsal.record import CHANNEL
from play.rehearsal.scene import Called
from store import register, views

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """The person, or the channel, is to be told of that kind, on a day from the first to the last, in words that have
    these in them."""

    kind: str
    recipient: str
    first: date
    last: date
    says: tuple[str, ...] = ()


def of_cases(connection: Connection, year: int) -> list[Expected]:
    """Of every case that was filed the secretariat hears, and each university in it is asked to confirm its part."""
    found = []
    for case in views.cases(connection, Visible(everything=True)):
        day = local_day(case.submitted_at)
        if day.year != year:
            continue
        for person in register.people_with(connection, RoleKind.SECRETARIAT, on=day):
            found.append(Expected("case_filed", person.id, day, day + _DAY, (case.number,)))
        for person in register.people_with(connection, RoleKind.UNIVERSITY_CONTACT, on=day):
            speaks_for = {role.organisation for role in register.roles(connection, person.id).values()}
            if speaks_for & set(case.partners):
                found.append(Expected("confirmation_asked", person.id, day, day + _DAY, (case.number,)))
    return found


def of_grant_reports(connection: Connection, people: DemoRegister, year: int) -> list[Expected]:
    """Of every report the side that did not file it is asked to confirm it; of a red one the secretariat hears."""
    found, filed = [], reports_of(connection, year)
    for each in partnerships(people, year):
        its = each.reported(filed)
        if its is None:
            continue
        first = local_day(its.submitted_at)
        filers = {role.organisation for role in people.roles_of(its.submitted_by)}
        others = {each.owner, each.university} - filers
        is_red = HalfYearReport.read(its.report).light == "red"
        for person_id, role in people.roles:
            if not role.holds(first):
                continue
            if (
                role.kind in (RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)
                and role.organisation in others
            ):
                found.append(Expected("report_confirm", person_id, first, first + _DAY, (each.title,)))
            if is_red and role.kind is RoleKind.SECRETARIAT:
                found.append(Expected("half_year_red", person_id, first, first + _DAY, (each.title,)))
    return found


def of_calls(calls: Iterable[Called], people: DemoRegister) -> list[Expected]:
    """Of each meeting that staff have called to: everybody whom it is for, and the channel, by what, when and where."""
    found = []
    for call in calls:
        first = local_day(call.at)
        channel = f"{CHANNEL}{call.event.region or ''}"
        found.append(Expected("meeting_called", channel, first, first + _DAY, _what(call, "nb")))
        for person in people.people:
            if any(is_for(people, call.event, role, first) for role in people.roles_of(person.id)):
                says = _what(call, person.language or "nb")
                found.append(Expected("meeting_called", person.id, first, first + _DAY, says))
    return found


def _what(call: Called, language: str) -> tuple[str, ...]:
    t, event = texts(language), call.event
    last_on = event.ends_on if event.is_dated and event.ends_on is not None else call.on
    place = event.place_in(language) if event.form is Form.PHYSICAL else None
    form = t(f"meeting.form.{'digital' if event.form is Form.DIGITAL else 'physical'}")
    return (event.title(language), t.day(last_on), form, *([place] if place else []))


_COMMITTEES = ("committee_kindergarten", "committee_school", "committee_upper_secondary")
_BODIES: Mapping[Party, tuple[str, ...]] = {
    Party.FORUM: ("forum",),
    Party.COMMITTEES: _COMMITTEES,
    Party.FORUM_AND_COMMITTEES: ("forum", *_COMMITTEES),
}


def is_for(people: DemoRegister, event: Event, role: Role, day: date) -> bool:
    """Seats of a body; of a network, those who speak or write for an owner that lies in the region."""
    if not role.holds(day):
        return False
    if event.audience in _BODIES:
        return role.kind is RoleKind.SEAT and role.body in _BODIES[event.audience]
    writes = role.kind in (RoleKind.OWNER_CONTACT, RoleKind.FILER)
    return writes and region_of_owner(people, role.organisation or "", day) == event.region
