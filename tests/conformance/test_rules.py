"""docs/rules.md names for every rule a source, how it is known, and something in the code that holds it."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

from dialogs.forms import FORMS
from domain.access import Action

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
COLUMNS = ["Rule", "Source", "Known", "Held by"]
KNOWN = {"stated", "read", "reported", "statute", "inferred", "unconfirmed"}


def _rows() -> list[list[str]]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


HEADS = [row for row in _rows() if row == COLUMNS]
RULES = [row for row in _rows() if row != COLUMNS and set("".join(row)) != {"-"}]


def test_tables_have_one_form() -> None:
    rulers = [row for row in _rows() if set("".join(row)) == {"-"}]
    assert len(HEADS) == len(rulers) > 0
    assert [row for row in _rows() if len(row) != len(COLUMNS)] == []


@pytest.mark.parametrize("row", RULES, ids=lambda row: row[0][:60])
def test_rule_is_sourced_and_held(row: list[str]) -> None:
    rule, source, known, held_by = row
    assert rule
    assert source
    assert known in KNOWN
    names = re.findall(r"`([\w.]+:[\w.]+)`", held_by)
    assert " ".join(f"`{name}`" for name in names) == held_by
    assert names
    assert [name for name in names if _found(name) is None] == []


def test_no_rule_stands_twice() -> None:
    rules = [row[0] for row in RULES]
    assert sorted(rules) == sorted(set(rules))


def _held() -> set[str]:
    return {name for row in RULES for name in re.findall(r"`([\w.]+:[\w.]+)`", row[3])}


def test_every_rule_of_a_report_is_listed() -> None:
    """The validators of the models, and the named conditions on which a question is asked or must be answered."""
    models = {form.model for form in FORMS.values()}
    rules = {
        f"{model.__module__}:{model.__name__}.{validator}"
        for model in models
        for validator in model.__pydantic_decorators__.field_validators
    }
    assert rules - _held() == set()
    conditions = {
        f"{condition.__module__}:{condition.__name__}"
        for form in FORMS.values()
        for page in form.pages
        for ask in page.asks
        for condition in (page.each, ask.when, ask.required, ask.each)
        if condition is not None and condition.__module__ != "dialogs.engine"
    }
    assert {name for name in conditions if "<lambda>" not in name} - _held() == set()


def test_every_right_is_listed() -> None:
    assert {f"domain.access:Action.{action.name}" for action in Action} - _held() == set()


def _found(name: str) -> object:
    """What `module:name` is in the code. A module or name that is not there is an error that says so."""
    module, _, path = name.partition(":")
    return reduce(getattr, path.split("."), import_module(module))
