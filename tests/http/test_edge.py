"""The edge battery: what is let in and what is not, with which status, and in which order it is looked at.

Tokens are real ones, signed by an issuer in another thread; each bad one is bad in one way (teams.md, 12.1).
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.teams import tokens
from bot.teams.edge import DEEPEST, MOST_BYTES
from domain.messages import Said
from play.issuer import Issuer, Key
from tests.http.conftest import DOMAIN_NOW, House, Json, a_house, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="shared")
async def shared_house() -> AsyncIterator[House]:
    """One house for what leaves no trace in it."""
    async with a_house() as house:
        yield house


@pytest.fixture(name="house")
def untouched_house(shared: House) -> House:
    shared.bot.turns.clear()
    return shared


def now() -> int:
    return int(time.time())


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def nested(levels: int) -> Any:
    value: Any = "core"
    for _ in range(levels):
        value = [value]
    return value


def bent(house: House, header: bytes, payload: bytes | None = None) -> str:
    """A token whose parts are not what a token's parts are."""
    payload = payload or json.dumps(house.claims()).encode()
    return f"{base64url(header)}.{base64url(payload)}.{base64url(b'signature')}"


TOKENS: dict[str, tuple[int, Callable[[House], str]]] = {
    "good": (200, lambda h: h.issuer.token(h.service_url)),
    "four minutes late": (200, lambda h: h.issuer.sign(h.claims(exp=now() - 240))),
    "four minutes early": (200, lambda h: h.issuer.sign(h.claims(nbf=now() + 240))),
    "no nbf": (200, lambda h: h.issuer.sign(h.claims(nbf=None))),
    "garbage": (401, lambda h: "garbage"),
    "garbage in three parts": (401, lambda h: "ab.cd.ef"),
    "another signer": (401, lambda h: h.issuer.sign(h.claims(), key=Key.new(), kid=h.issuer.key.kid)),
    "unknown kid": (401, lambda h: h.issuer.sign(h.claims(), kid="nobody's")),
    "no kid": (401, lambda h: h.issuer.sign(h.claims(), kid=None)),
    "empty kid": (401, lambda h: h.issuer.sign(h.claims(), kid="")),
    "kid is a number": (401, lambda h: h.issuer.sign(h.claims(), kid=7)),
    "alg none": (401, lambda h: h.issuer.unsigned(h.claims())),
    "alg HS256 with the public key": (401, lambda h: h.issuer.signed_with_public_key(h.claims())),
    "alg RS512": (401, lambda h: h.issuer.sign(h.claims(), alg="RS512")),
    "no alg": (401, lambda h: h.issuer.sign(h.claims(), alg=None)),
    "critical header": (401, lambda h: h.issuer.sign(h.claims(), crit=["unheard-of"])),
    "ten minutes late": (401, lambda h: h.issuer.sign(h.claims(exp=now() - 600))),
    "ten minutes early": (401, lambda h: h.issuer.sign(h.claims(nbf=now() + 600))),
    "no exp": (401, lambda h: h.issuer.sign(h.claims(exp=None))),
    "exp is a text": (401, lambda h: h.issuer.sign(h.claims(exp="9999999999"))),
    "exp is true": (401, lambda h: h.issuer.sign(h.claims(exp=True))),
    "nbf is a text": (401, lambda h: h.issuer.sign(h.claims(nbf="0"))),
    "another aud": (401, lambda h: h.issuer.sign(h.claims(aud="22222222-2222-4222-8222-222222222222"))),
    "aud in a list": (401, lambda h: h.issuer.sign(h.claims(aud=[h.issuer.app_id]))),
    "no aud": (401, lambda h: h.issuer.sign(h.claims(aud=None))),
    "another iss": (401, lambda h: h.issuer.sign(h.claims(iss="https://api.botframework.us"))),
    "no iss": (401, lambda h: h.issuer.sign(h.claims(iss=None))),
    "the bot's own Entra token": (
        401,
        lambda h: h.issuer.sign(
            h.claims(iss=f"https://sts.windows.net/{h.teams.world.tenant_id}/", ver="1.0")
        ),
    ),
    "the bot's own Entra token, v2": (
        401,
        lambda h: h.issuer.sign(
            h.claims(iss=f"https://login.microsoftonline.com/{h.teams.world.tenant_id}/v2.0", ver="2.0")
        ),
    ),
    "no serviceurl": (401, lambda h: h.issuer.sign(h.claims(serviceurl=None))),
    "another serviceurl": (
        401,
        lambda h: h.issuer.sign(h.claims(serviceurl="https://smba.trafficmanager.net/emea/")),
    ),
    "serviceurl is a list": (401, lambda h: h.issuer.sign(h.claims(serviceurl=[h.service_url]))),
    "claims are a list": (401, lambda h: bent(h, b'{"alg":"RS256","kid":"x"}', b"[]")),
    "claims are not JSON": (401, lambda h: bent(h, b'{"alg":"RS256","kid":"x"}', b"{")),
    "header is a list": (401, lambda h: bent(h, b"[]")),
    "header is nothing but brackets": (401, lambda h: bent(h, b"[" * 5000)),
}


@pytest.mark.parametrize("name", TOKENS)
async def test_token(house: House, name: str) -> None:
    status, make = TOKENS[name]
    got = await house.post(token=make(house))
    assert (got.status, len(house.bot.turns)) == (status, 1 if status == 200 else 0)
    assert got.body == b""


HEADERS: dict[str, Callable[[str], Any]] = {
    "none": lambda token: {},
    "empty": lambda token: {"Authorization": ""},
    "without a scheme": lambda token: {"Authorization": token},
    "lower-case scheme": lambda token: {"Authorization": f"bearer {token}"},
    "another scheme": lambda token: {"Authorization": f"Basic {token}"},
    "two blanks": lambda token: {"Authorization": f"Bearer  {token}"},
    "nothing after the scheme": lambda token: {"Authorization": "Bearer"},
    "two in one": lambda token: {"Authorization": f"Bearer {token}, Bearer {token}"},
    "two headers": lambda token: [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")],
    "good and bad": lambda token: [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer no")],
}


@pytest.mark.parametrize("name", HEADERS)
async def test_header(house: House, name: str) -> None:
    got = await house.post(headers=HEADERS[name](house.issuer.token(house.service_url)))
    assert (got.status, house.bot.turns) == (401, [])


@pytest.mark.parametrize("endorsements", [(), ("webchat",)], ids=["none", "another channel's"])
async def test_key_that_is_not_endorsed(endorsements: tuple[str, ...]) -> None:
    async with a_house() as house:
        house.issuer.roll(endorsements=endorsements)
        assert (await house.post()).status == 401
        house.issuer.roll(endorsements=("webchat", "msteams"))
        assert house.bot.turns == []


SERVICE_URLS: dict[str, Callable[[str], object]] = {
    "none": lambda good: None,
    "number": lambda good: 7,
    "empty": lambda good: "",
    "foreign": lambda good: "https://evil.example/emea/",
    "Microsoft's, which is not ours here": lambda good: "https://smba.trafficmanager.net/emea/",
    "another scheme": lambda good: good.replace("http:", "https:"),
    "no scheme": lambda good: good.removeprefix("http:"),
    "user info": lambda good: good.replace("//", "//user@"),
    "our host as user info": lambda good: good.replace("/emea/", "@evil.example/"),
    "suffix": lambda good: good.replace("/emea/", ".evil.example/emea/"),
    "another port": lambda good: good.replace("/emea/", "1/emea/"),
    "no port": lambda good: "http://127.0.0.1/emea/",
    "query": lambda good: good + "?to=https://evil.example",
    "fragment": lambda good: good + "#evil",
    "backslash": lambda good: good.replace("/emea/", "\\@evil.example/"),
    "line end": lambda good: good.replace("/emea/", "/em\nea/"),
    "blank before": lambda good: " " + good,
    "escape": lambda good: good.replace("127", "%3127"),
    "another way to write the host": lambda good: good.replace("127.0.0.1", "127.1"),
    "capitals": lambda good: good.upper(),
}


@pytest.mark.parametrize("name", SERVICE_URLS)
async def test_service_url(house: House, name: str) -> None:
    """The token names the same address, so that it is the address alone that is refused."""
    service_url = SERVICE_URLS[name](house.service_url)
    token = house.issuer.sign(house.claims(serviceurl=service_url if service_url else house.service_url))
    got = await house.post(house.activity(serviceUrl=service_url), token=token)
    # A claim that is no text fails before anything is read of the body.
    assert (got.status, house.bot.turns) == (401 if service_url == 7 else 403, [])


def conversation(house: House, **changes: Any) -> Json:
    merged = house.activity()["conversation"] | changes
    return {key: value for key, value in merged.items() if value is not None}


NOT_ADMITTED: dict[str, Callable[[House], Json]] = {
    "no channel": lambda h: h.activity(channelId=None),
    "another channel": lambda h: h.activity(channelId="emulator"),
    "channel is a list": lambda h: h.activity(channelId=["msteams"]),
    "no type": lambda h: h.activity(type=None),
    "type is a number": lambda h: h.activity(type=1),
    "no channel data": lambda h: h.activity(channelData=None),
    "no tenant": lambda h: h.activity(channelData={}),
    "tenant without id": lambda h: h.activity(channelData={"tenant": {}}),
    "tenant is a text": lambda h: h.activity(channelData={"tenant": h.teams.world.tenant_id}),
    "tenant id is a list": lambda h: h.activity(channelData={"tenant": {"id": [h.teams.world.tenant_id]}}),
    "another tenant": lambda h: h.activity(
        channelData={"tenant": {"id": "88888888-8888-4888-8888-888888888888"}},
        conversation=conversation(h, tenantId=None),
    ),
    "the conversation is another tenant's": lambda h: h.activity(
        conversation=conversation(h, tenantId="88888888-8888-4888-8888-888888888888")
    ),
    "no conversation": lambda h: h.activity(conversation=None),
    "conversation without id": lambda h: h.activity(conversation=conversation(h, id=None)),
    "conversation id is a number": lambda h: h.activity(conversation=conversation(h, id=1)),
    "no sender": lambda h: h.activity(**{"from": None}),
    "sender is a text": lambda h: h.activity(**{"from": "29:kari"}),
    "sender id is a number": lambda h: h.activity(**{"from": {"id": 29}}),
}


@pytest.mark.parametrize("name", NOT_ADMITTED)
async def test_not_admitted(house: House, name: str) -> None:
    got = await house.post(NOT_ADMITTED[name](house))
    assert (got.status, got.body, house.bot.turns) == (403, b"", [])


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"type": "message"',
    "list": b"[]",
    "null": b"null",
    "text": b'"message"',
    "NaN": b'{"value": NaN}',
    "Infinity": b'{"value": -Infinity}',
    "number without end": b'{"value": 1e999}',
    "not UTF-8": b'{"text": "\xff"}',
    "byte-order mark": b"\xef\xbb\xbf{}",
    "half a character": b'{"text": "\\ud800"}',
    "deep": json.dumps({"value": nested(DEEPEST)}).encode(),
    "very deep": b"[" * 100_000,
    "two documents": b"{}{}",
}


@pytest.mark.parametrize("name", BODIES)
async def test_body_that_is_no_activity(house: House, name: str) -> None:
    got = await house.post(data=BODIES[name])
    assert (got.status, got.body, house.bot.turns) == (400, b"", [])


async def test_as_deep_as_allowed_is_answered(house: House) -> None:
    data = house.activity()["channelData"] | {"deep": nested(DEEPEST - 2)}
    assert (await house.post(house.activity(channelData=data))).status == 200


WRONG_TYPES: dict[str, Json] = {
    "text is a number": {"text": 5},
    "recipient is a list": {"recipient": []},
    "no recipient": {"recipient": None},
    "recipient without id": {"recipient": {"name": "x"}},
    "entities is an object": {"entities": {"type": "mention"}},
    "an entity is a text": {"entities": ["mention"]},
    "members are a text": {"type": "conversationUpdate", "membersAdded": "28:1"},
    "timestamp is no instant": {"timestamp": "yesterday"},
    "attachments is a text": {"attachments": "x"},
    "no id": {"id": None},
    "id is empty": {"id": ""},
    "locale is a list": {"locale": ["nb"]},
}


@pytest.mark.parametrize("name", WRONG_TYPES)
async def test_properties_of_a_wrong_type(house: House, name: str) -> None:
    got = await house.post(house.activity(**{"type": "message"} | WRONG_TYPES[name]))
    assert (got.status, got.body, house.bot.turns) == (400, b"", [])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_method(house: House, method: str) -> None:
    async with house.http.request(method, house.endpoint, headers=house.bearer()) as response:
        assert response.status == 405


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonp", "application/octet-stream", ""])
async def test_content_type(house: House, content_type: str) -> None:
    assert (await house.post(content_type=content_type)).status == 415


async def test_charset_may_be_named(house: House) -> None:
    assert (await house.post(content_type="application/json; charset=utf-8")).status == 200


async def test_body_as_large_as_allowed_is_answered(house: House) -> None:
    activity = house.activity(text="x")
    room = MOST_BYTES - len(json.dumps(activity))
    assert (await house.post(activity | {"text": "x" * (room + 1)})).status == 200


async def test_body_that_says_it_is_too_large(house: House) -> None:
    assert (await house.post(data=b"x" * (257 * 1024))).status == 413
    assert (await house.post(data=b"x" * (257 * 1024), headers={})).status == 413


async def test_body_that_turns_out_too_large(house: House) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(257):
            yield b"x" * 1024

    headers = house.bearer() | {"Content-Type": "application/json"}
    async with house.http.post(house.endpoint, data=chunks(), headers=headers) as response:
        assert response.status == 413


async def test_many_members_are_read(house: House) -> None:
    members = [{"id": f"29:{number}"} for number in range(5000)]
    got = await house.post(house.activity(type="conversationUpdate", text=None, membersAdded=members))
    assert (got.status, house.bot.turns) == (200, [])


# The order of the checks: the earlier one gives the status.


async def test_header_is_checked_before_the_body_is_read(house: House) -> None:
    assert (await house.post(data=b"{", headers={})).status == 401
    for header in ({"alg": "RS512"}, {"alg": None}, {"kid": None}, {"kid": ""}):
        assert (await house.post(data=b"{", token=house.issuer.sign(house.claims(), **header))).status == 401
    for claim in ({"exp": None}, {"iss": "x"}, {"serviceurl": None}):
        assert (await house.post(data=b"{", token=house.issuer.sign(house.claims(**claim)))).status == 401


async def test_json_is_checked_before_the_tenant_and_the_tenant_before_the_signature(house: House) -> None:
    stranger = house.issuer.sign(house.claims(), key=Key.new(), kid=house.issuer.key.kid)
    assert (await house.post(data=b"{", token=stranger)).status == 400
    assert (await house.post(house.activity(channelId="emulator"), token=stranger)).status == 403
    assert (await house.post(house.activity(text=5), token=stranger)).status == 401


async def test_a_failed_token_is_not_remembered(house: House) -> None:
    bad = house.issuer.sign(house.claims(jti="bad"), key=Key.new(), kid=house.issuer.key.kid)
    assert [(await house.post(token=bad)).status for _ in range(3)] == [401] * 3


async def test_a_good_token_is_good_for_its_own_service_address_only(house: House) -> None:
    token = house.issuer.token(house.service_url)
    assert (await house.post(token=token)).status == 200
    other = house.service_url.replace("/emea/", "/amer/")
    assert (await house.post(house.activity(serviceUrl=other), token=token)).status == 401


async def test_remembered_tokens_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 3)
    async with a_house() as house:
        for number in range(10):
            token = house.issuer.sign(house.claims(jti=str(number)))
            assert [(await house.post(token=token)).status for _ in range(2)] == [200, 200]
        assert len(house.channel.edge._verifier._verified) == 3


async def test_a_remembered_token_still_ends() -> None:
    issuer = Issuer("11111111-1111-4111-8111-111111111111")
    async with a_house(issuer=issuer) as house:
        # Half a second before the five minutes of grace are over.
        token = house.issuer.sign(house.claims(exp=time.time() - 299.5))
        assert (await house.post(token=token)).status == 200
        await asyncio.sleep(0.6)
        assert (await house.post(token=token)).status == 401


# Keys.


async def test_new_key_is_taken_at_once_and_the_old_one_no_more() -> None:
    async with a_house() as house:
        old = house.issuer.token(house.service_url)
        assert (await house.post(token=old)).status == 200
        house.issuer.roll()
        assert (await house.post()).status == 200
        assert (await house.post(token=old)).status == 401


async def test_both_keys_hold_while_both_are_published() -> None:
    async with a_house() as house:
        old = house.issuer.token(house.service_url)
        house.issuer.roll(keep_old=True)
        assert [(await house.post()).status, (await house.post(token=old)).status] == [200, 200]


async def test_a_thousand_unknown_keys_are_one_fetch() -> None:
    async with a_house() as house:
        before = len(house.issuer.fetched)
        tokens = [house.issuer.sign(house.claims(), kid=f"kid-{number}") for number in range(1000)]
        statuses = {(await house.post(token=token)).status for token in tokens}
        assert (statuses, len(house.issuer.fetched) - before) == ({401}, 2)  # configuration and keys
        assert (await house.post()).status == 200


async def test_key_server_that_is_down_is_not_the_senders_fault() -> None:
    issuer = Issuer("11111111-1111-4111-8111-111111111111")
    issuer.down = True
    async with a_house(issuer=issuer) as house:
        assert (await house.post()).status == 503
        assert house.bot.turns == []


async def test_known_keys_hold_while_the_key_server_is_down() -> None:
    async with a_house() as house:
        house.issuer.down = True
        assert (await house.post()).status == 200
        assert (await house.post(token=house.issuer.sign(house.claims(), kid="new"))).status == 503
        assert (await house.post()).status == 200


async def test_nobody_waits_for_a_slow_key_server_but_who_needs_it() -> None:
    async with a_house() as house:
        assert (await house.post()).status == 200
        house.issuer.delay_seconds = 0.5
        waiting = asyncio.create_task(house.post(token=house.issuer.sign(house.claims(), kid="new")))
        await until(lambda: len(house.issuer.fetched) > 2)
        assert (await house.post()).status == 200
        assert not waiting.done()
        assert (await waiting).status == 401


async def test_the_time_of_receipt_is_taken_before_a_slow_key_fetch() -> None:
    """A vote that came in time must not be late because the key server is slow."""
    clock = [DOMAIN_NOW]
    async with a_house(now=lambda: clock[0]) as house:
        house.issuer.roll()
        house.issuer.delay_seconds = 0.2
        arrived = asyncio.create_task(house.post())
        await until(lambda: len(house.issuer.fetched) > 2)
        clock[0] = DOMAIN_NOW.replace(hour=23)
        assert (await arrived).status == 200
        assert [turn.received_at for turn in house.bot.turns] == [DOMAIN_NOW]


async def test_the_body_is_one_turn(house: House) -> None:
    await house.post(house.activity(text="behovsmelding"))
    assert [turn.happening for turn in house.bot.turns] == [Said("behovsmelding")]
