"""The register's files: headings in three languages, and every fault with sheet, row, column and what to do."""

import io
import zipfile
from datetime import date

import pytest

from dialogs.papers import roster as papers
from dialogs.papers.tables import Column, Table, csv_bytes, xlsx
from dialogs.texts import languages, texts
from domain.access import RoleKind
from domain.forum import load_forum
from domain.register import Person
from domain.roster import COLUMNS, Change, HeldRole, PriorGrant, Roster, What, changes
from domain.roster_rows import Fault, Row

FORUM = load_forum("nordland")
NB = texts("nb")


def a_table(*rows: tuple[str, ...]) -> Table:
    header, *below = rows
    return Table(tuple(Column(title) for title in header), tuple(below))


def faults(content: bytes) -> list[str]:
    found = papers.read(content, FORUM)
    assert isinstance(found, tuple)
    return [papers.fault_text(fault, FORUM, NB) for fault in found]


@pytest.mark.parametrize(
    "header",
    [
        ("Person", "Rolle", "Organisasjon", "Til og med"),
        ("person", "ROLLE", "eigar", "Til og med"),
        ("Person", "Role", "Organisation", "Last day"),
        ("person", "kind", "organisation", "valid_to"),
    ],
)
@pytest.mark.parametrize(
    "word", ["eierkontakt", "Eigarkontakt", "owner contact", "owner_contact", "Eier-kontakt"]
)
def test_headings_and_words_are_known_in_every_language(header: tuple[str, ...], word: str) -> None:
    row = ("eier-bodo", word, "1804", "30.6.2023")
    cells = {"person": "eier-bodo", "kind": "owner_contact", "organisation": "1804", "valid_to": "30.6.2023"}
    assert papers.read(csv_bytes(a_table(header, row)), FORUM) == {"roles": (Row(2, cells),)}


def test_every_sheet_is_known_by_its_headings_alone() -> None:
    for code in languages():
        for sheet, columns in COLUMNS.items():
            header = tuple(papers.column_title(sheet, column, texts(code)) for column in columns)
            read = papers.read(csv_bytes(a_table(header, ("x",) * len(header))), FORUM)
            assert isinstance(read, dict)
            assert list(read) == [sheet]
            assert list(read[sheet][0].cells) == list(columns)


def test_every_option_is_read_as_what_it_was_written_for() -> None:
    for sheet, columns in COLUMNS.items():
        for column in columns:
            for code in languages():
                for key, words in papers.option_words(sheet, column, texts(code), FORUM).items():
                    assert {papers.option_key(sheet, column, word, FORUM) for word in words} == {key}


def test_rows_keep_the_numbers_they_have_in_the_file() -> None:
    read = papers.read(b"\nPerson,Rolle\n\nkari,vara\n", FORUM)
    assert read == {"roles": (Row(4, {"person": "kari", "kind": "substitute"}),)}


PEOPLE = ("Kortnavn", "Navn", "E-post")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["Filen har ingen rader. Legg til minst én rad under overskriftene."]),
        (
            csv_bytes(a_table(PEOPLE)),
            ["Filen har ingen rader. Legg til minst én rad under overskriftene."],
        ),
        (
            csv_bytes(a_table(("Hest", "Farge"), ("Svarten", "svart"))),
            ["Jeg ser ikke av overskriftene hva filen inneholder. Bruk overskriftene i docs/register.md."],
        ),
        (
            xlsx({"Hester": a_table(PEOPLE, ("a", "A", ""))}),
            [
                "Hester: Jeg kjenner ikke dette arket. Kall det ett av disse, eller ta det bort: Organisasjoner, "
                "Enheter, Personer, Roller, Nettverk, Tilsagn."
            ],
        ),
        (
            xlsx({"Personer": a_table(PEOPLE, ("a", "A", "")), "People": a_table(PEOPLE, ("b", "B", ""))}),
            ["People: Det er to ark av samme slag. Slå dem sammen til ett."],
        ),
        (
            xlsx({"Personer": a_table(("Kortnavn", "Navn", "Hårfarge"), ("a", "A", "rød"))}),
            [
                "Personer, rad 1, Hårfarge: Jeg kjenner ikke kolonnen «Hårfarge». Kall den en av disse, eller ta den "
                "bort: Kortnavn, Navn, E-post, Telefon, Språk, Eksempel."
            ],
        ),
        (
            xlsx({"Personer": a_table(("Navn", "Name", "E-post"), ("A", "A", "rød"))}),
            [
                "Personer, rad 1, Navn: Kolonnen «Name» står to ganger. Ta bort den ene.",
                "Personer, rad 1, Kortnavn: Kolonnen mangler. Legg den til.",
            ],
        ),
        (
            xlsx({"Personer": Table((Column("Kortnavn"), Column("")), (("a", "B"),))}),
            [
                "Personer, rad 2: Her står det noe i en kolonne uten overskrift. Gi kolonnen en overskrift, "
                "eller tøm cellen."
            ],
        ),
        (b"PK", ["Dette er ikke en fil jeg kan lese. Lagre den som XLSX eller CSV, og prøv igjen."]),
        (
            b'"a',
            [
                "CSV, rad 1: CSV-filen kan ikke leses. Lagre den som «CSV UTF-8» fra regnearket, og prøv igjen."
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_what_to_do(content: bytes, expected: list[str]) -> None:
    assert faults(content) == expected


def test_a_bomb_of_csvs_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("personer.csv", b"0" * 20_000_000)
    assert faults(file.getvalue()) == ["Filen er for stor: høyst 10 MB utpakket. Del den i flere filer."]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            Fault("units", 3, "kind", "register.fault.option", {"text": "bank"}),
            "Enheter, rad 3, Type: Jeg kjenner ikke «bank». Skriv ett av disse: barnehage, skole, PPT, annet.",
        ),
        (
            Fault("roles", 7, "valid_from", "register.fault.overlaps", {"since": date(2022, 1, 1)}),
            "Roller, rad 7, Fra: Dette gjelder allerede fra 1. januar 2022. Skriv den samme dagen for å endre slutten, "
            "eller velg dager som ikke overlapper.",
        ),
        (
            Fault("roles", 7, "valid_from", "register.fault.overlaps", {"since": ""}),
            "Roller, rad 7, Fra: Dette gjelder allerede, uten startdato. La starten stå tom for å endre slutten, eller "
            "velg dager som ikke overlapper.",
        ),
        (
            Fault("people", 2, "email", "error.email"),
            "Personer, rad 2, E-post: Skriv en e-postadresse, for eksempel navn@kommune.no.",
        ),
    ],
)
def test_fault_is_told_in_words(fault: Fault, text: str) -> None:
    assert papers.fault_text(fault, FORUM, NB) == text


def test_change_is_told_in_one_line() -> None:
    kari = Person("kari", "Kari", None, "kari@example.org")
    seat = HeldRole("kari", RoleKind.SEAT, None, "committee_school", date(2023, 1, 1), number=1)
    before = Roster(people=(kari,), roles=(seat,))
    after = Roster(
        people=(Person("kari", "Kari", "nn"), Person("ola", "Ola", None)),
        roles=(
            HeldRole(
                "kari", RoleKind.SEAT, None, "committee_school", date(2023, 1, 1), date(2023, 6, 30), number=1
            ),
        ),
    )
    assert [papers.change_text(change, FORUM, NB) for change in changes(before, after)] == [
        "Personer: endret: kari, Kari: E-post: kari@example.org → tomt; Språk: tomt → nynorsk",
        "Personer: ny: ola, Ola",
        "Roller: slutter: kari, medlem, Fagutvalg skole, fra 1. januar 2023: Til og med: tomt → 30. juni 2023",
    ]
    grant = Change("grants", What.ADDED, PriorGrant("2021/17", 2022, "nord", "1804", "regional", "T", 1))
    assert papers.change_text(grant, FORUM, NB) == "Tilsagn: ny: 2021/17, 2022, nord"
