"""A process that is killed while it writes: `python -m tests.store.victim URL job|commit|committed`."""

import asyncio
import os
import signal
import sys

from sqlalchemy import Connection, Engine, event

from store import cases, drafts
from store.work import Store, Work
from tests.store.builders import a_draft, a_filing, do


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, when: str) -> None:
    store = Store(url)
    await store.start()

    def job(work: Work) -> None:
        cases.submit(work, drafts.create(work, a_draft()), a_filing())
        if when == "job":
            die()

    if when == "commit":

        @event.listens_for(Engine, "commit")
        def before_the_commit(connection: Connection) -> None:
            die()

    await do(store, job)
    die()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
