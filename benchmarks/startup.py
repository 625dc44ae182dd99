"""From the start of a process to its first answered turn; and what memory it has taken after many turns."""

from dataclasses import replace
from functools import partial
from time import perf_counter

import orjson

from benchmarks import load, starting
from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent, Field, field
from benchmarks.machine import memory_mib
from benchmarks.owners import Owner
from benchmarks.starting import started
from benchmarks.turns import AGENTS_ECHO, SDK_ECHO, TYPED_TURN
from benchmarks.wire import Caller

_PEERS = ((SDK_ECHO, "botbuilder"), (AGENTS_ECHO, "agents"))
MORE = 5  # how many times as many turns show whether memory grows


async def startup(extent: Extent) -> Rounds:
    async with field(extent) as here:
        url = f"{here.services.plain}/"
        owner = here.crowd("typing", url)[0]
        ours = here.our_command("product", await here.database([owner]), url)
        variants = {TYPED_TURN: partial(_first_turn, here, ours, owner, here.signed(url))}
        for name, folder in _PEERS:
            if command := here.peer_command(folder, "echo.py"):
                variants[name] = partial(_first_turn, here, command, owner, None)
        for each in variants.values():
            await each()  # so that everything is in the file cache
        return await alternate("startup", variants, extent.rounds)


async def _first_turn(here: Field, command: list[str], owner: Owner, authorization: str | None) -> Figures:
    began = perf_counter()
    async with started(command, starting.environment(here.services)) as bot:
        caller = Caller(bot.url, authorization)
        answer = await caller.post(orjson.dumps(owner.types()))
        took = perf_counter() - began
        caller.close()
        if answer.status not in (200, 201, 202):
            raise load.WentWrong(f"{command}: {answer.status}")
        return {"seconds": took}


async def memory(extent: Extent) -> Rounds:
    """Once for each: what counts is how many turns, and not how fast they come."""
    async with field(replace(extent, people_each=16)) as here:
        url = f"{here.services.plain}/"
        typing = here.crowd("typing", url)
        ours = await here.ours("product", await here.database(typing), url)
        loads = {TYPED_TURN: here.load(ours, typing, load.TYPED, here.signed(url))}
        if bot := await here.peer("botbuilder", "echo.py"):
            loads[SDK_ECHO] = here.load(bot, here.crowd("echo", url), load.TYPED)
        found: Rounds = {}
        for name, each in loads.items():
            await each.run(most=extent.turns)
            found[name] = [{f"{key}_mib": mib for key, mib in memory_mib(each.pid).items()}]
        await loads[TYPED_TURN].run(most=(MORE - 1) * extent.turns)
        later = memory_mib(ours.pid)
        found[TYPED_TURN][0] |= {f"later_{key}_mib": mib for key, mib in later.items()}
        return found
