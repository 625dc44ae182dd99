"""What a let-in activity becomes, and how the answer gets back: in the response, or over the connector."""

import asyncio
from typing import Any

import pytest

from bot.teams import outbound
from bot.teams.limits import Gate, Limits, TooMuch, Window
from domain.messages import Identity, Joined, Left, Message, Pressed, Reply, Said, Scope, Turn
from play import troubles
from play.cards import CONTENT_TYPE
from play.chat import Device
from play.troubles import Mishap
from tests.http.conftest import House, Json, a_house, until

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "Input.Text", "id": "goal", "label": "Mål"}],
    "actions": [
        {
            "type": "Action.Execute",
            "title": "Lagre",
            "verb": "save",
            "data": {"v": 1, "ci": "card-1", "verb": "save"},
            "fallback": {
                "type": "Action.Submit",
                "title": "Lagre",
                "data": {"v": 1, "ci": "card-1", "verb": "save"},
            },
        }
    ],
    "refresh": {
        "action": {"type": "Action.Execute", "verb": "see", "data": {"v": 1, "ci": "card-1", "verb": "see"}},
        "userIds": [],
    },
}
NEXT_CARD = CARD | {"body": [{"type": "TextBlock", "text": "Lagret"}]}


def replies(*messages: Message) -> Any:
    return lambda turn: Reply(messages)


async def with_a_card(house: House) -> None:
    house.bot.reply = replies(Message("et kort", CARD))
    await house.kari.says("kort")
    house.bot.turns.clear()


def action(**changes: Any) -> Json:
    data = {"v": 1, "ci": "card-1", "verb": "save", "goal": "lese"} | changes.pop("data", {})
    data = {key: value for key, value in data.items() if value is not None}
    return {"action": {"type": "Action.Execute", "verb": "save", "data": data} | changes, "trigger": "manual"}


# In.


async def test_who_wrote_and_where(house: House) -> None:
    await house.kari.says("hei")
    (turn,) = house.bot.turns
    kari = house.kari.person
    assert turn.identity == Identity(kari.tenant_id, str(kari.object_id))
    assert (turn.address.scope, turn.address.conversation_id) == (Scope.PERSONAL, house.kari.conversation.id)
    assert (turn.address.user_id, turn.address.bot_id) == (kari.user_id, house.teams.bot.id)
    assert (turn.address.service_url, turn.address.locale) == (house.service_url, "nb-NO")
    assert (turn.invoked, turn.correlation_id) == (False, "correlation-1")


async def test_who_has_no_object_id_is_nobody(house: House) -> None:
    await house.post(house.activity(**{"from": {"id": "29:outsider", "name": "Kari Eier"}}))
    assert [turn.identity for turn in house.bot.turns] == [None]


async def test_own_mention_is_removed_in_a_channel_thread(house: House) -> None:
    channel = house.teams.team("Forum", ["Generelt"], ["kari"])[0]
    answer = await house.teams.chat("kari", channel).says("status")
    (turn,) = house.bot.turns
    assert (turn.happening, turn.address.scope) == (Said("status"), Scope.CHANNEL)
    assert turn.address.conversation_id.startswith(f"{channel.id};messageid=")
    assert turn.address.channel_id == channel.id
    assert [message.text for message in answer.messages] == ["hallo"]


async def test_installing_and_removing(house: House) -> None:
    house.bot.reply = replies()
    await house.kari.installs()
    await house.kari.uninstalls()
    assert [turn.happening for turn in house.bot.turns] == [Joined(), Joined(), Left()]


@pytest.mark.parametrize(
    "kind",
    ["typing", "messageReaction", "messageUpdate", "messageDelete", "event", "endOfConversation", "x" * 99],
)
async def test_what_is_nothing_to_us_is_no_turn(house: House, kind: str) -> None:
    got = await house.post(house.activity(type=kind))
    assert (got.status, got.body, house.bot.turns) == (200, b"", [])


async def test_others_come_and_go_without_us(house: House) -> None:
    got = await house.post(house.activity(type="conversationUpdate", membersAdded=[{"id": "29:ola"}]))
    assert (got.status, house.bot.turns) == (200, [])


async def test_attachments_are_never_fetched(house: House) -> None:
    """The addresses lead to the stand-in itself, so that a fetch would be seen."""
    file = {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "contentUrl": house.service_url + "v3/conversations/x",
        "content": {"downloadUrl": house.service_url + "v3/conversations/y", "fileType": "docx"},
    }
    await house.post(house.activity(text=None, attachments=[file]))
    assert [turn.happening for turn in house.bot.turns] == [Said("")]
    assert {call.operation for call in house.teams.connector.calls} == {"send"}


# A pressed button.


async def test_a_press_is_answered_with_a_card_in_the_response(house: House) -> None:
    await with_a_card(house)
    house.bot.reply = replies(Message("lagret", NEXT_CARD))
    calls = len(house.teams.connector.calls)
    answer = await house.kari.presses("Lagre", {"goal": "lese mer"})
    (turn,) = house.bot.turns
    assert (turn.happening, turn.invoked) == (Pressed("save", "card-1", {"goal": "lese mer"}), True)
    assert answer.body == {
        "statusCode": 200,
        "type": CONTENT_TYPE,
        "value": NEXT_CARD | {"fallbackText": "lagret"},
    }
    assert not answer.failed
    assert len(house.teams.connector.calls) == calls


async def test_a_press_can_be_answered_with_a_notice(house: House) -> None:
    await with_a_card(house)
    house.bot.reply = replies(Message("Lagret kl. 10"))
    assert (await house.kari.presses("Lagre")).notice == "Lagret kl. 10"


async def test_a_press_that_is_answered_with_nothing_is_no_failure(house: House) -> None:
    await with_a_card(house)
    house.bot.reply = replies()
    answer = await house.kari.presses("Lagre")
    assert (answer.status, answer.failed, answer.messages) == (200, False, ())


async def test_what_there_is_more_is_posted_after_the_response(house: House) -> None:
    await with_a_card(house)
    house.bot.reply = replies(Message("lagret", NEXT_CARD), Message("Kvittering"), Message("Og én til"))
    house.teams.connector.latency_seconds = 0.2
    answer = await house.kari.presses("Lagre")
    assert (answer.card is not None, answer.messages) == (True, ())
    assert [shown.text for shown in await house.kari.arrives(2)] == ["Kvittering", "Og én til"]


async def test_the_end_waits_for_what_is_still_to_be_posted() -> None:
    async with a_house() as house:
        house.bot.reply = replies(Message("lagret", NEXT_CARD), Message("Kvittering"))
        house.teams.connector.latency_seconds = 0.1
        assert (await house.post(house.invoke(action()))).status == 200
        assert house.kari.shown == ()
        calls = house.teams.connector.calls
    assert [call.status for call in calls] == [201]


async def test_a_refresh_is_automatic(house: House) -> None:
    await with_a_card(house)
    got = await house.post(house.invoke(action() | {"trigger": "automatic"}))
    assert got.status == 200
    assert house.bot.turns[0].happening == Pressed("save", "card-1", {"goal": "lese"}, automatic=True)


async def test_a_client_without_execute_sends_a_message_and_gets_one(house: House) -> None:
    await with_a_card(house)
    house.bot.reply = replies(Message("lagret"))
    old = house.teams.chat("kari", device=Device(name="old", executes=False))
    answer = await old.presses("Lagre", {"goal": "x"})
    assert [turn.happening for turn in house.bot.turns] == [Pressed("save", "card-1", {"goal": "x"})]
    assert [message.text for message in answer.messages] == ["lagret"]


MALFORMED: dict[str, Any] = {
    "no value": None,
    "a text": "save",
    "a list": [],
    "no action": {"trigger": "manual"},
    "action is a text": {"action": "save"},
    "Action.Submit": action(type="Action.Submit"),
    "no data": {"action": {"type": "Action.Execute", "verb": "save"}},
    "data is a text": {"action": {"type": "Action.Execute", "verb": "save", "data": "x"}},
    "no version": action(data={"v": None}),
    "another version": action(data={"v": 2}),
    "version is true": action(data={"v": True}),
    "version is a text": action(data={"v": "1"}),
    "no card instance": action(data={"ci": None}),
    "card instance is a number": action(data={"ci": 1}),
    "no verb in the data": action(data={"verb": None}),
    "two verbs": action(data={"verb": "submit"}),
    "verb is a list": action(verb=["save"], data={"verb": ["save"]}),
    "input is a number": action(data={"cost_nok": 10**40}),
    "input is true": action(data={"agree": True}),
    "input is an object": action(data={"goal": {"$ne": ""}}),
    "input is null": {
        "action": {
            "type": "Action.Execute",
            "verb": "save",
            "data": {"v": 1, "ci": "c", "verb": "save", "goal": None},
        }
    },
    "too many inputs": action(data={f"input-{number}": "x" for number in range(201)}),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_press(house: House, name: str) -> None:
    got = await house.post(house.invoke(MALFORMED[name]))
    assert (got.status, house.bot.turns) == (200, [])
    assert got.json["statusCode"] == 400
    assert got.json["type"] == "application/vnd.microsoft.error"
    assert set(got.json["value"]) == {"code", "message"}


@pytest.mark.parametrize("name", [name for name in MALFORMED if name != "no value"])
async def test_malformed_press_as_a_message_reaches_the_dialogs_as_nothing_known(
    house: House, name: str
) -> None:
    value = MALFORMED[name]
    data = (
        value["action"].get("data")
        if isinstance(value, dict) and isinstance(value.get("action"), dict)
        else value
    )
    got = await house.post(house.activity(text=None, value=data if data is not None else {}))
    assert got.status == 200
    neutral = Pressed(verb="", card="")
    # What is wrong with the action itself does not show in its data.
    whole = Pressed("save", "card-1", {"goal": "lese"})
    expected = {"Action.Submit": whole, "two verbs": Pressed("submit", "card-1", {"goal": "lese"})}
    assert [turn.happening for turn in house.bot.turns] == [expected.get(name, neutral)]


@pytest.mark.parametrize("name", ["task/fetch", "composeExtension/query", "signin/verifyState", None])
async def test_unknown_invoke(house: House, name: str | None) -> None:
    got = await house.post(house.invoke(action(), name=name) if name else house.activity(type="invoke"))
    assert (got.status, got.body, house.bot.turns) == (501, b"", [])


# Out.


async def test_replies_are_sent_in_order_before_the_200(house: House) -> None:
    house.bot.reply = replies(Message("en"), Message("to", CARD), Message("tre"))
    answer = await house.kari.says("hei")
    assert answer.status == 200
    assert [message.card is not None for message in answer.messages] == [False, True, False]
    assert [call.operation for call in house.teams.connector.calls] == ["send"] * 3


async def test_what_is_sent(house: House) -> None:
    house.bot.reply = replies(Message("Hei *du* & <at>alle</at>"), Message("Alt som står på kortet", CARD))
    activity = house.activity()
    await house.post(activity)
    addressing = {
        "channelId": "msteams",
        "serviceUrl": house.service_url,
        "from": activity["recipient"],
        "recipient": activity["from"],
        "conversation": activity["conversation"],
        "locale": "nb-NO",
        "replyToId": activity["id"],
        "type": "message",
    }
    text, card = [call.activity for call in house.teams.connector.calls]
    assert text == addressing | {
        "text": "Hei &#42;du&#42; &#38; &#60;at&#62;alle&#60;/at&#62;",
        "textFormat": "xml",
    }
    assert house.kari.shown[0].text == "Hei *du* & <at>alle</at>"
    assert card == addressing | {
        "summary": "Alt som står på kortet",
        "attachments": [
            {"contentType": CONTENT_TYPE, "content": CARD | {"fallbackText": "Alt som står på kortet"}}
        ],
    }


async def test_nothing_is_sent_twice_at_once_in_a_conversation(house: House) -> None:
    house.teams.connector.latency_seconds = 0.03
    house.bot.reply = replies(Message("en"), Message("to"))
    await asyncio.gather(*(house.kari.says(f"hei {number}") for number in range(5)))
    assert [call.status for call in house.teams.connector.calls] == [201] * 10
    assert set(house.teams.connector.most_at_once.values()) == {1}


@pytest.mark.parametrize(
    "mishap",
    [Mishap(trouble=troubles.CONCURRENT), Mishap(trouble=troubles.THROTTLED, retry_after=1)],
    ids=["busy", "throttled"],
)
async def test_a_reply_that_was_certainly_not_sent_is_tried_once_more(house: House, mishap: Mishap) -> None:
    house.teams.connector.mishaps.plan(mishap)
    answer = await house.kari.says("hei")
    assert (answer.status, [message.text for message in answer.messages]) == (200, ["hallo"])
    assert len(house.teams.connector.calls) == 2


@pytest.mark.parametrize(
    "mishap",
    [
        Mishap(trouble=troubles.SERVICE_ERROR),
        Mishap(trouble=troubles.GATEWAY_TIMEOUT, delivered=True),
        Mishap(hang_up=True),
        Mishap(trouble=troubles.THROTTLED, retry_after=3600),
        Mishap(trouble=troubles.BLOCKED_BY_USER),
        Mishap(trouble=troubles.NOT_REGISTERED),
    ],
    ids=["broke", "perhaps", "hung up", "throttled for long", "blocked", "unauthorised"],
)
async def test_a_reply_that_may_have_been_sent_or_never_will_is_not(house: House, mishap: Mishap) -> None:
    """The turn is done and saved; the 500 lets the channel repeat it, and then the present state is shown."""
    house.teams.connector.mishaps.plan(mishap)
    answer = await house.kari.says("hei")
    assert (answer.status, len(house.teams.connector.calls), len(house.bot.turns)) == (500, 1, 1)
    assert b'forumbot_turns_total{kind="message",outcome="unsent"} 1.0' in house.metrics.page()


async def test_a_reply_that_is_too_large_is_not_sent(house: House) -> None:
    house.bot.reply = replies(Message("x" * outbound.MOST_BYTES))
    assert (await house.post()).status == 500
    assert (await house.post(house.invoke(action()))).status == 500
    assert house.teams.connector.calls == []


async def test_a_redirect_is_not_followed(house: House) -> None:
    house.teams.connector.mishaps.plan(Mishap(redirect_to=house.url + "/healthz"))
    assert (await house.post()).status == 500
    assert len(house.teams.connector.calls) == 1


# When it goes wrong.


def fails(turn: Turn) -> Reply:
    raise PermissionError("Kari Eier skrev: hemmelig")


async def test_a_bug_in_a_turn_is_a_500_without_detail(house: House) -> None:
    """PermissionError among all: the SDK would make a 401 of it."""
    house.bot.reply = fails
    for activity in (house.activity(), house.invoke(action())):
        got = await house.post(activity)
        assert (got.status, got.body) == (500, b"")
        assert "hemmelig" not in str(got.headers)


async def test_a_slow_turn_is_broken_off() -> None:
    async def sleeps(turn: Turn) -> Reply:
        await asyncio.sleep(30)
        return Reply()

    async with a_house(limits=Limits(turn_seconds=0.1)) as house:
        house.bot.reply = sleeps
        got = await house.post()
        assert (got.status, got.body) == (500, b"")
        house.bot.reply = replies(Message("hallo"))
        assert (await house.post()).status == 200


# Flood.


def test_who_was_quiet_for_longest_is_forgotten_first() -> None:
    gate = Gate(Limits(per_person=(Window(10, 1),), people_remembered=2), seconds=lambda: 0.0)
    for person in ("a", "b", "c", "a"):  # at the end nothing is known of a any more
        with gate.passing(person):
            pass
    with pytest.raises(TooMuch), gate.passing("c"):
        pass


async def test_who_writes_too_much_is_told_to_wait_and_others_are_served() -> None:
    now = [0.0]
    async with a_house(limits=Limits(), seconds=lambda: now[0]) as house:
        house.bot.reply = replies()
        statuses = [(await house.post()).status for _ in range(1000)]
        assert (statuses[:10], set(statuses[10:])) == ([200] * 10, {429})
        ola = house.activity(**{"from": {"id": "29:ola", "aadObjectId": "ola"}})
        assert (await house.post(ola)).status == 200
        got = await house.post()
        assert (got.status, got.body, got.headers["Retry-After"]) == (429, b"", "10")
        now[0] = 10.0
        assert (await house.post()).status == 200


async def test_a_persons_share_fills_again_as_time_goes() -> None:
    now = [0.0]
    async with a_house(limits=Limits(per_person=(Window(60, 60),)), seconds=lambda: now[0]) as house:
        house.bot.reply = replies()
        statuses = []
        for _ in range(70):
            now[0] += 0.5
            statuses.append((await house.post()).status)
        assert statuses == [200] * 60 + [429] * 10
        for now[0], status in ((60.49, 429), (60.5, 200), (60.51, 429), (61.0, 200)):
            assert (await house.post()).status == status


async def test_too_many_at_once() -> None:
    gate = asyncio.Event()

    async def waits(turn: Turn) -> Reply:
        await gate.wait()
        return Reply()

    async with a_house(limits=Limits(per_person=(Window(1, 1000),), at_once=3)) as house:
        house.bot.reply = waits
        inside = [asyncio.create_task(house.post()) for _ in range(3)]
        await until(lambda: len(house.bot.turns) == 3)
        assert (await house.post()).status == 429
        gate.set()
        assert [(await task).status for task in inside] == [200] * 3
        assert (await house.post()).status == 200


async def test_strangers_do_not_use_up_a_persons_share() -> None:
    async with a_house(limits=Limits()) as house:
        for _ in range(30):
            assert (await house.post(token="x.y.z")).status == 401
        assert (await house.post()).status == 200
