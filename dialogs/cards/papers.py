"""The card with a link to a document or a list."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, button, card, heading, line, link
from dialogs.texts import Texts


def link_card(
    named: str, links: Sequence[tuple[str, str]], t: Texts, card_id: str, *, minutes: int
) -> Element:
    """What there is to download, in each language: (its name, the address). A chat keeps the card for years and the
    address lives minutes, so there is a button for a new one."""
    return card(
        heading(t("paper.link_title")),
        line(named),
        line(t("paper.link_about", minutes=minutes)),
        actions=[
            *(link(t("button.download", language=language), address) for language, address in links),
            button(t("button.new_link"), "paper", card_id),
        ],
    )
