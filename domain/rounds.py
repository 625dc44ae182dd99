"""The yearly round of needs reports: when it opens and closes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from domain.data import BadData, Certainty, check_forum, read, strict
from domain.days import local_day, midnight_before, roll_forward
from domain.errors import Final

_DAY = timedelta(days=1)


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
    """When the rounds of some years open (in the year before) and close. `to_year` None: until further notice."""

    from_year: int
    opening: DayOfYear
    deadline: DayOfYear
    certainty: Certainty
    source: str
    to_year: int | None = None

    def holds(self, year: int) -> bool:
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)

    def round_of(self, year: int) -> Round:
        deadline_on = roll_forward(self.deadline.in_(year))
        return Round(year, self.opening.in_(year - 1), deadline_on, self.certainty, self.source)


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


def round_of(forum_key: str, year: int) -> Round:
    """The round whose measures begin in that year. The deadline rolls forward to a working day.

    Raises: NoRound, UnknownForum.
    """
    for rule in round_rules(forum_key):
        if rule.holds(year):
            return rule.round_of(year)
    raise NoRound(f"{forum_key} has no round of {year}")


def open_round(forum_key: str, at: datetime) -> Round | None:
    """The round that takes needs reports at that instant."""
    return next((one for one in _rounds_near(forum_key, at) if one.is_open(at)), None)


def latest_round(forum_key: str, at: datetime) -> Round | None:
    """The round that opened last, open or closed by now. None: there was none yet."""
    return next((one for one in reversed(_rounds_near(forum_key, at)) if one.opens_at <= at), None)


def next_round(forum_key: str, at: datetime) -> Round | None:
    """The round that opens next. None: no rule reaches that far."""
    return next((one for one in _rounds_near(forum_key, at) if at < one.opens_at), None)


def _rounds_near(forum_key: str, at: datetime) -> tuple[Round, ...]:
    """The rounds of the years around the instant, in order: one of them is the last that opened, one the next."""
    year = local_day(at).year
    rules = round_rules(forum_key)
    return tuple(rule.round_of(y) for y in range(year - 1, year + 3) for rule in rules if rule.holds(y))
