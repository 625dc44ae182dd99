"""Who is to be reminded on a day, worked out a second time from what is filed, confirmed and answered.

It asks none of the bot's duties. Whoever changes who is reminded when changes it here, too; that is what it is for.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from domain.access import RoleKind, Visible
from domain.calendar import Party
from domain.days import is_working_day, local_day
from domain.demo import DemoRegister
from domain.forum import load_forum
from domain.meetings import MeetingState
from domain.register import OrganisationKind
from domain.rounds import planned_rounds
from play.rehearsal.stage import FORUM
from store import confirmations, grant_reports, meetings, views, years
from store.grant_reports import Filed

GRANT_REPORT = "half_year_report"
_DAY = timedelta(days=1)
_CONTACTS = (RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)
_DAYS_TO_CONFIRM = 5  # working days


@dataclass(frozen=True, slots=True)
class Step:
    """So many days before a last day. On a free day it is the working day before; after the last day, the one after."""

    before: int

    def day_for(self, due_on: date) -> date:
        day, way = due_on - self.before * _DAY, -_DAY if self.before >= 0 else _DAY
        while not is_working_day(day):
            day += way
        return day


STEPS = tuple(Step(before) for before in (14, 7, 2, 0, -1))
_TO_ANSWER = tuple(Step(before) for before in (2, 0))  # a call to a meeting


@dataclass(frozen=True, slots=True, order=True)
class Reminded:
    """On that day the person is to be reminded of something, in words that have these in them."""

    day: date
    person: str
    says: str


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: Connection
    people: DemoRegister
    year: int
    day: date

    def is_step(self, due_on: date | None, steps: tuple[Step, ...] = STEPS) -> bool:
        return due_on is not None and self.day in {step.day_for(due_on) for step in steps}

    def who(self, *kinds: RoleKind, of: Collection[str] | None = None, says: str = "") -> Iterator[Reminded]:
        """Who is that for one of these organisations; None: for any, or for a body."""
        for person_id, role in self.people.roles:
            is_theirs = of is None or role.organisation in of
            if role.kind in kinds and is_theirs and role.holds(self.day):
                yield Reminded(self.day, person_id, says)


def reminded(connection: Connection, people: DemoRegister, year: int, day: date) -> frozenset[Reminded]:
    """Who owes something now by a last day that this day is a step of."""
    asked = _Asked(connection, people, year, day)
    return frozenset(each for find in _OWED for each in find(asked))


def _needs_reports(asked: _Asked) -> Iterator[Reminded]:
    """Contacts of owners that have filed nothing in the round, and whoever writes for one that has begun something."""
    if not asked.is_step(planned_rounds(FORUM).of(asked.year).deadline_on):
        return
    cases = views.cases(asked.connection, Visible(everything=True), about=views.About(year=asked.year))
    filed = {owner for case in cases for owner in (case.lead_owner, *case.other_owners)}
    owners = {role.organisation for _, role in asked.people.roles if role.kind is RoleKind.OWNER_CONTACT}
    begun = {each.owner for each in views.begun(asked.connection, asked.year) if each.owner}
    yield from asked.who(RoleKind.OWNER_CONTACT, of={owner for owner in owners - filed if owner})
    yield from asked.who(RoleKind.OWNER_CONTACT, RoleKind.FILER, of=begun)


def _confirmations(asked: _Asked) -> Iterator[Reminded]:
    """Of parts of cases: some working days after the round's last day, or after the question, which may be later."""
    for each in confirmations.open_of(asked.connection, universities()):
        about, _, number = each.subject.partition(":")
        if about == "case":
            deadline_on = planned_rounds(FORUM).of(int(number[:4])).deadline_on
            due_on = _working_days_after(max(deadline_on, local_day(each.asked_at)), _DAYS_TO_CONFIRM)
            if asked.is_step(due_on):
                yield from asked.who(RoleKind.UNIVERSITY_CONTACT, of={each.organisation}, says=number)


def universities() -> frozenset[str]:
    return frozenset(
        each.id
        for each in load_forum(FORUM).organisations()
        if each.kind is OrganisationKind.HIGHER_ED_INSTITUTION
    )


def _working_days_after(day: date, count: int) -> date:
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day


def _answers(asked: _Asked) -> Iterator[Reminded]:
    """Who was called to a meeting that is to come, and has not said whether they come."""
    for meeting in meetings.of_year(asked.connection, asked.year).values():
        is_called = meeting.state in (MeetingState.CALLED, MeetingState.CHANGED)
        is_to_come = meeting.first_on is not None and meeting.first_on > asked.day
        if is_called and is_to_come and asked.is_step(meeting.answer_by_on, _TO_ANSWER):
            for invitee in meetings.invitees(asked.connection, meeting.id):
                if invitee.answer is None:
                    yield Reminded(asked.day, invitee.person_id, "")


@dataclass(frozen=True, slots=True)
class Partnership:
    """An owner and a university that were granted money by one decision."""

    reference: str
    title: str
    owner: str
    university: str

    @property
    def sides(self) -> tuple[str, str]:
        return self.owner, self.university

    def reported(self, filed: Collection[Filed]) -> Filed | None:
        mine = (self.reference, self.owner, self.university)
        of = {(each.about.reference, each.owner, each.university): each for each in filed}
        return of.get(mine)


def partnerships(people: DemoRegister, year: int) -> tuple[Partnership, ...]:
    """Those whose grants are reported on in the year: of the year before."""
    return tuple(
        Partnership(grant.reference, grant.title, grant.lead_owner, grant.recipient)
        for grant in people.grants
        if grant.year == year - 1 and grant.recipient in universities()
    )


def _grant_reports(asked: _Asked) -> Iterator[Reminded]:
    """Both sides until the report is filed; then the one that has not confirmed it, which has some days for that."""
    known = years.year_of(asked.connection, FORUM, asked.year)
    event = known.year.event(GRANT_REPORT)
    if event is None or not known.is_approved or event.ends_on is None:
        return
    filed = reports_of(asked.connection, asked.year)
    for each in partnerships(asked.people, asked.year):
        its = each.reported(filed)
        if its is None:
            if asked.is_step(event.ends_on):
                yield from asked.who(*_CONTACTS, of=each.sides, says=each.title)
            continue
        for one in confirmations.open_of(asked.connection, each.sides):
            due_on = _working_days_after(max(event.ends_on, local_day(one.asked_at)), _DAYS_TO_CONFIRM)
            if one.subject == its.topic and asked.is_step(due_on):
                yield from asked.who(*_CONTACTS, of={one.organisation}, says=each.title)


def reports_of(connection: Connection, year: int) -> tuple[Filed, ...]:
    """What was reported on grants in the year's autumn."""
    return tuple(grant_reports.of_period(connection, GRANT_REPORT, f"{year}-2").values())


def _elsewhere(asked: _Asked) -> Iterator[Reminded]:
    """What is handed in outside the bot, which nobody who plays says that they have done."""
    for event in years.year_of(asked.connection, FORUM, asked.year).year.events:
        if not event.is_elsewhere or not asked.is_step(event.ends_on):
            continue
        if event.responsible is Party.PARTNERSHIP:
            for each in partnerships(asked.people, asked.year):
                yield from asked.who(*_CONTACTS, of=each.sides, says=each.reference)
        else:
            is_owners = event.responsible is Party.OWNERS
            yield from asked.who(RoleKind.OWNER_CONTACT if is_owners else RoleKind.SEAT)


_OWED: tuple[Callable[[_Asked], Iterator[Reminded]], ...] = (
    _needs_reports,
    _confirmations,
    _answers,
    _grant_reports,
    _elsewhere,
)
