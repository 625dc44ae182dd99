"""The people's side over HTTP: what a terminal or a page needs to be somebody in the stand-in.

    GET  /play/people                                      everybody, with what they are
    GET  /play/bell?after=&wait=                           waits until something happens, whomever it is for
    GET  /play/clock                                       the day that it is for the forum
    POST /play/clock                                       {day}: move it forward
    GET  /play/people/{person}/chats                       where the person can write
    GET  /play/people/{person}/messages?chat=              what stands there
    GET  /play/people/{person}/mails                       what has come by e-mail
    GET  /play/people/{person}/events?after=&wait=         what has happened since, or what happens next
    POST /play/people/{person}/say                         {chat, text}
    POST /play/people/{person}/press                       {chat, message, button, inputs}
    POST /play/people/{person}/open                        {chat}: cards are refreshed
    POST /play/people/{person}/app                         {chat, do: install | uninstall | block | unblock}

Every address takes `device`. Whoever reaches this can be anybody: only for loopback.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from aiohttp import web

from bot.teams.door import is_loopback
from domain.errors import Final
from play import cards
from play.chat import Answer, CannotDo, Chat, Device
from play.post_office import Letter
from play.screen import Shown
from play.teams import Teams
from play.world import Conversation, Event, Kind

LONGEST_WAIT_SECONDS = 30.0
MOST_REPEATS = 30

Json = dict[str, Any]


class _Wrong(Final):
    """The call makes no sense; the text says why."""


@web.middleware
async def from_here_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """A page somewhere on the net, open in a browser on this machine, must not be able to use the stand-in:
    neither under a name of its own that leads here, nor with a form that posts here."""
    origin = request.headers.get("Origin")
    is_ours = origin is None or origin == str(request.url.origin())
    is_json = request.method != "POST" or request.content_type == "application/json"
    if not (is_loopback(request.url.host or "") and is_ours and is_json):
        raise web.HTTPForbidden
    return await handler(request)


class Desk:
    """Answers for one Teams. `sleep` is waited with when the bot asks for calm."""

    def __init__(self, teams: Teams, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._teams = teams
        self._world = teams.world
        self._sleep = sleep

    def routes(self) -> list[web.RouteDef]:
        person = "/play/people/{person}"
        return [
            web.get("/play/people", self._people),
            web.get("/play/bell", _refusing(self._bell)),
            web.get("/play/clock", self._clock),
            web.post("/play/clock", _refusing(self._move_clock)),
            web.get(f"{person}/chats", self._asked(self._chats)),
            web.get(f"{person}/messages", self._asked(self._messages)),
            web.get(f"{person}/mails", self._asked(self._mails)),
            web.get(f"{person}/events", self._asked(self._events)),
            web.post(f"{person}/say", self._asked(self._say)),
            web.post(f"{person}/press", self._asked(self._press)),
            web.post(f"{person}/open", self._asked(self._open)),
            web.post(f"{person}/app", self._asked(self._app)),
        ]

    def _asked(self, act: Callable[["_Asked"], Awaitable[Json]]) -> "Handler":
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(await act(await self._read(request)))

        return _refusing(handle)

    async def _read(self, request: web.Request) -> "_Asked":
        handle = request.match_info["person"]
        if handle not in self._world.people:
            raise _Wrong(f"Ingen heter «{handle}» her.")
        given: Json = dict(request.query)
        if request.method == "POST":
            with suppress(ValueError):
                given |= await request.json()
        return _Asked(handle, given, self._teams)

    async def _people(self, _: web.Request) -> web.Response:
        groups = self._teams.groups
        people = [
            {"handle": each.handle, "name": each.name, "group": groups.get(each.handle, "")}
            for each in self._world.people.values()
        ]
        return web.json_response({"people": people})

    async def _bell(self, request: web.Request) -> web.Response:
        """One wait for all the chats of a page: a browser lets it wait for few things at once."""
        after, wait = _number(request.query, "after"), _number(request.query, "wait")
        journal, letters = self._world.journal, self._teams.post_office.letters
        with suppress(TimeoutError):
            async with asyncio.timeout(min(wait, LONGEST_WAIT_SECONDS)):
                while len(journal.events) + len(letters) <= after:
                    await journal.rings()
        return web.json_response({"next": len(journal.events) + len(letters)})

    async def _clock(self, _: web.Request) -> web.Response:
        return web.json_response({"day": self._teams.clock.day.isoformat()})

    async def _move_clock(self, request: web.Request) -> web.Response:
        try:
            self._teams.clock.move_to(date.fromisoformat((await request.json())["day"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _Wrong("Velg en senere dag enn den det er.") from None
        return await self._clock(request)

    async def _chats(self, asked: "_Asked") -> Json:
        person = self._world.people[asked.handle]
        places = [each for each in self._world.seen_by(person) if each.root is None]
        return {"chats": [_place(each) for each in places]}

    async def _messages(self, asked: "_Asked") -> Json:
        return {
            "next": len(self._world.journal.events),
            "messages": [_message(shown) for shown in asked.chat().shown],
        }

    async def _mails(self, asked: "_Asked") -> Json:
        letters = self._teams.post_office.to(self._teams.addresses.get(asked.handle, ""))
        return {"mails": [_letter(letter) for letter in letters]}

    async def _events(self, asked: "_Asked") -> Json:
        after = asked.number("after")
        with suppress(TimeoutError):
            async with asyncio.timeout(min(asked.number("wait"), LONGEST_WAIT_SECONDS)):
                while not (found := self._events_for(asked, after)):
                    await self._world.journal.rings()
                return found
        return {"next": len(self._world.journal.events), "events": []}

    def _events_for(self, asked: "_Asked", after: int) -> Json:
        events = self._world.journal.events
        found = [
            {"change": each.change, **seen}
            for each in events[after:]
            if (seen := self._seen(asked, each)) is not None
        ]
        return {"next": len(events), "events": found} if found else {}

    def _seen(self, asked: "_Asked", event: Event) -> Json | None:
        conversation = self._world.conversations.get(event.conversation_id)
        if conversation is None or self._world.people[asked.handle] not in conversation.members:
            return None
        place = {"chat": conversation.channel_id}
        if event.post is None:
            return place
        shown = asked.chat(conversation.channel_id).find(event.post.id)
        return place | ({"message": _message(shown)} if shown else {"message": {"id": event.post.id}})

    async def _say(self, asked: "_Asked") -> Json:
        chat = asked.chat()
        return await self._calmly(chat, await chat.says(asked.text("text")))

    async def _press(self, asked: "_Asked") -> Json:
        chat = asked.chat()
        shown = chat.find(asked.text("message"))
        if shown is None or shown.card is None:
            raise _Wrong("Kortet finnes ikke lenger.")
        buttons = cards.buttons(shown.card)
        number = asked.number("button")
        if not 0 <= number < len(buttons):
            raise _Wrong("Kortet har ikke den knappen.")
        inputs = {str(id_): str(value) for id_, value in asked.given.get("inputs", {}).items()}
        return await self._calmly(chat, await chat.presses(buttons[number], inputs, on=shown))

    async def _open(self, asked: "_Asked") -> Json:
        answers = await asked.chat().opens()
        return {"cards": [_message(answer.card) for answer in answers if answer.card]}

    async def _app(self, asked: "_Asked") -> Json:
        chat = asked.chat()
        match asked.text("do"):
            case "install":
                return _answer(await chat.installs())
            case "uninstall":
                return _answer(await chat.uninstalls())
            case "block":
                chat.blocks()
            case "unblock":
                chat.unblocks()
            case other:
                raise _Wrong(f"«{other}» er ikke noe en gjør med appen.")
        return _answer(Answer(status=200))

    async def _calmly(self, chat: Chat, answer: Answer) -> Json:
        """A script is quicker than any person: where the bot asks for calm, the same is sent again, as the
        channel does."""
        for _ in range(MOST_REPEATS):
            if answer.status != web.HTTPTooManyRequests.status_code:
                break
            await self._sleep(1.0)
            answer = await chat.repeats(answer)
        return _answer(answer)


Handler = Callable[[web.Request], Awaitable[web.Response]]


def _refusing(handle: Handler) -> Handler:
    """Tell whoever asked what makes no sense."""

    async def told(request: web.Request) -> web.Response:
        try:
            return await handle(request)
        except (CannotDo, _Wrong) as error:
            return web.json_response({"error": str(error)}, status=409)

    return told


class _Asked:
    """A call by one person: what was given, and the chat that it is about."""

    def __init__(self, handle: str, given: Mapping[str, Any], teams: Teams) -> None:
        self.handle = handle
        self.given = given
        self._teams = teams

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if not isinstance(value, str):
            raise _Wrong(f"«{name}» mangler.")
        return value

    def number(self, name: str) -> int:
        return _number(self.given, name)

    def chat(self, conversation_id: str | None = None) -> Chat:
        """By default the one that was named, or else the person's own with the bot."""
        world = self._teams.world
        person = world.people[self.handle]
        wanted = conversation_id or self.given.get("chat") or world.personal(person).id
        conversation = world.conversations.get(str(wanted))
        if conversation is None or person not in conversation.members:
            raise _Wrong("Den samtalen finnes ikke.")
        device = Device(str(self.given.get("device", "pc")))
        return self._teams.chat(self.handle, conversation, device=device)


def _number(given: Mapping[str, Any], name: str) -> int:
    try:
        return int(given.get(name, 0))
    except (TypeError, ValueError):
        raise _Wrong(f"«{name}» er ikke et tall.") from None


def _place(conversation: Conversation) -> Json:
    is_personal = conversation.kind is Kind.PERSONAL
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "name": "samtale med boten" if is_personal else conversation.name,
        "team": conversation.team.name if conversation.team else None,
        "installed": conversation.installed,
        "blocked": conversation.blocked,
    }


def _message(shown: Shown) -> Json:
    return {
        "id": shown.id,
        "thread": shown.conversation_id,
        "sender": shown.sender,
        "sender_handle": shown.sender_handle,
        "text": shown.text,
        "card": shown.card,
        "at": shown.at.isoformat(),
    }


def _letter(letter: Letter) -> Json:
    return {
        "from": str(letter.message["From"]),
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "files": [
            {"name": name, "url": f"data:{media_type};base64,{b64encode(content).decode()}"}
            for name, (media_type, content) in letter.files.items()
        ],
    }


def _answer(answer: Answer) -> Json:
    return {
        "status": answer.status,
        "failed": answer.failed,
        "notice": answer.notice,
        "complaints": dict(answer.complaints),
        "card": _message(answer.card) if answer.card else None,
    }
