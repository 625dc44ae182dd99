"""The list of cases, read back cell by cell."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from dialogs.papers.lists import Listed, cases_table
from dialogs.papers.tables import xlsx
from dialogs.texts import Texts, languages, texts
from domain.cases import State
from play.examples import filed

NB = texts("nb")

LONGER = Listed(
    replace(filed("Lesing i alle fag"), submission=2, state=State.RETURNED),
    "Salten",
    "Bodø kommune",
    ("Fauske – Fuossko kommune", "Meløy kommune"),
    ("Nord universitet", "UiT Norges arktiske universitet"),
    {2023: 1_320_000, 2024: 1_320_000, 2025: 1_320_000},
)
SHORTER = Listed(
    replace(filed("=HYPERLINK(1)"), number="2023-DEKOM-015", owner_nok=0, uh_nok=200_000, other_owners=()),
    None,
    "Nordland fylkeskommune",
    (),
    ("Nord universitet",),
    {2023: 200_000},
)


def cases_xlsx(listed: tuple[Listed, ...], t: Texts) -> bytes:
    return xlsx({t("paper.list.sheet"): cases_table(listed, t)})


def sheet(content: bytes) -> Any:
    (only,) = load_workbook(BytesIO(content)).worksheets
    return only


def rows(content: bytes) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in sheet(content).iter_rows(values_only=True)]


def test_every_case_has_a_row_and_the_last_row_has_the_sums() -> None:
    header, longer, shorter, sums = rows(cases_xlsx((LONGER, SHORTER), NB))
    assert header == (
        "Saksnummer",
        "Ordning",
        "Region",
        "Ansvarlig eier",
        "Øvrige eiere i nettverket",
        "Universitet eller høgskole",
        "Tittel på tiltaket",
        "Tilstand",
        "Ballen ligger hos",
        "Sendt inn",
        "Versjon",
        "Søkt til eier",
        "Søkt til universitet og høgskole",
        "Søkt i alt",
        "Søkt for 2023",
        "Søkt for 2024",
        "Søkt for 2025",
    )
    assert longer == (
        "2023-DEKOM-014",
        "Dekom",
        "Salten",
        "Bodø kommune",
        "Fauske – Fuossko kommune; Meløy kommune",
        "Nord universitet; UiT Norges arktiske universitet",
        "Lesing i alle fag",
        "sendt tilbake for utfylling",
        "eieren",
        datetime.fromisoformat("2023-01-16T10:05"),
        2,
        2_100_000,
        1_860_000,
        3_960_000,
        1_320_000,
        1_320_000,
        1_320_000,
    )
    assert shorter[2:7] == (
        "hele fylket",
        "Nordland fylkeskommune",
        None,
        "Nord universitet",
        "=HYPERLINK(1)",
    )
    assert shorter[11:] == (0, 200_000, 200_000, 200_000, None, None)
    assert sums == ("I alt", *[None] * 10, 2_100_000, 2_060_000, 4_160_000, 1_520_000, 1_320_000, 1_320_000)


def test_amounts_are_numbers_and_nothing_is_a_formula() -> None:
    cells = [cell for row in sheet(cases_xlsx((LONGER, SHORTER), NB)).iter_rows(min_row=2) for cell in row]
    amounts = [cell for cell in cells if cell.column >= 11 and cell.value is not None]
    assert {cell.data_type for cell in amounts} == {"n"}
    assert {cell.number_format for cell in amounts if cell.column >= 12} == {'#,##0\\ "kr"'}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}


@pytest.mark.parametrize("code", languages())
def test_list_of_nothing_says_so_in_numbers(code: str) -> None:
    t = texts(code)
    header, sums = rows(cases_xlsx((), t))
    assert sums == (t("round.sum"), *[None] * 10, 0, 0, 0)
    assert len(header) == len(sums)
