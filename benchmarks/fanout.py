"""What goes out of its own accord: how fast, how evenly where the connector enforces Microsoft's limits, and how long
people wait for answers meanwhile.

Ours is durable: what is to be sent stands in the outbox, and each row is claimed, looked at again, sent and marked with
synchronous=FULL. The SDK's is the loop of its sample, which keeps nothing.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from time import perf_counter

from benchmarks import load
from benchmarks.alternate import Figures, Rounds, Variant, alternate
from benchmarks.field import Extent, Field, field
from benchmarks.load import Load, WentWrong
from benchmarks.machine import cpu_seconds
from benchmarks.owners import Owner
from benchmarks.recipients import TOGETHER, fill
from benchmarks.services import Services
from benchmarks.starting import Started
from benchmarks.turns import SDK_ECHO, TYPED_TURN

PLAIN, TLS = "plain", "TLS"
NOTICES, READY_MADE, SDK_LOOP = "our notices", "our outbox, words ready-made", "SDK continue_conversation"
PACED = "our notices, paced"
WHILE_PACED, WHILE_UNPACED = "typed answer, notices go out at a pace", "typed answer, notices go out unpaced"
WHILE_LOOP = "SDK echo, continue_conversation goes on"
PERMITTED = 50  # in any second, to one tenant (teams.md, section 4)

_UNPACED = "1000000"
_SLOWER = 8  # so many times fewer does the SDK tell, in about the same time
_CONNECTIONS, _PAUSE_SECONDS = 4, 0.1  # of those who want answers meanwhile
_PATIENCE_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.005


def over(what: str, way: str) -> str:
    """How a variant is called in the figures."""
    return f"{what}, {way}"


async def _ours(
    here: Field, name: str, url: str, people: int, typing: Sequence[Owner] = (), /, **more: str
) -> Started:
    """The bot with a database of its own, in which so many can be told something."""
    database_url = await here.database(list(typing), name)
    fill(database_url, people, url)
    return await here.ours("fanout", database_url, url, **more)


async def _sdk(here: Field, url: str) -> Started | None:
    return await here.peer("botbuilder", "proactive.py", BENCH_SERVICE_URL=url)


# As fast as it goes


async def fanout(extent: Extent) -> Rounds:
    """Without a pace, and without waiting for the alarm."""
    async with field(extent) as here:
        variants: dict[str, Variant] = {}
        for way, base in ((PLAIN, here.services.plain), (TLS, here.services.tls)):
            url, number = f"{base}/", extent.notices
            unpaced = {"BENCH_PER_SECOND": _UNPACED, "BENCH_BY_HAND": "1"}
            for what, more in ((NOTICES, unpaced), (READY_MADE, {**unpaced, "BENCH_READY_MADE": url})):
                bot = await _ours(here, f"{what}-{way}", url, number, **more)
                variants[over(what, way)] = partial(_tell, here.services, bot, number)
            if peer := await _sdk(here, url):
                variants[over(SDK_LOOP, way)] = partial(_tell, here.services, peer, -(-number // _SLOWER))
        for each in variants.values():
            await each()  # so that connections and tokens are there
        return await alternate("fanout", variants, extent.rounds)


async def _tell(services: Services, bot: Started, number: int) -> Figures:
    before, began, cpu = services.taken, perf_counter(), cpu_seconds(bot.pid)
    sent = (await bot.ask(f"send {number}"))["sent"]
    took, used = perf_counter() - began, cpu_seconds(bot.pid) - cpu
    if not sent == services.taken - before == number:
        raise WentWrong(f"of {number}, {sent} were marked as sent and {services.taken - before} arrived")
    return {"per_second": number / took, "cpu_ms": 1000 * used / number}


# At a pace


async def paced(extent: Extent) -> Rounds:
    """The bot as it serves but for its pace, with a connector that refuses what is over Microsoft's limits."""
    seconds = 3 * extent.seconds
    async with field(extent) as here:
        url, number = f"{here.services.plain}/", round(2 * PERMITTED * (seconds + 1))
        bot = await _ours(here, "paced", url, number, BENCH_PER_SECOND=str(extent.per_second))
        measured = partial(_keep_pace, here.services, bot, number)
        async with _going_out(here.services, bot, number):
            await asyncio.sleep(extent.warm_up)
        return await alternate("paced", {PACED: partial(measured, seconds)}, extent.rounds)


async def _keep_pace(services: Services, bot: Started, number: int, seconds: float) -> Figures:
    """From the first that arrives on, for so long."""
    services.enforce_limits()
    async with _going_out(services, bot, number):
        began, cpu = services.arrived[0], cpu_seconds(bot.pid)
        await asyncio.sleep(began + seconds - perf_counter())
        arrived, refused = [at for at in services.arrived if at < began + seconds], services.refused
        used = cpu_seconds(bot.pid) - cpu
    return {
        "permitted_percent": 100 * _per_second(arrived) / PERMITTED,
        "refused": refused,
        "most_in_a_second": _most_in_a_second(arrived),
        "core_percent": 100 * used / seconds,
    }


def _per_second(ascending: Sequence[float]) -> float:
    """From the first of those that went out together to the first of the last of them."""
    firsts = ascending[::TOGETHER]
    return TOGETHER * (len(firsts) - 1) / (firsts[-1] - firsts[0])


def _most_in_a_second(ascending: Sequence[float]) -> int:
    return max(bisect_left(ascending, at + 1) - place for place, at in enumerate(ascending))


@asynccontextmanager
async def _going_out(services: Services, bot: Started, number: int) -> AsyncIterator[None]:
    """While a bot sends so many. What is left at the end is given up.

    Raises: WentWrong - nothing was left, so that part of the time nothing went out.
    """
    before = services.taken
    await bot.ask(f"begin {number}")
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while services.taken == before:  # noqa: ASYNC110 - counted by a protocol
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    yield
    if (await bot.ask("end"))["sent"] >= number:
        raise WentWrong(f"all of {number} went out before the end")


# While people want answers


async def interference(extent: Extent) -> Rounds:
    """A few people who want answers, with and without 10 000 notices that are to go out."""
    extent = replace(extent, connections=_CONNECTIONS)
    async with field(extent) as here:
        url, number, seconds = f"{here.services.plain}/", 10 * extent.notices, 2 * extent.seconds
        variants: dict[str, Variant] = {}
        for name, rate in ((WHILE_PACED, str(extent.per_second)), (WHILE_UNPACED, _UNPACED)):
            typing = here.crowd(f"typing-{rate}", url)
            bot = await _ours(here, rate, url, number, typing, BENCH_PER_SECOND=rate)
            typed = here.load(bot, typing, load.TYPED, here.signed(url))
            await _answer(typed, extent.warm_up)
            variants.setdefault(TYPED_TURN, partial(_answer, typed, seconds))
            variants[name] = partial(_answer_meanwhile, here.services, typed, bot, number, seconds)
        if peer := await _sdk(here, url):
            echo = here.load(peer, here.crowd("echo", url), load.TYPED)
            await _answer(echo, extent.warm_up)
            variants[SDK_ECHO] = partial(_answer, echo, seconds)
            variants[WHILE_LOOP] = partial(_answer_meanwhile, here.services, echo, peer, number, seconds)
        return await alternate("interference", variants, extent.rounds)


async def _answer(turns: Load, seconds: float) -> Figures:
    return await turns.run(seconds, pause=_PAUSE_SECONDS)


async def _answer_meanwhile(
    services: Services, turns: Load, bot: Started, number: int, seconds: float
) -> Figures:
    async with _going_out(services, bot, number):
        before = services.taken
        figures = await _answer(turns, seconds)
        sent = services.taken - before - figures["turns"]
    return {**figures, "sent_per_second": sent / seconds}
