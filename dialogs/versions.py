"""What happens to a case after it was filed: a new version, withdrawal, sending back, correction, a later deadline.

Who may do what and when is one function, `offers.offers`; each act asks it again.
"""

from collections.abc import Callable
from dataclasses import replace

from dialogs import confirming, drafting, sharing, showing, whose
from dialogs.cards import cases as case_cards
from dialogs.cards.forms import DraftView, whom_to_ask
from dialogs.cards.notes import note
from dialogs.desk import Desk, message, say
from dialogs.engine import Answers, Kind
from dialogs.forms import FORMS
from dialogs.offers import offers
from dialogs.papers.report import answers_of
from dialogs.queries import case_changes
from domain import schemes
from domain.access import WRITING_ROLES, Action, RoleKind, Thing, may, visible_cases
from domain.cases import JOURNAL_NUMBER_MAX, Case, State, read_journal_number, way
from domain.confirming import ASKED_IN
from domain.messages import Reply
from domain.submissions import Extension, NeedsReport, SendBack
from store import cases, drafts, extensions, outbox, register, views
from store.drafts import Draft, DraftState, Focus, Purpose

WITHDRAW = "withdraw?"  # a question that is no field


def act(desk: Desk, verb: str, number: str) -> Reply:
    """Do it, if the person may do it to that case now; otherwise say what stands in the way, and whom to ask."""
    case = views.case(desk.work.connection, visible_cases(desk.actor), number)
    if case is None:
        return say(desk.t("say.no_such_case", number=number))
    if verb in offers(desk.inquiry, case) or verb == "differences":  # looking is always possible
        return _ACTS[verb](desk, case)
    if refusal := whose.not_theirs(desk, verb, case):
        return say(refusal)
    state = desk.t(f"state.{case.state}")
    return say(
        f"{desk.t('case.not_now', number=number, state=state)} {whom_to_ask(desk.inquiry.staff, desk.t)}"
    )


# Beginning


def _begin(desk: Desk, draft: Draft) -> Reply:
    settled = sharing.settled(desk, draft, drafting.may_lead(desk.inquiry, draft))
    return Reply((drafting.show(desk, drafts.create(desk.work, settled)),))


def _draft(desk: Desk, form: str, cycle_year: int, answers: dict[str, str | None], purpose: Purpose) -> Draft:
    return Draft(
        id=desk.house.new_id(),
        form=form,
        cycle_year=cycle_year,
        author=desk.actor.person_id,
        answers=answers,
        created_at=desk.turn.received_at,
        saved_at=desk.turn.received_at,
        scheme=answers.get("scheme"),
        purpose=purpose,
    )


def _answers(desk: Desk, case: Case) -> dict[str, str | None]:
    """What the case's newest version was made of."""
    version = cases.version(desk.work.connection, case.number, case.submission)
    assert version is not None
    return answers_of(FORMS[case.form], NeedsReport.read(version.report))


_DECLARED = ("declaration", "declaration_name")


def _new_version(desk: Desk, case: Case) -> Reply:
    """Go on with the next version, or begin it; what was filed stands until then. The secretariat begins it for an
    owner that has no Teams."""
    already = begun(desk, case, Purpose.REPORT, Purpose.ON_BEHALF)
    return drafting.go_on(desk, already.id) if already else _begin(desk, next_version(desk, case))


def next_version(desk: Desk, case: Case) -> Draft:
    """The draft of the case's next version, not kept yet: what was filed, to be declared anew."""
    is_owner = may(desk.actor, Action.CHANGE_CASE, Thing(lead_owner=case.lead_owner))
    purpose = Purpose.REPORT if is_owner else Purpose.ON_BEHALF
    answers = {field: text for field, text in _answers(desk, case).items() if field not in _DECLARED}
    draft = _draft(desk, case.form, case.cycle_year, answers, purpose)
    return replace(draft, owner=case.lead_owner, about=case.number)


def _correct(desk: Desk, case: Case) -> Reply:
    already = begun(desk, case, Purpose.CORRECTION)
    if already is not None:
        return drafting.go_on(desk, already.id)
    draft = _draft(desk, case.form, case.cycle_year, _answers(desk, case), Purpose.CORRECTION)
    return _begin(desk, replace(draft, about=case.number))


def begun(desk: Desk, case: Case, *purposes: Purpose) -> Draft | None:
    """What somebody has begun with the case for one of these purposes."""
    found = drafts.about(desk.work.connection, case.number)
    return next((draft for draft in found if draft.purpose in purposes), None)


def carry_over(desk: Desk, number: str, before: Answers) -> None:
    """What was filed now also holds in the other drafts of the case's report: a correction in the owner's next
    version, and the other way round. Where both have changed an answer, the draft's stands and is asked about again.

    `before`: the answers that the case had until now.
    """
    case = cases.get(desk.work.connection, number)
    assert case is not None
    after = _answers(desk, case)
    for draft in drafts.about(desk.work.connection, number):
        if draft.purpose is Purpose.HANDLING:
            continue
        changed = [
            field
            for field in sorted(before.keys() | after.keys())
            if before.get(field) != after.get(field)
            and (field not in _DECLARED or draft.purpose is Purpose.CORRECTION)
        ]
        taken = [field for field in changed if draft.answers.get(field) == before.get(field)]
        answers = {field: text for field, text in draft.answers.items() if field not in taken}
        answers |= {field: after[field] for field in taken if field in after}
        clashing = [f for f in changed if f not in taken and draft.answers.get(f) != after.get(f)]
        carried = replace(draft, answers=answers, to_check=tuple(dict.fromkeys((*draft.to_check, *clashing))))
        if carried != draft:
            drafts.save(desk.work, draft, replace(carried, scheme=answers.get("scheme")))


def answers_before(desk: Desk, number: str | None) -> Answers | None:
    """What the case that a draft is about was made of until now; None: it is about none."""
    case = cases.get(desk.work.connection, number) if number else None
    return _answers(desk, case) if case else None


def _copy(desk: Desk, case: Case) -> Reply:
    """A new report from an earlier case: every answer is asked about again, and the sums are new."""
    now = desk.inquiry.rounds.open_at(desk.turn.received_at)
    assert now is not None  # offered in an open round alone
    for draft in desk.inquiry.drafts:
        if _is_begun_from(draft, case, now.cycle_year):
            return drafting.go_on(desk, draft.id)
    form = FORMS[case.form]
    known = {scheme.key for scheme in schemes.scheme_set(desk.house.forum.key, now.deadline_on).schemes}
    kept: dict[str, str | None] = {
        field: text
        for field, text in _answers(desk, case).items()
        if text is not None
        and form.kind(field) not in (Kind.MONEY, Kind.DAY)
        and field.partition(".")[0] not in _NOT_COPIED
        and (field != "scheme" or text in known)
    }
    draft = _draft(desk, case.form, now.cycle_year, kept | {"prior_commitment": case.number}, Purpose.REPORT)
    return _begin(desk, replace(draft, owner=case.lead_owner, to_check=(*kept, "prior_commitment")))


def _is_begun_from(draft: Draft, case: Case, cycle_year: int) -> bool:
    """Whether it is the round's new report that goes on from the case."""
    return (
        draft.answers.get("prior_commitment"),
        draft.cycle_year,
        draft.owner,
        draft.purpose,
        draft.about,
    ) == (
        case.number,
        cycle_year,
        case.lead_owner,
        Purpose.REPORT,
        None,
    )


_NOT_COPIED = (
    *_DECLARED,
    "duration_years",
    "priority_by_network",
    "own_contribution_kind",
    "prior_commitment",
)


def begin_on_behalf(desk: Desk) -> Reply:
    """A report for an owner that has no Teams, written by the secretariat."""
    if not may(desk.actor, Action.REGISTER):
        return say(whose.staff_do(desk))
    return _begin_in_round(desk, "needs_report", Purpose.ON_BEHALF)


def _begin_in_round(desk: Desk, form: str, purpose: Purpose) -> Reply:
    """In the round that opened last, open or closed by now."""
    latest = desk.inquiry.rounds.latest_at(desk.turn.received_at)
    if latest is None:
        return say(desk.t("say.ask_secretariat"))
    for draft in desk.inquiry.drafts:  # asked for twice: there is one that nothing stands in yet
        if (draft.form, draft.purpose, draft.author) == (form, purpose, desk.actor.person_id) and not (
            draft.answers or draft.about
        ):
            return drafting.go_on(desk, draft.id)
    return _begin(desk, _draft(desk, form, latest.cycle_year, {}, purpose))


def _send_back(desk: Desk, case: Case) -> Reply:
    already = begun(desk, case, Purpose.HANDLING)
    if already is not None:
        return drafting.go_on(desk, already.id)
    draft = _draft(desk, "send_back", case.cycle_year, {}, Purpose.HANDLING)
    return _begin(desk, replace(draft, about=case.number))


def begin_extension(desk: Desk) -> Reply:
    """A later deadline for one owner in the latest round."""
    if not may(desk.actor, Action.HANDLE_CASE):
        return say(whose.staff_do(desk))
    return _begin_in_round(desk, "extension", Purpose.HANDLING)


# Withdrawing


def _ask_withdraw(desk: Desk, case: Case) -> Reply:
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(case.number, WITHDRAW))
    card_id = desk.new_card("withdrawal", case.number)
    return Reply((message(case_cards.confirm_withdrawal(case, desk.t, card_id)),))


def answer_withdraw(desk: Desk, number: str, *, yes: bool) -> Reply:
    """The answer to the question whether to withdraw the case."""
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    if yes:
        return withdraw(desk, number)
    return Reply((showing.case_message(desk, number),))


def withdraw(desk: Desk, number: str) -> Reply:
    case = views.case(desk.work.connection, visible_cases(desk.actor), number)
    if case is None or "withdraw" not in offers(desk.inquiry, case):
        return act(desk, "withdraw", number)
    cases.withdraw(desk.work, case)
    for draft in drafts.about(desk.work.connection, number):
        drafts.save(desk.work, draft, replace(draft, state=DraftState.DISCARDED))
    _tell(desk, case, "case_withdrawn", staff=True)
    return Reply((showing.case_message(desk, number),))


def _reopen(desk: Desk, case: Case) -> Reply:
    """The owner takes back its withdrawal: what was filed counts again."""
    confirming.ask_again(desk, cases.reopen(desk.work, case))
    _tell(desk, case, "case_reopened", staff=True)
    return Reply((showing.case_message(desk, case.number),))


# What the forms of the secretariat do when they are filed


def file_send_back(desk: Desk, draft: Draft, seen: DraftView, filled: SendBack) -> tuple[str, Reply | None]:
    case = cases.get(desk.work.connection, draft.about or "")
    if case is None or not may(desk.actor, Action.HANDLE_CASE) or way(case.state, State.RETURNED) is None:
        number, state = draft.about or "", desk.t(f"state.{case.state}") if case else ""
        return desk.t("case.not_now", number=number, state=state), None
    reasons = {field: filled.reason[field] for field in filled.fields if field in filled.reason}
    if filled.message:
        reasons[""] = filled.message
    after = cases.send_back(desk.work, case, reasons, filled.answer_by_on)
    _close(desk, draft, case.number)
    _tell(desk, after, "case_returned")
    if case.state not in ASKED_IN:
        confirming.ask_again(desk, after)
    said = desk.t("send_back.done", number=case.number, day=filled.answer_by_on)
    return "", Reply((message(note(said)), showing.case_message(desk, case.number)))


def file_extension(desk: Desk, draft: Draft, seen: DraftView, filled: Extension) -> tuple[str, Reply | None]:
    if not may(desk.actor, Action.HANDLE_CASE):
        return desk.t("say.staff_only"), None
    extensions.grant(desk.work, draft.cycle_year, filled.owner, filled.deadline_on, filled.why)
    _close(desk, draft, None)
    connection = desk.work.connection
    for person in register.people_with(
        connection, RoleKind.OWNER_CONTACT, organisation=filled.owner, on=desk.on
    ):
        outbox.put(
            desk.work,
            key=f"deadline_extended:{draft.id}:{person.id}",
            kind="deadline_extended",
            recipient=person.id,
            payload={"owner": filled.owner, "year": str(draft.cycle_year)},
        )
    owner = register.directory(connection).organisations[filled.owner].name
    return "", say(desk.t("extension.done", owner=owner, day=filled.deadline_on))


def _close(desk: Desk, draft: Draft, number: str | None) -> None:
    drafts.save(
        desk.work,
        draft,
        replace(draft, state=DraftState.SUBMITTED, case_number=number, saved_at=desk.turn.received_at),
    )
    drafts.set_focus(desk.work, desk.actor.person_id, None)


def note_journal_number(desk: Desk, argument: str) -> Reply:
    """`2023-DEKOM-001 2023/1234`."""
    number, _, text = argument.partition(" ")
    case = views.case(desk.work.connection, visible_cases(desk.actor), number)
    if case is None:
        return say(desk.t("say.no_such_case", number=number))
    if refusal := whose.not_theirs(desk, "journal", case):
        return say(refusal)
    journal_number = read_journal_number(text)
    if journal_number is None:
        return say(desk.t("case.journal_how", number=number, most=JOURNAL_NUMBER_MAX))
    cases.note_journal_number(desk.work, case, journal_number)
    return Reply((showing.case_message(desk, number),))


def _tell(desk: Desk, case: Case, kind: str, *, staff: bool = False) -> None:
    """The owner's contacts and those who write for it; the secretariat where it is not the one who acts."""
    connection, on = desk.work.connection, desk.on
    told = [
        person
        for role in WRITING_ROLES
        for person in register.people_with(connection, role, organisation=case.lead_owner, on=on)
    ]
    told += register.people_with(connection, RoleKind.SECRETARIAT, on=on) if staff else ()
    for person in dict.fromkeys(told):
        if person.id != desk.actor.person_id:
            outbox.put(
                desk.work,
                key=f"{kind}:{case.number}:{case.version}:{person.id}",
                kind=kind,
                recipient=person.id,
                payload={"case": case.number},
            )


def _differences(desk: Desk, case: Case) -> Reply:
    answer = case_changes.QUERY.answer(desk.inquiry, case.number)
    return Reply((message(answer.card([])),))


_ACTS: dict[str, Callable[[Desk, Case], Reply]] = {
    "new_version": _new_version,
    "copy": _copy,
    "send_back": _send_back,
    "correct": _correct,
    "withdraw": _ask_withdraw,
    "reopen": _reopen,
    "differences": _differences,
    "confirm_part": confirming.show_parts,
}
VERBS = tuple(_ACTS)
