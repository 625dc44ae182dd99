"""A small bot for trying the stand-in itself: it checks tokens, echoes texts and answers cards as told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
from aiohttp import web
from yarl import URL

from bot.teams.credentials import CONSTANT_TOKEN
from play.cards import CONTENT_TYPE, Card
from play.chat import MESSAGE_RESULT
from play.issuer import ISSUER, Issuer
from play.loopback import serving
from play.world import Activity

Json = dict[str, Any]


def card_result(card: Card) -> Json:
    return {"statusCode": 200, "type": CONTENT_TYPE, "value": card}


def message_result(text: str) -> Json:
    return {"statusCode": 200, "type": MESSAGE_RESULT, "value": text}


def attached(card: Card) -> list[Json]:
    return [{"contentType": CONTENT_TYPE, "content": card}]


async def post(to: Mapping[str, Any], **activity: Any) -> str:
    """Send a message to the place that an activity came from; gives its id."""
    url = f"{to['serviceUrl']}v3/conversations/{quote(to['conversation']['id'], safe='')}/activities"
    headers = {"Authorization": f"Bearer {CONSTANT_TOKEN}"}
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(
            URL(url, encoded=True), json={"type": "message", **activity}, headers=headers
        ) as response,
    ):
        return str((await response.json())["id"])


class EchoBot:
    """`result`: the body that answers a pressed button. `cards`: by the text that asks for one."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self.got: list[Activity] = []
        self.result: Callable[[Activity], Json] = lambda activity: message_result("tatt imot")
        self.cards: dict[str, Card] = {}
        self.statuses: list[int] = []  # to answer with before anything is done
        self.delay_seconds = 0.0

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Gives the address of its messages."""
        app = web.Application()
        app.add_routes([web.post("/api/messages", self._messages)])
        async with serving(app, port=port) as url:
            yield f"{url}/api/messages"

    async def _messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self._verify(request.headers["Authorization"].removeprefix("Bearer "), activity["serviceUrl"])
        self.got.append(activity)
        await asyncio.sleep(self.delay_seconds)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if activity["type"] == "invoke":
            return web.json_response(self.result(activity))
        if activity["type"] == "message":
            await self._echo(activity)
        return web.Response()

    async def _echo(self, activity: Activity) -> None:
        if activity.get("text") in self.cards:
            await post(activity, attachments=attached(self.cards[activity["text"]]))
        else:
            await post(activity, text=f"ekko {activity.get('value') or activity['text']}")

    def _verify(self, token: str, service_url: str) -> None:
        key = jwt.PyJWK(self.issuer.key.jwk())
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=self.issuer.app_id, issuer=ISSUER)
        assert claims["serviceurl"] == service_url
