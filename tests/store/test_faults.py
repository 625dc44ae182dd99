"""A database that is locked, full, gone or killed: nothing is half kept, it is said, and it goes on afterwards."""

import asyncio
import os
import resource
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text

from domain.errors import StoreUnavailable
from store import activities, audit, views
from store.tables import activity
from store.work import Store, Work
from tests.conftest import Postgres
from tests.killing import killed
from tests.store import victim
from tests.store.builders import BUSY_SECONDS, beside, do, with_register


def note(activity_id: str) -> Any:
    return lambda work: activities.first_time(work, "a:1", activity_id)


def known(connection: Connection) -> list[str]:
    return list(connection.execute(select(activity.c.activity_id).order_by(activity.c.activity_id)).scalars())


# Killed


@pytest.mark.parametrize(("when", "kept"), [("job", 0), ("commit", 0), ("committed", 1)])
async def test_a_killed_process_leaves_nothing_or_everything(
    store: Store, url: str, when: str, kept: int
) -> None:
    await with_register(store)
    await asyncio.to_thread(killed, victim.live, url, when)
    with beside(url) as connection:
        tables = ("draft", "case_head", "case_version", "case_counter", "case_count")
        rows = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]
        assert rows == [kept] * len(tables)
        assert views.check_counts(connection) == ()
        assert views.check_money(connection) == ()
        assert audit.verify(connection) == ()
    assert await store.is_ready()


# Locked


def lock(connection: Connection) -> None:
    """Take what the writer needs: on SQLite the begun transaction is enough."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE activity, revision IN ACCESS EXCLUSIVE MODE"))


async def test_a_locked_database_is_said_to_be_away_in_time_and_works_later(store: Store, url: str) -> None:
    with beside(url) as connection:
        lock(connection)
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await do(store, note("1"))
        took = time.monotonic() - began
        assert not await store.is_ready()
    assert BUSY_SECONDS / 2 < took < BUSY_SECONDS * 4
    assert await do(store, note("2")) is True
    assert await store.is_ready()
    assert await store.read(known) == ["2"]


async def test_a_lock_that_is_let_go_in_time_is_not_noticed(store: Store, url: str) -> None:
    with beside(url) as connection:
        lock(connection)
        waiting = asyncio.create_task(do(store, note("1")))
        await asyncio.sleep(BUSY_SECONDS / 3)
    assert await waiting is True


async def test_many_who_wait_for_a_locked_database_wait_once(store: Store, url: str) -> None:
    """Each is not made to wait for its turn to be refused."""
    with beside(url) as connection:
        lock(connection)
        began = time.monotonic()
        outcomes = await asyncio.gather(
            *(do(store, note(str(number))) for number in range(30)), return_exceptions=True
        )
        took = time.monotonic() - began
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert took < BUSY_SECONDS * 8


# Full


def fill_sqlite(work: Work) -> None:
    """The database file may not grow, as on a full disk."""
    pages = work.connection.execute(text("PRAGMA page_count")).scalar_one()
    work.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    for number in range(1000):
        activities.first_time(work, "a:" + "1" * 1000, str(number))


def fill_postgresql(work: Work) -> None:
    """A sort runs out of the disk that it is allowed."""
    work.connection.execute(text("SET LOCAL temp_file_limit = '64kB'"))
    work.connection.execute(text("SELECT g FROM generate_series(1, 300000) g ORDER BY g DESC OFFSET 299999"))


FILL = {"sqlite": fill_sqlite, "postgresql": fill_postgresql}


async def test_what_does_not_fit_is_not_kept_and_the_rest_goes_on(store: Store, backend: str) -> None:
    with pytest.raises(StoreUnavailable):
        await do(store, FILL[backend])
    assert await do(store, note("1")) is True
    assert await store.read(known) == ["1"]


@contextmanager
def nothing_more_can_be_written(path: Path) -> Iterator[None]:
    """No file may grow beyond the size of this one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_makes_the_store_not_ready_until_there_is_room(
    sqlite_store: Store, path: Path
) -> None:
    assert await do(sqlite_store, note("1")) is True
    with nothing_more_can_be_written(path.with_name(f"{path.name}-wal")):
        with pytest.raises(StoreUnavailable):
            await do(sqlite_store, note("2"))
        assert not await sqlite_store.is_ready()
        assert await sqlite_store.read(known) == ["1"]
    assert await sqlite_store.is_ready()
    assert await do(sqlite_store, note("2")) is True


# Gone: the file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "forumbot1.db"


@pytest.fixture
async def sqlite_store(store_url: Callable[[str], str]) -> AsyncIterator[Store]:
    store = Store(store_url("sqlite"), busy_seconds=BUSY_SECONDS)
    await store.start()
    yield store
    await store.close()


async def test_a_file_that_was_deleted_is_noticed_and_never_written_to(
    sqlite_store: Store, path: Path
) -> None:
    kept = shutil.copy(path, f"{path}.kept")
    assert await do(sqlite_store, note("1")) is True
    os.remove(path)
    with pytest.raises(StoreUnavailable):
        await do(sqlite_store, note("2"))
    with pytest.raises(StoreUnavailable):
        await sqlite_store.read(known)
    assert not await sqlite_store.is_ready()
    assert path.name not in os.listdir(path.parent)  # and no empty one is made in its place
    shutil.copy(kept, path)
    assert await sqlite_store.is_ready()
    assert await do(sqlite_store, note("3")) is True
    assert await sqlite_store.read(known) == ["3"]


async def test_a_file_that_is_deleted_during_a_job_is_noticed_before_the_commit(
    sqlite_store: Store, path: Path
) -> None:
    kept = shutil.copy(path, f"{path}.kept")
    assert await do(sqlite_store, note("1")) is True

    def delete_it(work: Work) -> bool:
        path.unlink()
        return activities.first_time(work, "a:1", "2")

    with pytest.raises(StoreUnavailable):
        await do(sqlite_store, delete_it)
    shutil.copy(kept, path)
    assert await do(sqlite_store, note("3")) is True
    assert await sqlite_store.read(known) == ["3"]


async def test_a_file_that_was_replaced_is_the_one_that_is_used(sqlite_store: Store, path: Path) -> None:
    other = shutil.copy(path, f"{path}.other")
    assert await do(sqlite_store, note("1")) is True
    assert await sqlite_store.read(known) == ["1"]
    os.replace(other, path)
    assert await sqlite_store.read(known) == []
    assert await do(sqlite_store, note("2")) is True
    assert await sqlite_store.read(known) == ["2"]


def write_nonsense(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


async def test_a_file_that_is_no_database_is_not_ready(sqlite_store: Store, path: Path) -> None:
    write_nonsense(path)
    assert not await sqlite_store.is_ready()
    with pytest.raises(StoreUnavailable):
        await do(sqlite_store, note("1"))


# Gone: the server


@pytest.fixture
async def postgres_store(postgres_url: str) -> AsyncIterator[Store]:
    store = Store(postgres_url, busy_seconds=BUSY_SECONDS)
    await store.start()
    yield store
    await store.close()


_OTHERS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_connections_that_the_server_ended_are_made_anew(
    postgres_store: Store, postgres_url: str
) -> None:
    assert await do(postgres_store, note("1")) is True
    assert await postgres_store.read(known) == ["1"]
    with beside(postgres_url) as connection:
        assert connection.execute(_OTHERS).scalar_one() == 2
    assert await do(postgres_store, note("2")) is True
    assert await postgres_store.read(known) == ["1", "2"]


async def test_a_connection_that_ends_during_a_job_costs_a_second_run(postgres_store: Store) -> None:
    runs: list[bool] = []

    def die_once(work: Work) -> int:
        runs.append(activities.first_time(work, "a:1", "1"))
        if len(runs) == 1:
            work.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return len(runs)

    assert await do(postgres_store, die_once) == 2
    assert runs == [True, True]
    assert await postgres_store.read(known) == ["1"]


@contextmanager
def commit_without_answer(commit: bool) -> Iterator[None]:
    """The connection is lost at COMMIT: after it was done, or before. Once."""
    lost: list[None] = []

    def lose(connection: Connection) -> None:
        if not lost:
            lost.append(None)
            raw: Any = connection.connection.dbapi_connection
            if commit:
                raw.commit()
            raw.close()

    event.listen(Engine, "commit", lose)
    try:
        yield
    finally:
        event.remove(Engine, "commit", lose)


async def test_a_commit_whose_answer_was_lost_is_looked_up(postgres_store: Store) -> None:
    with commit_without_answer(commit=True):
        assert await do(postgres_store, note("1")) is True
    assert await postgres_store.read(known) == ["1"]


async def test_a_commit_that_never_arrived_saved_nothing(postgres_store: Store) -> None:
    with commit_without_answer(commit=False), pytest.raises(StoreUnavailable):
        await do(postgres_store, note("1"))
    assert await postgres_store.read(known) == []


async def test_a_server_that_is_away_is_said_and_found_again(
    postgres_store: Store, postgres: Postgres
) -> None:
    assert await do(postgres_store, note("1")) is True
    postgres.stop()
    try:
        with pytest.raises(StoreUnavailable):
            await do(postgres_store, note("2"))
        with pytest.raises(StoreUnavailable):
            await postgres_store.read(known)
        assert not await postgres_store.is_ready()
    finally:
        postgres.start()
    assert await do(postgres_store, note("3")) is True
    assert await postgres_store.read(known) == ["1", "3"]
    assert await postgres_store.is_ready()
