"""A notice while it is being written: what is known when it is about to be sent, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from dialogs.cards.notes import note
from dialogs.cards.parts import Element
from dialogs.desk import Inquiry, message
from dialogs.papers import File
from dialogs.queries import Offer
from dialogs.texts import Texts
from domain.access import Actor
from domain.days import local_day
from domain.forum import Forum
from domain.messages import Message, Unwanted
from store import register

Buttons = list[tuple[str, str, str]]  # (title, verb, card id)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said, and in whose texts: the card given its buttons, and what each of these opens. `file`: what a mail,
    which has no buttons, has with it."""

    card: Callable[[Buttons], Element]
    t: Texts
    offers: tuple[Offer, ...] = ()
    file: File | None = None

    @property
    def message(self) -> Message:
        """Without buttons, as a mail has it."""
        return message(self.card([]))


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice that is being written. `at`: the domain's time at which it would be sent. `is_preview`: for those who
    let it go, before what it tells of has happened."""

    kind: str
    connection: Connection
    to: Actor
    payload: Mapping[str, str]
    t: Texts
    forum: Forum
    at: datetime
    is_preview: bool = False

    @property
    def on(self) -> date:
        return local_day(self.at)

    @property
    def inquiry(self) -> Inquiry:
        """What the recipient could ask now."""
        return Inquiry(self.connection, self.to, self.t, self.forum, self.at)

    def says(self, *, offers: tuple[Offer, ...] = (), **details: object) -> Notice:
        title, text = self.t(f"notice.{self.kind}_title"), self.t(f"notice.{self.kind}", **details)
        return Notice(partial(_note, text, title), self.t, offers)

    def owner_name(self, organisation: str | None) -> str:
        found = register.directory(self.connection).organisations.get(organisation or "")
        return found.name if found else ""

    def name(self, person_id: str) -> str:
        person = register.person(self.connection, person_id)
        return person.name if person else person_id


def _note(text: str, title: str, buttons: Buttons) -> Element:
    return note(text, title=title, offers=buttons)


@dataclass(frozen=True, slots=True)
class Post:
    """Something that is being written for a channel: of the region, or for everybody. Nothing about a person or a case
    stands in it (threats.md, 18), and it has no buttons."""

    kind: str
    connection: Connection
    payload: Mapping[str, str]
    t: Texts
    forum: Forum
    at: datetime
    region: str | None
    is_preview: bool = False

    @property
    def on(self) -> date:
        return local_day(self.at)

    def says(self, **details: object) -> Element:
        return note(self.t(f"notice.{self.kind}", **details), title=self.t(f"notice.{self.kind}_title"))


def to_nobody(_: Letter) -> Notice | None:
    """Of what is posted in channels alone."""
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. `write` gives the notice, None where the person may not know of it any more, or why it is not
    wanted otherwise; `post` what a channel is told, or why not.

    `mail_after`: who has got it in Teams and has not reacted for so long gets it by mail, too, and after as long again
    is phoned, if `is_phoned`. `must_not_double`: doubt whether it was delivered is for a human to settle.
    `is_planned`: comes of the calendar and of nobody's act, and so in office hours alone.
    """

    write: Callable[[Letter], Notice | Unwanted | None] = to_nobody
    post: Callable[[Post], Element | Unwanted] | None = None
    mail_after: timedelta | None = None
    is_phoned: bool = True
    must_not_double: bool = False
    is_planned: bool = False
