"""A copy that is whole or not there, and the way back into either kind of database."""

import asyncio
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, inspect, select, text

from domain.access import Role, RoleKind
from store import audit, backups, checks, drafts, enrolment, register
from store.backups import Faulty, Refused
from store.migrations import HEAD, is_current, migrate
from store.tables import audit as audit_table
from store.tables import audit_head, metadata
from store.work import Store
from tests.conftest import BACKENDS
from tests.killing import killed
from tests.store import victim_of_backup
from tests.store.builders import NOW, OWNER, a_draft, an_identity, beside, do, with_register
from tests.store.everything import with_everything

Contents = Mapping[str, list[tuple[Any, ...]]]


def contents(connection: Connection) -> Contents:
    """Everything, but for the note that it was restored."""
    noted = {each: each.c.subject != "database" for each in (audit_table, audit_head)}
    return {
        table.name: sorted(
            (tuple(row) for row in connection.execute(select(table).where(noted.get(table, text("1 = 1"))))),
            key=repr,
        )
        for table in metadata.sorted_tables
    }


async def copied(store: Store, path: Path) -> backups.Summary:
    return await store.read(lambda connection: backups.write(connection, path, now=NOW))


def nothing_in(url: str) -> bool:
    """Whether the database holds no row of ours, or no table."""
    with beside(url) as connection:
        there = set(inspect(connection).get_table_names()) & set(metadata.tables)
        return not any(connection.execute(select(metadata.tables[name])).first() for name in there)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "copy.forumbot"


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, store_url: Callable[[str], str]) -> str:
    """Where to restore to: a database at the present schema, with nothing in it."""
    return store_url(request.param)


async def test_what_is_restored_is_what_was_copied(store: Store, path: Path, empty_url: str) -> None:
    """From each kind of database into each, with a row in every table."""
    await with_everything(store)
    before = await store.read(contents)
    assert [name for name, rows in before.items() if not rows] == []
    summary = await copied(store, path)
    assert summary.rows == {name: len(rows) for name, rows in before.items()}
    told, findings = backups.restore(empty_url, path, now=NOW)
    assert (told, findings.faults) == (summary, ())
    with beside(empty_url) as connection:
        assert contents(connection) == before
        assert checks.verify(connection).faults == ()


async def test_life_goes_on_in_what_was_restored(store: Store, path: Path, empty_url: str) -> None:
    """Ids go on counting, cards find each other, codes and accounts work, and rules of the tables hold as before."""
    await with_everything(store)
    await copied(store, path)
    backups.restore(empty_url, path, now=NOW)
    restored = Store(empty_url)
    await restored.start()
    try:
        roles = await restored.read(lambda connection: register.roles(connection, "uh-nord"))
        added = await do(
            restored,
            lambda work: register.add_role(work, "uh-nord", Role(RoleKind.UNIVERSITY_CONTACT, "uit")),
        )
        assert added == max(roles) + 1
        await do(restored, lambda work: drafts.create(work, a_draft("draft-9")))
        actor = await restored.read(lambda connection: register.actor(connection, an_identity(), NOW.date()))
        assert actor is not None
        assert actor.person_id == OWNER.id
        found = await do(restored, lambda work: enrolment.candidate(work.connection, "CD", NOW))
        assert found is not None
        assert await restored.is_ready()
    finally:
        await restored.close()
    for wrong in (
        "UPDATE card_instance SET superseded_by = 'nothing' WHERE id = 'a'",
        "DELETE FROM audit",
        "UPDATE case_version SET report = '{}'",
    ):
        with (
            pytest.raises(Exception, match=r"(?i)foreign key|append-only|kept"),
            beside(empty_url) as connection,
        ):
            connection.execute(text(wrong))


async def test_no_rule_of_the_tables_is_left_loosened(store: Store, path: Path, empty_url: str) -> None:
    await with_everything(store)
    await copied(store, path)
    with beside(empty_url) as connection:
        before = inspect(connection).get_multi_foreign_keys()
    backups.restore(empty_url, path, now=NOW)
    with beside(empty_url) as connection:
        assert inspect(connection).get_multi_foreign_keys() == before


async def test_restoring_is_noted_in_the_audit(store: Store, path: Path, empty_url: str) -> None:
    await with_register(store)
    summary = await copied(store, path)
    backups.restore(empty_url, path, now=NOW + timedelta(days=1))
    with beside(empty_url) as connection:
        (entry,) = audit.history(connection, "database")
    assert (entry.action, entry.actor, entry.at) == ("restored", "operator", NOW + timedelta(days=1))
    assert entry.detail == {
        "made_at": NOW.isoformat(),
        "from": summary.database,
        "rows": sum(summary.rows.values()),
    }


async def test_a_copy_of_what_was_restored_can_be_restored(
    store: Store, path: Path, tmp_path: Path, store_url: Callable[[str], str]
) -> None:
    """Into the one kind, and from there into the other."""
    await with_everything(store)
    before = await store.read(contents)
    await copied(store, path)
    for backend in (*BACKENDS, *BACKENDS):
        url = store_url(backend)
        backups.restore(url, path, now=NOW)
        path = tmp_path / f"{path.stem}-{backend}"
        with beside(url) as connection:
            backups.write(connection, path, now=NOW)
            assert contents(connection) == before


async def test_a_copy_is_of_one_moment_while_others_write(store: Store, path: Path) -> None:
    """A draft and its audit are one change: a copy has both or neither."""
    await with_register(store)
    is_copying = True

    async def write() -> int:
        number = 0
        while is_copying:
            number += 1
            await do(store, partial(drafts.create, draft=a_draft(f"draft-{number}")))
        return number

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    summary = await copied(store, path)
    is_copying = False
    assert await writing > summary.rows["draft"] > 0
    audited = [row for row in rows_of(path, "audit") if row[0].startswith("draft:")]
    assert len(audited) == summary.rows["draft"]


def rows_of(path: Path, table: str) -> list[list[Any]]:
    """Read by nobody's rules but those that the docs tell."""
    found, inside = [], False
    for said in map(json.loads, gzip.decompress(path.read_bytes()).splitlines()):
        if isinstance(said, dict):
            inside = said.get("table") == table
        elif inside:
            found.append(said)
    return found


async def test_a_copy_is_for_nobody_else_to_read(store: Store, path: Path) -> None:
    await with_register(store)
    await copied(store, path)
    assert left_beside(path) == {path.name: "0o600"}


def left_beside(path: Path) -> dict[str, str]:
    """The files with that name in theirs, and their modes."""
    there = (each for each in path.parent.iterdir() if path.name in each.name)
    return {each.name: oct(each.stat().st_mode & 0o777) for each in there}


async def test_a_copy_says_how_far_it_has_come(store: Store, path: Path, empty_url: str) -> None:
    await with_everything(store)
    told: list[tuple[str, int]] = []

    def progress(table: str, rows: int) -> None:
        told.append((table, rows))

    summary = await store.read(lambda connection: backups.write(connection, path, now=NOW, progress=progress))
    assert dict(told) == {name: rows for name, rows in summary.rows.items() if rows} != {}
    told.clear()
    backups.restore(empty_url, path, now=NOW, progress=progress)
    assert dict(told) == summary.rows


async def test_thousands_of_rows_are_copied(store: Store, path: Path, empty_url: str) -> None:
    """More than a batch, and not a whole number of them."""
    await with_register(store)

    def many(work: Any) -> None:
        for number in range(1203):
            drafts.create(work, a_draft(f"draft-{number}"))

    await do(store, many)
    before = await store.read(contents)
    await copied(store, path)
    backups.restore(empty_url, path, now=NOW)
    with beside(empty_url) as connection:
        assert contents(connection) == before


# What is refused.


async def test_a_file_that_is_there_is_not_written_over(store: Store, path: Path) -> None:
    await copied(store, path)
    before = backups.examine(path)
    await with_register(store)
    with pytest.raises(Refused) as refused:
        await copied(store, path)
    assert (refused.value.key, backups.examine(path)) == ("exists", before)


async def test_a_folder_that_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        await copied(store, tmp_path / "nowhere" / "copy")
    assert (refused.value.key, refused.value.details) == ("no_folder", {"folder": tmp_path / "nowhere"})


async def test_another_schema_is_not_copied(store: Store, url: str, path: Path) -> None:
    with beside(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(Refused) as refused:
        await copied(store, path)
    assert (refused.value.key, left_beside(path)) == ("other_schema", {})


async def test_a_failed_copy_leaves_nothing(store: Store, path: Path) -> None:
    await with_register(store)

    def fail(table: str, rows: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await store.read(lambda connection: backups.write(connection, path, now=NOW, progress=fail))
    assert left_beside(path) == {}


async def test_a_living_database_is_not_restored_over(store: Store, url: str, path: Path) -> None:
    await with_register(store)
    await copied(store, path)
    before = await store.read(contents)
    with pytest.raises(Refused) as refused:
        backups.restore(url, path, now=NOW)
    assert refused.value.key == "living"
    assert await store.read(contents) == before


async def test_one_row_anywhere_makes_a_database_living(store: Store, path: Path, empty_url: str) -> None:
    await copied(store, path)
    with beside(empty_url) as connection:
        connection.execute(text("INSERT INTO revision VALUES ('probe', 1)"))
    with pytest.raises(Refused) as refused:
        backups.restore(empty_url, path, now=NOW)
    assert refused.value.key == "living"


async def test_an_old_living_database_is_not_even_migrated(store: Store, path: Path, tmp_path: Path) -> None:
    await copied(store, path)
    old = f"sqlite:///{tmp_path / 'old.db'}"
    migrate(old, "0002")
    with beside(old) as connection:
        connection.execute(text("INSERT INTO revision VALUES ('probe', 1)"))
    with pytest.raises(Refused):
        backups.restore(old, path, now=NOW)
    with beside(old) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0002"


def repacked(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    """The file with other lines in it, and a digest that fits them."""
    lines = change(gzip.decompress(path.read_bytes()).splitlines(keepends=True))
    end = json.loads(lines[-1]) | {"sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest()}
    path.write_bytes(gzip.compress(b"".join([*lines[:-1], json.dumps(end).encode()])))
    return path


def with_header(**changes: object) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [json.dumps(json.loads(lines[0]) | changes).encode() + b"\n", *lines[1:]]


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "not there": ("no_file", lambda path: path.unlink()),
    "a folder": ("no_file", into_folder),
    "empty": ("damaged", lambda path: path.write_bytes(b"")),
    "something else": ("damaged", lambda path: path.write_text("hello")),
    "something else, packed": ("damaged", lambda path: path.write_bytes(gzip.compress(b"hello"))),
    "JSON of another kind": ("not_a_backup", lambda path: path.write_bytes(gzip.compress(b'{"a":1}\n'))),
    "half of it": ("damaged", lambda path: os.truncate(path, path.stat().st_size // 2)),
    "without its last byte": ("damaged", lambda path: os.truncate(path, path.stat().st_size - 1)),
    "without its end": (
        "damaged",
        lambda path: path.write_bytes(
            gzip.compress(b"".join(gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:-1]))
        ),
    ),
    "a row taken out": (
        "damaged",
        lambda path: path.write_bytes(
            gzip.compress(
                b"".join(
                    line
                    for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)
                    if b"Fauske kommune" not in line
                )
            )
        ),
    ),
    "a letter changed": (
        "damaged",
        lambda path: path.write_bytes(
            gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Fauske", b"Flauske"))
        ),
    ),
    "of a newer format": ("newer", lambda path: repacked(path, with_header(forumbot_backup=2))),
    "of a newer schema": ("newer", lambda path: repacked(path, with_header(revision="9999"))),
    "with fewer rows than it says": (
        "damaged",
        lambda path: repacked(path, lambda lines: [each for each in lines if b'"uit"' not in each]),
    ),
    "with a row twice": (
        "does_not_fit",
        lambda path: repacked(
            path, lambda lines: [line for each in lines for line in [each] * (1 + (b"Eier i" in each))]
        ),
    ),
}


async def test_a_file_that_is_not_whole_changes_nothing(
    store: Store, path: Path, tmp_path: Path, empty_url: str
) -> None:
    await with_register(store)
    await copied(store, path)
    for name, (key, spoil) in SPOILED.items():
        spoiled = tmp_path / name
        shutil.copy(path, spoiled)
        spoil(spoiled)
        with pytest.raises(Refused) as refused:
            backups.restore(empty_url, spoiled, now=NOW)
        assert (name, refused.value.key) == (name, key)
        assert nothing_in(empty_url), name


async def test_what_does_not_hold_together_is_not_kept_unless_asked(
    store: Store, url: str, path: Path, empty_url: str
) -> None:
    await with_everything(store)
    with beside(url) as connection:
        connection.execute(text("UPDATE case_counter SET last = last + 1"))
    await copied(store, path)
    with pytest.raises(Faulty) as faulty:
        backups.restore(empty_url, path, now=NOW)
    assert [(fault.subject, fault.what) for fault in faulty.value.findings.faults] == [
        ("case:2023-DEKOM-003", "number_missing")
    ]
    assert nothing_in(empty_url)
    _, findings = backups.restore(empty_url, path, now=NOW, despite_faults=True)
    assert findings == faulty.value.findings
    assert not nothing_in(empty_url)


# Other schemas.


@pytest.fixture
def bare_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    made: str = request.getfixturevalue("new_postgresql")()
    with beside(made) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return made


def test_a_file_needs_no_tables_to_be_there(bare_url: str, tmp_path: Path, path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'source.db'}"
    migrate(source)
    asyncio.run(_furnished(source, path))
    backups.restore(bare_url, path, now=NOW)
    with beside(bare_url) as connection:
        assert is_current(connection)
        assert (
            connection.execute(select(func.count()).select_from(metadata.tables["draft"])).scalar_one() == 4
        )


async def _furnished(url: str, path: Path) -> None:
    store = Store(url)
    await store.start()
    await with_everything(store)
    await copied(store, path)
    await store.close()


Columns = Mapping[str, tuple[str, ...]]  # of each table


def columns_at(revision: str, folder: Path) -> Columns:
    """Of those that there are still: what was taken away since has nothing to be compared with."""
    url = f"sqlite:///{folder / revision}.db"
    migrate(url, revision)
    with beside(url) as connection:
        looked = inspect(connection)
        return {
            name: tuple(each["name"] for each in looked.get_columns(name) if each["name"] in table.c)
            for name, table in metadata.tables.items()
            if looked.has_table(name)
        }


def as_of(path: Path, revision: str, known: Columns) -> Path:
    """The copy as a program of that revision would have made it: without what its tables had not."""

    def fewer(lines: list[bytes]) -> list[bytes]:
        header, *rest, end = map(json.loads, lines)
        said, rows, kept = [header | {"revision": revision}], dict[str, int](), list[int]()
        table = ""
        for each in rest:
            if isinstance(each, dict):
                table, columns = each["table"], list(each["columns"])
                kept = [place for place, name in enumerate(columns) if name in known.get(table, ())]
                each["columns"] = {columns[place]: each["columns"][columns[place]] for place in kept}
            if table in known:
                said.append(each if isinstance(each, dict) else [each[place] for place in kept])
                rows[table] = rows.get(table, -1) + 1
        return [json.dumps(each).encode() + b"\n" for each in (*said, end | {"rows": rows})]

    return repacked(path, fewer)


def contents_of(url: str, known: Columns) -> Contents:
    """What stands in these columns, but for the note that it was restored."""
    with beside(url) as connection:
        return {
            name: sorted(
                (
                    tuple(row[column] for column in columns)
                    for row in connection.execute(select(metadata.tables[name])).mappings()
                    if row.get("subject") != "database"
                ),
                key=repr,
            )
            for name, columns in known.items()
        }


@pytest.fixture(scope="module", params=[f"{number:04d}" for number in range(1, int(HEAD))])
def earlier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Columns]:
    return request.param, columns_at(request.param, tmp_path_factory.mktemp("earlier"))


@pytest.fixture
async def old(store: Store, path: Path, earlier: tuple[str, Columns]) -> Path:
    """A copy of an earlier schema, with a row in every table that there was."""
    await with_everything(store)
    await copied(store, path)
    return as_of(path, *earlier)


def test_a_file_of_an_earlier_schema_is_brought_to_the_present_one(
    old: Path, url: str, bare_url: str, earlier: tuple[str, Columns]
) -> None:
    revision, known = earlier
    summary, findings = backups.restore(bare_url, old, now=NOW)
    assert (summary.revision, findings.faults) == (revision, ())
    assert contents_of(bare_url, known) == contents_of(url, known)
    with beside(bare_url) as connection:
        assert is_current(connection)
        assert checks.verify(connection).faults == ()
        (entry,) = audit.history(connection, "database")
    assert entry.action == "restored"


async def test_what_the_present_schema_does_not_take_changes_nothing(
    store: Store, path: Path, bare_url: str, tmp_path: Path
) -> None:
    """Two cases with the same priority, which a program of the first schema did not see to."""
    await with_everything(store)
    await copied(store, path)
    as_of(path, "0001", columns_at("0001", tmp_path))
    one, two = (rb"priority_by_network\":%d" % number for number in (1, 2))
    repacked(path, lambda lines: [each.replace(two, one) for each in lines])
    with pytest.raises(Refused) as refused:
        backups.restore(bare_url, path, now=NOW)
    assert refused.value.key == "does_not_fit"
    assert nothing_in(bare_url)


async def test_a_file_of_an_earlier_schema_does_not_go_into_newer_tables(
    store: Store, path: Path, empty_url: str
) -> None:
    await copied(store, path)
    repacked(path, with_header(revision="0002"))
    with pytest.raises(Refused) as refused:
        backups.restore(empty_url, path, now=NOW)
    assert refused.value.key == "newer_tables"


# Killed.


@pytest.mark.parametrize("moment", ["organisation", "card_instance", "rename"])
async def test_a_backup_that_is_killed_leaves_no_half_file(
    store: Store, url: str, path: Path, moment: str
) -> None:
    await with_everything(store)
    killed(victim_of_backup.back_up, url, path, moment)
    assert path.name not in left_beside(path)
    summary = await copied(store, path)
    assert backups.examine(path) == summary


@pytest.mark.parametrize("moment", ["organisation", "card_instance", "commit"])
async def test_a_restore_that_is_killed_leaves_an_empty_database(
    store: Store, path: Path, empty_url: str, moment: str
) -> None:
    await with_everything(store)
    await copied(store, path)
    killed(victim_of_backup.restore, empty_url, path, moment)
    assert nothing_in(empty_url)
    _, findings = backups.restore(empty_url, path, now=NOW)
    assert findings.faults == ()


# Loaded, and nothing is brought to the present schema; all of it is, but it is not said so; all is done, not committed.
@pytest.mark.parametrize("moment", ["upgrade", "version", "commit"])
def test_a_restore_of_an_earlier_schema_that_is_killed_leaves_an_empty_database(
    old: Path, url: str, bare_url: str, earlier: tuple[str, Columns], moment: str
) -> None:
    _, known = earlier
    killed(victim_of_backup.restore, bare_url, old, moment)
    assert nothing_in(bare_url)
    with beside(bare_url) as connection:
        assert inspect(connection).get_table_names() == []
    backups.restore(bare_url, old, now=NOW)
    assert contents_of(bare_url, known) == contents_of(url, known)


async def test_a_restore_that_is_killed_after_its_commit_is_whole(
    store: Store, path: Path, empty_url: str
) -> None:
    await with_everything(store)
    before = await store.read(contents)
    await copied(store, path)
    killed(victim_of_backup.restore, empty_url, path, "the end")
    with beside(empty_url) as connection:
        assert (contents(connection), checks.verify(connection).faults) == (before, ())
