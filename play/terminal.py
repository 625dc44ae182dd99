"""A person in the stand-in, at a terminal or in a pipe.

Each line is carried out when the one before has been answered, so a file of lines is a script.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from play import cards
from play.api import LONG_POLL_SECONDS, Api, Refused
from play.cards import Card, Field
from play.forms import Unfit, value_for
from play.render import draw, draw_field

HELP = """\
Det du skriver, blir sagt til boten. Linjer som begynner med kolon, er til klienten:
  :2 Bedre lesing    fyll felt 2 (valg: nummer eller tekst, flere med komma; avkryssing: ja eller nei)
  :2 <<              fyll felt 2 med flere linjer; avslutt med en linje som bare er et punktum
  :2                 vis felt 2
  :tøm 2             tøm felt 2
  :trykk 1           trykk på knapp 1, eller :trykk Neste
  :kort              vis kortet på nytt; :kort 3 går tilbake til kort 3
  :åpne              kom tilbake til samtalen: kort som ber om det, blir friske
  :samtaler          hvor du kan skrive; :samtale 2 bytter
  :epost             les e-posten din
  :app avinstaller   eller installer, blokker, opphev
  :hjelp             denne teksten
  :slutt             avslutt
  ::tekst            si noe som begynner med kolon"""

_APP = {"installer": "install", "avinstaller": "uninstall", "blokker": "block", "opphev": "unblock"}

Json = dict[str, Any]


class _Ended(Exception):  # noqa: N818 - the person has said so
    pass


class _Misspoken(Exception):  # noqa: N818 - shown to the person
    pass


class Terminal:
    """`show` prints one line. State on the screen, all else is in the stand-in."""

    def __init__(self, api: Api, show: Callable[[str], None]) -> None:
        self._api = api
        self._show = show
        self._chat: Json = {}
        self._next = 0
        self._cards: list[str] = []  # message ids in the order they came: card 1, 2, ...
        self._messages: dict[str, Json] = {}
        self._current: str | None = None
        self._filled: dict[str, dict[str, str]] = {}  # by message
        self._collecting: tuple[int, list[str]] | None = None
        self._alone = asyncio.Lock()
        self._commands: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "hjelp": self._help,
            "trykk": self._press,
            "tøm": self._empty,
            "kort": self._card,
            "åpne": self._open,
            "samtaler": self._chats,
            "samtale": self._switch,
            "epost": self._mails,
            "app": self._app,
            "slutt": self._end,
        }

    async def run(self, lines: AsyncIterator[str], *, listens: bool, lingers: int = 0) -> None:
        """Until the lines end. `listens`: show also what comes while nothing is typed. `lingers`: seconds to
        wait at the end for what is still to come."""
        await self._enter((await self._api.chats())[0])
        listener = asyncio.create_task(self._listen()) if listens else None
        try:
            async for line in lines:
                async with self._alone:
                    await self._take(line)
            await self._catch_up(wait=lingers)
        except _Ended:
            pass
        finally:
            if listener is not None:
                listener.cancel()
                await asyncio.gather(listener, return_exceptions=True)

    async def _take(self, line: str) -> None:
        try:
            if self._collecting is not None:
                self._collect(line)
            elif line.startswith("::"):
                await self._say(line[1:])
            elif line.startswith(":"):
                await self._command(line[1:].strip())
            elif line.strip():
                await self._say(line)
        except (_Misspoken, Unfit, Refused) as error:
            self._show(f"! {error}")

    async def _command(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word.isdecimal():
            self._fill(int(word), rest.strip())
        elif word.casefold() in self._commands:
            await self._commands[word.casefold()](rest.strip())
        else:
            raise _Misspoken(f"«:{word}» er ikke en kommando. Skriv :hjelp.")

    async def _say(self, text: str) -> None:
        answer = await self._api.say(self._chat["id"], text)
        await self._catch_up()
        self._conclude(answer)

    async def _listen(self) -> None:
        while True:
            events, _ = await self._api.events(self._next, wait=LONG_POLL_SECONDS)
            if events:
                async with self._alone:
                    await self._catch_up()

    # What is seen

    async def _enter(self, chat: Json) -> None:
        self._chat = chat
        self._cards, self._messages, self._filled, self._current = [], {}, {}, None
        await self._api.open(chat["id"])
        messages, self._next = await self._api.messages(chat["id"])
        self._show(f"--- {chat['name']} ---")
        newest = max((place for place, each in enumerate(messages) if each["card"]), default=-1)
        for place, message in enumerate(messages):
            self._see(message, in_full=place == newest)

    async def _catch_up(self, *, wait: int = 0) -> None:
        events, self._next = await self._api.events(self._next, wait=wait)
        for event in events:
            if event["chat"] != self._chat["id"]:
                continue
            match event["change"]:
                case "posted" if event["message"].get("sender_handle") != self._api.handle:
                    self._see(event["message"])
                case "edited" if event["message"].get("card"):
                    self._renew(event["message"], looks_there=event["message"]["id"] == self._current)
                case "deleted":
                    self._show("(en melding er slettet)")

    def _see(self, message: Json, *, in_full: bool = True) -> None:
        """A message that is new here."""
        self._messages[message["id"]] = message
        if message["text"]:
            for line in f"{message['sender']}: {message['text']}".splitlines():
                self._show(line)
        if message["card"]:
            self._cards.append(message["id"])
            if in_full:
                self._look_at(message["id"])
            else:
                self._show(f"--- kort {len(self._cards)}: {_first_line(message['card'])} ---")

    def _renew(self, message: Json, *, looks_there: bool = True) -> None:
        """A card that has changed; what was filled in on it is gone, as in a client."""
        if message["id"] not in self._messages:
            return
        self._messages[message["id"]] = message
        self._filled.pop(message["id"], None)
        if looks_there:
            self._look_at(message["id"])
        else:
            self._show(f"(kort {self._cards.index(message['id']) + 1} er endret)")

    def _look_at(self, message_id: str, complaints: Mapping[str, str] | None = None) -> None:
        self._current = message_id
        self._show(f"--- kort {self._cards.index(message_id) + 1} ---")
        card = self._messages[message_id]["card"]
        for line in draw(card, filled=self._filled.get(message_id, {}), complaints=complaints or {}):
            self._show(line)
        self._show("---")

    def _conclude(self, answer: Json) -> None:
        if answer["card"]:
            self._renew(answer["card"])
        if answer["notice"]:
            self._show(f"{'!' if answer['failed'] else '*'} {answer['notice']}")
        elif answer["failed"]:
            self._show("! Boten svarte ikke.")
        if answer["complaints"] and self._current:
            self._look_at(self._current, answer["complaints"])

    # What is filled in

    def _shown_card(self) -> tuple[str, Card]:
        if self._current is None:
            raise _Misspoken("Det står ikke noe kort her.")
        return self._current, self._messages[self._current]["card"]

    def _field(self, number: int) -> tuple[str, Field]:
        message_id, card = self._shown_card()
        fields = cards.visible_fields(card)
        if not 1 <= number <= len(fields):
            raise _Misspoken(f"Kortet har {len(fields)} felt.")
        return message_id, fields[number - 1]

    def _fill(self, number: int, typed: str) -> None:
        message_id, field = self._field(number)
        if typed == "<<":
            self._collecting = (number, [])
            return
        if typed:
            self._filled.setdefault(message_id, {})[field.id] = value_for(field, typed)
        value = self._filled.get(message_id, {}).get(field.id, field.value)
        for line in draw_field(number, field, value):
            self._show(line)

    def _collect(self, line: str) -> None:
        assert self._collecting is not None
        number, so_far = self._collecting
        if line.strip() == ".":
            self._collecting = None
            self._fill(number, "\n".join(so_far))
        else:
            so_far.append(line)

    # The commands

    async def _help(self, _: str) -> None:
        for line in HELP.splitlines():
            self._show(line)

    async def _end(self, _: str) -> None:
        raise _Ended

    async def _empty(self, rest: str) -> None:
        message_id, field = self._field(_number(rest))
        self._filled.setdefault(message_id, {})[field.id] = ""
        self._fill(_number(rest), "")

    async def _press(self, rest: str) -> None:
        message_id, card = self._shown_card()
        buttons = [
            (place, str(each["title"])) for place, each in enumerate(cards.buttons(card)) if "url" not in each
        ]
        place, _ = buttons[_place(rest, [title for _, title in buttons])]
        answer = await self._api.press(self._chat["id"], message_id, place, self._filled.get(message_id, {}))
        await self._catch_up()
        self._conclude(answer)

    async def _card(self, rest: str) -> None:
        if rest and not 1 <= _number(rest) <= len(self._cards):
            raise _Misspoken(f"Her står det {len(self._cards)} kort.")
        self._look_at(self._cards[_number(rest) - 1] if rest else self._shown_card()[0])

    async def _open(self, _: str) -> None:
        for card in await self._api.open(self._chat["id"]):
            self._renew(card)
        await self._catch_up()

    async def _chats(self, _: str) -> None:
        for number, chat in enumerate(await self._api.chats(), 1):
            self._show(f"({number}) {chat['name']}" + (f" i {chat['team']}" if chat["team"] else ""))

    async def _switch(self, rest: str) -> None:
        chats = await self._api.chats()
        await self._enter(chats[_place(rest, [str(chat["name"]) for chat in chats])])

    async def _mails(self, _: str) -> None:
        mails = await self._api.mails()
        for mail in mails:
            for line in (
                f"Fra: {mail['from']}",
                f"Emne: {mail['subject']}",
                "",
                *mail["text"].splitlines(),
                "",
            ):
                self._show(line)
        if not mails:
            self._show("Ingen e-post.")

    async def _app(self, rest: str) -> None:
        if rest not in _APP:
            raise _Misspoken(f"Skriv én av: {', '.join(_APP)}.")
        answer = await self._api.app(self._chat["id"], _APP[rest])
        await self._catch_up()
        self._conclude(answer)


def _first_line(card: Card) -> str:
    return next(iter(draw(card)), "")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise _Misspoken("Skriv et nummer.")
    return int(text)


def _place(wanted: str, titles: list[str]) -> int:
    """Which of the titles is meant, by number from 1 or by the title; counted from 0."""
    if wanted.isdecimal() and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    found = [place for place, title in enumerate(titles) if title.casefold() == wanted.casefold()]
    if not found:
        raise _Misspoken(f"«{wanted}» finnes ikke. Velg mellom: {', '.join(titles)}.")
    return found[0]
