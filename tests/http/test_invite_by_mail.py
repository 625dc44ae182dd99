"""`forumbot register invite`, and `inviter` in chat, mail the code where mail is set up: once, to the person; and it is
kept nowhere."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from bot.mail import Mailer, read_url
from bot.wiring import codes_by_mail, machine_now
from dialogs.enrolling import read_code
from dialogs.texts import texts
from dialogs.turns import Turns
from domain.access import Role, RoleKind
from domain.register import Person
from play.bot import start_bot
from play.loopback import HOST
from play.post_office import NO_SUCH_PERSON, NOT_NOW, Mishap, PostOffice, Step
from play.run import playing
from store import register
from store.work import Work
from tests.conftest import NewDatabase
from tests.conversations.harness import Talk, Town
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
def url(sqlite_url_of_everybody: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", sqlite_url_of_everybody)
    return sqlite_url_of_everybody


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
    assert "eier-bodo" in dump(url)
    assert code not in dump(url)


def dump(url: str) -> str:
    """Everything in the database."""
    with beside(url) as connection:
        return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


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


# In chat

NB = texts("nb")
SENT, NOT_SENT = NB("mail.code_sent"), NB("enrol.not_mailed")


@dataclass(frozen=True, slots=True)
class Desk:
    """The secretariat in chat, beside the mail server of the bot."""

    staff: Talk
    office: PostOffice


@asynccontextmanager
async def a_desk(url: str, *mishaps: Mishap, seconds: float = 20.0) -> AsyncIterator[Desk]:
    town = Town(url)
    await town.start()
    async with PostOffice() as office:
        office.plan(*mishaps)
        server = read_url(office.url)
        assert server is not None
        mailer = Mailer(server, "forum@example.org", now=machine_now, seconds=lambda: 0.0)
        town.turns = Turns(town.store, town.house, codes_by_mail(mailer, seconds=seconds))
        yield Desk(town.person("sekretariat"), office)
    await town.store.close()


async def test_chat_shows_the_code_and_the_bot_mails_it(
    new_sqlite: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole bot; what it keeps and what it logs does not have the code."""
    url = new_sqlite()
    with caplog.at_level(logging.DEBUG):
        async with playing(start_bot, database_url=url, port=0, bot_port=0) as teams:
            (answer,) = (await teams.chat("sekretariat").says("inviter eier-bodo")).messages
            (letter,) = teams.post_office.letters
    code = code_in(letter.text)
    assert (letter.to, letter.subject) == (TO, "Kode til Samarbeidsforum i Teams")
    assert answer.text.partition(" Den gjelder")[0].endswith(f" er {code}.")
    assert answer.text.endswith(f" {SENT}")
    assert [row for row in dump(url).splitlines() if "code_issued" in row] != []
    assert code not in dump(url)
    ours = [each for each in caplog.records if each.name.partition(".")[0] in ("bot", "dialogs", "store")]
    assert [each for each in ours if code in str(each.__dict__)] == [] != ours


@pytest.mark.parametrize(
    ("mishap", "seconds"),
    [
        (NO_SUCH_PERSON, 20.0),
        (NOT_NOW, 20.0),
        (Mishap(Step.MESSAGE, hang_up=True), 20.0),
        (Mishap(Step.HELLO, late_seconds=2), 0.2),
    ],
    ids=["refused", "not now", "hung up", "late"],
)
async def test_a_mail_that_does_not_go_is_said_in_chat(
    sqlite_url_of_everybody: str, mishap: Mishap, seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """A chat does not wait for ever; the code is there all the same."""
    async with a_desk(sqlite_url_of_everybody, mishap, seconds=seconds) as desk:
        said = await desk.staff.says("inviter eier-bodo")
    assert code_in(said)
    assert said.endswith(f" {NOT_SENT}")
    assert [each.getMessage() for each in caplog.records if each.name == "dialogs.inviting"] == [
        "code.not_mailed"
    ]


async def test_in_chat_who_has_no_address_is_told_by_others(sqlite_url_of_everybody: str) -> None:
    with beside(sqlite_url_of_everybody) as connection:
        connection.exec_driver_sql("UPDATE person SET email = NULL WHERE id = 'eier-bodo'")
    async with a_desk(sqlite_url_of_everybody) as desk:
        said = await desk.staff.says("inviter eier-bodo")
        assert desk.office.letters == []
    assert code_in(said)
    assert [sentence for sentence in (SENT, NOT_SENT) if sentence in said] == []


async def test_message_that_comes_twice_is_one_code_and_one_mail(sqlite_url_of_everybody: str) -> None:
    async with a_desk(sqlite_url_of_everybody) as desk:
        await desk.staff.says("inviter eier-bodo")
        assert SENT not in await desk.staff.repeats()
        assert len(desk.office.letters) == 1


@pytest.mark.parametrize("person", ["eier-rana", "uh-nord", "beslutter"])
async def test_who_may_not_invite_mails_nothing(sqlite_url_of_everybody: str, person: str) -> None:
    async with a_desk(sqlite_url_of_everybody) as desk:
        said = await desk.staff.town.person(person).says("inviter eier-bodo")
        assert said == NB("say.staff_only")
        assert desk.office.letters == []


async def test_code_that_was_not_saved_is_not_mailed(sqlite_url_of_everybody: str) -> None:
    async with a_desk(sqlite_url_of_everybody) as desk:
        await desk.staff.town.store.close()
        assert await desk.staff.says("inviter eier-bodo") == NB("say.not_saved")
        assert desk.office.letters == []
