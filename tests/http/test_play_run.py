"""The whole stand-in with a forum's people in it, against the real edge of the bot."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest

from bot.app import create_app
from bot.metrics import Metrics
from bot.teams.channel import open_channel
from domain.days import local_day
from domain.demo import demo_register
from domain.forum import load_forum
from domain.messages import Identity, Joined, Message, Pressed, Reply, Said, Turn
from play.chat import Device
from play.commands import run_play
from play.loopback import HOST, NotLoopback, serving
from play.people import TENANT
from play.run import FIRST_DAY, Plan, playing
from play.teams import Teams, utc_now

DATABASE = "sqlite:///never-opened.db"


class TinyBot:
    """The real door, adapter and connector, with next to nothing behind them."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.plan: Plan | None = None

    async def answer(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        match turn.happening:
            case Said("kort"):
                return Reply((Message("Et kort", card("Neste")),))
            case Said(text):
                return Reply((Message(f"ekko {text}"),))
            case Pressed(verb):
                return Reply((Message("Takk", card(f"etter {verb}")), Message("Kvittering")))
            case _:
                return Reply()

    @asynccontextmanager
    async def start(self, plan: Plan) -> AsyncIterator[str]:
        self.plan = plan
        ids = count()
        settings = plan.settings
        async with open_channel(
            settings.door(),
            settings.registration(),
            self.answer,
            now=utc_now,
            machine_now=utc_now,
            new_id=lambda: f"correlation-{next(ids)}",
            metadata_url=settings.openid_metadata_url,
        ) as channel:
            app = create_app(channel.edge, Metrics(), ready)
            async with serving(app, port=settings.port) as url:
                yield f"{url}/api/messages"


async def ready() -> dict[str, bool]:
    return {"keys": True}


def card(title: str) -> dict[str, object]:
    data = {"v": 1, "ci": "card-1", "verb": "next"}
    submit = {"type": "Action.Submit", "title": title, "data": data}
    execute = {"type": "Action.Execute", "title": title, "verb": "next", "data": data, "fallback": submit}
    goal = {"type": "Input.Text", "id": "goal", "label": "Mål"}
    return {"type": "AdaptiveCard", "version": "1.5", "body": [goal], "actions": [execute]}


@pytest.fixture
def bot() -> TinyBot:
    return TinyBot()


@pytest.fixture
async def teams(bot: TinyBot) -> AsyncIterator[Teams]:
    async with playing(bot.start, database_url=DATABASE, port=0, bot_port=0) as teams:
        yield teams


async def test_the_forums_people_move_in(teams: Teams, bot: TinyBot) -> None:
    forum = load_forum("nordland")
    people = demo_register(forum).people
    assert list(teams.world.people) == [*(person.id for person in people), "ukjent"]
    channels = [each.name for each in teams.world.conversations.values() if each.team]
    assert channels == ["Generelt", *(region.name.nb for region in forum.regions)]
    personal = [turn for turn in bot.turns if turn.address.team_id is None]
    assert {turn.happening for turn in personal} == {Joined()}
    assert {turn.identity for turn in personal} == {
        Identity(TENANT, str(person.object_id)) for person in teams.world.people.values()
    }


async def test_the_plan_names_the_people_of_the_register_alone(teams: Teams, bot: TinyBot) -> None:
    assert bot.plan is not None
    kari = teams.world.people["eier-bodo"]
    assert bot.plan.identities["eier-bodo"] == Identity(TENANT, str(kari.object_id))
    assert "ukjent" not in bot.plan.identities
    assert local_day(bot.plan.now()) == FIRST_DAY
    assert bot.plan.settings.tenants == ()
    assert not bot.plan.settings.is_production


async def test_a_text_and_a_card_go_through_the_real_edge(teams: Teams, bot: TinyBot) -> None:
    kari = teams.chat("eier-bodo")
    said = await kari.says("hei")
    assert (said.status, [each.text for each in said.messages]) == (200, ["ekko hei"])
    await kari.says("kort")
    pressed = await kari.presses("Neste", {"goal": "Bedre lesing"})
    assert pressed.card is not None
    assert pressed.card.buttons == ("etter next",)
    (receipt,) = pressed.messages or await kari.arrives()
    assert receipt.text == "Kvittering"
    turn = bot.turns[-1]
    assert turn.happening == Pressed("next", "card-1", {"goal": "Bedre lesing"})
    assert turn.invoked


async def test_a_client_without_execute_goes_through_the_real_edge(teams: Teams, bot: TinyBot) -> None:
    old = teams.chat("eier-bodo", device=Device("gammel", executes=False))
    await old.says("kort")
    answer = await old.presses("Neste", {"goal": "Bedre lesing"})
    assert [each.buttons or each.text for each in answer.messages] == [("etter next",), "Kvittering"]
    assert bot.turns[-1].happening == Pressed("next", "card-1", {"goal": "Bedre lesing"})
    assert not bot.turns[-1].invoked


async def test_a_mention_in_a_channel_goes_through_the_real_edge(teams: Teams, bot: TinyBot) -> None:
    answer = await teams.chat("sekretariat", teams.world.channel("Lofoten")).says("status")
    assert [each.text for each in answer.messages] == ["ekko status"]
    assert bot.turns[-1].address.channel_id == teams.world.channel("Lofoten").id


async def test_it_is_served_on_loopback_only(bot: TinyBot) -> None:
    with pytest.raises(NotLoopback):
        async with playing(bot.start, database_url=DATABASE, host="0.0.0.0", port=0):
            pass
    assert bot.plan is None


@pytest.mark.parametrize(
    ("env", "host", "status", "said"),
    [
        ("production", HOST, 1, "production"),
        ("development", "0.0.0.0", 2, "0.0.0.0"),
        ("development", "bot.example.test", 2, "bot.example.test"),
    ],
)
def test_the_command_refuses_production_and_other_machines(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bot: TinyBot,
    env: str,
    host: str,
    status: int,
    said: str,
) -> None:
    monkeypatch.setenv("FORUMBOT_ENV", env)
    arguments = argparse.Namespace(on=FIRST_DAY, host=host, port=0, bot_port=0, keep=None, playground=None)
    assert run_play(arguments, bot=bot.start) == status
    assert said in capsys.readouterr().err
    assert bot.plan is None
