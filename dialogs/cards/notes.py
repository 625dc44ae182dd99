"""Short cards that only say something."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, button, card, heading, line


def note(text: str, *, title: str = "", offers: Sequence[tuple[str, str, str]] = ()) -> Element:
    """A sentence or two. The title is a text of our own; the text may hold what people wrote. Offers are buttons:
    (title, verb, card id)."""
    actions = [button(*offer) for offer in offers]
    return card(heading(title) if title else None, line(text), actions=actions)
