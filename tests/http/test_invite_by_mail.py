"""`forumbot register invite` mails the code, where mail is set up: once, to the person, and it is kept nowhere."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli import main
from dialogs.enrolling import read_code
from domain.access import Role, RoleKind
from domain.register import Person
from play.loopback import HOST
from play.post_office import NO_SUCH_PERSON, NOT_NOW, Mishap, PostOffice
from store import register
from store.work import Work
from tests.conversations.harness import Town, enrol_everybody
from tests.store.builders import beside

TO = "eier-bodo@example.org"


@contextmanager
def a_post_office(*mishaps: Mishap) -> Iterator[PostOffice]:
    """In a thread of its own, since the command has a loop of its own."""
    office, is_open, is_over = PostOffice(), threading.Event(), threading.Event()
    office.plan(*mishaps)

    async def serve() -> None:
        async with office:
            is_open.set()
            await asyncio.to_thread(is_over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert is_open.wait(10)
    try:
        yield office
    finally:
        is_over.set()
        thread.join()


@pytest.fixture
def url(store_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    url = store_url("sqlite")

    async def fill() -> None:
        town = Town(url)
        await town.start()
        await town.work(enrol_everybody)
        await town.store.close()

    asyncio.run(fill())
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", url)
    return url


@pytest.fixture
def mail_set_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def set_up(smtp_url: str) -> None:
        monkeypatch.setenv("FORUMBOT_SMTP_URL", smtp_url)
        monkeypatch.setenv("FORUMBOT_MAIL_FROM", "forum@example.org")

    return set_up


def code_in(text: str) -> str:
    (code,) = {read_code(word) for word in text.split()} - {None}
    assert code is not None
    return code


def test_the_code_is_printed_and_mailed(
    url: str, mail_set_up: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with a_post_office() as office:
        mail_set_up(office.url)
        assert main(["register", "invite", "eier-bodo"]) == 0
    said = capsys.readouterr()
    (letter,) = office.letters
    assert (letter.to, letter.subject) == (TO, "Kode til Samarbeidsforum i Teams")
    assert code_in(letter.text) == code_in(said.out)
    assert said.out.splitlines()[-1] == "Koden er også sendt til personen på e-post."
    assert said.err == ""


def test_it_is_written_in_the_language_of_the_person(url: str, mail_set_up: Callable[[str], None]) -> None:
    asyncio.run(_in_store(url, lambda work: register.set_language(work, "eier-bodo", "nn")))
    with a_post_office() as office:
        mail_set_up(office.url)
        assert main(["register", "invite", "eier-bodo"]) == 0
    (letter,) = office.letters
    assert "Skriv koden der, så veit eg kven du er." in letter.text


def test_each_code_is_a_mail_of_its_own(url: str, mail_set_up: Callable[[str], None]) -> None:
    """A mailbox that takes the second for the first would hide the only code that works."""
    with a_post_office() as office:
        mail_set_up(office.url)
        for _ in range(2):
            assert main(["register", "invite", "eier-bodo"]) == 0
    assert len({letter.message["Message-ID"] for letter in office.letters}) == 2


@pytest.mark.parametrize(("mishap", "why"), [(NO_SUCH_PERSON, "blocked: 550"), (NOT_NOW, "unsent: 451")])
def test_a_mail_that_does_not_go_is_said_and_the_code_is_there(
    url: str,
    mail_set_up: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    mishap: Mishap,
    why: str,
) -> None:
    with a_post_office(mishap) as office:
        mail_set_up(office.url)
        assert main(["register", "invite", "eier-bodo"]) == 0
    said = capsys.readouterr()
    assert code_in(said.out)
    assert said.err == (
        f"E-posten med koden kom ikke av gårde ({why}). Gi koden til personen på en annen måte.\n"
    )


def test_a_server_that_is_not_there(
    url: str, mail_set_up: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    mail_set_up(f"smtp://{HOST}:1")
    assert main(["register", "invite", "eier-bodo"]) == 0
    said = capsys.readouterr()
    assert code_in(said.out)
    assert "kom ikke av gårde" in said.err


def test_who_has_no_address_is_told_by_others(
    url: str, mail_set_up: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(url) as connection:
        connection.exec_driver_sql("UPDATE person SET email = NULL WHERE id = 'eier-bodo'")
    with a_post_office() as office:
        mail_set_up(office.url)
        assert main(["register", "invite", "eier-bodo"]) == 0
    assert office.letters == []
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_code_is_kept_nowhere(
    url: str, mail_set_up: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with a_post_office() as office:
        mail_set_up(office.url)
        main(["register", "invite", "eier-bodo"])
    code = code_in(capsys.readouterr().out)
    with beside(url) as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "eier-bodo" in dump
    assert code not in dump


async def _in_store(url: str, job: Callable[[Work], None]) -> None:
    town = Town(url)
    await town.start()
    await town.work(job)
    await town.store.close()


def test_letters_to_all_are_printed_and_mailed(
    url: str, mail_set_up: Callable[[str], None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def newcomers(work: Work) -> None:
        for number in (1, 2):
            person = Person(
                f"ny-{number}", f"Ny kontakt {number} (eksempel)", "nb", f"ny-{number}@example.org"
            )
            register.add_person(work, person)
            register.add_role(work, person.id, Role(RoleKind.OWNER_CONTACT, "1804"))

    asyncio.run(_in_store(url, newcomers))
    path = tmp_path / "brev.txt"
    with a_post_office() as office:
        mail_set_up(office.url)
        assert main(["register", "invite", "--all", str(path)]) == 0
    printed = {code_in(letter) for letter in path.read_text(encoding="utf-8").split("\f")}
    assert len(printed) == 2
    assert {code_in(letter.text) for letter in office.letters} == printed
    assert f"{len(printed)} av dem er også sendt på e-post." in capsys.readouterr().out
