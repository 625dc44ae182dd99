"""A person at a terminal: lines in, lines out, over the people's side of a running stand-in."""

import argparse
import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from play.api import Api
from play.commands import run_chat
from play.echo import EchoBot, card_result, post
from play.http import Desk, from_here_only
from play.issuer import Issuer
from play.people import APP_ID
from play.teams import Teams
from play.terminal import Terminal

Json = dict[str, Any]


def form(*, page: int = 1, **more: Any) -> Json:
    body: list[Json] = [
        {"type": "TextBlock", "text": f"Side {page}", "style": "heading"},
        {"type": "Input.Text", "id": "goal", "label": "Mål", "isRequired": True, "errorMessage": "Mangler."},
        {
            "type": "Input.ChoiceSet",
            "id": "region",
            "label": "Region",
            "choices": [{"title": "Salten", "value": "salten"}, {"title": "Lofoten", "value": "lofoten"}],
        },
    ]
    buttons = [{"type": "Action.Execute", "title": title, "verb": title} for title in ("Neste", "Lagre")]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": buttons, **more}


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(APP_ID)


@pytest.fixture
def bot(issuer: Issuer) -> EchoBot:
    bot = EchoBot(issuer)
    bot.cards["kort"] = form()
    return bot


@pytest.fixture
async def teams(issuer: Issuer, bot: EchoBot) -> AsyncIterator[Teams]:
    teams = Teams(issuer, is_limited=False)
    teams.app.middlewares.append(from_here_only)
    teams.app.add_routes(Desk(teams, sleep=_at_once).routes())
    async with bot.serving() as url, teams:
        teams.endpoint = url
        teams.add("kari", "Kari Eier")
        teams.team("Nordland", ["Generelt"], ["kari"])
        teams.add("ola", "Ola Utenfor")
        yield teams


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


async def talk(teams: Teams, *lines: str, handle: str = "kari", device: str = "terminal") -> list[str]:
    """Type the lines; gives what stood on the screen after the heading."""
    shown: list[str] = []

    async def typed() -> AsyncIterator[str]:
        for line in lines:
            yield line

    async with aiohttp.ClientSession() as session:
        api = Api(session, teams.url, handle, device)
        await Terminal(api, shown.append).run(typed(), listens=False)
    assert shown[0] == "--- samtale med boten ---"
    return shown[1:]


CARD = [
    "--- kort 1 ---",
    "Side 1",
    "======",
    "[1] Mål *:",
    "[2] Region:",
    "      velg: 1=Salten   2=Lofoten",
    "(1) Neste  (2) Lagre",
    "---",
]


async def test_what_is_typed_is_said_and_the_answer_shown(teams: Teams) -> None:
    assert await talk(teams, "hei", "", "::kolon") == [
        "Samarbeidsforum: ekko hei",
        "Samarbeidsforum: ekko :kolon",
    ]


async def test_a_card_is_filled_in_and_pressed(teams: Teams, bot: EchoBot) -> None:
    bot.result = lambda activity: card_result(form(page=2))
    shown = await talk(teams, "kort", ":1 <<", "Bedre lesing", "og skriving", ".", ":2 lof", ":trykk neste")
    assert shown[:8] == CARD
    assert shown[8:13] == [
        "[1] Mål *: Bedre lesing",
        "      og skriving",
        "[2] Region: Lofoten",
        "      velg: 1=Salten   2=Lofoten",
        "--- kort 1 ---",
    ]
    assert shown[13] == "Side 2"
    action = bot.got[-1]["value"]["action"]
    assert (action["verb"], action["data"]) == (
        "Neste",
        {"goal": "Bedre lesing\nog skriving", "region": "lofoten"},
    )


async def test_a_field_can_be_seen_emptied_and_refused(teams: Teams) -> None:
    shown = await talk(teams, "kort", ":1 x", ":1", ":tøm 1", ":2 Vesterålen", ":9 x", ":tøm")
    assert shown[8:] == [
        "[1] Mål *: x",
        "[1] Mål *: x",
        "[1] Mål *:",
        "! «Vesterålen» er ikke ett av valgene.",
        "! Kortet har 2 felt.",
        "! Skriv et nummer.",
    ]


async def test_the_client_complains_at_the_field(teams: Teams, bot: EchoBot) -> None:
    shown = await talk(teams, "kort", ":trykk 1")
    assert shown[8:] == [*CARD[:4], "    ! Mangler.", *CARD[4:]]
    assert [activity["type"] for activity in bot.got] == ["message"]


async def test_a_notice_leaves_what_was_filled_in(teams: Teams) -> None:
    assert (await talk(teams, "kort", ":1 x", ":trykk 2", ":1"))[9:] == ["* tatt imot", "[1] Mål *: x"]


async def test_a_failure_is_told(teams: Teams, bot: EchoBot) -> None:
    bot.result = lambda activity: {}
    shown = await talk(teams, "kort", ":1 x", ":trykk 2")
    assert shown[9:] == ["! Noe gikk galt. Prøv igjen."]


async def test_an_older_card_can_be_gone_back_to(teams: Teams, bot: EchoBot) -> None:
    shown = await talk(teams, "kort", "kort", ":kort 1", ":1 x", ":trykk Lagre", ":kort 3")
    assert [line for line in shown if line.startswith("--- kort")] == [
        "--- kort 1 ---",
        "--- kort 2 ---",
        "--- kort 1 ---",
    ]
    first = next(iter(teams.chat("kari").shown[1:]))
    assert bot.got[-1]["replyToId"] == first.id
    assert shown[-1] == "! Her står det 2 kort."


async def test_coming_back_shows_old_cards_in_short_and_refreshes(teams: Teams, bot: EchoBot) -> None:
    user_id = teams.chat("kari").person.user_id
    refresh = {"action": {"type": "Action.Execute", "verb": "refresh"}, "userIds": [user_id]}
    bot.cards["friskt"] = form(refresh=refresh)
    await talk(teams, "kort", "friskt")
    bot.result = lambda activity: card_result(form(page=7))
    shown = await talk(teams, device="mobil")
    assert shown[:5] == [
        "Kari Eier: kort",
        "--- kort 1: Side 1 ---",
        "Kari Eier: friskt",
        "--- kort 2 ---",
        "Side 7",
    ]
    assert bot.got[-1]["value"]["trigger"] == "automatic"


async def test_a_changed_or_deleted_message_is_told(teams: Teams, bot: EchoBot) -> None:
    await talk(teams, "kort", "kort")
    chat = teams.chat("kari")
    first, second = (shown for shown in chat.shown if shown.card)
    posts = chat.conversation.posts

    def change(activity: Json) -> Json:
        attachments = posts[first.id].activity["attachments"]
        teams.world.edit(chat.conversation, posts[first.id], {"attachments": attachments})
        teams.world.delete(chat.conversation, posts[second.id])
        return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "ok"}

    bot.result = change
    shown = await talk(teams, ":1 x", ":trykk Lagre")
    assert shown[-3:] == ["(kort 1 er endret)", "(en melding er slettet)", "* ok"]


async def test_other_chats_and_the_app(teams: Teams, bot: EchoBot) -> None:
    shown = await talk(teams, ":samtaler", ":samtale Generelt", "hei", ":samtale 1", ":app blokker", "hei")
    assert shown == [
        "(1) samtale med boten",
        "(2) Generelt i Nordland",
        "--- Generelt ---",
        "Samarbeidsforum: ekko <at>Samarbeidsforum</at> hei",
        "--- samtale med boten ---",
        "! Samtalen er blokkert.",
    ]
    await talk(teams, ":app opphev", ":app avinstaller", ":app installer")
    kinds = [(each["type"], each.get("action")) for each in bot.got[1:]]
    assert kinds[0] == ("installationUpdate", "remove")
    assert sorted(kinds[1:], key=str) == [("conversationUpdate", None), ("installationUpdate", "add")]


async def test_help_names_every_command_and_unknown_ones_lead_to_it(teams: Teams) -> None:
    shown = await talk(teams, ":hjelp", ":jelp", ":slutt", "kommer ikke fram")
    text = "\n".join(shown)
    for command in (
        ":tøm",
        ":trykk",
        ":kort",
        ":åpne",
        ":samtaler",
        ":samtale 2",
        ":app",
        ":slutt",
        ":hjelp",
    ):
        assert command in text
    assert shown[-1] == "! «:jelp» er ikke en kommando. Skriv :hjelp."


async def test_a_bot_that_asks_for_calm_gets_it(teams: Teams, bot: EchoBot) -> None:
    bot.statuses = [429, 429]
    assert await talk(teams, "hei") == ["Samarbeidsforum: ekko hei"]
    assert [activity["id"] for activity in bot.got] == [bot.got[0]["id"]] * 3


async def test_what_comes_by_itself_is_shown_while_nothing_is_typed(teams: Teams, bot: EchoBot) -> None:
    screen: asyncio.Queue[str] = asyncio.Queue()
    go_on = asyncio.Event()

    async def typed() -> AsyncIterator[str]:
        yield "hei"
        await go_on.wait()

    async with aiohttp.ClientSession() as session, asyncio.timeout(3):
        terminal = Terminal(Api(session, teams.url, "kari"), screen.put_nowait)
        running = asyncio.create_task(terminal.run(typed(), listens=True))
        assert [await screen.get() for _ in range(2)][1] == "Samarbeidsforum: ekko hei"
        await post(bot.got[0], text="Fristen er i morgen.")
        assert await screen.get() == "Samarbeidsforum: Fristen er i morgen."
        go_on.set()
        await running


# The command


async def chat(teams: Teams | None, typed: str, *, person: str = "kari", json_lines: bool = False) -> int:
    port = int(teams.url.rpartition(":")[2]) if teams else 1
    arguments = argparse.Namespace(person=person, port=port, json_lines=json_lines)
    return await asyncio.to_thread(run_chat, arguments, typed=io.StringIO(typed))


async def test_the_command_ends_well_at_the_end_of_the_lines(
    teams: Teams, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await chat(teams, "hei\n:slutt\n") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Du er Kari Eier. Skriv :hjelp for hjelp.",
        "--- samtale med boten ---",
        "Samarbeidsforum: ekko hei",
    ]


async def test_without_a_stand_in_the_command_says_how_to_start_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await chat(None, "hei\n") == 1
    assert "make run" in capsys.readouterr().err


async def test_an_unknown_person_gets_the_list(teams: Teams, capsys: pytest.CaptureFixture[str]) -> None:
    assert await chat(teams, "", person="per") == 2
    assert capsys.readouterr().err.splitlines()[1:] == ["  kari  Kari Eier", "  ola  Ola Utenfor"]


async def test_json_lines_for_scripts(teams: Teams, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"say": "kort"},
        {"press": "Neste"},
        {"press": "Neste", "inputs": {"goal": "x"}},
        {"press": "Finnes ikke"},
        {"hva": 1},
    ]
    assert await chat(teams, "\n".join(map(json.dumps, lines)), json_lines=True) == 0
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [next(iter(each)) for each in out] == [
        "event",
        "event",
        "answer",
        "answer",
        "answer",
        "error",
        "error",
    ]
    assert out[1]["event"]["message"]["card"] == form()
    assert out[3]["answer"]["complaints"] == {"goal": "Mangler."}
    assert out[4]["answer"]["notice"] == "tatt imot"


# Who may reach it


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Host": "evil.example"}, {"json": {"text": "x"}}),
        ({"Origin": "https://evil.example"}, {"json": {"text": "x"}}),
        ({}, {"data": {"text": "x"}}),
    ],
)
async def test_pages_from_elsewhere_cannot_use_it(
    teams: Teams, bot: EchoBot, headers: dict[str, str], body: Json
) -> None:
    url = f"{teams.url}/play/people/kari/say"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, headers=headers, **body) as response,
    ):
        assert response.status == 403
    assert bot.got == []


async def test_nobody_sees_chats_of_others(teams: Teams) -> None:
    kari = teams.chat("kari").conversation.id
    async with aiohttp.ClientSession() as session:
        url = f"{teams.url}/play/people/ola/messages"
        async with session.get(url, params={"chat": kari}) as response:
            assert (response.status, await response.json()) == (409, {"error": "Den samtalen finnes ikke."})
        async with session.get(f"{teams.url}/play/people/ola/chats") as response:
            assert len((await response.json())["chats"]) == 1
