"""Cases as a sheet: one row for each, amounts as numbers, and their sums as values in the last row."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.papers.tables import Cell, Column, Table
from dialogs.texts import Texts
from domain.cases import BALL, GIVEN_UP, Case


@dataclass(frozen=True, slots=True)
class Listed:
    """A case with the names that it is listed with. `per_year`: what it asks for, owner and universities together."""

    case: Case
    region: str | None
    lead_owner: str
    other_owners: tuple[str, ...]
    partners: tuple[str, ...]
    per_year: Mapping[int, int]


def cases_table(listed: tuple[Listed, ...], t: Texts) -> Table:
    """The cases in the order given. No formulas: what stands there is what it was when the list was made."""
    years = sorted({year for each in listed for year in each.per_year})
    amounts = [_amounts(each, years) for each in listed]
    rows = [(*_about(each, t), *of_case) for each, of_case in zip(listed, amounts, strict=True)]
    columns = (*_columns(t), *(Column(t("paper.list.year", year=year), "nok") for year in years))
    first: tuple[Cell, ...] = (t("round.sum"), *[None] * (len(columns) - len(years) - 4))
    asked_for = [of for each, of in zip(listed, amounts, strict=True) if each.case.state not in GIVEN_UP]
    nothing = (0,) * (3 + len(years))
    sums = tuple(sum(nok or 0 for nok in column) for column in zip(*asked_for, strict=True)) or nothing
    return Table(columns, (*rows, (*first, *sums)))


def _columns(t: Texts) -> tuple[Column, ...]:
    return (
        Column(t("paper.number")),
        Column(t("case.scheme")),
        Column(t("case.region")),
        Column(t("needs_report.field.lead_owner.label")),
        Column(t("needs_report.field.other_owners.label")),
        Column(t("case.partners")),
        Column(t("needs_report.field.measure_title.label")),
        Column(t("paper.list.state")),
        Column(t("paper.list.ball")),
        Column(t("case.submitted"), "moment"),
        Column(t("case.version"), "number"),
        Column(t("case.requested_owner"), "nok"),
        Column(t("case.requested_uh"), "nok"),
        Column(t("case.requested"), "nok"),
    )


def _about(listed: Listed, t: Texts) -> tuple[Cell, ...]:
    case = listed.case
    return (
        case.number,
        t(f"scheme.{case.scheme}.short"),
        listed.region or t("say.whole_county"),
        listed.lead_owner,
        "; ".join(listed.other_owners),
        "; ".join(listed.partners),
        case.title,
        t(f"state.{case.state}"),
        t(f"ball.{BALL[case.state]}"),
        case.submitted_at,
        case.submission,
    )


def _amounts(listed: Listed, years: list[int]) -> tuple[int | None, ...]:
    """For the owner, for universities, in all, and year by year; empty for a year that the measure does not reach."""
    case = listed.case
    return (
        case.owner_nok,
        case.uh_nok,
        case.owner_nok + case.uh_nok,
        *(listed.per_year.get(year) for year in years),
    )
