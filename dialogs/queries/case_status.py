"""Where a case is, who has the ball, what comes next and when, and whether this takes longer than usual.

A case that is not yours is answered like one that does not exist.
"""

from dataclasses import dataclass
from datetime import date

from dialogs.cards import cases as case_cards
from dialogs.cards.cases import CaseView
from dialogs.desk import Inquiry
from dialogs.forms import send_back
from dialogs.offers import last_day, offers
from dialogs.queries import Answer, Offer, Query, told
from dialogs.queries.my_cases import case_json
from dialogs.university_parts import confirmation_rows
from domain.access import visible_cases
from domain.cases import Case, State
from domain.days import local_day
from domain.lead_times import lead_time, working_days_between
from store import cases, register, views, years


def _answer(asked: Inquiry, number: str) -> Answer:
    case = views.case(asked.connection, visible_cases(asked.actor), number)
    if case is None:
        return told(asked.t("case.not_found"), asked.t("say.no_such_case", number=number), found=False)
    view = case_view(asked, case)
    offer = Offer(asked.t("button.refresh"), "refresh", "case", case.number, ",".join(view.verbs))
    return Answer(
        lambda offers: case_cards.case(
            view, asked.t, card_id=offers[0][2] if offers else None, has_links=asked.has_links
        ),
        {"answer": case_cards.where(case, asked.t), "found": True, **where_json(asked, case)},
        (offer,),
    )


def case_view(asked: Inquiry, case: Case) -> CaseView:
    """The case with the names that it is shown with."""
    directory = register.directory(asked.connection)
    region = asked.forum.region(case.region) if case.region else None
    return CaseView(
        case=case,
        owners=tuple(o.name for o in directory.named((case.lead_owner, *case.other_owners))),
        partners=tuple(o.name for o in directory.named(case.partners)),
        region=region.name.in_(asked.t.language) if region else None,
        staff=asked.staff,
        verbs=offers(asked, case),
        reasons=_reasons(asked, case),
        following=following(asked, case),
        confirmations=confirmation_rows(asked, case),
        waited=waiting(asked, case),
    )


def following(asked: Inquiry, case: Case) -> str:
    """What comes next, and by which day of the plan; where it has none, who sets it."""
    t = asked.t
    until = last_day(asked.connection, asked.forum.key, case.cycle_year, case.lead_owner, case.answer_by_on)
    said = t(f"case.next.{case.state}", when=_when(asked, case), day=case.answer_by_on or until)
    if case.state is not State.SUBMITTED or asked.on > until:
        return said
    return f"{t('case.may_change', day=until)} {said}"


def _when(asked: Inquiry, case: Case) -> str:
    by = _planned_day(asked, case)
    if by is None:
        return asked.t("case.no_day")
    return asked.t("case.by_plan" if asked.on <= by else "case.by_plan_past", day=by)


def _planned_day(asked: Inquiry, case: Case) -> date | None:
    """None: the plan has none for this step, or no calendar reaches the year."""
    plan = lead_time(asked.forum.key, case.state)
    if plan is None:
        return None
    try:
        known = years.year_of(asked.connection, asked.forum.key, case.cycle_year + plan.years_later)
    except ValueError:
        return None
    return plan.by_day(known.year)


@dataclass(frozen=True, slots=True)
class Wait:
    """How many working days a case has been where it is, `since` a day, and how many are usual."""

    since: date
    days: int
    usual_days: int

    @property
    def is_long(self) -> bool:
        return self.days > self.usual_days


def waited(asked: Inquiry, case: Case) -> Wait | None:
    """By the plan of the year. None: the plan has no time for this step, or it has not begun."""
    usual = lead_time(asked.forum.key, case.state)
    if usual is None or usual.working_days is None:
        return None
    since = local_day(case.state_since)
    if usual.from_deadline:
        since = max(since, asked.rounds.of(case.cycle_year).deadline_on)
    if asked.on <= since:
        return None
    return Wait(since, working_days_between(since, asked.on), usual.working_days)


def waiting(asked: Inquiry, case: Case) -> str:
    """How long it has been where it is, and whether that is longer than planned; empty where no plan says so."""
    found = waited(asked, case)
    if found is None:
        return ""
    key = "case.waited.longer" if found.is_long else "case.waited.usual"
    return asked.t(key, since=found.since, days=found.days, usual=found.usual_days)


def where_json(asked: Inquiry, case: Case) -> dict[str, object]:
    """The case for programs, with what comes next and how long it has waited."""
    return {
        **case_json(case),
        "next": following(asked, case),
        "waited": _wait_json(waited(asked, case)),
    }


def _wait_json(wait: Wait | None) -> dict[str, object] | None:
    if wait is None:
        return None
    return {
        "since": wait.since.isoformat(),
        "working_days": wait.days,
        "usual_working_days": wait.usual_days,
        "is_longer_than_usual": wait.is_long,
        "compared_with": "plan",
    }


def _reasons(asked: Inquiry, case: Case) -> tuple[tuple[str, str], ...]:
    """Why the case was sent back, by question; what is said about the whole comes first."""
    returned = cases.last_return(asked.connection, case.number) if case.state is State.RETURNED else None
    found = sorted(returned.reasons.items()) if returned else []
    return tuple((send_back.label(field, asked.t) if field else "", why) for field, why in found)


QUERY = Query("case_status", _answer)
