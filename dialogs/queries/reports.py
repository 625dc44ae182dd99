"""What partnerships have reported on their grants, for staff: the worst first, with what may be left unspent."""

from collections import Counter
from dataclasses import dataclass

from dialogs import granted
from dialogs.cards.reports import ReportRow, reports
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from dialogs.queries.report import read
from domain.access import Action, may
from domain.grants import Asked, Partnership
from domain.parsing import format_nok
from domain.submissions import GrantReport
from store import confirmations, grant_reports
from store.grant_reports import Filed

_MOST_OFFERS = 5
_LIGHTS = ("red", "yellow", "green", None)  # in the order of the list


@dataclass(frozen=True, slots=True)
class _Reported:
    partnership: Partnership
    filed: Filed
    report: GrantReport
    unconfirmed: tuple[str, ...]  # the sides that have not confirmed it


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, form = asked.t, granted.form_named(argument)
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t(f"{form}.list"), t("say.staff_only"), found=False)
    now = granted.asked_now(asked.connection, asked.forum, form, asked.on)
    if now is None:
        return told(t(f"{form}.list"), granted.not_yet(asked, form), found=False)
    partnerships = grant_reports.of_year(asked.connection, now.grant_year)
    found = _reported(asked, now, partnerships)
    lights = Counter(each.report.light for each in found)
    at_risk_nok = sum(each.report.at_risk_nok for each in found)
    sentence = t(
        "reports.sentence",
        filed=len(found),
        count=len(partnerships),
        red=lights["red"],
        yellow=lights["yellow"],
        green=lights["green"],
        at_risk_nok=at_risk_nok,
    )
    title = t("reports.title", name=t(f"{form}.list"), period=granted.period(now, t), year=now.grant_year)
    rows = tuple(_row(asked, place, each) for place, each in enumerate(found, start=1))
    return Answer(
        lambda offers: reports(title, sentence, rows, t, offers=offers),
        {
            "answer": sentence,
            "period": now.period,
            "partnerships": len(partnerships),
            "at_risk_nok": at_risk_nok,
            "reports": [_json(each) for each in found],
        },
        (*_offers(asked, found), *sheet_offers(asked, "reports", argument)),
        lambda: _sheet(asked, found),
    )


def _reported(asked: Inquiry, now: Asked, partnerships: tuple[Partnership, ...]) -> tuple[_Reported, ...]:
    """The red ones first."""
    filed = grant_reports.of_period(asked.connection, now.form, now.period)
    sides = {side for each in partnerships for side in each.sides}
    waiting = {(each.subject, each.organisation) for each in confirmations.open_of(asked.connection, sides)}
    found = (
        _Reported(
            each,
            its,
            read(its),
            tuple(side for side in each.sides if (its.topic, side) in waiting),
        )
        for each in partnerships
        if (its := filed.get(str(now.of(each)))) is not None
    )
    return tuple(sorted(found, key=lambda each: _LIGHTS.index(each.report.light)))


def _row(asked: Inquiry, place: int, each: _Reported) -> ReportRow:
    t = asked.t
    risk = t("reports.risk", nok=format_nok(each.report.at_risk_nok)) if each.report.at_risk_nok else ""
    names = tuple(organisation.name for organisation in asked.directory.named(each.unconfirmed))
    waits = t("reports.waits_for", names=t.listed(names)) if names else ""
    return ReportRow(
        f"{place}. {_names(asked, each)}",
        each.partnership.title,
        _light(asked, each),
        tuple(part for part in (each.report.trouble, risk, waits) if part),
    )


def _names(asked: Inquiry, each: _Reported) -> str:
    return asked.t.listed(tuple(side.name for side in asked.directory.named(each.partnership.sides)))


def _light(asked: Inquiry, each: _Reported) -> str:
    light = each.report.light
    return asked.t(f"reports.light.{light}") if light else asked.t("report.is_filed_short")


def _offers(asked: Inquiry, found: tuple[_Reported, ...]) -> tuple[Offer, ...]:
    return tuple(
        Offer(asked.t("report.number", number=place), "open", "report", each.filed.subject)
        for place, each in enumerate(found[:_MOST_OFFERS], start=1)
    )


def _json(each: _Reported) -> dict[str, object]:
    return {
        "subject": each.filed.subject,
        "owner": each.filed.owner,
        "university": each.filed.university,
        "scheme": each.filed.scheme,
        "light": each.report.light,
        "at_risk_nok": each.report.at_risk_nok,
        "unconfirmed": list(each.unconfirmed),
    }


def _sheet(asked: Inquiry, found: tuple[_Reported, ...]) -> Table:
    t = asked.t
    return Table(
        (
            Column(t("case.owners")),
            Column(t("case.partners")),
            Column(t("case.scheme")),
            Column(t("needs_report.field.measure_title.label")),
            Column(t("reports.light_column")),
            Column(t("reports.trouble")),
            Column(t("reports.at_risk"), "nok"),
            Column(t("reports.granted"), "nok"),
            Column(t("reports.unconfirmed")),
        ),
        tuple(
            (
                *(side.name for side in asked.directory.named(each.partnership.sides)),
                t(f"scheme.{each.partnership.scheme}.short"),
                each.partnership.title,
                _light(asked, each),
                each.report.trouble,
                each.report.at_risk_nok,
                each.partnership.granted_nok,
                t.listed(tuple(side.name for side in asked.directory.named(each.unconfirmed))),
            )
            for each in found
        ),
    )


QUERY = Query("reports", _answer)
