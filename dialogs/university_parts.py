"""A university's part of a case as it is asked about and shown: read from what was filed, in a person's language."""

from collections.abc import Mapping
from datetime import date, datetime

from dialogs.asking import readable, shown
from dialogs.cards.confirming import PartView, ProposalView
from dialogs.comparing import Difference, differences
from dialogs.desk import Inquiry
from dialogs.engine import Answers
from dialogs.forms import FORMS
from dialogs.offers import owner_may_file
from dialogs.queries import Offer
from domain import confirming
from domain.access import Action, RoleKind, Thing, may, visible_cases
from domain.cases import Case
from domain.days import local_day
from domain.schemes import scheme_set_by_key
from domain.submissions import Circumstances, NeedsReport
from store import cases, confirmations, register, views
from store.confirmations import Confirmation
from store.drafts import Draft

_SUBJECT = "case:"


def subject_of(number: str) -> str:
    return f"{_SUBJECT}{number}"


def is_about_case(asked: Confirmation) -> bool:
    return asked.subject.startswith(_SUBJECT)


def number_of(asked: Confirmation) -> str:
    return asked.subject.removeprefix(_SUBJECT)


def part_as_filed(asked: Inquiry, case: Case, university: str) -> dict[str, str]:
    """What the university would be asked to confirm now."""
    version = cases.version(asked.connection, case.number, case.submission)
    assert version is not None
    return confirming.part_of(NeedsReport.read(version.report), university)


def case_to_confirm(asked: Inquiry, confirmation: Confirmation) -> Case | None:
    """The case, if the person speaks for the university and that is a partner in it still."""
    case = views.case(
        asked.connection, visible_cases(asked.actor, Action.CONFIRM_PART), number_of(confirmation)
    )
    university = frozenset({confirmation.organisation})
    if case is None or not university <= set(case.partners):
        return None
    return case if may(asked.actor, Action.CONFIRM_PART, Thing(partners=university)) else None


def own_universities(asked: Inquiry, case: Case) -> tuple[str, ...]:
    """The partners of the case that the person speaks for."""
    own = asked.actor.organisations(RoleKind.UNIVERSITY_CONTACT)
    return tuple(key for key in case.partners if key in own)


def due_on(asked: Inquiry, case: Case, confirmation: Confirmation) -> date:
    """The last day to confirm: later for owners that may file later, and for what was asked anew."""
    deadline_on = asked.rounds.of(case.cycle_year).deadline_on
    return confirming.confirm_by(asked.forum.key, deadline_on, local_day(confirmation.asked_at))


# Showing


def part_view(asked: Inquiry, case: Case, confirmation: Confirmation) -> PartView:
    known = register.directory(asked.connection).organisations
    before = _looked_at_before(asked, confirmation)
    return PartView(
        number=case.number,
        title=case.title,
        university=known[confirmation.organisation].name,
        owner=known[case.lead_owner].name,
        rows=_rows(asked, case, confirmation),
        due_on=due_on(asked, case, confirmation),
        staff=asked.staff,
        changed=changes(asked, case, before, confirmation) if before else (),
        was_confirmed=before is not None and before.confirmed_at is not None,
        confirmed=_given(asked, confirmation),
    )


def _given(asked: Inquiry, confirmation: Confirmation) -> tuple[str, datetime] | None:
    if confirmation.confirmed_at is None or confirmation.confirmed_by is None:
        return None
    person = register.person(asked.connection, confirmation.confirmed_by)
    return person.name if person else confirmation.confirmed_by, confirmation.confirmed_at


def _looked_at_before(asked: Inquiry, confirmation: Confirmation) -> Confirmation | None:
    """What the university confirmed last, or if it has confirmed nothing, what it was asked last."""
    earlier = [
        each
        for each in confirmations.of(asked.connection, confirmation.subject)
        if each.organisation == confirmation.organisation and each.id < confirmation.id
    ]
    return max(earlier, key=lambda each: (each.confirmed_at is not None, each.id), default=None)


def _rows(asked: Inquiry, case: Case, confirmation: Confirmation) -> tuple[tuple[str, str], ...]:
    form, around = FORMS[case.form], _circumstances(asked, case)
    answers = _answers(confirmation.content, confirmation.organisation)
    questions = {question.field: question for question in form.path(answers, around)}
    return tuple(
        (
            shown(form, questions[field], around, asked.t).label,
            readable(form, questions[field], text, around, asked.t),
        )
        for field, text in confirmation.content.items()
        if field in questions and field != "measure_title"
    )


def changes(asked: Inquiry, case: Case, before: Confirmation, after: Confirmation) -> tuple[Difference, ...]:
    return _changes(asked, case, before.organisation, before.content, after.content)


def _changes(
    asked: Inquiry, case: Case, university: str, before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Difference, ...]:
    form, around = FORMS[case.form], _circumstances(asked, case)
    old, new = _answers(before, university), _answers(after, university)
    return differences(form, old, new, around, asked.t)


def _answers(content: Mapping[str, str], university: str) -> Answers:
    """As answers of the report, in which the university is the only one."""
    return {**content, "uh_partner": university}


def _circumstances(asked: Inquiry, case: Case) -> Circumstances:
    """What the case was filed under; nothing is judged again."""
    directory = register.directory(asked.connection)
    return Circumstances(
        forum=asked.forum,
        scheme_set=scheme_set_by_key(asked.forum.key, case.scheme_set),
        cycle_year=case.cycle_year,
        on=asked.on,
        directory=directory,
        may_lead=tuple(directory.organisations),
    )


def part_offers(asked: Inquiry, confirmation: Confirmation) -> tuple[Offer, ...]:
    """The buttons below a university's part."""
    t, about = asked.t, str(confirmation.id)
    verbs = (*(["confirm"] if confirmation.is_open else []), "correct_part", "see_case")
    return tuple(Offer(t(f"button.{verb}"), verb, "part", about, verb) for verb in verbs)


# What a university proposes otherwise


def proposed(draft: Draft, base: Confirmation) -> dict[str, str]:
    """What it would have otherwise than it was asked to confirm: field -> text."""
    return {
        field: text
        for field, text in draft.answers.items()
        if text is not None
        and field in base.content
        and confirming.may_correct(field)
        and text != base.content[field]
    }


def proposal_view(asked: Inquiry, case: Case, draft: Draft, base: Confirmation) -> ProposalView:
    known = register.directory(asked.connection).organisations
    after = {**base.content, **proposed(draft, base)}
    return ProposalView(
        number=case.number,
        title=case.title,
        university=known[base.organisation].name,
        changed=_changes(asked, case, base.organisation, base.content, after),
        reason=draft.answers.get("reason") or "",
        then=_then(asked, case),
    )


def _then(asked: Inquiry, case: Case) -> str:
    """What comes of a proposal: whether there is somebody to take it over, and in time."""
    if not register.people_with(
        asked.connection, RoleKind.OWNER_CONTACT, organisation=case.lead_owner, on=asked.on
    ):
        return "no_contact"
    return "what_happens" if owner_may_file(asked, case) else "too_late"


# What owner and staff see on the case


def confirmation_rows(asked: Inquiry, case: Case) -> tuple[tuple[str, str], ...]:
    """Each university of the case that the person may know of, and whether it has confirmed, when and who."""
    sees_all = may(asked.actor, Action.SEE_HISTORY, case.thing)
    seen = case.partners if sees_all else own_universities(asked, case)
    if not seen or case.state not in confirming.ASKED_IN:
        return ()
    standing = confirmations.standing(asked.connection, subject_of(case.number))
    names = {each.id: each.name for each in asked.directory.named(seen)}
    spoken_for = views.spoken_for(asked.connection, asked.on)
    return tuple(
        (names.get(key, key), confirmation_state(asked, standing.get(key), has_contact=key in spoken_for))
        for key in seen
    )


def confirmation_state(asked: Inquiry, confirmation: Confirmation | None, *, has_contact: bool) -> str:
    given = _given(asked, confirmation) if confirmation else None
    if given is None and not has_contact:
        return asked.t("part.no_contact")
    if confirmation is None:
        return asked.t("part.not_asked")
    if given is None:
        return asked.t("part.waits", at=confirmation.asked_at)
    name, at = given
    return asked.t("part.given", name=name, at=at)
