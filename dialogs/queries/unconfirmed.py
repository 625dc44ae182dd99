"""Which universities have not confirmed their part of which case, and until when they have, for staff."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from dialogs.asking import quoted
from dialogs.cards.owners import OwnerRow, owners
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, region_name, said_of, this_round
from dialogs.papers.tables import Cell, Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.questions import Slots, slots_of
from dialogs.university_parts import confirmation_state, due_on, subject_of
from domain.access import Action, may, visible_cases
from domain.cases import Case
from domain.confirming import ASKED_IN
from store import confirmations, views
from store.confirmations import Confirmation


@dataclass(frozen=True, slots=True)
class _Waiting:
    """`asked` and `due_on` None: a case from before universities were asked."""

    university: str
    name: str
    case: Case
    asked: Confirmation | None
    due_on: date | None
    has_contact: bool


def _answer(asked: Inquiry, argument: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("unconfirmed.name"), t("say.staff_only"), found=False)
    slots = slots_of(argument)
    year = slots.year or this_round(asked.forum, asked.at)
    found = _waiting(asked, slots, year)
    about = named(replace(slots, year=None), asked.forum, asked.directory, t)
    key = "unconfirmed.sentence" if found else "unconfirmed.none"
    universities = len({each.university for each in found})
    sentence = said_of(about, t(key, year=year, count=len(found), universities=universities))
    rows = tuple(_row(asked, each) for each in found)
    return Answer(
        lambda offers: owners(
            t("unconfirmed.title", year=year),
            sentence,
            t("unconfirmed.case"),
            rows,
            t,
            first=t("unconfirmed.university"),
            note=t("unconfirmed.note") if rows else "",
            offers=offers,
        ),
        {
            "answer": sentence,
            "cycle_year": year,
            "about": as_json(slots),
            "unconfirmed": [_json(each) for each in found],
        },
        sheet_offers(asked, "unconfirmed", argument),
        lambda: _sheet(asked, found),
    )


def _waiting(asked: Inquiry, slots: Slots, year: int) -> tuple[_Waiting, ...]:
    """The most urgent first."""
    about = views.About(slots.scheme, slots.region, slots.owner, None, year)
    found = views.cases(asked.connection, visible_cases(asked.actor), about=about)
    cases = [case for case in found if case.state in ASKED_IN]
    subjects = [subject_of(case.number) for case in cases]
    standing = confirmations.standing_of(asked.connection, subjects)
    spoken_for = views.spoken_for(asked.connection, asked.on)
    waiting = (
        _of(asked, case, university, standing, has_contact=university in spoken_for)
        for case in cases
        for university in case.partners
        if slots.university in (None, university)
    )
    return tuple(
        sorted(
            (each for each in waiting if each.asked is None or not each.asked.holds),
            key=lambda each: (each.due_on or date.min, each.name, each.case.number),
        )
    )


def _of(
    asked: Inquiry,
    case: Case,
    university: str,
    standing: Mapping[tuple[str, str], Confirmation],
    *,
    has_contact: bool,
) -> _Waiting:
    confirmation = standing.get((subject_of(case.number), university))
    known = asked.directory.organisations.get(university)
    name = known.name if known else university
    until = due_on(asked, case, confirmation) if confirmation else None
    return _Waiting(university, name, case, confirmation, until, has_contact)


def _row(asked: Inquiry, waiting: _Waiting) -> OwnerRow:
    t, case = asked.t, waiting.case
    until = f"; {t('duties.by', day=waiting.due_on)}" if waiting.due_on else ""
    return OwnerRow(
        waiting.name,
        region_name(asked.forum, case.region, t),
        f"{case.number} {quoted(case.title, 80)}",
        f"{confirmation_state(asked, waiting.asked, has_contact=waiting.has_contact)}{until}",
    )


def _json(waiting: _Waiting) -> dict[str, object]:
    return {
        "university": waiting.university,
        "number": waiting.case.number,
        "region": waiting.case.region,
        "scheme": waiting.case.scheme,
        "asked_at": waiting.asked.asked_at.isoformat() if waiting.asked else None,
        "due_on": waiting.due_on.isoformat() if waiting.due_on else None,
        "has_contact": waiting.has_contact,
    }


def _sheet(asked: Inquiry, found: tuple[_Waiting, ...]) -> Table:
    t = asked.t
    return Table(
        (
            Column(t("unconfirmed.university")),
            Column(t("unconfirmed.case")),
            Column(t("needs_report.field.measure_title.label")),
            Column(t("needs_report.field.lead_owner.label")),
            Column(t("case.region")),
            Column(t("case.scheme")),
            Column(t("unconfirmed.asked"), "moment"),
            Column(t("unconfirmed.until"), "day"),
            Column(t("missing.contact")),
        ),
        tuple(_sheet_row(asked, each) for each in found),
    )


def _sheet_row(asked: Inquiry, waiting: _Waiting) -> tuple[Cell, ...]:
    t, case = asked.t, waiting.case
    (owner,) = asked.directory.named((case.lead_owner,))
    return (
        waiting.name,
        case.number,
        case.title,
        owner.name,
        region_name(asked.forum, case.region, t),
        t(f"scheme.{case.scheme}.short"),
        waiting.asked.asked_at if waiting.asked else None,
        waiting.due_on,
        t("say.yes") if waiting.has_contact else t("missing.no"),
    )


QUERY = Query("unconfirmed", _answer)
