"""Reminders that fall due all at once: how fast they are planned, what a tick costs with nothing due, and whether any
is sent twice or lost.

Ours asks the database who is to be reminded today. APScheduler's is a job for each person, added beforehand.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from functools import partial

from benchmarks.alternate import Figures, Rounds, Variant, alternate
from benchmarks.commits import postgresql
from benchmarks.field import Extent, Field, field
from benchmarks.load import WentWrong
from benchmarks.recipients import fill
from benchmarks.starting import Started, started
from store.migrations import migrate

OURS, IDLE = "our planner", "our planner and delivery, nothing due"
STORED, IN_MEMORY = "APScheduler add_job, SQLite", "APScheduler add_job, in memory"
REPLICAS, DOWN = "two replicas at once", "our bot, back after a day"
PEER_DOWN = "APScheduler, back after three seconds"
_TICKS = 200


async def reminders(extent: Extent) -> Rounds:
    async with field(extent) as here:
        url = f"{here.services.plain}/"
        database_url = await here.database([])
        fill(database_url, extent.reminders, url)
        bot = await here.ours("reminders", database_url, url, BENCH_READY_MADE=url)
        variants: dict[str, Variant] = {
            OURS: partial(_plan, bot, extent.reminders),
            IDLE: partial(bot.ask, f"idle {_TICKS}"),
        }
        for name, kind in ((STORED, f"sqlite:///{here.folder / 'jobs.db'}"), (IN_MEMORY, "memory")):
            if peer := await _apscheduler(here, kind):
                variants[name] = partial(peer.ask, f"add {extent.reminders}")
        await variants[OURS]()
        return await alternate("reminders", variants, extent.rounds)


async def _apscheduler(here: Field, kind: str) -> Started | None:
    command = here.peer_command("apscheduler", "jobs.py")
    return await here.stack.enter_async_context(started([*command, kind])) if command else None


async def _plan(bot: Started, number: int) -> Figures:
    found: Figures = await bot.ask("plan")
    if found["reminded"] != number:
        raise WentWrong(f"{found['reminded']} of {number} people are reminded")
    return {"seconds": found["seconds"]}


async def replicas(extent: Extent) -> Rounds:
    """Once: what counts is whether it is right, and not how fast."""
    number = extent.reminders
    with tempfile.TemporaryDirectory(prefix="forumbot-benchmarks-") as folder, postgresql(folder) as address:
        async with field(extent) as here:
            url = f"{here.services.plain}/"
            database_url = address.format("postgres").replace("postgresql:", "postgresql+psycopg:")
            migrate(database_url)
            fill(database_url, number, url)
            bots = [await here.ours("reminders", database_url, url, BENCH_READY_MADE=url) for _ in range(2)]
            found = {DOWN: [{"due": number, "lost": number - (await bots[0].ask("down"))["reminded"]}]}
            await bots[0].ask("begin")
            found[REPLICAS] = [await _sent_by(here, bots, number)]
            if peer := await _apscheduler(here, f"sqlite:///{here.folder / 'jobs.db'}"):
                found[PEER_DOWN] = [await peer.ask(f"late {-(-number // 10)}")]
            return found


async def _sent_by(here: Field, bots: Sequence[Started], number: int) -> Figures:
    """All of them plan and send at once; counted is what arrives, by conversation."""
    arrived = here.services.times
    arrived.clear()
    await asyncio.gather(*(bot.ask("go") for bot in bots))
    return {"due": number, "doubles": arrived.total() - len(arrived), "lost": number - len(arrived)}
