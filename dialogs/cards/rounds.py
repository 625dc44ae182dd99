"""The round at a glance, for staff."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dialogs.cards.parts import Element, bold, card, heading, line, subtle, table
from dialogs.texts import Texts
from domain.parsing import format_nok

_MOST_ROWS = 36  # more would neither be a glance nor fit on a card; then the states of a region are added up


@dataclass(frozen=True, slots=True)
class RoundRow:
    """What is filed for a scheme in a region and is in a state, in the reader's words."""

    scheme: str
    region: str
    state: str
    cases: int
    owner_nok: int
    uh_nok: int
    is_given_up: bool = False  # withdrawn or turned down: shown, and in no sum


def round_status(
    year: int,
    begun: int,
    rows: tuple[RoundRow, ...],
    t: Texts,
    *,
    unreached: Sequence[tuple[str, str]] = (),
    more: int = 0,
) -> Element:
    """The whole in a sentence, and a table for each scheme. `rows` are in order of scheme and region.

    `unreached`: notices that did not arrive, as (person, which and why); of `more` only the number is said.
    """
    return card(
        heading(t("round.title_year", year=year)),
        line(_sentence(year, begun, rows, t)),
        *(part for scheme, own in groupby(_few(rows), _scheme) for part in _table(scheme, tuple(own), t)),
        subtle(t("round.note")) if rows else None,
        subtle(t("round.given_up")) if any(row.is_given_up for row in rows) else None,
        *(_unreached(unreached, more, t) if unreached else ()),
        wide=True,
    )


def _sentence(year: int, begun: int, rows: tuple[RoundRow, ...], t: Texts) -> str:
    if not rows:
        return t("round.nothing", year=year, begun=begun)
    whole = _together(rows)
    return t(
        "round.sentence",
        year=year,
        cases=whole.cases,
        owner_nok=whole.owner_nok,
        uh_nok=whole.uh_nok,
        total_nok=whole.owner_nok + whole.uh_nok,
        begun=begun,
    )


def _table(scheme: str, rows: tuple[RoundRow, ...], t: Texts) -> tuple[Element, Element]:
    header = [t("round.region"), t("round.cases"), t("round.total")]
    summed = (*rows, _together(rows, region=t("round.sum")))
    return heading(scheme, level=2), table((4, 2, 5), header, [_cells(row, t) for row in summed])


def _cells(row: RoundRow, t: Texts) -> list[str]:
    total = format_nok(row.owner_nok + row.uh_nok)
    split = t("round.split", owner_nok=row.owner_nok, uh_nok=row.uh_nok)
    return [f"{row.region}\n{row.state}".strip(), str(row.cases), f"{total}\n{split}"]


def _unreached(notices: Sequence[tuple[str, str]], more: int, t: Texts) -> Iterator[Element]:
    yield heading(t("unreached.title"), level=2)
    for person, about in notices:
        yield line(bold(person), f" – {about}", spacing="Small")
    if more:
        yield line(t("unreached.more", count=more), spacing="Small")
    yield subtle(t("unreached.note"))


def _few(rows: tuple[RoundRow, ...]) -> tuple[RoundRow, ...]:
    if len(rows) <= _MOST_ROWS:
        return rows
    by_region = groupby(rows, lambda row: (row.scheme, row.region))
    return tuple(_together(tuple(own), region=region) for (_, region), own in by_region)


def _together(rows: Sequence[RoundRow], *, region: str = "") -> RoundRow:
    """The sum of what is still asked for."""
    standing = [row for row in rows if not row.is_given_up]
    return RoundRow(
        scheme=rows[0].scheme,
        region=region,
        state="",
        cases=sum(row.cases for row in standing),
        owner_nok=sum(row.owner_nok for row in standing),
        uh_nok=sum(row.uh_nok for row in standing),
    )


def _scheme(row: RoundRow) -> str:
    return row.scheme
