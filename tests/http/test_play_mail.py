"""The mails of the stand-in, as a person in it reads them."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.mail import Mailer, read_url
from dialogs.mails import Mail
from dialogs.papers import File
from play.api import Api
from play.bot import start_bot
from play.run import MAIL_FROM, playing
from play.script import Script
from play.teams import Teams, utc_now
from play.terminal import Terminal
from tests.conftest import NewDatabase

TEXT = "Hei!\n\nBodø kommune har sendt inn «Lesing».\n"


@pytest.fixture
async def teams(new_sqlite: NewDatabase) -> AsyncIterator[Teams]:
    async with playing(start_bot, database_url=new_sqlite(), port=0, bot_port=0) as teams:
        yield teams


@pytest.fixture
async def api(teams: Teams) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, teams.url, "eier-bodo")


async def post(teams: Teams, to: str) -> None:
    server = read_url(teams.post_office.url)
    assert server is not None
    mailer = Mailer(server, MAIL_FROM, now=utc_now, seconds=lambda: 0.0)
    file = File("møte.ics", "text/calendar", "Møte".encode)
    await mailer.send(Mail(to, "Ny behovsmelding", TEXT, "nb", file), "notice.1.1")


async def lines(*given: str) -> AsyncIterator[str]:
    for line in given:
        yield line


async def test_a_person_reads_their_own_mails_and_no_others(teams: Teams, api: Api) -> None:
    assert await api.mails() == []
    await post(teams, "eier-bodo@example.org")
    await post(teams, "eier-rana@example.org")
    assert await api.mails() == [
        {
            "from": "Samarbeidsforum <samarbeidsforum@example.org>",
            "to": "eier-bodo@example.org",
            "subject": "Ny behovsmelding",
            "text": TEXT,
            "files": [{"name": "møte.ics", "url": "data:text/calendar;base64,TcO4dGU="}],
        }
    ]


async def test_at_the_terminal(teams: Teams, api: Api) -> None:
    shown: list[str] = []
    await Terminal(api, shown.append).run(lines(":epost"), listens=False)
    assert shown[-1] == "Ingen e-post."
    await post(teams, "eier-bodo@example.org")
    await Terminal(api, shown.append).run(lines(":epost"), listens=False)
    assert shown[-7:] == [
        "Fra: Samarbeidsforum <samarbeidsforum@example.org>",
        "Emne: Ny behovsmelding",
        "",
        "Hei!",
        "",
        "Bodø kommune har sendt inn «Lesing».",
        "",
    ]


async def test_in_a_script(teams: Teams, api: Api) -> None:
    await post(teams, "eier-bodo@example.org")
    shown: list[str] = []
    await Script(api, shown.append).run(lines('{"mails": true}'))
    (answer,) = [said["answer"] for said in map(json.loads, shown) if "answer" in said]
    assert [mail["subject"] for mail in answer["mails"]] == ["Ny behovsmelding"]


async def test_a_stranger_has_no_mails(teams: Teams) -> None:
    async with aiohttp.ClientSession() as session:
        assert await Api(session, teams.url, "ukjent").mails() == []
