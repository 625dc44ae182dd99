"""Keeping the year: approving a draft, and giving an event another day once it is seen what depends on it."""

from dataclasses import dataclass, replace

from dialogs import drafting, duties, whose
from dialogs.cards import calendar as calendar_cards
from dialogs.cards.calendar import Consequences
from dialogs.cards.forms import DraftView
from dialogs.cards.notes import note
from dialogs.desk import Desk, message, say
from dialogs.queries import calendar as calendar_query
from dialogs.queries import shown
from domain.access import Action, may
from domain.calendar import Event, Remark, beside, conflicts_of, free_days, movable, still_to_say
from domain.lead_times import lead_times
from domain.meetings import STANDS, is_meeting, meeting_of
from domain.messages import Message, Pressed, Reply
from domain.submissions import MovedEvent, named_event
from store import audience, drafts, meetings, outbox, views, years
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Purpose
from store.years import KnownYear

_FORM = "move_event"
_TO_SET = frozenset({Remark.SET_DATE, Remark.SET_DAY})


# Approving


def approve(desk: Desk, argument: str) -> Reply:
    """`godkjenn årshjulet`, `godkjenn årshjulet 2025`; without a year, the first that is not approved."""
    if not may(desk.actor, Action.KEEP_CALENDAR):
        return say(whose.staff_do(desk))
    year = (
        int(argument) if argument else years.to_approve(desk.work.connection, desk.house.forum.key, desk.on)
    )
    known = _known(desk, year)
    if known is None:
        return say(desk.t("calendar.no_year", year=year))
    if year < desk.on.year:
        return say(desk.t("calendar.year_is_over", year=year))
    return _approve(desk, year, known)


def press_year(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """The button below a draft. What was changed since the card was shown is read before it is approved."""
    if pressed.verb != "approve_year" or pressed.inputs:
        return None
    year = int(instance.subject)
    known = _known(desk, year)
    if known is None or not may(desk.actor, Action.KEEP_CALENDAR):
        return Reply((_year_card(desk, year),))
    if not first and known.is_approved:
        return _approved(desk, known)
    if not known.is_approved and str(known.version) != instance.page:
        return Reply((Message(desk.t("calendar.changed_since", year=year)), _year_card(desk, year)))
    return approve(desk, instance.subject)


def _approve(desk: Desk, year: int, known: KnownYear) -> Reply:
    if not years.approve(desk.work, desk.house.forum.key, year):
        return say(desk.t("calendar.approved_already", year=year))
    return _approved(desk, known)


def _approved(desk: Desk, known: KnownYear) -> Reply:
    """That it is, and what comes next: how many dates are to be set."""
    t, year = desk.t, known.year.year
    can_be_set = {event.key for event in movable(known.year, desk.on)}
    to_set = sum(said.remark in _TO_SET and said.key in can_be_set for said in still_to_say(known.year))
    following = t("calendar.then_set", count=to_set, year=year) if to_set else ""
    text = f"{t('calendar.approved_text', year=year)} {following}".rstrip()
    return Reply((message(note(text, title=t("calendar.approved_title", year=year))),))


def _known(desk: Desk, year: int) -> KnownYear | None:
    try:
        return years.year_of(desk.work.connection, desk.house.forum.key, year)
    except ValueError:
        return None


def _year_card(desk: Desk, year: int) -> Message:
    return shown(desk, calendar_query.QUERY.answer(desk.inquiry, f"year={year}"))


# Moving


def begin(desk: Desk, argument: str) -> Reply:
    """`flytt dato`, `flytt dato 2024`: which event of the year, and to which day."""
    if not may(desk.actor, Action.KEEP_CALENDAR):
        return say(whose.staff_do(desk))
    forum_key = desk.house.forum.key
    year = int(argument) if argument else years.to_change(desk.work.connection, forum_key, desk.on)
    if _known(desk, year) is None:
        return say(desk.t("calendar.no_year", year=year))
    if year < desk.on.year:
        return say(desk.t("calendar.year_is_over", year=year))
    for begun in desk.inquiry.drafts:  # asked for twice: there is one that nothing stands in yet
        if (begun.form, begun.author, begun.cycle_year) == (_FORM, desk.actor.person_id, year) and not (
            begun.answers
        ):
            return drafting.go_on(desk, begun.id)
    draft = Draft(
        id=desk.house.new_id(),
        form=_FORM,
        cycle_year=year,
        author=desk.actor.person_id,
        answers={},
        created_at=desk.turn.received_at,
        saved_at=desk.turn.received_at,
        purpose=Purpose.HANDLING,
    )
    return Reply((drafting.show(desk, drafts.create(desk.work, draft)),))


def file(desk: Desk, draft: Draft, seen: DraftView, filled: MovedEvent) -> tuple[str, Reply | None]:
    """Nothing is moved yet: what depends on it is shown, and whether to do it is asked."""
    if not may(desk.actor, Action.KEEP_CALENDAR):
        return desk.t("say.staff_only"), None
    move = _move(desk, draft, seen, filled)
    if move.after == move.before:
        return desk.t("move.nothing_new"), None
    if why := _moved_as_meeting(desk, draft.cycle_year, move.before):
        return why, None
    return "", Reply((_asked(desk, draft, move),))


def _moved_as_meeting(desk: Desk, year: int, event: Event) -> str:
    """How the day of a meeting is moved that something has been done about: on its own card, which moves its day in the
    calendar, too, and tells those who were called. Empty: it is moved here."""
    if not is_meeting(event):
        return ""
    meeting = meetings.get(desk.work.connection, meeting_of(year, event, desk.t.language).id)
    if meeting is None:
        return ""
    return desk.t("move.is_called" if meeting.state in STANDS else "move.is_begun")


@dataclass(frozen=True, slots=True)
class _Move:
    known: KnownYear
    before: Event
    after: Event


def _move(desk: Desk, draft: Draft, seen: DraftView, filled: MovedEvent) -> _Move:
    event = named_event(filled.event, seen.circumstances)
    assert event is not None  # the model has checked it
    known = years.year_of(desk.work.connection, desk.house.forum.key, draft.cycle_year)
    return _Move(known, event, filled.applied(event))


def _asked(desk: Desk, draft: Draft, move: _Move) -> Message:
    """Who and what depends on it, and "Flytt"/"La stå"."""
    version = str(move.known.version)
    drafting.focus_on(desk, draft, drafting.MOVE, version)  # it can be answered by typing, too
    card_id = desk.new_card("move", draft.id, version)
    return message(calendar_cards.confirm_move(_consequences(desk, move), desk.t, card_id))


def _consequences(desk: Desk, move: _Move) -> Consequences:
    connection, forum, year = desk.work.connection, desk.house.forum, move.known.year
    people = audience.people(connection, forum.key, year.year, move.before, desk.on)
    return Consequences(
        before=move.before,
        after=move.after,
        people=tuple(each.name for each in views.reach(connection, people)),
        beside=beside(year, move.before),
        states=tuple(
            state for each in lead_times(forum.key) if each.by == move.before.key for state in each.states
        ),
        sent=outbox.sent_about(connection, year.year, move.before.key),
        free=free_days(move.after),
        conflicts=conflicts_of(year, move.before.key),
        is_told=_is_told(move.known, move.before),
        is_reminded=duties.are_reminded(forum, move.known, move.before, desk.on),
    )


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """The buttons of that card; a second press, and one on a draft that is done with, change nothing."""
    if pressed.verb not in ("move_yes", "move_no") or pressed.inputs:
        return None
    draft = drafting.own_draft(desk, instance.subject)
    if draft is None:
        return drafting.out_of_reach(desk)
    if not draft.is_open:
        return _done(desk, draft)
    if not first:
        return drafting.go_on(desk, draft.id)
    return answer(desk, draft, yes=pressed.verb == "move_yes", shown_version=instance.page)


def answer(desk: Desk, draft: Draft, *, yes: bool, shown_version: str) -> Reply:
    """`shown_version`: of the year, when it was asked; what was changed since is shown first."""
    if not yes:
        return _done(desk, _close(desk, draft, DraftState.DISCARDED))
    seen = drafting.view(desk, draft)
    filled: MovedEvent | None = seen.checked.report
    if filled is None or not may(desk.actor, Action.KEEP_CALENDAR):
        return Reply((drafting.show(desk, draft),))
    move = _move(desk, draft, seen, filled)
    if why := _moved_as_meeting(desk, draft.cycle_year, move.before):  # begun since it was asked
        _close(desk, draft, DraftState.DISCARDED)
        return say(why)
    if shown_version != str(move.known.version):
        return Reply((Message(desk.t("move.changed_since")), _asked(desk, draft, move)))
    version = years.change_event(desk.work, desk.house.forum.key, draft.cycle_year, move.after)
    if _is_told(move.known, move.before) and replace(move.after, link=move.before.link) != move.before:
        _tell(desk, draft.cycle_year, move.after, version)
    return _done(desk, _close(desk, draft, DraftState.SUBMITTED))


def _done(desk: Desk, draft: Draft) -> Reply:
    """When the event is now, and to how many that is told."""
    known = _known(desk, draft.cycle_year)
    event = known.year.event(draft.answers.get("event") or "") if known else None
    if known is None or event is None or draft.state is not DraftState.SUBMITTED:
        return Reply((message(calendar_cards.left(event, desk.t)),))
    told = len(_whom(desk, draft.cycle_year, event)) if _is_told(known, event) else 0
    return Reply((message(calendar_cards.moved(event, told, desk.t)),))


def _close(desk: Desk, draft: Draft, state: DraftState) -> Draft:
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    closed = replace(draft, state=state, saved_at=desk.turn.received_at)
    return drafts.save(desk.work, draft, closed)


def _is_told(known: KnownYear, event: Event) -> bool:
    """Whether people hear of its days: of a draft of a year those alone by which they owe something."""
    return known.is_approved or bool(duties.due_by(known, event))


def _whom(desk: Desk, year: int, event: Event) -> tuple[str, ...]:
    """Whom the event is for, but for the one who moves it."""
    people = audience.people(desk.work.connection, desk.house.forum.key, year, event, desk.on)
    return tuple(person for person in people if person != desk.actor.person_id)


def _tell(desk: Desk, year: int, event: Event, version: int) -> None:
    """One notice to each; whoever has not been sent an earlier one gets this alone."""
    for person in _whom(desk, year, event):
        outbox.put(
            desk.work,
            key=f"event_moved:{year}:{event.key}:{version}:{person}",
            kind="event_moved",
            recipient=person,
            payload={"year": str(year), "event": event.key, "version": str(version)},
        )
