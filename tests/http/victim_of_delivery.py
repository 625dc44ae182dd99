"""The bot's planner and delivery, killed at a moment of their work."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import TypeVar

from bot import wiring
from bot.settings import Settings, load
from bot.teams.connector import Connector
from domain.forum import load_forum
from domain.ladders import reminding
from domain.messages import Address, Message
from play.bot import LIMITS
from scheduler.planner import Planner
from store import outbox
from store.outbox import OutboxState
from store.work import Store, Work
from tests.killing import Json, die

T = TypeVar("T")

PATIENCE_SECONDS = 15.0
NOW = datetime(2023, 1, 25, 8, 5, tzinfo=UTC)  # a week before the last day of the round


class Mortal(Store):
    """A store whose process dies in that step."""

    def __init__(self, url: str, step: str, where: str) -> None:
        super().__init__(url, busy_seconds=10)
        self._step, self._where = step, where
        self._has_claimed = False

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        is_it = self._step_of(cause) == self._step

        def last(work: Work) -> T:
            result = job(work)
            if is_it and self._where == "job":
                die()
            return result

        result = await super().work(last, actor=actor, cause=cause, now=now)
        if is_it and self._where == "committed":
            die()
        return result

    def _step_of(self, cause: str) -> str:
        if cause != "delivery":
            return {"planner": "planner"}.get(cause, "prepare" if cause.startswith("notice") else "")
        is_first, self._has_claimed = not self._has_claimed, True
        return "claim" if is_first else "mark"


def mortal_sending(where: str) -> None:
    sending = Connector.send

    async def send(
        self: Connector, address: Address, message: Message, *, reply_to: str | None = None
    ) -> str:
        if where == "before":
            die()
        sent_as = await sending(self, address, message, reply_to=reply_to)
        if where == "after":
            die()
        return sent_as

    Connector.send = send  # type: ignore[method-assign]  # in this process, which has no other life


def live(settings: Json, moment: str, minutes: int, taken: Connection) -> None:
    """One life, with the machine's clock so many minutes ahead. How many rows it took goes to `taken`.

    `moment`: `never`, or a step and where in it. `planner`, `claim`, `prepare` and `mark` are jobs of the store (`job`:
    done and not committed; `committed`: and nothing more); `send` is the request (`before` or `after` it).
    """
    taken.send(asyncio.run(_live(load(settings), moment, minutes)))


async def _live(settings: Settings, moment: str, minutes: int) -> int:
    step, _, where = moment.partition(":")
    if step == "send":
        mortal_sending(where)
    async with wiring.running(
        settings,
        on=lambda: NOW,
        limits=LIMITS,
        is_scheduling=False,
        open_store=lambda url: Mortal(url, step, where),
        machine=wiring.Machine(now=lambda: wiring.machine_now() + timedelta(minutes=minutes)),
    ) as bot:
        forum = load_forum("nordland")
        await Planner(bot.store, wiring.what_is_due(forum), reminding(forum.key), now=lambda: NOW).tick()
        taken, last = 0, time.monotonic()
        while (count := await bot.delivery.tick()) or (not is_long_since(last) and await has_more(bot.store)):
            taken, last = taken + count, time.monotonic() if count else last
            await asyncio.sleep(0 if count else 0.1)
        return taken


def is_long_since(moment: float) -> bool:
    """Then what waits is behind something that another has, and that one is dead: its lease ends in three minutes."""
    return time.monotonic() - moment > PATIENCE_SECONDS


async def has_more(store: Store) -> bool:
    return (await store.read(outbox.numbers))[OutboxState.PENDING] > 0
