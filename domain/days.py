"""Days as Norway counts them: where an instant falls, which days people work, and where a deadline may end."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

OSLO = ZoneInfo("Europe/Oslo")
_SATURDAY = 5
_DAY = timedelta(days=1)


def midnight_before(day: date) -> datetime:
    """The instant at which the day begins in Norway, in UTC. Summer time is accounted for."""
    return datetime.combine(day, time.min, OSLO).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant at which the day ends in Norway, in UTC: what comes before it came on the day."""
    return midnight_before(day + _DAY)


def local_day(at: datetime) -> date:
    """The day that it is in Norway at that instant."""
    return at.astimezone(OSLO).date()


def is_working_day(day: date) -> bool:
    """Whether the day is neither Saturday, Sunday nor a public holiday in Norway.

    Source of the holidays: helligdagsloven § 2 and the law on 1 and 17 May, by the package `holidays`.
    """
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("NO", years=year))


def roll_forward(day: date) -> date:
    """The day, or the next working day after it. For deadlines of submission only; authorities' own do not move.

    Source: inferred from the principle of domstolloven § 149; no rule was found for this scheme (domain.md 3.3).
    """
    while not is_working_day(day):
        day += _DAY
    return day


def is_first_of_week(day: date) -> bool:
    """The first working day of its week."""
    return is_working_day(day) and roll_forward(day - day.weekday() * _DAY) == day
