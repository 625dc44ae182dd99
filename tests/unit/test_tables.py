"""Files of tables: typed when written, the same when read back, never a formula, and hostile ones refused."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dialogs.papers.tables import BadFile, Column, Table, csv_bytes, read_csv, read_xlsx, xlsx

DANGEROUS = (
    "=1+1",
    "+47 00 00 00 01",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "'=1",
    "''",
    '=HYPERLINK("http://x")',
)
TABLE = Table(
    (Column("Navn"), Column("Saker", "number"), Column("Sum", "nok"), Column("Dag", "day"), Column("Kl", "moment")),
    (
        ("Bodø kommune", 3, 14_825_160, date(2023, 2, 1), datetime(2023, 2, 1, 22, 30, tzinfo=UTC)),
        ("Fauske; «kommune», \"x\"\nto", -1, None, None, None),
    ),
)  # fmt: skip


def texts(*rows: str) -> Table:
    return Table((Column("Tekst"),), tuple((row,) for row in rows))


def test_workbook_has_typed_cells_a_header_that_stays_and_a_filter() -> None:
    sheet = load_workbook(io.BytesIO(xlsx({"Liste": TABLE})))["Liste"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "d", "d"]
    assert [cell.number_format for cell in sheet[2]][1:4] == ["0", '#,##0\\ "kr"', "dd.mm.yyyy"]
    assert sheet["E2"].value == datetime.fromisoformat("2023-02-01T23:30")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")
    assert [cell.font.bold for cell in sheet[1]] == [True] * 5
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")


def test_what_is_written_is_read() -> None:
    expected = (
        ("Navn", "Saker", "Sum", "Dag", "Kl"),
        ("Bodø kommune", "3", "14825160", "2023-02-01", "2023-02-01 23:30"),
        ("Fauske; «kommune», \"x\"\nto", "-1"),
    )  # fmt: skip
    assert read_xlsx(xlsx({"Liste": TABLE, "Tom": Table((), ())})) == {"Liste": expected, "Tom": ()}
    assert read_csv(csv_bytes(TABLE)) == expected


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text: str) -> None:
    sheet = load_workbook(io.BytesIO(xlsx({"Liste": texts(text)})))["Liste"]
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text)
    cell = csv_bytes(texts(text)).decode("utf-8-sig").split("\r\n")[1]
    assert cell.startswith("\"'")
    assert read_csv(csv_bytes(texts(text)))[1:] == ((text,),)


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip).filter(bool), max_size=5)
)
def test_every_text_comes_back(words: list[str]) -> None:
    expected = tuple((word,) for word in words)
    assert read_csv(csv_bytes(texts(*words)))[1:] == expected
    assert read_xlsx(xlsx({"Liste": texts(*words)}))["Liste"][1:] == expected


def test_characters_that_no_file_holds_are_left_out() -> None:
    assert read_xlsx(xlsx({"a/b*c": texts("a\x00b\x0bc\ud800d")})) == {"a-b-c": (("Tekst",), ("abc?d",))}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_other_programs_is_read(encoding: str, delimiter: str) -> None:
    content = delimiter.join(["Navn", "Sted"]) + "\n\n" + delimiter.join(["Bodø", "Måløy"]) + "\n"
    assert read_csv(content.encode(encoding)) == (("Navn", "Sted"), (), ("Bodø", "Måløy"))


def workbook(*cells: object) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row, value in enumerate(cells, start=1):
        book.worksheets[0].cell(row, 2).value = value  # type: ignore[assignment]
    book.save(file)
    return file.getvalue()


def test_numbers_and_days_that_excel_made_are_texts() -> None:
    read = read_xlsx(
        workbook(1804, 1804.0, 0.5, True, datetime.fromisoformat("2023-02-01"), None, date(2023, 2, 1))
    )["Sheet"]
    assert [row[1] for row in read if row] == ["1804", "1804", "0.5", "true", "2023-02-01", "2023-02-01"]
    assert read[5] == ()


@pytest.mark.parametrize(("value", "key"), [("=A1", "formula"), ("#REF!", "cell_error")])
def test_cell_that_is_not_what_it_shows_is_named(value: str, key: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_xlsx(workbook("a", value))
    assert (refused.value.key, refused.value.sheet, refused.value.row, refused.value.column) == (
        key,
        "Sheet",
        2,
        "B",
    )


def zipped(size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"0" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "not_a_workbook"),
        (b"PK\x03\x04 and no more", "not_a_workbook"),
        (zipped(10), "not_a_workbook"),
        (xlsx({"Liste": TABLE})[:-100], "not_a_workbook"),
        (zipped(20_000_000), "file_too_large"),
        (b"0" * 10_000_001, "file_too_large"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_xlsx(content)
    assert refused.value.key == key


def test_entities_that_grow_are_not_unfolded() -> None:
    grows = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50 if n else "x" * 1000}">' for n in range(7))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx({"Liste": texts("x")}))) as sound, zipfile.ZipFile(file, "w") as bad:
        for name in sound.namelist():
            part = sound.read(name).replace(b"<t>x</t>", b"<t>&e6;</t>")
            is_sheet = name.endswith("sheet1.xml")
            bad.writestr(name, f"<!DOCTYPE worksheet [{grows}]>".encode() + part if is_sheet else part)
    with pytest.raises(BadFile, match="not_a_workbook"):
        read_xlsx(file.getvalue())


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'"a;b\n', "not_csv"),
        (b"\x81\x8d\x00", "not_csv"),
        (b"a\n" * 20_001, "too_many_rows"),
        (b"0" * 10_000_001, "file_too_large"),
    ],
)
def test_what_is_no_csv_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_csv(content)
    assert refused.value.key == key


def test_rows_are_counted_where_they_stand() -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.cell(1_048_576, 1).number_format = "0"  # Excel keeps what was only formatted
    sheet["A3"].value = "x"
    book.save(file)
    assert read_xlsx(file.getvalue())["Sheet"] == ((), (), ("x",))
    sheet["A20001"].value = "y"
    book.save(file := io.BytesIO())
    with pytest.raises(BadFile, match="too_many_rows"):
        read_xlsx(file.getvalue())
