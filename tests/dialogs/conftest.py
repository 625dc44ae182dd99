"""A town for each test, copied from one that was furnished once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.conversations.harness import Town
from tests.dialogs.bench import Posted, furnish, furnish_office

Furnished = tuple[Path, dict[str, Posted]]


@pytest.fixture(scope="session")
def furnished(sqlite_of_everybody: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    path = tmp_path_factory.mktemp("furnished") / "town.db"
    shutil.copy(sqlite_of_everybody, path)
    return path, asyncio.run(_furnish(path, furnish))


@pytest.fixture(scope="session")
def furnished_office(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    path = tmp_path_factory.mktemp("office") / "town.db"
    shutil.copy(furnished[0], path)
    return path, furnished[1] | asyncio.run(_furnish(path, furnish_office, first_id=1_000))


async def _furnish(
    path: Path, furnish: Callable[[Town], Awaitable[dict[str, Posted]]], *, first_id: int = 1
) -> dict[str, Posted]:
    async with _a_town(path, first_id) as town:
        return await furnish(town)


@asynccontextmanager
async def _a_town(path: Path, first_id: int) -> AsyncIterator[Town]:
    town = Town(f"sqlite:///{path}")
    town._ids = count(first_id)  # those below are taken
    await town.start()
    yield town
    await town.store.close()


@pytest.fixture
async def town(furnished: Furnished, tmp_path: Path) -> AsyncIterator[Town]:
    async with _a_town(Path(shutil.copy(furnished[0], tmp_path / "town.db")), 10_000) as town:
        yield town


@pytest.fixture
def shown(furnished: Furnished) -> dict[str, Posted]:
    """The cards that the owner has before them, one of every kind."""
    return furnished[1]


@pytest.fixture
async def office(furnished_office: Furnished, tmp_path: Path) -> AsyncIterator[Town]:
    async with _a_town(Path(shutil.copy(furnished_office[0], tmp_path / "office.db")), 10_000) as town:
        yield town


@pytest.fixture
def dealt(furnished_office: Furnished) -> dict[str, Posted]:
    """The owner's cards, and in the office's town those that the secretariat and a university have before them."""
    return furnished_office[1]
