"""The bot, killed at a moment of its first turn."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from multiprocessing.connection import Connection
from typing import TypeVar

from bot.app import MESSAGES_PATH
from bot.settings import Settings, load
from bot.wiring import running
from play.bot import LIMITS
from store.work import Store, Work
from tests.killing import Json, die

T = TypeVar("T")


class Mortal(Store):
    """A store whose process dies at that moment of a turn."""

    def __init__(self, url: str, moment: str) -> None:
        super().__init__(url)
        self._moment = moment

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        if self._moment == "receipt":
            die()

        def last(work: Work) -> T:
            result = job(work)
            if self._moment == "commit":
                die()
            return result

        result = await super().work(last, actor=actor, cause=cause, now=now)
        if self._moment == "answer":
            die()
        return result


def live(settings: Json, moment: str, endpoint: Connection) -> None:
    """`moment`: `receipt`, the turn has come in, nothing is done; `commit`, the job is done, and not committed;
    `answer`, committed, and not answered; or `never`. Where it listens goes to `endpoint`."""
    asyncio.run(_live(load(settings), moment, endpoint))


async def _live(settings: Settings, moment: str, endpoint: Connection) -> None:
    async with running(
        settings,
        on=date(2023, 1, 16),
        limits=LIMITS,
        is_scheduling=False,
        open_store=lambda url: Mortal(url, moment),
    ) as bot:
        endpoint.send(f"{bot.url}{MESSAGES_PATH}")
        await asyncio.Event().wait()
