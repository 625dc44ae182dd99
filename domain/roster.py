"""The register as values: read from rows of texts, checked, and compared.

A file adds and changes what stands in it; what it leaves out stays. Nothing is deleted: what is over has a last day.
A column that a file does not have leaves its field alone, an empty cell empties it (the language alone is kept: people
choose it themselves).
"""

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import EmailStr, TypeAdapter

from domain.access import Role, RoleKind
from domain.register import OWNER_KINDS, Organisation, OrganisationKind, Person

_LONGEST = 200
_LONGEST_ID = 60
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = frozenset({"operator", "unknown"})  # whom the audit calls so when no person of the register acts
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_ORG_NUMBER = re.compile(r"[0-9]{9}")
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_PHONE = re.compile(r"\+?[0-9]{8,15}")
_EMAIL = TypeAdapter(EmailStr)
_YEARS = range(2000, 2101)
_NO_YEAR = 9996  # of a day that was written without one; it has a 29 February, as no year that is meant


class UnitKind(StrEnum):
    KINDERGARTEN = "kindergarten"
    SCHOOL = "school"
    PPT = "ppt"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Unit:
    """A kindergarten, a school or a service of an owner."""

    id: str
    organisation: str
    kind: UnitKind
    name: str
    org_number: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role and who holds it. `number` is the row it is kept in; None: not kept yet."""

    person: str
    kind: RoleKind
    organisation: str | None = None
    body: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    number: int | None = field(default=None, compare=False)

    @property
    def role(self) -> Role:
        return Role(self.kind, self.organisation, self.body, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class NetworkMember:
    """An owner that takes part in a competence network; the network's key is that of its region."""

    network: str
    organisation: str
    valid_from: date | None = None
    valid_to: date | None = None
    number: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PriorGrant:
    """What was granted before the bot came: one row for each year and recipient of a decision."""

    reference: str  # of the decision: a case number or the reference of a letter
    year: int
    recipient: str
    lead_owner: str
    scheme: str
    title: str
    nok: int
    decided_on: date | None = None


Record = Organisation | Unit | Person | HeldRole | NetworkMember | PriorGrant


@dataclass(frozen=True, slots=True)
class Roster:
    """The whole register. The names of its fields are those of the sheets."""

    organisations: tuple[Organisation, ...] = ()
    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    roles: tuple[HeldRole, ...] = ()
    networks: tuple[NetworkMember, ...] = ()
    grants: tuple[PriorGrant, ...] = ()

    def sheet(self, name: str) -> tuple[Record, ...]:
        found: tuple[Record, ...] = getattr(self, name)
        return found


RECORDS: dict[str, type[Any]] = {
    "organisations": Organisation,
    "units": Unit,
    "people": Person,
    "roles": HeldRole,
    "networks": NetworkMember,
    "grants": PriorGrant,
}
# The columns of each sheet, in order; each is a field of the record.
COLUMNS: dict[str, tuple[str, ...]] = {
    "organisations": (
        *("id", "kind", "name", "municipality_number", "org_number"),
        *("valid_from", "valid_to", "followup_from", "followup_to", "is_example"),
    ),
    "units": ("id", "organisation", "kind", "name", "org_number", "valid_from", "valid_to"),
    "people": ("id", "name", "email", "phone", "language", "is_example"),
    "roles": ("person", "kind", "organisation", "body", "valid_from", "valid_to"),
    "networks": ("network", "organisation", "valid_from", "valid_to"),
    "grants": ("reference", "year", "recipient", "lead_owner", "scheme", "title", "nok", "decided_on"),
}
# What a row cannot be without, so that it is known what it is about.
KEYS: dict[str, tuple[str, ...]] = {
    "organisations": ("id",),
    "units": ("id",),
    "people": ("id",),
    "roles": ("person", "kind"),
    "networks": ("network", "organisation"),
    "grants": ("reference", "year", "recipient"),
}
REQUIRED: dict[str, frozenset[str]] = {
    "organisations": frozenset({"id", "kind", "name"}),
    "units": frozenset({"id", "organisation", "kind", "name"}),
    "people": frozenset({"id", "name"}),
    "roles": frozenset({"person", "kind"}),
    "networks": frozenset({"network", "organisation"}),
    "grants": frozenset({"reference", "year", "recipient", "scheme", "title", "nok"}),
}


# What a role is held for: an owner, a university; a body; or nothing but itself.
HELD_FOR: dict[RoleKind, frozenset[OrganisationKind]] = {
    RoleKind.OWNER_CONTACT: OWNER_KINDS,
    RoleKind.FILER: OWNER_KINDS,
    RoleKind.UNIVERSITY_CONTACT: frozenset({OrganisationKind.HIGHER_ED_INSTITUTION}),
}
HELD_IN_BODIES = frozenset({RoleKind.SEAT, RoleKind.SUBSTITUTE})


def is_org_number(text: str) -> bool:
    """Nine digits of which the last is the check digit of the others, modulus 11.

    Source: how Enhetsregisteret numbers, from general knowledge: weights 3 2 7 6 5 4 3 2.
    """
    if not _ORG_NUMBER.fullmatch(text):
        return False
    digits = [int(digit) for digit in text]
    rest = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    return (11 - rest) % 11 == digits[
        8
    ]  # a rest of 1 would need the digit 10: such numbers are not given out


# Keys


def key_of(record: Record) -> Hashable:
    """What makes it the same row as another, within its sheet."""
    match record:
        case HeldRole() | NetworkMember():
            return (*holder_of(record), record.valid_from)
        case PriorGrant():
            return (record.reference, record.year, record.recipient)
        case _:
            return record.id


def holder_of(record: HeldRole | NetworkMember) -> tuple[str | None, ...]:
    """A role or membership without its period: there is one at a time."""
    match record:
        case HeldRole():
            return (record.person, record.kind, record.organisation, record.body)
        case NetworkMember():
            return (record.network, record.organisation)


# Periods


def overlap(one: HeldRole | NetworkMember, other: HeldRole | NetworkMember) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)


def has_begun(record: HeldRole | NetworkMember, on: date) -> bool:
    return record.valid_from is None or record.valid_from <= on


def why_not_end(record: HeldRole | NetworkMember, last_day: date | None, on: date) -> str | None:
    """The text key of the refusal to let it end on that day; None: it may. What was done in a role stays done in it.

    Source: access ends by date and not by deletion (threats.md 6.2).
    """
    if record.valid_to is not None and record.valid_to < on:
        return "register.fault.has_ended"
    if last_day is not None and last_day < on:
        return "register.fault.ends_in_the_past"
    if last_day is not None and record.valid_from is not None and last_day < record.valid_from:
        return "error.ends_before_it_begins"
    return None


# Changes


class What(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Change:
    """One record as it will be, and as it was (None: it was not). `fields`: those that differ, with both values."""

    sheet: str
    what: What
    record: Record
    was: Record | None = None
    fields: tuple[tuple[str, object, object], ...] = ()


def changes(before: Roster, after: Roster) -> tuple[Change, ...]:
    """What is to be done to make the one into the other, in the order of the sheets. What is gone is not told."""
    return tuple(change for sheet in COLUMNS for change in _in_sheet(sheet, before, after))


def _in_sheet(sheet: str, before: Roster, after: Roster) -> Iterator[Change]:
    known = {_row_of(record): record for record in before.sheet(sheet)}
    for record in after.sheet(sheet):
        was = known.get(_row_of(record))
        if was is None:
            yield Change(sheet, What.ADDED, record)
        elif differing := tuple(_differing(sheet, was, record)):
            yield Change(sheet, _what(record, differing), record, was, differing)


def _row_of(record: Record) -> Hashable:
    number = record.number if isinstance(record, HeldRole | NetworkMember) else None
    return key_of(record) if number is None else number


def _differing(sheet: str, was: Record, record: Record) -> Iterator[tuple[str, object, object]]:
    for column in COLUMNS[sheet]:
        old, new = getattr(was, column), getattr(record, column)
        if old != new:
            yield column, old, new


def _what(record: Record, differing: tuple[tuple[str, object, object], ...]) -> What:
    names = {name for name, _, _ in differing}
    return What.ENDED if names == {"valid_to"} and getattr(record, "valid_to", None) else What.CHANGED
