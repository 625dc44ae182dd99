"""Tables as files: XLSX and CSV, written with typed cells and read back as texts. Pure: bytes in, bytes out.

A text is never a formula, whatever it begins with (threats.md, 26). What is read may be hostile: its size is looked at
before it is unpacked, and a formula in it is refused, since what it would give is not in the file for certain.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.days import OSLO

MOST_BYTES = 10_000_000  # of a file, and of all that it unpacks to
MOST_ROWS = 20_000  # of a sheet, its header among them
MOST_COLUMNS = 50
_LONGEST_CELL = 32_767  # Excel's own limit

Kind = Literal["text", "number", "nok", "day", "moment"]
Cell = str | int | date | datetime | None  # a datetime is aware, and written as the clock in Oslo
Grid = tuple[tuple[str, ...], ...]
"""A sheet as read, row by row from the first; empty cells are "". Days are ISO, whole numbers without decimals."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet holds; each row has a cell for each column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class BadFile(ValueError):  # noqa: N818 - an answer to a person, not an error of ours
    """A file that is not read: a text key (`register.fault.…`), and what that text wants to know."""

    def __init__(self, key: str, *, sheet: str = "", row: int = 0, column: str = "") -> None:
        super().__init__(key, sheet, row, column)
        self.key, self.sheet, self.row, self.column = key, sheet, row, column


# XLSX


def xlsx(sheets: Mapping[str, Table]) -> bytes:
    """A workbook: bold header that stays in sight, a filter on every column, numbers and days typed."""
    from dialogs.papers import workbooks

    return workbooks.written(sheets)


def read_xlsx(content: bytes) -> dict[str, Grid]:
    """Every sheet by its name.

    Raises: BadFile - not a workbook, too large, a cell with a formula or an error in it.
    """
    from dialogs.papers import workbooks

    return workbooks.read(content)


# Cells


def plain(text: str) -> str:
    """Without what no XML may hold: control characters and halves of characters."""
    whole = text.encode("utf-8", "replace").decode()
    return _NOT_IN_XML.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST_CELL]


def trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    filled = [place for place, text in enumerate(row, start=1) if text]
    return row[: max(filled, default=0)]


def as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            local = value.astimezone(OSLO) if value.tzinfo else value
            at_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
            return f"{local:%Y-%m-%d}" if at_midnight else f"{local:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


# CSV


def csv_bytes(table: Table) -> bytes:
    """Semicolons and a byte-order mark, as Norwegian Excel reads it. A text that could be a formula gets a `'` before
    it, which `read_csv` takes off again."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([_guarded(column.title) for column in table.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def _csv_cell(value: Cell) -> str:
    return _guarded(plain(value)) if isinstance(value, str) else as_text(value)


def _guarded(text: str) -> str:
    return f"'{text}" if _looks_like_formula(text) or text.startswith("'") else text


def _looks_like_formula(text: str) -> bool:
    # Excel reads the wide forms of these characters (＝, ＋ …) as the plain ones.
    return unicodedata.normalize("NFKC", text[:1]).startswith(_FORMULA_STARTS) if text else False


def read_csv(content: bytes) -> Grid:
    """Columns parted by semicolon, comma or tab; UTF-8, UTF-16 with a mark, or Windows-1252.

    Raises: BadFile.
    """
    if len(content) > MOST_BYTES:
        raise BadFile("file_too_large")
    text = _decoded(content)
    rows: list[tuple[str, ...]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True):
            rows.append(trimmed(tuple(_unguarded(cell.strip(" ")) for cell in record[:MOST_COLUMNS])))
            if len(rows) > MOST_ROWS:
                raise BadFile("too_many_rows")
    except csv.Error as failure:
        raise BadFile("not_csv", row=len(rows) + 1) from failure
    return tuple(rows[: max((place for place, row in enumerate(rows, start=1) if row), default=0)])


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadFile("not_csv")


def _delimiter(text: str) -> str:
    """The one that stands oftenest in the header, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(";,\t", key=header.count)


def _unguarded(cell: str) -> str:
    rest = cell[1:]
    return rest if cell.startswith("'") and (_looks_like_formula(rest) or rest.startswith("'")) else cell


def numbered(grid: Grid) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows that hold something, by the number they have in the file."""
    return ((number, row) for number, row in enumerate(grid, start=1) if any(row))
