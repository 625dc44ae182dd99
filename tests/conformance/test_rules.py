"""docs/rules.md names for every rule a source, how it is known, and something in the code that holds it."""

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

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


def _found(name: str) -> object:
    """What `module:name` is in the code. A module or name that is not there is an error that says so."""
    module, _, path = name.partition(":")
    return reduce(getattr, path.split("."), import_module(module))
