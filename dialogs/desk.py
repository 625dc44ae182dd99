"""What one turn works with, and what every kind of turn needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from dialogs.cards.parts import Element
from dialogs.cards.plain import as_text
from dialogs.texts import Texts
from domain.access import Action, Actor, RoleKind, drafts_within
from domain.days import local_day
from domain.forum import Forum
from domain.messages import Message, Reply, Turn
from domain.register import Directory, Person
from domain.rounds import Rounds
from store import cards, drafts, register, years
from store.cards import CardInstance
from store.drafts import Draft
from store.work import Work


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to download: what it is (a key of `dialogs.paper`) and of what, for whom, in which language."""

    what: str
    subject: str
    person_id: str
    language: str


class FeedAddress(Protocol):
    """Where people's own calendars are: a token for a person and a number, and the address of it."""

    def token(self, person_id: str, number: int) -> str: ...

    def of(self, token: str) -> str: ...


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for every turn of the process; made in the wiring."""

    forum: Forum
    machine_now: Callable[[], datetime]
    new_id: Callable[[], str]  # 128 bits of chance
    new_code: Callable[[], str]  # an enrolment code
    default_language: str
    link: Callable[[Wanted], str] | None = None  # None: the bot has no address that people reach
    feed: FeedAddress | None = None  # likewise


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Somebody asks, and nothing is changed."""

    connection: Connection
    actor: Actor
    t: Texts
    forum: Forum
    at: datetime
    has_links: bool = False

    @property
    def on(self) -> date:
        return local_day(self.at)

    @property
    def directory(self) -> Directory:
        return register.directory(self.connection)

    @property
    def rounds(self) -> Rounds:
        return years.rounds(self.connection, self.forum.key)

    @property
    def staff(self) -> Person | None:
        """Whom to ask: somebody else of the secretariat, with a phone if any of them has one."""
        found = register.people_with(self.connection, RoleKind.SECRETARIAT, on=self.on)
        others = [person for person in found if person.id != self.actor.person_id]
        return min(others, key=lambda person: person.phone is None, default=None)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """What the person may go on with, whoever began it, oldest first."""
        return drafts.open_of(self.connection, drafts_within(self.actor, Action.WRITE_DRAFT), self.on)

    @property
    def drafts_to_read(self) -> tuple[Draft, ...]:
        """What the person may read and not write."""
        return drafts.read_by(self.connection, drafts_within(self.actor, Action.READ_DRAFT).readers)


@dataclass(frozen=True, slots=True)
class Desk:
    """One turn of a known person in a personal chat, inside its transaction."""

    house: House
    work: Work
    turn: Turn
    actor: Actor
    t: Texts

    @property
    def on(self) -> date:
        return self.inquiry.on

    @property
    def inquiry(self) -> Inquiry:
        at, has_links = self.turn.received_at, self.house.link is not None
        return Inquiry(self.work.connection, self.actor, self.t, self.house.forum, at, has_links)

    def new_card(
        self,
        kind: str,
        subject: str = "",
        page: str = "",
        *,
        shown: dict[str, str] | None = None,
        typed: dict[str, str] | None = None,
        replaces: CardInstance | None = None,
    ) -> str:
        """Keep a row for a card that is about to be shown, and return its id."""
        instance = CardInstance(
            id=self.house.new_id(),
            kind=kind,
            subject=subject,
            page=page,
            person_id=self.actor.person_id,
            conversation_id=self.turn.address.conversation_id,
            shown=shown or {},
            typed=typed or {},
            made_at=self.turn.received_at,
            superseded_by=None,
        )
        cards.add(self.work, instance)
        if replaces is not None:
            cards.supersede(self.work, replaces.id, instance.id)
        return instance.id

    def latest(self, instance: CardInstance) -> CardInstance:
        """The newest row that came in place of this one."""
        while instance.superseded_by is not None:
            following = cards.get(self.work.connection, instance.superseded_by)
            if following is None:
                break
            instance = following
        return instance


def say(text: str) -> Reply:
    return Reply((Message(text),))


def message(card: Element) -> Message:
    return Message(as_text(card), card)
