"""Drafts: beginning, going on, showing where one stands, throwing away.

Nothing here remembers where a person is: a card's page stands on the card's row, the typed question in the
person's focus, and the rest is derived from the draft.
"""

from collections.abc import Collection
from dataclasses import replace

from dialogs import showing
from dialogs.asking import on_card
from dialogs.cards import forms as form_cards
from dialogs.cards import questions
from dialogs.cards.forms import DraftView
from dialogs.cards.notes import note
from dialogs.cards.parts import Element
from dialogs.desk import Desk, message, say
from dialogs.engine import Answers, AnyForm, Question, digest
from dialogs.forms import FORMS
from domain import rounds, schemes
from domain.access import Action, RoleKind, Thing, Visible, may
from domain.messages import Message, Reply
from domain.submissions import Circumstances
from store import drafts, register, views
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Focus

# What a draft is, for the person at the desk.


def circumstances(desk: Desk, draft: Draft, given: Answers | None = None) -> Circumstances:
    """What the draft is judged by in this turn, with the answers that it is about to be given."""
    connection, cycle_year = desk.work.connection, draft.cycle_year
    deadline_on = rounds.round_of(desk.house.forum.key, cycle_year).deadline_on
    leads = desk.actor.organisations(RoleKind.OWNER_CONTACT)
    own = views.cases(connection, Visible(lead_owners=frozenset(leads)))
    return Circumstances(
        forum=desk.house.forum,
        scheme_set=schemes.scheme_set(desk.house.forum.key, deadline_on),
        cycle_year=cycle_year,
        on=desk.on,
        directory=register.directory(connection),
        may_lead=leads,
        own_cases=own,
        taken_priorities=views.priorities(connection, cycle_year)
        if {**draft.answers, **(given or {})}.get("priority_by_network")
        else frozenset(),
    )


def view(desk: Desk, draft: Draft, around: Circumstances | None = None) -> DraftView:
    """The draft as it is shown; in its circumstances, where they are known already."""
    form = FORMS[draft.form]
    around = around or circumstances(desk, draft)
    answers = form.renamed(draft.answers)
    closes_at = rounds.round_of(desk.house.forum.key, draft.cycle_year).closes_at
    return DraftView(
        form=form,
        answers=answers,
        checked=form.check(answers, around),
        circumstances=around,
        saved_at=draft.saved_at,
        closes_at=closes_at,
        is_closed=desk.turn.received_at >= closes_at,
        staff=desk.inquiry.staff,
    )


def own_draft(desk: Desk, draft_id: str) -> Draft | None:
    """The draft, if the person may write it; somebody else's is the same as none."""
    draft = drafts.get(desk.work.connection, draft_id)
    if draft is None or not may(desk.actor, Action.WRITE_DRAFT, Thing(author=draft.author)):
        return None
    return draft


# Beginning, going on, leaving.


def begin(desk: Desk, form: AnyForm) -> Reply:
    """A new draft, with what is known filled in."""
    t, leads = desk.t, desk.actor.organisations(RoleKind.OWNER_CONTACT)
    if not leads or not may(desk.actor, Action.WRITE_DRAFT, Thing(author=desk.actor.person_id)):
        return say(t("say.no_owner") + " " + form_cards.whom_to_ask(desk.inquiry.staff, t))
    round_ = rounds.open_round(desk.house.forum.key, desk.turn.received_at)
    if round_ is None:
        following = rounds.next_round(desk.house.forum.key, desk.turn.received_at)
        said = (
            t("say.no_round", opens=following.opens_on, deadline=following.deadline_on) if following else ""
        )
        return say(f"{said} {form_cards.whom_to_ask(desk.inquiry.staff, t)}".strip())
    person = register.person(desk.work.connection, desk.actor.person_id)
    known = {
        "lead_owner": leads[0] if len(leads) == 1 else None,
        "contact_name": person.name if person else None,
        "contact_email": person.email if person else None,
        "contact_phone": person.phone if person else None,
    }
    draft = drafts.create(
        desk.work,
        Draft(
            id=desk.house.new_id(),
            form=form.name,
            cycle_year=round_.cycle_year,
            author=desk.actor.person_id,
            answers={field: text for field, text in known.items() if text},
            created_at=desk.turn.received_at,
            saved_at=desk.turn.received_at,
        ),
    )
    return Reply((show(desk, draft),))


def go_on(desk: Desk, draft_id: str) -> Reply:
    draft = own_draft(desk, draft_id)
    if draft is None:
        return say(desk.t("say.no_such_thing"))
    if draft.state is not DraftState.OPEN:
        return Reply((ended(desk, draft),))
    return Reply((show(desk, draft),))


def show(desk: Desk, draft: Draft, *, before: str = "") -> Message:
    """Where the draft stands: its next open page as a card, or its next open question in words."""
    seen = view(desk, draft)
    question = seen.checked.next()
    if draft.typed:
        return ask(desk, draft, seen, question, before=before)
    return page_card(desk, draft, seen, question.page if question else "review")


def pause(desk: Desk, draft: Draft) -> Reply:
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    return say(desk.t("say.paused", title=view(desk, draft).title(desk.t)))


# Showing and keeping.


def page_card(
    desk: Desk,
    draft: Draft,
    seen: DraftView,
    page: str,
    *,
    replaces: CardInstance | None = None,
    typed: dict[str, str] | None = None,
    saved: bool = False,
    missed: Collection[str] = (),
    refusal: str = "",
) -> Message:
    """The card of a page, with a row that remembers what stood on it. A page that is no more: the first open one.

    `refusal` says on the review why the draft was not filed.
    """
    if page not in seen.checked.pages():
        question = seen.checked.next()
        page = question.page if question else "review"
    focus_on(desk, draft, None)
    clashes = typed or {}
    stood = {
        question.field: digest(on_card(question, seen.answers.get(question.field), seen.circumstances))
        for question in seen.checked.on_page(page)
    }
    kind = "review" if page == "review" else "form"
    card_id = desk.new_card(kind, draft.id, page, shown=stood, typed=clashes, replaces=replaces)
    build = form_cards.review if page == "review" else form_cards.form_page
    more = {"refusal": refusal} if page == "review" else {"page": page}
    made: Element = build(
        seen,
        t=desk.t,
        card_id=card_id,
        user_id=desk.turn.address.user_id,
        typed=clashes,
        saved=saved,
        missed=seen.checked.missing if refusal else missed,
        **more,
    )
    return message(made)


def ask(desk: Desk, draft: Draft, seen: DraftView, question: Question | None, *, before: str = "") -> Message:
    """Ask in words, or sum up when nothing is left to ask."""
    focus_on(desk, draft, question.field if question else None)
    if question is None:
        return Message("\n\n".join(part for part in (before, questions.summary(seen, desk.t)) if part))
    return Message(questions.ask(seen, question, desk.t, before=before))


def focus_on(desk: Desk, draft: Draft, question: str | None) -> None:
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(draft.id, question))


def save(desk: Desk, draft: Draft, answers: dict[str, str | None]) -> Draft:
    if answers == draft.answers:
        return draft
    return drafts.save(
        desk.work,
        replace(draft, answers=answers, scheme=answers.get("scheme"), saved_at=desk.turn.received_at),
    )


def discard(desk: Desk, draft: Draft) -> Reply:
    """Throw the draft away: it is kept, out of sight, and the audit says so."""
    title = view(desk, draft).title(desk.t)
    drafts.save(desk.work, replace(draft, state=DraftState.DISCARDED))
    focus_on(desk, draft, None)
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    return Reply((message(note(desk.t("say.discarded", title=title))),))


def ended(desk: Desk, draft: Draft, unsaved: list[str] | None = None) -> Message:
    """What became of a draft that is no longer open; with what was typed on an old card of it, which is not lost
    from sight."""
    if draft.case_number is not None:
        shown = showing.case_message(desk, draft.case_number)
    else:
        shown = message(note(desk.t("say.was_discarded")))
    if not unsaved or shown.card is None:
        return shown
    return message(form_cards.with_unsaved(shown.card, unsaved, desk.t))
