"""The forum's years as staff have them: a draft until they approve it, and what they have moved in it.

A year that nobody has touched is not kept: it is as the plan has it. The first year of the data was approved before
the bot came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, select, update

from domain.calendar import Event, Year, first_year, planned_year, roll
from domain.days import local_day
from domain.errors import Final, Stale
from domain.rounds import Rounds
from store import audit, revisions
from store.tables import Json, calendar_event, calendar_year, insert
from store.work import Work

_NAME = "calendar"  # of its revision


class YearState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"


class YearIsOver(Final):
    """What has been is not changed."""


@dataclass(frozen=True, slots=True)
class KnownYear:
    """`version`: rises with every change; 0: as planned, and not kept yet. `versions`: of each event that is kept."""

    year: Year
    is_approved: bool
    version: int = 0
    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    approved_at: datetime | None = None
    approved_by: str | None = None


_YEARS = select(calendar_year).order_by(calendar_year.c.year)
_EVENTS = select(
    calendar_event.c.year, calendar_event.c.key, calendar_event.c.event, calendar_event.c.version
).order_by(calendar_event.c.year, calendar_event.c.place)
_MAKE = insert(calendar_year).on_conflict_do_nothing(index_elements=["year"]).returning(calendar_year.c.year)
_ADD_EVENTS = insert(calendar_event)
_APPROVE = (
    update(calendar_year)
    .where(calendar_year.c.year == bindparam("which"), calendar_year.c.state == YearState.DRAFT)
    .values(
        state=YearState.APPROVED,
        approved_at=bindparam("at"),
        approved_by=bindparam("by"),
        version=calendar_year.c.version + 1,
    )
)
_TOUCH = (
    update(calendar_year)
    .where(calendar_year.c.year == bindparam("which"), calendar_year.c.version == bindparam("read"))
    .values(version=calendar_year.c.version + 1)
)
_CHANGE_EVENT = (
    update(calendar_event)
    .where(calendar_event.c.year == bindparam("which"), calendar_event.c.key == bindparam("named"))
    .values(event=bindparam("as_it_is", type_=Json), version=bindparam("now_version"))
)


# Asking


def year_of(connection: Connection, forum_key: str, year: int) -> KnownYear:
    """The year as it is kept, else as it is planned.

    Raises: UnknownForum. ValueError - no plan reaches that year.
    """
    known = kept_years(connection).get(year)
    return known or KnownYear(_planned(connection, forum_key, year), year == first_year(forum_key).year)


def kept_years(connection: Connection) -> Mapping[int, KnownYear]:
    """Those that staff have begun on, in order."""
    return _kept(connection).years


def rounds(connection: Connection, forum_key: str) -> Rounds:
    """The forum's rounds, with the deadlines that its years have now."""
    return Rounds(forum_key, lambda year: year_of(connection, forum_key, year).year)


def _kept(connection: Connection) -> "_Kept":
    return revisions.kept(connection, _NAME, _read)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The years that are kept, and those that were made from them so far."""

    years: Mapping[int, KnownYear]
    made: dict[int, Year] = field(default_factory=dict)


def _planned(connection: Connection, forum_key: str, year: int) -> Year:
    """Made from the last one that is kept before it, else from the first of all."""
    planned = planned_year(forum_key, year).year  # refuses a year that no plan reaches
    kept = _kept(connection)
    before = [each for each in kept.years if each < year]
    if not before:
        return planned
    if year not in kept.made:
        kept.made[year] = roll(kept.years[before[-1]].year, year).year
    return kept.made[year]


def _read(connection: Connection) -> _Kept:
    events = dict[int, list[Any]]()
    for row in connection.execute(_EVENTS):
        events.setdefault(row.year, []).append(row)
    years = {row.year: _known(row, events[row.year]) for row in connection.execute(_YEARS)}
    return _Kept(MappingProxyType(years))


def _known(row: Any, events: list[Any]) -> KnownYear:
    return KnownYear(
        Year(row.year, tuple(_adapter().validate_python(each.event) for each in events)),
        row.state == YearState.APPROVED,
        row.version,
        MappingProxyType({each.key: each.version for each in events}),
        row.approved_at,
        row.approved_by,
    )


@cache
def _adapter() -> TypeAdapter[Event]:
    return TypeAdapter(Event)


# Changing


def make_draft(work: Work, forum_key: str, year: int) -> KnownYear:
    """The year, kept from now on; a draft, unless it is the first of all. One that is kept already stays as it is.

    Raises: as `year_of`.
    """
    known = year_of(work.connection, forum_key, year)
    if known.version:
        return known
    state = YearState.APPROVED if known.is_approved else YearState.DRAFT
    made = work.connection.execute(
        _MAKE, {"year": year, "state": state, "made_at": work.now, "made_by": work.actor, "version": 1}
    )
    if made.scalar_one_or_none() is None:  # another process was faster
        raise Stale(_subject(year))
    rows = [
        {"year": year, "key": event.key, "place": place, "event": _json(event), "version": 1}
        for place, event in enumerate(known.year.events)
    ]
    work.connection.execute(_ADD_EVENTS, rows)
    revisions.changed(work, _NAME)
    audit.record(work, _subject(year), "drafted", {"state": state})
    return year_of(work.connection, forum_key, year)


def to_approve(connection: Connection, forum_key: str, on: date) -> int:
    """The first year, from that of the day on, that is not approved yet."""
    year = max(on.year, first_year(forum_key).year)
    while (known := kept_years(connection).get(year)) is not None and known.is_approved:
        year += 1
    return year + 1 if year == first_year(forum_key).year else year


def to_change(connection: Connection, forum_key: str, on: date) -> int:
    """The year whose dates staff are at: the first that is drafted and not approved, else that of the day."""
    drafted = (year for year, known in kept_years(connection).items() if not known.is_approved)
    return next((year for year in drafted if year >= on.year), max(on.year, first_year(forum_key).year))


def approve(work: Work, forum_key: str, year: int) -> bool:
    """Let the year count, as it is now. False: it did before.

    Raises: as `year_of`.
    """
    if make_draft(work, forum_key, year).is_approved:
        return False
    values = {"which": year, "at": work.now, "by": work.actor}
    if work.connection.execute(_APPROVE, values).rowcount != 1:
        raise Stale(_subject(year))
    revisions.changed(work, _NAME)
    audit.record(work, _subject(year), "approved")
    return True


def change_event(work: Work, forum_key: str, year: int, event: Event) -> int:
    """Keep the event as it is now, in the year that is kept from now on; its version.

    Raises: as `year_of`. KeyError - the year has no such event. YearIsOver. Stale - others were faster.
    """
    if year < local_day(work.now).year:
        raise YearIsOver(_subject(year))
    before = make_draft(work, forum_key, year)
    if before.year.event(event.key) is None:
        raise KeyError(event.key)
    if work.connection.execute(_TOUCH, {"which": year, "read": before.version}).rowcount != 1:
        raise Stale(_subject(year))
    version = before.versions[event.key] + 1
    values = {"which": year, "named": event.key, "as_it_is": _json(event), "now_version": version}
    work.connection.execute(_CHANGE_EVENT, values)
    revisions.changed(work, _NAME)
    detail = {"event": event.key, "first": _iso(event.first), "last": _iso(event.last), "version": version}
    audit.record(work, _subject(year), "event_changed", detail)
    return version


def _json(event: Event) -> Any:
    return _adapter().dump_python(event, mode="json")


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _subject(year: int) -> str:
    return f"year:{year}"
