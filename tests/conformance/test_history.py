"""Everything that the audit can hold has its words, so that a history says what was done and not a key."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from dialogs.texts import catalogue, languages
from domain.roster import What

ROOT = Path(__file__).parents[2]
PREFIX = "history.did."
# Said of what is recorded, and not recorded under that name.
SAID = {"saved_often", "shared", "unshared", "other"}
# What others than `audit.record`'s own callers give it, by how it is written there.
KNOWN = {"str(change.what)": {str(what) for what in What}}


def modules() -> Iterator[ModuleType]:
    for package in ("store", "dialogs", "scheduler", "bot"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and "record(" in path.read_text(encoding="utf-8"):
                yield import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def recorded(module: ModuleType) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    records = [call for call in calls if ast.unparse(call.func) in ("audit.record", "record")]
    return {action for call in records for action in _actions(module, tree, call.args[2])}


def _actions(module: ModuleType, tree: ast.Module, expression: ast.expr) -> set[str]:
    written = ast.unparse(expression)
    match expression:
        case ast.Constant(value=str() as action):
            return {action}
        case ast.IfExp(body=one, orelse=other):
            return _actions(module, tree, one) | _actions(module, tree, other)
        case ast.Subscript(value=ast.Name(id=table)):
            return set(getattr(module, table).values())
        case ast.Name(id=name) if isinstance(getattr(module, name, None), str):
            return {getattr(module, name)}
        case ast.Name(id=name):
            return _given_as(tree, name)
    return KNOWN[written]


def _given_as(tree: ast.Module, name: str) -> set[str]:
    """Every text that an argument of that name gets in the module, by default or in a call."""
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == name and isinstance(node.value, ast.Constant):
            found.add(str(node.value.value))
        if isinstance(node, ast.FunctionDef):
            defaults = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            found |= {
                str(default.value)
                for argument, default in defaults
                if argument.arg == name and isinstance(default, ast.Constant)
            }
    assert found, name
    return found


ACTIONS = set[str]().union(*map(recorded, modules()))


def test_actions_are_found_however_they_are_written() -> None:
    assert {"created", "saved", "submitted", "discarded", "moved", "erased", "restored", "ended"} <= ACTIONS


@pytest.mark.parametrize("language", languages())
def test_every_action_that_the_audit_holds_has_its_words(language: str) -> None:
    worded = {key.removeprefix(PREFIX) for key in catalogue(language) if key.startswith(PREFIX)}
    assert ACTIONS - worded == set()
    assert worded - ACTIONS == SAID, "said of nothing that is ever done"
