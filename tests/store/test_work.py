"""The writer: one transaction for all that waits, answered after its commit; one failure sinks nobody else."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from domain.errors import Stale, StoreUnavailable
from store import activities, audit
from store.tables import activity
from store.work import Store, Work
from tests.store.builders import NOW, beside, do


def count_activities(url: str) -> int:
    with beside(url) as connection:
        return int(connection.execute(select(func.count()).select_from(activity)).scalar_one())


def note(activity_id: str) -> Any:
    return lambda work: activities.first_time(work, "a:1", activity_id)


@asynccontextmanager
async def busy_writer(store: Store) -> AsyncIterator[None]:
    """While inside, the writer is at work, so that what is put in the queue forms one batch afterwards."""
    begun, go_on = threading.Event(), threading.Event()

    def wait(work: Work) -> None:
        begun.set()
        go_on.wait(10)

    waiting = asyncio.create_task(do(store, wait))
    await asyncio.to_thread(begun.wait, 10)
    try:
        yield
    finally:
        go_on.set()
        await waiting


async def in_one_batch(store: Store, *jobs: Any) -> list[Any]:
    async with busy_writer(store):
        tasks = [asyncio.create_task(do(store, job)) for job in jobs]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_work_is_committed_when_it_returns(store: Store, url: str) -> None:
    assert await do(store, note("1")) is True
    assert count_activities(url) == 1


async def test_jobs_that_wait_share_a_transaction(store: Store) -> None:
    transactions = await in_one_batch(store, *[lambda work: work.connection.get_transaction()] * 20)
    assert len(set(map(id, transactions))) == 1


async def test_no_result_is_given_before_the_commit(store: Store, url: str) -> None:
    """The second job of the batch is still at work; what the first one did is neither answered nor seen."""
    seen_by_others: list[int] = []

    def look(work: Work) -> bool:
        seen_by_others.append(first.done())
        return True

    async with busy_writer(store):
        first = asyncio.create_task(do(store, note("1")))
        second = asyncio.create_task(do(store, look))
        await asyncio.sleep(0)
    assert [await first, await second] == [True, True]
    assert seen_by_others == [False]


async def test_a_job_that_fails_does_not_sink_the_others(store: Store, url: str) -> None:
    def fail(work: Work) -> None:
        activities.first_time(work, "a:1", "of the one that failed")
        raise LookupError("a fault of its own")

    outcomes = await in_one_batch(store, note("1"), fail, note("2"))
    assert [outcomes[0], repr(outcomes[1]), outcomes[2]] == [True, "LookupError('a fault of its own')", True]
    assert count_activities(url) == 2


async def test_a_statement_that_fails_does_not_sink_the_others(store: Store, url: str) -> None:
    """On PostgreSQL a failed statement makes the rest of its transaction impossible."""
    row = {"conversation_id": "a:1", "activity_id": "1", "received_at": NOW}

    def insert_twice(work: Work) -> None:
        work.connection.execute(activity.insert(), [row, row])

    outcomes = await in_one_batch(store, note("2"), insert_twice, note("3"))
    assert [outcomes[0], type(outcomes[1]).__name__, outcomes[2]] == [True, "IntegrityError", True]
    assert count_activities(url) == 2


async def test_a_hidden_failure_is_not_taken_for_a_commit(store: Store, backend: str, url: str) -> None:
    """PostgreSQL answers the COMMIT of a failed transaction with a silent ROLLBACK."""

    def hide(work: Work) -> None:
        activities.first_time(work, "a:1", "1")
        try:
            work.connection.exec_driver_sql("SELECT 1 FROM nowhere")
        except DBAPIError:
            return

    if backend == "postgresql":
        with pytest.raises(DBAPIError):
            await do(store, hide)
    else:
        await do(store, hide)
    assert count_activities(url) == (0 if backend == "postgresql" else 1)


async def test_a_stale_job_runs_again(store: Store, url: str) -> None:
    runs: list[int] = []

    def stale_twice(work: Work) -> int:
        runs.append(activities.first_time(work, "a:1", "1"))
        if len(runs) < 3:
            raise Stale("changed meanwhile")
        return len(runs)

    assert await do(store, stale_twice) == 3
    assert runs == [True, True, True]


async def test_a_job_that_is_always_stale_is_given_up(store: Store) -> None:
    runs: list[None] = []

    def always_stale(work: Work) -> None:
        runs.append(None)
        raise Stale("changed meanwhile")

    with pytest.raises(Stale):
        await do(store, always_stale)
    assert 1 < len(runs) < 10


async def test_a_job_that_ran_out_is_a_failure_and_not_a_riddle(store: Store) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await do(store, lambda work: next(iter(())))


async def test_a_caller_who_went_away_does_not_break_the_batch(store: Store, url: str) -> None:
    async with busy_writer(store):
        tasks = [asyncio.create_task(do(store, note(str(number)))) for number in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcomes[0], type(outcomes[1]), outcomes[2]] == [True, asyncio.CancelledError, True]
    assert count_activities(url) == 2


async def test_a_caller_who_goes_away_while_the_job_runs_does_not_break_the_batch(
    store: Store, url: str
) -> None:
    loop = asyncio.get_running_loop()

    def cancel_first(work: Work) -> bool:
        loop.call_soon_threadsafe(first.cancel)
        return activities.first_time(work, "a:1", "2")

    async with busy_writer(store):
        first = asyncio.create_task(do(store, note("1")))
        second = asyncio.create_task(do(store, cancel_first))
        await asyncio.sleep(0)
    assert await second is True
    assert first.cancelled()
    assert count_activities(url) == 2


async def test_closing_waits_for_what_is_queued(store: Store, url: str) -> None:
    async with busy_writer(store):
        tasks = [asyncio.create_task(do(store, note(str(number)))) for number in range(5)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    await closing
    assert await asyncio.gather(*tasks) == [True] * 5
    assert count_activities(url) == 5


async def test_a_closed_store_refuses(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable):
        await do(store, note("1"))
    with pytest.raises(StoreUnavailable):
        await store.read(lambda connection: None)
    assert not await store.is_ready()


async def test_a_store_that_was_closed_can_be_started_again(store: Store) -> None:
    await store.close()
    await store.start()
    assert await do(store, note("1")) is True


async def test_a_store_is_ready(store: Store) -> None:
    assert await store.is_ready()


async def test_reading_cannot_change_anything(store: Store) -> None:
    row = {"conversation_id": "a:1", "activity_id": "1", "received_at": NOW}
    with pytest.raises(StoreUnavailable):
        await store.read(lambda connection: connection.execute(activity.insert(), row))


async def test_a_read_sees_one_state(store: Store) -> None:
    """What is committed between two statements of a read is not seen by the second."""
    loop = asyncio.get_running_loop()
    count = select(func.count()).select_from(activity)

    def look_twice(connection: Any) -> list[int]:
        before = connection.execute(count).scalar_one()
        asyncio.run_coroutine_threadsafe(do(store, note("1")), loop).result(10)
        return [before, connection.execute(count).scalar_one()]

    assert await store.read(look_twice) == [0, 0]
    assert await store.read(lambda connection: connection.execute(count).scalar_one()) == 1


async def test_reads_run_beside_each_other(store: Store) -> None:
    meet = threading.Barrier(3, timeout=10)
    await asyncio.gather(*(store.read(lambda connection: meet.wait()) for _ in range(3)))


async def test_work_is_done_in_the_name_of_who_turns_out_to_do_it(store: Store) -> None:
    def job(work: Work) -> None:
        audit.record(work, "draft:1", "seen")
        audit.record(work.by("eier-bodo"), "draft:1", "saved")

    await store.work(job, actor="unknown", cause="activity-7", now=NOW + timedelta(hours=1))
    entries = await store.read(lambda connection: audit.history(connection, "draft:1"))
    assert [(entry.actor, entry.cause, entry.at) for entry in entries] == [
        ("unknown", "activity-7", NOW + timedelta(hours=1)),
        ("eier-bodo", "activity-7", NOW + timedelta(hours=1)),
    ]


def test_sqlite_in_memory_is_refused() -> None:
    """The writer and the readers would each have a database of their own."""
    with pytest.raises(ValueError, match="file"):
        Store("sqlite://")
