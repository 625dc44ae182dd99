"""What the outbox sends: for each kind of notice who may still get it and what it says, looked up at sending time.

One module per family, each with its KINDS.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import Connection

from dialogs import offering
from dialogs.cards.parts import Element
from dialogs.desk import House, message
from dialogs.notices.letter import Kind as Kind
from dialogs.notices.letter import Letter, Post
from dialogs.notices.letter import Notice as Notice
from dialogs.texts import Texts, language_of_locale, texts
from domain.access import Actor
from domain.days import local_day
from domain.forum import Forum
from domain.messages import Address, Ready, Unwanted
from store import cards, channels, conversations, outbox, register
from store.cards import CardInstance
from store.outbox import Way
from store.work import Work

KINDS: Mapping[str, Kind] = {
    name: kind
    for module in iter_modules(__path__)
    for name, kind in getattr(import_module(f"{__name__}.{module.name}"), "KINDS", {}).items()
}


PLANNED = frozenset(name for name, kind in KINDS.items() if kind.is_planned)


def prepare(
    work: Work, house: House, kind: str, recipient: str, payload: Mapping[str, str]
) -> Ready | Unwanted:
    """Check again and render, in the recipient's language (threats.md, 19: the right is resolved at sending time).

    Each button gets its card row here, so it is a job that writes.
    """
    connection = work.connection
    if recipient.startswith(channels.PREFIX):
        return _posted(work, house, kind, recipient, payload)
    address = conversations.personal(connection, recipient)
    if address is None:
        return Unwanted(outbox.NO_CHAT)
    language = language_of_locale(address.locale, house.default_language)
    found = wanted(connection, kind, recipient, payload, work.now, language, house.forum)
    if isinstance(found, Unwanted):
        return found
    if KINDS[kind].mail_after is not None:
        conversations.await_reaction(work, address.conversation_id)
    return _ready(work, house, recipient, address, found)


def channel_of(recipient: str, t: Texts, forum: Forum) -> str | None:
    """The channel's name. None: it is no channel."""
    if not recipient.startswith(channels.PREFIX):
        return None
    key = recipient.removeprefix(channels.PREFIX)
    region = next((each for each in forum.regions if each.key == key), None)
    return region.name.in_(t.language) if region else t("mass.general_channel")


def title(kind: str, t: Texts) -> str:
    """What notices of that kind are called where they are listed."""
    key = f"notice.{kind}_title"
    return t(key) if t.has(key) else t("unreached.other")


def patience(kind: str, way: Way) -> timedelta | None:
    """How long a reaction to what went that way is waited for before it goes the next; None: it goes no further."""
    found = KINDS.get(kind)
    if found is None or (way is Way.MAIL and not found.is_phoned):
        return None
    return found.mail_after


def _posted(
    work: Work, house: House, kind: str, channel: str, payload: Mapping[str, str]
) -> Ready | Unwanted:
    """The same for a channel, in the forum's language."""
    address, post = channels.address(work.connection, channel), KINDS[kind].post
    if address is None or post is None:
        return Unwanted("no_channel")
    region, t = channel.removeprefix(channels.PREFIX) or None, texts(house.default_language)
    found = post(Post(kind, work.connection, payload, t, house.forum, work.now, region))
    return found if isinstance(found, Unwanted) else Ready(address, message(found))


def _ready(work: Work, house: House, recipient: str, address: Address, notice: Notice) -> Ready:
    buttons = []
    for offer in notice.offers:
        instance = CardInstance(
            id=house.new_id(),
            kind=offer.kind,
            subject=offer.subject,
            page=offer.page,
            person_id=recipient,
            conversation_id=address.conversation_id,
            shown={},
            typed={},
            made_at=work.now,
        )
        cards.add(work, instance)
        buttons.append((offer.title, offer.verb, instance.id))
    card = notice.card(buttons)
    if buttons:
        offering.keep(work, recipient, card)
    return Ready(address, message(card))


def wanted(
    connection: Connection,
    kind: str,
    recipient: str,
    payload: Mapping[str, str],
    at: datetime,
    language: str,
    forum: Forum,
) -> Notice | Unwanted:
    """Whether the person may still get it, and what it says, whichever way it goes. `language`: until one is chosen."""

    def own_texts(actor: Actor) -> Texts:
        return texts(actor.language or language)

    return _written(connection, kind, recipient, payload, at, own_texts, forum)


def seen_by_staff(
    connection: Connection,
    kind: str,
    recipient: str,
    payload: Mapping[str, str],
    at: datetime,
    t: Texts,
    forum: Forum,
) -> tuple[Element, tuple[str, ...]] | None:
    """The card and the buttons that a person or channel would get, in the words of those who look at it before it is
    sent. None: it would not be sent to that one."""
    if recipient.startswith(channels.PREFIX):
        post, region = KINDS[kind].post, recipient.removeprefix(channels.PREFIX) or None
        posted = (
            post(Post(kind, connection, payload, t, forum, at, region, is_preview=True)) if post else None
        )
        return None if posted is None or isinstance(posted, Unwanted) else (posted, ())
    found = _written(connection, kind, recipient, payload, at, lambda _: t, forum, is_preview=True)
    if isinstance(found, Unwanted):
        return None
    return found.card([]), tuple(offer.title for offer in found.offers)


def _written(
    connection: Connection,
    kind: str,
    recipient: str,
    payload: Mapping[str, str],
    at: datetime,
    texts_for: Callable[[Actor], Texts],
    forum: Forum,
    *,
    is_preview: bool = False,
) -> Notice | Unwanted:
    if kind not in KINDS:
        raise LookupError(kind)  # of another version of the bot: to drop it would be to lose it
    actor = register.actor_of(connection, recipient, local_day(at))
    if actor is None:
        return Unwanted("no_longer_known")
    letter = Letter(kind, connection, actor, payload, texts_for(actor), forum, at, is_preview)
    return KINDS[kind].write(letter) or Unwanted("no_right_any_more")
