"""Every card in every language: the published schema, Teams' limits, and what person-written text may not do."""

import inspect
import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any

import adaptive_cards
import jsonschema
import pytest

from dialogs import cards
from dialogs.cards.parts import Element
from dialogs.texts import languages, texts
from tests.conformance.example_cards import EVERY
from tests.conformance.teams_extras import published

EVERYWHERE = [(language, name) for language in languages() for name in EVERY]
MOST_ACTIONS, MOST_COLUMNS = 6, 3
PIECES = {"parts", "fields"}  # what cards are made of


@cache
def schema() -> jsonschema.Draft6Validator:
    text = files(adaptive_cards).joinpath("schemas/schema-1.5.json").read_text(encoding="utf-8")
    return jsonschema.Draft6Validator(json.loads(text))


@cache
def card(language: str, name: str) -> Element:
    return EVERY[name](texts(language))


def parts(element: Any) -> Iterator[Element]:
    """Every object of the card, the card itself first; fallbacks too."""
    if isinstance(element, dict):
        yield element
    for inner in element.values() if isinstance(element, dict) else element:
        if isinstance(inner, dict | list):
            yield from parts(inner)


def of_type(card: Element, prefix: str) -> list[Element]:
    return [part for part in parts(card) if str(part.get("type", "")).startswith(prefix)]


def builders() -> set[str]:
    """Every public function in `dialogs.cards` that makes a whole card."""
    modules = {
        module.name: import_module(f"{cards.__name__}.{module.name}")
        for module in iter_modules(cards.__path__)
    }
    return {
        f"{name}.{function.__name__}"
        for name, module in modules.items()
        if name not in PIECES
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not function.__name__.startswith("_")
        if function.__annotations__.get("return") is Element
    }


def test_every_card_has_an_example() -> None:
    assert {name.partition("/")[0] for name in EVERY} == builders()


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_card_keeps_to_the_published_schema(language: str, name: str) -> None:
    errors = list(schema().iter_errors(published(card(language, name))))
    assert [jsonschema.exceptions.best_match([error]).message for error in errors] == []


def test_the_schema_objects() -> None:
    """What is looked for is found: an unknown property, and a Teams extra without its fallback."""
    wrong = {**card("nb", "cases.case/status"), "body": [{"type": "TextBlock", "text": "x", "colour": "red"}]}
    assert not schema().is_valid(published(wrong))
    badge = {"type": "Badge", "fallback": {"type": "TextBlock", "text": "x", "colour": "red"}}
    assert not schema().is_valid(published({**wrong, "body": [badge]}))
