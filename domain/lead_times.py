"""The plan of the year for a case: by which day it leaves a state, and how many working days that takes."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from domain.cases import State
from domain.data import Evidence, check_forum, read, strict
from domain.days import is_working_day
from domain.rounds import DayOfYear


@strict
@dataclass(frozen=True, slots=True)
class LeadTime:
    """`by`: the day by which these states are left, in the year of the round or `years_later`. `working_days` lie
    between the day on which they are entered and that one; None: the plan has no length for them.

    `from_deadline`: it begins when the round closes, however early the case came in.
    """

    states: tuple[State, ...]
    by: DayOfYear
    evidence: Evidence
    source: str
    years_later: int = 0
    working_days: Annotated[int, Field(ge=1)] | None = None
    from_deadline: bool = False

    def by_day(self, cycle_year: int) -> date:
        return self.by.in_(cycle_year + self.years_later)


@strict
@dataclass(frozen=True, slots=True)
class _LeadTimes:
    lead_times: tuple[LeadTime, ...]


@cache
def lead_times(forum_key: str) -> tuple[LeadTime, ...]:
    """Raises: UnknownForum, BadData."""
    check_forum(forum_key)
    return read(_LeadTimes, f"{forum_key}/lead_times.toml").lead_times


def lead_time(forum_key: str, state: State) -> LeadTime | None:
    """What the plan has for a state; None: nothing."""
    return next((each for each in lead_times(forum_key) if state in each.states), None)


def working_days_between(first: date, last: date) -> int:
    """The working days after the first and before the last, neither of them counted."""
    days = (first + timedelta(days=place) for place in range(1, (last - first).days))
    return sum(is_working_day(day) for day in days)
