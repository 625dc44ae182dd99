"""A person in the stand-in as JSON lines, for scripts in any language.

In:  {"say": "hei"}   {"press": "Neste", "inputs": {"goal": "..."}}   {"open": true}   {"app": "uninstall"}
     {"mails": true}
Out: {"event": {...}} for what came meanwhile, then {"answer": {...}} or {"error": "..."}
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from play import cards
from play.api import Api, Refused

Json = dict[str, Any]


class Script:
    def __init__(self, api: Api, show: Callable[[str], None]) -> None:
        self._api = api
        self._show = show
        self._chat = ""
        self._next = 0
        self._card: Json | None = None  # the message with the card before the person

    async def run(self, lines: AsyncIterator[str], *, lingers: int = 0) -> None:
        """Until the lines end; then waits so many seconds for what is still to come."""
        self._chat = str((await self._api.chats())[0]["id"])
        messages, self._next = await self._api.messages(self._chat)
        for message in messages:
            self._see({"change": "posted", "chat": self._chat, "message": message})
        async for line in lines:
            if line.strip():
                await self._take(line)
        await self._catch_up(wait=lingers)

    async def _take(self, line: str) -> None:
        try:
            answer = await self._done(json.loads(line))
        except (Refused, ValueError, KeyError, AttributeError) as error:
            self._out("error", str(error))
            return
        await self._catch_up()
        if answer.get("card"):
            self._card = answer["card"]
        self._out("answer", answer)

    async def _catch_up(self, *, wait: int = 0) -> None:
        events, self._next = await self._api.events(self._next, wait=wait)
        for event in events:
            self._see(event)

    async def _done(self, step: Json) -> Json:
        if "say" in step:
            return await self._api.say(self._chat, step["say"])
        if "press" in step:
            return await self._press(step["press"], step.get("inputs", {}))
        if "open" in step:
            return {"cards": await self._api.open(self._chat)}
        if "mails" in step:
            return {"mails": await self._api.mails()}
        if "app" in step:
            return await self._api.app(self._chat, step["app"])
        raise ValueError(f"none of say, press, open, app, mails in {sorted(step)}")

    async def _press(self, title: str, inputs: Json) -> Json:
        if self._card is None:
            raise ValueError("there is no card")
        titles = [each["title"] for each in cards.buttons(self._card["card"])]
        if title not in titles:
            raise ValueError(f"no button {title!r}; there are {titles}")
        return await self._api.press(self._chat, self._card["id"], titles.index(title), inputs)

    def _see(self, event: Json) -> None:
        message = event.get("message") or {}
        if event["chat"] == self._chat and message.get("card"):
            is_current = self._card is not None and self._card["id"] == message["id"]
            if event["change"] == "posted" or is_current:
                self._card = message
        self._out("event", event)

    def _out(self, kind: str, what: Any) -> None:
        self._show(json.dumps({kind: what}, ensure_ascii=False))
