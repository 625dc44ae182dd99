"""The one writer of the process: whatever is waiting goes into one transaction (performance.md, rule 9)."""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from domain.errors import Stale, StoreUnavailable

T = TypeVar("T")

_MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Work:
    """One job inside its transaction: who acts, why, and when by the domain's clock."""

    connection: Connection
    actor: str
    cause: str
    now: datetime

    def by(self, actor: str) -> "Work":
        """The same job, once it is known who acts."""
        return replace(self, actor=actor)


@dataclass(slots=True)
class _Job:
    run: Callable[[Work], Any]
    actor: str
    cause: str
    now: datetime
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"
    result: Any = None
    failure: Exception | None = None

    def do(self, connection: Connection) -> None:
        self.result = self.run(Work(connection, self.actor, self.cause, self.now))

    def tell(self) -> None:
        """On the loop, after the commit. A job whose caller has gone is told nothing."""
        if self.done.done():
            return
        if self.failure is not None:
            self.done.set_exception(self.failure)
        else:
            self.done.set_result(self.result)


def engine_of(url: str, busy_seconds: float) -> Engine:
    """SQLite: WAL, every commit on disk, write lock taken at the start of a job."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": busy_seconds, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class Store:
    """Jobs in, results out, after the commit. A job may run more than once, so it must be repeatable."""

    def __init__(self, url: str, *, busy_seconds: float = 2.0) -> None:
        self._engine = engine_of(url, busy_seconds)
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="store-writer", daemon=True)

    async def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        """Waits for the jobs that are in the queue."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        self._engine.dispose()

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        """Run the job as one atomic change.

        Raises: StoreUnavailable - the database is locked, full or gone; nothing was saved.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(job, actor, cause, now, loop, done))
        return await done

    def _write(self) -> None:
        while (job := self._waiting.get()) is not None:
            batch = [job, *self._more()]
            self._do_all(batch)
            for each in batch:
                each.loop.call_soon_threadsafe(each.tell)

    def _more(self) -> list[_Job]:
        """What else is waiting now. The mark to stop is put back behind it."""
        found: list[_Job] = []
        while not self._waiting.empty():
            job = self._waiting.get()
            if job is None:
                self._waiting.put(None)
                break
            found.append(job)
        return found

    def _do_all(self, batch: list[_Job]) -> None:
        """Together; when one of them fails, each by itself, so that none sinks another."""
        if len(batch) > 1:
            try:
                with self._engine.begin() as connection:
                    for job in batch:
                        job.do(connection)
                return
            except Exception:  # noqa: S110 - each is run again by itself and keeps its failure
                pass
        for job in batch:
            self._do_one(job)

    def _do_one(self, job: _Job) -> None:
        for _ in range(_MOST_TRIES):
            try:
                with self._engine.begin() as connection:
                    job.do(connection)
                job.failure = None
                return
            except Stale as stale:
                job.failure = stale
            except DBAPIError as error:
                job.failure = StoreUnavailable(type(error.orig).__name__)
                return
            except Exception as error:
                job.failure = error
                return
