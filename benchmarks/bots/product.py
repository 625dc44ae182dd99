"""The bot as `forumbot serve` runs it, but for its limits per person, its day, and where Microsoft's login hosts are.

    python -m benchmarks.bots.product SETTINGS.json

Prints the address of its messages. With BENCH_REFRESH_SECONDS its keys are fetched that often. With BENCH_PROBE it
looks each millisecond whether the event loop is late, and prints the longest delay, in milliseconds, at each SIGUSR1.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import date
from pathlib import Path

import uvloop

from benchmarks.peers.peer import lead_to_loopback
from bot import cli, logs
from bot.app import MESSAGES_PATH
from bot.settings import Settings
from bot.teams import keys
from bot.teams.credentials import Proof
from bot.teams.limits import Limits, Window
from bot.wiring import running

ROOMY = Limits(per_person=(Window(1.0, 100_000),))
ON = date(2023, 1, 16)  # a round is open
_PROBE_SECONDS = 0.001


class WithSecret(Settings):
    """As in production: the bot's own token comes from MSAL, though the channel's keys are on loopback."""

    def _proof(self) -> tuple[Proof, str]:
        return Proof.SECRET, "a-password-for-loopback"


class Probe:
    """How late the loop was at most since it was last asked."""

    def __init__(self) -> None:
        self._longest_ms = 0.0

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _PROBE_SECONDS
            await asyncio.sleep(_PROBE_SECONDS)
            self._longest_ms = max(self._longest_ms, 1000 * (loop.time() - due))

    def tell(self) -> None:
        print(json.dumps({"longest_ms": round(self._longest_ms, 3)}), flush=True)
        self._longest_ms = 0.0


async def main(settings: Settings) -> None:
    logs.configure(b"benchmark")
    async with running(settings, on=ON, limits=ROOMY) as bot:
        cli._settle()
        if "BENCH_PROBE" in os.environ:
            probe = Probe()
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, probe.tell)
            watching = asyncio.create_task(probe.watch())
        print(f"{bot.url}{MESSAGES_PATH}", flush=True)
        await asyncio.Event().wait()
        watching.cancel()


if __name__ == "__main__":
    lead_to_loopback()
    if seconds := os.environ.get("BENCH_REFRESH_SECONDS"):
        keys.REFRESH_AFTER = keys.BETWEEN_TRIES = float(seconds)
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    uvloop.run(main(WithSecret(_env_file=None, **given)))
