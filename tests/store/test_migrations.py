import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import store.migrations
from domain.errors import StoreUnavailable
from store.migrations import HEAD, is_current, migrate
from store.tables import metadata
from store.work import Store
from tests.store.builders import beside


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing has been done."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    made: str = request.getfixturevalue("new_postgresql")()
    with beside(made) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return made


def test_migrating_makes_the_tables_that_the_code_uses(empty_url: str) -> None:
    migrate(empty_url)
    with beside(empty_url) as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)
    with beside(empty_url) as connection:
        assert is_current(connection)


def test_priorities_of_cases_from_before_are_found(empty_url: str) -> None:
    migrate(empty_url, "0001")
    with beside(empty_url) as connection:
        connection.execute(
            text("INSERT INTO organisation (id, kind, name, is_example) VALUES ('1804', 'm', 'Bodø', false)")
        )
        for number, report in (("2023-DEKOM-001", '{"priority_by_network":3}'), ("2023-DEKOM-002", "{}")):
            connection.execute(
                text(
                    "INSERT INTO case_head VALUES"
                    " (:number, 'needs_report', 2023, 's', 'decentralised', 'salten', '1804', 't', 1, 1,"
                    " 'submitted', '2023-01-16 09:00:00', '2023-01-16 09:00:00', 'a', 1, 1)"
                ),
                {"number": number},
            )
            connection.execute(
                text("INSERT INTO case_version VALUES (:number, 1, '2023-01-16 09:00:00', 'a', :report)"),
                {"number": number, "report": report},
            )
    migrate(empty_url)
    with beside(empty_url) as connection:
        found = connection.execute(text("SELECT priority FROM case_head ORDER BY number")).scalars().all()
    assert found == [3, None]


def test_processes_that_migrate_at_the_same_time_do_not_disturb_each_other(empty_url: str) -> None:
    command = [sys.executable, "-c", f"from store.migrations import migrate; migrate({empty_url!r})"]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]


def test_the_head_known_to_the_code_is_that_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_an_empty_database_is_not_ready(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    unmigrated = Store(empty_url)
    await unmigrated.start()
    assert not await unmigrated.is_ready()
    await unmigrated.close()


async def test_another_schema_is_not_ready(url: str) -> None:
    with beside(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = Store(url)
    await newer.start()
    assert not await newer.is_ready()
    await newer.close()


def test_migrating_where_there_is_no_place_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        migrate(f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}")


def test_a_new_file_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'new.db'}")
    assert oct((tmp_path / "new.db").stat().st_mode & 0o777) == "0o600"


def test_serving_does_not_load_the_migration_machinery() -> None:
    code = (
        "import sys, store.work, store.cases, store.views, store.outbox, store.enrolment, store.conversations;"
        "print([name for name in ('alembic', 'mako', 'sqlalchemy.orm') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout == "[]\n"
