"""What the duties to confirm have in common."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from domain import confirming
from domain.days import local_day
from domain.forum import Forum
from store import owing

LONGEST = timedelta(days=31)  # from when it is asked to the last day, holidays and all


def last_days(
    connection: Connection, forum: Forum, deadlines: Iterable[date], first: date, last: date
) -> Iterator[date]:
    """In that time: of each deadline, and of every day after one on which somebody was asked."""
    asked_on = {local_day(at) for at in owing.asked_between(connection, first - LONGEST, last)}
    for day in sorted({*deadlines, *asked_on}):
        due = confirming.confirm_by(forum.key, day, day)
        if first <= due <= last:
            yield due
