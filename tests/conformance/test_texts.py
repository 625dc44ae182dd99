"""Every language says the same things."""

from string import Formatter

import pytest

from dialogs.engine import Ask
from dialogs.forms import FORMS
from dialogs.texts import catalogue, languages


def placeholders(text: str | tuple[str, ...]) -> set[str] | None:
    return {name for _, name, _, _ in Formatter().parse(text) if name} if isinstance(text, str) else None


@pytest.mark.parametrize("language", languages())
def test_languages_have_the_same_keys_and_placeholders(language: str) -> None:
    default = {key: placeholders(text) for key, text in catalogue("nb").items()}
    assert {key: placeholders(text) for key, text in catalogue(language).items()} == default


def every_ask() -> list[tuple[str, Ask]]:
    return [(form.name, ask) for form in FORMS.values() for page in form.pages for ask in page.asks]


def test_every_question_has_a_label_and_a_help() -> None:
    wanted = {f"{form}.field.{ask.field}.{part}" for form, ask in every_ask() for part in ("label", "help")}
    assert wanted - set(catalogue("nb")) == set()


def test_no_text_is_empty() -> None:
    assert [key for code in languages() for key, text in catalogue(code).items() if not text] == []
