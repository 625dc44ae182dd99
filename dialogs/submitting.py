"""Filing a report: the moment a draft becomes a case, and what is shown and told then."""

from collections.abc import Callable
from typing import Any

from dialogs import confirming, moving, reporting, showing, versions
from dialogs.cards.forms import DraftView, grant_is_gone, too_late, whom_to_ask
from dialogs.cards.notes import note
from dialogs.desk import Desk, message
from dialogs.engine import Becomes
from dialogs.meetings import arranging
from dialogs.offers import STILL_OPEN
from domain.access import Action, RoleKind, Thing, may
from domain.cases import Case
from domain.messages import Reply
from domain.submissions import NeedsReport
from store import cases, drafts, outbox, register
from store.cases import Filing
from store.drafts import Draft, Purpose


def submit(desk: Desk, draft: Draft, seen: DraftView, *, not_ready: str) -> tuple[str, Reply | None]:
    """File the draft. Either (why not, None) or ("", the receipt). `not_ready` is the text for what is still open.

    The report, its number, the counts, the receipt's notices and the audit row are one transaction with the turn.
    Late is judged by the receipt time taken at the edge (contract.md, "Deadlines").
    """
    t, report = desk.t, seen.checked.report
    if seen.is_of_no_grant:
        return grant_is_gone(seen, t), None
    if report is None:
        count = sum(seen.checked.is_open(question.field) for question in seen.checked.path)
        return t(not_ready, count=count), None
    if seen.is_closed:
        return too_late(seen, t), None
    return _FILED_AS[seen.form.becomes](desk, draft, seen, report)


def _file_report(desk: Desk, draft: Draft, seen: DraftView, report: NeedsReport) -> tuple[str, Reply | None]:
    if not _may_file(desk, draft, report):
        return _owner_files(desk, draft, report, seen), None
    about = cases.get(desk.work.connection, draft.about) if draft.about else None
    is_correction = draft.purpose is Purpose.CORRECTION
    if about is not None and not is_correction and about.state not in STILL_OPEN:
        state = desk.t(f"state.{about.state}")
        ask = whom_to_ask(seen.staff, desk.t)
        return f"{desk.t('case.not_now', number=about.number, state=state)} {ask}", None
    before = versions.answers_before(desk, draft.about)
    case = cases.submit(desk.work, draft, filing(desk, report, seen), reason=report.correction_reason)
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    if about is not None and before is not None:
        versions.carry_over(desk, case.number, before)
        _tell_former_owner(desk, about, case)
    _tell_others(desk, case, is_correction=is_correction)
    confirming.ask_universities(desk, case)
    shown = showing.case_message(desk, case.number, receipt=not is_correction)
    if is_correction:
        return "", Reply((message(note(desk.t("case.corrected", number=case.number))), shown))
    return "", Reply((shown,))


def _may_file(desk: Desk, draft: Draft, report: NeedsReport) -> bool:
    if draft.purpose is Purpose.REPORT:
        return may(desk.actor, Action.SUBMIT, Thing(lead_owner=report.lead_owner))
    if draft.purpose is Purpose.CORRECTION:
        return may(desk.actor, Action.HANDLE_CASE)
    # Written for an owner: by the secretariat, or by a contact that the owner has after all.
    return may(desk.actor, Action.REGISTER) or may(
        desk.actor, Action.SUBMIT, Thing(lead_owner=report.lead_owner)
    )


def _owner_files(desk: Desk, draft: Draft, report: NeedsReport, seen: DraftView) -> str:
    """Whoever writes for an owner is told who files, and the owner's contacts that the draft is ready."""
    contacts = register.people_with(
        desk.work.connection, RoleKind.OWNER_CONTACT, organisation=report.lead_owner, on=desk.on
    )
    for person in contacts:
        outbox.put(
            desk.work,
            key=f"draft_ready:{draft.id}:{draft.version}:{person.id}",
            kind="draft_ready",
            recipient=person.id,
            payload={"draft": draft.id},
        )
    if not contacts:
        return desk.t("say.nobody_files") + " " + whom_to_ask(seen.staff, desk.t)
    owner = seen.circumstances.directory.organisations[report.lead_owner].name
    names = desk.t.listed(tuple(person.name for person in contacts))
    return desk.t("say.owner_files", owner=owner, names=names)


def filing(desk: Desk, report: NeedsReport, seen: DraftView) -> Filing:
    scheme = seen.circumstances.scheme(report.scheme)
    if scheme is None:  # the model has checked it
        raise ValueError(report.scheme)
    return Filing(
        form=seen.form.name,
        cycle_year=report.cycle_year,
        scheme_set=seen.circumstances.scheme_set.key,
        scheme=scheme.key,
        scheme_short=scheme.short,
        region=report.region,
        lead_owner=report.lead_owner,
        other_owners=report.other_owners,
        partners=report.uh_partner,
        title=report.measure_title,
        owner_nok=report.owner_nok,
        uh_nok=report.uh_nok,
        report=report.model_dump_json().encode(),
        priority=report.priority_by_network,
    )


def _tell_others(desk: Desk, case: Case, *, is_correction: bool) -> None:
    """The owner's other contacts get a copy of the receipt and the secretariat a notice; of a correction both hear."""
    contacts, staff = _contacts(desk, case.lead_owner), _staff(desk)
    told = dict.fromkeys(staff, "case_filed") | dict.fromkeys(contacts, "receipt_copy")
    for person_id, kind in told.items():
        _put(desk, "case_corrected" if is_correction else kind, case, person_id, {"case": case.number})


def _tell_former_owner(desk: Desk, before: Case, case: Case) -> None:
    """The case is another's now, and those who had it cannot look it up any more."""
    if before.lead_owner != case.lead_owner:
        for person_id in _contacts(desk, before.lead_owner):
            _put(desk, "case_moved", case, person_id, {"owner": before.lead_owner, "number": case.number})


def _contacts(desk: Desk, owner: str) -> tuple[str, ...]:
    connection, on = desk.work.connection, desk.on
    found = register.people_with(connection, RoleKind.OWNER_CONTACT, organisation=owner, on=on)
    return tuple(person.id for person in found)


def _staff(desk: Desk) -> tuple[str, ...]:
    found = register.people_with(desk.work.connection, RoleKind.SECRETARIAT, on=desk.on)
    return tuple(person.id for person in found)


def _put(desk: Desk, kind: str, case: Case, person_id: str, payload: dict[str, str]) -> None:
    if person_id != desk.actor.person_id:
        key = f"{kind}:{case.number}:{case.submission}:{person_id}"
        outbox.put(desk.work, key=key, kind=kind, recipient=person_id, payload=payload)


# How a form is filed, by what becomes of it.
_FILED_AS: dict[Becomes, Callable[[Desk, Draft, DraftView, Any], tuple[str, Reply | None]]] = {
    Becomes.CASE: _file_report,
    Becomes.GRANT_REPORT: reporting.file,
    Becomes.RETURN: versions.file_send_back,
    Becomes.EXTENSION: versions.file_extension,
    Becomes.PART: confirming.file_part,
    Becomes.MOVE: moving.file,
    Becomes.MEETING: arranging.file_plan,
    Becomes.DATE_POLL: arranging.file_poll,
    Becomes.MINUTES: arranging.file_minutes,
}
