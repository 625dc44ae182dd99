"""The people's side of a running stand-in, as a client sees it (see `play.http`)."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from domain.errors import Final

LONG_POLL_SECONDS = 25
TIMEOUT = aiohttp.ClientTimeout(total=60, connect=3)

Json = dict[str, Any]


class NotRunning(Final):
    """Nothing answers where the stand-in should be."""


class Refused(Final):
    """The stand-in will not do it; the text says why."""


class Api:
    """One person at one device."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, handle: str, device: str = "terminal"
    ) -> None:
        self.handle = handle
        self._session = session
        self._url = url
        self._device = device

    async def people(self) -> dict[str, str]:
        """Names by handle."""
        got = await self._call("GET", f"{self._url}/play/people")
        return {str(each["handle"]): str(each["name"]) for each in got["people"]}

    async def chats(self) -> list[Json]:
        return list((await self._ask("chats"))["chats"])

    async def messages(self, chat: str) -> tuple[list[Json], int]:
        """What stands there, and the number to ask for events after."""
        got = await self._ask("messages", chat=chat)
        return list(got["messages"]), int(got["next"])

    async def mails(self) -> list[Json]:
        """What has come by e-mail, oldest first."""
        return list((await self._ask("mails"))["mails"])

    async def events(self, after: int, *, wait: int = 0) -> tuple[list[Json], int]:
        got = await self._ask("events", after=after, wait=wait)
        return list(got["events"]), int(got["next"])

    async def say(self, chat: str, text: str) -> Json:
        return await self._do("say", chat=chat, text=text)

    async def press(self, chat: str, message: str, button: int, inputs: Mapping[str, str]) -> Json:
        """`button`: counted from 0."""
        return await self._do("press", chat=chat, message=message, button=button, inputs=dict(inputs))

    async def open(self, chat: str) -> list[Json]:
        """The cards that were refreshed."""
        return list((await self._do("open", chat=chat))["cards"])

    async def app(self, chat: str, do: str) -> Json:
        return await self._do("app", chat=chat, do=do)

    async def _ask(self, what: str, **params: Any) -> Json:
        return await self._call("GET", self._own(what), params=params | {"device": self._device})

    async def _do(self, what: str, **body: Any) -> Json:
        return await self._call("POST", self._own(what), json=body | {"device": self._device})

    def _own(self, what: str) -> str:
        return f"{self._url}/play/people/{self.handle}/{what}"

    async def _call(self, method: str, url: str, **more: Any) -> Json:
        try:
            async with self._session.request(method, url, **more) as response:
                body: Json = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NotRunning(str(error)) from error
        if response.status != 200:
            raise Refused(str(body.get("error", response.status)))
        return body
