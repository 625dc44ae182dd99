"""`forumbot backup`, `restore` and `verify`: what they say, what they exit with, and what they leave behind."""

import ast
import asyncio
import inspect
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

from bot.cli import main
from bot.keeping import _in_words
from dialogs.texts import catalogue, languages, texts
from store import audit, backups, checks
from store.checks import Fault
from store.work import Store
from tests.conftest import BACKENDS
from tests.store.builders import beside
from tests.store.everything import NUMBER, with_everything

PROGRAM = Path(sys.executable).with_name("forumbot")


@pytest.fixture(params=BACKENDS)
def url(
    request: pytest.FixtureRequest, store_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """A database with something in it, which the commands find by their settings."""
    url = store_url(request.param)

    async def fill() -> None:
        store = Store(url)
        await store.start()
        await with_everything(store)
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", url)
    return url


Said = Callable[[], tuple[str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def read() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return read


def test_a_copy_goes_into_a_new_database_of_either_kind(
    url: str,
    tmp_path: Path,
    store_url: Callable[[str], str],
    said: Said,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "copy"
    assert main(["backup", str(file)]) == 0
    out, err = said()
    assert out.startswith(f"Kopien er skrevet til {file}: ")
    assert out.splitlines()[1].startswith("Filen inneholder personopplysninger. Krypter den")
    assert err == ""
    for backend in BACKENDS:
        monkeypatch.setenv("FORUMBOT_DATABASE_URL", store_url(backend))
        assert main(["restore", str(file)]) == 0
        out, _ = said()
        assert "rader er lagt inn fra kopien som ble tatt" in out
        assert "\nAlt stemmer.\n" in out
        assert main(["verify"]) == 0
        assert main(["status", NUMBER]) == 0
        said()


def test_each_is_one_json_document(
    url: str, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy"

    def asked(*arguments: str) -> Any:
        main([*arguments, "--json"])
        return json.loads(said()[0])

    made = asked("backup", str(file))
    assert (made["file"], made["rows"]["case_head"]) == (str(file), 2)
    assert asked("restore", str(file))["refused"] == "living"
    found = asked("verify")
    assert (found["ok"], found["faults"], found["checked"]["versions"]) == (True, [], 2)
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert asked("restore", str(file)) == {**made, **found, "checked": asked("verify")["checked"]}


def test_a_living_database_is_refused_with_what_to_do(url: str, tmp_path: Path, said: Said) -> None:
    file = tmp_path / "copy"
    main(["backup", str(file)])
    said()
    assert main(["restore", str(file)]) == 1
    assert said() == (
        "",
        "Det står noe i databasen fra før, og jeg skriver ikke over noe. Lag en ny, tom database, "
        "sett FORUMBOT_DATABASE_URL til den, og prøv igjen.\n",
    )
    assert main(["verify"]) == 0


def test_a_file_that_is_there_is_refused_with_what_to_do(url: str, tmp_path: Path, said: Said) -> None:
    file = tmp_path / "copy"
    file.write_text("mine")
    assert main(["backup", str(file)]) == 1
    assert said() == ("", f"{file} finnes fra før, og jeg skriver ikke over noe. Velg et annet navn.\n")
    assert file.read_text() == "mine"


def test_a_file_that_is_not_there_is_refused(url: str, tmp_path: Path, said: Said) -> None:
    assert main(["restore", str(tmp_path / "nothing")]) == 1
    assert said() == ("", f"Jeg finner ikke filen {tmp_path / 'nothing'}. Sjekk navnet.\n")


def test_what_is_wrong_is_told_with_its_subject(
    url: str, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beside(url) as connection:
        connection.execute(text("UPDATE case_counter SET last = 3"))
    fault = "case:2023-DEKOM-003: nummeret er gitt, men saken finnes ikke."
    assert main(["verify"]) == 1
    out, err = said()
    assert (out.splitlines()[:2], err) == (["Noe stemmer ikke. Feil: 1.", fault], "")
    assert main(["verify", "--json"]) == 1
    assert json.loads(said()[0])["faults"] == [
        {"subject": "case:2023-DEKOM-003", "what": "number_missing", "text": fault}
    ]
    file = tmp_path / "copy"
    assert main(["backup", str(file)]) == 0
    said()
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert main(["restore", str(file)]) == 1
    out, err = said()
    assert out == ""
    assert fault in err
    assert "--despite-faults" in err
    assert main(["restore", str(file), "--despite-faults"]) == 1
    out, err = said()
    assert fault in out
    assert main(["status", NUMBER]) == 0


@pytest.mark.parametrize("command", [["backup", "copy"], ["verify"], ["verify", "--json"]])
def test_a_database_that_was_not_made_is_told_with_what_to_do(
    command: list[str], tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert main(command) == 1
    out, err = said()
    assert out == ""
    assert err.endswith("Er den ny, så kjør «forumbot migrate» først.\n")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_shown_on_a_terminal(url: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run([PROGRAM, "backup", str(tmp_path / "copy")], stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "\r\x1b[Kcase_head 2" in shown


@pytest.mark.parametrize("command", ["backup", "restore", "verify"])
def test_every_command_has_help(command: str) -> None:
    said = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True)
    assert (said.returncode, said.stdout.startswith("usage: forumbot")) == (0, True)


def keys_in(module: ModuleType, function: str, place: int) -> set[str]:
    """The texts that the module names in calls of that function."""
    calls = (node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call))
    named = (
        call.args[place]
        for call in calls
        if ast.unparse(call.func).endswith(function) and len(call.args) > place
    )
    return {
        node.value
        for argument in named
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    }


def texts_below(prefix: str) -> set[str]:
    return {key.removeprefix(prefix) for key in catalogue("nb") if key.startswith(prefix)}


def test_every_fault_and_every_refusal_has_its_words_and_no_words_are_left_over() -> None:
    faults = keys_in(checks, "look.found", 1) | keys_in(audit, "Fault", 2)
    sums = {"owner_nok_differs", "uh_nok_differs"}
    assert faults - {"_differs"} | sums == texts_below("verify.fault.")
    assert keys_in(backups, "Refused", 0) | {"faulty"} == texts_below("backup.refused.")


@pytest.mark.parametrize("language", languages())
def test_every_fault_can_be_said(language: str) -> None:
    names = ("seq", "submission", "kept_nok", "filed_nok", "priority", "about", "named", "organisation")
    details = dict.fromkeys((*names, "place", "kept", "counted"), 1)
    for key in texts_below("verify.fault."):
        assert _in_words(Fault("case:1", key, details), texts(language)).startswith("case:1: ")


def test_the_history_of_a_case_is_told_to_programs(url: str, said: Said) -> None:
    assert main(["status", "historikk", NUMBER.lower(), "--json"]) == 0
    events = json.loads(said()[0])["events"]
    assert [(event["action"], event["who"]) for event in events[:2]] == [
        ("created", "Eier i Bodø"),
        ("submitted", "Eier i Bodø"),
    ]
    assert main(["status", "historikk", "2023-DEKOM-099"]) == 1
