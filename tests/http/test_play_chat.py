"""People at their chats, against a small bot that checks tokens and answers over the connector."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from play.chat import GENERIC_FAILURE, CannotDo, Device
from play.echo import EchoBot, attached, card_result, post
from play.issuer import Issuer
from play.people import APP_ID, TENANT
from play.teams import Teams

Json = dict[str, Any]
Shows = Callable[[Json], Coroutine[Any, Any, str]]
CARD = "application/vnd.microsoft.card.adaptive"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2023, 1, 16, 9, 30, 15, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def form(title: str = "Neste", **more: Any) -> Json:
    execute = {
        "type": "Action.Execute",
        "title": title,
        "id": "next",
        "verb": "next",
        "data": {"v": 1, "ci": "abc"},
        "fallback": {"type": "Action.Submit", "title": title, "data": {"v": 1, "ci": "abc", "verb": "next"}},
    }
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "Input.Text", "id": "goal", "label": "Mål", "value": "Bedre lesing", "maxLength": 40},
            {"type": "Input.Number", "id": "units", "label": "Enheter"},
            {"type": "Input.Toggle", "id": "agreed", "title": "Enige", "valueOn": "yes", "valueOff": "no"},
        ],
        "actions": [execute],
        **more,
    }


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(APP_ID)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(issuer: Issuer) -> EchoBot:
    return EchoBot(issuer)


@pytest.fixture
async def teams(issuer: Issuer, clock: Clock, bot: EchoBot) -> AsyncIterator[Teams]:
    async with bot.serving() as url, Teams(issuer, now=clock, is_limited=False) as teams:
        teams.endpoint = url
        yield teams


@pytest.fixture
def shows(bot: EchoBot, teams: Teams) -> Shows:
    """Post a card to Kari's chat, as the bot."""

    async def post_card(card: Json) -> str:
        chat = teams.add("kari", "Kari Eier")
        to = {"serviceUrl": teams.service_url, "conversation": {"id": chat.conversation.id}}
        return await post(to, attachments=attached(card))

    return post_card


async def test_a_text_is_the_activity_that_teams_sends(teams: Teams, bot: EchoBot) -> None:
    kari = teams.add("kari", "Kari Eier")
    answer = await kari.says("hei & hå")
    assert (answer.status, answer.failed) == (200, False)
    assert [each.text for each in answer.messages] == ["ekko hei & hå"]
    assert bot.got == [answer.activity]
    assert bot.got[0] == {
        "type": "message",
        "id": kari.shown[0].id,
        "timestamp": "2023-01-16T09:30:15.250Z",
        "localTimestamp": "2023-01-16T10:30:15.250+01:00",
        "localTimezone": "Europe/Oslo",
        "channelId": "msteams",
        "serviceUrl": teams.service_url,
        "from": {"id": kari.person.user_id, "name": "Kari Eier", "aadObjectId": kari.person.object_id},
        "recipient": {"id": f"28:{APP_ID}", "name": "Samarbeidsforum"},
        "conversation": {
            "id": kari.conversation.id,
            "conversationType": "personal",
            "tenantId": TENANT,
        },
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "nb-NO",
        "textFormat": "plain",
        "text": "hei & hå",
        "attachments": [{"contentType": "text/html", "content": "<p>hei &amp; hå</p>"}],
        "entities": [
            {
                "type": "clientInfo",
                "locale": "nb-NO",
                "country": "NO",
                "platform": "Windows",
                "timezone": "Europe/Oslo",
            }
        ],
    }


async def test_ids_are_the_same_after_a_restart(issuer: Issuer, teams: Teams) -> None:
    kari = teams.add("kari")
    again = Teams(issuer).add("kari")
    assert (again.person, again.conversation.id) == (kari.person, kari.conversation.id)
    assert teams.add("ola").person.object_id != kari.person.object_id


async def test_a_repeated_activity_keeps_its_id(teams: Teams, bot: EchoBot) -> None:
    kari = teams.add("kari")
    await kari.repeats(await kari.says("hei"))
    assert bot.got[0] == bot.got[1]


async def test_a_press_is_an_invoke_with_data_and_inputs_merged(
    teams: Teams, bot: EchoBot, shows: Shows
) -> None:
    card_id = await shows(form())
    answer = await teams.chat("kari").presses("Neste", {"units": "3"})
    assert answer.notice == "tatt imot"
    sent = bot.got[0]
    assert (sent["type"], sent["name"], sent["replyToId"]) == ("invoke", "adaptiveCard/action", card_id)
    assert sent["id"].startswith("f:")
    assert sent["value"] == {
        "action": {
            "type": "Action.Execute",
            "id": "next",
            "title": "Neste",
            "verb": "next",
            "data": {"v": 1, "ci": "abc", "goal": "Bedre lesing", "units": "3", "agreed": "false"},
        },
        "trigger": "manual",
    }
    assert "text" not in sent


async def test_an_answered_card_stands_in_the_place_of_the_pressed_one(
    teams: Teams, bot: EchoBot, shows: Shows
) -> None:
    await shows(form())
    bot.result = lambda activity: card_result(form("Send inn"))
    phone = teams.chat("kari", device=Device("mobil"))
    answer = await teams.chat("kari").presses("Neste")
    assert answer.card == teams.chat("kari").card
    assert answer.card is not None
    assert answer.card.buttons == ("Send inn",)
    assert [each.buttons for each in phone.shown] == [("Neste",)]  # the other device has its own view


async def test_an_old_card_can_be_pressed_again(teams: Teams, bot: EchoBot, shows: Shows) -> None:
    await shows(form())
    kari = teams.chat("kari")
    old = kari.card
    bot.result = lambda activity: card_result(form("Send inn"))
    await kari.presses("Neste")
    with pytest.raises(CannotDo, match="Send inn"):
        await kari.presses("Neste")
    await kari.presses("Neste", on=old)
    assert [each["value"]["action"]["title"] for each in bot.got] == ["Neste", "Neste"]


async def test_an_update_by_the_bot_is_seen_on_every_device(teams: Teams, bot: EchoBot, shows: Shows) -> None:
    card_id = await shows(form())
    bot.result = lambda activity: card_result(form("Send inn"))
    kari, phone = teams.chat("kari"), teams.chat("kari", device=Device("mobil"))
    await kari.presses("Neste")
    chat = kari.conversation
    teams.world.edit(chat, chat.posts[card_id], {"type": "message", "attachments": attached(form("Ferdig"))})
    assert [each.buttons for each in (*kari.shown, *phone.shown)] == [("Ferdig",), ("Ferdig",)]


async def test_a_client_without_execute_falls_back_to_a_message(
    teams: Teams, bot: EchoBot, shows: Shows
) -> None:
    card_id = await shows(form())
    old = teams.chat("kari", device=Device("gammel", executes=False))
    answer = await old.presses("Neste", {"units": "3"})
    assert bot.got[0]["value"] == {
        "v": 1,
        "ci": "abc",
        "verb": "next",
        "goal": "Bedre lesing",
        "units": "3",
        "agreed": "false",
    }
    assert ("text" in bot.got[0], bot.got[0]["replyToId"]) == (False, card_id)
    assert len(answer.messages) == 1


async def test_inputs_left_empty_are_missing_or_blank_by_the_client(
    teams: Teams, bot: EchoBot, shows: Shows
) -> None:
    await shows(form())
    await teams.chat("kari").presses("Neste", {"goal": ""})
    await teams.chat("kari", device=Device("mobil", sends_blanks=True)).presses("Neste", {"goal": ""})
    sent = [each["value"]["action"]["data"] for each in bot.got]
    assert sent[0] == {"v": 1, "ci": "abc", "agreed": "false"}
    assert sent[1] == {"v": 1, "ci": "abc", "goal": "", "units": "", "agreed": "false"}


async def test_the_client_complains_before_it_sends_unless_forced(
    teams: Teams, bot: EchoBot, shows: Shows
) -> None:
    await shows(form())
    kari = teams.chat("kari")
    answer = await kari.presses("Neste", {"units": "mange"})
    assert (dict(answer.complaints), bot.got) == ({"units": "Ugyldig verdi."}, [])
    with pytest.raises(CannotDo, match="owner"):
        await kari.presses("Neste", {"owner": "1804"})
    await kari.presses("Neste", {"units": "mange", "owner": "1804"}, is_forced=True)
    data = bot.got[0]["value"]["action"]["data"]
    assert (data["units"], data["owner"]) == ("mange", "1804")


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"statusCode": 200, "type": CARD, "value": {"type": "AdaptiveCard"}},
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": {"text": "x"}},
        {"statusCode": 500, "type": CARD, "value": form()},
    ],
)
async def test_what_a_client_cannot_read_is_a_generic_failure(
    teams: Teams, bot: EchoBot, shows: Shows, result: Json
) -> None:
    await shows(form())
    bot.result = lambda activity: result
    answer = await teams.chat("kari").presses("Neste")
    assert (answer.status, answer.failed, answer.notice) == (200, True, GENERIC_FAILURE)


async def test_an_error_answer_is_shown_in_the_bots_words(teams: Teams, bot: EchoBot, shows: Shows) -> None:
    await shows(form())
    error = {"code": "closed", "message": "Fristen er ute."}
    bot.result = lambda activity: {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": error,
    }
    answer = await teams.chat("kari").presses("Neste")
    assert (answer.failed, answer.notice) == (True, "Fristen er ute.")


async def test_a_client_gives_up_but_the_request_goes_on(teams: Teams, bot: EchoBot, shows: Shows) -> None:
    await shows(form())
    bot.delay_seconds = 0.2
    hasty = teams.chat("kari", device=Device("utålmodig", patience_seconds=0.05))
    answer = await hasty.presses("Neste")
    assert (answer.status, answer.failed, answer.notice) == (None, True, GENERIC_FAILURE)
    assert len(bot.got) == 1


async def test_a_bot_that_is_not_there_is_a_failure(teams: Teams) -> None:
    teams.endpoint = "http://127.0.0.1:1/api/messages"
    answer = await teams.add("kari").says("hei")
    assert (answer.status, answer.failed, answer.messages) == (None, True, ())


async def test_refresh_is_asked_for_those_named_and_once_a_minute(
    teams: Teams, bot: EchoBot, clock: Clock, shows: Shows
) -> None:
    kari = teams.add("kari")
    action = {"type": "Action.Execute", "title": "Oppdater", "verb": "refresh", "data": {"ci": "abc"}}
    await shows(form(refresh={"action": action, "userIds": [kari.person.user_id]}))
    await shows(form(refresh={"action": action, "userIds": ["29:another"]}))
    bot.result = lambda activity: card_result(form("Ny side"))
    (answer,) = await kari.opens()
    assert bot.got[0]["value"] == {"action": action, "trigger": "automatic"}
    assert answer.card is not None
    assert answer.card.buttons == ("Ny side",)
    assert [each.buttons for each in kari.shown] == [("Ny side",), ("Neste",)]
    bot.result = lambda activity: card_result(
        form(refresh={"action": action, "userIds": [kari.person.user_id]})
    )
    await kari.presses("Neste")
    clock.now += timedelta(seconds=61)
    assert len(await kari.opens()) == 1
    assert await kari.opens() == ()


async def test_installing_sends_both_events_and_removing_one(teams: Teams, bot: EchoBot) -> None:
    kari = teams.add("kari", is_installed=False)
    with pytest.raises(CannotDo):
        await kari.says("hei")
    assert (await kari.installs()).status == 200
    events = {each["type"]: each for each in bot.got}
    assert events.keys() == {"installationUpdate", "conversationUpdate"}
    assert events["installationUpdate"]["action"] == "add"
    assert events["conversationUpdate"]["membersAdded"] == [{"id": f"28:{APP_ID}"}]
    assert "name" not in events["conversationUpdate"]["from"]
    bot.got.clear()
    await kari.uninstalls()
    assert [(each["type"], each["action"]) for each in bot.got] == [("installationUpdate", "remove")]


async def test_in_a_channel_the_bot_hears_only_mentions_and_answers_in_the_thread(
    teams: Teams, bot: EchoBot
) -> None:
    teams.add("kari")
    general, lofoten = teams.team("Nordland", ["Generelt", "Lofoten"], ["kari"])
    kari = teams.chat("kari", lofoten)
    assert await kari.says("bare til dere", mentions_bot=False) == (await kari.says("hm", mentions_bot=False))
    assert bot.got == []
    answer = await kari.says("status")
    sent = bot.got[0]
    assert sent["text"] == "<at>Samarbeidsforum</at> status"
    assert sent["entities"][0]["mentioned"]["id"] == f"28:{APP_ID}"
    assert sent["conversation"]["id"] == f"{lofoten.id};messageid={sent['id']}"
    assert sent["conversation"]["isGroup"] is True
    team = general.team
    assert team is not None
    assert sent["channelData"]["team"] == {"id": general.id, "aadGroupId": team.group_id}
    assert sent["channelData"]["channel"] == {"id": lofoten.id}
    (reply,) = answer.messages
    assert reply.conversation_id == sent["conversation"]["id"]
    thread = teams.chat("kari", teams.world.conversations[reply.conversation_id])
    await thread.says("takk")
    assert [each.text for each in thread.shown] == [
        "status",
        "ekko <at>Samarbeidsforum</at> status",
        "takk",
        "ekko <at>Samarbeidsforum</at> takk",
    ]


async def test_what_comes_by_itself_can_be_waited_for(teams: Teams, shows: Shows) -> None:
    kari = teams.add("kari")
    later = asyncio.create_task(shows(form()))
    (message,) = await kari.arrives()
    assert (await later, message.buttons) == (message.id, ("Neste",))
    with pytest.raises(TimeoutError):
        await kari.arrives(within=0.01)


async def test_a_message_that_came_before_is_not_taken_for_the_answer(teams: Teams, shows: Shows) -> None:
    kari = teams.add("kari")
    await shows(form())
    answer = await kari.says("hei")
    assert [each.text for each in answer.messages] == ["ekko hei"]
    assert [each.buttons for each in await kari.arrives()] == [("Neste",)]
