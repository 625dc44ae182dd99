"""The stand-in's connector keeps Teams' rules: paths, bodies, limits, sizes, and every refusal with its code."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from bot.teams.credentials import CONSTANT_TOKEN
from play import troubles
from play.issuer import Issuer
from play.people import APP_ID, TENANT
from play.teams import Teams
from play.troubles import Mishap, Trouble
from play.world import Conversation

START = datetime(2023, 1, 16, 9, tzinfo=UTC)
Json = dict[str, Any]


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Wire:
    """The bot's side of the connector, as plain HTTP."""

    def __init__(self, session: aiohttp.ClientSession, teams: Teams) -> None:
        self._session = session
        self._base = f"{teams.service_url}v3/conversations"

    async def call(
        self, method: str, path: str = "", body: Any = None, *, token: str = CONSTANT_TOKEN
    ) -> Got:
        url = self._base + path
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.request(
            method, url, json=body, headers=headers, allow_redirects=False
        ) as response:
            is_json = response.content_type == "application/json"
            return Got(response.status, await response.json() if is_json else None, dict(response.headers))

    async def send(self, conversation: Conversation | str, text: str = "hei", **more: Any) -> Got:
        id_ = conversation if isinstance(conversation, str) else conversation.id
        body = {"type": "message", "text": text, **more}
        return await self.call("POST", f"/{quote(id_, safe='')}/activities", body)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(APP_ID)


@pytest.fixture
async def teams(issuer: Issuer, clock: Clock) -> AsyncIterator[Teams]:
    async with Teams(issuer, now=clock) as teams:
        yield teams


@pytest.fixture
async def wire(teams: Teams) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(session, teams)


@pytest.fixture
def chat(teams: Teams) -> Conversation:
    return teams.add("kari", "Kari Eier").conversation


def card(*body: Json) -> Json:
    return {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {"type": "AdaptiveCard", "version": "1.5", "body": list(body)},
    }


def texts(conversation: Conversation) -> list[str]:
    return [post.activity.get("text", "") for post in conversation.posts.values() if not post.deleted]


async def test_a_message_is_sent_changed_and_deleted(wire: Wire, chat: Conversation) -> None:
    sent = await wire.send(chat, "først")
    assert (sent.status, list(sent.body)) == (201, ["id"])
    path = f"/{chat.id}/activities/{sent.body['id']}"
    changed = await wire.call("PUT", path, {"type": "message", "text": "så"})
    assert (changed.status, changed.body, texts(chat)) == (200, sent.body, ["så"])
    assert (await wire.call("DELETE", path)).status == 200
    assert texts(chat) == []
    gone = await wire.call("PUT", path, {"type": "message", "text": "for sent"})
    assert (gone.status, gone.code) == (404, "ActivityNotFoundInConversation")


async def test_every_call_is_kept_with_its_time(
    teams: Teams, wire: Wire, chat: Conversation, clock: Clock
) -> None:
    first = await wire.send(chat)
    clock.now += timedelta(minutes=1)
    await wire.send("a:nobody", "hallo")
    calls = [
        (each.at, each.operation, each.conversation_id, each.status, each.code)
        for each in teams.connector.calls
    ]
    assert calls == [
        (START, "send", chat.id, 201, ""),
        (START + timedelta(minutes=1), "send", "a:nobody", 404, "ConversationNotFound"),
    ]
    assert teams.connector.calls[0].activity_id == first.body["id"]
    assert teams.connector.calls[1].activity == {"type": "message", "text": "hallo"}


async def test_only_the_expected_token_is_let_in(teams: Teams, wire: Wire, chat: Conversation) -> None:
    refused = await wire.call("POST", f"/{chat.id}/activities", {"type": "message", "text": "x"}, token="y")
    assert (refused.status, refused.code) == (401, "BotNotRegistered")
    assert texts(chat) == []


async def test_a_reply_goes_by_the_conversation_and_not_by_the_activity(wire: Wire, teams: Teams) -> None:
    teams.add("kari")
    general, lofoten = teams.team("Nordland", ["Generelt", "Lofoten"], ["kari"])
    made = await wire.call(
        "POST",
        body={
            "isGroup": True,
            "channelData": {"channel": {"id": lofoten.id}, "tenant": {"id": TENANT}},
            "activity": {"type": "message", "text": "Frist"},
        },
    )
    thread = made.body["id"]
    assert (made.status, thread) == (201, f"{lofoten.id};messageid={made.body['activityId']}")
    await wire.call("POST", f"/{quote(thread)}/activities/hva-som-helst", {"type": "message", "text": "svar"})
    await wire.send(lofoten, "ny tråd")
    assert texts(teams.world.conversations[thread]) == ["Frist", "svar"]
    assert [each.text for each in teams.chat("kari", lofoten).shown] == ["Frist", "svar", "ny tråd"]
    assert teams.chat("kari", general).shown == ()


async def test_a_personal_chat_is_made_by_either_id_where_the_app_is(teams: Teams, wire: Wire) -> None:
    kari = teams.add("kari")
    for member in (kari.person.user_id, kari.person.object_id):
        made = await wire.call("POST", body=personal(member))
        assert (made.status, made.body) == (201, {"id": kari.conversation.id})


async def test_without_the_app_a_common_team_helps_but_only_by_the_29_id(teams: Teams, wire: Wire) -> None:
    ola = teams.add("ola", is_installed=False)
    person = ola.person
    for member in (person.user_id, person.object_id):
        refused = await wire.call("POST", body=personal(member))
        assert (refused.status, refused.code) == (403, "ForbiddenOperationException")
    teams.team("Nordland", ["Generelt"], ["ola"])
    assert (await wire.call("POST", body=personal(person.object_id))).status == 403
    assert (await wire.call("POST", body=personal(person.user_id))).status == 201


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"members": []},
        {"members": [{"id": "29:nobody"}], "tenantId": TENANT},
        {"isGroup": True, "members": [{"id": "29:a"}, {"id": "29:b"}], "tenantId": TENANT},
    ],
)
async def test_nonsense_makes_no_conversation(wire: Wire, body: Any) -> None:
    refused = await wire.call("POST", body=body)
    assert (refused.status, refused.code) == (400, "Bad Argument")


async def test_a_personal_chat_needs_the_right_tenant(teams: Teams, wire: Wire) -> None:
    kari = teams.add("kari")
    body = personal(kari.person.user_id) | {"channelData": {}, "tenantId": "another"}
    assert (await wire.call("POST", body=body)).status == 400


def personal(member: str | None) -> Json:
    return {"members": [{"id": member}], "channelData": {"tenant": {"id": TENANT}}, "isGroup": False}


@pytest.mark.parametrize(
    ("activity", "status"),
    [
        ({"type": "message", "text": "hei"}, 201),
        ({"type": "typing"}, 202),
        ({"type": "message"}, 400),
        ({"type": "message", "attachments": [card()]}, 201),
        ({"type": "message", "attachments": [card({"type": "Badge"})]}, 400),
        ({"type": "invokeResponse"}, 400),
        (["hei"], 400),
        (None, 400),
    ],
)
async def test_what_is_not_a_message_is_refused(
    wire: Wire, chat: Conversation, activity: Any, status: int
) -> None:
    assert (await wire.call("POST", f"/{chat.id}/activities", activity)).status == status


async def test_text_and_card_together_become_two_messages_without_an_id(
    wire: Wire, chat: Conversation
) -> None:
    """As Microsoft documents; a bot that wants to change its card later must send it alone."""
    sent = await wire.send(chat, "se her", attachments=[card()])
    assert (sent.status, sent.body) == (201, {})
    assert [(bool(post.activity["attachments"]), post.activity["text"]) for post in chat.posts.values()] == [
        (False, "se her"),
        (True, ""),
    ]


async def test_the_largest_message_is_counted_in_utf_16(wire: Wire, chat: Conversation) -> None:
    around = len('{"type":"message","text":""}')
    fits = "å" * (50 * 1024 - around)
    assert (await wire.send(chat, fits)).status == 201
    refused = await wire.send(chat, fits + "å")
    assert (refused.status, refused.code) == (413, "MessageSizeTooBig")


async def test_an_eighth_message_in_a_second_waits(wire: Wire, chat: Conversation, clock: Clock) -> None:
    assert {(await wire.send(chat)).status for _ in range(7)} == {201}
    refused = await wire.send(chat)
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "Throttled", "1")
    clock.now += timedelta(seconds=1)
    assert (await wire.send(chat)).status == 201


async def test_updates_count_as_sends_and_threads_as_their_channel(teams: Teams, wire: Wire) -> None:
    teams.add("kari")
    (channel,) = teams.team("Nordland", ["Generelt"], ["kari"])
    first = await wire.send(channel)
    thread = f"{channel.id};messageid={first.body['id']}"
    for _ in range(6):
        path = f"/{quote(thread)}/activities/{first.body['id']}"
        assert (await wire.call("PUT", path, {"type": "message", "text": "x"})).status == 200
    assert (await wire.send(thread)).status == 429
    assert (await wire.send(channel)).status == 429


async def test_the_app_has_fifty_calls_a_second(teams: Teams, wire: Wire) -> None:
    chats = [teams.add(f"person-{number}").conversation for number in range(51)]
    statuses = [(await wire.send(chat)).status for chat in chats]
    assert statuses == [201] * 50 + [429]


async def test_calls_that_overlap_in_a_conversation_are_refused(
    teams: Teams, wire: Wire, chat: Conversation
) -> None:
    other = teams.add("ola").conversation
    teams.connector.latency_seconds = 0.05
    got = await asyncio.gather(wire.send(chat, "a"), wire.send(chat, "b"), wire.send(other, "c"))
    assert sorted(each.status for each in got) == [201, 201, 412]
    assert next(each for each in got if each.status == 412).code == "PreconditionFailed"
    assert (teams.connector.most_at_once[chat.id], teams.connector.most_at_once[other.id]) == (2, 1)


async def test_members_are_listed_paged_and_looked_up(teams: Teams, wire: Wire) -> None:
    for number in range(3):
        teams.add(f"person-{number}", f"Person {number}")
    group = teams.group("Gruppe", ["person-0", "person-1", "person-2"])
    path = f"/{quote(group.id)}"
    people = [person.member() for person in group.members]
    assert (await wire.call("GET", f"{path}/members")).body == people
    assert (await wire.call("GET", f"{path}/activities/1/members")).body == people
    first = (await wire.call("GET", f"{path}/pagedmembers?pageSize=2")).body
    assert first == {"members": people[:2], "continuationToken": "2"}
    rest = await wire.call("GET", f"{path}/pagedmembers?pageSize=2&continuationToken=2")
    assert rest.body == {"members": people[2:]}
    one = await wire.call("GET", f"{path}/members/{quote(people[1]['id'])}")
    assert one.body == people[1]
    stranger = await wire.call("GET", f"{path}/members/29:nobody")
    assert (stranger.status, stranger.code) == (404, "MemberNotFoundInConversation")


async def test_blocked_uninstalled_and_lost_chats_refuse(teams: Teams, wire: Wire) -> None:
    kari = teams.add("kari")
    kari.blocks()
    assert (await wire.send(kari.conversation)).code == "ConversationBlockedByUser"
    kari.unblocks()
    assert (await wire.send(kari.conversation)).status == 201
    kari.conversation.installed = False
    assert (await wire.send(kari.conversation)).code == "BotNotInConversationRoster"
    teams.world.lose(kari.conversation)
    assert (await wire.send(kari.conversation)).code == "ConversationNotFound"
    assert teams.world.personal(kari.person).id != kari.conversation.id


@pytest.mark.parametrize(
    "trouble",
    [
        troubles.BAD_ARGUMENT,
        troubles.NOT_REGISTERED,
        troubles.DISABLED_BY_ADMIN,
        troubles.NOT_IN_ROSTER,
        troubles.BLOCKED_BY_USER,
        troubles.WRITES_BLOCKED,
        troubles.NOT_INSTALLED,
        troubles.WRONG_HOST,
        troubles.NO_CONVERSATION,
        troubles.NO_ACTIVITY,
        troubles.CONCURRENT,
        troubles.TOO_BIG,
        troubles.THROTTLED,
        troubles.SERVICE_ERROR,
        troubles.BAD_GATEWAY,
        troubles.UNAVAILABLE,
        troubles.GATEWAY_TIMEOUT,
    ],
)
async def test_every_trouble_can_be_ordered(
    teams: Teams, wire: Wire, chat: Conversation, trouble: Trouble
) -> None:
    teams.connector.mishaps.plan(trouble, times=2)
    got = [await wire.send(chat) for _ in range(3)]
    assert [each.status for each in got] == [trouble.status, trouble.status, 201]
    expected = {"error": {"code": trouble.code, "message": trouble.message}} if trouble.code else None
    assert got[0].body == expected
    assert len(chat.posts) == 1


async def test_a_mishap_strikes_where_it_is_meant_to(teams: Teams, wire: Wire, chat: Conversation) -> None:
    other = teams.add("ola").conversation
    teams.connector.mishaps.plan(troubles.BAD_GATEWAY, conversation_id=other.id)
    teams.connector.mishaps.plan(troubles.SERVICE_ERROR, operation="update")
    sent = await wire.send(chat)
    path = f"/{chat.id}/activities/{sent.body['id']}"
    assert (sent.status, (await wire.send(other)).status) == (201, 502)
    assert (await wire.call("PUT", path, {"type": "message", "text": "x"})).status == 500
    assert (await wire.send(other)).status == 201


async def test_a_throttled_answer_names_the_wait_that_was_ordered(
    teams: Teams, wire: Wire, chat: Conversation
) -> None:
    teams.connector.mishaps.plan(Mishap(troubles.THROTTLED, retry_after=7))
    assert (await wire.send(chat)).headers["Retry-After"] == "7"


async def test_a_message_can_be_delivered_and_the_answer_lost(
    teams: Teams, wire: Wire, chat: Conversation
) -> None:
    teams.connector.mishaps.plan(Mishap(troubles.BAD_GATEWAY, delivered=True))
    teams.connector.mishaps.plan(Mishap(hang_up=True, delivered=True))
    assert (await wire.send(chat, "en")).status == 502
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await wire.send(chat, "to")
    assert texts(chat) == ["en", "to"]
    assert [call.status for call in teams.connector.calls] == [502, 0]


async def test_an_answer_can_be_late_or_a_redirect(teams: Teams, wire: Wire, chat: Conversation) -> None:
    teams.connector.mishaps.plan(Mishap(late_seconds=0.05))
    teams.connector.mishaps.plan(Mishap(redirect_to="http://127.0.0.1:1/"))
    before = asyncio.get_running_loop().time()
    assert (await wire.send(chat)).status == 201
    assert asyncio.get_running_loop().time() - before >= 0.05
    got = await wire.send(chat)
    assert (got.status, got.headers["Location"]) == (302, "http://127.0.0.1:1/")
