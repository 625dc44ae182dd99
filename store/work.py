"""One writer per process: whatever waits is carried out in one transaction, and answered after its COMMIT.

While one batch is being written to disk the next one forms, so the cost of a durable commit is shared by all who
wait (performance.md, rule 9). A job sees the database as it will be committed and gives its result to the caller
only when that has happened.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from domain.errors import Stale, StoreUnavailable
from store.engines import (
    in_our_words,
    is_conflict,
    is_disconnected,
    reader_engine,
    seal,
    transaction,
    unavailable,
    was_kept,
    writer_engine,
)
from store.migrations import is_current
from store.tables import insert, revision

log = logging.getLogger(__name__)

T = TypeVar("T")

_LARGEST_BATCH = 256
_TRIES = 5
_PATIENCE = 2
_READERS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Work:
    """What a job works with: its transaction, and who, by what and when, for the audit."""

    connection: Connection
    actor: str
    cause: str
    now: datetime

    def by(self, actor: str) -> "Work":
        """The same work in the name of another, once it is known who it is."""
        return replace(self, actor=actor)


class Store:
    """The database of the process. `busy_seconds`: how long a write waits for another process, at most."""

    def __init__(self, url: str, *, busy_seconds: float = 2.0) -> None:
        self._writing = writer_engine(url, busy_seconds)
        self._reading = reader_engine(url, busy_seconds, _READERS)
        self._open: tuple[_Writer, ThreadPoolExecutor] | None = None

    async def start(self) -> None:
        """Start the writer on the running loop. Nothing is asked of the database yet."""
        self._open = (
            _Writer(self._writing, asyncio.get_running_loop()),
            ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader"),
        )

    async def close(self) -> None:
        """Carry out what is queued, then let go of the database. Later jobs are refused."""
        if self._open is None:
            return
        (writer, readers), self._open = self._open, None
        await asyncio.to_thread(writer.finish)
        await asyncio.to_thread(readers.shutdown)
        self._writing.dispose()
        self._reading.dispose()

    async def work(self, job: Callable[[Work], T], *, actor: str, cause: str, now: datetime) -> T:
        """Carry out a job as one atomic change and return its result once it is committed.

        The job may run more than once, so it must be a function of the database and of what it was given.

        Raises: StoreUnavailable - nothing was saved. Stale - others were faster, again and again. What the job raises.
        """
        if self._open is None:
            raise StoreUnavailable("closed")
        writer, _ = self._open
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        writer.put(_Ticket(job, actor, cause, now, result))
        return await result

    async def read(self, job: Callable[[Connection], T]) -> T:
        """Ask something of one committed state of the database, in a thread of its own.

        Raises: StoreUnavailable. What the job raises.
        """
        if self._open is None:
            raise StoreUnavailable("closed")
        _, readers = self._open
        return await asyncio.get_running_loop().run_in_executor(readers, self._read, job)

    def _read(self, job: Callable[[Connection], T]) -> T:
        with unavailable():
            try:
                return _look(self._reading, job)
            except DBAPIError as failure:
                if not is_disconnected(failure):
                    raise
                return _look(self._reading, job)

    async def is_ready(self) -> bool:
        """Whether a write and a read work now and the schema is the one that this code was written for."""
        try:
            written = await self.work(_probe, actor="forumbot", cause="readiness", now=_EPOCH)
            return written and await self.read(is_current)
        except StoreUnavailable:
            return False


_COUNT_UP = (
    insert(revision)
    .values(name="probe", number=1)
    .on_conflict_do_update(index_elements=["name"], set_={"number": revision.c.number + 1})
)


def _probe(work: Work) -> bool:
    work.connection.execute(_COUNT_UP)
    return is_current(work.connection)


def _look(engine: Engine, job: Callable[[Connection], T]) -> T:
    with transaction(engine) as connection:
        return job(connection)


# The writer

_Outcome = tuple[Any, Exception | None]  # what the job returned, or why there is nothing


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """A job in the queue, and where its outcome is waited for."""

    job: Callable[[Work], Any]
    actor: str
    cause: str
    now: datetime
    future: "asyncio.Future[Any]"

    def carry_out(self, connection: Connection) -> Any:
        try:
            return self.job(Work(connection, self.actor, self.cause, self.now))
        except StopIteration as failure:  # no future can carry it
            raise _JobFailed(RuntimeError("StopIteration")) from failure
        except Exception as failure:
            raise _JobFailed(failure) from failure


class _JobFailed(Exception):  # noqa: N818
    """A job raised, as opposed to the transaction around it."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure = failure


class _Writer:
    """The one thread that writes."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        self._queue: SimpleQueue[_Ticket | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, ticket: _Ticket) -> None:
        self._queue.put(ticket)

    def finish(self) -> None:
        """Wait until everything queued before is done."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while batch := self._take():
            wanted = [ticket for ticket in batch if not ticket.future.cancelled()]
            if wanted:
                outcomes = self._carry_out(wanted)
                self._deliver(wanted, outcomes)
                _tell(outcomes)

    def _take(self) -> list[_Ticket]:
        """Everything that waits, as soon as there is something. Empty: the end."""
        batch: list[_Ticket] = []
        ticket = self._queue.get()
        while ticket is not None:
            batch.append(ticket)
            if len(batch) == _LARGEST_BATCH or self._queue.empty():
                return batch
            ticket = self._queue.get()
        if batch:
            self._queue.put(None)  # the end is met again next time
        return batch

    def _deliver(self, batch: Sequence[_Ticket], outcomes: Sequence[_Outcome]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_resolve, [ticket.future for ticket in batch], outcomes)

    def _carry_out(self, batch: Sequence[_Ticket]) -> list[_Outcome]:
        """All in one transaction. Where one fails nothing is kept, and each gets a transaction of its own."""
        try:
            return [(result, None) for result in self._transact(batch)]
        except _JobFailed:
            return self._one_by_one(batch)
        except Exception as failure:
            return [_failed(failure) for _ in batch]

    def _one_by_one(self, batch: Sequence[_Ticket]) -> list[_Outcome]:
        """Each in turn, until so many in a row find the database away that the rest need not wait to hear it."""
        outcomes: list[_Outcome] = []
        in_a_row = 0
        for ticket in batch:
            outcome = self._alone(ticket) if in_a_row < _PATIENCE else _failed(StoreUnavailable("still"))
            in_a_row = in_a_row + 1 if isinstance(outcome[1], StoreUnavailable) else 0
            outcomes.append(outcome)
        return outcomes

    def _alone(self, ticket: _Ticket) -> _Outcome:
        """One job, tried again where the newest state or a new connection may make it work."""
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                return self._transact([ticket])[0], None
            except _JobFailed as failed:
                if not (tries_left and _may_work_now(failed.failure)):
                    return _failed(failed.failure)
            except Exception as failure:
                return _failed(failure)
        raise AssertionError("the last try returns")

    def _transact(self, batch: Sequence[_Ticket]) -> list[Any]:
        """The results of the jobs, committed in one transaction.

        Raises: _JobFailed - a job raised, and nothing is kept. StoreUnavailable - no transaction, or no commit.
        """
        sealed = None
        with unavailable():
            try:
                with transaction(self._engine) as connection:
                    results = [ticket.carry_out(connection) for ticket in batch]
                    sealed = seal(connection)
            except DBAPIError as failure:
                if not (is_disconnected(failure) and was_kept(self._engine, sealed)):
                    raise
        return results


def _may_work_now(failure: Exception) -> bool:
    return isinstance(failure, Stale) or is_conflict(failure) or is_disconnected(failure)


def _failed(failure: Exception) -> _Outcome:
    ours = in_our_words(failure)
    if isinstance(ours, StoreUnavailable):
        ours = StoreUnavailable(*ours.args)  # one for each: a raised exception belongs to one traceback
    return None, ours


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """One line in the log for all who were told that the database is away."""
    reasons = [str(failure) for _, failure in outcomes if isinstance(failure, StoreUnavailable)]
    if reasons:
        log.warning("store.unavailable", extra={"error": reasons[0], "count": len(reasons)})


def _resolve(futures: Sequence["asyncio.Future[Any]"], outcomes: Sequence[_Outcome]) -> None:
    for future, (result, failure) in zip(futures, outcomes, strict=True):
        if future.done():  # cancelled meanwhile
            continue
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)
