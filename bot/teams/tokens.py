"""The token that comes with every activity.

Checked with PyJWT and rules of our own rather than with the SDK's JwtTokenValidation. The SDK's needs a patch
for nearly every row of teams.md 2.2: it accepts tokens without `exp`, skips the endorsement and serviceurl
checks when their other half is missing, takes the bot's own Entra tokens for the channel's, raises
IndexError for unknown keys, and has an anonymous mode. Here there is one way in, and every rule stands below.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import orjson

from bot.teams.door import CHANNEL
from bot.teams.keys import KeySource, UnknownKey

ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"
LEEWAY_SECONDS = 300.0
_REMEMBERED = 1000

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
_jws = jwt.PyJWS(algorithms=[ALGORITHM])


class NotAuthentic(Exception):  # noqa: N818 - an answer at the door, not an error of ours
    """The token does not prove that the channel service sent this. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claimed:
    """A token as read, before its signature was checked."""

    token: str
    kid: str
    claims: Mapping[str, Any]


class Verifier:
    """Tells whether a token is the channel service's, meant for this bot and for this service address.

    Verified tokens are remembered until they expire, at most a thousand, and forgotten when the keys change.
    What depends on the activity is compared each time, so the token alone can be the key of that memory.
    """

    def __init__(self, app_id: str, keys: KeySource, now: Callable[[], datetime]) -> None:
        self._app_id = app_id
        self._keys = keys
        self._now = now
        self._verified: OrderedDict[str, Claimed] = OrderedDict()
        self._generation = keys.generation

    def read(self, headers: Sequence[str]) -> Claimed:
        """What the one Authorization header claims; read before the body is touched, so that strangers cost little.

        Raises: NotAuthentic.
        """
        token = _bearer(headers)
        return self._verified.get(token) or _claimed(token)

    async def verify(self, claimed: Claimed, service_url: str) -> None:
        """Raises: NotAuthentic; KeysUnavailable - it cannot be told."""
        self._check_claims(claimed.claims, service_url)
        if not self._is_remembered(claimed):
            await self._check_signature(claimed)
            self._remember(claimed)

    def _check_claims(self, claims: Mapping[str, Any], service_url: str) -> None:
        now = self._now().timestamp()
        not_before = claims.get("nbf", 0)
        rules = {
            "audience": claims.get("aud") == self._app_id,  # a list is refused with the rest
            "expired": now < claims["exp"] + LEEWAY_SECONDS,
            "not_yet": _is_number(not_before) and not_before - LEEWAY_SECONDS <= now,
            "service_url_claim": claims["serviceurl"] == service_url,
        }
        _require(rules)

    async def _check_signature(self, claimed: Claimed) -> None:
        try:
            key = await self._keys.get(claimed.kid)
            _require({"endorsement": CHANNEL in key.endorsements})
            _jws.decode(claimed.token, key.public, algorithms=[ALGORITHM])
        except UnknownKey:
            raise NotAuthentic("unknown_key") from None
        except jwt.PyJWTError:
            raise NotAuthentic("signature") from None

    def _is_remembered(self, claimed: Claimed) -> bool:
        if self._generation != self._keys.generation:
            self._verified.clear()
            self._generation = self._keys.generation
        return claimed.token in self._verified

    def _remember(self, claimed: Claimed) -> None:
        if len(self._verified) >= _REMEMBERED:
            self._verified.popitem(last=False)
        self._verified[claimed.token] = claimed


def _bearer(headers: Sequence[str]) -> str:
    found = _BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if found is None:
        raise NotAuthentic("header")
    return found.group(1)


def _claimed(token: str) -> Claimed:
    header, claims = _parts(token)
    kid = header.get("kid")
    rules = {
        "algorithm": header.get("alg") == ALGORITHM,
        "key_id": isinstance(kid, str) and kid != "",
        "issuer": claims.get("iss") == ISSUER,
        "expiry": _is_number(claims.get("exp")),
        "service_url_claim": isinstance(claims.get("serviceurl"), str),
    }
    _require(rules)
    return Claimed(token, str(kid), claims)


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        read = _jws.decode_complete(token, options={"verify_signature": False})
        claims = orjson.loads(read["payload"])
    except (jwt.PyJWTError, orjson.JSONDecodeError):
        raise NotAuthentic("token") from None
    if not isinstance(claims, dict):
        raise NotAuthentic("token")
    return read["header"], claims


def _require(rules: Mapping[str, bool]) -> None:
    broken = next((name for name, holds in rules.items() if not holds), None)
    if broken:
        raise NotAuthentic(broken)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
