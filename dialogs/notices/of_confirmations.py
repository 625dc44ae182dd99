"""Notices about what universities confirm."""

from datetime import timedelta
from functools import partial

from dialogs.cards import confirming as cards
from dialogs.notices.letter import Kind, Letter, Notice
from dialogs.queries import Offer
from dialogs.university_parts import case_to_confirm, part_offers, part_view, proposal_view
from domain import confirming
from domain.access import Action, RoleKind, may, visible_cases
from domain.messages import Unwanted
from store import confirmations, drafts, views


def _asked(letter: Letter) -> Notice | Unwanted | None:
    """For those who speak for the university still, while there is something to confirm."""
    asked = confirmations.get(letter.connection, int(letter.payload["confirmation"]))
    case = case_to_confirm(letter.inquiry, asked) if asked else None
    if asked is None or case is None:
        return None
    if not asked.is_open or case.state not in confirming.ASKED_IN:
        return Unwanted("over")
    view = part_view(letter.inquiry, case, asked)
    return Notice(partial(cards.part, view, letter.t), letter.t, part_offers(letter.inquiry, asked))


def _nobody(letter: Letter) -> Notice | Unwanted | None:
    """For the secretariat, while there is something to confirm and nobody who can."""
    asked = confirmations.get(letter.connection, int(letter.payload["confirmation"]))
    case = views.case(letter.connection, visible_cases(letter.to), letter.payload["case"])
    if asked is None or case is None or not may(letter.to, Action.HANDLE_CASE):
        return None
    is_spoken_for = asked.organisation in views.spoken_for(letter.connection, letter.on)
    if not asked.is_open or is_spoken_for or case.state not in confirming.ASKED_IN:
        return Unwanted("over")
    return letter.says(number=case.number, university=letter.owner_name(asked.organisation))


def _removed(letter: Letter) -> Notice | None:
    """It says no more than the number, which they know."""
    university = letter.payload["university"]
    if university not in letter.to.organisations(RoleKind.UNIVERSITY_CONTACT):
        return None
    return letter.says(number=letter.payload["number"], university=letter.owner_name(university))


def _proposed(letter: Letter) -> Notice | Unwanted | None:
    """For the owner, who may take it over; and for the secretariat, where the owner cannot."""
    connection = letter.connection
    case = views.case(connection, visible_cases(letter.to), letter.payload["case"])
    base = confirmations.get(connection, int(letter.payload["confirmation"]))
    draft = drafts.get(connection, letter.payload["draft"])
    if case is None or base is None or draft is None or not may(letter.to, Action.SEE_HISTORY, case.thing):
        return None
    if base.voided_at is not None or case.state not in confirming.ASKED_IN:
        return Unwanted("over")
    t = letter.t
    take_over = Offer(t("button.take_over"), "take_over", "proposal", draft.id, str(base.id))
    see_case = Offer(t("button.see_case"), "refresh", "case", case.number)
    may_take_over = may(letter.to, Action.CHANGE_CASE, case.thing)
    view = proposal_view(letter.inquiry, case, draft, base)
    offers = (*([take_over] if may_take_over else []), see_case)
    return Notice(partial(cards.proposal, view, t), t, offers)


KINDS = {
    "confirmation_asked": Kind(_asked, mail_after=timedelta(days=3)),
    "nobody_to_ask": Kind(_nobody),
    "partner_removed": Kind(_removed),
    "part_proposed": Kind(_proposed, mail_after=timedelta(days=3)),
}
