"""The stand-in with its people and the real bot behind it, on a clock that is moved; and how the bot comes to harm."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import Connection

from bot.app import MESSAGES_PATH
from bot.settings import Settings
from bot.wiring import Bot, Machine, resting, running
from domain.demo import DemoRegister
from domain.forum import load_forum
from domain.ladders import reminding
from domain.messages import Identity
from play.bot import LIMITS, enrol_people
from play.issuer import Issuer
from play.loopback import HOST
from play.people import APP_ID
from play.rehearsal.clock import MovedClock
from play.run import move_in, populate, settings_for
from play.teams import Teams
from store import outbox
from store.migrations import migrate
from store.work import Store, Work

T = TypeVar("T")

FORUM = "nordland"
_MOMENT = timedelta(seconds=1)
_MOST_STEPS = 60  # of the store in one tick in which there is much to do, before one of which the bot dies


class MortalStore(Store):
    """A store whose process dies at a step that is counted: before a change, or after it and before it is known."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._steps_left = 0
        self.is_dead = False

    def dies_in(self, steps: int) -> None:
        self._steps_left = steps

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        self._step()
        result = await super().work(job, actor=actor, cause=cause, now=now)
        self._step()
        return result

    async def read(self, job: Callable[[Connection], T]) -> T:
        self._step()
        return await super().read(job)

    def _step(self) -> None:
        if self._steps_left:
            self._steps_left -= 1
            self.is_dead = self._steps_left == 0
        if self.is_dead:
            raise asyncio.CancelledError


class Stage:
    """`bot` is another one after each restart; the database and the stand-in stay."""

    def __init__(self, settings: Settings, teams: Teams, clock: MovedClock, dice: Random) -> None:
        self.teams = teams
        self.clock = clock
        self.dice = dice
        self.restarts = 0
        self.deaths: list[datetime] = []
        self._settings = settings
        self._running = AsyncExitStack()
        self._bot: Bot | None = None

    @property
    def bot(self) -> Bot:
        assert self._bot is not None, "the bot is not running"
        return self._bot

    async def start(self) -> None:
        clock = self.clock
        self._bot = await self._running.enter_async_context(
            running(
                self._settings,
                limits=LIMITS,
                is_scheduling=False,
                open_store=MortalStore,
                # One at a time: else the machine decides whose message meets the next mishap and whose is written when
                # the bot dies, and no year is played twice. That many are written to at once is tried elsewhere.
                machine=Machine(clock.now, clock.seconds, clock.sleep, self.dice.random, at_once=1),
            )
        )
        self.teams.endpoint = f"{self.bot.url}{MESSAGES_PATH}"

    async def stop(self) -> None:
        await self._running.aclose()
        self._bot = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()
        self.restarts += 1

    async def dies_in_a_tick(self) -> None:
        """Nothing of the process is left at a step by chance, whatever was under way; then it is started again."""
        store = self.bot.store
        assert isinstance(store, MortalStore)
        store.dies_in(self.dice.randint(1, _MOST_STEPS))
        await asyncio.gather(self.bot.tick(), return_exceptions=True)
        self.deaths.append(self.clock.now())
        await self.restart()

    async def read(self, job: Callable[[Connection], T]) -> T:
        return await self.bot.store.read(job)

    async def work(self, job: Callable[[Work], T], actor: str) -> T:
        return await self.bot.store.work(job, actor=actor, cause="rehearsal", now=self.clock.now())

    async def quiet(self, until: datetime) -> None:
        """Let the bot do everything that is due up to then, each thing at its time; it is then afterwards."""
        while True:
            await self.bot.tick()
            waiting = resting(reminding(FORUM), self.clock.now())
            due_at = await self.read(partial(outbox.next_due_at, resting=waiting))
            if due_at is None or due_at > until:
                break
            self.clock.move_to(max(due_at, self.clock.now() + _MOMENT))
        self.clock.move_to(until)


@asynccontextmanager
async def on_stage(folder: Path, register: DemoRegister, at: datetime, dice: Random) -> AsyncIterator[Stage]:
    """Everybody of the register has the app, and the bot is running."""
    clock, issuer = MovedClock(at), Issuer(APP_ID)
    issuer.now = clock.seconds
    teams = Teams(issuer, now=clock.now, sleep=clock.sleep)
    teams.app.add_routes(issuer.routes())
    identities = populate(teams, load_forum(FORUM), register)
    url = f"sqlite:///{folder / 'year.db'}"
    await _moved_in(url, identities, register, clock)
    async with teams.post_office, teams:
        stage = Stage(settings_for(teams, database_url=url, port=_free_port()), teams, clock, dice)
        await stage.start()
        try:
            await move_in(teams)
            yield stage
        finally:
            await stage.stop()


async def _moved_in(
    url: str, identities: dict[str, Identity], register: DemoRegister, clock: MovedClock
) -> None:
    migrate(url)
    await enrol_people(url, identities, register, clock.now)


def _free_port() -> int:
    """Of the bot, which has the same one after a restart, since it stands in links that were sent."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])
