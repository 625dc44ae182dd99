from collections.abc import AsyncIterator

import pytest

from tests.conversations.harness import Town


@pytest.fixture
async def town(url_of_everybody: str) -> AsyncIterator[Town]:
    """A bot with everybody of the demo register enrolled; every conversation is had on each database."""
    town = Town(url_of_everybody)
    await town.start()
    yield town
    await town.store.close()
