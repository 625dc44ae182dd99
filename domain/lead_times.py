"""The plan of the year for a case: by which day it leaves a state, and how many working days that takes."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from domain.calendar import Year, first_year
from domain.cases import State
from domain.data import BadData, Evidence, check_forum, read, strict
from domain.days import is_working_day


@strict
@dataclass(frozen=True, slots=True)
class LeadTime:
    """`by`: the event of the calendar by which these states are left, in the year of the round or `years_later`.
    `working_days` lie between the day on which they are entered and that one; None: the plan has no length for them.

    `from_deadline`: it begins when the round closes, however early the case came in.
    """

    states: tuple[State, ...]
    by: str
    evidence: Evidence
    source: str
    years_later: int = 0
    working_days: Annotated[int, Field(ge=1)] | None = None
    from_deadline: bool = False

    def by_day(self, year: Year) -> date | None:
        """`year`: that of the event. None: it has no day."""
        event = year.event(self.by)
        return event.ends_on if event and event.is_dated else None


@strict
@dataclass(frozen=True, slots=True)
class _LeadTimes:
    lead_times: tuple[LeadTime, ...]


@cache
def lead_times(forum_key: str) -> tuple[LeadTime, ...]:
    """Raises: UnknownForum. BadData - one names an event that the calendar does not have."""
    check_forum(forum_key)
    found = read(_LeadTimes, f"{forum_key}/lead_times.toml").lead_times
    for each in found:
        if first_year(forum_key).event(each.by) is None:
            raise BadData(f"{forum_key}/lead_times.toml: {each.by} is no event of the calendar")
    return found


def lead_time(forum_key: str, state: State) -> LeadTime | None:
    """What the plan has for a state; None: nothing."""
    return next((each for each in lead_times(forum_key) if state in each.states), None)


def working_days_between(first: date, last: date) -> int:
    """The working days after the first and before the last, neither of them counted."""
    days = (first + timedelta(days=place) for place in range(1, (last - first).days))
    return sum(is_working_day(day) for day in days)
