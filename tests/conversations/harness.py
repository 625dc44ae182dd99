"""A conversation written down: who says or presses what, and what is shown. The real turns on a real database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from dialogs.desk import House, Wanted
from dialogs.turns import Turns
from domain.access import OPERATOR
from domain.days import local_day
from domain.demo import demo_register
from domain.forum import load_forum
from domain.messages import Address, Identity, Joined, Left, Message, Pressed, Reply, Said, Scope, Turn
from store import enrolment, register
from store.work import Store, Work

TENANT = "11111111-1111-4111-8111-111111111111"
IN_JANUARY = datetime(2023, 1, 16, 9, tzinfo=UTC)
MACHINE_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

Card = Mapping[str, Any]


def identity_of(person_id: str) -> Identity:
    return Identity(TENANT, f"object-{person_id}")


def enrol_everybody(work: Work) -> None:
    forum = load_forum("nordland")
    demo = demo_register(forum)
    register.seed(work, [*forum.organisations(), *demo.organisations], demo.people, demo.roles)
    for person in demo.people:
        enrolment.issue(
            work,
            person.id,
            selector=person.id,
            salt=b"",
            digest=b"",
            expires_at=MACHINE_NOW + timedelta(days=1),
        )
        code = enrolment.candidate(work.connection, person.id, MACHINE_NOW)
        assert code is not None
        enrolment.bind(work, code, identity_of(person.id), MACHINE_NOW)


def a_link(wanted: Wanted) -> str:
    """In place of a signed one: says what it is for."""
    return (
        f"https://bot.example.org/files/{wanted.what}-{wanted.subject}-{wanted.person_id}-{wanted.language}"
    )


class AFeed:
    """In place of signed addresses of calendars."""

    def token(self, person_id: str, number: int) -> str:
        return f"{person_id}-{number}"

    def of(self, token: str) -> str:
        return f"https://bot.example.org/calendar/{token}.ics"


class Town:
    """A bot over one database, which can be stopped and started again. `at` is the domain's time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.at = IN_JANUARY
        self._ids = count(1)
        self._codes = count(1)
        self.link: Callable[[Wanted], str] | None = a_link
        self.cards: dict[str, Card | None] = {}  # the last notice to each person
        self.store = Store(url)

    async def start(self) -> None:
        await self.store.start()
        forum = load_forum("nordland")
        self.house = House(forum, lambda: MACHINE_NOW, self.new_id, self.new_code, "nb", self.link, AFeed())
        self.turns = Turns(self.store, self.house)

    async def restart(self) -> None:
        await self.store.close()
        self.store = Store(self.url)
        await self.start()

    async def work(self, job: Any) -> Any:
        return await self.store.work(job, actor=OPERATOR.person_id, cause="test", now=self.at)

    def new_id(self) -> str:
        return f"id-{next(self._ids)}"

    def new_code(self) -> str:
        return f"{next(self._codes):010d}".replace("0", "A").replace("1", "B")

    async def resigns(self, *person_ids: str) -> None:
        """Yesterday was the last day of all the roles that these people had."""

        def end(work: Work) -> None:
            for person_id in person_ids:
                for role_id in register.roles(work.connection, person_id):
                    register.end_role(work, role_id, local_day(self.at) - timedelta(days=1))

        await self.work(end)

    def person(self, person_id: str) -> "Talk":
        return Talk(self, person_id)


@dataclass(slots=True)
class Talk:
    """One person at one device in the personal chat with the bot."""

    town: Town
    person_id: str
    scope: Scope = Scope.PERSONAL
    card: Card | None = None  # the one before the person
    texts: list[str] = field(default_factory=list)  # of the last answer
    cards: list[Card] = field(default_factory=list)  # likewise
    last: Turn | None = None

    async def says(self, text: str) -> str:
        return await self._does(Said(text), invoked=False)

    async def joins(self) -> str:
        return await self._does(Joined(), invoked=False)

    async def leaves(self) -> str:
        return await self._does(Left(), invoked=False)

    async def presses(
        self, title: str, inputs: Mapping[str, str] | None = None, *, on: Card | None = None
    ) -> str:
        """Press a button of the card, with what stands in its fields and what is typed over it."""
        card = on or self.card
        assert card is not None
        action = next(action for action in buttons_on(card) if action["title"] == title)
        standing = {id_: value for id_, value in standing_in(card).items() if value}
        given = {id_: value for id_, value in (standing | dict(inputs or {})).items() if value}
        pressed = Pressed(action["verb"], action["data"]["ci"], given)
        return await self._does(pressed, invoked=True)

    async def repeats(self, turn: Turn | None = None) -> str:
        """The same activity once more, as Teams sends some."""
        turn = turn or self.last
        assert turn is not None
        return self._shown(await self.town.turns.answer(turn))

    async def _does(self, happening: Said | Pressed | Joined | Left, *, invoked: bool) -> str:
        self.last = Turn(
            activity_id=self.town.new_id(),
            received_at=self.town.at,
            identity=identity_of(self.person_id),
            address=self.address,
            happening=happening,
            correlation_id="c",
            invoked=invoked,
        )
        return self._shown(await self.town.turns.answer(self.last))

    @property
    def address(self) -> Address:
        return Address(
            tenant_id=TENANT,
            conversation_id=f"a:{self.person_id}" if self.scope is Scope.PERSONAL else "19:channel",
            scope=self.scope,
            service_url="https://smba.trafficmanager.net/emea/",
            bot_id="28:bot",
            user_id=f"29:{self.person_id}",
            object_id=identity_of(self.person_id).object_id,
        )

    def _shown(self, reply: Reply) -> str:
        self.texts = [message.text for message in reply.messages]
        self.cards = cards_of(reply.messages)
        if self.cards:
            self.card = self.cards[0]
        return "\n\n".join(self.texts)


def standing_in(card: Card) -> dict[str, str]:
    """What stands in the fields of a card, by input id."""
    return {each["id"]: str(each.get("value", "")) for each in _inputs(card["body"])}


def _inputs(elements: Any) -> Any:
    for element in elements:
        if element["type"].startswith("Input."):
            yield element
        yield from _inputs(element.get("items", ()))


def buttons_on(card: Card) -> Iterator[Card]:
    """Everything that can be pressed, wherever it stands; what only opens an address is not among it."""
    within = [
        each for element in card["body"] if element["type"] == "ActionSet" for each in element["actions"]
    ]
    for action in (*within, *card.get("actions", ())):
        if action["type"] == "Action.Execute":
            yield action


def cards_of(messages: tuple[Message, ...]) -> list[Card]:
    return [message.card for message in messages if message.card is not None]
