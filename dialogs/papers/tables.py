"""Tables as files: XLSX and CSV, written with typed cells and read back as texts. Pure: bytes in, bytes out.

A text is never a formula, whatever it begins with (threats.md, 26). What is read may be hostile: its size is looked at
before it is unpacked, and a formula in it is refused, since what it would give is not in the file for certain.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from domain.days import OSLO

MOST_BYTES = 10_000_000  # of a file, and of all that it unpacks to
MOST_ROWS = 20_000  # of a sheet, its header among them
_MOST_COLUMNS = 50
_LONGEST_CELL = 32_767  # Excel's own limit
_WIDEST, _NARROWEST = 60, 10

Kind = Literal["text", "number", "nok", "day", "moment"]
Cell = str | int | date | datetime | None  # a datetime is aware, and written as the clock in Oslo
Grid = tuple[tuple[str, ...], ...]
"""A sheet as read, row by row from the first; empty cells are "". Days are ISO, whole numbers without decimals."""

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "0",
    "nok": '#,##0\\ "kr"',
    "day": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_RIGHT: tuple[Kind, ...] = ("number", "nok")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET_NAME = 31
_A4 = 9


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
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in sheets.items():
        _fill(book.create_sheet(_sheet_name(name)), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet_name(name: str) -> str:
    return _NOT_IN_A_SHEET_NAME.sub("-", name).strip("' ")[:_LONGEST_SHEET_NAME] or "-"


def _fill(sheet: Worksheet, table: Table) -> None:
    for place, column in enumerate(table.columns, start=1):
        _write(sheet, 1, place, column.title, column.kind)
        sheet.cell(1, place).font = Font(name="Calibri", size=11, bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = _width(table, place - 1)
    for number, row in enumerate(table.rows, start=2):
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            _write(sheet, number, place, value, column.kind)
    _on_paper(sheet)
    sheet.freeze_panes = "A2"
    if table.columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"


def _on_paper(sheet: Worksheet) -> None:
    """As wide as a page lying on its side, with the header on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _write(sheet: Worksheet, row: int, place: int, value: Cell, kind: Kind) -> None:
    if value is None or value == "":
        return
    cell: Any = sheet.cell(row, place)
    cell.value = _plain(value) if isinstance(value, str) else _in_oslo(value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl makes a formula of a text that begins with "="
    cell.number_format = _FORMATS["text" if isinstance(value, str) else kind]
    cell.alignment = Alignment(
        horizontal="right" if kind in _RIGHT else "left",
        vertical="top",
        wrap_text=isinstance(value, str) and len(value) > _WIDEST,
    )


def _plain(text: str) -> str:
    """Without what no XML may hold: control characters and halves of characters."""
    whole = text.encode("utf-8", "replace").decode()
    return ILLEGAL_CHARACTERS_RE.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST_CELL]


def _in_oslo(value: int | date | datetime) -> int | date | datetime:
    return value.astimezone(OSLO).replace(tzinfo=None) if isinstance(value, datetime) else value


def _width(table: Table, place: int) -> int:
    shown = [table.columns[place].title, *(_as_text(row[place]) for row in table.rows)]
    return min(max(_NARROWEST, *(len(text) + 5 for text in shown)), _WIDEST)


def read_xlsx(content: bytes) -> dict[str, Grid]:
    """Every sheet by its name.

    Raises: BadFile - not a workbook, too large, a cell with a formula or an error in it.
    """
    _look_at_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True)
        return {sheet.title: _grid(sheet) for sheet in book.worksheets}
    except BadFile:
        raise
    except Exception as failure:  # the library raises whatever a broken file makes it stumble over
        raise BadFile("not_a_workbook") from failure


def _look_at_size(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise BadFile("file_too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(part.file_size for part in package.infolist())
    except zipfile.BadZipFile as failure:
        raise BadFile("not_a_workbook") from failure
    if unpacked > MOST_BYTES:  # a part is never read beyond the size it names
        raise BadFile("file_too_large")


def _grid(sheet: Any) -> Grid:
    rows: list[tuple[str, ...]] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
        row = tuple(_read(sheet.title, number, place, cell) for place, cell in enumerate(cells, start=1))
        if not any(row):
            continue
        if number > MOST_ROWS:
            raise BadFile("too_many_rows", sheet=sheet.title)
        rows += [()] * (
            number - len(rows) - 1
        )  # empty rows between, so that the numbers stay those of the file
        rows.append(_trimmed(row))
    return tuple(rows)


def _read(sheet: str, number: int, place: int, cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type in ("f", "e"):
        key = "formula" if cell.data_type == "f" else "cell_error"
        raise BadFile(key, sheet=sheet, row=number, column=get_column_letter(place))
    return _as_text(cell.value)


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    filled = [place for place, text in enumerate(row, start=1) if text]
    return row[: max(filled, default=0)]


def _as_text(value: object) -> str:
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
    return _guarded(_plain(value)) if isinstance(value, str) else _as_text(value)


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
            rows.append(_trimmed(tuple(_unguarded(cell.strip(" ")) for cell in record[:_MOST_COLUMNS])))
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
