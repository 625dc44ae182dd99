"""How long the event loop is held up at most, in a steady run in which keys and tokens are renewed all the time."""

import json
import os
import signal
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count

from benchmarks import load
from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent, Field, field
from benchmarks.load import Load
from benchmarks.owners import Owner
from benchmarks.starting import Started

STEADY = "typed answers, 100 a second"
REFRESH_SECONDS = 2  # keys and token alike
_SLOW_SECONDS = 0.3  # each answer of the key server and the token endpoint
_TOKEN_SECONDS = 240 + REFRESH_SECONDS  # it is renewed four minutes before its end
_CONNECTIONS, _PAUSE_SECONDS = 4, 0.04
_LEGS = 3


async def stall(extent: Extent) -> Rounds:
    async with field(extent) as here:
        services, seconds = here.services, 2 * extent.seconds
        services.keys_delay = services.token_delay = _SLOW_SECONDS
        services.token_seconds = _TOKEN_SECONDS
        url = f"{services.plain}/"
        typing = here.crowd("typing", url)
        more = {"BENCH_PROBE": "1", "BENCH_REFRESH_SECONDS": str(REFRESH_SECONDS)}
        bot = await here.ours("product", await here.database(typing), url, **more)
        queues = load.queued(typing, min(_CONNECTIONS, len(typing)))
        legs = partial(_legs, here, bot, queues, url)
        await _longest(bot, legs(extent.warm_up))
        given = services.keys_given, services.tokens_given
        found = await alternate("stall", {STEADY: lambda: _longest(bot, legs(seconds))}, extent.rounds)
        least = int(seconds * extent.rounds / (REFRESH_SECONDS + 2))
        if min(services.keys_given - given[0], services.tokens_given - given[1]) < least:
            raise load.WentWrong("keys or tokens were not renewed")
        return found


def _legs(
    here: Field, bot: Started, queues: Sequence[Sequence[Owner]], url: str, seconds: float
) -> Iterator[tuple[Load, float]]:
    """Each with a token of its own: for one that was seen before, the bot needs no keys."""
    issuer = here.services.issuer
    for _ in range(_LEGS):
        token = issuer.sign(issuer.claims(url, jti=next(_NUMBERS)))
        yield Load(bot.url, bot.pid, queues, load.TYPED, f"Bearer {token}"), seconds / _LEGS


_NUMBERS = count(1)


async def _longest(bot: Started, legs: Iterator[tuple[Load, float]]) -> Figures:
    """Of all legs; the other figures are those of the last."""
    figures: Figures = {}
    for each, seconds in legs:
        figures = await each.run(seconds, pause=_PAUSE_SECONDS)
    os.kill(bot.pid, signal.SIGUSR1)
    return {**figures, **json.loads(await bot.line())}
