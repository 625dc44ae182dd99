"""Which partnerships have not reported on their grants, for staff, and whose confirmation is missing."""

from dataclasses import dataclass

from dialogs import granted
from dialogs.asking import quoted
from dialogs.cards.owners import OwnerRow, owners
from dialogs.desk import Inquiry
from dialogs.hearing import region_name, region_of
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.queries.report import with_contact
from dialogs.questions import Slots, slots_of
from domain.access import Action, may
from domain.grants import Asked, Partnership
from store import confirmations, grant_reports, views


@dataclass(frozen=True, slots=True)
class _Missing:
    """`unconfirmed`: the sides whose confirmation is missing; None: nothing is filed. `has_contact`: each of them, or
    the owner that is to file."""

    partnership: Partnership
    region: str | None
    unconfirmed: tuple[str, ...] | None
    is_begun: bool
    has_contact: bool


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, form = asked.t, granted.form_named(argument)
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t(f"{form}.missing"), t("say.staff_only"), found=False)
    now = granted.asked_now(asked.connection, asked.forum, form, asked.on)
    if now is None:
        return told(t(f"{form}.missing"), granted.not_yet(asked, form), found=False)
    every = _partnerships(asked, now, slots_of(argument))
    found = _missing(asked, now, every)
    nobody = grant_reports.unasked(asked.connection, now.grant_year)
    unfiled = sum(each.unconfirmed is None for each in found)
    key = "reports_missing.sentence" if found else "reports_missing.none"
    sentence = t(key, unfiled=unfiled, count=len(every), unconfirmed=len(found) - unfiled, day=now.due_on)
    title = t("reports.title", name=t(f"{form}.missing"), period=granted.period(now, t), year=now.grant_year)
    rows = tuple(_row(asked, each) for each in found)
    left_over = _left_over(asked, now)
    notes = (
        t("reports_missing.nobody", count=len(nobody)) if nobody else "",
        t("reports_missing.left_over", count=len(left_over)) if left_over else "",
    )
    return Answer(
        lambda offers: owners(
            title,
            sentence,
            t("reports_missing.stands"),
            rows,
            t,
            note=" ".join(filter(None, notes)),
            offers=offers,
        ),
        {
            "answer": sentence,
            "period": now.period,
            "due_on": now.due_on.isoformat(),
            "partnerships": len(every),
            "missing": [_json(now, each) for each in found],
            "left_over": sorted(left_over),
            "without_university": sorted({grant.reference for grant in nobody}),
        },
        sheet_offers(asked, "reports_missing", argument),
        lambda: _sheet(asked, found),
    )


def _left_over(asked: Inquiry, now: Asked) -> frozenset[str]:
    """The reports that were filed on grants that the register has otherwise by now, by subject."""
    held = {str(now.of(each)) for each in grant_reports.of_year(asked.connection, now.grant_year)}
    return frozenset(grant_reports.of_period(asked.connection, now.form, now.period).keys() - held)


def _partnerships(asked: Inquiry, now: Asked, slots: Slots) -> tuple[Partnership, ...]:
    """Those that are asked about."""
    return tuple(
        each
        for each in grant_reports.of_year(asked.connection, now.grant_year)
        if slots.owner in (None, *each.sides)
        and slots.scheme in (None, each.scheme)
        and slots.region in (None, _region(asked, each))
    )


def _missing(asked: Inquiry, now: Asked, every: tuple[Partnership, ...]) -> tuple[_Missing, ...]:
    """Those that have filed nothing first."""
    connection = asked.connection
    filed, begun = (
        grant_reports.of_period(connection, now.form, now.period),
        grant_reports.begun(connection, now.form),
    )
    sides = {side for each in every for side in each.sides}
    waiting = {(each.subject, each.organisation) for each in confirmations.open_of(connection, sides)}
    spoken_for = views.spoken_for(connection, asked.on)
    found = []
    for each in every:
        subject = str(now.of(each))
        its = filed.get(subject)
        left = tuple(side for side in each.sides if its and (its.topic, side) in waiting)
        if its is None or left:
            unconfirmed = None if its is None else left
            has_contact = spoken_for.issuperset(left or (each.owner,))
            found.append(_Missing(each, _region(asked, each), unconfirmed, subject in begun, has_contact))
    return tuple(sorted(found, key=lambda each: (each.unconfirmed is not None, each.region or "~")))


def _region(asked: Inquiry, each: Partnership) -> str | None:
    return region_of(asked.forum, asked.directory, each.owner, asked.on)


def _row(asked: Inquiry, each: _Missing) -> OwnerRow:
    t = asked.t
    return OwnerRow(
        _names(asked, each.partnership.sides),
        region_name(asked.forum, each.region, t),
        _stands(asked, each),
        quoted(each.partnership.title, 100)
        if each.has_contact or each.unconfirmed
        else t("missing.no_contact"),
    )


def _names(asked: Inquiry, sides: tuple[str, ...]) -> str:
    return asked.t.listed(tuple(side.name for side in asked.directory.named(sides)))


def _stands(asked: Inquiry, each: _Missing) -> str:
    if each.unconfirmed is not None:
        names = asked.t.listed(with_contact(asked, each.unconfirmed))
        return asked.t("reports_missing.unconfirmed", names=names)
    return asked.t("reports_missing.begun" if each.is_begun else "missing.nothing")


def _json(now: Asked, each: _Missing) -> dict[str, object]:
    return {
        "subject": str(now.of(each.partnership)),
        "owner": each.partnership.owner,
        "university": each.partnership.university,
        "region": each.region,
        "is_filed": each.unconfirmed is not None,
        "is_begun": each.is_begun,
        "unconfirmed": list(each.unconfirmed or ()),
    }


def _sheet(asked: Inquiry, found: tuple[_Missing, ...]) -> Table:
    t = asked.t
    return Table(
        (
            Column(t("case.owners")),
            Column(t("case.partners")),
            Column(t("case.region")),
            Column(t("case.scheme")),
            Column(t("needs_report.field.measure_title.label")),
            Column(t("reports_missing.stands")),
            Column(t("missing.contact")),
        ),
        tuple(
            (
                *(side.name for side in asked.directory.named(each.partnership.sides)),
                region_name(asked.forum, each.region, t),
                t(f"scheme.{each.partnership.scheme}.short"),
                each.partnership.title,
                _stands(asked, each),
                t("say.yes") if each.has_contact else t("missing.no"),
            )
            for each in found
        ),
    )


QUERY = Query("reports_missing", _answer)
