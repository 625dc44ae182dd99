"""Sending: every row of the error table of teams.md, section 4, against the stand-in, and what stays at home."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from bot.teams import connector as connector_module
from bot.teams.connector import Connector, new_session
from bot.teams.credentials import Credentials, Proof, Registration, acquirer
from bot.teams.door import Door, origin_of
from bot.teams.outbound import MOST_BYTES
from bot.teams.watch import Unwatched
from domain.errors import Fault, SendFailed
from domain.messages import Address, Message, Scope
from play import troubles
from play.loopback import serving
from play.people import APP_ID, TENANT
from play.troubles import Mishap, Trouble
from tests.http.conftest import House, machine_now

Handler = Callable[[web.Request], Awaitable[web.Response]]

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Status"}]}


def address(house: House, **changes: object) -> Address:
    kari = house.kari.person
    known = Address(
        tenant_id=kari.tenant_id,
        conversation_id=house.kari.conversation.id,
        scope=Scope.PERSONAL,
        service_url=house.service_url,
        bot_id=house.teams.bot.id,
        user_id=kari.user_id,
        object_id=kari.object_id,
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # changes are the test's own


async def failure(sending: Awaitable[object]) -> tuple[Fault, float | None, str]:
    with pytest.raises(SendFailed) as failed:
        await sending
    return failed.value.fault, failed.value.retry_after, failed.value.code


def a_connector(
    session: aiohttp.ClientSession, *origins: str, credentials: Credentials | None = None
) -> Connector:
    return Connector(
        session,
        credentials or Credentials(acquirer(Registration(APP_ID, TENANT, Proof.CONSTANT))),
        Door(APP_ID, frozenset({TENANT}), frozenset(origins)),
        now=machine_now,
        seconds=asyncio.get_running_loop().time,
        watch=Unwatched(),
    )


async def test_send_gives_the_activity_id(house: House) -> None:
    sent = await house.channel.connector.send(address(house), Message("Frist i morgen"))
    (call,) = house.teams.connector.calls
    assert (call.operation, call.activity_id, call.conversation_id) == (
        "send",
        sent,
        house.kari.conversation.id,
    )
    assert call.activity == {
        "type": "message",
        "text": "Frist i morgen",
        "textFormat": "plain",
        "from": {"id": house.teams.bot.id},
        "recipient": {"id": house.kari.person.user_id},
        "conversation": {"id": house.kari.conversation.id, "tenantId": TENANT},
    }
    assert [shown.text for shown in house.kari.shown] == ["Frist i morgen"]


async def test_send_as_a_reply(house: House) -> None:
    await house.channel.connector.send(address(house), Message("Svar"), reply_to="1700000000001")
    (call,) = house.teams.connector.calls
    assert call.activity is not None
    assert call.activity["replyToId"] == "1700000000001"


async def test_send_to_a_channel_thread(house: House) -> None:
    channel = house.teams.team("Forum", ["Generelt"], ["kari"])[0]
    thread = house.teams.world.say(
        channel, house.kari.person, {"type": "message", "text": "?"}
    ).conversation_id
    there = address(house, conversation_id=thread, scope=Scope.CHANNEL, user_id=None)
    await house.channel.connector.send(there, Message("Svar i tråden", CARD))
    (call,) = house.teams.connector.calls
    assert (call.conversation_id, call.status) == (thread, 201)
    assert "recipient" not in (call.activity or {})


async def test_send_to_a_channel_begins_a_thread(house: House) -> None:
    channel, *_ = house.teams.team("Samarbeidsforum", ["Generelt"], ["kari"])
    there = address(
        house,
        conversation_id=channel.id,
        channel_id=channel.id,
        scope=Scope.CHANNEL,
        user_id=None,
        object_id=None,
    )
    first = await house.channel.connector.send(there, Message("Innkalling", CARD))
    second = await house.channel.connector.send(there, Message("Et møte er avlyst"))
    posts = [event.post for event in channel.events if event.post is not None]
    assert [post.id for post in posts] == [first, second]
    assert len({post.conversation_id for post in posts}) == 2
    assert [call.operation for call in house.teams.connector.calls] == ["create", "create"]


async def test_update_changes_what_stands_there(house: House) -> None:
    connector = house.channel.connector
    sent = await connector.send(address(house), Message("før", CARD))
    await connector.update(address(house), sent, Message("etter"))
    assert [shown.text for shown in house.kari.shown] == ["etter"]
    assert [call.operation for call in house.teams.connector.calls] == ["send", "update"]


async def test_delete_takes_it_away(house: House) -> None:
    connector = house.channel.connector
    sent = await connector.send(address(house), Message("bort"))
    await connector.delete(house.service_url, house.kari.conversation.id, sent)
    assert house.kari.shown == ()


@pytest.mark.parametrize("by", ["user_id", "object_id"])
async def test_open_personal_gives_an_address_to_send_to(house: House, by: str) -> None:
    ola = house.teams.add("ola", "Ola")
    member = str(getattr(ola.person, by))
    found = await house.channel.connector.open_personal(TENANT, member, house.service_url)
    assert found == Address(
        tenant_id=TENANT,
        conversation_id=ola.conversation.id,
        scope=Scope.PERSONAL,
        service_url=house.service_url,
        bot_id=house.teams.bot.id,
        user_id=ola.person.user_id if by == "user_id" else None,
        object_id=ola.person.object_id if by == "object_id" else None,
    )
    await house.channel.connector.send(found, Message("hei"))
    assert [shown.text for shown in ola.shown] == ["hei"]


async def test_open_personal_where_the_app_is_not_installed(house: House) -> None:
    ola = house.teams.add("ola", "Ola", is_installed=False)
    opening = house.channel.connector.open_personal(TENANT, str(ola.person.object_id), house.service_url)
    assert (await failure(opening))[0] is Fault.NOT_INSTALLED


ROWS: dict[str, tuple[Trouble, Fault]] = {
    "400": (troubles.BAD_ARGUMENT, Fault.REJECTED),
    "401": (troubles.NOT_REGISTERED, Fault.UNAUTHORISED),
    "403 not in roster": (troubles.NOT_IN_ROSTER, Fault.NOT_INSTALLED),
    "403 forbidden operation": (troubles.NOT_INSTALLED, Fault.NOT_INSTALLED),
    "403 blocked by user": (troubles.BLOCKED_BY_USER, Fault.BLOCKED),
    "403 writes blocked": (troubles.WRITES_BLOCKED, Fault.BLOCKED),
    "403 disabled by admin": (troubles.DISABLED_BY_ADMIN, Fault.BLOCKED),
    "403 wrong host": (troubles.WRONG_HOST, Fault.WRONG_HOST),
    "403 with an unknown code": (Trouble(403, "NewInNovember", ""), Fault.REJECTED),
    "404 conversation": (troubles.NO_CONVERSATION, Fault.CONVERSATION_GONE),
    "404 activity": (troubles.NO_ACTIVITY, Fault.ACTIVITY_GONE),
    "404 without a code": (Trouble(404), Fault.REJECTED),
    "409": (Trouble(409), Fault.REJECTED),
    "412": (troubles.CONCURRENT, Fault.BUSY),
    "413": (troubles.TOO_BIG, Fault.TOO_LARGE),
    "429": (troubles.THROTTLED, Fault.THROTTLED),
    "500": (troubles.SERVICE_ERROR, Fault.AMBIGUOUS),
    "502": (troubles.BAD_GATEWAY, Fault.AMBIGUOUS),
    "503": (troubles.UNAVAILABLE, Fault.AMBIGUOUS),
    "504": (troubles.GATEWAY_TIMEOUT, Fault.AMBIGUOUS),
}


@pytest.mark.parametrize("name", ROWS)
async def test_error_table(house: House, name: str) -> None:
    """One request for each, whatever it is: nothing is tried again behind the sender's back."""
    trouble, fault = ROWS[name]
    house.teams.connector.mishaps.plan(trouble)
    sending = house.channel.connector.send(address(house), Message("hei"))
    code = trouble.code if " " not in trouble.code and trouble.code else str(trouble.status)
    assert await failure(sending) == (fault, None, code)
    assert len(house.teams.connector.calls) == 1


@pytest.mark.parametrize("name", ROWS)
async def test_error_table_of_updates(house: House, name: str) -> None:
    trouble, fault = ROWS[name]
    connector = house.channel.connector
    sent = await connector.send(address(house), Message("hei"))
    house.teams.connector.mishaps.plan(trouble)
    assert (await failure(connector.update(address(house), sent, Message("hallo"))))[0] is fault
    assert len(house.teams.connector.calls) == 2


async def test_faults_of_the_stand_ins_own(house: House) -> None:
    connector = house.channel.connector
    gone = connector.send(address(house, conversation_id="a:gone"), Message("hei"))
    assert (await failure(gone))[0] is Fault.CONVERSATION_GONE
    no_post = connector.update(address(house), "1700000000001", Message("hei"))
    assert (await failure(no_post))[0] is Fault.ACTIVITY_GONE
    house.kari.blocks()
    assert (await failure(connector.send(address(house), Message("hei"))))[0] is Fault.BLOCKED


async def test_retry_after_in_seconds(house: House) -> None:
    house.teams.connector.mishaps.plan(Mishap(trouble=troubles.THROTTLED, retry_after=7))
    sending = house.channel.connector.send(address(house), Message("hei"))
    assert await failure(sending) == (Fault.THROTTLED, 7.0, "Throttled")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("Tue, 24 Nov 2026 09:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 08:59:00 GMT", 0.0),
        ("120", 120.0),
    ],
    ids=["a date", "a date gone by", "seconds"],
)
def test_retry_after_as_written(written: str, seconds: float) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert connector_module._seconds_to_wait(written, now) == seconds


@pytest.mark.parametrize("written", [None, "", "soon", "-1", "1.5", "Wed, 99 Foo"])
def test_retry_after_that_says_nothing(written: str | None) -> None:
    assert connector_module._seconds_to_wait(written, machine_now()) is None


# What a connection does.


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with serving(app) as url:
        yield url


async def sent_to(url: str) -> str:
    async with new_session() as session:
        there = Address(TENANT, "a:1", Scope.PERSONAL, url + "/emea/", f"28:{APP_ID}")
        return await a_connector(session, str(origin_of(url))).send(there, Message("hei"))


async def test_nobody_listens_is_certainly_unsent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await failure(sent_to(f"http://127.0.0.1:{port}")))[0] is Fault.UNSENT


async def test_an_unknown_host_is_certainly_unsent() -> None:
    assert (await failure(sent_to("http://no-such-host.invalid")))[0] is Fault.UNSENT


async def test_no_answer_in_time_is_ambiguous() -> None:
    async def answers_late(request: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    async with answering(answers_late) as url, new_session(aiohttp.ClientTimeout(total=0.1)) as session:
        posting = a_connector(session, str(origin_of(url))).post(url, "a:1", {})
        assert (await failure(posting))[0] is Fault.AMBIGUOUS


async def test_no_connection_in_time_is_certainly_unsent() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        async with new_session(aiohttp.ClientTimeout(total=5, connect=0.2)) as session:
            posting = a_connector(session, url).post(url, "a:1", {})
            assert await failure(posting) == (Fault.UNSENT, None, "ConnectionTimeoutError")


async def test_hung_up_is_ambiguous(house: House) -> None:
    house.teams.connector.mishaps.plan(Mishap(hang_up=True))
    sending = house.channel.connector.send(address(house), Message("hei"))
    assert (await failure(sending))[0] is Fault.AMBIGUOUS


async def test_a_token_that_is_not_taken_is_not_used_again() -> None:
    tokens = (f"token-{number}" for number in range(9))
    credentials = Credentials(lambda: {"access_token": next(tokens), "expires_in": 3600})
    seen = []

    async def answers(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.json_response({"id": "1"}, status=401 if seen[-1] == "Bearer token-0" else 201)

    async with answering(answers) as url, new_session() as session:
        connector = a_connector(session, str(origin_of(url)), credentials=credentials)
        assert (await failure(connector.post(url, "a:1", {})))[0] is Fault.UNAUTHORISED
        await connector.post(url, "a:1", {})
        await connector.post(url, "a:1", {})
    assert seen == ["Bearer token-0", "Bearer token-1", "Bearer token-1"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_the_token_goes_nowhere(status: int) -> None:
    seen: list[str] = []

    async def redirects(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with answering(redirects) as url:
        assert (await failure(sent_to(url)))[0] is Fault.WRONG_HOST
    assert seen == ["/emea/v3/conversations/a:1/activities"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "x"}', b'{"error": {"code": 7}}'])
async def test_an_error_without_a_readable_body(body: bytes) -> None:
    async def answers(request: web.Request) -> web.Response:
        return web.Response(status=400, body=body)

    async with answering(answers) as url:
        assert await failure(sent_to(url)) == (Fault.REJECTED, None, "400")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"id": 7}', b"no"])
async def test_sent_without_an_id_is_sent(body: bytes) -> None:
    async def answers(request: web.Request) -> web.Response:
        return web.Response(status=201, body=body)

    async with answering(answers) as url:
        assert await sent_to(url) == ""


async def test_an_opened_chat_without_an_id_is_of_no_use() -> None:
    async def answers(request: web.Request) -> web.Response:
        return web.json_response({}, status=201)

    async with answering(answers) as url, new_session() as session:
        opening = a_connector(session, str(origin_of(url))).open_personal(TENANT, "29:1", url)
        assert (await failure(opening))[0] is Fault.AMBIGUOUS


async def test_ids_are_one_segment_of_the_path() -> None:
    paths: list[str] = []

    async def answers(request: web.Request) -> web.Response:
        paths.append(request.raw_path)
        return web.json_response({"id": "1"}, status=201)

    async with answering(answers) as url, new_session() as session:
        connector = a_connector(session, str(origin_of(url)))
        await connector.put(f"{url}/emea", "19:x/../y?z@thread.tacv2;messageid=1", "1#2", {})
    assert paths == [
        "/emea/v3/conversations/19%3Ax%2F..%2Fy%3Fz%40thread.tacv2%3Bmessageid%3D1/activities/1%232"
    ]


async def test_connections_are_kept() -> None:
    callers = set()

    async def answers(request: web.Request) -> web.Response:
        assert request.transport is not None
        callers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"id": "1"}, status=201)

    async with answering(answers) as url, new_session() as session:
        connector = a_connector(session, str(origin_of(url)))
        for _ in range(20):
            await connector.post(url, "a:1", {})
    assert len(callers) == 1


# What stays at home.


@pytest.mark.parametrize(
    "service_url",
    [
        "https://evil.example/emea/",
        "https://smba.trafficmanager.net/emea/",
        "http://127.0.0.1/emea/",
        "",
        "ftp://127.0.0.1/",
    ],
)
async def test_a_host_that_is_not_ours_is_never_called(house: House, service_url: str) -> None:
    connector = house.channel.connector
    for sending in (
        connector.send(address(house, service_url=service_url), Message("hei")),
        connector.update(address(house, service_url=service_url), "1", Message("hei")),
        connector.open_personal(TENANT, "29:1", service_url),
    ):
        assert (await failure(sending))[0] is Fault.WRONG_HOST
    assert house.teams.connector.calls == []


async def test_what_is_too_large_is_refused_before_it_is_sent(house: House) -> None:
    """Counted in UTF-16, where every Norwegian letter is as large as any other."""
    for text in ("x" * (MOST_BYTES // 2), "ø" * (MOST_BYTES // 2)):
        sending = house.channel.connector.send(address(house), Message(text))
        assert (await failure(sending))[0] is Fault.TOO_LARGE
    assert house.teams.connector.calls == []
    await house.channel.connector.send(address(house), Message("ø" * (MOST_BYTES // 2 - 400)))
    assert [call.status for call in house.teams.connector.calls] == [201]


# One at a time.


async def test_sends_to_one_conversation_are_one_at_a_time_and_to_others_side_by_side(house: House) -> None:
    house.teams.connector.latency_seconds = 0.05
    people = [house.teams.add(f"person-{number}") for number in range(10)]
    started = asyncio.get_running_loop().time()
    await asyncio.gather(
        *(
            house.channel.connector.send(
                address(house, conversation_id=chat.conversation.id, user_id=chat.person.user_id),
                Message(f"nr. {number}"),
            )
            for chat in people
            for number in range(3)
        )
    )
    assert [call.status for call in house.teams.connector.calls] == [201] * 30
    assert set(house.teams.connector.most_at_once.values()) == {1}
    # One after another it would be a second and a half.
    assert asyncio.get_running_loop().time() - started < 1.0


async def test_replies_and_proactive_sends_share_the_turn(house: House) -> None:
    house.teams.connector.latency_seconds = 0.05
    await asyncio.gather(
        house.kari.says("hei"),
        *(house.channel.connector.send(address(house), Message("varsel")) for _ in range(3)),
    )
    assert set(house.teams.connector.most_at_once.values()) == {1}
    assert [call.status for call in house.teams.connector.calls] == [201] * 4


async def test_the_whole_channel_takes_one_at_a_time(house: House) -> None:
    house.teams.connector.latency_seconds = 0.05
    channel = house.teams.team("Forum", ["Generelt"], ["kari"])[0]
    threads = [
        house.teams.world.say(channel, house.kari.person, {"type": "message", "text": "?"}).conversation_id
        for _ in range(3)
    ]
    await asyncio.gather(
        *(
            house.channel.connector.send(address(house, conversation_id=thread, user_id=None), Message("hei"))
            for thread in threads
        )
    )
    assert [call.status for call in house.teams.connector.calls] == [201] * 3


async def test_a_conversation_is_not_remembered_longer_than_it_is_in_use(house: House) -> None:
    await house.channel.connector.send(address(house), Message("hei"))
    assert dict(house.channel.connector._turns) == {}
