from collections.abc import AsyncIterator, Callable

import pytest

from tests.conftest import BACKENDS
from tests.conversations.harness import Town, enrol_everybody


@pytest.fixture(params=BACKENDS)
async def town(request: pytest.FixtureRequest, store_url: Callable[[str], str]) -> AsyncIterator[Town]:
    """A bot with everybody of the demo register enrolled; every conversation is had on each database."""
    town = Town(store_url(request.param))
    await town.start()
    await town.work(enrol_everybody)
    yield town
    await town.store.close()
