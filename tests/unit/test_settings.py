"""Start-up stops at whatever is unknown, empty, missing or unsafe, names it, and shows no secret."""

import ast
import os
from pathlib import Path
from typing import Any

import pytest

from bot import settings as module
from bot.settings import NAMES, AppType, Env, Settings, WrongSettings, load
from bot.teams.credentials import Proof, Registration
from bot.teams.door import Door
from bot.teams.keys import MICROSOFT

APP = "11111111-1111-4111-8111-111111111111"
TENANT = "99999999-9999-4999-8999-999999999999"
OTHER = "88888888-8888-4888-8888-888888888888"
SECRET = "hemmelig-og-lang-nok-til-aa-vaere-en-noekkel"

PRODUCTION = {
    "APP_ID": APP,
    "APP_TYPE": "SingleTenant",
    "TENANT_ID": TENANT,
    "APP_PASSWORD": SECRET,
    "LINK_KEY": SECRET,
    "LOG_KEY": SECRET,
}
DEVELOPMENT = {
    "ENV": "development",
    "APP_ID": APP,
    "APP_TYPE": "SingleTenant",
    "TENANT_ID": TENANT,
    "SERVICE_HOSTS": "127.0.0.1:3979",
    "OPENID_METADATA_URL": "http://127.0.0.1:3979/v1/.well-known/openidconfiguration",
}
EVERYTHING = PRODUCTION | {
    "ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://bot:hemmelig@db/forumbot",
    "TENANTS": f"{TENANT}, {OTHER}",
    "SERVICE_HOSTS": "smba.trafficmanager.net",
    "OPENID_METADATA_URL": MICROSOFT,
    "FORUM": "nordland",
    "HOST": "0.0.0.0",
    "PORT": "8080",
    "PUBLIC_URL": "https://forum.example.no",
    "SMTP_URL": "smtps://bot:hemmelig@mail.example.no",
    "MAIL_FROM": "forum@example.no",
    "LANGUAGE": "nn",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("FORUMBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], **changes: str | None) -> Settings:
    for name, value in (values | changes).items():
        if value is not None:
            monkeypatch.setenv(f"FORUMBOT_{name}", value)
    return load()


def refusal(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], **changes: str | None) -> str:
    with pytest.raises(WrongSettings) as wrong:
        start(loaded(monkeypatch, values, **changes))
    assert "hemmelig" not in str(wrong.value)
    assert wrong.value.__cause__ is None
    return str(wrong.value)


def start(settings: Settings) -> tuple[Door, Registration]:
    """What `serve` asks for."""
    settings.require("link_key", "log_key")
    return settings.door(), settings.registration()


# What there is.


def test_every_setting_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, EVERYTHING)
    assert (settings.env, settings.app_type, settings.port) == (Env.PRODUCTION, AppType.SINGLE_TENANT, 8080)
    assert settings.tenants == (TENANT, OTHER)
    assert (settings.language, settings.mail_from) == ("nn", "forum@example.no")
    assert start(settings) == (
        Door(APP, frozenset({TENANT, OTHER}), frozenset({"https://smba.trafficmanager.net"})),
        Registration(APP, TENANT, Proof.SECRET, SECRET),
    )


def test_defaults() -> None:
    settings = load()
    assert settings.env is Env.PRODUCTION
    assert settings.database_url.get_secret_value() == "sqlite:///forumbot.db"
    assert (settings.host, settings.port, settings.forum, settings.language) == (
        "127.0.0.1",
        3978,
        "nordland",
        "nb",
    )
    assert settings.openid_metadata_url == MICROSOFT
    assert settings.origins == {"https://smba.trafficmanager.net"}


def test_the_names_are_those_of_the_contract() -> None:
    assert set(NAMES) == {f"FORUMBOT_{name}" for name in EVERYTHING} | {"FORUMBOT_APP_CERTIFICATE"}


def test_the_tenant_is_the_one_that_may_write_unless_others_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert loaded(monkeypatch, PRODUCTION).door().tenants == {TENANT}


def test_ids_are_compared_in_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(
        monkeypatch,
        PRODUCTION,
        TENANT_ID="ABCDEF00-1111-4111-8111-111111111111",
        TENANTS="ABCDEF00-1111-4111-8111-111111111111",
    )
    assert settings.door().tenants == {"abcdef00-1111-4111-8111-111111111111"}


# What stops the start.


@pytest.mark.parametrize("name", [*EVERYTHING, "APP_CERTIFICATE"])
@pytest.mark.parametrize("empty", ["", " "])
def test_each_value_empty(monkeypatch: pytest.MonkeyPatch, name: str, empty: str) -> None:
    assert f"FORUMBOT_{name}: empty" in refusal(monkeypatch, EVERYTHING, **{name: empty})


@pytest.mark.parametrize("name", [*EVERYTHING, "APP_CERTIFICATE"])
def test_each_value_nonsense_or_harmless(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Text of the right form is taken where any text has meaning; elsewhere the name stands in the refusal."""
    free = {"APP_PASSWORD", "FORUM", "HOST"}
    if name in free:
        start(loaded(monkeypatch, EVERYTHING, **{name: "!hemmelig!"}))
    else:
        assert f"FORUMBOT_{name}:" in refusal(monkeypatch, EVERYTHING, **{name: "!hemmelig!"})


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "APP_PASSWORD"])
def test_each_needed_value_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert refusal(monkeypatch, PRODUCTION, **{name: None}) == f"FORUMBOT_{name}: missing"


def test_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(monkeypatch, PRODUCTION, APP_PASSWORD=None)
    assert told == "FORUMBOT_APP_PASSWORD or FORUMBOT_APP_CERTIFICATE: missing"


@pytest.mark.parametrize(
    "name", ["FORUMBOT_APPID", "FORUMBOT_", "forumbot_debug", "FORUMBOT_AUTH", "FORUMBOT_DEV_NO_AUTH"]
)
def test_an_unknown_setting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "hemmelig")
    assert refusal(monkeypatch, PRODUCTION) == f"{name}: no such setting"


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(monkeypatch, EVERYTHING, PORT="99999", APP_ID="x", LOG_KEY="kort")
    assert {line.partition(":")[0] for line in told.splitlines()} == {
        "FORUMBOT_PORT",
        "FORUMBOT_APP_ID",
        "FORUMBOT_LOG_KEY",
    }


@pytest.mark.parametrize("app_type", ["MultiTenant", "multitenant", "SystemAssignedMSI", "singletenant"])
def test_other_registrations_are_refused(monkeypatch: pytest.MonkeyPatch, app_type: str) -> None:
    assert "FORUMBOT_APP_TYPE" in refusal(monkeypatch, PRODUCTION, APP_TYPE=app_type)


def test_a_managed_identity_needs_no_credential_and_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "FORUMBOT_APP_TYPE" in refusal(monkeypatch, PRODUCTION, APP_TYPE="UserAssignedMSI")
    monkeypatch.delenv("FORUMBOT_APP_PASSWORD")
    assert load().registration() == Registration(APP, TENANT, Proof.MANAGED_IDENTITY)


def test_a_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "bot.pem"
    assert "FORUMBOT_APP_CERTIFICATE" in refusal(
        monkeypatch, PRODUCTION, APP_PASSWORD=None, APP_CERTIFICATE=str(file)
    )
    file.write_text("pem")
    assert load().registration() == Registration(APP, TENANT, Proof.CERTIFICATE, str(file))
    assert "FORUMBOT_APP_PASSWORD" in refusal(monkeypatch, PRODUCTION)


# Production is strict.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_HOSTS", "http://smba.trafficmanager.net"),
        ("SERVICE_HOSTS", "127.0.0.1:3979"),
        ("SERVICE_HOSTS", "https://127.0.0.1"),
        ("SERVICE_HOSTS", "localhost"),
        ("SERVICE_HOSTS", "[::1]"),
        ("SERVICE_HOSTS", "smba.trafficmanager.net:8443"),
        ("SERVICE_HOSTS", "smba.trafficmanager.net,127.0.0.1:3979"),
        ("SERVICE_HOSTS", "smba.trafficmanager.net,"),
        ("SERVICE_HOSTS", "*.trafficmanager.net"),
        ("SERVICE_HOSTS", "smba.trafficmanager.net/emea"),
        ("SERVICE_HOSTS", "user@smba.trafficmanager.net"),
        ("OPENID_METADATA_URL", "http://127.0.0.1:3979/v1/.well-known/openidconfiguration"),
        ("OPENID_METADATA_URL", "https://localhost/v1/.well-known/openidconfiguration"),
        ("OPENID_METADATA_URL", "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"),
        ("PUBLIC_URL", "http://forum.example.no"),
        ("PUBLIC_URL", "http://127.0.0.1:3978"),
        ("PUBLIC_URL", "https://localhost"),
    ],
)
@pytest.mark.parametrize("env", ["production", None])
def test_production_refuses(monkeypatch: pytest.MonkeyPatch, name: str, value: str, env: str | None) -> None:
    assert f"FORUMBOT_{name}" in refusal(monkeypatch, PRODUCTION, **{name: value, "ENV": env})


@pytest.mark.parametrize("env", ["development", "test"])
def test_outside_production_loopback_gets_a_constant_token(monkeypatch: pytest.MonkeyPatch, env: str) -> None:
    settings = loaded(monkeypatch, DEVELOPMENT, ENV=env)
    assert settings.registration() == Registration(APP, TENANT, Proof.CONSTANT)
    assert settings.door().origins == {"http://127.0.0.1:3979"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_HOSTS", "http://smba.trafficmanager.net"),
        ("SERVICE_HOSTS", "http://192.168.1.2:3979"),
        ("OPENID_METADATA_URL", "http://issuer.example/v1/.well-known/openidconfiguration"),
        ("OPENID_METADATA_URL", "http://127.0.0.1.evil.example/"),
        ("OPENID_METADATA_URL", "http://127.0.0.1@evil.example/"),
    ],
)
def test_outside_production_too_what_is_not_loopback_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert f"FORUMBOT_{name}" in refusal(monkeypatch, DEVELOPMENT, **{name: value})


def test_with_microsofts_issuer_a_real_credential_is_needed_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "APP_PASSWORD" in refusal(
        monkeypatch, DEVELOPMENT, OPENID_METADATA_URL=None, LINK_KEY=SECRET, LOG_KEY=SECRET
    )


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:3979", "http://127.0.0.1:3979"),
        ("http://localhost:3979", "http://localhost:3979"),
        ("https://127.0.0.1:3979", "https://127.0.0.1:3979"),
        ("[::1]:3979", "http://[::1]:3979"),
        ("smba.trafficmanager.net", "https://smba.trafficmanager.net"),
        ("teams.example:8443", "https://teams.example:8443"),
    ],
)
def test_service_hosts_outside_production(monkeypatch: pytest.MonkeyPatch, host: str, origin: str) -> None:
    assert loaded(monkeypatch, DEVELOPMENT, SERVICE_HOSTS=host).origins == {origin}


# The file.


def test_the_file_is_read_outside_production(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("FORUMBOT_LANGUAGE=en\nFORUMBOT_PORT=4000\nEDITOR=vi\n")
    monkeypatch.setenv("FORUMBOT_ENV", "development")
    monkeypatch.setenv("FORUMBOT_PORT", "5000")
    settings = load()
    assert (settings.language, settings.port) == ("en", 5000)


@pytest.mark.parametrize("env", [None, "production"])
def test_the_file_is_not_read_in_production(monkeypatch: pytest.MonkeyPatch, env: str | None) -> None:
    """A file that happens to lie there cannot turn production into development either."""
    Path(".env").write_text("FORUMBOT_ENV=development\nFORUMBOT_LANGUAGE=en\nFORUMBOT_NONSENSE=1\n")
    settings = loaded(monkeypatch, {}, ENV=env)
    assert (settings.env, settings.language) == (Env.PRODUCTION, "nb")


@pytest.mark.parametrize("line", ["FORUMBOT_NONSENSE=1", "FORUMBOT_FORUM=", "FORUMBOT_FORUM"])
def test_the_file_is_held_to_the_same_rules(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    Path(".env").write_text(line)
    assert line.partition("=")[0] in refusal(monkeypatch, {}, ENV="development")


def test_a_command_can_bring_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("FORUMBOT_LANGUAGE=en\n")
    monkeypatch.setenv("FORUMBOT_PORT", "5000")
    settings = load({"env": Env.DEVELOPMENT, "port": 0, "log_key": SECRET})
    assert (settings.env, settings.port, settings.language) == (Env.DEVELOPMENT, 0, "en")
    with pytest.raises(WrongSettings, match="FORUMBOT_PORT"):
        load({"port": "x"})


# What must never be there.


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, EVERYTHING)
    shown = f"{settings!r} {settings} {settings.model_dump_json()} {settings.registration()!r}"
    assert "hemmelig" not in shown


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Any = loaded(monkeypatch, PRODUCTION)
    with pytest.raises(ValueError, match="frozen"):
        settings.env = Env.TEST


def test_no_name_speaks_of_turning_anything_off() -> None:
    words = {word for name in NAMES for word in name.lower().split("_")}
    assert (
        words
        & {
            "auth",
            "authentication",
            "disable",
            "disabled",
            "skip",
            "anonymous",
            "insecure",
            "verify",
            "no",
            "bypass",
        }
        == set()
    )


def test_nothing_else_reads_the_environment() -> None:
    root = Path(module.__file__).parents[1]
    readers = set()
    for file in [
        *root.glob("bot/**/*.py"),
        *root.glob("dialogs/**/*.py"),
        *root.glob("store/**/*.py"),
        *root.glob("scheduler/**/*.py"),
        *root.glob("domain/**/*.py"),
    ]:
        names = {
            node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)
        }
        if names & {"environ", "getenv"}:
            readers.add(file.relative_to(root).as_posix())
    assert readers == {"bot/settings.py"}
