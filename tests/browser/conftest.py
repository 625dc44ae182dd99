"""A stand-in as `make run` starts it, and one browser that all tests share: Debian's Chromium, which must be there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.hand import Hand

CHROMIUM = "/usr/bin/chromium"
PROGRAM = Path(sys.executable).with_name("forumbot")
PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]  # CI is root, which Chromium's sandbox does not take
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=flags)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a stand-in for the tests of one file."""
    command = [str(PROGRAM), "play", "--port", "0", "--bot-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            port = next(found[1] for line in process.stdout if (found := re.search(r"--port (\d+)", line)))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


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
