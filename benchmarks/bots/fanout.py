"""The bot as `forumbot serve` runs it, with many people to tell something (benchmarks/recipients.py).

    python -m benchmarks.bots.fanout SETTINGS.json

Prints the address of its messages. Then it takes lines, and answers each with how many notices were sent, as JSON:

    send N     have a notice for each of the first N people, and answer when nothing is left to send
    begin N    the same, and answer as soon as they are in the outbox
    end        give up what is not under way, and answer when nothing is

BENCH_PER_SECOND: how many it may send in a second to all together, in place of its own limit. With BENCH_BY_HAND it
sends when it is asked to `send`, and not when the alarm rings. BENCH_READY_MADE, the connector's address: a notice is
words made beforehand, and nobody looks again whether it is wanted.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import uvloop
from sqlalchemy import update

from benchmarks.bots.product import ON, ROOMY, WithSecret
from benchmarks.peers.peer import lead_to_loopback
from benchmarks.recipients import NOTICE, PAYLOAD, READY_MADE, TOGETHER, address, handle
from bot import cli, logs
from bot.app import MESSAGES_PATH
from bot.settings import Settings
from bot.wiring import Bot, machine_now, running
from domain.messages import Message, Ready, Unwanted
from scheduler import pacing
from scheduler.delivery import Prepare
from store import outbox
from store.outbox import Item, OutboxState
from store.tables import outbox as outbox_table
from store.work import Store, Work

_NUMBERS = count(1)
_LOOK_AGAIN_SECONDS = 0.02
_GIVE_UP = (
    update(outbox_table)
    .where(outbox_table.c.state == OutboxState.PENDING)
    .values(state=OutboxState.DROPPED, reason="benchmark")
)


async def send(bot: Bot, number: int) -> None:
    await begin(bot, number)
    while await bot.delivery.tick():
        pass


async def begin(bot: Bot, number: int) -> None:
    keys = [f"benchmark.{next(_NUMBERS)}" for _ in range(number)]

    def put(work: Work) -> None:
        for place, key in enumerate(keys):
            outbox.put(work, key, NOTICE, handle(place), PAYLOAD)

    await _work(bot.store, put)


async def end(bot: Bot, _: int) -> None:
    """What is under way may be put off, and is given up then."""
    while await _has(bot.store, OutboxState.PENDING) or await _has(bot.store, OutboxState.CLAIMED):
        await _work(bot.store, lambda work: work.connection.execute(_GIVE_UP).rowcount)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


_DO: dict[str, Callable[[Bot, int], Awaitable[None]]] = {"send": send, "begin": begin, "end": end}


async def _has(store: Store, state: OutboxState) -> int:
    return (await store.read(outbox.numbers))[state]


async def _work(store: Store, job: Callable[[Work], object]) -> None:
    await store.work(job, actor="forumbot", cause="benchmark", now=machine_now())


def set_pace(limit: pacing.Limit) -> None:
    """For each tenant, in place of the bot's own."""
    assert pacing.IN_TENANT, "so that it is noticed when this has another name"
    pacing.IN_TENANT = (limit,)


def ready_made(service_url: str) -> Prepare:
    """In place of looking again and writing: where each chat must be, and the same words for everybody."""
    message = Message(READY_MADE)

    async def prepare(item: Item) -> Ready | Unwanted:
        if item.kind not in (NOTICE, "reminder"):
            return Unwanted("benchmark")
        return Ready(address(item.recipient, service_url), message)

    return prepare


async def main(settings: Settings) -> None:
    logs.configure(b"benchmark")
    if rate := os.environ.get("BENCH_PER_SECOND"):
        set_pace(pacing.Limit(TOGETHER, TOGETHER / int(rate)))
    by_hand = "BENCH_BY_HAND" in os.environ
    async with running(settings, on=ON, limits=ROOMY, is_scheduling=not by_hand) as bot:
        if "BENCH_READY_MADE" in os.environ:
            bot.delivery._prepare = ready_made(os.environ["BENCH_READY_MADE"])
        cli._settle()
        print(f"{bot.url}{MESSAGES_PATH}", flush=True)
        sent = 0
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, _, number = line.partition(" ")
            await _DO[what.strip()](bot, int(number or 0))
            before, sent = sent, await _has(bot.store, OutboxState.SENT)
            print(json.dumps({"sent": sent - before}), flush=True)


if __name__ == "__main__":
    lead_to_loopback()
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    uvloop.run(main(WithSecret(_env_file=None, **given)))
