"""What should be told in a year, worked out a second time from the calendar and the cases, and not by the bot's code.

Whoever changes when people are reminded changes it here, too; that is what it is for.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from domain.access import RoleKind, Visible
from domain.days import is_working_day
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
    """The person should be told of that kind on that day. `why` is for whoever reads of a miss."""

    day: date
    kind: str
    recipient: str
    why: str


def owing(connection: Connection, year: int, day: date) -> list[Expected]:
    """Who speaks for an owner that has filed nothing in the year's round."""
    cases = views.cases(connection, Visible(everything=True), about=views.About(year=year))
    filed = {owner for case in cases for owner in (case.lead_owner, *case.other_owners)}
    found = []
    for person in register.people(connection):
        roles = register.roles(connection, person.id).values()
        owners = {
            role.organisation or ""
            for role in roles
            if role.kind is RoleKind.OWNER_CONTACT and role.holds(day)
        }
        if owners - filed:
            found.append(Expected(day, "reminder", person.id, ", ".join(sorted(owners - filed))))
    return found
