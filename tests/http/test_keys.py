"""The key source by its own clock: how often it asks, and how long it trusts what it has."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.teams.connector import new_session
from bot.teams.keys import KeySource, KeysUnavailable, UnknownKey
from play.issuer import Issuer, Key
from play.loopback import serving
from play.people import APP_ID
from tests.http.conftest import until

HOUR, DAY = 3600.0, 24 * 3600.0


@dataclass(slots=True)
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Place:
    issuer: Issuer
    clock: Clock
    keys: KeySource

    @property
    def fetches(self) -> int:
        return self.issuer.fetched.count("/v1/.well-known/openidconfiguration")


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    issuer, clock = Issuer(APP_ID), Clock()
    with issuer.serving() as configuration:
        async with new_session() as session:
            keys = KeySource(session, configuration, seconds=clock)
            yield Place(issuer, clock, keys)
            await keys.close()


async def test_prefetched_keys_are_not_asked_for_again(place: Place) -> None:
    assert await place.keys.prefetch()
    for _ in range(100):
        await place.keys.get(place.issuer.key.kid)
    assert place.fetches == 1


async def test_many_who_wait_are_one_fetch(place: Place) -> None:
    await asyncio.gather(*(place.keys.get(place.issuer.key.kid) for _ in range(100)))
    assert place.fetches == 1


async def test_who_gives_up_does_not_end_the_fetch_for_others(place: Place) -> None:
    place.issuer.delay_seconds = 0.1
    impatient = asyncio.create_task(place.keys.get(place.issuer.key.kid))
    patient = asyncio.create_task(place.keys.get(place.issuer.key.kid))
    await until(lambda: place.fetches > 0)
    impatient.cancel()
    assert (await patient).endorsements == {"msteams"}


async def test_unknown_keys_are_looked_for_once_a_minute(place: Place) -> None:
    await place.keys.prefetch()
    for second in range(0, 121, 10):
        place.clock.now = float(second)
        with pytest.raises(UnknownKey):
            await place.keys.get(f"unknown-{second}")
    assert place.fetches == 1 + 3


async def test_old_keys_are_renewed_in_the_background(place: Place) -> None:
    await place.keys.prefetch()
    place.clock.now = DAY
    await place.keys.get(place.issuer.key.kid)
    assert place.fetches == 1
    place.clock.now += 1
    place.issuer.delay_seconds = 0.2
    await asyncio.wait_for(place.keys.get(place.issuer.key.kid), 0.1)
    await until(lambda: place.fetches == 2)


async def test_a_key_that_is_gone_is_no_longer_trusted_after_the_renewal(place: Place) -> None:
    await place.keys.prefetch()
    old = place.issuer.key.kid
    generation = place.keys.generation
    place.issuer.roll()
    assert await place.keys.get(old)
    place.clock.now = DAY + 1
    await place.keys.get(old)
    await until(lambda: place.keys.generation > generation)
    with pytest.raises(UnknownKey):
        await place.keys.get(old)


async def test_the_generation_stays_when_the_keys_do(place: Place) -> None:
    await place.keys.prefetch()
    generation = place.keys.generation
    await place.keys.prefetch()
    assert (place.fetches, place.keys.generation) == (2, generation)


async def test_old_keys_hold_for_five_days_while_the_server_is_down(place: Place) -> None:
    await place.keys.prefetch()
    place.issuer.down = True
    kid = place.issuer.key.kid
    for day in range(1, 6):
        place.clock.now = day * DAY
        assert await place.keys.get(kid)
    place.clock.now = 5 * DAY + 1
    with pytest.raises(KeysUnavailable):
        await place.keys.get(kid)
    assert not place.keys.ready
    place.issuer.down = False
    place.clock.now += 60
    assert await place.keys.get(kid)
    assert place.keys.ready


async def test_a_server_that_is_down_is_asked_once_a_minute(place: Place) -> None:
    place.issuer.down = True
    assert not await place.keys.prefetch()
    for _ in range(50):
        with pytest.raises(KeysUnavailable):
            await place.keys.get(place.issuer.key.kid)
    assert place.fetches == 2


async def test_a_slow_server_is_given_up_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import aiohttp

    monkeypatch.setattr("bot.teams.keys._TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    place.issuer.delay_seconds = 0.5
    with pytest.raises(KeysUnavailable):
        await place.keys.get(place.issuer.key.kid)


# What the server may answer.


async def fetched(
    document: object, keys: object, *, status: int = 200, keys_url: str = "", location: str = "/"
) -> KeySource:
    """A key source that has asked a server which answers that."""

    async def configuration(request: web.Request) -> web.Response:
        default = f"{request.url.origin()}/keys"
        body = {"jwks_uri": keys_url or default} if document is None else document
        return web.json_response(body, status=status, headers={"Location": location})

    async def key_set(request: web.Request) -> web.Response:
        return web.json_response(keys)

    app = web.Application()
    app.add_routes([web.get("/configuration", configuration), web.get("/keys", key_set)])
    async with serving(app) as url, new_session() as session:
        source = KeySource(session, f"{url}/configuration")
        await source.prefetch()
        return source


GOOD = Key.new().jwk()


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ([], {"keys": [GOOD]}),
        ({}, {"keys": [GOOD]}),
        ({"jwks_uri": 7}, {"keys": [GOOD]}),
        ({"jwks_uri": "https://evil.example/keys"}, {"keys": [GOOD]}),
        (None, []),
        (None, {}),
        (None, {"keys": {}}),
        (None, {"keys": []}),
        (None, {"keys": ["x", None, {}, {"kid": 7} | GOOD | {"kid": 7}]}),
        (None, {"keys": [GOOD | {"n": "!"}]}),
        (None, {"keys": [GOOD | {"kty": "EC"}]}),
        (None, {"keys": [{"kty": "oct", "kid": "x", "k": "c2VjcmV0"}]}),
        (None, {"keys": [GOOD | {"n": "AQAB" * 30}]}),
    ],
)
async def test_an_answer_without_a_usable_key_is_a_failure(document: object, keys: object) -> None:
    source = await fetched(document, keys)
    assert not source.ready


@pytest.mark.parametrize("status", [204, 404, 500])
async def test_another_status_is_a_failure(status: int) -> None:
    source = await fetched({} if status == 204 else None, {"keys": [GOOD]}, status=status)
    assert not source.ready


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_even_to_a_good_answer(status: int) -> None:
    issuer = Issuer(APP_ID)
    with issuer.serving() as configuration:
        source = await fetched(None, {}, status=status, location=configuration)
    assert not source.ready
    assert issuer.fetched == []


async def test_keys_of_another_host_are_not_fetched() -> None:
    issuer = Issuer(APP_ID)
    with issuer.serving() as configuration:
        keys_url = configuration.replace("openidconfiguration", "keys")
        source = await fetched(None, {}, keys_url=keys_url)
    assert not source.ready
    assert issuer.fetched == []


async def test_one_bad_key_does_not_spoil_the_others() -> None:
    source = await fetched(
        None, {"keys": [{"kid": "bad"}, GOOD, GOOD | {"kid": "odd", "endorsements": "msteams"}]}
    )
    assert (await source.get(GOOD["kid"])).endorsements == {"msteams"}
    assert (await source.get("odd")).endorsements == frozenset()
