"""The road to the bot: signs what the channel sends, as the channel does."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from play.activities import Scene
from play.issuer import Issuer
from play.people import Bot, Person
from play.world import Activity, Conversation

PATIENCE_SECONDS = 15.0  # of the channel; a client gives up earlier


@dataclass(frozen=True, slots=True)
class Delivered:
    """How the bot answered over HTTP. `status` None: it was not reached, or did not answer in time."""

    status: int | None
    body: Any = None


class Courier:
    """`endpoint` and `service_url` may be set later: bot and connector each want the other's address."""

    def __init__(
        self, issuer: Issuer, bot: Bot, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self.issuer = issuer
        self.bot = bot
        self.endpoint = ""
        self.service_url = ""
        self.now = now
        self._new_id = new_id
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[Delivered]] = set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def scene(self, person: Person, conversation: Conversation) -> Scene:
        return Scene(person, conversation, self.bot, self.service_url, self.now())

    def event_id(self) -> str:
        """The id of what is not a message."""
        return f"f:{self._new_id()}"

    async def deliver(self, activity: Activity, *, within: float = PATIENCE_SECONDS) -> Delivered:
        """POST the activity. Whoever gives up early leaves the request under way, as a client does."""
        task = asyncio.create_task(self._post(activity))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=within)
        return task.result() if done else Delivered(None)

    async def _post(self, activity: Activity) -> Delivered:
        assert self._session is not None, "the courier is not on the road"
        try:
            async with self._session.post(
                self.endpoint,
                data=json.dumps(activity),
                headers=self._headers(activity),
                allow_redirects=False,
            ) as response:
                return Delivered(response.status, _read(await response.text()))
        except (aiohttp.ClientError, TimeoutError):
            return Delivered(None)

    def _headers(self, activity: Activity) -> dict[str, str]:
        service_url = str(activity.get("serviceUrl") or self.service_url)
        return {
            "Authorization": f"Bearer {self.issuer.token(service_url)}",
            "Content-Type": "application/json; charset=utf-8",
            "x-ms-conversation-id": str((activity.get("conversation") or {}).get("id", "")),
            "x-ms-tenant-id": str(((activity.get("channelData") or {}).get("tenant") or {}).get("id", "")),
        }


def _read(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
