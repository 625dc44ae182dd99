"""The register as sheets: names of sheets, columns and options in words, one way and the other.

Written in one language, read in all of them; the keys of the program are read as well.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from dialogs.papers.tables import (
    MOST_BYTES,
    BadFile,
    Cell,
    Column,
    Grid,
    Kind,
    Table,
    csv_bytes,
    numbered,
    read_csv,
    read_xlsx,
    xlsx,
)
from dialogs.texts import Texts, languages, texts
from domain.access import RoleKind
from domain.forum import Forum
from domain.register import Organisation, OrganisationKind, Person
from domain.roster import (
    COLUMNS,
    KEYS,
    Change,
    HeldRole,
    NetworkMember,
    PriorGrant,
    Record,
    Roster,
    Unit,
    UnitKind,
)
from domain.roster_rows import Fault, Row, Rows
from domain.schemes import scheme_sets

_KINDS: dict[str, Kind] = {
    "year": "number",
    "nok": "nok",
    **dict.fromkeys(("valid_from", "valid_to", "followup_from", "followup_to", "decided_on"), "day"),
}
_NOT_A_LETTER = re.compile(r"[\W_]+")
_XLSX_PART = "[Content_Types].xml"


# Words


def sheet_title(sheet: str, t: Texts) -> str:
    """The sheet's name; of a sheet that we do not know, the name it has."""
    return t.words(f"register.sheet.{sheet}")[0] if t.has(f"register.sheet.{sheet}") else sheet


def column_title(sheet: str, column: str, t: Texts) -> str:
    """The column's name; of a column that we do not know, the name it has."""
    return next(iter(_column_words(sheet, column, t)), column)


def _column_words(sheet: str, column: str, t: Texts) -> tuple[str, ...]:
    keys = (f"register.column.{sheet}_{column}", f"register.column.{column}")
    return tuple(word for key in keys if t.has(key) for word in t.words(key))


def role_word(kind: RoleKind, t: Texts) -> str:
    return t.words(f"register.role.{kind}")[0]


def option_words(sheet: str, column: str, t: Texts, forum: Forum) -> dict[str, tuple[str, ...]]:
    """What may stand in the column: key -> words, the first of which is shown. Empty: anything may stand there."""
    match column:
        case "kind":
            name, kinds = _OPTIONS[sheet]
            return {key: t.words(f"register.{name}.{key}") for key in kinds}
        case "is_example":
            return {
                "yes": (t("say.yes"), "x", "true"),
                "no": (t("needs_report.option.coordinator.no").lower(), "false"),
            }
        case "language":
            return {
                code: (texts(code)("language"), *texts(code).words("words.language")) for code in languages()
            }
        case "body":
            return {body.key: (body.name.in_(t.language),) for body in forum.bodies}
        case "network":
            return {
                region.key: (region.network.name.in_(t.language), region.name.in_(t.language))
                for region in forum.regions
            }
        case "scheme":
            schemes = {scheme.key: scheme for each in scheme_sets(forum.key) for scheme in each.schemes}
            return {
                key: (t(f"scheme.{key}.short"), scheme.short, scheme.name.in_(t.language))
                for key, scheme in schemes.items()
            }
        case _:
            return {}


_OPTIONS: dict[str, tuple[str, Iterable[str]]] = {
    "organisations": ("organisation", OrganisationKind),
    "units": ("unit", UnitKind),
    "roles": ("role", RoleKind),
}


def fold(text: str) -> str:
    """Without what people write in different ways: case, blanks, points, hyphens."""
    return _NOT_A_LETTER.sub("", text.casefold())


@cache
def _option_keys(sheet: str, column: str, forum: Forum) -> Mapping[str, str]:
    """Folded word, in any language -> key."""
    found: dict[str, str] = {}
    for code in languages():
        for key, words in option_words(sheet, column, texts(code), forum).items():
            for word in (key, *words):
                found.setdefault(fold(word), key)
    return found


def option_key(sheet: str, column: str, text: str, forum: Forum) -> str:
    """The key that a word stands for; the text itself where it stands for none."""
    return _option_keys(sheet, column, forum).get(fold(text), text)


# Writing


def tables(roster: Roster, forum: Forum, t: Texts) -> dict[str, Table]:
    """A table for each sheet, by its title."""
    return {
        sheet_title(sheet, t): Table(
            tuple(Column(column_title(sheet, column, t), _KINDS.get(column, "text")) for column in columns),
            tuple(
                tuple(_cell(sheet, column, getattr(record, column), forum, t) for column in columns)
                for record in roster.sheet(sheet)
            ),
        )
        for sheet, columns in COLUMNS.items()
    }


def _cell(sheet: str, column: str, value: object, forum: Forum, t: Texts) -> Cell:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    match value:
        case None | date():
            return value
        case str():
            words = option_words(sheet, column, t, forum).get(value)
            return words[0] if words else str(value)
        case int():
            return value
        case _:
            raise TypeError(f"{sheet}.{column} holds {type(value).__name__}")


def write(roster: Roster, ending: str, forum: Forum, t: Texts) -> bytes:
    """The register as a file: `.xlsx`, or `.zip` with a CSV for each sheet."""
    made = tables(roster, forum, t)
    if ending == ".xlsx":
        return xlsx(made)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, table in made.items():
            package.writestr(f"{name.lower()}.csv", csv_bytes(table))
    return file.getvalue()


# Reading


def read(content: bytes, forum: Forum) -> Rows | tuple[Fault, ...]:
    """The rows of a file, with keys for all that there is a key for; or why they cannot be told.

    A workbook; a CSV, whose sheet is known by its headings; or a ZIP of CSVs.
    """
    try:
        grids = _grids(content)
    except BadFile as bad:
        return (Fault(bad.sheet, bad.row, bad.column, f"register.fault.{bad.key}"),)
    faults: list[Fault] = []
    found: dict[str, tuple[Row, ...]] = {}
    for name, grid in grids.items():
        if not any(grid):
            continue
        sheet = _sheet_named(name) or (_sheet_of(grid) if name.endswith(".csv") or not name else None)
        if sheet is None:
            faults.append(
                Fault(name, 0, "", "register.fault.unknown_sheet" if name else "register.fault.no_sheet")
            )
        elif sheet in found:
            faults.append(Fault(name, 0, "", "register.fault.sheet_twice"))
        else:
            found[sheet] = _rows(sheet, grid, forum, faults)
    if not faults and not any(found.values()):
        faults.append(Fault("", 0, "", "register.fault.empty"))
    return tuple(faults) or found


def _grids(content: bytes) -> dict[str, Grid]:
    if not content.startswith(b"PK"):
        return {"": read_csv(content)}
    names = _names(content)
    if _XLSX_PART in names:
        return read_xlsx(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: read_csv(package.read(name)) for name in names if name.lower().endswith(".csv")}


def _names(content: bytes) -> list[str]:
    """Raises: BadFile - not a ZIP, or too large to unpack."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except zipfile.BadZipFile as failure:
        raise BadFile("not_a_workbook") from failure
    if len(content) > MOST_BYTES or sum(part.file_size for part in parts) > MOST_BYTES:
        raise BadFile("file_too_large")
    return [part.filename for part in parts]


@cache
def _sheets() -> Mapping[str, str]:
    words = ((word, sheet) for code in languages() for sheet in COLUMNS for word in _sheet_words(sheet, code))
    return {fold(word): sheet for word, sheet in words}


def _sheet_words(sheet: str, code: str) -> tuple[str, ...]:
    return (sheet, *texts(code).words(f"register.sheet.{sheet}"))


def _sheet_named(name: str) -> str | None:
    return _sheets().get(fold(name.removesuffix(".csv")))


def _sheet_of(grid: Grid) -> str | None:
    """The sheet that the headings fit: it knows most of them, and all it is known by is there."""
    _, header = next(numbered(grid))

    def score(sheet: str) -> int:
        known = {_columns(sheet).get(fold(title)) for title in header}
        return len(known - {None}) if set(KEYS[sheet]) <= known else 0

    best, *others = sorted(COLUMNS, key=score, reverse=True)
    return best if score(best) > score(others[0]) else None


@cache
def _columns(sheet: str) -> Mapping[str, str]:
    """Folded title, in any language -> column."""
    found: dict[str, str] = {}
    for code in languages():
        for column in COLUMNS[sheet]:
            for word in (column, *_column_words(sheet, column, texts(code))):
                found.setdefault(fold(word), column)
    return found


def _rows(sheet: str, grid: Grid, forum: Forum, faults: list[Fault]) -> tuple[Row, ...]:
    (top, header), *below = numbered(grid)
    columns = [_columns(sheet).get(fold(title)) for title in header]
    wrong = [*_header_faults(sheet, top, header, columns), *_untitled(sheet, header, below)]
    if wrong:
        faults += wrong
        return ()
    return tuple(Row(number, _cells(sheet, header, columns, cells, forum)) for number, cells in below)


def _header_faults(
    sheet: str, row: int, header: tuple[str, ...], columns: list[str | None]
) -> Iterator[Fault]:
    for place, (title, column) in enumerate(zip(header, columns, strict=True)):
        if column is not None and column in columns[:place]:
            yield Fault(sheet, row, column, "register.fault.column_twice", {"text": title})
        elif column is None and title:
            yield Fault(sheet, row, title, "register.fault.unknown_column", {"text": title})
    for key in KEYS[sheet]:
        if key not in columns:
            yield Fault(sheet, row, key, "register.fault.column_missing")


def _untitled(
    sheet: str, header: tuple[str, ...], below: list[tuple[int, tuple[str, ...]]]
) -> Iterator[Fault]:
    for number, cells in below:
        if any(text for place, text in enumerate(cells) if place >= len(header) or not header[place]):
            yield Fault(sheet, number, "", "register.fault.no_title")


def _cells(
    sheet: str,
    header: tuple[str, ...],
    columns: list[str | None],
    cells: tuple[str, ...],
    forum: Forum,
) -> dict[str, str]:
    filled = (*cells, *[""] * (len(header) - len(cells)))
    return {
        column: option_key(sheet, column, text, forum)
        for column, text in zip(columns, filled, strict=False)
        if column is not None
    }


# Telling


def fault_text(fault: Fault, forum: Forum, t: Texts) -> str:
    """Where the fault is and what to do about it."""
    what = fault_words(fault, forum, t)
    sheet = sheet_title(fault.sheet, t)
    column = column_title(fault.sheet, fault.column, t) if fault.column else ""
    match fault:
        case Fault(sheet="", row=0):
            return what
        case Fault(row=0):
            return t("register.fault.place_sheet", sheet=sheet, what=what)
        case Fault(column=""):
            return t("register.fault.place_row", sheet=sheet or "CSV", row=fault.row, what=what)
        case _:
            return t("register.fault.place", sheet=sheet or "CSV", row=fault.row, column=column, what=what)


def fault_words(fault: Fault, forum: Forum, t: Texts) -> str:
    """What to do about it, without where it is."""
    details = dict(fault.details) | {"options": ", ".join(_offered(fault, forum, t))}
    is_open = fault.key == "register.fault.overlaps" and not details["since"]
    return t("register.fault.overlaps_open" if is_open else fault.key, **details)


def _offered(fault: Fault, forum: Forum, t: Texts) -> list[str]:
    """What could stand there instead."""
    if fault.key == "register.fault.unknown_sheet":
        return [sheet_title(sheet, t) for sheet in COLUMNS]
    if fault.key == "register.fault.unknown_column":
        return [column_title(fault.sheet, column, t) for column in COLUMNS[fault.sheet]]
    if fault.key != "register.fault.option":
        return []
    return [words[0] for words in option_words(fault.sheet, fault.column, t, forum).values()]


def change_text(change: Change, forum: Forum, t: Texts) -> str:
    """One line: what happens to which record, and of a change every field with both values."""
    details = {
        "sheet": sheet_title(change.sheet, t),
        "what": t(f"register.change.{change.what}"),
        "subject": subject(change.sheet, change.record, forum, t),
    }
    if not change.fields:
        return t("register.change.line", **details)

    def shown(column: str, value: object) -> str:
        cell = _cell(change.sheet, column, value, forum, t)
        return (
            t("register.change.empty")
            if cell is None
            else t.day(cell)
            if isinstance(cell, date)
            else str(cell)
        )

    told = (
        t(
            "register.change.field",
            column=column_title(change.sheet, column, t),
            old=shown(column, old),
            new=shown(column, new),
        )
        for column, old, new in change.fields
    )
    return t("register.change.line_fields", fields="; ".join(told), **details)


def subject(sheet: str, record: Record, forum: Forum, t: Texts) -> str:
    """What the record is about, by what it is known by."""
    parts: tuple[str | None, ...]
    match record:
        case Organisation() | Unit() | Person():
            parts = (record.id, record.name)
        case HeldRole():
            body = _cell(sheet, "body", record.body, forum, t)
            parts = (
                record.person,
                role_word(record.kind, t),
                record.organisation,
                str(body) if body else None,
                t("register.said.from", first=record.valid_from) if record.valid_from else None,
            )
        case NetworkMember():
            parts = (str(_cell(sheet, "network", record.network, forum, t)), record.organisation)
        case PriorGrant():
            parts = (record.reference, str(record.year), record.recipient)
    return ", ".join(part for part in parts if part)
