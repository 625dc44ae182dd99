"""Stand-ins for what a bot talks to: the connector and Microsoft's two login hosts, plain and over TLS, as slow as
asked. They run beside the load generator, on its core, and cost as little as they can."""

import asyncio
import json
import math
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote

import orjson

from benchmarks.authority import make_authority
from benchmarks.wire import Framed, response, wants_to_close
from play.issuer import ISSUER, Issuer
from play.limits import Kind, Limits
from play.people import APP_ID, TENANT

Json = dict[str, Any]

LOGIN, KEYS = "https://login.microsoftonline.com", "https://login.botframework.com"
TOKEN_SECONDS = 3599
_SENT = response(b'{"id":"1"}', b"201 Created")
_METADATA_PATH = b"/v1/.well-known/openidconfiguration"
_KEYS_PATH = b"/v1/.well-known/keys"


@dataclass(slots=True)
class Services:
    """`last`: what each conversation got last, as it came, and `times` how often it got something; empty while nobody
    looks (`is_keeping`).

    The three delays, in seconds, can be changed at any time, and so can `token_seconds`, how long the tokens hold.
    With `limits` the connector refuses what is over them, and `arrived` has the times of what it took.
    """

    issuer: Issuer = field(default_factory=lambda: Issuer(APP_ID))
    connector_seconds: float = 0.0
    token_delay: float = 0.0
    keys_delay: float = 0.0
    token_seconds: int = TOKEN_SECONDS
    is_keeping: bool = True
    limits: Limits | None = None
    arrived: list[float] = field(default_factory=list)
    refused: int = 0
    taken: int = 0
    times: Counter[str] = field(default_factory=Counter)
    keys_given: int = 0
    tokens_given: int = 0
    last: dict[str, bytes] = field(default_factory=dict)
    plain: str = ""  # base addresses, without a slash at their end
    tls: str = ""
    authority: Path = Path()

    @property
    def metadata_url(self) -> str:
        return f"{self.plain}{_METADATA_PATH.decode()}"

    @property
    def login_port(self) -> str:
        return self.tls.rpartition(":")[2]

    def sent_to(self, conversation: str) -> Json:
        """The activity that the conversation got last."""
        activity: Json = orjson.loads(self.last[conversation])
        return activity

    def answer(self, target: bytes, body: bytes, host: str) -> tuple[bytes, float]:
        """The response, and after how many seconds."""
        if b"/v3/conversations/" in target:
            return self._take(unquote(target.split(b"/")[3].decode()), body), self.connector_seconds
        if target.startswith((_METADATA_PATH, _KEYS_PATH)):
            return _json(self._keys(target, host)), self.keys_delay
        return _json(self._login(target)), self.token_delay

    def enforce_limits(self) -> None:
        """Microsoft's, from now on and as if nothing had been sent before."""
        self.limits, self.refused = Limits(perf_counter), 0
        self.arrived.clear()

    def _take(self, conversation: str, body: bytes) -> bytes:
        if self.limits is not None:
            if wait := self.limits.take(Kind.SEND, conversation, TENANT):
                self.refused += 1
                return _throttled(wait)
            self.arrived.append(perf_counter())
        self.taken += 1
        if self.is_keeping:
            self.last[conversation] = body
            self.times[conversation] += 1
        return _SENT

    def _keys(self, target: bytes, host: str) -> Json:
        if target.startswith(_KEYS_PATH):
            self.keys_given += 1
            return {"keys": [key.jwk() for key in self.issuer.keys]}
        return {
            "issuer": ISSUER,
            "jwks_uri": f"{host}{_KEYS_PATH.decode()}",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _login(self, target: bytes) -> Json:
        """Where tokens come from, and a token: what MSAL asks for."""
        if target.endswith(b"/token"):
            self.tokens_given += 1
            return {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": "of-loopback"}
        return {
            "tenant_discovery_endpoint": f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration",
            "metadata": [],
            "issuer": f"{LOGIN}/{TENANT}/v2.0",
            "authorization_endpoint": f"{LOGIN}/{TENANT}/oauth2/v2.0/authorize",
            "token_endpoint": f"{LOGIN}/{TENANT}/oauth2/v2.0/token",
        }


class _Service(Framed):
    def __init__(self, services: Services, host: str) -> None:
        super().__init__()
        self._services = services
        self._host = host

    def message(self, head: bytes, body: bytes) -> None:
        target = head.split(b" ", 2)[1]
        answer, seconds = self._services.answer(target, body, self._host)
        done = partial(self._answer, answer, closes=wants_to_close(head))
        if seconds:
            asyncio.get_running_loop().call_later(seconds, done)
        else:
            done()

    def _answer(self, answer: bytes, *, closes: bool) -> None:
        self._write(answer)
        if closes:
            self.close()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Services]:
    """Both addresses of the stand-ins; the folder gets the certificates."""
    services, loop = Services(), asyncio.get_running_loop()
    services.authority, certificate = make_authority(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    plain = await loop.create_server(lambda: _Service(services, services.plain), "127.0.0.1", 0)
    over_tls = await loop.create_server(lambda: _Service(services, KEYS), "127.0.0.1", 0, ssl=context)
    services.plain = f"http://127.0.0.1:{plain.sockets[0].getsockname()[1]}"
    services.tls = f"https://localhost:{over_tls.sockets[0].getsockname()[1]}"
    try:
        yield services
    finally:
        plain.close()
        over_tls.close()


def _throttled(seconds: float) -> bytes:
    return response(b"{}", b"429 Too Many Requests", b"Retry-After: %d\r\n" % math.ceil(seconds))


def _json(document: Json) -> bytes:
    return response(json.dumps(document).encode())
