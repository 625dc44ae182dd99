"""The commands of the program: what they print, and what they exit with."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from dialogs.enrolling import read_code
from store import outbox, register
from store.work import Store, Work

PROGRAM = Path(sys.executable).with_name("forumbot")


@pytest.fixture
def url(sqlite_url_of_everybody: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with the demo register in it, which the commands find by their settings."""
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", sqlite_url_of_everybody)
    return sqlite_url_of_everybody


def test_status_is_one_json_document(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cases"], said["drafts_begun"], said["rows"]) == (0, 0, [])
    assert (said["requested_owner_nok"], said["requested_uh_nok"]) == (0, 0)
    assert (said["not_reached"], said["not_reached_more"]) == ([], 0)


def test_frames_is_one_json_document(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not known is null."""
    assert main(["frames", "--year", "2023", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    regional, total = said["schemes"][0], said["total"]
    assert (said["year"], said["slides_shown_on"]) == (2023, "2023-03-17")
    assert [each["scheme"] for each in said["schemes"]] == ["regional", "decentralised", "competence_lift"]
    assert (regional["frame"]["nok"], regional["individual_pot"]["nok"]) == (10_886_000, 3_265_800)
    assert regional["for_later_years"][0] == {
        "year": 2024,
        "nok": 6_968_000,
        "source": "slides",
        "owner_nok": None,
        "uh_nok": None,
        "cases": None,
        "is_promise_or_request_stated": False,
        "percentages": [{"percent": 83.0, "base": None, "base_nok": None}],
    }
    assert [total[f"{name}_nok"] for name in ("recommended", "awarded", "free")] == [None, None, None]
    assert (total["requested"][0]["missing_nok"], total["requested"][0]["covered_percent"]) == (
        22_185_380,
        55.78,
    )


def test_frames_of_a_year_without_schemes_fail(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frames", "--year", "2019", "--language", "en"]) == 1
    assert "I have no schemes for 2019." in capsys.readouterr().out


def test_status_names_whom_a_notice_did_not_reach(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty-two notices to somebody who has no chat."""
    asyncio.run(_fail_to_tell(url, 22))
    assert main(["status", "--json", "--language", "en"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (len(said["not_reached"]), said["not_reached_more"]) == (20, 2)
    assert said["not_reached"][0] == {
        "person": "Kontakt for Bodø kommune (eksempel)",
        "notice": "case_filed",
        "case": "2023-DEKOM-022",
        "reason": "no_chat",
        "why": "has no chat with me",
    }


async def _fail_to_tell(url: str, count: int) -> None:
    def put(work: Work) -> None:
        for number in range(1, count + 1):
            about = {"case": f"2023-DEKOM-{number:03}"}
            outbox.put(work, f"case_filed:{number}", "case_filed", "eier-bodo", about)
        for item in outbox.claim(work, count, work.now, work.now):
            outbox.dropped(work, item, outbox.NO_CHAT)

    store = Store(url)
    await store.start()
    await store.work(put, actor="test", cause="test", now=datetime.now(UTC))
    await store.close()


def test_status_of_a_case_that_is_not_there_fails(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "2023-DEKOM-001"]) == 1
    assert "Jeg finner ingen sak 2023-DEKOM-001" in capsys.readouterr().out


def test_status_answers_in_the_language_asked_for(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--language", "nn"]) == 0
    assert "behovsmeldingar er sende inn" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "key", "count"),
    [
        ("hvem mangler i salten", "owners", 11),
        ("kven manglar i Salten", "owners", 11),
        ("hvem har begynt", "begun", 0),
        ("dekom i lofoten", "rows", 0),
        ("saker i Hábmer", "cases", 0),
        ("kontakt bodø", "contacts", 2),
        ("hvem kan jeg ringe", "contacts", 1),
    ],
)
def test_status_answers_questions_in_peoples_own_words(
    url: str, capsys: pytest.CaptureFixture[str], question: str, key: str, count: int
) -> None:
    assert main(["status", *question.split(" "), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)[key]) == count
    assert main(["status", question]) == 0
    assert capsys.readouterr().out


def test_a_question_that_is_not_understood_is_a_wrong_call(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "hva", "er", "dette"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "Det forsto jeg ikke. Mente du noe av dette?",
        "hvem har ikke bekreftet",
        "hvem har begynt",
        "møter",
    ]


def test_invite_prints_a_code_that_can_be_redeemed(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "invite", "eier-bodo"]) == 0
    words = capsys.readouterr().out.split()
    assert [word for word in words if read_code(word)] != []


def test_invite_of_nobody_fails(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["register", "invite", "ingen"]) == 1
    assert "ingen" in capsys.readouterr().err


def test_migrate_makes_a_database_that_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", url)
    assert main(["migrate"]) == 0

    async def is_ready() -> tuple[bool, bool]:
        store = Store(url)
        await store.start()
        try:
            directory = await store.read(register.directory)
            return await store.is_ready(), "1804" in directory.organisations
        finally:
            await store.close()

    assert asyncio.run(is_ready()) == (True, True)


@pytest.mark.parametrize("command", [["status"], ["status", "--json"], ["register", "invite", "eier-bodo"]])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_database_that_was_not_made_is_told_with_what_to_do(
    command: list[str],
    is_there: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if is_there:
        (tmp_path / "new.db").touch()
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert main(command) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Databasen kan ikke brukes (")
    assert said.err.endswith("Er den ny, så kjør «forumbot migrate» først.\n")


def test_migrate_tells_of_a_database_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}")
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == (
        "Databasen kan ikke brukes (unable to open database file). "
        "Sjekk FORUMBOT_DATABASE_URL, og at databasen er i gang.\n"
    )


def test_serve_names_what_is_missing(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 1
    missing = ("APP_ID", "APP_TYPE", "TENANT_ID", "LOG_KEY")
    assert capsys.readouterr().err.splitlines() == [f"FORUMBOT_{name}: missing" for name in missing]


def test_a_wrong_call_exits_with_2() -> None:
    assert subprocess.run([PROGRAM, "fly"], capture_output=True).returncode == 2


def test_a_bot_that_serves_never_loads_the_stand_in() -> None:
    """The one import of `play` stands behind the other commands."""
    look = "import sys, bot.cli; bot.cli.main(['serve']); print(any(m.split('.')[0] == 'play' for m in sys.modules))"
    environment = {"FORUMBOT_ENV": "production", "PATH": ""}
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, env=environment, text=True)
    assert said.stdout == "False\n"


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["migrate"], ["status"], ["register", "invite"], ["play"]]
)
def test_every_command_has_help(command: list[str]) -> None:
    said = subprocess.run([PROGRAM, *command, "--help"], capture_output=True, text=True)
    assert (said.returncode, said.stdout.startswith("usage: forumbot")) == (0, True)
