"""XLSX with openpyxl, which is loaded when the first one is wanted: a bot that starts again has no need of it."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dialogs.papers.tables import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    BadFile,
    Cell,
    Grid,
    Kind,
    Table,
    as_text,
    plain,
    trimmed,
)
from domain.days import OSLO

_WIDEST, _NARROWEST = 60, 10

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "0",
    "nok": '#,##0\\ "kr"',
    "day": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}
_RIGHT: tuple[Kind, ...] = ("number", "nok")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET_NAME = 31
_A4 = 9


def written(sheets: Mapping[str, Table]) -> bytes:
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
    cell.value = plain(value) if isinstance(value, str) else _in_oslo(value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl makes a formula of a text that begins with "="
    cell.number_format = _FORMATS["text" if isinstance(value, str) else kind]
    cell.alignment = Alignment(
        horizontal="right" if kind in _RIGHT else "left",
        vertical="top",
        wrap_text=isinstance(value, str) and len(value) > _WIDEST,
    )


def _in_oslo(value: int | date | datetime) -> int | date | datetime:
    return value.astimezone(OSLO).replace(tzinfo=None) if isinstance(value, datetime) else value


def _width(table: Table, place: int) -> int:
    shown = [table.columns[place].title, *(as_text(row[place]) for row in table.rows)]
    return min(max(_NARROWEST, *(len(text) + 5 for text in shown)), _WIDEST)


def read(content: bytes) -> dict[str, Grid]:
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
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        row = tuple(_read(sheet.title, number, place, cell) for place, cell in enumerate(cells, start=1))
        if not any(row):
            continue
        if number > MOST_ROWS:
            raise BadFile("too_many_rows", sheet=sheet.title)
        rows += [()] * (
            number - len(rows) - 1
        )  # empty rows between, so that the numbers stay those of the file
        rows.append(trimmed(row))
    return tuple(rows)


def _read(sheet: str, number: int, place: int, cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type in ("f", "e"):
        key = "formula" if cell.data_type == "f" else "cell_error"
        raise BadFile(key, sheet=sheet, row=number, column=get_column_letter(place))
    return as_text(cell.value)
