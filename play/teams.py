"""A local Teams: people, chats and channels, the connector, and the road to the bot.

async with Teams(issuer) as teams:
    teams.endpoint = "http://127.0.0.1:3978/api/messages"
    kari = teams.add("kari", "Kari Eier")
    answer = await kari.says("hei")
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import uuid4

from aiohttp import web

from bot.teams.credentials import CONSTANT_TOKEN
from play.chat import Chat, Device
from play.clock import Clock
from play.connector import PREFIX, Connector
from play.courier import Courier
from play.issuer import Issuer
from play.loopback import HOST, serving
from play.people import TENANT, Bot, Person
from play.post_office import PostOffice
from play.world import Conversation, World

PC = Device()
LARGEST_REQUEST_BYTES = 4 * 1024 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


class Teams:
    """`now`, `sleep` and `new_id` are the clock, its pauses and the dice; a year is played with other ones.

    More routes can be added to `app` before it is entered. Set `endpoint` before anybody says anything.
    """

    def __init__(
        self,
        issuer: Issuer,
        *,
        bot: Bot | None = None,
        token: str = CONSTANT_TOKEN,
        tenant_id: str = TENANT,
        host: str = HOST,
        port: int = 0,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        new_id: Callable[[], str] = lambda: str(uuid4()),
        is_limited: bool = True,
    ) -> None:
        self.issuer = issuer
        self.bot = bot or Bot(issuer.app_id)
        self.world = World(self.bot, now, tenant_id=tenant_id)
        self.connector = Connector(self.world, token=token, now=now, sleep=sleep, is_limited=is_limited)
        self.courier = Courier(issuer, self.bot, now=now, new_id=new_id)
        self.post_office = PostOffice()  # closed until it is entered
        self.post_office.told = self.world.journal.ring
        self.addresses: dict[str, str] = {}  # e-mail by handle
        self.groups: dict[str, str] = {}  # what people are, by handle
        self.clock = Clock()  # the forum's day; Teams itself goes by `now`
        self.app = web.Application(client_max_size=LARGEST_REQUEST_BYTES)
        self.app.add_routes(self.connector.routes())
        self.url = ""
        self._place = (host, port)
        self._chats: dict[tuple[str, str, str], Chat] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        host, port = self._place
        self.url = await self._stack.enter_async_context(serving(self.app, host=host, port=port))
        self.courier.service_url = self.service_url
        await self._stack.enter_async_context(self.courier)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def service_url(self) -> str:
        """Where the bot is told to send its answers."""
        return f"{self.url}{PREFIX}/"

    @property
    def endpoint(self) -> str:
        return self.courier.endpoint

    @endpoint.setter
    def endpoint(self, url: str) -> None:
        self.courier.endpoint = url

    def add(
        self,
        handle: str,
        name: str | None = None,
        *,
        is_installed: bool = True,
        tenant_id: str | None = None,
        locale: str = "nb-NO",
        device: Device = PC,
    ) -> Chat:
        """Add a person; gives the chat with the bot. Installed: by policy and long ago, so no event is sent."""
        tenant_id = tenant_id or self.world.tenant_id
        return self.add_person(
            Person.named(handle, name, tenant_id=tenant_id, locale=locale),
            is_installed=is_installed,
            device=device,
        )

    def add_person(self, person: Person, *, is_installed: bool = True, device: Device = PC) -> Chat:
        known = self.world.add(person)
        self.world.personal(known).installed = is_installed
        return self.chat(known.handle, device=device)

    def chat(self, handle: str, conversation: Conversation | None = None, *, device: Device = PC) -> Chat:
        """The person's view of a conversation, by default the chat with the bot, on that device."""
        person = self.world.people[handle]
        conversation = conversation or self.world.personal(person)
        key = (handle, conversation.id, device.name)
        if key not in self._chats:
            self._chats[key] = Chat(self.world, self.courier, conversation, person, device)
        return self._chats[key]

    def team(self, name: str, channels: Iterable[str], handles: Iterable[str]) -> list[Conversation]:
        """A team with the app in it, and its channels. The first channel is the general one."""
        people = [self.world.people[handle] for handle in handles]
        made = self.world.team(name, list(channels), people)
        made[0].installed = True
        return made

    def group(self, name: str, handles: Iterable[str]) -> Conversation:
        """A group chat with the app in it."""
        made = self.world.group(name, [self.world.people[handle] for handle in handles])
        made.installed = True
        return made
