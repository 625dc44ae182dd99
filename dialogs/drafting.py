"""Drafts: beginning, going on, showing where one stands, throwing away.

Nothing here remembers where a person is: a card's page stands on the card's row, the typed question in the
person's focus, and the rest is derived from the draft.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from dialogs import granted, offers, sharing, showing
from dialogs.asking import on_card
from dialogs.cards import forms as form_cards
from dialogs.cards import questions
from dialogs.cards.forms import DraftView
from dialogs.cards.notes import note
from dialogs.cards.parts import Element
from dialogs.desk import Desk, Inquiry, message, say
from dialogs.engine import Answers, AnyForm, Becomes, Question, digest
from dialogs.forms import FORMS
from domain import schemes
from domain.access import WRITING_ROLES, Action, Thing, Visible, may
from domain.cases import Case, State
from domain.days import end_of
from domain.grants import read_subject
from domain.messages import Message, Reply
from domain.register import OWNER_KINDS
from domain.roster import PriorGrant
from domain.rounds import Round
from domain.submissions import Circumstances, NeedsReport
from store import cards, cases, drafts, grant_reports, register, roster, views, years
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Focus, Purpose

# Questions that are no fields.
DISCARD = "discard?"
MOVE = "move?"

# What a draft is, for the person at the desk.


def circumstances(asked: Inquiry, draft: Draft, given: Answers | None = None) -> Circumstances:
    """What the draft is judged by at this time, with the answers that it is about to be given."""
    connection, cycle_year = asked.connection, draft.cycle_year
    deadline_on = asked.rounds.of(cycle_year).deadline_on
    leads = may_lead(asked, draft)
    about, subject = _case(connection, draft), read_subject(draft.about)
    answers = {**draft.answers, **(given or {})}
    lead = answers.get("lead_owner")
    own = views.cases(connection, Visible(lead_owners=frozenset({lead}))) if lead in leads else ()
    return Circumstances(
        forum=asked.forum,
        scheme_set=schemes.scheme_set_by_key(asked.forum.key, about.scheme_set)
        if about
        else schemes.scheme_set(asked.forum.key, deadline_on),
        cycle_year=cycle_year,
        on=asked.on,
        directory=register.directory(connection),
        may_lead=leads,
        own_cases=tuple(case for case in own if case.number != draft.about),
        taken_priorities=_taken_priorities(asked, draft, about)
        if answers.get("priority_by_network")
        else frozenset(),
        prior_grants=_prior_grants(asked, answers),
        of_scheme=about.scheme if about else None,
        is_correction=draft.purpose is Purpose.CORRECTION,
        filed=_filed(connection, about) if about and draft.purpose is Purpose.PART else None,
        partner=draft.owner if draft.purpose is Purpose.PART else None,
        calendar=years.year_of(connection, asked.forum.key, cycle_year).year
        if draft.form == "move_event"
        else None,
        deadline_on=offers.last_day(connection, asked.forum.key, cycle_year, about.lead_owner)
        if about and draft.purpose is Purpose.HANDLING
        else deadline_on,
        partnership=grant_reports.partnership(connection, subject) if subject else None,
        period=subject.period if subject else None,
    )


def _filed(connection: Connection, case: Case) -> NeedsReport | None:
    version = cases.version(connection, case.number, case.submission)
    return NeedsReport.read(version.report) if version else None


def _case(connection: Connection, draft: Draft) -> Case | None:
    """The case that the draft is about, if it is about one."""
    is_of_case = draft.about is not None and FORMS[draft.form].becomes is not Becomes.GRANT_REPORT
    return cases.get(connection, draft.about) if draft.about and is_of_case else None


def _prior_grants(asked: Inquiry, answers: Answers) -> tuple[PriorGrant, ...]:
    """Looked up where an earlier commitment is named."""
    lead = answers.get("lead_owner")
    if not lead or not answers.get("prior_commitment"):
        return ()
    return roster.prior_grants(asked.connection, lead)


def _taken_priorities(
    asked: Inquiry, draft: Draft, about: Case | None
) -> frozenset[tuple[str, str | None, int]]:
    """Those of the round's other cases."""
    taken = views.priorities(asked.connection, draft.cycle_year)
    own = {(about.scheme, about.region, about.priority)} if about and about.priority else set()
    return taken - own


def may_lead(asked: Inquiry, draft: Draft) -> tuple[str, ...]:
    """Whom the draft can be written for: the owners that the person writes for, and the one whose it is already.
    The secretariat writes for any."""
    if draft.purpose is Purpose.REPORT:
        own = asked.actor.organisations(*WRITING_ROLES)
        return tuple(dict.fromkeys((*own, *([draft.owner] if draft.owner else []))))
    directory = register.directory(asked.connection)
    return tuple(owner.id for owner in directory.of_kind(OWNER_KINDS, asked.on))


def view(
    desk: Desk, draft: Draft, around: Circumstances | None = None, *, since: datetime | None = None
) -> DraftView:
    """The draft as it is shown; in its circumstances, where they are known already.

    `since`: what others have changed after that is told.
    """
    form = FORMS[draft.form]
    returned = _reasons(desk, draft)
    around = around or circumstances(desk.inquiry, draft)
    answers = form.renamed(draft.answers)
    deadline_on = last_day(desk, draft)
    return DraftView(
        form=form,
        answers=answers,
        checked=form.check(answers, around, draft.to_check),
        circumstances=around,
        saved_at=draft.saved_at,
        deadline_on=deadline_on,
        is_closed=_closes(draft) and desk.turn.received_at >= end_of(deadline_on),
        staff=desk.inquiry.staff,
        seen_by=sharing.seen_by(around, draft),
        news=sharing.news(desk, draft, since),
        about=case.number if (case := _case(desk.work.connection, draft)) else None,
        is_staffs=draft.purpose not in (Purpose.REPORT, Purpose.PART),
        is_masters=may(desk.actor, Action.OWN_DRAFT, drafts.thing(desk.work.connection, draft, desk.on)),
        reasons=returned,
    )


def _closes(draft: Draft) -> bool:
    """Whether it can come too late. A report on a grant is wanted however late it is."""
    return draft.purpose is Purpose.REPORT and FORMS[draft.form].becomes is Becomes.CASE


def _reasons(desk: Desk, draft: Draft) -> dict[str, str]:
    """Why the case was sent back, until that is answered."""
    case = _case(desk.work.connection, draft)
    if case is None or case.state is not State.RETURNED or draft.purpose is not Purpose.REPORT:
        return {}
    found = cases.last_return(desk.work.connection, case.number)
    return found.reasons if found else {}


def last_day(desk: Desk, draft: Draft) -> date:
    """The last day on which the draft may be filed."""
    connection = desk.work.connection
    subject = read_subject(draft.about)
    asked = granted.asked_for(connection, desk.house.forum, subject) if subject else None
    if asked is not None:
        return asked.due_on
    case = _case(connection, draft)
    return offers.last_day(
        connection,
        desk.house.forum.key,
        draft.cycle_year,
        draft.owner,
        case.answer_by_on if case else None,
    )


def own_draft(desk: Desk, draft_id: str) -> Draft | None:
    """The draft, if the person may write it; somebody else's is the same as none."""
    return _reached(desk, draft_id, Action.WRITE_DRAFT)


def _reached(desk: Desk, draft_id: str, action: Action) -> Draft | None:
    draft = drafts.get(desk.work.connection, draft_id)
    return (
        draft
        if draft is not None and may(desk.actor, action, drafts.thing(desk.work.connection, draft, desk.on))
        else None
    )


def draft_to_read(desk: Desk, draft_id: str) -> Draft | None:
    """The draft, if the person may read it, those who write it among them."""
    return _reached(desk, draft_id, Action.READ_DRAFT)


def note_seen(desk: Desk, draft: Draft) -> None:
    """That the person has the whole draft before them, in words."""
    desk.new_card("typing", draft.id, "review")


def last_seen(desk: Desk, draft: Draft) -> datetime | None:
    return cards.last_seen(desk.work.connection, draft.id, desk.actor.person_id)


# Beginning, going on, leaving.


def _round_for(desk: Desk, leads: tuple[str, ...]) -> Round | None:
    """The round that is open, or the latest, while one of the owners has been given more time in it."""
    key, at = desk.house.forum.key, desk.turn.received_at
    rounds = desk.inquiry.rounds
    latest = rounds.latest_at(at)
    if (now := rounds.open_at(at)) is not None or latest is None:
        return now
    until = (offers.last_day(desk.work.connection, key, latest.cycle_year, lead) for lead in leads)
    return latest if any(at < end_of(day) for day in until) else None


def begin(desk: Desk, form: AnyForm) -> Reply:
    """A new draft, with what is known filled in."""
    t, leads = desk.t, desk.actor.organisations(*WRITING_ROLES)
    if not leads or not may(desk.actor, Action.WRITE_DRAFT, Thing(author=desk.actor.person_id)):
        return say(t("say.no_owner") + " " + form_cards.whom_to_ask(desk.inquiry.staff, t))
    round_ = _round_for(desk, leads)
    if round_ is None:
        following = desk.inquiry.rounds.next_at(desk.turn.received_at)
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
            owner=known["lead_owner"],
        ),
    )
    return Reply((show(desk, draft),))


def go_on(desk: Desk, draft_id: str) -> Reply:
    draft = draft_to_read(desk, draft_id)
    if draft is None:
        return out_of_reach(desk)
    if draft.state is not DraftState.OPEN:
        return Reply((ended(desk, draft),))
    if not may(desk.actor, Action.WRITE_DRAFT, drafts.thing(desk.work.connection, draft, desk.on)):
        return Reply((reading_card(desk, draft),))
    return Reply((show(desk, draft),))


def out_of_reach(desk: Desk) -> Reply:
    """What they had before them they may not write any more, mostly since a role has ended: whom to ask. A draft that
    never was is answered alike."""
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    return say(f"{desk.t('say.out_of_reach')} {form_cards.whom_to_ask(desk.inquiry.staff, desk.t)}")


def reading_card(desk: Desk, draft: Draft) -> Message:
    """The draft for those who may read it and not write it."""
    has_links = desk.house.link is not None
    card_id = desk.new_card("draft", draft.id, "paper" if has_links else "")
    return message(form_cards.reading(view(desk, draft), desk.t, card_id, has_links=has_links))


def show(desk: Desk, draft: Draft, *, before: str = "") -> Message:
    """Where the draft stands: its next open page as a card, or its next open question in words."""
    seen = view(desk, draft, since=last_seen(desk, draft))
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
    has_links = desk.house.link is not None
    more = {"refusal": refusal, "has_links": has_links} if page == "review" else {"page": page}
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
    stands = seen.answers.get(question.field) if question else None
    focus_on(desk, draft, question.field if question else None, digest(stands or ""))
    if question is None:
        return Message("\n\n".join(part for part in (before, questions.summary(seen, desk.t)) if part))
    return Message(questions.ask(seen, question, desk.t, before=before))


def focus_on(desk: Desk, draft: Draft, question: str | None, shown: str = "") -> None:
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(draft.id, question, shown))


def save(
    desk: Desk, draft: Draft, answers: dict[str, str | None], *, confirmed: Collection[str] = ()
) -> Draft:
    """Keep the answers; what was changed or said to be still right need not be looked at again."""
    touched = {field for field, _ in answers.items() ^ draft.answers.items()} | set(confirmed)
    to_check = tuple(field for field in draft.to_check if field not in touched)
    if (answers, to_check) == (draft.answers, draft.to_check):
        return draft
    after = replace(draft, answers=answers, to_check=to_check, scheme=answers.get("scheme"))
    return drafts.save(
        desk.work,
        draft,
        sharing.settled(desk, replace(after, saved_at=desk.turn.received_at), may_lead(desk.inquiry, draft)),
    )


def discard(desk: Desk, draft: Draft) -> Reply:
    """Throw the draft away: it is kept, out of sight, and the audit says so."""
    title = view(desk, draft).title(desk.t)
    drafts.save(desk.work, draft, replace(draft, state=DraftState.DISCARDED))
    focus_on(desk, draft, None)
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    return Reply((message(note(desk.t("say.discarded", title=title))),))


def ended(desk: Desk, draft: Draft, unsaved: list[str] | None = None) -> Message:
    """What became of a draft that is no longer open; with what was typed on an old card of it, which is not lost
    from sight."""
    if draft.case_number is not None:
        shown = showing.case_message(desk, draft.case_number)
    elif draft.state is DraftState.SUBMITTED and read_subject(draft.about) is not None:
        shown = showing.report_message(desk, draft.about or "")
    elif draft.state is DraftState.SUBMITTED:
        shown = message(note(desk.t("say.was_filed")))
    else:
        shown = message(note(desk.t("say.was_discarded")))
    if not unsaved or shown.card is None:
        return shown
    return message(form_cards.with_unsaved(shown.card, unsaved, desk.t))
