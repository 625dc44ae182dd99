"""The bot's own token: one fetch for all, never on the event loop, and a word for what went wrong."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from bot.teams.credentials import AUTHORITY, Credentials, Proof, Registration, acquirer
from domain.errors import Fault, SendFailed
from tests.http.conftest import until


@dataclass(slots=True)
class Entra:
    """Stands in MSAL's place: slow, blocking, and counts."""

    seconds: float = 0.0
    lifetime: float = 3600.0
    answer: Mapping[str, Any] | Exception | None = None
    threads: list[str] = field(default_factory=list)

    def __call__(self) -> Mapping[str, Any]:
        self.threads.append(threading.current_thread().name)
        time.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if self.answer is not None else self._token()

    def _token(self) -> Mapping[str, Any]:
        return {"access_token": f"token-{len(self.threads)}", "expires_in": self.lifetime}


async def test_a_hundred_sends_are_one_fetch_and_it_blocks_nobody() -> None:
    entra = Entra(seconds=0.3)
    credentials = Credentials(entra)
    asking = asyncio.gather(*(credentials.token() for _ in range(100)))
    loop = asyncio.get_running_loop()
    longest, last = 0.0, loop.time()
    while not asking.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, loop.time() - last), loop.time()
    assert set(await asking) == {"token-1"}
    assert len(entra.threads) == 1
    assert entra.threads[0] != threading.main_thread().name
    assert longest < 0.15


async def test_it_is_renewed_before_it_ends_and_nobody_waits() -> None:
    now = [0.0]
    entra = Entra()
    credentials = Credentials(entra, seconds=lambda: now[0])
    assert await credentials.token() == "token-1"
    now[0] = 3600 - 241
    assert (await credentials.token(), len(entra.threads)) == ("token-1", 1)
    now[0] = 3600 - 240
    entra.seconds = 0.1
    assert [await credentials.token() for _ in range(5)] == ["token-1"] * 5
    await until(lambda: len(entra.threads) == 2)
    await credentials.close()
    assert await credentials.token() == "token-2"


async def test_an_ended_token_is_not_given_out() -> None:
    now = [0.0]
    credentials = Credentials(Entra(), seconds=lambda: now[0])
    await credentials.token()
    now[0] = 3600
    assert await credentials.token() == "token-2"


async def test_a_forgotten_token_is_fetched_again() -> None:
    credentials = Credentials(Entra())
    token = await credentials.token()
    credentials.forget("another")
    assert await credentials.token() == token
    credentials.forget(token)
    assert await credentials.token() == "token-2"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"error": "invalid_client", "error_description": "AADSTS7000215: secret"}, Fault.UNAUTHORISED),
        ({}, Fault.UNAUTHORISED),
        (ConnectionError("no route"), Fault.UNSENT),
        (ValueError("bad certificate"), Fault.UNSENT),
    ],
)
async def test_no_token(answer: Mapping[str, Any] | Exception, fault: Fault) -> None:
    entra = Entra(answer=answer)
    credentials = Credentials(entra)
    with pytest.raises(SendFailed) as failed:
        await credentials.token()
    assert failed.value.fault is fault
    assert "secret" not in str(failed.value)
    entra.answer = None
    assert await credentials.token() == "token-2"


async def test_a_failed_renewal_leaves_the_token_that_still_holds() -> None:
    now = [0.0]
    entra = Entra()
    credentials = Credentials(entra, seconds=lambda: now[0])
    await credentials.token()
    entra.answer = ConnectionError("no route")
    now[0] = 3500
    assert await credentials.token() == "token-1"
    await credentials.close()
    assert await credentials.token() == "token-1"
    await credentials.close()


def test_a_registration_does_not_show_its_secret() -> None:
    assert "hemmelig" not in repr(Registration("app", "tenant", Proof.SECRET, "hemmelig"))


def test_the_constant_token_needs_nothing() -> None:
    answer = acquirer(Registration("app", "tenant", Proof.CONSTANT))()
    assert answer["access_token"] == "constant-token-on-loopback"


# MSAL, with Entra's answers put in the place of its HTTP.


@dataclass(slots=True)
class Http:
    """What MSAL asked for, and Entra's answers."""

    asked: list[tuple[str, Any]] = field(default_factory=list)

    def request(self, session: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        assert kwargs["timeout"], "MSAL would wait for ever"
        self.asked.append((url, kwargs.get("data") or kwargs.get("params")))
        base = f"{AUTHORITY}tenant"
        document = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "access_token": "from-entra",
            "token_type": "Bearer",
            "expires_in": 3600,
            "expires_on": str(int(time.time()) + 3600),
        }
        response = requests.Response()
        response.status_code = 200
        response._content = json.dumps(document).encode()
        return response


@pytest.fixture
def entra_http(monkeypatch: pytest.MonkeyPatch) -> Http:
    http = Http()
    monkeypatch.setattr(
        requests.Session, "request", lambda session, *args, **kwargs: http.request(session, *args, **kwargs)
    )
    return http


def a_certificate(folder: Path) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forumbot")])
    start = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "bot.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return str(file)


def test_a_secret_is_shown_to_the_tenants_own_token_address(entra_http: Http) -> None:
    acquire = acquirer(Registration("app", "tenant", Proof.SECRET, "hemmelig"))
    assert acquire()["access_token"] == "from-entra"
    url, asked = entra_http.asked[-1]
    assert url == f"{AUTHORITY}tenant/token"
    assert (asked["client_id"], asked["client_secret"]) == ("app", "hemmelig")
    assert asked["scope"] == "https://api.botframework.com/.default"


def test_a_certificate_signs_and_stays_at_home(entra_http: Http, tmp_path: Path) -> None:
    acquire = acquirer(Registration("app", "tenant", Proof.CERTIFICATE, a_certificate(tmp_path)))
    assert acquire()["access_token"] == "from-entra"
    _, asked = entra_http.asked[-1]
    assert "client_secret" not in asked
    assert asked["client_assertion"].count(b"." if isinstance(asked["client_assertion"], bytes) else ".") == 2
    assert "PRIVATE KEY" not in str(entra_http.asked)


def test_one_application_asks_where_tokens_come_from_once(entra_http: Http) -> None:
    acquire = acquirer(Registration("app", "tenant", Proof.SECRET, "hemmelig"))
    for _ in range(3):
        acquire()
    assert len(entra_http.asked) == 2


def test_a_managed_identity_asks_the_machine(entra_http: Http) -> None:
    answer = acquirer(Registration("app", "tenant", Proof.MANAGED_IDENTITY))()
    assert answer["access_token"] == "from-entra"
    ((url, asked),) = entra_http.asked
    assert url.startswith("http://169.254.169.254/")
    assert (asked["client_id"], asked["resource"]) == ("app", "https://api.botframework.com")
