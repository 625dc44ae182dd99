"""What Microsoft's Playground sends goes on signed, and the bot's answers find their way back to it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from play.echo import EchoBot
from play.issuer import Issuer
from play.loopback import serving
from play.people import APP_ID, TENANT
from play.proxy import MESSAGES_PATH, Proxy, configuration
from play.teams import Teams

Json = dict[str, Any]
CHANNEL = "19:prøve@thread.tacv2;messageid=1"


@dataclass
class Playground:
    """Keeps what it gets: raw path, headers, body."""

    url: str = ""
    got: list[tuple[str, str | None, Json]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((request.raw_path, request.headers.get("Authorization"), await request.json()))
        return web.json_response({"id": "1"}, status=201)


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    made = Playground()
    app = web.Application()
    app.add_routes([web.route("*", "/{rest:.*}", made.handle)])
    async with serving(app) as made.url:
        yield made


@pytest.fixture
def bot() -> EchoBot:
    return EchoBot(Issuer(APP_ID))


@pytest.fixture
async def teams(bot: EchoBot) -> AsyncIterator[Teams]:
    teams = Teams(bot.issuer)
    teams.app.add_routes(Proxy(teams).routes())
    async with bot.serving() as url, teams:
        teams.endpoint = url
        yield teams


async def sent(teams: Teams, service_url: str, **more: Any) -> int:
    """Post a text as the Playground does, without a token; gives the status."""
    activity = {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "text": "hei",
        "conversation": {"id": CHANNEL},
        **more,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(teams.url + MESSAGES_PATH, json=activity) as response,
    ):
        return response.status


async def test_there_and_back(teams: Teams, bot: EchoBot, playground: Playground) -> None:
    assert await sent(teams, f"{playground.url}/_connector") == 200
    assert bot.got[0]["serviceUrl"].startswith(f"{teams.url}/playground/to/")
    ((path, authorization, body),) = playground.got
    assert path == ("/_connector/v3/conversations/19%3Apr%C3%B8ve%40thread.tacv2%3Bmessageid%3D1/activities")
    assert authorization is None  # the bot's token is nothing to the Playground
    assert body == {"type": "message", "text": "ekko hei"}


async def test_the_person_speaks_the_language_they_have_in_teams(
    teams: Teams, bot: EchoBot, playground: Playground
) -> None:
    """The Playground says that everybody speaks American."""
    kari = teams.add("kari", "Kari", locale="nn-NO").person
    await sent(teams, playground.url, locale="en-US", **{"from": {"id": kari.user_id}})
    await sent(teams, playground.url, locale="en-US", **{"from": {"id": "29:somebody"}})
    await sent(teams, playground.url)
    assert [activity.get("locale") for activity in bot.got] == ["nn-NO", "en-US", None]


@pytest.mark.parametrize("service_url", ["http://evil.example/", "https://127.0.0.1.evil.example/", ""])
async def test_only_a_playground_on_this_machine(teams: Teams, bot: EchoBot, service_url: str) -> None:
    assert await sent(teams, service_url) == 403
    assert bot.got == []


async def test_the_way_back_is_for_the_bot_alone(teams: Teams, bot: EchoBot, playground: Playground) -> None:
    await sent(teams, playground.url)
    url = bot.got[0]["serviceUrl"] + "v3/conversations/a/activities"
    async with aiohttp.ClientSession() as session, session.post(url, json={}) as response:
        assert response.status == 401
    assert len(playground.got) == 1


async def test_a_playground_that_is_gone_is_a_bad_gateway(teams: Teams, bot: EchoBot) -> None:
    assert await sent(teams, "http://127.0.0.1:1/") == 500  # of the echo bot, that could not answer
    assert len(bot.got) == 1


def test_the_configuration_is_as_strict_as_the_playground_wants_it(bot: EchoBot) -> None:
    teams = Teams(bot.issuer)
    for number in range(8):
        teams.add(f"person-{number}", f"Person {number}")
    people = list(teams.world.people.values())
    document = json.loads(configuration(teams, people))
    assert document["tenantId"] == TENANT
    assert document["bot"] == {"id": f"28:{APP_ID}", "name": "Samarbeidsforum"}
    assert document["currentUser"]["aadObjectId"] == people[0].object_id
    assert [each["id"] for each in document["users"]] == [person.user_id for person in people[1:6]]
    assert len(document["team"]["channels"]) == 1
