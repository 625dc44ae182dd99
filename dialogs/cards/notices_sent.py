"""Who got which notice, and how, for staff."""

from collections.abc import Sequence

from dialogs.cards.parts import Element, bold, button, card, heading, line, subtle
from dialogs.texts import Texts


def notices_sent(
    title: str,
    none: str,
    notices: Sequence[tuple[str, str]],
    in_all: int,
    t: Texts,
    *,
    has_missed: bool,
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """`notices`: the newest of `in_all`, as (person, which and how). `none`: what is said where there are none."""
    is_part = in_all > len(notices)
    newest = t("notices_sent.newest", most=len(notices))
    sentence = t("notices_sent.sentence", count=in_all) if notices else none
    return card(
        heading(title),
        line(f"{sentence} {newest}" if is_part else sentence),
        *(line(bold(person), f" – {about}", spacing="Small") for person, about in notices),
        subtle(t("notices_sent.note")) if has_missed else None,
        actions=[button(*offer) for offer in offers],
    )
