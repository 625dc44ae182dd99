"""Whom the duties have reminded on a day: those who might owe something that the day is a step of."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from dialogs.duties import Source, sources
from domain.calendar import Party
from domain.days import is_first_of_week
from domain.forum import Forum
from domain.ladders import reminding
from store import audience, register
from store.occasions import Occasion

_DAY = timedelta(days=1)


def due_on(connection: Connection, forum: Forum, day: date) -> Iterator[Occasion]:
    """One reminder for each person, whatever they owe; and after the last step, to staff, whom to phone."""
    rules = reminding(forum.key)
    steps = [
        (source, days) for source in sources().values() if (days := _due(connection, forum, source, day))
    ]
    until = [rules.ladder(source.ladder).next_after(day, due) for source, days in steps for due in days]
    asked = [(source.people, {"on": day, "last_days": days}) for source, days in steps]
    if is_first_of_week(day):
        asked.append((register.REMINDED_WEEKLY, {}))
        until.append(day + 7 * _DAY)
    for people, told in asked:
        expires_at = rules.moment(max(until))
        yield Occasion("reminder", day.isoformat(), people, expires_at, told, {"day": day.isoformat()})
    over = [due for source, days in steps for due in days if source.is_phoned and due < day]
    if over:
        staff = audience.of(forum.key, Party.COUNTY_GOVERNOR)
        until_at = rules.moment(max(until))
        yield Occasion(
            "to_phone", day.isoformat(), staff, until_at, {"on": day}, {"day": max(over).isoformat()}
        )


def _due(connection: Connection, forum: Forum, source: Source, day: date) -> list[date]:
    """The last days that the day is a step of, and on which somebody's duty falls."""
    steps = set(reminding(forum.key).ladder(source.ladder).due_on(day))
    return sorted(steps & set(source.last_days(connection, forum, min(steps), max(steps)))) if steps else []
