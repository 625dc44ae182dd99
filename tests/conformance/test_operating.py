"""docs/operating.md names metrics, settings, commands and log events that there are, and all of the metrics."""

import re
from pathlib import Path

from bot.cli import _parser
from bot.metrics import Metrics
from bot.settings import NAMES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
PARTS = ("bot", "dialogs", "scheduler", "store")


def test_metrics_are_those_that_are_counted() -> None:
    """The names as they stand on the page, where a counter ends in `_total`."""
    page = Metrics().page().decode()
    counted = {
        name for name in re.findall(r"^# TYPE (\w+) ", page, re.MULTILINE) if not name.endswith("_created")
    }
    named = set(re.findall(r"\bforumbot_[a-z_]+\b", TEXT))
    assert named == counted


def test_settings_are_those_that_there_are() -> None:
    assert set(re.findall(r"FORUMBOT_[A-Z_]+", TEXT)) - set(NAMES) == set()


def test_commands_are_those_that_there_are() -> None:
    actions = [action for action in _parser(serves=False)._actions if action.choices]
    commands = {name for action in actions for name in action.choices or ()}
    named = set(re.findall(r"(?:^    |`|/)forumbot ([a-z-]+)", TEXT, re.M))
    assert named - commands == set()
    assert {"serve", "migrate", "register", "teams-app", "backup", "verify", "status"} <= named


def test_log_events_are_those_that_are_logged() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for part in PARTS for path in (ROOT / part).rglob("*.py")
    )
    logged = set(re.findall(r'log\.\w+\(\s*(?:_level\([^)]*\), )?"([a-z_.]+)"', source))
    assert logged
    paragraph = TEXT.partition("The log is one JSON object")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_.]+)`", paragraph)) - {"event"}
    assert named == logged
