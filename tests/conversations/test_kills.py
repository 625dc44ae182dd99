"""The bot is killed between receipt, commit and answer of every page, and nothing is lost or done twice."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess

import pytest

from domain.messages import Identity
from play.bot import enrol_people
from play.chat import Answer, Chat
from play.issuer import Issuer
from play.people import APP_ID
from play.teams import Teams
from store import audit, cases, views
from store.work import Store
from tests.conftest import BACKENDS
from tests.conversations import victim
from tests.conversations.dekom import LAST, PAGES, SUBMITTED
from tests.killing import Json, begun, pipe, settings_to_hand_over

MOMENTS = ("receipt", "commit", "answer")


class Life:
    """The bot in a process of its own, started anew as often as it is killed."""

    def __init__(self, teams: Teams, settings: Json) -> None:
        self._teams = teams
        self._settings = settings
        self._process: BaseProcess | None = None
        self.deaths = 0

    async def begin(self, moment: str = "never") -> None:
        await self.end()
        ours, theirs = pipe(duplex=False)
        self._process = begun(victim.live, self._settings, moment, theirs)
        theirs.close()
        self._teams.endpoint = await asyncio.to_thread(ours.recv)
        ours.close()

    async def died(self) -> None:
        assert self._process is not None
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode == -signal.SIGKILL
        self.deaths += 1

    async def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)


@asynccontextmanager
async def a_mortal_bot(url: str) -> AsyncIterator[tuple[Life, Chat]]:
    issuer = Issuer(APP_ID)
    with issuer.serving() as configuration_url:
        teams = Teams(issuer, is_limited=False)
        chat = teams.add("eier-bodo")
        person = chat.person
        async with teams:
            await enrol_people(url, {"eier-bodo": Identity(person.tenant_id, str(person.object_id))})
            life = Life(teams, settings_to_hand_over(teams, url, configuration_url))
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


@pytest.fixture(params=BACKENDS)
async def mortal(
    request: pytest.FixtureRequest, store_url: Callable[[str], str]
) -> AsyncIterator[tuple[Life, Chat, str]]:
    url = store_url(request.param)
    async with a_mortal_bot(url) as (life, chat):
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
