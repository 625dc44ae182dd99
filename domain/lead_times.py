"""How long the steps of a case take in the plan of the year, in working days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from domain.cases import State
from domain.data import Evidence, check_forum, read, strict
from domain.days import is_working_day


@strict
@dataclass(frozen=True, slots=True)
class LeadTime:
    """`working_days` lie between the day on which these states are entered and the day by which they are left.

    `from_deadline`: it begins when the round closes, however early the case came in.
    """

    states: tuple[State, ...]
    working_days: Annotated[int, Field(ge=1)]
    from_deadline: bool
    evidence: Evidence
    source: str


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
    """The plan's time for a step; None: the plan has none for it."""
    return next((each for each in lead_times(forum_key) if state in each.states), None)


def working_days_between(first: date, last: date) -> int:
    """The working days after the first and before the last, neither of them counted."""
    days = (first + timedelta(days=place) for place in range(1, (last - first).days))
    return sum(is_working_day(day) for day in days)
