"""The bot as `forumbot serve` runs it, but for its limits per person and its day. Prints the address of its messages.

python -m benchmarks.product SETTINGS.json
"""

import asyncio
import json
import sys
from datetime import date
from pathlib import Path

import uvloop

from bot import cli, logs
from bot.app import MESSAGES_PATH
from bot.settings import Settings, load
from bot.teams.limits import Limits, Window
from bot.wiring import running

ROOMY = Limits(per_person=(Window(1.0, 100_000),))
ON = date(2023, 1, 16)  # a round is open


async def main(settings: Settings) -> None:
    logs.configure(b"benchmark")
    async with running(settings, on=ON, limits=ROOMY) as bot:
        cli._settle()
        print(f"{bot.url}{MESSAGES_PATH}", flush=True)
        await asyncio.Event().wait()


uvloop.run(main(load(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
