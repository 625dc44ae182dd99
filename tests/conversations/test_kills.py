"""The bot is killed between receipt, commit and answer of every page, and nothing is lost or done twice."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.messages import Identity
from play.bot import enrol_people
from play.chat import Answer, Chat
from play.issuer import Issuer
from play.people import APP_ID
from play.run import settings_for
from play.teams import Teams
from store import audit, cases, views
from store.work import Store
from tests.conversations.dekom import LAST, PAGES, SUBMITTED

MOMENTS = ("receipt", "commit", "answer")


class Life:
    """The bot in a process of its own, started anew as often as it is killed."""

    def __init__(self, teams: Teams, settings_file: Path) -> None:
        self._teams = teams
        self._settings_file = settings_file
        self._process: asyncio.subprocess.Process | None = None
        self.deaths = 0

    async def begin(self, moment: str = "never") -> None:
        await self.end()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.conversations.victim",
            str(self._settings_file),
            moment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._teams.endpoint = (await self._process.stdout.readline()).decode().strip()

    async def died(self) -> None:
        assert self._process is not None
        assert await self._process.wait() == -signal.SIGKILL
        self.deaths += 1

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def a_mortal_bot(url: str, tmp_path: Path) -> AsyncIterator[tuple[Life, Chat]]:
    issuer = Issuer(APP_ID)
    with issuer.serving() as configuration_url:
        teams = Teams(issuer, is_limited=False)
        chat = teams.add("eier-bodo")
        person = chat.person
        async with teams:
            await enrol_people(url, {"eier-bodo": Identity(person.tenant_id, str(person.object_id))})
            settings = settings_for(teams, database_url=url, port=0)
            given = settings.model_dump(mode="json", exclude_none=True, exclude={"tenants"})
            given |= {
                "database_url": url,
                "openid_metadata_url": configuration_url,
                "link_key": "l" * 64,
                "log_key": "k" * 64,
            }
            file = tmp_path / "settings.json"
            file.write_text(json.dumps(given))
            life = Life(teams, file)
            try:
                yield life, chat
            finally:
                await life.end()


async def killed_at_every_moment(
    life: Life, chat: Chat, first: Callable[[], "asyncio.Future[Answer]"]
) -> Answer:
    """Do it to a bot that dies, and repeat it to one that dies later, until one lives."""
    answer: Answer | None = None
    for moment in MOMENTS:
        await life.begin(moment)
        answer = await asyncio.ensure_future(first()) if answer is None else await chat.repeats(answer)
        assert answer.failed
        await life.died()
    await life.begin()
    assert answer is not None
    return await chat.repeats(answer)


@pytest.fixture
async def mortal(store_url: Callable[[str], str], tmp_path: Path) -> AsyncIterator[tuple[Life, Chat, str]]:
    url = store_url("sqlite")
    async with a_mortal_bot(url, tmp_path) as (life, chat):
        yield life, chat, url


async def test_killed_at_every_page_the_report_is_as_given(mortal: tuple[Life, Chat, str]) -> None:
    life, chat, url = mortal
    await life.begin()
    await chat.says("ny behovsmelding")
    for page in PAGES:
        await one_page(life, chat, page)
    receipt = await killed_at_every_moment(
        life, chat, lambda: asyncio.ensure_future(chat.presses("Send inn", LAST))
    )
    assert receipt.card is not None
    assert "2023-DEKOM-001" in str(receipt.card.card)
    assert life.deaths == len(MOMENTS) * (len(PAGES) + 1)
    await life.end()
    await nothing_is_lost(url)


async def one_page(life: Life, chat: Chat, page: dict[str, str]) -> None:
    """The page is killed three times at its first press; what it asks more for then is pressed in peace."""
    first = on_card(chat, page)
    await killed_at_every_moment(life, chat, lambda: asyncio.ensure_future(chat.presses("Neste", first)))
    while more := on_card(chat, page):
        assert (await chat.presses("Neste", more)).status == 200


def on_card(chat: Chat, page: dict[str, str]) -> dict[str, str]:
    assert chat.card is not None
    shown = json.dumps(chat.card.card)
    return {field: text for field, text in page.items() if f'"id": "{field}"' in shown}


async def nothing_is_lost(url: str) -> None:
    store = Store(url)
    await store.start()
    try:
        version = await store.read(lambda c: cases.version(c, "2023-DEKOM-001", 1))
        assert version is not None
        assert json.loads(version.report) == SUBMITTED
        assert [count.cases for count in await store.read(lambda c: views.round_counts(c, 2023))] == [1]
        assert await store.read(views.check_counts) == ()
        assert await store.read(views.check_money) == ()
        assert await store.read(audit.verify) == ()
    finally:
        await store.close()
