"""There is one way in, and it is guarded: shown on the running app, and on the code itself (teams.md, 12.2)."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.app import create_app
from bot.settings import Env, WrongSettings, load
from bot.teams.door import Door
from play.people import APP_ID, TENANT
from tests.http.conftest import House

ROOT = Path(bot.__file__).parents[1]
SERVING = ("bot", "dialogs", "domain", "scheduler", "store")


def trees() -> Iterator[tuple[str, ast.Module]]:
    for package in SERVING:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text())


def names_in(tree: ast.AST) -> set[str]:
    """Every name, attribute, definition, argument and import that the code speaks of."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name.rpartition(".")[2])
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=str(name)) | ast.keyword(arg=str(name)):
                found.add(name)
    return found


def texts_in(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


async def test_every_address_that_takes_something_refuses_who_shows_nothing(house: House) -> None:
    app = create_app(house.channel.edge, house.metrics, _ready)
    taking = {
        route.resource.canonical
        for route in app.router.routes()
        if route.resource and route.method not in ("GET", "HEAD")
    }
    assert taking == {"/api/messages"}
    assert (await house.post(headers={})).status == 401
    assert house.bot.turns == []


async def _ready() -> dict[str, bool]:
    return {}


ALL = {
    "APP_ID": APP_ID,
    "APP_TYPE": "SingleTenant",
    "TENANT_ID": TENANT,
    "APP_PASSWORD": "x" * 40,
    "LINK_KEY": "x" * 40,
    "LOG_KEY": "x" * 40,
}
LOOPBACK = {
    "SERVICE_HOSTS": "127.0.0.1:1",
    "OPENID_METADATA_URL": "http://127.0.0.1:1/v1/.well-known/openidconfiguration",
}


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("name", ["APP_ID", "APP_TYPE", "TENANT_ID", "APP_PASSWORD"])
@pytest.mark.parametrize("env", list(Env))
def test_no_bot_without_a_whole_registration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, env: Env, name: str, value: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    for known in [known for known in os.environ if known.startswith("FORUMBOT_")]:
        monkeypatch.delenv(known)
    for known, given in (ALL | {"ENV": env.value, name: value}).items():
        if given is not None:
            monkeypatch.setenv(f"FORUMBOT_{known}", given)
    with pytest.raises(WrongSettings, match=f"FORUMBOT_{name}"):
        _ = load().door(), load().registration()


@pytest.mark.parametrize("name", ["APP_ID", "APP_TYPE", "TENANT_ID"])
def test_not_on_loopback_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    for known, given in (ALL | LOOPBACK | {"ENV": "test"}).items():
        if known not in (name, "APP_PASSWORD"):
            monkeypatch.setenv(f"FORUMBOT_{known}", given)
    with pytest.raises(WrongSettings, match=f"FORUMBOT_{name}"):
        _ = load().door(), load().registration()


@pytest.mark.parametrize(
    ("app_id", "tenants", "origins"),
    [
        ("", {TENANT}, {"https://smba.trafficmanager.net"}),
        (APP_ID, set(), {"https://smba.trafficmanager.net"}),
        (APP_ID, {""}, {"https://smba.trafficmanager.net"}),
        (APP_ID, {TENANT}, set()),
    ],
)
def test_a_door_that_guards_nothing_cannot_be_made(app_id: str, tenants: set[str], origins: set[str]) -> None:
    """With an empty app id the SDK runs its handler for everybody. No settings lead to it; nor does code."""
    with pytest.raises(ValueError, match="guards nothing"):
        Door(app_id, frozenset(tenants), frozenset(origins))


FORBIDDEN_NAMES = {
    # Of the SDK: what has an anonymous mode, other issuers, or checks of its own that lead past ours.
    "is_authentication_disabled",
    "BotFrameworkAdapter",
    "CloudAdapter",
    "CloudAdapterBase",
    "ConfigurationBotFrameworkAuthentication",
    "BotFrameworkAuthenticationFactory",
    "PasswordServiceClientCredentialFactory",
    "SimpleCredentialProvider",
    "JwtTokenValidation",
    "EmulatorValidation",
    "ClaimsIdentity",
    "SkillValidation",
}


def test_nothing_of_the_sdk_that_could_let_somebody_past_is_used() -> None:
    assert {
        file: names & FORBIDDEN_NAMES for file, tree in trees() if (names := names_in(tree)) & FORBIDDEN_NAMES
    } == {}


def test_no_code_speaks_of_multi_tenant_or_anonymous() -> None:
    words = ("multitenant", "anonymous")
    found = {
        (file, text)
        for file, tree in trees()
        for text in texts_in(tree)
        if text.lower() in words
        or (text.lower().startswith("forumbot_") and any(word in text.lower() for word in words))
    }
    assert found == set()


def test_tokens_are_read_unverified_in_one_place_only() -> None:
    """And that place gives a `Claimed`, which nothing but `Verifier.verify` takes."""
    unverified = {file: texts_in(tree) & {"verify_signature"} for file, tree in trees()}
    assert [file for file, found in unverified.items() if found] == ["bot/teams/tokens.py"]
    decoding = {
        file
        for file, tree in trees()
        if names_in(tree) & {"decode_complete", "get_unverified_header", "PyJWS"}
    }
    assert decoding == {"bot/teams/tokens.py"}


def function(file: str, name: str) -> ast.AsyncFunctionDef | ast.FunctionDef:
    tree = dict(trees())[file]
    (found,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
    ]
    return found


def calls_in(node: ast.AST) -> list[str]:
    """The called names, in the order of the text."""
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    calls.sort(key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0))
    return [ast.unparse(call.func) for call in calls]


def test_the_checks_stand_in_a_row_without_a_branch() -> None:
    body = function("bot/teams/edge.py", "_authentic")
    assert not any(
        isinstance(node, (ast.If, ast.IfExp, ast.Try, ast.Match, ast.BoolOp, ast.While))
        for node in ast.walk(body)
    )
    assert [call for call in calls_in(body) if "headers" not in call] == [
        "_check_form",
        "self._verifier.read",
        "request.read",
        "_parsed",
        "self._door.check",
        "self._verifier.verify",
    ]


def test_a_turn_begins_in_one_place_and_after_the_checks() -> None:
    processing = [
        (file, node.name)
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for call in calls_in(node)
        if call.endswith("_adapter.process")
    ]
    assert processing == [("bot/teams/edge.py", "_turn")]
    calls = calls_in(function("bot/teams/edge.py", "messages"))
    assert calls.index("self._authentic") < calls.index("self._turn")
    assert sum(call.endswith("._turn") for _, tree in trees() for call in calls_in(tree)) == 1


def test_routes_are_handlers_of_the_app_alone() -> None:
    """Nothing but `bot/app.py` adds an address to the app; more come in as `more_routes`, from the wiring."""
    adding = {file for file, tree in trees() if {"add_routes", "add_route", "add_post"} & names_in(tree)}
    assert adding == {"bot/app.py"}
