"""What should be told in a year, worked out a second time from the calendar and the cases, and not by the bot's code.

Whoever changes when people are reminded changes it here, too; that is what it is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from domain.access import RoleKind, Visible
from domain.days import is_working_day, local_day
from store import register, views

_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Expected:
    """The person is to be told of that kind, on a day from the first to the last, in words that have these in them."""

    kind: str
    recipient: str
    first: date
    last: date
    says: str = ""


def reminders(connection: Connection, year: int, day: date) -> list[Expected]:
    """On a day of the ladder: who speaks for an owner that has filed nothing in the year's round."""
    cases = views.cases(connection, Visible(everything=True), about=views.About(year=year))
    filed = {owner for case in cases for owner in (case.lead_owner, *case.other_owners)}
    return [
        Expected("reminder", person.id, day, day)
        for person in register.people(connection)
        if set(_owners(connection, person.id, day)) - filed
    ]


def _owners(connection: Connection, person_id: str, day: date) -> Iterator[str]:
    for role in register.roles(connection, person_id).values():
        if role.kind is RoleKind.OWNER_CONTACT and role.holds(day):
            yield role.organisation or ""


def of_cases(connection: Connection, year: int) -> list[Expected]:
    """The secretariat hears of every case that was filed."""
    filed = [
        (case.number, local_day(case.submitted_at))
        for case in views.cases(connection, Visible(everything=True))
        if local_day(case.submitted_at).year == year
    ]
    return [
        Expected("case_filed", person.id, day, day + _DAY, number)
        for number, day in filed
        for person in register.people_with(connection, RoleKind.SECRETARIAT, on=day)
    ]
