"""The rules of the grant schemes of a period, as data. A case keeps the set that it was filed under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from domain.data import BadData, Certainty, Evidence, Names, check_forum, files, read, strict
from domain.errors import Final
from domain.register import OWNER_KINDS, OrganisationKind


class NoSchemeSet(Final):
    """The forum has no rules for that day, or none by that key."""


ContributionBase = Literal["owner_grant", "total_grant", "cost_share"]
Share = Annotated[Fraction, Field(gt=0, lt=1)]


@strict
@dataclass(frozen=True, slots=True)
class OwnContribution:
    """What an owner puts in beside the grant (egenandel).

    `base`: `owner_grant` - the rate of the owner's grant; `total_grant` - of the grants to owner and university;
    `cost_share` - the rate is of the cost that grant and contribution cover together.
    `kinds`: what it may consist of; the keys are those of the form's options.
    """

    rate: Share
    base: ContributionBase
    kinds: tuple[str, ...]
    certainty: Certainty
    evidence: Evidence
    source: str


def own_contribution_nok(formula: OwnContribution, owner_nok: int, uh_nok: int) -> int:
    """The least own contribution for these grants, rounded up to whole kroner.

    Raises: ValueError - an amount is negative.
    Source: 30 % of the grant awarded to the school owner, Oslo og Viken's call of 2022 (variant A); the other
    bases are readings found or thought of, domain.md 1.6.
    """
    if owner_nok < 0 or uh_nok < 0:
        raise ValueError("a grant is not negative")
    match formula.base:
        case "owner_grant":
            return ceil(formula.rate * owner_nok)
        case "total_grant":
            return ceil(formula.rate * (owner_nok + uh_nok))
        case "cost_share":
            return ceil(formula.rate / (1 - formula.rate) * owner_nok)


@strict
@dataclass(frozen=True, slots=True)
class Scheme:
    """One grant scheme (ordning). `short` stands in case numbers and never changes."""

    key: str
    short: str
    name: Names
    evidence: Evidence
    source: str
    asks_private_invited: bool = False
    asks_service_mix: bool = False
    owner_kinds: tuple[OrganisationKind, ...] = tuple(sorted(OWNER_KINDS))  # who may file in it
    own_contribution: OwnContribution | None = None


@strict
@dataclass(frozen=True, slots=True)
class Criterion:
    """An allocation criterion (tildelingskriterium). Its words are the texts `criterion.<key>`."""

    key: str
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class Consideration:
    """What counts in the assessment once the criteria are met; the forum's own, so its words are data."""

    key: str
    text: Names
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class Priority:
    """A kind of measure of the individual track; the first of them comes first."""

    key: str
    name: Names


@strict
@dataclass(frozen=True, slots=True)
class RankingKey:
    """What applicants are sorted by when there are too many; the first difference decides."""

    key: str
    largest_first: bool
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class IndividualTrack:
    """The part of a scheme that may go to individual measures (the "30 % track")."""

    scheme: str
    max_share: Share  # of the scheme's frame for the year
    uses: tuple[Priority, ...]  # what it may be used for, in no order
    priorities: tuple[Priority, ...]  # the forum's order
    ranking: tuple[RankingKey, ...]
    ranking_adopted_on: date
    ranking_supported_on: date
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class SchemeSet:
    """The rules of a period, first and last day included. `unconfirmed`: what is still "to be confirmed"."""

    key: str
    forum: str
    valid_from: date
    schemes: tuple[Scheme, ...]
    criteria: tuple[Criterion, ...]
    considerations: tuple[Consideration, ...]
    coordinator_min_municipalities: int
    parallel_measures_limit: int  # from this many other measures on, the form warns
    source: str
    valid_to: date | None = None
    individual_track: IndividualTrack | None = None
    unconfirmed: tuple[str, ...] = ()

    @property
    def contribution_kinds(self) -> tuple[str, ...]:
        """What own contributions may consist of, in any of the schemes."""
        formulas = (scheme.own_contribution for scheme in self.schemes)
        return tuple(dict.fromkeys(kind for formula in formulas if formula for kind in formula.kinds))

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def overlaps(self, other: "SchemeSet") -> bool:
        return max(self.valid_from, other.valid_from) <= min(
            self.valid_to or date.max, other.valid_to or date.max
        )


@cache
def scheme_sets(forum_key: str) -> tuple[SchemeSet, ...]:
    """Every scheme set of the forum, the oldest first.

    Raises: UnknownForum. BadData - two sets hold on the same day, or a file is wrong.
    """
    check_forum(forum_key)
    every = (read(SchemeSet, path) for path in files("schemes"))
    found = sorted((one for one in every if one.forum == forum_key), key=lambda one: one.valid_from)
    for one, other in combinations(found, 2):
        if one.overlaps(other):
            raise BadData(f"schemes: {one.key} and {other.key} hold at the same time")
    return tuple(found)


@cache
def scheme_order(forum_key: str) -> Mapping[str, int]:
    """The place of each scheme in lists: as the scheme sets have them, the oldest set first.

    Raises: UnknownForum.
    """
    every = (scheme.key for each in scheme_sets(forum_key) for scheme in each.schemes)
    return {key: place for place, key in enumerate(dict.fromkeys(every))}


def owner_kinds(forum_key: str, scheme_key: str | None) -> frozenset[OrganisationKind]:
    """The kinds of owners that may file in the scheme; in any of them, if none is named or known.

    Raises: UnknownForum.
    """
    schemes = (scheme for each in scheme_sets(forum_key) for scheme in each.schemes)
    found = (frozenset(scheme.owner_kinds) for scheme in schemes if scheme.key == scheme_key)
    return next(found, OWNER_KINDS)


def scheme_set(forum_key: str, on: date) -> SchemeSet:
    """The rules that hold on the day. For a round, ask for its deadline: it may open under older rules.

    Raises: NoSchemeSet, UnknownForum.
    """
    for one in scheme_sets(forum_key):
        if one.holds(on):
            return one
    raise NoSchemeSet(f"{forum_key} has no scheme set for {on.isoformat()}")


def scheme_set_by_key(forum_key: str, key: str) -> SchemeSet:
    """The rules that a case was filed or decided under, whatever holds today.

    Raises: NoSchemeSet, UnknownForum.
    """
    for one in scheme_sets(forum_key):
        if one.key == key:
            return one
    raise NoSchemeSet(f"{forum_key} has no scheme set {key!r}")
