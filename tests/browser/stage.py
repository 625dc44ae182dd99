"""What the page is tried with: a stand-in as `make run` starts it, and Debian's Chromium, which must be there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PROGRAM = Path(sys.executable).with_name("forumbot")


@contextmanager
def stand_in() -> Iterator[str]:
    """The address of one with an empty database."""
    command = [str(PROGRAM), "play", "--port", "0", "--bot-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            port = next(found[1] for line in process.stdout if (found := re.search(r"--port (\d+)", line)))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]  # CI is root, which Chromium's sandbox does not take
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
