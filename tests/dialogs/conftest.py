"""A town for each test, copied from one whose people have been enrolled once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.harness import Town, enrol_everybody
from tests.dialogs.bench import Posted, furnish


@pytest.fixture(scope="session")
def enrolled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("enrolled") / "enrolled.db")
    asyncio.run(_enrol(f"sqlite:///{path}"))
    return Path(path)


async def _enrol(url: str) -> None:
    town = Town(url)
    await town.start()
    await town.work(enrol_everybody)
    await town.store.close()


@pytest.fixture
async def town(enrolled: Path, tmp_path: Path) -> AsyncIterator[Town]:
    town = Town(f"sqlite:///{shutil.copy(enrolled, tmp_path / 'town.db')}")
    await town.start()
    yield town
    await town.store.close()


@pytest.fixture
async def shown(town: Town) -> dict[str, Posted]:
    """The cards that the owner has before them, one of every kind."""
    return await furnish(town)
