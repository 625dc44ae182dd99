"""A copy of everything in one file, made while the bot runs; and the way back, into either kind of database.

The file is gzip'd JSON lines: a header; for each table its name with its columns and their kinds, and its rows, in an
order that foreign keys allow; and an end that holds the number of rows per table and a digest of all before it.
So a file says itself what stands in it, and one of an earlier schema is loaded into the tables of that schema.
"""

import gzip
import hashlib
import os
import zlib
from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    TableClause,
    Text,
    column,
    func,
    inspect,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.types import TypeEngine

from domain.access import OPERATOR
from domain.errors import Final
from store import audit, checks
from store.checks import Findings
from store.engines import seal, transaction, unavailable, writer_engine
from store.migrations import HEAD, alone, is_current, upgrade
from store.tables import Instant, insert, metadata
from store.work import Work

FORMAT = 1
_BATCH = 500
_BUSY_SECONDS = 10.0

_VERSION = table("alembic_version", column("version_num", Text()))
_WITHIN = """
    SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I {how}', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid
    """
_DEFER = text(_WITHIN.format(how="DEFERRABLE INITIALLY DEFERRED"))
_DEFER_NO_MORE = text(_WITHIN.format(how="NOT DEFERRABLE"))

Progress = Callable[[str, int], None]  # told the table and how many of its rows are done


class Refused(Final):
    """A file or database that this cannot be done with; `key` and `details` are for a text below `backup`."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key, details)
        self.key = key
        self.details = details


class Faulty(Final):
    """What was loaded does not hold together, and nothing of it is kept."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(f"{len(findings.faults)} faults")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Summary:
    """What a file holds. `database`: the kind that it was copied from."""

    revision: str
    made_at: datetime
    database: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Heading:
    """A table as the file has it: columns and their kinds."""

    name: str
    kinds: Mapping[str, str]

    @property
    def table(self) -> TableClause:
        return table(self.name, *(column(name, _TYPES[kind]) for name, kind in self.kinds.items()))

    def row(self, values: list[Any]) -> dict[str, Any]:
        return {
            name: value if value is None else _READ.get(kind, _as_it_is)(value)
            for (name, kind), value in zip(self.kinds.items(), values, strict=True)
        }


_TYPES: Mapping[str, TypeEngine[Any]] = {
    "instant": Instant(),
    "bytes": LargeBinary(),
    "boolean": Boolean(),
    "date": Date(),
    "integer": BigInteger(),
    "text": Text(),
}
# What is none of these is kept as text, JSON too, and so copied word for word.
_KINDS: Mapping[str, type[TypeEngine[Any]]] = {
    "instant": Instant,
    "bytes": LargeBinary,
    "boolean": Boolean,
    "date": Date,
    "integer": Integer,
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": b64decode,
}


def _as_it_is(value: Any) -> Any:
    return value


def _heading(ours: Table) -> _Heading:
    """SQLAlchemy's names are a kind of str of its own, which orjson does not take."""
    return _Heading(str(ours.name), {str(each.name): _kind(each) for each in ours.c})


def _kind(ours: Column[Any]) -> str:
    return next((kind for kind, type_ in _KINDS.items() if isinstance(ours.type, type_)), "text")


def _silence(table: str, rows: int) -> None:
    pass


# Writing


def write(connection: Connection, path: Path, *, now: datetime, progress: Progress = _silence) -> Summary:
    """Copy everything that the connection's transaction sees into a new file, which holds personal data.

    Raises: Refused - the file is there already, its folder is not, or the database has another schema. OSError.
    """
    _refuse_file(path)
    if not is_current(connection):
        raise Refused("other_schema")
    with _appearing(path) as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        return _Pen(packed).copy(connection, now, progress)


def _refuse_file(path: Path) -> None:
    if path.exists():
        raise Refused("exists", file=path)
    if not path.parent.is_dir():
        raise Refused("no_folder", folder=path.parent)


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file for nobody else to read, which gets its name when it is whole and on the disk."""
    descriptor, name = mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    beside = Path(name)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_file(path)
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Pen:
    """Writes lines and keeps their digest."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def copy(self, connection: Connection, now: datetime, progress: Progress) -> Summary:
        database = connection.dialect.name
        self._line({"forumbot_backup": FORMAT, "revision": HEAD, "at": now, "database": database})
        headings = [_heading(each) for each in metadata.sorted_tables]
        rows = {heading.name: self._table(connection, heading, progress) for heading in headings}
        self._line({"rows": rows, "sha256": self._digest.hexdigest()})
        return Summary(HEAD, now, database, rows)

    def _table(self, connection: Connection, heading: _Heading, progress: Progress) -> int:
        self._line({"table": heading.name, "columns": heading.kinds})
        count = 0
        with connection.execute(select(heading.table).execution_options(yield_per=_BATCH)) as rows:
            for batch in rows.partitions():
                for row in batch:
                    self._line(list(row))
                count += len(batch)
                progress(heading.name, count)
        return count

    def _line(self, said: object) -> None:
        line = orjson.dumps(said, default=_base64, option=orjson.OPT_APPEND_NEWLINE)
        self._digest.update(line)
        self._file.write(line)


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return b64encode(value).decode()


# Reading


def examine(path: Path) -> Summary:
    """Read the whole file and say what it holds.

    Raises: Refused - there is none, it is no backup, not whole, changed since, or of a newer program. OSError.
    """
    if not path.is_file():
        raise Refused("no_file", file=path)
    said = _said(path)
    header = next(said, None)
    if not isinstance(header, dict) or "forumbot_backup" not in header:
        raise Refused("not_a_backup", file=path)
    if header["forumbot_backup"] != FORMAT or header["revision"] > HEAD:
        raise Refused("newer", file=path)
    (end,) = deque(said, maxlen=1) or [header]
    at = datetime.fromisoformat(header["at"])
    return Summary(header["revision"], at, header["database"], end["rows"])


def _said(path: Path) -> Iterator[Any]:
    """What stands in each line, the end too, which is held against all before it.

    Raises: Refused - at the end at the latest.
    """
    digest, end = hashlib.sha256(), None
    try:
        with gzip.open(path) as file:
            for line in file:
                said = orjson.loads(line)
                if isinstance(said, dict) and "sha256" in said:
                    end = said["sha256"]
                else:
                    digest.update(line)
                yield said
    except (EOFError, zlib.error, gzip.BadGzipFile, orjson.JSONDecodeError) as damage:
        raise Refused("damaged", file=path) from damage
    if end != digest.hexdigest():
        raise Refused("damaged", file=path)


def _batches(path: Path) -> Iterator[tuple[_Heading, list[dict[str, Any]]]]:
    """The rows of the file, so many at a time. Of each table the last batch may be empty."""
    heading, batch = None, list[dict[str, Any]]()
    for said in _said(path):
        if isinstance(said, list) and heading is not None:
            batch.append(heading.row(said))
        if heading is not None and (isinstance(said, dict) or len(batch) == _BATCH):
            yield heading, batch
            batch = []
        if isinstance(said, dict):
            heading = _Heading(said["table"], said["columns"]) if "table" in said else None


# Restoring


def restore(
    url: str, path: Path, *, now: datetime, progress: Progress = _silence, despite_faults: bool = False
) -> tuple[Summary, Findings]:
    """Load the file into a database that holds nothing, all of it or nothing, and look whether it holds together.

    Tables are made where there are none, of the file's schema; once loaded, they are brought to the present one. All
    of this is one transaction: whatever breaks it off, the database is as it was before.

    Raises: Refused - the file as in `examine`; the database holds something, or does not take it. Faulty - unless
    `despite_faults`. StoreUnavailable. OSError.
    """
    summary = examine(path)
    engine = writer_engine(url, _BUSY_SECONDS, create=True)
    try:
        with unavailable(), _fitting(path), transaction(engine) as connection:
            alone(connection)
            _refuse_living(connection, summary)
            upgrade(connection, summary.revision)
            _load(connection, path, summary, progress)
            upgrade(connection)
            _note(Work(connection, OPERATOR.person_id, "restore", now), summary)
            findings = checks.verify(connection)
            _refuse_faults(findings, despite_faults)
            seal(connection)
        return summary, findings
    finally:
        engine.dispose()


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    """What one kind of database took another may refuse, and so does any where rows do not belong together."""
    try:
        yield
    except (IntegrityError, DataError) as refusal:
        why = str(refusal.orig).partition("\n")[0]
        raise Refused("does_not_fit", file=path, why=why) from refusal


def _refuse_living(connection: Connection, summary: Summary) -> None:
    """Only into nothing: what stands in a database is never replaced. Nobody writes there from now on."""
    names = [name for name in inspect(connection).get_table_names() if name != _VERSION.name]
    if names and connection.dialect.name == "postgresql":
        quoted = (connection.dialect.identifier_preparer.quote(name) for name in names)
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(quoted)} IN ACCESS EXCLUSIVE MODE")
    if any(
        connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() for name in names
    ):
        raise Refused("living")
    if names and connection.execute(select(_VERSION)).scalar_one() > summary.revision:
        raise Refused("newer_tables")


def _load(connection: Connection, path: Path, summary: Summary, progress: Progress) -> None:
    done = Counter(dict.fromkeys(summary.rows, 0))
    loaded: dict[str, _Heading] = {}
    with _references_within_a_table_wait(connection):
        for heading, batch in _batches(path):
            if batch:
                connection.execute(insert(heading.table), batch)
            done[heading.name] += len(batch)
            loaded[heading.name] = heading
            progress(heading.name, done[heading.name])
    if done != summary.rows:  # it was another file the second time
        raise Refused("damaged", file=path)
    if connection.dialect.name == "postgresql":
        _count_on(connection, loaded.values())


@contextmanager
def _references_within_a_table_wait(connection: Connection) -> Iterator[None]:
    """A row may name one of its own table that comes after it, as a card does that was replaced by another."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        return
    for statement in connection.execute(_DEFER).scalars().all():
        connection.exec_driver_sql(statement)
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in connection.execute(_DEFER_NO_MORE).scalars().all():
        connection.exec_driver_sql(statement)


def _count_on(connection: Connection, headings: Iterable[_Heading]) -> None:
    """Ids that count upwards go on after those that were loaded (SQLite sees to it by itself)."""
    for heading in headings:
        if heading.kinds.get("id") == "integer":
            last = select(func.max(heading.table.c.id)).scalar_subquery()
            connection.execute(select(func.setval(func.pg_get_serial_sequence(heading.name, "id"), last)))


def _note(work: Work, summary: Summary) -> None:
    detail = {"made_at": summary.made_at, "from": summary.database, "rows": sum(summary.rows.values())}
    audit.record(work, "database", "restored", detail)


def _refuse_faults(findings: Findings, despite_faults: bool) -> None:
    if findings.faults and not despite_faults:
        raise Faulty(findings)
