"""The round at a glance, for staff."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dialogs.cards.parts import Element, bars, bold, button, card, heading, line, subtle, table
from dialogs.texts import Texts
from domain.parsing import format_nok

_MOST_ROWS = 36  # more would neither be a glance nor fit on a card; then the states of a region are added up


@dataclass(frozen=True, slots=True)
class RoundRow:
    """What is filed for a scheme in a region and is in a state, or only begun, in the reader's words."""

    scheme: str
    region: str
    state: str
    cases: int
    owner_nok: int
    uh_nok: int
    is_given_up: bool = False  # withdrawn or turned down: shown, and in no sum
    is_begun: bool = False  # not filed yet: shown, and in no sum


def round_status(
    year: int,
    said: str,
    rows: tuple[RoundRow, ...],
    t: Texts,
    *,
    unreached: Sequence[tuple[str, str]] = (),
    more: int = 0,
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """What each region asks for, and a table for each scheme. `rows`: in order of scheme and
    region. `said`: the whole in a sentence.

    `unreached`: notices that did not arrive, as (person, which and why); of `more` only the number is said.
    """
    return card(
        heading(t("round.title_year", year=year)),
        line(said),
        *_by_region(rows, t),
        *(part for scheme, own in groupby(_few(rows), _scheme) for part in _table(scheme, tuple(own), t)),
        subtle(t("round.note")) if rows else None,
        subtle(t("round.given_up")) if any(row.is_given_up for row in rows) else None,
        *(_unreached(unreached, more, t) if unreached else ()),
        actions=[button(*offer) for offer in offers],
        wide=True,
    )


def sentence(year: int, begun: int, rows: tuple[RoundRow, ...], t: Texts, *, in_state: bool = False) -> str:
    """The whole in one sentence: so many cases, so much money, and what is begun. `in_state`: the rows are those of one
    state alone."""
    if not any(not row.is_begun for row in rows):
        return t("round.none_in_state" if in_state else "round.nothing", year=year, begun=begun)
    whole = _together(rows)
    return t(
        "round.in_state" if in_state else "round.sentence",
        year=year,
        cases=whole.cases,
        owner_nok=whole.owner_nok,
        uh_nok=whole.uh_nok,
        total_nok=whole.owner_nok + whole.uh_nok,
        begun=begun,
    )


def _by_region(rows: tuple[RoundRow, ...], t: Texts) -> Iterator[Element]:
    """What each region asks for in all schemes, as a picture and in words; not where there is but one."""
    sums: dict[str, int] = {}
    for row in rows:
        if _stands(row):
            sums[row.region] = sums.get(row.region, 0) + row.owner_nok + row.uh_nok
    if len(sums) < 2:
        return
    falling = sorted(sums.items(), key=lambda each: -each[1])
    yield bars(t("round.chart"), falling)
    said = "; ".join(f"{region} {format_nok(nok)}" for region, nok in falling)
    yield subtle(t("round.by_region", regions=said))


def _table(scheme: str, rows: tuple[RoundRow, ...], t: Texts) -> tuple[Element, Element]:
    header = [t("round.region"), t("round.cases"), t("round.total")]
    summed = (*rows, _together(rows, region=t("round.sum")))
    return heading(scheme, level=2), table((4, 3, 6), header, [_cells(row, t) for row in summed])


def _cells(row: RoundRow, t: Texts) -> list[str]:
    if row.is_begun:
        return [f"{row.region}\n{row.state}", str(row.cases), "–"]
    total = format_nok(row.owner_nok + row.uh_nok)
    owner, uh = t("round.owner_part", owner_nok=row.owner_nok), t("round.uh_part", uh_nok=row.uh_nok)
    return [f"{row.region}\n{row.state}".strip(), str(row.cases), f"{total}\n{owner}\n{uh}"]


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
    standing = [row for row in rows if _stands(row)]
    return RoundRow(
        scheme=rows[0].scheme,
        region=region,
        state="",
        cases=sum(row.cases for row in standing),
        owner_nok=sum(row.owner_nok for row in standing),
        uh_nok=sum(row.uh_nok for row in standing),
    )


def _stands(row: RoundRow) -> bool:
    return not (row.is_given_up or row.is_begun)


def _scheme(row: RoundRow) -> str:
    return row.scheme
