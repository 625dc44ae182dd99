"""The rows of a file of the register, read over the register as it is, and checked.

A file adds and changes what stands in it; what it leaves out stays. A column that a file does not have leaves its field
alone; an empty cell empties it (the language alone is kept: people choose it themselves).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from pydantic import EmailStr, TypeAdapter, ValidationError

from domain.access import RoleKind
from domain.forum import Forum
from domain.parsing import Unreadable, parse_date, parse_nok
from domain.privacy import has_identity_number
from domain.register import Organisation, OrganisationKind, Person
from domain.roster import (
    COLUMNS,
    HELD_FOR,
    HELD_IN_BODIES,
    KEYS,
    RECORDS,
    REQUIRED,
    HeldRole,
    NetworkMember,
    PriorGrant,
    Record,
    Roster,
    Unit,
    UnitKind,
    has_begun,
    holder_of,
    is_org_number,
    key_of,
    overlap,
    why_not_end,
)
from domain.schemes import scheme_sets

_LONGEST = 200
_LONGEST_ID = 60
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = frozenset({"operator", "unknown"})  # whom the audit calls so when no person of the register acts
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")
_EMAIL = TypeAdapter(EmailStr)
_YEARS = range(2000, 2101)
_NO_YEAR = 9996  # of a day that was written without one; it has a 29 February, as no year that is meant


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file, with texts by column. A column that the file does not have is not there."""

    number: int
    cells: Mapping[str, str]


Rows = Mapping[str, Sequence[Row]]  # by sheet


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; `row` 0: the sheet or file as a whole. `key`: `register.fault.…` or `error.…`."""

    sheet: str
    row: int
    column: str
    key: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the register points to and does not hold itself."""

    bodies: frozenset[str]
    networks: frozenset[str]
    schemes: frozenset[str]
    languages: frozenset[str]


def known(forum: Forum, languages: Iterable[str]) -> Known:
    return Known(
        bodies=frozenset(body.key for body in forum.bodies),
        networks=frozenset(region.key for region in forum.regions),
        schemes=frozenset(scheme.key for each in scheme_sets(forum.key) for scheme in each.schemes),
        languages=frozenset(languages),
    )


# One cell


class _Bad(Exception):  # noqa: N818 - becomes a Fault
    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key)
        self.key, self.details = key, details


def tidy(text: str) -> str:
    """One line, composed, without what nobody sees (threats.md, 24)."""
    seen = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs") else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def _line(text: str, _: Known) -> str:
    if len(text) > _LONGEST:
        raise _Bad("error.too_long", most=_LONGEST, length=len(text))
    if has_identity_number(text):
        raise _Bad("register.fault.identity_number")
    return text


def _id(text: str, known: Known) -> str:
    if not _ID.fullmatch(text) or len(text) > _LONGEST_ID:
        raise _Bad("register.fault.id", text=text)
    if text in _RESERVED:
        raise _Bad("register.fault.reserved", text=text)
    return _line(text, known)


def _org_number(text: str, _: Known) -> str:
    digits = re.sub(r"[ .]", "", text)
    if not is_org_number(digits):
        raise _Bad("register.fault.org_number", text=text)
    return digits


def _email(text: str, _: Known) -> str:
    try:
        return str(_EMAIL.validate_python(text))
    except ValidationError:
        raise _Bad("error.email") from None


def _phone(text: str, _: Known) -> str:
    if not _PHONE.fullmatch(re.sub(r"[\s().-]", "", text)):
        raise _Bad("error.phone")
    return text


def read_day(text: str) -> date:
    """A day that names its year.

    Raises: Unreadable; ValueError - no year.
    """
    day = parse_date(text, year=_NO_YEAR)
    if day.year == _NO_YEAR:
        raise ValueError("no year")
    return day


def _day(text: str, _: Known) -> date:
    try:
        return read_day(text)
    except Unreadable as refused:
        raise _Bad(f"error.{refused.key}", **refused.details) from None
    except ValueError:
        raise _Bad("register.fault.year_missing", text=text) from None


def _year(text: str, _: Known) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 4 or int(text) not in _YEARS:
        raise _Bad("error.year_out_of_range", least=_YEARS[0], most=_YEARS[-1])
    return int(text)


def _nok(text: str, _: Known) -> int:
    try:
        return parse_nok(text)
    except Unreadable as refused:
        raise _Bad(f"error.{refused.key}", **refused.details) from None


def _one_of(options: Callable[[Known], Iterable[str]]) -> Callable[[str, Known], str]:
    """The word is the option's key: words of people were read before, where the words are."""

    def read(text: str, known: Known) -> str:
        for option in options(known):
            if option == text:
                return option
        raise _Bad("register.fault.option", text=text)

    return read


_YES_NO = _one_of(lambda _: ("yes", "no"))
_BY_COLUMN: dict[str, Callable[[str, Known], object]] = {
    "id": _id,
    "org_number": _org_number,
    "email": _email,
    "phone": _phone,
    "language": _one_of(lambda known: known.languages),
    "is_example": lambda text, known: _YES_NO(text, known) == "yes",
    "body": _one_of(lambda known: known.bodies),
    "network": _one_of(lambda known: known.networks),
    "scheme": _one_of(lambda known: known.schemes),
    "year": _year,
    "nok": _nok,
    **dict.fromkeys(("valid_from", "valid_to", "followup_from", "followup_to", "decided_on"), _day),
}
_KINDS: dict[str, Callable[[str, Known], object]] = {
    "organisations": _one_of(lambda _: OrganisationKind),
    "units": _one_of(lambda _: UnitKind),
    "roles": _one_of(lambda _: RoleKind),
}


def _reader(sheet: str, column: str) -> Callable[[str, Known], object]:
    return _KINDS[sheet] if column == "kind" else _BY_COLUMN.get(column, _line)


# All rows


def read_rows(rows: Rows, before: Roster, known: Known, on: date) -> Roster | tuple[Fault, ...]:
    """The register as it will be with the rows, or everything that is wrong with them, in the order of the sheets.

    `on`: the day of the import. Roles that have begun by then are not rewritten, only given a last day.
    """
    reading = _Reading(before, known, on)
    for sheet in COLUMNS:
        for row in rows.get(sheet, ()):
            reading.read(sheet, row)
    reading.settle()
    faults = (*reading.faults, *_Checks(reading, on).faults())
    if not faults:
        return reading.after()
    order = list(COLUMNS)
    return tuple(sorted(faults, key=lambda fault: (order.index(fault.sheet), fault.row)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row that was read: where it stands, what it makes, and of what."""

    sheet: str
    row: int
    record: Record
    was: Record | None

    def fault(self, column: str, key: str, **details: object) -> Fault:
        return Fault(self.sheet, self.row, column, key, details)


class _Reading:
    """The register with the rows of a file laid over it, one by one."""

    def __init__(self, before: Roster, known: Known, on: date) -> None:
        self.known = known
        self.kept: dict[str, dict[Hashable, Record]] = {
            sheet: {key_of(each): each for each in before.sheet(sheet)} for sheet in COLUMNS
        }
        # Of those that have not begun, the beginning may still be moved.
        periods: tuple[HeldRole | NetworkMember, ...] = (*before.roles, *before.networks)
        self.to_come = [each for each in periods if not has_begun(each, on)]
        self.entries: dict[str, dict[Hashable, _Entry]] = {sheet: {} for sheet in COLUMNS}
        self.mentioned = defaultdict[str, set[str]](set)  # ids, also of rows that could not be read
        self.faults: list[Fault] = []

    def read(self, sheet: str, row: Row) -> None:
        cells = {column: tidy(text) for column, text in row.cells.items()}
        self.mentioned[sheet].add(cells.get("id", ""))
        values = self._values(sheet, row.number, cells)
        if values is None or (entry := self._entry(sheet, row.number, values)) is None:
            return
        first = self.entries[sheet].setdefault(key_of(entry.record), entry)
        if first is not entry:
            self.faults.append(entry.fault(KEYS[sheet][0], "register.fault.double", other=first.row))

    def _values(self, sheet: str, number: int, cells: Mapping[str, str]) -> dict[str, Any] | None:
        """What the cells say; None where one of them cannot be read, or what must be there is not."""
        values: dict[str, Any] = {}
        faults = [
            Fault(sheet, number, column, "error.missing") for column in KEYS[sheet] if not cells.get(column)
        ]
        for column, text in cells.items():
            try:
                values[column] = _reader(sheet, column)(text, self.known) if text else None
            except _Bad as bad:
                faults.append(Fault(sheet, number, column, bad.key, bad.details))
        self.faults += faults
        return None if faults else values

    def _entry(self, sheet: str, number: int, values: Mapping[str, Any]) -> _Entry | None:
        made = _made(sheet, values)
        was = self.kept[sheet].get(key_of(made))
        record = _made(sheet, values, was)
        missing = [column for column in REQUIRED[sheet] if getattr(record, column) is None]
        self.faults += (Fault(sheet, number, column, "error.missing") for column in missing)
        return None if missing else _Entry(sheet, number, record, was)

    def settle(self) -> None:
        """Take a row for the new period of one that has not begun, where the file has it in place of that one."""
        for later in self.to_come:
            sheet = "roles" if isinstance(later, HeldRole) else "networks"
            entries = self.entries[sheet]
            if key_of(later) in entries:
                continue
            for key, entry in entries.items():
                if (moved := _in_place_of(later, entry)) is not None:
                    entries[key] = moved
                    break

    def records(self, sheet: str) -> tuple[Record, ...]:
        """All that there will be: what stays as it was, and what was read."""
        entries = self.entries[sheet].values()
        gone = {key_of(entry.was) for entry in entries if entry.was is not None}
        stay = (record for key, record in self.kept[sheet].items() if key not in gone)
        return (*stay, *(entry.record for entry in entries))

    def after(self) -> Roster:
        made: dict[str, Any] = {sheet: self.records(sheet) for sheet in COLUMNS}
        return Roster(**made)


def _in_place_of(later: HeldRole | NetworkMember, entry: _Entry) -> _Entry | None:
    record = entry.record
    if entry.was is not None or not isinstance(record, HeldRole | NetworkMember):
        return None
    if holder_of(record) != holder_of(later) or not overlap(record, later):
        return None
    return replace(entry, record=replace(record, number=later.number), was=later)


def _made(sheet: str, values: Mapping[str, Any], was: Record | None = None) -> Record:
    """The record of a row: its cells over what was there before."""
    standing = {} if was is None else {each.name: getattr(was, each.name) for each in fields(was)}
    given = {column: value for column, value in values.items() if column != "language" or value}
    full = dict.fromkeys(COLUMNS[sheet]) | standing | given
    if "is_example" in full:
        full["is_example"] = full["is_example"] or False
    if "lead_owner" in full:
        full["lead_owner"] = full["lead_owner"] or full["recipient"]
    made: Record = RECORDS[sheet](**full)
    return made


# Between the rows


class _Checks:
    """What can be wrong with rows that are sound each by itself."""

    def __init__(self, reading: _Reading, on: date) -> None:
        self._reading, self._on = reading, on
        self._organisations = {
            each.id: each for each in reading.records("organisations") if isinstance(each, Organisation)
        }
        self._people = {each.id for each in reading.records("people") if isinstance(each, Person)}
        self._periods = defaultdict[tuple[str | None, ...], list[HeldRole | NetworkMember]](list)
        for each in (*reading.records("roles"), *reading.records("networks")):
            if isinstance(each, HeldRole | NetworkMember):
                self._periods[holder_of(each)].append(each)
        self._by_org_number = defaultdict[str, set[str]](set)
        for one in (*self._organisations.values(), *reading.records("units")):
            if isinstance(one, Organisation | Unit) and one.org_number:
                self._by_org_number[one.org_number].add(one.id)

    def faults(self) -> Iterator[Fault]:
        for entries in self._reading.entries.values():
            for entry in entries.values():
                yield from self._of(entry)

    def _of(self, entry: _Entry) -> Iterator[Fault]:
        yield from _in_order(entry)
        match entry.record:
            case Organisation():
                yield from self._organisation(entry, entry.record)
            case Unit():
                yield from self._points_to(entry, "organisation", entry.record.organisation)
                yield from self._own_number(entry, entry.record)
            case HeldRole():
                yield from self._role(entry, entry.record)
                yield from self._period(entry, entry.record)
            case NetworkMember():
                yield from self._points_to(entry, "organisation", entry.record.organisation)
                yield from self._period(entry, entry.record)
            case PriorGrant():
                yield from self._points_to(entry, "recipient", entry.record.recipient)
                yield from self._points_to(entry, "lead_owner", entry.record.lead_owner)

    def _points_to(self, entry: _Entry, column: str, id_: str) -> Iterator[Fault]:
        if id_ not in self._organisations and id_ not in self._reading.mentioned["organisations"]:
            yield entry.fault(column, "register.fault.no_organisation", text=id_)

    def _organisation(self, entry: _Entry, made: Organisation) -> Iterator[Fault]:
        yield from self._own_number(entry, made)
        if isinstance(entry.was, Organisation) and entry.was.kind is not made.kind:
            yield entry.fault("kind", "register.fault.kind_stays")
        if made.kind is OrganisationKind.MUNICIPALITY:
            if not _MUNICIPALITY.fullmatch(made.id) or made.municipality_number != made.id:
                yield entry.fault("municipality_number", "register.fault.municipality_is_its_id")
        elif made.municipality_number is None:
            if made.kind in (OrganisationKind.KINDERGARTEN_OWNER, OrganisationKind.SCHOOL_OWNER):
                yield entry.fault("municipality_number", "register.fault.where_it_lies")
        elif not self._is_municipality(made.municipality_number):
            yield entry.fault(
                "municipality_number", "register.fault.no_municipality", text=made.municipality_number
            )

    def _is_municipality(self, id_: str) -> bool:
        found = self._organisations.get(id_)
        if found is None:
            return id_ in self._reading.mentioned["organisations"]
        return found.kind is OrganisationKind.MUNICIPALITY

    def _own_number(self, entry: _Entry, made: Organisation | Unit) -> Iterator[Fault]:
        others = self._by_org_number[made.org_number] - {made.id} if made.org_number else ()
        for other in sorted(others)[:1]:
            yield entry.fault("org_number", "register.fault.number_taken", other=other)

    def _role(self, entry: _Entry, held: HeldRole) -> Iterator[Fault]:
        if held.person not in self._people | self._reading.mentioned["people"]:
            yield entry.fault("person", "register.fault.no_person", text=held.person)
        if held.kind in HELD_FOR:
            yield from self._held_for(entry, held)
        elif held.organisation is not None:
            if held.kind in HELD_IN_BODIES:
                yield from self._points_to(entry, "organisation", held.organisation)
            else:
                yield entry.fault("organisation", "register.fault.not_wanted")
        if held.kind in HELD_IN_BODIES and held.body is None:
            yield entry.fault("body", "register.fault.body_missing")
        if held.kind not in HELD_IN_BODIES and held.body is not None:
            yield entry.fault("body", "register.fault.not_wanted")

    def _held_for(self, entry: _Entry, held: HeldRole) -> Iterator[Fault]:
        if held.organisation is None:
            yield entry.fault("organisation", "register.fault.organisation_missing")
            return
        yield from self._points_to(entry, "organisation", held.organisation)
        found = self._organisations.get(held.organisation)
        if found is not None and found.kind not in HELD_FOR[held.kind]:
            yield entry.fault("organisation", "register.fault.wrong_kind", name=found.name)

    def _period(self, entry: _Entry, made: HeldRole | NetworkMember) -> Iterator[Fault]:
        was = entry.was
        if isinstance(was, HeldRole | NetworkMember) and was.valid_to != made.valid_to:
            key = why_not_end(was, made.valid_to, self._on)
            if key is not None and not key.startswith(
                "error."
            ):  # the order of the days is looked at for every row
                yield entry.fault("valid_to", key)
        for other in self._periods[holder_of(made)]:
            if other is not made and overlap(made, other):
                yield entry.fault("valid_from", "register.fault.overlaps", since=other.valid_from or "")
                return


def _in_order(entry: _Entry) -> Iterator[Fault]:
    for first, last in (("valid_from", "valid_to"), ("followup_from", "followup_to")):
        begins, ends = getattr(entry.record, first, None), getattr(entry.record, last, None)
        if begins is not None and ends is not None and ends < begins:
            yield entry.fault(last, "error.ends_before_it_begins")
