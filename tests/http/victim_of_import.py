"""An import that is killed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from bot import registers
from dialogs.texts import texts
from domain.forum import load_forum
from store import roster as rosters
from store.work import Store
from tests.killing import die


def live(url: str, file: Path, when: str) -> None:
    """`when`: `job`, in the middle of it; `commit`, before that; or else after it."""
    asyncio.run(_live(url, file, when))


async def _live(url: str, file: Path, when: str) -> None:
    store = Store(url)
    await store.start()
    if when == "job":  # with half of it done
        rosters._APPLY["roles"] = die
    if when == "commit":

        @event.listens_for(Engine, "commit")
        def before_the_commit(connection: Connection) -> None:
            die()

    forum = load_forum("nordland")
    await registers.bring_in(store, file, forum, texts("nb"), datetime.now(UTC), dry_run=False)
    die()
