"""Lets Microsoft's Agents Playground, which sends no token, talk to the bot, which wants one.

What the Playground sends is signed with the loopback issuer and goes on to the bot; the bot's answers come
back here and go on to the Playground. Where that is stands in the service address that the bot is given, so
nothing is remembered. The bot itself has no way around its checks.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from yarl import URL

from bot.teams.door import is_loopback
from play.people import Person
from play.teams import Teams

PATH = "/playground"
MESSAGES_PATH = f"{PATH}/api/messages"
_TIMEOUT = aiohttp.ClientTimeout(total=30)


class Proxy:
    def __init__(self, teams: Teams) -> None:
        self._teams = teams

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(MESSAGES_PATH, self._to_bot),
            web.route("*", f"{PATH}/to/{{where}}/{{rest:.+}}", self._to_playground),
        ]

    async def _to_bot(self, request: web.Request) -> web.Response:
        activity = await request.json()
        service_url = str(activity.get("serviceUrl"))
        if not is_loopback(urlsplit(service_url).hostname or ""):
            raise web.HTTPForbidden
        self._speak_as_in_teams(activity)
        activity["serviceUrl"] = f"{self._teams.url}{PATH}/to/{_packed(service_url)}/"
        token = self._teams.issuer.token(activity["serviceUrl"])
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await _forward("POST", self._teams.endpoint, json.dumps(activity).encode(), headers)

    def _speak_as_in_teams(self, activity: dict[str, Any]) -> None:
        """The Playground says `en-US` of everybody."""
        person = self._teams.world.person_with(str((activity.get("from") or {}).get("id")))
        if person is not None:
            activity["locale"] = person.locale

    async def _to_playground(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self._teams.connector.token}":
            raise web.HTTPUnauthorized
        # The path as it was written: what the bot has escaped stays escaped.
        _, _, rest = request.raw_path.removeprefix(f"{PATH}/to/").partition("/")
        url = _unpacked(request.match_info["where"]).rstrip("/") + "/" + rest
        if not is_loopback(urlsplit(url).hostname or ""):
            raise web.HTTPForbidden
        body = await request.read()
        return await _forward(request.method, url, body, {"Content-Type": request.content_type})


def configuration(teams: Teams, people: list[Person]) -> str:
    """A `.m365agentsplayground.yml` with the first of the people at the keyboard and the next five around.

    Written as JSON, which is YAML too. What the Playground wants is exact: five others, one channel.
    """
    current, others = people[0], people[1:6]
    document = {
        "version": "0.1.1",
        "tenantId": teams.world.tenant_id,
        "bot": teams.bot.account(),
        "currentUser": _user(current),
        "users": [_user(person) for person in others],
        "personalChat": {"id": teams.world.personal(current).id},
        "groupChat": {"id": "19:prøvegruppe@thread.v2", "name": "Prøvegruppe"},
        "team": {
            "id": "19:prøveteam@thread.tacv2",
            "name": "Prøveteam",
            "aadGroupId": "70000000-0000-4000-8000-000000000001",
            "channels": [{"id": "19:prøvekanal@thread.tacv2", "name": "Prøvekanal"}],
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _user(person: Person) -> dict[str, str | None]:
    mail = f"{person.handle}@example.test"
    return {
        "id": person.user_id,
        "name": person.name,
        "userPrincipleName": mail,  # spelt like that
        "aadObjectId": person.object_id,
        "givenName": person.name,
        "surname": "(eksempel)",
        "email": mail,
    }


async def _forward(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> web.Response:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as answer,
        ):
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"Content-Type": answer.content_type}
            )
    except (aiohttp.ClientError, TimeoutError):
        raise web.HTTPBadGateway from None


def _packed(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _unpacked(packed: str) -> str:
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        raise web.HTTPNotFound from None
