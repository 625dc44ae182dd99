"""docs/staff.md and its nynorsk twin name commands that the bot understands, and buttons and notices that it has."""

import re
from functools import cache
from pathlib import Path

import pytest

from bot.cli import _parser
from dialogs import commands
from dialogs.commands import ARGUMENTS
from dialogs.texts import catalogue

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"nb": "staff.md", "nn": "staff.nn.md"}
BUTTONS = ("button.", "needs_report.submit", "send_back.submit", "extension.submit", "register.role_card.")


@cache
def page(language: str) -> str:
    return (DOCS / PAGES[language]).read_text(encoding="utf-8")


def typed(language: str) -> list[str]:
    return [text for text in re.findall(r"`([^`\n]+)`", page(language)) if not text.startswith("forumbot ")]


def meant(language: str) -> list[str]:
    """The commands that stand there, in order; "?" for what is none."""
    found = [commands.exact(text, question_open=False) for text in typed(language)]
    return [command.name if command else "?" for command in found]


@pytest.mark.parametrize("language", PAGES)
def test_what_stands_there_to_be_typed_is_a_command(language: str) -> None:
    named = zip(typed(language), meant(language), strict=True)
    assert [text for text, name in named if name == "?"] == []


@pytest.mark.parametrize("language", PAGES)
def test_examples_are_whole(language: str) -> None:
    """What stands behind a command is read as what the command takes, also while a question is open."""
    of_a_case = {
        "new_version",
        "copy",
        "withdraw",
        "send_back",
        "correct",
        "differences",
        "history",
        "journal",
    }
    given = [commands.exact(text, question_open=True) for text in typed(language)]
    assert {command.name for command in given if command and command.argument} >= of_a_case


@pytest.mark.parametrize("language", PAGES)
def test_every_command_is_told_of(language: str) -> None:
    assert set(meant(language)) == set(ARGUMENTS)


def test_the_pages_say_the_same() -> None:
    """The same commands in the same order, under as many headings, with pictures of the same cards."""
    assert meant("nb") == meant("nn")
    for pattern in (r"^#+ ", r"^\|", r"^\d\. ", r"\w+\.png"):
        found = {language: re.findall(pattern, page(language), re.MULTILINE) for language in PAGES}
        assert found["nb"] == found["nn"]


@pytest.mark.parametrize("language", PAGES)
def test_buttons_are_called_what_they_are_called(language: str) -> None:
    """Bold is a button, unless a colon is in it."""
    texts = catalogue(language)
    buttons = [_with_anything(str(text)) for key, text in texts.items() if key.startswith(BUTTONS)]
    bold = [text for text in re.findall(r"\*\*([^*\n]+)\*\*", page(language)) if not text.endswith(":")]
    assert bold
    assert [text for text in bold if not any(button.fullmatch(text) for button in buttons)] == []


def _with_anything(text: str) -> re.Pattern[str]:
    """The text, with anything where it has a detail: `Send til {count}`."""
    return re.compile(r"\S+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", text)))


@pytest.mark.parametrize("language", PAGES)
def test_notices_are_called_what_they_are_called(language: str) -> None:
    section = re.split(r"^## Vars(?:ler|el) du får$", page(language), flags=re.MULTILINE)[1].partition(
        "\n## "
    )[0]
    named = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[1:]
    titles = {text for key, text in catalogue(language).items() if re.fullmatch(r"notice\.\w+_title", key)}
    assert len(named) == 6
    assert [name for name in named if name not in titles] == []


@pytest.mark.parametrize("language", PAGES)
def test_commands_of_the_program_are_those_that_there_are(language: str) -> None:
    known = {name for action in _parser(serves=False)._actions for name in action.choices or ()}
    named = re.findall(r"`forumbot ([a-z-]+)", page(language))
    assert named
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("language", PAGES)
def test_links_lead_somewhere(language: str) -> None:
    linked = re.findall(r"\]\(([^)]+)\)", page(language))
    assert [name for name in linked if not (DOCS / name).exists()] == []
