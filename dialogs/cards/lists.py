"""Cards that list: the menu, and a person's drafts and cases."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, bold, button, card, heading, line, subtle
from dialogs.texts import Texts


def menu(t: Texts, card_id: str, *, title: str, text: str, verbs: Sequence[str]) -> Element:
    """What the person can do from here, by pressing and by typing."""
    words = ", ".join(t.words(f"command.{verb}")[0] for verb in verbs)
    return card(
        heading(title),
        line(text),
        subtle(t("menu.words", words=words)),
        actions=[button(t(f"button.{verb}"), verb, card_id) for verb in verbs],
    )


def listing(
    title: str,
    sentence: str,
    items: Sequence[tuple[str, str]],
    *,
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """Items as (name, what about it). Offers are buttons: (title, verb, card id)."""
    return card(
        heading(title),
        line(sentence),
        *(line(bold(name), f" – {about}" if about else "", spacing="Small") for name, about in items),
        actions=[button(*offer) for offer in offers],
    )
