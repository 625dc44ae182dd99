"""A stand-in for each file of tests, and one browser that all of them share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.hand import Hand
from tests.browser.stage import chromium, stand_in

PATIENCE_MS = 15_000  # also of what is expected to come: a machine may have much else to do
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a stand-in for the tests of one file."""
    with stand_in() as address:
        yield address


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, locale="nb-NO", color_scheme="light"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Nothing may go wrong on it unnoticed, and nothing be loaded from elsewhere."""
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda sent: None if "127.0.0.1" in sent.url else wrong.append(sent.url))
    yield page
    assert [each for each in wrong if not each.startswith("data:")] == []


@pytest.fixture
def hand(page: Page) -> Hand:
    return Hand(page)
