"""Our channel, with its checks, and nothing behind it but an echo; nothing is kept.

    python -m benchmarks.bots.echo SETTINGS.json

Prints the address of its messages.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop

from benchmarks.bots.product import ROOMY, WithSecret
from benchmarks.peers.peer import lead_to_loopback
from bot import cli, logs
from bot.app import MESSAGES_PATH, create_app, serving
from bot.metrics import Metrics
from bot.settings import Settings
from bot.teams.channel import open_channel
from bot.wiring import machine_now, new_id
from domain.messages import Message, Reply, Said, Turn


async def answer(turn: Turn) -> Reply:
    said = turn.happening
    return Reply((Message(f"Echo: {said.text}"),)) if isinstance(said, Said) else Reply()


async def ready() -> dict[str, bool]:
    return {}


async def main(settings: Settings) -> None:
    logs.configure(b"benchmark")
    metrics = Metrics()
    async with (
        open_channel(
            settings.door(),
            settings.registration(),
            answer,
            now=machine_now,
            machine_now=machine_now,
            new_id=new_id,
            metadata_url=settings.openid_metadata_url,
            watch=metrics,
            limits=ROOMY,
            seconds=time.monotonic,
        ) as channel,
        serving(create_app(channel.edge, metrics, ready), settings.host, settings.port) as url,
    ):
        cli._settle()
        print(f"{url}{MESSAGES_PATH}", flush=True)
        await asyncio.Event().wait()


lead_to_loopback()
uvloop.run(main(WithSecret(_env_file=None, **json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
