"""Cards that list: the menu, a person's drafts and cases, and tables."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, bold, button, card, heading, line, subtle, table
from dialogs.texts import Texts


def menu(t: Texts, card_id: str, *, title: str, text: str, verbs: Sequence[str]) -> Element:
    """What the person can do from here."""
    return card(
        heading(title),
        line(text),
        subtle(t("menu.words")),
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


def tabled(
    title: str,
    sentence: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right_from: int,
    note: str,
) -> Element:
    """A table with a sentence that says it in words."""
    return card(
        heading(title),
        line(sentence),
        table(header, rows, right_from=right_from) if rows else None,
        subtle(note) if note else None,
        wide=True,
    )
