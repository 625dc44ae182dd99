"""Nothing secret lies among the files (threats.md, 43). Ruff's S rules look at the code; this looks at every file.

A scanner from elsewhere would bring its own baseline and entropy guesses. What would do harm here has clear shapes.
"""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import bot

ROOT = Path(bot.__file__).parents[1]

# The password of every example is this word, as a reader will see, so that another one is one.
EXAMPLE = "hemmelig"

SHAPES = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "address with a password": rf"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'`<>{{}}]+:(?!{EXAMPLE}@)[^\s/@\"'`<>{{}}]+@",
    "key of an Azure account": r"\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=[\w+/%=-]{30,}",
    "secret of an Entra app": r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])",
    "value of a secret setting": r"\bFORUMBOT_(?:APP_PASSWORD|LINK_KEY|LOG_KEY)\s*[=:]\s*[\"']?[\w~.+/-]{16,}",
    "token of a registry": r"\b(?:gh[pousr]_\w{36}|github_pat_\w{40,}|pypi-[\w-]{40,}|npm_\w{36}|AKIA[0-9A-Z]{16})\b",
}
KINDS = re.compile(r"(?:^|/)\.env(?:\.|$)|\.(?:pem|key|pfx|p12|jks|db|sqlite3?)$")


def files() -> list[str]:
    """Every file that is in the repository, or that would be with `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def found_in(text: str) -> list[str]:
    """Which shapes are in the text; what they hold is not said, since it would stand in the log of the test."""
    return [shape for shape, pattern in SHAPES.items() if re.search(pattern, text)]


def test_no_file_holds_a_secret() -> None:
    found = {name: found_in((ROOT / name).read_bytes().decode(errors="replace")) for name in files()}
    assert len(found) > 100
    assert {name: shapes for name, shapes in found.items() if shapes} == {}


def test_no_file_is_of_a_kind_that_holds_secrets() -> None:
    assert [name for name in files() if KINDS.search(name)] == []


def test_kinds_of_files_that_hold_secrets_are_known() -> None:
    names = (".env", "deploy/.env.production", "bot.pem", "keys/tls.key", "forumbot.db", "x.pfx")
    assert [name for name in names if not KINDS.search(name)] == []
    assert not KINDS.search("store/migrations/env.py")
    assert not KINDS.search(str(PurePosixPath("bot", "teams", "keys.py")))


KEY = ec.generate_private_key(ec.SECP256R1())
LEAKED = {
    "private key": KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "signed token": jwt.encode({"exp": datetime.now(UTC), "iss": "x" * 20}, KEY, algorithm="ES256"),
    "address with a password": "postgresql+psycopg" + "://forumbot:Vinter2026@db.example.org/forumbot",
    "key of an Azure account": "AccountName=forum;" + "AccountKey=" + "aB3/" * 21 + "==",
    "secret of an Entra app": "abc" + "8Q~" + "xY1_" * 8 + "~z",
    "value of a secret setting": "export FORUMBOT_LOG_KEY" + "=" + "0123456789abcdef" * 2,
    "token of a registry": "ghp_" + "a1" * 18,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_leaks_is_found(shape: str) -> None:
    assert found_in(f"one line\n    value = '{LEAKED[shape]}'\n") == [shape]


@pytest.mark.parametrize(
    "harmless",
    [
        "postgresql+psycopg://…",
        f"postgresql+psycopg://bot:{EXAMPLE}@db/forumbot",
        "smtp://mail.example.org:587",
        'f"postgresql://{user}:{password}@{host}"',
        "FORUMBOT_LOG_KEY=",
        "`FORUMBOT_LINK_KEY`, `FORUMBOT_LOG_KEY`",
        "--hash=sha256:" + "0f" * 32,
        "https://example.org/?a=1@b",
    ],
)
def test_what_does_not_leak_is_left_alone(harmless: str) -> None:
    assert found_in(harmless) == []
