"""What partnerships have reported on their grants, for staff: the worst first, with what may be left unspent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dialogs import granted
from dialogs.cards.reports import ReportRow, reports
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from dialogs.queries.report import read, with_contact
from dialogs.texts import Texts
from domain.access import Action, may
from domain.grants import Asked, Partnership, counted_once
from domain.parsing import format_nok
from domain.submissions import GrantReport
from store import confirmations, grant_reports
from store.grant_reports import Filed

_MOST_OFFERS = 5
_LIGHTS = ("red", "yellow", "green", None)  # in the order of the list


@dataclass(frozen=True, slots=True)
class _Reported:
    """`partnership`: as the register has it; where it has been corrected since, as it was when it reported."""

    partnership: Partnership
    filed: Filed
    report: GrantReport
    unconfirmed: tuple[str, ...]  # the sides that have not confirmed it
    is_left_over: bool = False  # the register has no such grant any more
    counted_nok: int = 0  # in the sum of what may be left unspent
    owner_nok: int | None = None  # granted to the owner; None: that stands with another of its universities


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, form = asked.t, granted.form_named(argument)
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t(f"{form}.list"), t("say.staff_only"), found=False)
    now = granted.asked_now(asked.connection, asked.forum, form, asked.on)
    if now is None:
        return told(t(f"{form}.list"), granted.not_yet(asked, form), found=False)
    partnerships = grant_reports.of_year(asked.connection, now.grant_year)
    found = _reported(asked, now, partnerships)
    current = tuple(each for each in found if not each.is_left_over)
    left_over = tuple(each for each in found if each.is_left_over)
    sentence = _said(t, "reports.sentence", current, filed=len(current), count=len(partnerships))
    if sum(each.report.at_risk_nok for each in current) != _at_risk_nok(current):
        sentence += f" {t('reports.counted_once')}"
    if left_over:
        sentence += f" {_said(t, 'reports.left_over', left_over, count=len(left_over))}"
    title = t("reports.title", name=t(f"{form}.list"), period=granted.period(now, t), year=now.grant_year)
    rows = tuple(_row(asked, place, each) for place, each in enumerate(found, start=1))
    return Answer(
        lambda offers: reports(title, sentence, rows, t, offers=offers),
        {
            "answer": sentence,
            "period": now.period,
            "partnerships": len(partnerships),
            "at_risk_nok": _at_risk_nok(current),
            "reports": [_json(each) for each in found],
        },
        (*_offers(asked, found), *sheet_offers(asked, "reports", argument)),
        lambda: _sheet(asked, found),
    )


def _said(t: Texts, key: str, found: tuple[_Reported, ...], **counts: int) -> str:
    """How it goes with these, and what may be left of their money."""
    lights = Counter(each.report.light or "none" for each in found)
    red, yellow, green = lights["red"], lights["yellow"], lights["green"]
    return t(key, **counts, red=red, yellow=yellow, green=green, at_risk_nok=_at_risk_nok(found))


def _at_risk_nok(found: tuple[_Reported, ...]) -> int:
    return sum(each.counted_nok for each in found)


def _reported(asked: Inquiry, now: Asked, partnerships: tuple[Partnership, ...]) -> tuple[_Reported, ...]:
    """The red ones first."""
    filed = grant_reports.of_period(asked.connection, now.form, now.period)
    sides = {side for its in filed.values() for side in its.about.sides}
    waiting = {(each.subject, each.organisation) for each in confirmations.open_of(asked.connection, sides)}
    holding = {str(now.of(each)): each for each in partnerships}
    titles = {each.reference: each.title for each in partnerships}
    current, left_over = [], []
    for subject, its in filed.items():
        report, partnership = read(its), holding.get(subject)
        left = tuple(side for side in its.about.sides if (its.topic, side) in waiting)
        if partnership is not None:
            current.append(_Reported(partnership, its, report, left))
        else:
            left_over.append(_Reported(_as_it_was(report, titles), its, report, left, is_left_over=True))
    current.sort(key=lambda each: partnerships.index(each.partnership))
    found = (*_counted(current), *_counted(left_over))
    return tuple(sorted(found, key=lambda each: _LIGHTS.index(each.report.light)))


def _counted(found: Sequence[_Reported]) -> Iterator[_Reported]:
    """With what of each counts in the sum, and what of the grants is its own: the owner's part is the first one's."""
    counted = counted_once([(each.partnership, each.report.at_risk_nok) for each in found])
    seen = set[tuple[str, str]]()
    for each, counted_nok in zip(found, counted, strict=True):
        is_first = each.partnership.decision not in seen
        seen.add(each.partnership.decision)
        yield replace(
            each, counted_nok=counted_nok, owner_nok=each.partnership.owner_nok if is_first else None
        )


def _as_it_was(report: GrantReport, titles: Mapping[str, str]) -> Partnership:
    """The partnership when it reported, with the title that its decision has by now, if there is one still."""
    return Partnership(
        report.reference,
        report.owner,
        report.university,
        report.scheme,
        titles.get(report.reference, report.reference),
        report.grant_year,
        report.owner_granted_nok,
        report.uh_granted_nok,
    )


def _row(asked: Inquiry, place: int, each: _Reported) -> ReportRow:
    t = asked.t
    risk = t("reports.risk", nok=format_nok(each.report.at_risk_nok)) if each.report.at_risk_nok else ""
    names = with_contact(asked, each.unconfirmed)
    waits = t("reports.waits_for", names=t.listed(names)) if names else ""
    changed = t("reports.is_changed") if each.is_left_over else ""
    return ReportRow(
        f"{place}. {_names(asked, each)}",
        each.partnership.title,
        _light(asked, each),
        tuple(part for part in (each.report.trouble, risk, waits, changed) if part),
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
        "counted_nok": each.counted_nok,
        "unconfirmed": list(each.unconfirmed),
        "grant_is_changed": each.is_left_over,
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
            Column(t("reports.counted"), "nok"),
            Column(t("reports.granted_owner"), "nok"),
            Column(t("reports.granted_university"), "nok"),
            Column(t("reports.unconfirmed")),
            Column(t("reports.note")),
        ),
        tuple(
            (
                *(side.name for side in asked.directory.named(each.partnership.sides)),
                t(f"scheme.{each.partnership.scheme}.short"),
                each.partnership.title,
                _light(asked, each),
                each.report.trouble,
                each.report.at_risk_nok,
                *_added_up(each),
                t.listed(tuple(side.name for side in asked.directory.named(each.unconfirmed))),
                t("reports.is_changed") if each.is_left_over else None,
            )
            for each in found
        ),
    )


def _added_up(each: _Reported) -> tuple[int | None, int | None, int | None]:
    """What can be added up without counting a krone twice; the grant of one that is left over is another's by now."""
    if each.is_left_over:
        return None, None, None
    return each.counted_nok, each.owner_nok, each.partnership.uh_nok


QUERY = Query("reports", _answer)
