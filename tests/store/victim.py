"""A filing that is killed."""

import asyncio

from sqlalchemy import Connection, Engine, event

from store import cases, drafts
from store.work import Store, Work
from tests.killing import die
from tests.store.builders import a_draft, a_filing, do


def live(url: str, when: str) -> None:
    """`when`: `job`, when the job is done; `commit`, before that; or else after it."""
    asyncio.run(_live(url, when))


async def _live(url: str, when: str) -> None:
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
