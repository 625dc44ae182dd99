"""Short cards that only say something."""

from dialogs.cards.parts import Element, card, heading, line


def note(text: str, *, title: str = "") -> Element:
    """A sentence or two. The title is a text of our own; the text may hold what people wrote."""
    return card(heading(title) if title else None, line(text))
