"""Owners in a round: who has begun and not filed, and who has filed nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.cards.parts import Element, bars, button, card, heading, line, subtle, table
from dialogs.texts import Texts

_MOST_ROWS = 60  # more is for a sheet


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """An owner, where it lies, and what there is to say of it, in the reader's words."""

    owner: str
    region: str
    about: str
    detail: str = ""


def owners(
    title: str,
    sentence: str,
    column: str,
    rows: tuple[OwnerRow, ...],
    t: Texts,
    *,
    first: str = "",
    note: str = "",
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """The whole in a sentence, how many in each region, and a row for each owner, or for what `first` calls them."""
    shown = rows[:_MOST_ROWS]
    by_region = Counter(row.region for row in rows).most_common()
    regions = "; ".join(f"{region} {count}" for region, count in by_region)
    more = len(rows) - len(shown)
    return card(
        heading(title),
        line(sentence),
        *(
            [bars(t("owners.chart"), by_region), subtle(t("owners.by_region", regions=regions))]
            if len(by_region) > 1
            else []
        ),
        table((5, 4), [first or t("owners.owner"), column], [_cells(row) for row in shown], numbers=False)
        if shown
        else None,
        subtle(t("owners.more", count=more)) if more else None,
        subtle(note) if note else None,
        actions=[button(*offer) for offer in offers],
        wide=True,
    )


def _cells(row: OwnerRow) -> list[str]:
    return [f"{row.owner}\n{row.region}", f"{row.about}\n{row.detail}".strip()]
