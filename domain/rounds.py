"""The yearly round of needs reports: when it opens, by its rule, and when it closes, by the calendar of its year."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from domain.calendar import Year, planned_year
from domain.data import BadData, Certainty, check_forum, read, strict
from domain.days import local_day, midnight_before, roll_forward
from domain.errors import Final

_DAY = timedelta(days=1)
DEADLINE = "needs_report_deadline"  # the event of the calendar


class NoRound(Final):
    """The forum has no rule for a round in that year."""


@dataclass(frozen=True, slots=True)
class Round:
    """The round of needs reports whose measures begin in `cycle_year`. Both days are local and belong to it.

    `certainty` is the deadline's; the opening is inferred in every year.
    """

    cycle_year: int
    opens_on: date
    deadline_on: date
    certainty: Certainty
    source: str

    @property
    def opens_at(self) -> datetime:
        """The first instant of the round, in UTC."""
        return midnight_before(self.opens_on)

    @property
    def closes_at(self) -> datetime:
        """The first instant that is too late, in UTC: "23:59" is before the local midnight after the deadline.

        Source: 23:59 local time in Oslo og Viken's call of 2022; inferred for Nordland.
        """
        return midnight_before(self.deadline_on + _DAY)

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at


@strict
@dataclass(frozen=True, slots=True)
class DayOfYear:
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=28)]

    def in_(self, year: int) -> date:
        return date(year, self.month, self.day)


@strict
@dataclass(frozen=True, slots=True)
class RoundRule:
    """When the rounds of some years open (in the year before). `deadline`: of years that no calendar reaches.
    `certainty` is the deadline's. `to_year` None: until further notice."""

    from_year: int
    opening: DayOfYear
    certainty: Certainty
    source: str
    deadline: DayOfYear | None = None
    to_year: int | None = None

    def holds(self, year: int) -> bool:
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)


@strict
@dataclass(frozen=True, slots=True)
class _Rounds:
    rules: tuple[RoundRule, ...]


@cache
def round_rules(forum_key: str) -> tuple[RoundRule, ...]:
    """The forum's rules for its rounds, the oldest first and without gaps.

    Raises: UnknownForum. BadData - a year has two rules or, between others, none.
    """
    check_forum(forum_key)
    rules = read(_Rounds, f"{forum_key}/rounds.toml").rules
    for earlier, later in pairwise(rules):
        if earlier.to_year is None or later.from_year != earlier.to_year + 1:
            raise BadData(f"{forum_key}/rounds.toml: the rule from {later.from_year} does not follow on")
    return rules


@dataclass(frozen=True, slots=True)
class Rounds:
    """The forum's rounds. `calendar` gives a year as the forum has it, or raises ValueError where none is planned."""

    forum_key: str
    calendar: Callable[[int], Year]

    def of(self, year: int) -> Round:
        """The round whose measures begin in that year.

        Raises: NoRound, UnknownForum.
        """
        found = self._found(year)
        if found is None:
            raise NoRound(f"{self.forum_key} has no round of {year}")
        return found

    def open_at(self, at: datetime) -> Round | None:
        """The round that takes needs reports at that instant."""
        return next((one for one in self._near(at) if one.is_open(at)), None)

    def latest_at(self, at: datetime) -> Round | None:
        """The round that opened last, open or closed by now. None: there was none yet."""
        return next((one for one in reversed(self._near(at)) if one.opens_at <= at), None)

    def next_at(self, at: datetime) -> Round | None:
        """The round that opens next. None: no rule reaches that far."""
        return next((one for one in self._near(at) if at < one.opens_at), None)

    def _near(self, at: datetime) -> tuple[Round, ...]:
        """The rounds of the years around the instant, in order: one of them is the last that opened, one the next."""
        year = local_day(at).year
        near = (self._found(each) for each in range(year - 1, year + 3))
        return tuple(found for found in near if found is not None)

    def _found(self, year: int) -> Round | None:
        rule = next((rule for rule in round_rules(self.forum_key) if rule.holds(year)), None)
        deadline_on = self._deadline(year, rule) if rule else None
        if rule is None or deadline_on is None:
            return None
        return Round(year, rule.opening.in_(year - 1), deadline_on, rule.certainty, rule.source)

    def _deadline(self, year: int, rule: RoundRule) -> date | None:
        if rule.deadline is not None:
            return roll_forward(rule.deadline.in_(year))
        try:
            event = self.calendar(year).event(DEADLINE)
        except ValueError:
            return None
        return event.first if event else None


def planned_rounds(forum_key: str) -> Rounds:
    """The rounds as they are planned, whatever staff have moved since."""
    return Rounds(forum_key, lambda year: planned_year(forum_key, year).year)
