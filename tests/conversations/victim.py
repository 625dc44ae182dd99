"""The bot as a process that is killed at a moment of its first turn.

    python -m tests.conversations.victim SETTINGS_FILE MOMENT

`receipt`: the turn has come in, nothing is done. `commit`: the job is done, and not committed. `answer`: committed, and
not answered. `never`: it lives.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from bot.app import MESSAGES_PATH
from bot.settings import Settings, load
from bot.wiring import running
from play.bot import LIMITS
from store.work import Store, Work

T = TypeVar("T")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Store):
    """A store whose process dies at that moment of a turn."""

    def __init__(self, url: str, moment: str) -> None:
        super().__init__(url)
        self._moment = moment

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        if self._moment == "receipt":
            die()

        def last(work: Work) -> T:
            result = job(work)
            if self._moment == "commit":
                die()
            return result

        result = await super().work(last, actor=actor, cause=cause, now=now)
        if self._moment == "answer":
            die()
        return result


async def live(settings: Settings, moment: str) -> None:
    async with running(
        settings,
        on=date(2023, 1, 16),
        limits=LIMITS,
        is_scheduling=False,
        open_store=lambda url: Mortal(url, moment),
    ) as bot:
        sys.stdout.write(f"{bot.url}{MESSAGES_PATH}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    file, moment = sys.argv[1:]
    asyncio.run(live(load(json.loads(Path(file).read_text())), moment))
