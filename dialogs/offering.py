"""Buttons by typing: whoever has no cards answers by the number or the words that stand on the card's text twin."""

from collections.abc import Mapping
from typing import Any

from dialogs.cards.plain import pressable
from dialogs.commands import fold
from dialogs.desk import Desk
from domain.messages import Pressed, Reply
from store import offered
from store.offered import Button
from store.work import Work


def note(desk: Desk, reply: Reply) -> Reply:
    """Keep what the newest card of the reply offers. A card with fields is answered in words in its own way."""
    cards = [message.card for message in reply.messages if message.card is not None]
    if cards:
        keep(desk.work, desk.actor.person_id, cards[-1])
    return reply


def keep(work: Work, person_id: str, card: Mapping[str, Any]) -> None:
    """What the card offers is what the person's typed numbers and titles stand for from now on."""
    buttons = [Button(each["title"], each["verb"], each["data"]["ci"]) for each in pressable(card)]
    offered.keep(work, person_id, buttons)


def named(desk: Desk, text: str) -> Pressed | None:
    """The press that the text stands for: the number of a button that the person has before them, or its title."""
    said = fold(text)
    for number, button in enumerate(offered.last(desk.work.connection, desk.actor.person_id), start=1):
        if said in (str(number), fold(button.title)):
            return Pressed(button.verb, button.card)
    return None
