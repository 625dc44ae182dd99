"""What the outbox sends: for each kind of notice who may still get it and what it says, looked up at sending time.

One module per family, each with its KINDS.
"""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import Connection

from dialogs import offering
from dialogs.desk import House, message
from dialogs.notices.letter import Kind as Kind
from dialogs.notices.letter import Letter, Post
from dialogs.notices.letter import Notice as Notice
from dialogs.texts import language_of_locale, texts
from domain.days import local_day
from domain.forum import Forum
from domain.messages import Address, Ready, Unwanted
from store import cards, channels, conversations, outbox, register
from store.cards import CardInstance
from store.work import Work

KINDS: Mapping[str, Kind] = {
    name: kind
    for module in iter_modules(__path__)
    for name, kind in getattr(import_module(f"{__name__}.{module.name}"), "KINDS", {}).items()
}


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
    return found if isinstance(found, Unwanted) else _ready(work, house, recipient, address, found)


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
    if kind not in KINDS:
        raise LookupError(kind)  # of another version of the bot: to drop it would be to lose it
    actor = register.actor_of(connection, recipient, local_day(at))
    if actor is None:
        return Unwanted("no_longer_known")
    letter = Letter(kind, connection, actor, payload, texts(actor.language or language), forum, at)
    return KINDS[kind].write(letter) or Unwanted("no_right_any_more")
