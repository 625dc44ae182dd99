"""An owner takes over what a university proposes for its part of a case: a new version with that alone otherwise."""

from dataclasses import replace

from dialogs import drafting, sharing, submitting, versions
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.notes import note
from dialogs.desk import Desk, message, say
from dialogs.offers import offers
from dialogs.showing import case_message
from dialogs.university_parts import proposed
from domain.access import Action, visible_cases
from domain.cases import Case
from domain.messages import Pressed, Reply
from store import confirmations, drafts, views
from store.cards import CardInstance
from store.drafts import Draft, Purpose


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """The button below a proposal. Pressed again, or when the part has changed since: the case as it is."""
    if pressed.verb not in ("take_over", "refresh") or pressed.inputs:
        return None
    connection = desk.work.connection
    proposal = drafts.get(connection, instance.subject)
    base = confirmations.get(connection, int(instance.page))
    if proposal is None or base is None or proposal.case_number is None:
        return None
    case = views.case(connection, visible_cases(desk.actor, Action.CHANGE_CASE), proposal.case_number)
    if case is None:
        return say(desk.t("say.no_such_case", number=proposal.case_number))
    if not first or pressed.verb == "refresh":
        return Reply((case_message(desk, case.number),))
    if base.voided_at is not None:
        said = message(note(desk.t("proposal.overtaken", number=case.number)))
        return Reply((said, case_message(desk, case.number)))
    return _take_over(desk, case, proposed(proposal, base))


def _take_over(desk: Desk, case: Case, answers: dict[str, str]) -> Reply:
    begun = versions.begun(desk, case, Purpose.REPORT, Purpose.ON_BEHALF)
    if begun is not None:
        return _into(desk, begun, answers)
    if "new_version" not in offers(desk.inquiry, case):
        ask = whom_to_ask(desk.inquiry.staff, desk.t)
        return say(f"{desk.t('proposal.not_now', number=case.number)} {ask}")
    return _file(desk, versions.next_version(desk, case), answers)


def _into(desk: Desk, begun: Draft, answers: dict[str, str]) -> Reply:
    """A new version is begun already: what else stands in it is for the owner to file when it is done."""
    draft = drafting.save(desk, begun, {**begun.answers, **answers})
    said = message(note(desk.t("proposal.into", title=drafting.view(desk, draft).title(desk.t))))
    return Reply((said, drafting.show(desk, draft)))


def _file(desk: Desk, begun: Draft, answers: dict[str, str]) -> Reply:
    """The press declares what the card says that it declares. What keeps the version from being filed is shown with it,
    and it stays begun."""
    declared = {"declaration": "yes", "declaration_name": desk.actor.name}
    settled = sharing.settled(
        desk,
        replace(begun, answers={**begun.answers, **answers, **declared}),
        drafting.may_lead(desk.inquiry, begun),
    )
    draft = drafts.create(desk.work, settled)
    seen = drafting.view(desk, draft)
    refusal, reply = submitting.submit(desk, draft, seen, not_ready="card.not_ready")
    return reply or Reply((drafting.page_card(desk, draft, seen, "review", refusal=refusal),))
