"""What the duties of a round of needs reports have in common."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from dialogs.hearing import this_round
from dialogs.offers import last_day
from domain.calendar import Event
from domain.forum import Forum
from domain.rounds import DEADLINE
from store import owing, years
from store.years import KnownYear


def year_of(asked: Inquiry) -> int:
    """The cycle of the round that opened last."""
    return this_round(asked.forum, asked.at)


def due_on(asked: Inquiry, owner: str | None) -> date:
    """The last day on which the owner may file."""
    return last_day(asked.connection, asked.forum.key, year_of(asked), owner)


def is_due_by(_: KnownYear, event: Event) -> bool:
    return event.key == DEADLINE


def last_days(connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    """The deadlines in that time: of everybody, and of owners that were given a later one."""
    rounds = years.rounds(connection, forum.key)
    for year in range(first.year, last.year + 1):
        deadline = rounds.of(year).deadline_on
        if first <= deadline <= last:
            yield deadline
    yield from owing.extended_days(connection, first, last)
