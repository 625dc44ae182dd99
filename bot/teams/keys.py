"""The public keys that the channel service signs with.

Own, because the SDK fetches them with a blocking call on the event loop, fails on an unknown key id and
never looks for new keys in between (teams.md 2.2).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from bot.teams.door import at, origin_of

MICROSOFT = "https://login.botframework.com/v1/.well-known/openidconfiguration"

REFRESH_AFTER = 24 * 3600.0
KEEP_AT_MOST = 5 * 24 * 3600.0  # Microsoft's own rule for cached keys
BETWEEN_TRIES = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=5)
_SMALLEST_KEY_BITS = 2048

log = logging.getLogger(__name__)


class UnknownKey(Exception):  # noqa: N818 - the token's fault
    """No such key, and it is too early to ask again."""


class KeysUnavailable(Exception):  # noqa: N818 - nobody's fault
    """The key server gave no usable answer, so nothing can be said about the token."""


@dataclass(frozen=True, slots=True)
class Key:
    """`endorsements`: the channels that the key may sign for; none named, none endorsed."""

    public: RSAPublicKey
    endorsements: frozenset[str]


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, Key]
    fetched_at: float


class KeySource:
    """Keys by id, fetched once and kept.

    Fetched at the start; again in the background after a day; at once for an unknown id, but at most once
    a minute however many unknown ids come. When fetching fails the old keys hold for five days.
    `generation` goes up whenever the keys are others than before.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str = MICROSOFT,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.generation = 0
        self._session = session
        self._url = url
        self._seconds = seconds
        self._known: _KeySet | None = None
        self._last_try_failed = False
        self._unknown_tried_at: float | None = None
        self._background_tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, kid: str) -> Key:
        """Raises: UnknownKey, KeysUnavailable."""
        key = self._usable().get(kid)
        if key is None:
            await self._look_for_unknown()
            key = self._usable().get(kid)
        if key is not None:
            self._refresh_in_background()
            return key
        if self._last_try_failed or self._known is None:
            raise KeysUnavailable
        raise UnknownKey

    async def prefetch(self) -> bool:
        """Fetch now; False when the key server gave no keys. The bot can start without."""
        await self._fetch_once()
        return self.ready

    @property
    def ready(self) -> bool:
        return bool(self._usable())

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _usable(self) -> Mapping[str, Key]:
        if self._known is None or self._seconds() - self._known.fetched_at > KEEP_AT_MOST:
            return {}
        return self._known.keys

    async def _look_for_unknown(self) -> None:
        """A fetch that is under way serves every waiter; one that was made in vain counts for a minute."""
        if self._fetching is None:
            if not self._is_due(self._unknown_tried_at):
                return
            self._unknown_tried_at = self._seconds()
        await self._fetch_once()

    def _refresh_in_background(self) -> None:
        assert self._known is not None
        is_old = self._seconds() - self._known.fetched_at > REFRESH_AFTER
        if is_old and self._fetching is None and self._is_due(self._background_tried_at):
            self._background_tried_at = self._seconds()
            self._start_fetching()

    def _is_due(self, tried_at: float | None) -> bool:
        return tried_at is None or self._seconds() - tried_at >= BETWEEN_TRIES

    async def _fetch_once(self) -> None:
        # Shielded: one impatient caller must not end the fetch that others wait for.
        await asyncio.shield(self._fetching or self._start_fetching())

    def _start_fetching(self) -> asyncio.Task[None]:
        self._fetching = asyncio.create_task(self._fetch())
        self._fetching.add_done_callback(self._done)
        return self._fetching

    def _done(self, _: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch(self) -> None:
        try:
            keys = await self._download()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self._last_try_failed = True
            log.warning("keys_not_fetched", extra={"error": type(error).__name__})
            return
        self._last_try_failed = False
        if self._known is None or _material(keys) != _material(self._known.keys):
            self.generation += 1
        self._known = _KeySet(keys, self._seconds())

    async def _download(self) -> dict[str, Key]:
        configuration = await self._json(self._url)
        keys_url = configuration.get("jwks_uri")
        if not isinstance(keys_url, str) or origin_of(keys_url) != origin_of(self._url):
            raise ValueError("the keys stand on another host than the configuration")
        keys = dict(_keys((await self._json(keys_url)).get("keys")))
        if not keys:
            raise ValueError("no usable key")
        return keys

    async def _json(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            document = orjson.loads(await response.read())
        if not isinstance(document, dict):
            raise ValueError("not an object")
        return document


def _keys(entries: object) -> Iterator[tuple[str, Key]]:
    """The RSA keys among the entries. One that cannot be read does not spoil the others."""
    for entry in entries if isinstance(entries, list) else ():
        kid = at(entry, "kid")
        if isinstance(kid, str) and (public := _public(entry)):
            yield kid, Key(public, _texts(entry.get("endorsements")))


def _public(entry: dict[str, Any]) -> RSAPublicKey | None:
    try:
        key = RSAAlgorithm.from_jwk(entry)
    except (InvalidKeyError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_KEY_BITS else None


def _texts(values: object) -> frozenset[str]:
    values = values if isinstance(values, list) else ()
    return frozenset(value for value in values if isinstance(value, str))


def _material(keys: Mapping[str, Key]) -> Iterable[object]:
    return {(kid, key.public.public_numbers(), key.endorsements) for kid, key in keys.items()}
