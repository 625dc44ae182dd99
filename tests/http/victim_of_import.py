"""An import that is killed: `python -m tests.http.victim_of_import URL FILE job|commit|committed`."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from bot import registers
from dialogs.texts import texts
from domain.forum import load_forum
from store import roster as rosters
from store.work import Store


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, file: str, when: str) -> None:
    store = Store(url)
    await store.start()
    if when == "job":  # with half of it done
        rosters._APPLY["roles"] = die
    if when == "commit":

        @event.listens_for(Engine, "commit")
        def before_the_commit(connection: Connection) -> None:
            die()

    forum = load_forum("nordland")
    await registers.bring_in(store, Path(file), forum, texts("nb"), datetime.now(UTC), dry_run=False)
    die()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
