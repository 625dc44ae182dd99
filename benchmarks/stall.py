"""How long the event loop is held up at most, in a steady run in which keys and tokens are renewed all the time."""

import json
import os
import signal
from functools import partial

from benchmarks import load
from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent, field
from benchmarks.load import Load
from benchmarks.starting import Started

STEADY = "typed answers, 100 a second"
REFRESH_SECONDS = 2  # keys and token alike
_SLOW_SECONDS = 0.3  # each answer of the key server and the token endpoint
_TOKEN_SECONDS = 240 + REFRESH_SECONDS  # it is renewed four minutes before its end
_CONNECTIONS, _PAUSE_SECONDS = 4, 0.04


async def stall(extent: Extent) -> Rounds:
    async with field(extent) as here:
        here.services.keys_delay = here.services.token_delay = _SLOW_SECONDS
        here.services.token_seconds = _TOKEN_SECONDS
        url, seconds = f"{here.services.plain}/", 2 * extent.seconds
        typing = here.crowd("typing", url)
        more = {"BENCH_PROBE": "1", "BENCH_REFRESH_SECONDS": str(REFRESH_SECONDS)}
        bot = await here.ours("product", await here.database(typing), url, **more)
        steady = Load(
            bot.url,
            bot.pid,
            load.queued(typing, min(_CONNECTIONS, len(typing))),
            load.TYPED,
            here.signed(url),
        )
        await _longest(bot, steady, extent.warm_up)
        variants = {STEADY: partial(_longest, bot, steady, seconds)}
        fetched = here.services.renewals
        found = await alternate("stall", variants, extent.rounds)
        if here.services.renewals - fetched < 2 * int(seconds * extent.rounds / (REFRESH_SECONDS + 1)):
            raise load.WentWrong("keys and tokens were not renewed")
        return found


async def _longest(bot: Started, steady: Load, seconds: float) -> Figures:
    figures = await steady.run(seconds, pause=_PAUSE_SECONDS)
    os.kill(bot.pid, signal.SIGUSR1)
    return {**figures, **json.loads(await bot.line())}
