"""What staff do about a meeting: choose it, ask for the need, put out dates, set the time, call, change, cancel, and
tell afterwards who was there and what was said."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dialogs import drafting
from dialogs.asking import places_named, readable
from dialogs.cards import forms as form_cards
from dialogs.cards import meetings as cards
from dialogs.cards.forms import DraftView
from dialogs.cards.notes import note
from dialogs.desk import Desk, message, say
from dialogs.engine import digest
from dialogs.events import conflict
from dialogs.forms import FORMS
from dialogs.meetings import asking, going_out, known
from dialogs.meetings.known import Known
from dialogs.queries import meeting_status, shown
from dialogs.queries.meeting_status import tally
from dialogs.texts import Texts
from domain.access import Action, RoleKind, may
from domain.calendar import Precision, changed, conflicts_of, on_day
from domain.meetings import (
    STANDS,
    Answer,
    DateOption,
    Meeting,
    MeetingForm,
    MeetingState,
    Presence,
    asks_again,
    may_move,
    packed,
    with_last_days,
)
from domain.messages import Message, Pressed, Reply
from domain.submissions import DatePoll, MeetingMinutes, MeetingPlan
from store import channels, drafts, meetings, register, years
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Focus, Purpose
from store.meetings import Invitee

ATTENDANCE = "meeting.attendance?"  # a question that is no field
_YEAR = 4  # digits
_MOST_BUTTONS = 6


def begin(desk: Desk, argument: str) -> Reply:
    """`møte`, `møte 2024`, `møte 7`, `møte 2024 7`: the list of the year, or the meeting of that number in it."""
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return say(desk.t("say.staff_only"))
    if not argument or (argument.isdecimal() and len(argument) == _YEAR):
        return _list(desk, int(argument) if argument else desk.on.year)
    found = known.named(desk.inquiry, argument)
    if found is None:
        return _list(desk, desk.on.year, refusal=desk.t("meeting.no_such", text=argument))
    return Reply((card(desk, found),))


def _list(desk: Desk, year: int, *, refusal: str = "") -> Reply:
    found, t = known.of_year(desk.inquiry, year), desk.t
    if not found:
        return say(t("calendar.no_year", year=year))
    rows = [
        (
            each.id,
            f"{each.number}. {each.event.title(t.language)}",
            f"{each.when(t)}. {t(f'meeting.state.{each.meeting.state}')}",
        )
        for each in found
    ]
    card_id = desk.new_card("meeting_list", str(year))
    how = t("meeting.list_help" if year == desk.on.year else "meeting.list_help_of_year", year=year)
    return Reply((message(cards.choose(t, card_id, year=year, how=how, rows=rows, refusal=refusal)),))


def press_list(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb != "open" or not pressed.inputs.keys() <= {cards.WHICH}:
        return None
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return say(desk.t("say.staff_only"))
    chosen = pressed.inputs.get(cards.WHICH, "")
    found = known.find(desk.inquiry, chosen) if chosen else None
    if found is None:
        return _list(desk, int(instance.subject or desk.on.year), refusal=desk.t("meeting.choose_one"))
    return Reply((card(desk, found),))


# The meeting


def card(desk: Desk, found: Known, *, remark: str = "") -> Message:
    """Where the meeting stands, and a button for each thing that can be done now."""
    t = desk.t
    possible = verbs(desk, found)
    card_id = desk.new_card("meeting", found.id, ",".join(possible))
    buttons = [(_titled(desk, found, verb), verb, card_id) for verb in possible]
    return message(
        cards.arranging(
            found.view(t, known.points(desk.inquiry, found.id, with_names=True)),
            t,
            buttons,
            tally=tally(desk.inquiry, found),
            remark=remark,
        )
    )


def verbs(desk: Desk, found: Known) -> tuple[str, ...]:
    """What can be done about the meeting now; at most six. One that has begun can be cancelled all its day."""
    meeting, state = found.meeting, found.meeting.state
    if state is MeetingState.POLL:
        number, options = _poll_out(desk, found)
        to_come = [f"fix_{number}_{each.place}" for each in options if each.first_on >= desk.on]
        return (*to_come, "resume", "poll", "leave")[:_MOST_BUTTONS]  # the rest is there after "resume"
    has_begun = meeting.is_over(desk.turn.received_at)
    if state in STANDS:
        begun = (
            ("attendance", "cancel") if desk.turn.received_at < meeting.day_is_over_at else ("attendance",)
        )
        tell = ("tell",) if meetings.invitees(desk.work.connection, found.id) else ()
        after = begun if has_begun else ("plan", "cancel", *tell)
        newcomers = ("call",) if not has_begun and _newcomers(desk, found) else ()
        return ("status", *after, *newcomers)
    if state is MeetingState.HELD:
        return ("minutes", "attendance", "status")
    can = {
        "plan": may_move(meeting, MeetingState.CALLED),
        "ask_need": may_move(meeting, MeetingState.NEED_ASKED) and _may_be_unneeded(found),
        "poll": may_move(meeting, MeetingState.POLL),
        "call": may_move(meeting, MeetingState.CALLED) and meeting.is_ready and not has_begun,
        "leave": may_move(meeting, MeetingState.NOT_NEEDED),
        "resume": state in (MeetingState.NOT_NEEDED, MeetingState.CANCELLED),
    }
    return tuple(verb for verb, is_possible in can.items() if is_possible)


def _may_be_unneeded(found: Known) -> bool:
    """Of a region whose network meets if there is a need."""
    own = found.event.own.precision if found.event.own else found.event.precision
    return found.event.region is not None and own is Precision.IF_NEEDED


def _titled(desk: Desk, found: Known, verb: str) -> str:
    if verb.startswith("fix_"):
        _, _, place = verb.split("_")
        return desk.t("button.fix_date", number=place)
    if verb in ("plan", "call") and found.meeting.state in STANDS:
        return desk.t(f"button.{verb}_more")
    return desk.t(f"button.meeting_{verb}")


def _poll_out(desk: Desk, found: Known) -> tuple[int, tuple[DateOption, ...]]:
    """The number of the choice of dates that is out, and the dates."""
    connection = desk.work.connection
    number = meetings.poll(connection, found.id)
    return number, meetings.options(connection, found.id, number)


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """A button of a meeting's card. What is no longer possible is answered with the meeting as it stands."""
    found = known.find(desk.inquiry, instance.subject)
    if found is None or pressed.inputs or pressed.verb not in instance.page.split(","):
        return None
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return say(desk.t("say.staff_only"))
    if pressed.verb not in verbs(desk, found) or not (first or pressed.verb in _SHOWS):
        return Reply((card(desk, found),))
    if pressed.verb.startswith("fix_"):
        _, _, place = pressed.verb.split("_")
        return _fix(desk, found, int(place))
    return _ACTS[pressed.verb](desk, found)


# Asking, calling, cancelling: to many, so it is looked at first


def _ask_need(desk: Desk, found: Known) -> Reply:
    """Every contact of an owner that lies in the region."""
    asked = desk.inquiry
    contacts = register.people_with(desk.work.connection, RoleKind.OWNER_CONTACT, on=desk.on)
    theirs = [
        person.id
        for person in contacts
        if (actor := register.actor_of(desk.work.connection, person.id, desk.on)) is not None
        and asking.owners_of(replace(asked, actor=actor), found.event.region)
    ]
    return _proposed(desk, going_out.NEED, found, theirs)


def _call(desk: Desk, found: Known) -> Reply:
    """Everybody whom the meeting is for, and the channel; or those who have come in addition. A call that was stopped
    before it reached anybody is made again."""
    is_first = found.meeting.state not in STANDS or not meetings.invitees(desk.work.connection, found.id)
    if not is_first:
        return _proposed(desk, going_out.CALLED, found, _newcomers(desk, found))
    everybody = [person.id for person in known.people(desk.inquiry, found)]
    return _proposed(desk, going_out.CALLED, found, everybody, channel=True)


def _newcomers(desk: Desk, found: Known) -> list[str]:
    called = {each.person_id for each in meetings.invitees(desk.work.connection, found.id)}
    return [person.id for person in known.people(desk.inquiry, found) if person.id not in called]


def _cancel(desk: Desk, found: Known) -> Reply:
    """Told first to those who were called; where nobody heard of the meeting, it is cancelled at once."""
    told, is_posted = going_out.told(desk, found.id), _channel(desk, found) is not None
    if not (told or is_posted):
        after = going_out.cancel(desk, known.keep(desk, found))
        return Reply((card(desk, replace(found, meeting=after)),))
    return _proposed(desk, going_out.CANCELLED, found, told, channel=True)


def _tell(desk: Desk, found: Known) -> Reply:
    """What has changed since the call, once more."""
    told = going_out.concerned(desk, found, going_out.told(desk, found.id))
    return _proposed(desk, going_out.CHANGED, found, told, channel=True)


def _proposed(
    desk: Desk,
    kind: str,
    found: Known,
    people: Sequence[str],
    *,
    channel: bool = False,
    more: Mapping[str, str] | None = None,
) -> Reply:
    """Held, with a preview. Where there is nobody to tell, that is said, and nothing is done."""
    posted = _channel(desk, found) if channel else None
    if not people and (posted is None or kind == going_out.CALLED):
        return Reply((card(desk, found, remark=desk.t("meeting.nobody")),))
    kept = replace(found, meeting=known.keep(desk, found))
    recipients = [*([posted] if posted else []), *people]
    return Reply((going_out.propose(desk, kind, kept, recipients, more),))


def _channel(desk: Desk, found: Known) -> str | None:
    """The region's channel, or the general one, where somebody has said which it is."""
    to = channels.recipient(found.event.region)
    return to if channels.address(desk.work.connection, to) is not None else None


# Decisions of staff alone


def _moved(desk: Desk, found: Known, to: MeetingState, **changes: object) -> Known:
    before = known.keep(desk, found)
    after = meetings.save(desk.work, before, replace(before, state=to, **changes))  # type: ignore[arg-type]
    return replace(found, meeting=after)


def _leave(desk: Desk, found: Known) -> Reply:
    return Reply((card(desk, _moved(desk, found, MeetingState.NOT_NEEDED)),))


def _resume(desk: Desk, found: Known) -> Reply:
    """Planned again; a day on which it was cancelled is no day for it."""
    if found.meeting.state is MeetingState.CANCELLED:
        again = _moved(desk, found, MeetingState.PLANNED, first_on=None, last_on=None)
    else:
        again = _moved(desk, found, MeetingState.PLANNED)
    return Reply((card(desk, again),))


def _fix(desk: Desk, found: Known, place: int) -> Reply:
    """One of the dates to come that people chose from; hours that were not in the choice stay as they are."""
    _, options = _poll_out(desk, found)
    option = next(each for each in options if each.place == place)
    meeting = found.meeting
    fixed = _moved(
        desk,
        found,
        MeetingState.PLANNED,
        first_on=option.first_on,
        last_on=option.last_on,
        starts=option.starts or meeting.starts,
        ends=option.ends or meeting.ends,
    )
    return Reply((card(desk, fixed, remark=_follow(desk, fixed)),))


def _follow(desk: Desk, found: Known) -> str:
    """The calendar has the meeting's day, too; gives what it does not fit together with there. A month of a monthly
    event has none of its own."""
    meeting, key = found.meeting, desk.house.forum.key
    year = years.year_of(desk.work.connection, key, meeting.year).year
    event = year.event(found.event.key)
    if event is None or meeting.first_on is None or meeting.year < desk.on.year:
        return ""
    moved = replace(
        on_day(event, meeting.first_on, meeting.last_on), starts=meeting.starts, ends=meeting.ends
    )
    if moved != event:
        years.change_event(desk.work, key, meeting.year, moved)
    return " ".join(conflict(each, desk.t) for each in conflicts_of(changed(year, moved), event.key))


# Forms

_SEEN = "meeting_seen"  # beside a draft's answers: digest of the meeting from which they were filled in
_FILLED_IN = frozenset({"meeting_plan", "meeting_minutes"})
_CONTENT = (
    *("first_on", "last_on", "starts", "ends", "form", "place", "join_link", "has_food"),
    *("agenda", "practical", "minutes"),
)


def _begin_form(desk: Desk, found: Known, form: str) -> Reply:
    """Go on with the form if it is begun for this meeting."""
    begun = next((each for each in drafts.about(desk.work.connection, found.id) if each.form == form), None)
    if begun is None:
        return Reply((drafting.show(desk, _new_draft(desk, found, form)),))
    return (
        Reply((_anew(desk, found, begun),)) if _is_outdated(found, begun) else drafting.go_on(desk, begun.id)
    )


def _new_draft(desk: Desk, found: Known, form: str) -> Draft:
    known_here: dict[str, str | None] = {
        "meeting_title": found.event.title(desk.t.language),
        _SEEN: _content(found.meeting),
    }
    draft = Draft(
        id=desk.house.new_id(),
        form=form,
        cycle_year=found.meeting.year,
        author=desk.actor.person_id,
        answers=_filled_in(found.meeting, form, desk.t) | known_here,
        created_at=desk.turn.received_at,
        saved_at=desk.turn.received_at,
        about=found.id,
        purpose=Purpose.HANDLING,
    )
    return drafts.create(desk.work, draft)


def _content(meeting: Meeting) -> str:
    return digest(" ".join(str(getattr(meeting, name)) for name in _CONTENT))


def _is_outdated(found: Known, draft: Draft) -> bool:
    """Whether the form was filled in from another state of the meeting, so that filing it would undo what was done."""
    return draft.form in _FILLED_IN and draft.answers.get(_SEEN) != _content(found.meeting)


def _anew(desk: Desk, found: Known, draft: Draft) -> Message:
    """The form filled in from the meeting as it is now, below what was written in the one before it."""
    t, form = desk.t, FORMS[draft.form]
    around = drafting.circumstances(desk.inquiry, draft)
    after = _new_draft(desk, found, draft.form)
    asked = {question.field: question for question in form.path(draft.answers, around)}
    written = [
        (field, readable(form, asked[field], text, around, t) if field in asked else text)
        for field in dict.fromkeys((*asked, *draft.writers))
        if field in draft.writers and (text := draft.answers.get(field)) and text != after.answers.get(field)
    ]
    lines = [f"{t(f'{form.name}.field.{field}.label')}: {text}" for field, text in written]
    drafts.save(desk.work, draft, replace(draft, state=DraftState.DISCARDED))
    begun = drafting.show(desk, after)
    assert begun.card is not None
    said = t("meeting.begun_anew") + (f" {t('meeting.was_written')}" if lines else "")
    return message(form_cards.with_unsaved(begun.card, lines, t, said=said))


def _filled_in(meeting: Meeting, form: str, t: Texts) -> dict[str, str | None]:
    """What the form asks and the meeting has already."""
    hours = f"{t.hour(meeting.starts)}–{t.hour(meeting.ends)}" if meeting.starts and meeting.ends else ""
    plan = {
        "first_on": t.day(meeting.first_on) if meeting.first_on else "",
        "last_on": t.day(meeting.last_on) if meeting.last_on else "",
        "hours": hours,
        "form": str(meeting.form),
        "place": meeting.place,
        "join_link": meeting.join_link,
        "food": "yes" if meeting.has_food else "",
        "agenda": "\n".join(meeting.agenda),
        "practical": meeting.practical,
    }
    minutes = {"minutes": meeting.minutes, "practical": meeting.practical}
    known_by_form = {"meeting_plan": plan, "meeting_minutes": minutes}
    return {field: text for field, text in known_by_form.get(form, {}).items() if text}


def _of_draft(desk: Desk, draft: Draft) -> Known | None:
    """The meeting that the form is about, for those who arrange meetings."""
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return None
    return known.find(desk.inquiry, draft.about or "")


def _close(desk: Desk, draft: Draft) -> None:
    closed = replace(draft, state=DraftState.SUBMITTED, saved_at=desk.turn.received_at)
    drafts.save(desk.work, draft, closed)
    drafts.set_focus(desk.work, desk.actor.person_id, None)


def file_plan(desk: Desk, draft: Draft, seen: DraftView, filled: MeetingPlan) -> tuple[str, Reply | None]:
    """The meeting as it is planned from now on. Those who were called get a message that staff look at first."""
    found = _of_draft(desk, draft)
    if found is None:
        return desk.t("say.staff_only"), None
    if _is_outdated(found, draft):
        return "", Reply((_anew(desk, found, draft),))
    before = known.keep(desk, found)
    # Nobody is told of a change whose call was stopped before it went.
    tells = before.state in STANDS and bool(meetings.invitees(desk.work.connection, found.id))
    to = _state_after_plan(before.state, tells=tells)
    if before.state is not to and not may_move(before, to):
        return desk.t("meeting.moved_on"), None
    wanted = replace(_as_filled(before, filled), state=to)
    if wanted.is_over(desk.turn.received_at):
        return desk.t("meeting.begun_already"), None
    if tells:
        wanted = _told_anew(desk, before, wanted)
    elif to in STANDS:
        wanted = with_last_days(desk.house.forum.key, wanted, desk.on)
    after = replace(found, meeting=meetings.save(desk.work, before, wanted))
    _close(desk, draft)
    remark = _follow(desk, after)
    if not tells:
        return "", Reply((message(note(desk.t("meeting_plan.done"))), card(desk, after, remark=remark)))
    told = going_out.concerned(desk, after, going_out.told(desk, found.id))
    said = message(note(f"{desk.t('meeting_plan.changed')} {remark}".rstrip()))
    return "", Reply((said, *_proposed(desk, going_out.CHANGED, after, told, channel=True).messages))


def _state_after_plan(state: MeetingState, *, tells: bool) -> MeetingState:
    if tells:
        return MeetingState.CHANGED
    return state if state in STANDS else MeetingState.PLANNED


def _as_filled(before: Meeting, filled: MeetingPlan) -> Meeting:
    return replace(
        before,
        first_on=filled.first_on,
        last_on=filled.last_on,
        starts=filled.hours[0],
        ends=filled.hours[1],
        form=MeetingForm(filled.form),
        place=filled.place or "",
        join_link=filled.join_link or "",
        has_food=filled.food == "yes",
        agenda=filled.agenda,
        practical=filled.practical or "",
    )


def _told_anew(desk: Desk, before: Meeting, wanted: Meeting) -> Meeting:
    """Told once more; where the time or the way to take part is another, everybody is asked again."""
    wanted = replace(wanted, sequence=before.sequence + 1)
    if not asks_again(before, wanted):
        return wanted
    meetings.ask_again(desk.work, before.id)
    return with_last_days(desk.house.forum.key, wanted, desk.on)


def file_poll(desk: Desk, draft: Draft, seen: DraftView, filled: DatePoll) -> tuple[str, Reply | None]:
    """The dates go out with the message that staff look at first; what is out until then stays so."""
    found = _of_draft(desk, draft)
    if found is None:
        return desk.t("say.staff_only"), None
    if not may_move(found.meeting, MeetingState.POLL):
        return desk.t("meeting.moved_on"), None
    people = [person.id for person in known.people(desk.inquiry, found)]
    _close(desk, draft)
    return "", _proposed(desk, going_out.POLL, found, people, more={asking.OPTIONS: packed(filled.dates)})


def file_minutes(
    desk: Desk, draft: Draft, seen: DraftView, filled: MeetingMinutes
) -> tuple[str, Reply | None]:
    """What was said, and what people need to know, to those who were called."""
    found = _of_draft(desk, draft)
    if found is None:
        return desk.t("say.staff_only"), None
    if found.meeting.state is not MeetingState.HELD:
        return desk.t("meeting.not_held"), None
    if _is_outdated(found, draft):
        return "", Reply((_anew(desk, found, draft),))
    before = known.keep(desk, found)
    wanted = replace(
        before,
        minutes=filled.minutes,
        practical=filled.practical or "",
        sequence=before.sequence + 1,
    )
    after = replace(found, meeting=meetings.save(desk.work, before, wanted))
    _close(desk, draft)
    invitees = meetings.invitees(desk.work.connection, found.id)
    people = going_out.concerned(desk, after, (each.person_id for each in invitees))
    return "", _proposed(desk, going_out.MINUTES, after, people)


# Who was there


def _attendance(desk: Desk, found: Known, refusal: str = "") -> Reply:
    """The people in their order, each with a number for those who write it."""
    invitees = meetings.invitees(desk.work.connection, found.id)
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(found.id, ATTENDANCE))
    t = desk.t
    rows = [(each.person_id, f"{number}. {each.name}") for number, each in enumerate(invitees, start=1)]
    instead = [_sitting(each, desk) for each in invitees if each.answer is Answer.SUBSTITUTE]
    there = [each.person_id for each in invitees if _was_there(each)]
    card_id = desk.new_card("meeting_attendance", found.id)
    return Reply(
        (
            message(
                cards.attendance(
                    found.view(t), t, card_id, rows=rows, there=there, instead=instead, refusal=refusal
                )
            ),
        )
    )


def _sitting(invitee: Invitee, desk: Desk) -> str:
    somebody = invitee.substitute or desk.t("meeting.somebody")
    return desk.t("meeting.instead_of", substitute=somebody, name=invitee.name)


def _was_there(invitee: Invitee) -> bool:
    """As it was noted; before that, as it was announced."""
    if invitee.presence is not None:
        return invitee.presence is not Presence.NOBODY
    return invitee.answer in (Answer.COMES, Answer.COMES_DIGITALLY, Answer.SUBSTITUTE)


def press_attendance(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb != "attendance" or not pressed.inputs.keys() <= {cards.ATTENDED}:
        return None
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return say(desk.t("say.staff_only"))
    found = known.find(desk.inquiry, instance.subject)
    if found is None:
        return None
    if not first:
        return Reply((card(desk, found, remark=_not_begun(desk, found)),))
    chosen = set(pressed.inputs.get(cards.ATTENDED, "").split(","))
    return _note_presence(desk, found, chosen)


def write_attendance(desk: Desk, meeting_id: str, text: str) -> Reply:
    """By the numbers of the card. What is not wholly understood is asked again: a guess would stand in the minutes."""
    found = known.find(desk.inquiry, meeting_id)
    if found is None or not may(desk.actor, Action.ARRANGE_MEETINGS):
        drafts.set_focus(desk.work, desk.actor.person_id, None)
        return say(desk.t("say.staff_only"))
    people = [each.person_id for each in meetings.invitees(desk.work.connection, meeting_id)]
    there = _places_there(text, len(people), desk.t)
    if there is None:
        return _attendance(desk, found, desk.t("meeting.attendance_again"))
    return _note_presence(desk, found, {people[place - 1] for place in there})


def _places_there(text: str, count: int, t: Texts) -> frozenset[int] | None:
    """`alle`, `ingen`, `1, 3 og 4`, `2-5`, `alle unntatt 2`. None: it says something else, or more."""
    words = " ".join(text.casefold().replace(",", " , ").strip(" .!").split())
    if words in t.words("words.nobody"):
        return frozenset()
    everybody = re.match(rf"(?:{_any_of(t, 'everybody')})(?!\w)", words)
    if everybody is None:
        return places_named(words, count, t)
    rest, all_places = words[everybody.end() :], frozenset(range(1, count + 1))
    but = re.match(rf"[ ,]*(?:{_any_of(t, 'except')})(?!\w)", rest)
    if but is None:
        return None if rest else all_places
    missing = places_named(rest[but.end() :], count, t)
    return None if missing is None else all_places - missing


def _any_of(t: Texts, words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(t.words(f"words.{words}"), key=len, reverse=True))


def _note_presence(desk: Desk, found: Known, there: set[str]) -> Reply:
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    if refusal := _not_begun(desk, found):
        return Reply((card(desk, found, remark=refusal),))
    invitees = meetings.invitees(desk.work.connection, found.id)
    presence = {each.person_id: _presence(each, there) for each in invitees}
    meetings.note_presence(desk.work, found.id, presence)
    meetings.forget_diets(desk.work, found.id)
    is_held = found.meeting.state is MeetingState.HELD
    return Reply((card(desk, found if is_held else _moved(desk, found, MeetingState.HELD)),))


def _not_begun(desk: Desk, found: Known) -> str:
    """Why it cannot be noted yet who was there; empty: it can."""
    meeting = found.meeting
    has_begun = may_move(meeting, MeetingState.HELD) and meeting.is_over(desk.turn.received_at)
    return "" if has_begun or meeting.state is MeetingState.HELD else desk.t("meeting.not_begun")


def _presence(invitee: Invitee, there: set[str]) -> Presence:
    if invitee.person_id not in there:
        return Presence.NOBODY
    return Presence.SUBSTITUTE if invitee.answer is Answer.SUBSTITUTE else Presence.SELF


def _status(desk: Desk, found: Known) -> Reply:
    return Reply((shown(desk, meeting_status.QUERY.answer(desk.inquiry, found.id)),))


_ACTS: Mapping[str, Callable[[Desk, Known], Reply]] = {
    "plan": lambda desk, found: _begin_form(desk, found, "meeting_plan"),
    "ask_need": _ask_need,
    "poll": lambda desk, found: _begin_form(desk, found, "meeting_poll"),
    "call": _call,
    "tell": _tell,
    "cancel": _cancel,
    "leave": _leave,
    "resume": _resume,
    "attendance": lambda desk, found: _attendance(desk, found),
    "minutes": lambda desk, found: _begin_form(desk, found, "meeting_minutes"),
    "status": _status,
}
# A press of these that comes twice leads to the same form or list again.
_SHOWS = frozenset({"plan", "poll", "minutes", "attendance", "status"})
