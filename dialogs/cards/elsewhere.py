"""The card of something that is handed in elsewhere."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, button, card, heading, line, link, subtle
from dialogs.texts import Texts


def handed_in(
    title: str,
    whose: str,
    stands: str,
    address: str | None,
    offers: Sequence[tuple[str, str, str]],
    t: Texts,
) -> Element:
    """What it is, for whom, where it stands, and the way to it. Offers are buttons: (title, verb, card id)."""
    return card(
        heading(title),
        subtle(whose),
        line(stands),
        actions=[
            *([link(t("elsewhere.open"), address)] if address else []),
            *(button(*offer) for offer in offers),
        ],
    )
