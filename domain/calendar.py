"""The forum's year (årshjul): its events, how another year is made from one, and what in a year does not fit together.

Pure. A year is made from the one before it and never overwrites what was: `roll` gives the new year and says what
moved, what staff must decide and what they should look at. Sources of the rules: domain.md 3.3.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache

from domain.data import BadData, Evidence, Names, check_forum, read, strict
from domain.days import is_working_day, roll_forward

_DAY = timedelta(days=1)
_WORKING_WEEK = 5
_END = 2100  # nobody plans beyond it, and a year that is mistyped is said to be one


class Precision(StrEnum):
    """How exactly it is known when something is."""

    DAY = "day"
    MONTH = "month"  # in one of the months from `first` to `last`
    SEASON = "season"
    IF_NEEDED = "if_needed"  # no time: the owners of the region say whether there is a need


class Rolls(StrEnum):
    """What becomes of a day in another year, when it is a weekend or a public holiday there."""

    FORWARD = "forward"
    WARN = "warn"
    ASK = "ask"
    NEVER = "never"  # it was done once, and no other year has it


class Form(StrEnum):
    """How it is held, or as what it is handed in."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    MEETING = "meeting"  # it is not said which of the two
    DIGITAL_FORM = "digital_form"
    DOCUMENT = "document"
    LETTER = "letter"
    TEXT = "text"
    CALL = "call"
    UPLOAD = "upload"


HANDED_IN_AS = frozenset({Form.DIGITAL_FORM, Form.TEXT, Form.UPLOAD})
MEETS = frozenset({Form.PHYSICAL, Form.DIGITAL, Form.MEETING})  # people come together


class Party(StrEnum):
    """Who is responsible for an event, or whom it is for."""

    COUNTY_GOVERNOR = "county_governor"
    FORUM = "forum"
    COMMITTEES = "committees"
    FORUM_AND_COMMITTEES = "forum_and_committees"
    OWNERS = "owners"
    NETWORK = "network"  # the owners and offices of the event's region
    PARTNERSHIP = "partnership"  # owner and university together
    GRANT_HOLDERS = "grant_holders"


SEATED = frozenset({Party.FORUM, Party.COMMITTEES, Party.FORUM_AND_COMMITTEES})
"""The parties that are people with a seat."""


@strict
@dataclass(frozen=True, slots=True)
class Time:
    """When something is; both days None: if needed."""

    precision: Precision
    first: date | None
    last: date | None


@strict
@dataclass(frozen=True, slots=True)
class Event:
    """One row of the year. `first` and `last`: local days, both of them in it; None: no time is set.

    `is_not_before`: it comes on the day or later. `is_monthly`: once in each of its months. `not_after`: the events
    that it must not be later than. `own`: when it is by itself, where it has another day in this year; in the next
    year it has its own again. `is_elsewhere`: what it asks for is not handed in here, but by the `link`, once
    staff have given one.
    """

    key: str
    rolls: Rolls
    precision: Precision
    responsible: Party
    audience: Party
    name: Names
    evidence: Evidence
    source: str
    first: date | None = None
    last: date | None = None
    starts: time | None = None
    ends: time | None = None
    form: Form | None = None
    place: str | Names | None = None  # a name of a place is the same in every language
    region: str | None = None
    is_not_before: bool = False
    is_monthly: bool = False
    not_after: tuple[str, ...] = ()
    own: Time | None = None
    is_elsewhere: bool = False
    link: str | None = None

    def title(self, language: str) -> str:
        """The name, with `{year}` and `{last_year}` in it as the event's own."""
        name = self.name.in_(language)
        if self.first is None:
            return name
        return name.replace("{year}", str(self.first.year)).replace("{last_year}", str(self.first.year - 1))

    @property
    def names(self) -> Names:
        """The title in every language."""
        return Names(self.title("nb"), self.title("nn"), self.title("en"))

    def place_in(self, language: str) -> str | None:
        return self.place.in_(language) if isinstance(self.place, Names) else self.place

    @property
    def ends_on(self) -> date | None:
        """The last day of it."""
        return self.last or self.first

    @property
    def is_dated(self) -> bool:
        """Whether people can be told a day."""
        return self.precision is Precision.DAY and self.first is not None


@strict
@dataclass(frozen=True, slots=True)
class Year:
    """The year as the forum has it; events in the order of the forum's own list."""

    year: int
    events: tuple[Event, ...]

    def event(self, key: str) -> Event | None:
        return next((each for each in self.events if each.key == key), None)


class Remark(StrEnum):
    """What is said of an event when a year is made from another."""

    MOVED = "moved"  # the day was free, so the deadline is on the next working day
    FREE_DAY = "free_day"  # the day is free and stays: look at it a working week ahead
    SET_DAY = "set_day"  # the day is free: set another
    SET_DATE = "set_date"  # only the months are known: set a date
    ASK_NEED = "ask_need"  # held if there is a need


@dataclass(frozen=True, slots=True)
class Said:
    """`day`: what is meant in the new year, where a day is; `warn_on`: when to look at it."""

    key: str
    remark: Remark
    day: date | None = None
    moved_to: date | None = None
    warn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rolled:
    """A new year, not approved yet, and what is to be said of it, in the order of its events."""

    year: Year
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """`later` is after `earlier`, which it should not be."""

    earlier: Event
    later: Event


@cache
def first_year(forum_key: str) -> Year:
    """The year that all others are made from.

    Raises: UnknownForum. BadData - two events of one key, an event that ends before it begins, or one that names
    another that is not there.
    """
    check_forum(forum_key)
    found = read(Year, f"{forum_key}/calendar.toml")
    keys = [event.key for event in found.events]
    for event in found.events:
        if keys.count(event.key) > 1:
            raise BadData(f"{forum_key}/calendar.toml: {event.key} is there twice")
        for named in event.not_after:
            if named not in keys:
                raise BadData(f"{forum_key}/calendar.toml: {event.key} names {named}, which is not there")
        if (event.first is None) is not (event.precision is Precision.IF_NEEDED):
            raise BadData(
                f"{forum_key}/calendar.toml: {event.key} has a time and no precision for it, or none and one"
            )
        if event.first and event.last and event.last < event.first:
            raise BadData(f"{forum_key}/calendar.toml: {event.key} ends before it begins")
    return found


@cache
def planned_year(forum_key: str, year: int) -> Rolled:
    """The year by the forum's plan, made from its first one.

    Raises: UnknownForum, BadData. ValueError - a year before the first, or of another century.
    """
    first = first_year(forum_key)
    if not first.year <= year < _END:
        raise ValueError(f"years are known from {first.year} to {_END - 1}")
    return roll(first, year) if year > first.year else Rolled(first, tuple(_looked_at(first)))


def roll(year: Year, to: int) -> Rolled:
    """The same year later: each day on the same date, by the event's own rule where that is free."""
    ahead = to - year.year
    kept = (event for event in year.events if event.rolls is not Rolls.NEVER)
    rolled = Year(to, tuple(_settled(_later(event, ahead)) for event in kept))
    return Rolled(rolled, still_to_say(rolled))


def still_to_say(year: Year) -> tuple[Said, ...]:
    """What there is to say of a year as it is now; what staff have settled is said no more."""
    return tuple(said for event in year.events if (said := _remark(event)) is not None)


def _looked_at(year: Year) -> Iterator[Said]:
    """What there is to say of a year whose days are set: only the free days that stay."""
    for event in year.events:
        remark = _remark(event)
        if remark is not None and remark.remark is Remark.FREE_DAY:
            yield remark


def conflicts(year: Year) -> tuple[Conflict, ...]:
    """Events that are later than they must be, by day. They are said, not prevented (domain.md 3.3)."""
    return tuple(
        Conflict(limit, event)
        for event in year.events
        for named in event.not_after
        if (limit := year.event(named)) is not None and _is_later(event, limit)
    )


def conflicts_of(year: Year, key: str) -> tuple[Conflict, ...]:
    """Those that the event of that key has a part in."""
    return tuple(each for each in conflicts(year) if key in (each.later.key, each.earlier.key))


def _is_later(event: Event, limit: Event) -> bool:
    """Of months nothing is said."""
    if not (event.is_dated and limit.is_dated and event.ends_on and limit.ends_on):
        return False
    return limit.ends_on < event.ends_on


def new_conflict(year: Year, event: Event) -> Conflict | None:
    """What the event as it would be does not fit together with, and does as it is; None: nothing."""
    known = {(each.earlier.key, each.later.key) for each in conflicts(year)}
    for found in conflicts(changed(year, event)):
        if (found.earlier.key, found.later.key) not in known:
            return found
    return None


def movable(year: Year, on: date) -> tuple[Event, ...]:
    """The events that can be given another day: what is over stays, and of a monthly event each meeting has its own."""
    return tuple(
        event
        for event in year.events
        if not event.is_monthly and (event.ends_on is None or on <= event.ends_on)
    )


def beside(year: Year, event: Event) -> tuple[Event, ...]:
    """The events that must come after it, or before it, in the order of the year."""
    return tuple(each for each in year.events if each.key in event.not_after or event.key in each.not_after)


def free_days(event: Event) -> tuple[date, ...]:
    """The weekends and public holidays that it falls on."""
    return tuple(day for day in _days(event) if not is_working_day(day)) if event.is_dated else ()


def opens_on(event: Event) -> date | None:
    """From when on it can be applied for, or handed in where that takes a season: the season begins when it did before
    its last day was set. None: nothing of it is told."""
    if event.form is Form.CALL or event.first is None:
        return event.first
    own = event.own or Time(event.precision, event.first, event.last)
    if event.form not in HANDED_IN_AS or own.precision is not Precision.SEASON:
        return None
    return min(own.first or event.first, event.first)


def months_of(event: Event) -> tuple[date, ...]:
    """The first day of each month that the event lies in."""
    if event.first is None:
        return ()
    months, last = [event.first.replace(day=1)], event.ends_on or event.first
    while (following := _next_month(months[-1])) <= last:
        months.append(following)
    return tuple(months)


def on_day(event: Event, first: date, last: date | None = None) -> Event:
    """The event on that day of this year. In the next year a deadline has its own date again, and what is known by its
    months or held if needed is so again; a meeting that has a day keeps the one it was given."""
    own = event.own or Time(event.precision, event.first, event.last)
    last = last if last != first else None
    return replace(
        event,
        precision=Precision.DAY,
        first=first,
        last=last,
        own=None if event.rolls is Rolls.ASK and own.precision is Precision.DAY else own,
    )


def changed(year: Year, event: Event) -> Year:
    """The year with the event in its place.

    Raises: KeyError - the year has no such event.
    """
    if year.event(event.key) is None:
        raise KeyError(event.key)
    return Year(year.year, tuple(event if each.key == event.key else each for each in year.events))


def working_days_before(day: date, count: int) -> date:
    """The working day so many working days before the day."""
    while count:
        day -= _DAY
        count -= is_working_day(day)
    return day


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _later(event: Event, ahead: int) -> Event:
    """The same dates so many years later; months keep their whole length. A link is of the year it was given for."""
    own = event.own or Time(event.precision, event.first, event.last)
    first, last = (_years_later(day, ahead) if day else None for day in (own.first, own.last))
    if last and own.precision in (Precision.MONTH, Precision.SEASON):
        last = last.replace(day=monthrange(last.year, last.month)[1])
    return replace(event, precision=own.precision, first=first, last=last, own=None, link=None)


def _years_later(day: date, ahead: int) -> date:
    """29 February becomes the 28th where there is none."""
    year = day.year + ahead
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _settled(event: Event) -> Event:
    """With its day moved, if its rule moves it."""
    if event.rolls is not Rolls.FORWARD or not event.is_dated or event.first is None:
        return event
    day = roll_forward(event.first)
    own = Time(event.precision, event.first, event.last)
    return event if day == event.first else replace(event, first=day, own=own)


def _remark(event: Event) -> Said | None:
    """What is to be said of an event; None: nothing."""
    if event.precision is Precision.IF_NEEDED:
        return Said(event.key, Remark.ASK_NEED)
    if event.first is None or event.precision is not Precision.DAY:
        return Said(event.key, Remark.SET_DATE)
    if (rolled_from := _rolled_from(event)) is not None:
        return Said(event.key, Remark.MOVED, day=rolled_from, moved_to=event.first)
    free = next((day for day in _days(event) if not is_working_day(day)), None)
    if free is None:
        return None
    warn_on = working_days_before(free, _WORKING_WEEK)
    remark = Remark.SET_DAY if event.rolls is Rolls.ASK else Remark.FREE_DAY
    return Said(event.key, remark, day=free, warn_on=warn_on)


def _rolled_from(event: Event) -> date | None:
    """Its own day, if that is free and the event on the next working day after it."""
    own = event.own.first if event.own and event.own.precision is Precision.DAY else None
    return own if own and not is_working_day(own) and event.first == roll_forward(own) else None


def _days(event: Event) -> Iterator[date]:
    day, last = event.first, event.ends_on
    while day is not None and last is not None and day <= last:
        yield day
        day += _DAY
