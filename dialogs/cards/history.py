"""Who did what with a case, and when."""

from collections.abc import Sequence
from datetime import datetime

from dialogs.asking import quoted
from dialogs.cards.parts import Element, bold, button, card, heading, line
from dialogs.texts import Texts

_LONGEST = 300  # of what is said about one event, so that forty have room on a card


def history(
    number: str,
    title: str,
    events: Sequence[tuple[datetime, str]],
    in_all: int,
    t: Texts,
    *,
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """`events`: the last of `in_all`, oldest first, each with what happened; that may hold what people wrote."""
    sentence = t("history.sentence", title=title, count=in_all)
    newest = t("history.newest", most=len(events))
    return card(
        heading(t("history.title", number=number)),
        line(f"{sentence} {newest}" if in_all > len(events) else sentence),
        *(line(bold(t.moment(at)), f" – {quoted(what, _LONGEST)}", spacing="Small") for at, what in events),
        actions=[button(*offer) for offer in offers],
    )
