"""`forumbot register`: whole files in and out, codes on paper and taken back, and what each exits with."""

import asyncio
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from bot.cli import main
from dialogs.enrolling import read_code
from dialogs.papers import roster as papers
from dialogs.texts import texts
from domain.forum import load_forum
from domain.roster import COLUMNS, Roster
from store import audit, enrolment
from store import roster as rosters
from store.work import Store
from tests.http import victim_of_import
from tests.killing import killed
from tests.store.test_roster import a_county, people

T = TypeVar("T")
FORUM = load_forum("nordland")
Said = pytest.CaptureFixture[str]


def read(url: str, job: Callable[[Connection], T]) -> T:
    async def once() -> T:
        store = Store(url)
        await store.start()
        try:
            return await store.read(job)
        finally:
            await store.close()

    return asyncio.run(once())


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new database, as `migrate` leaves it."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", url)
    assert main(["migrate"]) == 0
    return url


@pytest.fixture
def county(tmp_path: Path) -> Path:
    path = tmp_path / "fylket.xlsx"
    path.write_bytes(papers.write(a_county(), ".xlsx", FORUM, texts("nb")))
    return path


def test_dry_run_lists_what_would_change_and_changes_nothing(url: str, county: Path, capsys: Said) -> None:
    before = read(url, rosters.read)
    assert main(["register", "import", "--dry-run", str(county)]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert "Personer: ny: kontakt-000, Kontakt 0 (eksempel)" in lines
    assert last == (
        f"Dette ville blitt endret: {len(lines)} poster. Ingenting er lagret. Kjør uten --dry-run for å lagre."
    )
    assert read(url, rosters.read) == before


@pytest.mark.parametrize("name", ["ut.xlsx", "ut.zip"])
def test_register_goes_in_out_and_in_again_without_a_difference(
    url: str, county: Path, name: str, tmp_path: Path, capsys: Said
) -> None:
    assert main(["register", "import", str(county)]) == 0
    assert capsys.readouterr().out.startswith("Registeret er oppdatert: ")
    assert read(url, rosters.read) == a_county()
    out = tmp_path / name
    for _ in range(2):
        assert main(["register", "export", str(out), "--language", "nn"]) == 0
    assert out.stat().st_mode & 0o077 == 0
    capsys.readouterr()
    assert main(["register", "import", str(out), "--language", "en"]) == 0
    assert capsys.readouterr().out == "The register is the same as the file. Nothing was changed.\n"


def test_one_bad_row_of_500_is_named_and_nothing_is_imported(url: str, tmp_path: Path, capsys: Said) -> None:
    book = load_workbook(io.BytesIO(papers.write(Roster(people=people(500)), ".xlsx", FORUM, texts("nb"))))
    book["Personer"]["C301"].value = "kontakt-299 at example.org"
    path = tmp_path / "personer.xlsx"
    book.save(path)
    before = read(url, rosters.read)
    assert main(["register", "import", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "Personer, rad 301, E-post: Skriv en e-postadresse, for eksempel navn@kommune.no.",
        "Ingenting er endret. Rett 1 feil i filen, og kjør importen på nytt.",
    ]
    assert read(url, rosters.read) == before
    assert main(["register", "import", str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == []
    assert [(each["sheet"], each["row"], each["column"]) for each in told["faults"]] == [
        ("people", 301, "email")
    ]


def test_changes_are_told_as_json(url: str, tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "roller.csv"
    path.write_text("Kortnavn;Navn;E-post\nkari;Kari (eksempel);\n")
    assert main(["register", "import", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == [
        {
            "sheet": "people",
            "what": "added",
            "record": {
                "id": "kari",
                "name": "Kari (eksempel)",
                "email": None,
                "phone": None,
                "language": None,
                "is_example": False,
            },
            "fields": {},
        }
    ]
    path.write_text("Kortnavn;E-post\nkari;kari@example.org\n")
    assert main(["register", "import", str(path), "--json", "--dry-run"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["record"], change["fields"]) == ({"id": "kari"}, {"email": [None, "kari@example.org"]})
    entry = read(url, lambda connection: audit.history(connection, "person:kari"))[-1]
    assert (entry.actor, entry.cause, entry.detail) == (
        "operator",
        "register import",
        {"reason": "import roller.csv"},
    )


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        (["import", "{}/ingen.xlsx"], 1, "kan ikke leses (No such file or directory)"),
        (["export", "{}/ut.doc"], 2, "Skriv en fil som slutter på .xlsx, eller på .zip for CSV."),
        (["invite"], 2, "Skriv kortnavnet til personen, eller --all FIL"),
        (["invite", "kari", "--all", "{}/brev.txt"], 2, "Skriv kortnavnet til personen, eller --all FIL"),
        (["revoke", "ingen"], 1, "Jeg finner ingen «ingen» i registeret."),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    url: str, tmp_path: Path, command: list[str], status: int, words: str, capsys: Said
) -> None:
    assert main(["register", *(word.format(tmp_path) for word in command)]) == status
    said = capsys.readouterr()
    assert (said.out, words in said.err) == ("", True)


def test_letters_are_for_those_who_have_no_code(url: str, county: Path, tmp_path: Path, capsys: Said) -> None:
    """A role, not enrolled, no code that works; each letter has a code of its own that can be redeemed."""
    assert main(["register", "import", str(county)]) == 0
    assert main(["register", "invite", "kontakt-000"]) == 0
    capsys.readouterr()
    path = tmp_path / "brev.txt"
    assert main(["register", "invite", "--all", str(path)]) == 0
    today = datetime.now(UTC).date()
    held = {role.person for role in a_county().roles if role.valid_to is None or role.valid_to >= today}
    assert capsys.readouterr().out.startswith(f"Filen {path} har {len(held) - 1} brev med kode.")
    assert path.stat().st_mode & 0o077 == 0
    letters = path.read_text(encoding="utf-8").split("\f")
    codes = [code for letter in letters for word in letter.split() if (code := read_code(word))]
    assert (len(letters), len(set(codes))) == (len(held) - 1, len(held) - 1)
    assert not [letter for letter in letters if "Kontakt 0 " in letter]
    assert letters[0].startswith("Hei, Kontakt 1 (eksempel)!")
    assert "Hello, Kontakt 3 (eksempel)!" in path.read_text(encoding="utf-8")
    assert main(["register", "invite", "--all", str(path)]) == 1
    assert "finnes fra før" in capsys.readouterr().err
    assert main(["register", "invite", "--all", str(tmp_path / "flere.txt")]) == 0
    assert "Alle som har en rolle, har meldt seg inn eller fått en kode." in capsys.readouterr().out
    assert not (tmp_path / "flere.txt").exists()


def test_code_that_was_taken_back_works_no_more(url: str, county: Path, capsys: Said) -> None:
    assert main(["register", "import", str(county)]) == 0
    assert main(["register", "invite", "kontakt-000"]) == 0
    now = datetime.now(UTC)
    assert read(url, lambda c: enrolment.with_valid_code(c, now)) == {"kontakt-000"}
    assert main(["register", "revoke", "kontakt-000"]) == 0
    assert read(url, lambda c: enrolment.with_valid_code(c, now)) == frozenset()
    assert main(["register", "revoke", "kontakt-000"]) == 1
    assert "har ingen kode som gjelder" in capsys.readouterr().err


@pytest.mark.parametrize(("moment", "kept"), [("job", False), ("commit", False), ("committed", True)])
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_killed_import_leaves_the_old_register_or_the_new_one(
    backend: str, moment: str, kept: bool, county: Path, store_url: Callable[[str], str]
) -> None:
    database = store_url(backend)
    killed(victim_of_import.live, database, county, moment)
    assert read(database, rosters.read) == (a_county() if kept else Roster())
    assert read(database, audit.verify) == ()


DOCS = Path(__file__).parents[2] / "docs" / "register.md"


def test_example_of_the_docs_is_read(url: str, tmp_path: Path, capsys: Said) -> None:
    blocks = re.findall(r"```csv\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 6
    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.csv"
        path.write_text(block, encoding="utf-8")
        assert main(["register", "import", str(path)]) == 0, capsys.readouterr().err
    made = read(url, rosters.read)
    assert [len(made.sheet(sheet)) for sheet in ("units", "people", "roles", "networks", "grants")] == [
        1,
        4,
        5,
        2,
        2,
    ]


def test_docs_name_every_sheet_column_and_option() -> None:
    said = DOCS.read_text(encoding="utf-8")
    nb = texts("nb")

    def named(wanted: Any) -> list[str]:
        return [word for word in wanted if f"`{word}`" not in said]

    for sheet, columns in COLUMNS.items():
        assert f"## {papers.sheet_title(sheet, nb)}" in said
        assert named(papers.column_title(sheet, column, nb) for column in columns) == []
        for column in columns:
            options = papers.option_words(sheet, column, nb, FORUM)
            assert column == "network" or named(words[0] for words in options.values()) == []
