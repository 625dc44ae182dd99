"""The forum of a county: its regions and who lies in them, its bodies and partners, from `domain/data`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Literal

from domain.data import BadData, Certainty, Evidence, check_forum, read, strict
from domain.data import Names as Names  # part of what a forum is
from domain.register import Organisation, OrganisationKind


@strict
@dataclass(frozen=True, slots=True)
class Municipality:
    """`number` is the municipality number of the 2024 numbering, and the id of the owner."""

    number: str
    name: str  # the official name, bilingual where there is one


@strict
@dataclass(frozen=True, slots=True)
class Membership:
    """A municipality lies in a region from … to (last day that counts); None: open."""

    municipality: str
    certainty: Certainty
    evidence: Evidence
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def overlaps(self, other: "Membership") -> bool:
        first = max(self.valid_from or date.min, other.valid_from or date.min)
        last = min(self.valid_to or date.max, other.valid_to or date.max)
        return first <= last


@strict
@dataclass(frozen=True, slots=True)
class Network:
    """The competence network (kompetansenettverk) of a region, under the name the forum's slides use."""

    name: Names
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class Office:
    """A regional competence office (RKK). `members`: the municipalities that own it, where known."""

    key: str
    name: str
    certainty: Certainty
    evidence: Evidence
    source: str
    members: tuple[str, ...] = ()
    valid_to: date | None = None  # the last day it existed


@strict
@dataclass(frozen=True, slots=True)
class Region:
    key: str
    name: Names
    network: Network
    members: tuple[Membership, ...]
    offices: tuple[Office, ...] = ()


@strict
@dataclass(frozen=True, slots=True)
class University:
    """A university or university college that can be partner. `certainty`: that it works in this county."""

    id: str
    name: str
    certainty: Certainty
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class Seat:
    """A kind of seat in a body. How many there are of each, and who holds them, is in the register."""

    key: str
    name: Names
    votes: bool
    certainty: Certainty
    evidence: Evidence
    source: str


@strict
@dataclass(frozen=True, slots=True)
class Body:
    """The forum, which recommends, or an expert committee (fagutvalg), which advises."""

    key: str
    kind: Literal["forum", "expert_committee"]
    name: Names
    evidence: Evidence
    source: str
    seats: tuple[Seat, ...]


@strict
@dataclass(frozen=True, slots=True)
class Forum:
    key: str
    name: Names
    county: Names
    county_number: str
    county_municipality: str  # the owner of upper secondary; lies in no region
    county_governor: str
    county_governor_id: str
    regions: tuple[Region, ...]
    municipalities: tuple[Municipality, ...]
    universities: tuple[University, ...]
    bodies: tuple[Body, ...]

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(region.network for region in self.regions)

    @property
    def offices(self) -> tuple[Office, ...]:
        return tuple(office for region in self.regions for office in region.offices)

    def region(self, key: str) -> Region | None:
        return next((region for region in self.regions if region.key == key), None)

    def body(self, key: str) -> Body | None:
        return next((body for body in self.bodies if body.key == key), None)

    def region_of(self, municipality_number: str, on: date) -> Region | None:
        """The region that the municipality lies in on the day; None: in none, or not of the county."""
        for region, membership in self.memberships():
            if membership.municipality == municipality_number and membership.holds(on):
                return region
        return None

    def municipalities_of(self, region_key: str, on: date) -> tuple[Municipality, ...]:
        """The municipalities of the region on the day, in the order of the municipality numbers."""
        numbers = {
            membership.municipality
            for region, membership in self.memberships()
            if region.key == region_key and membership.holds(on)
        }
        return tuple(municipality for municipality in self.municipalities if municipality.number in numbers)

    def memberships(self) -> Iterator[tuple[Region, Membership]]:
        for region in self.regions:
            for membership in region.members:
                yield region, membership

    def organisations(self) -> tuple[Organisation, ...]:
        """The public bodies of the forum. Private owners and organisation numbers come from the register."""
        kinds = OrganisationKind
        return (
            *(
                Organisation(m.number, kinds.MUNICIPALITY, f"{m.name} kommune", m.number)
                for m in self.municipalities
            ),
            Organisation(self.county_number, kinds.COUNTY_MUNICIPALITY, self.county_municipality),
            *(Organisation(u.id, kinds.HIGHER_ED_INSTITUTION, u.name) for u in self.universities),
            Organisation(self.county_governor_id, kinds.COUNTY_GOVERNOR, self.county_governor),
        )


@cache
def load_forum(key: str) -> Forum:
    """The forum of that key ("nordland").

    Raises: UnknownForum - names those that there are. BadData - the files contradict themselves.
    Source of the regions: domain.md 4.2; of the bodies: 2.1 and 2.2.
    """
    check_forum(key)
    forum = read(Forum, f"{key}/forum.toml", f"{key}/regions.toml", f"{key}/municipalities.toml")
    if faults := tuple(_faults(forum, key)):
        raise BadData(f"{key}: {'; '.join(faults)}")
    return forum


def _faults(forum: Forum, key: str) -> Iterator[str]:
    if forum.key != key:
        yield f"the forum calls itself {forum.key}"
    numbers = [municipality.number for municipality in forum.municipalities]
    yield from (f"municipality {number} is not of the county" for number in _foreign(forum, numbers))
    yield from (
        f"{key} is there twice" for key in _doubles(organisation.id for organisation in forum.organisations())
    )
    yield from (f"region {key} is there twice" for key in _doubles(region.key for region in forum.regions))
    yield from (f"body {key} is there twice" for key in _doubles(body.key for body in forum.bodies))
    for region, membership in forum.memberships():
        if membership.municipality not in numbers:
            yield f"region {region.key} has a municipality {membership.municipality} that is not listed"
    for (region, one), (other_region, other) in combinations(forum.memberships(), 2):
        if one.municipality == other.municipality and one.overlaps(other):
            yield f"municipality {one.municipality} is in {region.key} and {other_region.key} at once"


def _foreign(forum: Forum, numbers: Iterable[str]) -> Iterator[str]:
    return (number for number in numbers if not number.startswith(forum.county_number) or len(number) != 4)


def _doubles(keys: Iterable[str]) -> Iterator[str]:
    return (key for key, times in Counter(keys).items() if times > 1)
