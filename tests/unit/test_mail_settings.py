"""Mail is set up whole or not at all, and in production never over a way that others can read."""

import os
from pathlib import Path

import pytest

from bot.mail import Security
from bot.settings import Settings, WrongSettings, load
from bot.wiring import mailer

SMTP_URL = "smtps://bot:hemmelig@mail.example.org"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("FORUMBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(url: str | None, sender: str | None = "forum@example.org", env: str = "production") -> Settings:
    given = {"env": env, "smtp_url": url, "mail_from": sender}
    return load({name: value for name, value in given.items() if value is not None})


def refusal(url: str | None, sender: str | None = "forum@example.org", env: str = "production") -> str:
    with pytest.raises(WrongSettings) as wrong:
        loaded(url, sender, env)
    assert "hemmelig" not in str(wrong.value)
    return str(wrong.value)


def test_both() -> None:
    settings = loaded(SMTP_URL)
    assert settings.mail_server is not None
    assert settings.mail_server.security is Security.TLS
    assert mailer(settings) is not None
    assert "hemmelig" not in f"{settings.mail_server!r}"


def test_neither() -> None:
    settings = loaded(None, None)
    assert settings.mail_server is None
    assert mailer(settings) is None


def test_one_of_the_two_is_not_enough() -> None:
    assert refusal(None) == "FORUMBOT_SMTP_URL: missing, and needed with FORUMBOT_MAIL_FROM"
    assert refusal(SMTP_URL, None) == "FORUMBOT_MAIL_FROM: missing, and needed with FORUMBOT_SMTP_URL"


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org",
        "smtp://bot:hemmelig@mail.example.org:25",
        "smtp://10.0.0.1:25",
        "smtp://127.0.0.1.example.org",
        "smtp://localhost.example.org",
    ],
)
def test_production_sends_no_mail_in_clear_over_the_net(url: str) -> None:
    assert refusal(url) == (
        "FORUMBOT_SMTP_URL: mail would go unencrypted; write smtps:// or smtp+starttls:// instead of smtp://"
    )
    assert loaded(url, env="development").mail_server is not None


@pytest.mark.parametrize(
    "url",
    [
        "smtp://127.0.0.1:25",  # the machine's own, which sends on
        "smtp://localhost",
        "smtp://[::1]:2525",
        "smtps://mail.example.org",
        "smtp+starttls://bot:hemmelig@mail.example.org:587",
    ],
)
def test_production_takes(url: str) -> None:
    assert loaded(url).mail_server is not None


@pytest.mark.parametrize(
    "url", ["mail.example.org", "smtps://bot@hemmelig", "smtp+tls://hemmelig", "smtps://"]
)
def test_what_is_no_mail_server_is_said_with_how_one_is_written(url: str) -> None:
    assert refusal(url).startswith(
        "FORUMBOT_SMTP_URL: not of the form smtps://<user>:<password>@<host>:<port>"
    )
