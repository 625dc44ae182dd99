"""The planner and the delivery of the bot as `forumbot serve` has them, on a day on which many people are to be
reminded (benchmarks/recipients.py); nothing rings.

    python -m benchmarks.bots.reminders SETTINGS.json

Prints the address of its messages. Then it takes lines, and answers each with one of JSON:

    plan       from an empty outbox: in how many seconds the day's reminders were put in, and to how many people
    idle N     N ticks with nothing due: the median of one, in milliseconds
    down       the bot was last seen three days before, and comes back a day late: how many people are reminded
    begin      an empty outbox, and nothing planned yet
    go         plan and send until nothing is left, whoever sends it

Reminders go out without a pace, as words made beforehand.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop
from sqlalchemy import Connection, delete, func, select

from benchmarks.bots.fanout import ready_made, set_pace
from benchmarks.bots.product import ROOMY, WithSecret
from benchmarks.peers.peer import lead_to_loopback
from benchmarks.recipients import DEADLINE_ON
from bot import cli, logs
from bot.app import MESSAGES_PATH
from bot.settings import Settings
from bot.wiring import Bot, running, what_is_due
from domain.forum import load_forum
from domain.ladders import reminding
from scheduler.pacing import Limit
from scheduler.planner import MARK, Planner
from store import occasions, outbox
from store.outbox import OutboxState
from store.tables import outbox as outbox_table
from store.tables import watermark
from store.work import Work

FORUM = "nordland"
RULES = reminding(FORUM)
DAY = RULES.ladder("default").steps(DEADLINE_ON)[0]
NOW = RULES.moment(DAY) + timedelta(hours=1)
_LEFT = (OutboxState.PENDING, OutboxState.CLAIMED)
_REMINDED = select(func.count(outbox_table.c.recipient.distinct())).where(outbox_table.c.kind == "reminder")

Answer = dict[str, float]


class Bench:
    """`now`: a clock that stands still until it is set."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.now = NOW

    def planner(self) -> Planner:
        return Planner(self.bot.store, what_is_due(load_forum(FORUM)), RULES, now=lambda: self.now)

    async def plan(self) -> Answer:
        await self.begin()
        began = perf_counter()
        await self.planner().tick()
        return {"seconds": perf_counter() - began, "reminded": await self._reminded()}

    async def idle(self, number: str) -> Answer:
        await self.begin(planned_until=NOW)
        planner, times = self.planner(), []
        for _ in range(int(number)):
            began = perf_counter()
            await planner.tick()
            await self.bot.delivery.tick()
            times.append(perf_counter() - began)
        return {"tick_ms": 1000 * median(times)}

    async def down(self) -> Answer:
        await self.begin(planned_until=NOW - timedelta(days=3))
        self.now = NOW + timedelta(days=1)
        await self.planner().tick()
        self.now = NOW
        return {"reminded": await self._reminded()}

    async def begin(self, planned_until: datetime | None = None) -> Answer:
        def job(work: Work) -> None:
            work.connection.execute(delete(outbox_table))
            work.connection.execute(delete(watermark))
            if planned_until is not None:
                occasions.plan_until(work, MARK, planned_until)

        await self.bot.store.work(job, actor="forumbot", cause="benchmark", now=NOW)
        return {}

    async def go(self) -> Answer:
        await self.planner().tick()
        while await self.bot.delivery.tick() or await self._left():
            pass
        return {}

    async def _reminded(self) -> int:
        def count(connection: Connection) -> int:
            return connection.execute(_REMINDED).scalar_one()

        return await self.bot.store.read(count)

    async def _left(self) -> int:
        numbers = await self.bot.store.read(outbox.numbers)
        return sum(numbers[state] for state in _LEFT)


async def main(settings: Settings) -> None:
    logs.configure(b"benchmark")
    set_pace(Limit(1_000_000, 1))
    async with running(settings, on=lambda: NOW, limits=ROOMY, is_scheduling=False) as bot:
        bot.delivery._prepare = ready_made(os.environ["BENCH_READY_MADE"])
        bench = Bench(bot)
        do: dict[str, Callable[..., Awaitable[Answer]]] = {
            "plan": bench.plan,
            "idle": bench.idle,
            "down": bench.down,
            "begin": bench.begin,
            "go": bench.go,
        }
        cli._settle()
        print(f"{bot.url}{MESSAGES_PATH}", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, *more = line.split()
            print(json.dumps(await do[what](*more)), flush=True)


if __name__ == "__main__":
    lead_to_loopback()
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    uvloop.run(main(WithSecret(_env_file=None, **given)))
