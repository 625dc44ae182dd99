"""What of the forum's year is told by itself: a table of what is told of which events, on which days and to whom.

What people owe is told by reminders, which are not here: they follow from the cases (`dialogs.duties`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from domain.calendar import HANDED_IN_AS, Event, Party, Rolls, opens_on, working_days_before
from domain.days import end_of, is_first_of_week, roll_forward
from domain.forum import Forum
from domain.ladders import Reminding, reminding, roll_back, step_on
from store import audience, owing, years
from store.occasions import Occasion, named_ones

GENERAL = "channel:"
"""The recipient that is the forum's general channel; a region's has its key behind it."""

_KEPT = timedelta(days=4)  # so long it is worth being told late

Days = Callable[[Event, int, Reminding], Iterable[date]]
Whom = Callable[[Forum, Event, int], Any]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something that is told of an event of a year: on which days (none: not of this event), and to whom. `first`: the
    day that it tells of."""

    kind: str
    days: Days
    whom: Whom
    first: Callable[[Event], date | None] = lambda event: event.first


def is_deadline(event: Event) -> bool:
    """Whether something is to be handed in by its day."""
    return event.form in HANDED_IN_AS and event.is_dated


# On which days


def _own_day(event: Event, _: int, rules: Reminding) -> Iterator[date]:
    """A day of the authorities' own: a working week ahead, so that a free day is seen in time, and on the day."""
    if event.rolls is Rolls.WARN and event.is_dated and event.first is not None:
        for count in rules.staff.own_day_working_days_before:
            yield working_days_before(event.first, count) if count else roll_back(event.first)


def _ahead(event: Event, _: int, rules: Reminding) -> Iterator[date]:
    if is_deadline(event) and event.first is not None:
        yield from (step_on(event.first, before) for before in rules.channels.days_before)


def _opening(event: Event, _: int, rules: Reminding) -> Iterator[date]:
    """What can be applied for from then on, and what is handed in during a season."""
    if (day := opens_on(event)) is not None:
        yield roll_forward(day)


# To whom


def _staff(forum: Forum, _: Event, __: int) -> Any:
    return audience.of(forum.key, Party.COUNTY_GOVERNOR)


def _those_concerned(forum: Forum, event: Event, year: int) -> Any:
    return audience.of(forum.key, event.audience, event.region, year)


def _channels(forum: Forum, event: Event, _: int) -> Any:
    """The region's; of what concerns owners everywhere all of them; else the general one."""
    if event.region is not None:
        return named_ones([f"{GENERAL}{event.region}"])
    is_for_all = event.audience in (Party.OWNERS, Party.GRANT_HOLDERS)
    return named_ones([GENERAL, *(f"{GENERAL}{region.key}" for region in forum.regions if is_for_all)])


EVENTS = (
    Scheduled("own_day", _own_day, _staff),
    Scheduled("opening", _opening, _those_concerned, opens_on),
    Scheduled("opening_posted", _opening, _channels, opens_on),
    Scheduled("deadline_posted", _ahead, _channels),
)


def due_on(connection: Connection, forum: Forum, day: date) -> Iterator[Occasion]:
    """What of the year is to be told on the day. Of a year that is not approved only staff are told."""
    for year in (day.year, day.year + 1):
        known = years.year_of(connection, forum.key, year)
        for event in known.year.events:
            for scheduled in EVENTS:
                is_for_staff = scheduled.whom is _staff
                if (known.is_approved or is_for_staff) and day in scheduled.days(
                    event, year, reminding(forum.key)
                ):
                    yield _occasion(scheduled, forum, event, year, day)
    yield from _of_the_week(forum, day)


def _occasion(scheduled: Scheduled, forum: Forum, event: Event, year: int, day: date) -> Occasion:
    payload = {"year": str(year), "event": event.key}
    if (first := scheduled.first(event)) is not None:
        payload["first"] = first.isoformat()  # where it has moved meanwhile, this is not told any more
    occurrence, until, region = f"{year}.{event.key}.{day}", end_of(day + _KEPT), event.region or ""
    if scheduled.whom is _channels:
        return Occasion(scheduled.kind, occurrence, _channels(forum, event, year), until, {}, payload, region)
    told, people = {"on": day}, scheduled.whom(forum, event, year)
    nobody = Occasion("nobody_to_tell", occurrence, owing.SECRETARIAT, until, told, payload, region)
    return Occasion(scheduled.kind, occurrence, people, until, told, payload, region, nobody)


def _of_the_week(forum: Forum, day: date) -> Iterator[Occasion]:
    """What the year asks of the secretariat: dates, calls and the next year, all of it once a week."""
    if is_first_of_week(day):
        until = end_of(day + _KEPT)
        yield Occasion("year_to_do", str(day), owing.SECRETARIAT, until, {"on": day}, {"day": str(day)})
