"""A token issuer on loopback, in the manner of the one that signs for the Teams channel.

The newest key signs. Good tokens come from `token`, any other from `claims` and `sign`: every claim and
every header can be given another value, or None to be left out.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from play.loopback import serving_in_thread

ISSUER = "https://api.botframework.com"
CONFIGURATION_PATH = "/v1/.well-known/openidconfiguration"
KEYS_PATH = "/v1/.well-known/keys"
LIFETIME_SECONDS = 3600
CHANNEL = ("msteams",)

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """`endorsements`: the channels that the key signs for; none: its entry in the key set names none."""

    kid: str
    private: rsa.RSAPrivateKey
    endorsements: tuple[str, ...] = CHANNEL

    @classmethod
    def new(cls, endorsements: tuple[str, ...] = CHANNEL) -> "Key":
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return cls(_thumbprint(private.public_key()), private, endorsements)

    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        entry = {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _base64url_number(numbers.n),
            "e": _base64url_number(numbers.e),
        }
        return entry | ({"endorsements": list(self.endorsements)} if self.endorsements else {})

    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signature(self, signed: bytes) -> bytes:
        return self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())


class Issuer:
    """Signs for one bot (`app_id`). `down` and `delay_seconds` trouble the key server, not the signing."""

    def __init__(self, app_id: str, *, now: Callable[[], float] = time.time) -> None:
        self.app_id = app_id
        self.now = now
        self.keys = [Key.new()]
        self.down = False
        self.delay_seconds = 0.0
        self.fetched: list[str] = []  # the paths that were asked for, in order
        self._good: dict[str, tuple[str, float]] = {}  # by service address: token, end of use

    @property
    def key(self) -> Key:
        return self.keys[-1]

    def roll(self, *, keep_old: bool = False, endorsements: tuple[str, ...] = CHANNEL) -> Key:
        """Sign with a new key from now on. The old ones stay in the key set only when asked to."""
        new = Key.new(endorsements)
        self.keys = [*(self.keys if keep_old else ()), new]
        self._good.clear()
        return new

    def token(self, service_url: str) -> str:
        """A good token, used again for half its life as the channel does."""
        token, until = self._good.get(service_url, ("", 0.0))
        if self.now() >= until:
            token = self.sign(self.claims(service_url))
            self._good[service_url] = (token, self.now() + LIFETIME_SECONDS / 2)
        return token

    def claims(self, service_url: str, **changes: Any) -> Claims:
        """The claims of a good token with some changed; None leaves a claim out."""
        now = int(self.now())
        good = {
            "serviceurl": service_url,
            "iss": ISSUER,
            "aud": self.app_id,
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return _without_none(good | changes)

    def sign(self, claims: Mapping[str, Any], *, key: Key | None = None, **header: Any) -> str:
        """Sign whatever is given. `key`: one that is not in the key set makes a stranger of the signer."""
        key = key or self.key
        good = {"alg": "RS256", "typ": "JWT", "kid": key.kid, "x5t": key.kid}
        return _token(_without_none(good | header), claims, key.signature)

    def unsigned(self, claims: Mapping[str, Any]) -> str:
        """`alg: none`, the oldest trick."""
        return _token({"alg": "none", "typ": "JWT", "kid": self.key.kid}, claims, lambda _: b"")

    def signed_with_public_key(self, claims: Mapping[str, Any]) -> str:
        """HS256 with the public key as the secret: fools whoever lets the token choose its algorithm."""
        secret = self.key.public_pem()
        header = {"alg": "HS256", "typ": "JWT", "kid": self.key.kid}
        return _token(header, claims, lambda signed: hmac.digest(secret, signed, "sha256"))

    def routes(self) -> list[web.RouteDef]:
        return [web.get(CONFIGURATION_PATH, self._configuration), web.get(KEYS_PATH, self._key_set)]

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the key set from a thread of its own; gives the address of the OpenID configuration."""
        app = web.Application()
        app.add_routes(self.routes())
        with serving_in_thread(app) as url:
            yield url + CONFIGURATION_PATH

    async def _configuration(self, request: web.Request) -> web.Response:
        await self._trouble(request)
        return web.json_response(
            {
                "issuer": ISSUER,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{request.url.origin()}{KEYS_PATH}",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _key_set(self, request: web.Request) -> web.Response:
        await self._trouble(request)
        return web.json_response({"keys": [key.jwk() for key in self.keys]})

    async def _trouble(self, request: web.Request) -> None:
        self.fetched.append(request.path)
        await asyncio.sleep(self.delay_seconds)
        if self.down:
            raise web.HTTPServiceUnavailable


def _token(header: Mapping[str, Any], claims: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    # Written out rather than left to a library: libraries refuse to make the bad ones.
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    return b".".join((signed, _base64url(sign(signed)))).decode()


def _base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _base64url_number(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _base64url(hashlib.sha256(encoded).digest()).decode()[:27]


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
