from collections.abc import AsyncIterator, Callable

import pytest

from tests.conversations.harness import Town, enrol_everybody


@pytest.fixture
async def town(store_url: Callable[[str], str]) -> AsyncIterator[Town]:
    town = Town(store_url("sqlite"))
    await town.start()
    await town.work(enrol_everybody)
    yield town
    await town.store.close()
