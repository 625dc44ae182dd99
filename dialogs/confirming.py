"""The universities of a case are asked to confirm their part of it, confirm it, or propose it otherwise.

What a university confirmed holds until its part changes; then it is told what changed, and asked again. A correction by
a university is a proposal and no version of its own: the report is the owner's, who answers for its truth and its own
contribution and has a deadline to keep. The owner takes it over with one button (`dialogs.proposals`).

While the report is a draft nobody is asked, even if its universities read it: every answer would void what they said.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, count

from dialogs import drafting, offers, showing
from dialogs.cards import confirming as cards
from dialogs.cards.forms import DraftView, whom_to_ask
from dialogs.desk import Desk, message, say
from dialogs.university_parts import (
    case_to_confirm,
    changes,
    number_of,
    own_universities,
    part_as_filed,
    part_offers,
    part_view,
    proposed,
    subject_of,
)
from domain import confirming
from domain.access import RoleKind
from domain.cases import Case
from domain.messages import Message, Pressed, Reply
from domain.submissions import UniversityPart
from store import audit, cases, confirmations, drafts, outbox, register
from store.cards import CardInstance
from store.confirmations import Confirmation
from store.drafts import Draft, DraftState, Purpose
from store.outbox import OutboxState

# Asking


def ask_universities(desk: Desk, case: Case) -> None:
    """Ask each partner about its part as it is filed now, if it has not been asked about that already. One that is no
    partner any more is told so."""
    subject = subject_of(case.number)
    for university in case.partners:
        asked = confirmations.ask(
            desk.work, subject, university, part_as_filed(desk.inquiry, case, university)
        )
        if asked is not None:
            _tell(desk, asked, "confirmation_asked", {"case": case.number, "confirmation": str(asked.id)})
    for university in confirmations.standing(desk.work.connection, subject).keys() - set(case.partners):
        gone = confirmations.void(desk.work, subject, university, {})
        if gone is not None:
            _tell(desk, gone, "partner_removed", {"number": case.number, "university": university})


def ask_again(desk: Desk, case: Case) -> None:
    """The case is treated again: whoever has not answered is told anew, since a question that had not gone out when it
    was withdrawn was dropped."""
    standing = confirmations.standing(desk.work.connection, subject_of(case.number))
    for asked in (standing[university] for university in case.partners if university in standing):
        if asked.is_open:
            payload = {"case": case.number, "confirmation": str(asked.id)}
            _tell(desk, asked, "confirmation_asked", payload, again=True)


def _tell(
    desk: Desk, asked: Confirmation, kind: str, payload: Mapping[str, str], *, again: bool = False
) -> None:
    contacts = register.people_with(
        desk.work.connection, RoleKind.UNIVERSITY_CONTACT, organisation=asked.organisation, on=desk.on
    )
    for person in contacts:
        _put(desk, asked, kind, person.id, payload, again=again)
    if not contacts and asked.is_open:
        _tell_nobody_is_there(desk, asked, again=again)


def _tell_nobody_is_there(desk: Desk, asked: Confirmation, *, again: bool) -> None:
    """The secretariat, which can find somebody to ask."""
    payload = {"case": number_of(asked), "confirmation": str(asked.id)}
    for person in register.people_with(desk.work.connection, RoleKind.SECRETARIAT, on=desk.on):
        _put(desk, asked, "nobody_to_ask", person.id, payload, again=again)


def _put(
    desk: Desk, asked: Confirmation, kind: str, person_id: str, payload: Mapping[str, str], *, again: bool
) -> None:
    """`again`: though it was told before; who waits for one of those still is not told twice."""
    key = f"{kind}:{asked.id}:{person_id}"
    for each in chain([key], (f"{key}:{time}" for time in count(2)) if again else ()):
        before = outbox.find(desk.work.connection, each)
        if before is None:
            outbox.put(desk.work, each, kind, person_id, payload)
        if before is None or before.state in (OutboxState.PENDING, OutboxState.CLAIMED):
            return


# Showing and confirming


def show_parts(desk: Desk, case: Case) -> Reply:
    """The parts of the universities that the person speaks for."""
    standing = confirmations.standing(desk.work.connection, subject_of(case.number))
    messages = [
        _part_message(desk, case, standing.get(university) or _asked_now(desk, case, university))
        for university in own_universities(desk.inquiry, case)
    ]
    return Reply(tuple(messages))


def _asked_now(desk: Desk, case: Case, university: str) -> Confirmation:
    """Of a case that was filed before anybody was asked."""
    subject, content = subject_of(case.number), part_as_filed(desk.inquiry, case, university)
    asked = confirmations.ask(desk.work, subject, university, content)
    assert asked is not None  # nothing stood
    return asked


def _part_message(desk: Desk, case: Case, asked: Confirmation, *, said: str = "") -> Message:
    offered = part_offers(desk.inquiry, asked)
    card_id = desk.new_card("part", str(asked.id), ",".join(offer.verb for offer in offered))
    buttons = [(offer.title, offer.verb, card_id) for offer in offered]
    return message(cards.part(part_view(desk.inquiry, case, asked), desk.t, buttons, said=said))


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """A button on the card of a university's part. A card from before a change says what has changed."""
    if pressed.verb not in instance.page.split(",") or pressed.inputs:
        return None
    seen = confirmations.get(desk.work.connection, int(instance.subject))
    if seen is None:
        return None
    case = case_to_confirm(desk.inquiry, seen)
    if case is None:
        return say(desk.t("say.no_such_case", number=number_of(seen)))
    if pressed.verb == "see_case":
        return Reply((showing.case_message(desk, case.number),))
    if case.state not in confirming.ASKED_IN:
        return say(_not_now(desk, case))
    newest = confirmations.standing(desk.work.connection, seen.subject)[seen.organisation]
    if newest.id != seen.id and pressed.verb != "open":
        said = desk.t("part.outdated", changes=_labels(desk, case, seen, newest))
        return Reply((_part_message(desk, case, newest, said=said),))
    if pressed.verb == "correct_part":
        begun = _begun_correction(desk, case, newest)
        if begun is not None:
            return drafting.go_on(desk, begun.id)
        if first:
            return _begin_correction(desk, case, newest)
    if pressed.verb == "confirm":
        newest = confirmations.confirm(desk.work, seen.subject, seen.organisation, seen.content)
    return Reply((_part_message(desk, case, newest),))


def _not_now(desk: Desk, case: Case) -> str:
    state = desk.t(f"state.{case.state}")
    not_now = desk.t("case.not_now", number=case.number, state=state)
    return f"{not_now} {whom_to_ask(desk.inquiry.staff, desk.t)}"


def _labels(desk: Desk, case: Case, seen: Confirmation, newest: Confirmation) -> str:
    """What has changed since that card; nothing, where it was changed back."""
    labels = tuple(each.label for each in changes(desk.inquiry, case, seen, newest))
    return desk.t.listed(labels) if labels else desk.t("part.nothing")


# Correcting


def _begun_correction(desk: Desk, case: Case, asked: Confirmation) -> Draft | None:
    """What somebody at the university has begun."""
    found = drafts.about(desk.work.connection, case.number)
    return next(
        (draft for draft in found if (draft.purpose, draft.owner) == (Purpose.PART, asked.organisation)), None
    )


def _begin_correction(desk: Desk, case: Case, asked: Confirmation) -> Reply:
    """With what is filed."""
    kept = {field: text for field, text in asked.content.items() if confirming.may_correct(field)}
    draft = Draft(
        id=desk.house.new_id(),
        form="university_part",
        cycle_year=case.cycle_year,
        author=desk.actor.person_id,
        answers={"measure_title": case.title, **kept},
        created_at=desk.turn.received_at,
        saved_at=desk.turn.received_at,
        owner=asked.organisation,
        about=case.number,
        purpose=Purpose.PART,
    )
    return Reply((drafting.show(desk, drafts.create(desk.work, draft)),))


def file_part(desk: Desk, draft: Draft, seen: DraftView, filled: UniversityPart) -> tuple[str, Reply | None]:
    """The university's proposal goes to whoever can do something with it."""
    case = cases.get(desk.work.connection, draft.about or "")
    assert case is not None
    standing = confirmations.standing(desk.work.connection, subject_of(case.number))
    base = standing.get(draft.owner or "")
    if base is None or case_to_confirm(desk.inquiry, base) is None or case.state not in confirming.ASKED_IN:
        return _not_now(desk, case), None
    settled = {field: str(value) for field, value in _values(filled).items()}
    closed = replace(
        draft,
        answers={**draft.answers, **settled},
        state=DraftState.SUBMITTED,
        case_number=case.number,
        saved_at=desk.turn.received_at,
    )
    drafts.save(desk.work, draft, closed)
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    detail = {"organisation": base.organisation, "fields": sorted(proposed(closed, base))}
    audit.record(desk.work, subject_of(case.number), "part_proposed", detail)
    said = desk.t(_send_on(desk, case, closed, base), number=case.number)
    return "", Reply((_part_message(desk, case, base, said=said),))


def _values(filled: UniversityPart) -> dict[str, object]:
    """By the names of the report's questions, as the report would keep them."""
    amounts = {
        f"{confirming.BUDGET}.{university}.{year}": nok
        for university, per_year in filled.budget_uh.items()
        for year, nok in per_year.items()
    }
    return {"uh_dialogue": filled.uh_dialogue, "uh_dialogue_on": filled.uh_dialogue_on, **amounts}


def _send_on(desk: Desk, case: Case, draft: Draft, base: Confirmation) -> str:
    """Send the proposal to the owner; where the owner cannot file or has no contact, to the secretariat, too. Gives the
    key of the text that says to whom it went."""
    connection, on = desk.work.connection, desk.on
    owner = register.people_with(connection, RoleKind.OWNER_CONTACT, organisation=case.lead_owner, on=on)
    in_time = offers.owner_may_file(desk.inquiry, case)
    staff = () if owner and in_time else register.people_with(connection, RoleKind.SECRETARIAT, on=on)
    payload = {"case": case.number, "draft": draft.id, "confirmation": str(base.id)}
    for person in dict.fromkeys((*owner, *staff)):
        key = f"part_proposed:{draft.id}:{person.id}"
        outbox.put(desk.work, key, "part_proposed", person.id, payload)
    if not owner:
        return "part.proposed_to_staff"
    return "part.proposed" if in_time else "part.proposed_to_both"
