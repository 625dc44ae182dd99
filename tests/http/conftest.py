"""The real app on a real port, between a stand-in for Teams and an issuer in a thread of its own."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict

from bot.app import MESSAGES_PATH, create_app, serving
from bot.metrics import Metrics
from bot.teams.channel import Channel, open_channel
from bot.teams.credentials import Proof, Registration
from bot.teams.door import Door, origin_of
from bot.teams.limits import Limits, Window
from domain.messages import Message, Reply, Turn
from play import activities
from play.chat import Chat
from play.issuer import Issuer
from play.people import APP_ID, TENANT
from play.teams import Teams

Json = dict[str, Any]

# The rules of the forum go by this clock, tokens by the machine's: nothing may mix them up.
DOMAIN_NOW = datetime(2023, 1, 16, 9, tzinfo=UTC)


def machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Bot:
    """What stands in the dialogs' place: keeps the turns and answers what the test tells it to."""

    turns: list[Turn] = field(default_factory=list)
    reply: Callable[[Turn], Reply | Awaitable[Reply]] = lambda turn: Reply((Message("hallo"),))

    async def __call__(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        reply = self.reply(turn)
        return reply if isinstance(reply, Reply) else await reply


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class House:
    issuer: Issuer
    configuration: str
    teams: Teams
    bot: Bot
    channel: Channel
    metrics: Metrics
    url: str
    http: aiohttp.ClientSession
    kari: Chat

    @property
    def endpoint(self) -> str:
        return self.url + MESSAGES_PATH

    @property
    def service_url(self) -> str:
        return self.teams.service_url

    def activity(self, **changes: Any) -> Json:
        """A good message from Kari with some of it changed; None leaves a property out."""
        scene = self.teams.courier.scene(self.kari.person, self.kari.conversation)
        activity = activities.message(scene, self.teams.courier.event_id(), "hei", mentions_bot=False)
        return {key: value for key, value in (activity | changes).items() if value is not None}

    def invoke(self, value: Any, **changes: Any) -> Json:
        press = {"type": "invoke", "name": "adaptiveCard/action", "text": None, "value": value}
        return self.activity(**press | changes)

    def claims(self, **changes: Any) -> Json:
        return self.issuer.claims(self.service_url, **changes)

    def bearer(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.issuer.token(self.service_url)}"}

    async def post(
        self,
        activity: Any = None,
        *,
        token: str | None = None,
        headers: Any = None,
        data: bytes | None = None,
        content_type: str = "application/json",
    ) -> Got:
        """POST what is given; a good activity with a good token when nothing is."""
        body = (
            json.dumps(self.activity() if activity is None else activity).encode() if data is None else data
        )
        sent = CIMultiDict(self.bearer(token) if headers is None else headers)
        sent["Content-Type"] = content_type
        async with self.http.post(self.endpoint, data=body, headers=sent) as response:
            return Got(response.status, await response.read(), response.headers)

    async def get(self, path: str) -> Got:
        async with self.http.get(self.url + path) as response:
            return Got(response.status, await response.read(), response.headers)


async def until(condition: Callable[[], bool], *, within: float = 5.0) -> None:
    """Raises: TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other threads
            await asyncio.sleep(0.005)


async def _ready() -> Mapping[str, bool]:
    return {"store": True}


@asynccontextmanager
async def a_house(
    *,
    issuer: Issuer | None = None,
    limits: Limits | None = None,
    ready: Callable[[], Awaitable[Mapping[str, bool]]] = _ready,
    now: Callable[[], datetime] = lambda: DOMAIN_NOW,
    seconds: Callable[[], float] = time.monotonic,
    **teams_options: Any,
) -> AsyncIterator[House]:
    issuer = issuer or Issuer(APP_ID)
    ids = count(1)
    bot, metrics = Bot(), Metrics()
    with issuer.serving() as configuration:
        async with (
            Teams(issuer, now=machine_now, is_limited=False, **teams_options) as teams,
            open_channel(
                Door(APP_ID, frozenset({TENANT}), frozenset({str(origin_of(teams.service_url))})),
                Registration(APP_ID, TENANT, Proof.CONSTANT),
                bot,
                now=now,
                machine_now=machine_now,
                new_id=lambda: f"correlation-{next(ids)}",
                metadata_url=configuration,
                watch=metrics,
                limits=limits or Limits(per_person=(Window(1, 10_000),)),
                seconds=seconds,
            ) as channel,
            serving(create_app(channel.edge, metrics, ready), "127.0.0.1", 0) as url,
            aiohttp.ClientSession() as http,
        ):
            teams.endpoint = url + MESSAGES_PATH
            kari = teams.add("kari", "Kari Eier")
            yield House(issuer, configuration, teams, bot, channel, metrics, url, http, kari)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as house:
        yield house
