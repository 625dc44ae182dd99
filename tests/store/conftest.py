from collections.abc import AsyncIterator, Callable

import pytest

from store.work import Store
from tests.conftest import BACKENDS
from tests.store.builders import BUSY_SECONDS


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Every test that uses a database runs once on each."""
    name: str = request.param
    return name


@pytest.fixture
def url(backend: str, store_url: Callable[[str], str]) -> str:
    return store_url(backend)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = Store(url, busy_seconds=BUSY_SECONDS)
    await store.start()
    yield store
    await store.close()
