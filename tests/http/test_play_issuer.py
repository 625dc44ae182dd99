"""The issuer's tokens hold for whoever reads its key set, and the bad ones are bad in one way each."""

from collections.abc import Iterator
from typing import Any

import aiohttp
import jwt
import pytest

from play.issuer import ISSUER, Issuer, Key

APP_ID = "11111111-1111-4111-8111-111111111111"
SERVICE = "http://127.0.0.1:3979/emea/"


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(APP_ID)


@pytest.fixture
def configuration(issuer: Issuer) -> Iterator[str]:
    with issuer.serving() as url:
        yield url


async def fetched(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.json()


async def key_set(configuration: str) -> dict[str, Any]:
    document = await fetched((await fetched(configuration))["jwks_uri"])
    return {entry["kid"]: entry for entry in document["keys"]}


def verified(token: str, keys: dict[str, Any]) -> Any:
    jwk = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
    return jwt.decode(token, jwk, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER)


async def test_a_good_token_verifies_by_the_key_set(issuer: Issuer, configuration: str) -> None:
    claims = verified(issuer.token(SERVICE), await key_set(configuration))
    assert claims == issuer.claims(SERVICE, nbf=claims["nbf"], iat=claims["iat"], exp=claims["exp"])
    assert claims["serviceurl"] == SERVICE


async def test_the_configuration_looks_like_microsofts(issuer: Issuer, configuration: str) -> None:
    document = await fetched(configuration)
    assert document["issuer"] == ISSUER
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert issuer.fetched == ["/v1/.well-known/openidconfiguration"]


async def test_endorsements_stand_with_the_key_or_not_at_all(issuer: Issuer, configuration: str) -> None:
    other = issuer.roll(keep_old=True, endorsements=("webchat",))
    bare = issuer.roll(keep_old=True, endorsements=())
    keys = await key_set(configuration)
    assert [keys[key.kid].get("endorsements") for key in issuer.keys] == [["msteams"], ["webchat"], None]
    assert [key.kid for key in issuer.keys][1:] == [other.kid, bare.kid]


async def test_after_a_roll_over_only_new_tokens_verify(issuer: Issuer, configuration: str) -> None:
    old = issuer.token(SERVICE)
    issuer.roll()
    keys = await key_set(configuration)
    assert verified(issuer.token(SERVICE), keys)["aud"] == APP_ID
    assert jwt.get_unverified_header(old)["kid"] not in keys


async def test_a_roll_over_can_keep_the_old_key(issuer: Issuer, configuration: str) -> None:
    old = issuer.token(SERVICE)
    issuer.roll(keep_old=True)
    keys = await key_set(configuration)
    assert verified(old, keys)["aud"] == APP_ID
    assert verified(issuer.token(SERVICE), keys)["aud"] == APP_ID
    assert len(keys) == 2


def test_a_token_is_used_again_for_half_its_life() -> None:
    clock = Clock(1_700_000_000)
    issuer = Issuer(APP_ID, now=clock)
    first = issuer.token(SERVICE)
    clock.now += 1799
    assert issuer.token(SERVICE) == first
    clock.now += 1
    assert issuer.token(SERVICE) != first
    assert issuer.token("http://127.0.0.1:1/other/") != issuer.token(SERVICE)


def test_none_leaves_a_claim_or_a_header_out(issuer: Issuer) -> None:
    token = issuer.sign(issuer.claims(SERVICE, exp=None, aud=["x", "y"]), kid=None, typ="at+jwt")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "at+jwt", "x5t": issuer.key.kid}
    claims = jwt.decode(token, options={"verify_signature": False})
    assert "exp" not in claims
    assert claims["aud"] == ["x", "y"]


def test_a_strangers_key_can_pretend_to_be_ours(issuer: Issuer) -> None:
    token = issuer.sign(issuer.claims(SERVICE), key=Key.new(), kid=issuer.key.kid)
    assert jwt.get_unverified_header(token)["kid"] == issuer.key.kid
    with pytest.raises(jwt.InvalidSignatureError):
        verified(token, {issuer.key.kid: issuer.key.jwk()})


def test_the_unsigned_and_the_confused_token_carry_good_claims(issuer: Issuer) -> None:
    claims = issuer.claims(SERVICE)
    for token, algorithm in (
        (issuer.unsigned(claims), "none"),
        (issuer.signed_with_public_key(claims), "HS256"),
    ):
        assert jwt.get_unverified_header(token)["alg"] == algorithm
        assert jwt.decode(token, options={"verify_signature": False}) == claims


async def test_the_key_server_can_be_down_and_slow(issuer: Issuer, configuration: str) -> None:
    issuer.down = True
    async with aiohttp.ClientSession() as session:
        async with session.get(configuration) as response:
            assert response.status == 503
        issuer.down, issuer.delay_seconds = False, 30
        with pytest.raises(TimeoutError):
            await session.get(configuration, timeout=aiohttp.ClientTimeout(total=0.1))
