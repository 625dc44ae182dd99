"""Connections to the two kinds of database, set up so that what is committed is kept; and their faults."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from domain.errors import StoreUnavailable


def writer_engine(url: str | URL, busy_seconds: float, *, create: bool = False) -> Engine:
    """For one thread that writes. A transaction begins with the right to write, or fails within `busy_seconds`.

    A SQLite file that is not there is made only with `create`.
    """
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        if create:
            _create(url)
        return _sqlite(url, busy_seconds, 1, "BEGIN IMMEDIATE", _WRITER_PRAGMAS)
    return _postgresql(url, busy_seconds, 1, "READ COMMITTED", _WRITER_SETTINGS)


def reader_engine(url: str | URL, busy_seconds: float, size: int) -> Engine:
    """For `size` threads that read. A transaction sees one state of the database and cannot change it."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_seconds, size, "BEGIN", _READER_PRAGMAS)
    return _postgresql(url, busy_seconds, size, "REPEATABLE READ", _READER_SETTINGS)


# SQLite

_WRITER_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON")
_READER_PRAGMAS = ("query_only = ON",)


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: the writer and the readers have connections of their own")
    return Path(url.database).absolute()


def _create(url: URL) -> None:
    """An empty file for nobody else to read, if there is none. Where none can be made, opening it will say so."""
    with suppress(OSError):
        _path(url).touch(mode=0o600)


def _sqlite(url: URL, busy_seconds: float, size: int, begin: str, pragmas: tuple[str, ...]) -> Engine:
    path = _path(url)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",  # never makes one in the place of one that is gone
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,  # the driver begins nothing by itself
            check_same_thread=False,
        )

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=busy_seconds,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        entry.info["begin"] = begin
        entry.info["file"] = path, _identity(path)
        entry.info["log"] = _identity(_log(path))

    @event.listens_for(engine, "checkout")
    def same_file(connection: object, entry: ConnectionPoolEntry, proxy: object) -> None:
        if entry.info["file"] != (path, _identity(path)):
            _set_log_aside(path, entry.info["log"])
            raise DisconnectionError("the database file was replaced")  # the pool opens it anew
        entry.info["log"] = _identity(_log(path))

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _log(path: Path) -> Path:
    return Path(f"{path}-wal")


def _set_log_aside(path: Path, log: tuple[int, int] | None) -> None:
    """Keep SQLite from playing the log of the file that is gone into the file that came in its place."""
    if log is not None and _identity(_log(path)) == log:
        for each in (_log(path), Path(f"{path}-shm")):
            each.rename(f"{each}.lost")


# PostgreSQL

_Isolation = Literal["READ COMMITTED", "REPEATABLE READ"]
_WRITER_SETTINGS = {"statement_timeout": "30s"}
_READER_SETTINGS = {"default_transaction_read_only": "on", "statement_timeout": "10s"}


def _postgresql(
    url: URL, busy_seconds: float, size: int, isolation_level: _Isolation, more: dict[str, str]
) -> Engine:
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{round(busy_seconds * 1000)}ms",
        "idle_in_transaction_session_timeout": "30s",  # a frozen process holds up nobody for ever
        **more,
    }
    return create_engine(
        url,
        isolation_level=isolation_level,
        pool_size=size,
        max_overflow=0,
        pool_timeout=busy_seconds,
        hide_parameters=True,
        connect_args={
            "connect_timeout": max(2, round(busy_seconds)),  # libpq takes no less than two
            "tcp_user_timeout": 10_000,  # milliseconds: a host that died without a word is noticed
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )


# Transactions


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed at the end, unless something is raised in it."""
    with engine.begin() as connection:
        # By hand and not in SQLAlchemy's event "begin": an engine that has events pays for them at every statement.
        if begin := connection.info.get("begin"):
            connection.exec_driver_sql(begin)
        yield connection


_TRANSACTION_ID = text("SELECT pg_current_xact_id_if_assigned()::text")
_TRANSACTION_STATUS = text("SELECT pg_xact_status(CAST(:id AS xid8))")


def seal(connection: Connection) -> str | None:
    """Last look before the commit: is all still well? Returns what `was_kept` needs to answer afterwards.

    Raises: StoreUnavailable - the SQLite file is no longer the one that the connection writes to.
    """
    if connection.dialect.name == "postgresql":
        # Fails if a job has hidden an error of the database: such a COMMIT would silently be a ROLLBACK.
        id_: str | None = connection.execute(_TRANSACTION_ID).scalar_one()
        return id_
    path, identity = connection.info["file"]
    if identity != _identity(path):
        raise StoreUnavailable("the database file is gone")
    return None


def was_kept(engine: Engine, transaction_id: str | None) -> bool:
    """Whether a transaction whose COMMIT got no answer was committed all the same (PostgreSQL)."""
    if transaction_id is None:
        return False
    with transaction(engine) as connection:
        status: str | None = connection.execute(_TRANSACTION_STATUS, {"id": transaction_id}).scalar_one()
    return status == "committed"


# Faults

# Primary result codes of SQLite that say nothing about the statement: the database cannot be used now.
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRESQL_AWAY_CLASSES = frozenset({"08", "53", "57", "58"})  # connection, resources, operator, system
_POSTGRESQL_AWAY = frozenset(
    {
        "25006",  # read-only: fallen back to a standby
        "55P03",  # lock not available in time
        "42P01",  # no such table: the schema is not there (yet)
        "42703",  # no such column
    }
)
_CONFLICTS = frozenset({"40001", "40P01", "23505"})  # serialisation, deadlock, unique


def is_away(failure: BaseException) -> bool:
    """Whether the fault lies with the database and not with the statement."""
    if isinstance(failure, PoolTimeout | StoreUnavailable | DisconnectionError):
        return True
    if not isinstance(failure, DBAPIError):
        return False
    if failure.connection_invalidated:
        return True
    original = failure.orig
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
        return code & 0xFF in _SQLITE_AWAY or str(original).startswith(("no such table", "no such column"))
    state = getattr(original, "sqlstate", None)
    if state is None:
        return isinstance(failure, OperationalError)  # no connection was made
    return state[:2] in _POSTGRESQL_AWAY_CLASSES or state in _POSTGRESQL_AWAY


def is_disconnected(failure: BaseException) -> bool:
    """Whether the connection was lost, so that the same on a new one may work at once."""
    return isinstance(failure, DBAPIError) and failure.connection_invalidated


def is_conflict(failure: BaseException) -> bool:
    """Whether another process was faster (PostgreSQL): the same on the newest state may work."""
    return isinstance(failure, DBAPIError) and getattr(failure.orig, "sqlstate", None) in _CONFLICTS


def in_our_words(failure: Exception) -> Exception:
    """StoreUnavailable for a fault of the database; any other failure as it is."""
    if isinstance(failure, StoreUnavailable) or not is_away(failure):
        return failure
    ours = StoreUnavailable(type(getattr(failure, "orig", None) or failure).__name__)
    ours.__cause__ = failure
    return ours


@contextmanager
def unavailable() -> Iterator[None]:
    """Raise faults of the database as StoreUnavailable and let everything else through."""
    try:
        yield
    except Exception as failure:
        raise in_our_words(failure)  # noqa: B904 - the cause is set, or it is the failure itself
