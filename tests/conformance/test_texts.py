"""Every language says the same things."""

import re
from string import Formatter

import pytest

from dialogs.engine import Ask
from dialogs.forms import FORMS
from dialogs.texts import catalogue, languages, texts


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


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("nb", "Det er 1 dag igjen.", "Det er 2 dager igjen."),
        ("nn", "Det er 1 dag igjen.", "Det er 2 dagar igjen."),
        ("en", "You have 1 day left.", "You have 2 days left."),
    ],
)
def test_a_number_brings_the_word_that_fits(language: str, one: str, several: str) -> None:
    t = texts(language)
    assert t("deadlines.open", year=2023, deadline="", days=1).endswith(one)
    assert t("deadlines.open", year=2023, deadline="", days=2).endswith(several)


@pytest.mark.parametrize("language", languages())
def test_every_number_with_words_can_be_told(language: str) -> None:
    """One word for one and one for several; a text that has a third is found here and not by a person."""
    for key, text in catalogue(language).items():
        names = placeholders(text) or set()
        if isinstance(text, str) and any(words for _, _, words, _ in Formatter().parse(text)):
            assert {"{", "|"} & set(texts(language)(key, **dict.fromkeys(names, 1))) == set(), key


@pytest.mark.parametrize(
    ("language", "otherwise"),
    [
        ("nb", r"\b(fil|cell|sak|melding)a\b"),
        ("nn", r"\b(svara på|svarar|lat|lèt|òg|høgskole|skole)\b"),
        ("en", r'"'),
    ],
)
def test_one_norm_is_held_throughout(language: str, otherwise: str) -> None:
    """Where the language leaves a choice, it was made once. People may type it either way."""
    texts_ = {key: text for key, text in catalogue(language).items() if isinstance(text, str)}
    assert [key for key, text in texts_.items() if re.search(otherwise, text, re.IGNORECASE)] == []
