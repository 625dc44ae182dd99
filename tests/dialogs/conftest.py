"""A town for each test, copied from one that was furnished once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from tests.conversations.harness import Town, enrol_everybody
from tests.dialogs.bench import Posted, furnish

Furnished = tuple[Path, dict[str, Posted]]


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    path = tmp_path_factory.mktemp("furnished") / "town.db"
    shutil.copy(sqlite_template, path)
    return path, asyncio.run(_furnish(f"sqlite:///{path}"))


async def _furnish(url: str) -> dict[str, Posted]:
    town = Town(url)
    await town.start()
    await town.work(enrol_everybody)
    shown = await furnish(town)
    await town.store.close()
    return shown


@pytest.fixture
async def town(furnished: Furnished, tmp_path: Path) -> AsyncIterator[Town]:
    town = Town(f"sqlite:///{shutil.copy(furnished[0], tmp_path / 'town.db')}")
    town._ids = count(1000)  # those below are taken
    await town.start()
    yield town
    await town.store.close()


@pytest.fixture
def shown(furnished: Furnished) -> dict[str, Posted]:
    """The cards that the owner has before them, one of every kind."""
    return furnished[1]
