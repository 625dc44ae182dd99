"""Meetings, who is called to them, and what they answer. Who may do what is for the caller to ask.

The audit holds what became of a meeting and who answered, and no word that a person wrote.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, time
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Row,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from domain.calendar import Party
from domain.errors import Stale
from domain.meetings import STANDS, Answer, DateOption, Meeting, MeetingForm, MeetingState, Presence
from domain.register import Person
from store import audience, audit, batches, outbox, receipts
from store import tables as t
from store.outbox import OutboxState
from store.tables import insert
from store.work import Work

_NAMES = tuple(field.name for field in fields(Meeting))
_MEETING = tuple(t.meeting.c[name] for name in _NAMES)
_GET = select(*_MEETING).where(t.meeting.c.id == bindparam("id"))
_OF_YEAR = select(*_MEETING).where(t.meeting.c.year == bindparam("year")).order_by(t.meeting.c.id)
_BEGIN = insert(t.meeting).on_conflict_do_nothing(index_elements=["id"]).returning(t.meeting.c.id)
_SAVE = (
    update(t.meeting)
    .where(t.meeting.c.id == bindparam("of_id"), t.meeting.c.version == bindparam("of_version"))
    .values({name: bindparam(name) for name in _NAMES if name != "id"})
)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who was called to a meeting. `batch`: the message to many by which. `substitute`: who comes instead."""

    meeting: str
    person_id: str
    name: str
    batch: str
    answer: Answer | None
    substitute: str | None
    diet: str | None
    presence: Presence | None


@dataclass(frozen=True, slots=True)
class Need:
    """What an owner says to the question whether there is a need."""

    owner: str
    is_needed: bool
    word: str | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class Vote:
    """The options at which a person can come; none is an answer, too."""

    person_id: str
    name: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Something that a person wants on the agenda."""

    id: int
    person_id: str
    name: str
    text: str


# Meetings


def get(connection: Connection, meeting_id: str) -> Meeting | None:
    """The meeting as it is kept; None: nothing has been done about it yet."""
    row = connection.execute(_GET, {"id": meeting_id}).one_or_none()
    return _meeting(row) if row else None


def of_year(connection: Connection, year: int) -> dict[str, Meeting]:
    """The meetings of the year that something has been done about, by id."""
    return {row.id: _meeting(row) for row in connection.execute(_OF_YEAR, {"year": year})}


def begin(work: Work, meeting: Meeting) -> Meeting:
    """Keep a meeting of the calendar from now on; as it stands, if it is kept already."""
    if work.connection.execute(_BEGIN, _row(meeting)).scalar_one_or_none() is not None:
        audit.record(work, f"meeting:{meeting.id}", "meeting_begun")
    kept = get(work.connection, meeting.id)
    assert kept is not None
    return kept


def save(work: Work, before: Meeting, after: Meeting) -> Meeting:
    """Keep what has changed. The audit names the fields, and the state and day with what they are now.

    Raises: Stale - another has changed it since it was read.
    """
    changed = [name for name in _NAMES if getattr(before, name) != getattr(after, name)]
    if not changed:
        return before
    after = replace(after, version=before.version + 1)
    values = _row(after) | {"of_id": before.id, "of_version": before.version}
    del values["id"]
    if work.connection.execute(_SAVE, values).rowcount != 1:
        raise Stale(before.id)
    detail: dict[str, object] = {"fields": changed, "state": after.state, "sequence": after.sequence}
    if after.first_on is not None:
        detail["first_on"] = after.first_on.isoformat()
    audit.record(work, f"meeting:{after.id}", "meeting_changed", detail)
    return after


def _row(meeting: Meeting) -> dict[str, Any]:
    values = {name: getattr(meeting, name) for name in _NAMES}
    return values | {"starts": _hour(meeting.starts), "ends": _hour(meeting.ends)}


def _meeting(row: Row[Any]) -> Meeting:
    values = dict(row._mapping)
    return Meeting(
        **{
            **values,
            "form": MeetingForm(row.form),
            "state": MeetingState(row.state),
            "starts": _time(row.starts),
            "ends": _time(row.ends),
            "agenda": tuple(row.agenda),
        }
    )


def _hour(local: time | None) -> str | None:
    return local.isoformat("minutes") if local else None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


# Whom a meeting is for

_PERSON = (
    t.person.c.id,
    t.person.c.name,
    t.person.c.language,
    t.person.c.email,
    t.person.c.phone,
    t.person.c.is_example,
    t.identity.c.person_id.is_not(None).label("enrolled"),
)
_PEOPLE = (
    select(*_PERSON).select_from(t.person.outerjoin(t.identity)).order_by(t.person.c.name, t.person.c.id)
)


def people(
    connection: Connection, forum_key: str, party: Party, region: str | None, on: date
) -> tuple[Person, ...]:
    """Whom an event of that audience is for on the day, by name."""
    wanted = _PEOPLE.where(t.person.c.id.in_(audience.of(forum_key, party, region)))
    return tuple(Person(*row) for row in connection.execute(wanted, {"on": on}))


# Who was called, and what they answer

# Not if their call was stopped before it went: of those nothing is asked, and they can be called again.
_IS_CALLED = ~(
    select(t.outbox.c.id)
    .where(
        t.outbox.c.batch == t.meeting_invitee.c.batch,
        t.outbox.c.recipient == t.meeting_invitee.c.person_id,
        t.outbox.c.state == OutboxState.DROPPED,
        t.outbox.c.reason == batches.STOPPED,
        outbox.HAS_SURELY_NOT_GONE,
        ~select(t.receipt.c.id).where(t.receipt.c.outbox_id == t.outbox.c.id).exists(),
    )
    .exists()
)
_CALL = insert(t.meeting_invitee)
_CALL = _CALL.on_conflict_do_update(
    index_elements=["meeting", "person_id"], set_={"batch": _CALL.excluded.batch}
)
_INVITEE = (
    t.meeting_invitee.c.meeting,
    t.meeting_invitee.c.person_id,
    t.person.c.name,
    t.meeting_invitee.c.batch,
    t.meeting_invitee.c.answer,
    t.meeting_invitee.c.substitute,
    t.meeting_invitee.c.diet,
    t.meeting_invitee.c.presence,
)
_INVITEES = (
    select(*_INVITEE)
    .select_from(t.meeting_invitee.join(t.person))
    .where(t.meeting_invitee.c.meeting == bindparam("meeting_id"), _IS_CALLED)
    .order_by(t.person.c.name, t.person.c.id)
)
_INVITED_TO = (
    select(*_MEETING)
    .select_from(t.meeting.join(t.meeting_invitee))
    .where(
        _IS_CALLED,
        t.meeting_invitee.c.person_id == bindparam("person_id"),
        t.meeting.c.state.in_(bindparam("states", expanding=True)),
        func.coalesce(t.meeting.c.last_on, t.meeting.c.first_on) >= bindparam("since", type_=Date),
    )
    .order_by(t.meeting.c.first_on, t.meeting.c.id)
)
_ONE = (t.meeting_invitee.c.meeting == bindparam("meeting_id")) & (
    t.meeting_invitee.c.person_id == bindparam("of_person")
)
_ANSWER = (
    update(t.meeting_invitee)
    .where(_ONE)
    .values(
        answer=bindparam("new_answer"),
        substitute=bindparam("new_substitute"),
        diet=bindparam("new_diet"),
        answered_at=bindparam("at"),
    )
)
_ASK_AGAIN = (
    update(t.meeting_invitee)
    .where(t.meeting_invitee.c.meeting == bindparam("meeting_id"))
    .values(
        answer=None,
        substitute=None,
        answered_at=None,
        diet=case(
            (t.meeting_invitee.c.answer == Answer.SUBSTITUTE, None), else_=t.meeting_invitee.c.diet
        ),  # of the person, and not of another
    )
)
_FORGET_DIETS = (
    update(t.meeting_invitee).where(t.meeting_invitee.c.meeting == bindparam("meeting_id")).values(diet=None)
)
_FORGET_EATEN = (
    update(t.meeting_invitee)
    .where(
        t.meeting_invitee.c.diet.is_not(None),
        t.meeting_invitee.c.meeting.in_(
            select(t.meeting.c.id).where(
                func.coalesce(t.meeting.c.last_on, t.meeting.c.first_on) < bindparam("today", type_=Date)
            )
        ),
    )
    .values(diet=None)
)
_CALL_OFF = delete(t.meeting_invitee).where(t.meeting_invitee.c.meeting == bindparam("meeting_id"))
_PRESENCE = update(t.meeting_invitee).where(_ONE).values(presence=bindparam("new_presence"))


def call(work: Work, meeting: Meeting, people: Iterable[str], batch: str) -> None:
    """Note that they were called to the meeting by that message. Who was called before keeps the answer."""
    called = sorted(set(people))
    for person_id in called:
        values = {"meeting": meeting.id, "person_id": person_id, "batch": batch}
        work.connection.execute(_CALL, values)
    audit.record(work, f"meeting:{meeting.id}", "meeting_called", {"people": called})


def call_off(work: Work, meeting_id: str) -> None:
    """Let nobody be called to it, as before the first call."""
    work.connection.execute(_CALL_OFF, {"meeting_id": meeting_id})


def invitees(connection: Connection, meeting_id: str) -> tuple[Invitee, ...]:
    """Everybody who was called, by name."""
    return tuple(_invitee(row) for row in connection.execute(_INVITEES, {"meeting_id": meeting_id}))


def invitee(connection: Connection, meeting_id: str, person_id: str) -> Invitee | None:
    """None: the person was never called to it."""
    found = connection.execute(
        _INVITEES.where(t.meeting_invitee.c.person_id == bindparam("of_person")),
        {"meeting_id": meeting_id, "of_person": person_id},
    ).one_or_none()
    return _invitee(found) if found else None


def invited_to(
    connection: Connection, person_id: str, since: date, states: Collection[MeetingState]
) -> tuple[Meeting, ...]:
    """The meetings in these states that the person was called to and that are not over on the day, the next first."""
    asked = {"person_id": person_id, "since": since, "states": list(states)}
    return tuple(_meeting(row) for row in connection.execute(_INVITED_TO, asked))


def may_have_heard(connection: Connection, invitee: Invitee) -> bool:
    """Whether the person may know of the call, by whatever way, or is to be phoned about it. Only who surely does not
    is left out: the call was not let go, or was dropped before anything of it was tried."""
    call = outbox.find(connection, f"meeting_called:{invitee.batch}:{invitee.person_id}")
    if call is None or call.state is OutboxState.HELD:
        return False
    if call.state is not OutboxState.DROPPED or receipts.of(connection, [call.id]):
        return True
    return outbox.may_have_gone(call)


def answer(
    work: Work,
    meeting_id: str,
    person_id: str,
    answer: Answer,
    *,
    substitute: str | None = None,
    diet: str | None = None,
) -> None:
    """Keep the person's answer in the place of an earlier one."""
    work.connection.execute(
        _ANSWER,
        {
            "meeting_id": meeting_id,
            "of_person": person_id,
            "new_answer": answer,
            "new_substitute": substitute,
            "new_diet": diet,
            "at": work.now,
        },
    )
    audit.record(work, f"meeting:{meeting_id}", "meeting_answered", {"person": person_id, "answer": answer})


def ask_again(work: Work, meeting_id: str) -> None:
    """Let nobody have answered. What they eat themselves they need not say twice."""
    work.connection.execute(_ASK_AGAIN, {"meeting_id": meeting_id})


def forget_diets(work: Work, meeting_id: str) -> None:
    """What people eat is nobody's business once the food is eaten, or will not be."""
    work.connection.execute(_FORGET_DIETS, {"meeting_id": meeting_id})


def forget_eaten(work: Work, today: date) -> None:
    """The same of every meeting that was over before the day, whether or not anybody has noted who was there."""
    work.connection.execute(_FORGET_EATEN, {"today": today})


def note_presence(work: Work, meeting_id: str, presence: dict[str, Presence]) -> None:
    """Who was there, by person."""
    for person_id, there in presence.items():
        values = {"meeting_id": meeting_id, "of_person": person_id, "new_presence": there}
        work.connection.execute(_PRESENCE, values)
    audit.record(work, f"meeting:{meeting_id}", "presence_noted", {"people": presence})


def _invitee(row: Any) -> Invitee:
    return Invitee(
        row.meeting,
        row.person_id,
        row.name,
        row.batch,
        Answer(row.answer) if row.answer else None,
        row.substitute,
        row.diet,
        Presence(row.presence) if row.presence else None,
    )


# The question whether there is a need

_NEED = insert(t.meeting_need)
_NEED = _NEED.on_conflict_do_update(
    index_elements=["meeting", "owner"],
    set_={name: _NEED.excluded[name] for name in ("answered_by", "is_needed", "word", "answered_at")},
)
_NEEDS = (
    select(
        t.meeting_need.c.owner,
        t.meeting_need.c.is_needed,
        t.meeting_need.c.word,
        t.meeting_need.c.answered_by,
    )
    .where(t.meeting_need.c.meeting == bindparam("meeting_id"))
    .order_by(t.meeting_need.c.owner)
)

_FORGET_NEEDS = delete(t.meeting_need).where(t.meeting_need.c.meeting == bindparam("meeting_id"))


def say_need(work: Work, meeting_id: str, owner: str, is_needed: bool, word: str | None) -> None:
    """Keep what the owner says; the later answer counts, whoever of its contacts gives it."""
    work.connection.execute(
        _NEED,
        {
            "meeting": meeting_id,
            "owner": owner,
            "answered_by": work.actor,
            "is_needed": is_needed,
            "word": word,
            "answered_at": work.now,
        },
    )
    audit.record(work, f"meeting:{meeting_id}", "need_said", {"owner": owner, "is_needed": is_needed})


def forget_needs(work: Work, meeting_id: str) -> None:
    """Let no owner have said anything: it is asked anew."""
    work.connection.execute(_FORGET_NEEDS, {"meeting_id": meeting_id})


def needs(connection: Connection, meeting_id: str) -> tuple[Need, ...]:
    rows = connection.execute(_NEEDS, {"meeting_id": meeting_id})
    return tuple(Need(row.owner, row.is_needed, row.word, row.answered_by) for row in rows)


# The choice of a date

_THIS_POLL = t.meeting_option.c.meeting == bindparam("meeting_id")
_LATEST_POLL = select(func.max(t.meeting_option.c.poll)).where(_THIS_POLL)
_ADD_OPTION = insert(t.meeting_option)
_OPTIONS = (
    select(*(t.meeting_option.c[field.name] for field in fields(DateOption)))
    .where(_THIS_POLL, t.meeting_option.c.poll == bindparam("of_poll"))
    .order_by(t.meeting_option.c.place)
)
_VOTE = insert(t.meeting_vote)
_VOTE = _VOTE.on_conflict_do_update(
    index_elements=["meeting", "poll", "person_id"],
    set_={name: _VOTE.excluded[name] for name in ("places", "answered_at")},
)
_VOTES = (
    select(t.meeting_vote.c.person_id, t.person.c.name, t.meeting_vote.c.places)
    .select_from(t.meeting_vote.join(t.person))
    .where(t.meeting_vote.c.meeting == bindparam("meeting_id"), t.meeting_vote.c.poll == bindparam("of_poll"))
    .order_by(t.person.c.name, t.person.c.id)
)


def poll(connection: Connection, meeting_id: str) -> int:
    """The number of the latest poll; 0: there was none."""
    return connection.execute(_LATEST_POLL, {"meeting_id": meeting_id}).scalar_one() or 0


def begin_poll(work: Work, meeting_id: str, options: Iterable[DateOption]) -> int:
    """A new choice of dates, in the place of an earlier one; returns its number."""
    number = poll(work.connection, meeting_id) + 1
    for option in options:
        values = {field.name: getattr(option, field.name) for field in fields(DateOption)}
        hours = {"starts": _hour(option.starts), "ends": _hour(option.ends)}
        work.connection.execute(_ADD_OPTION, {**values, **hours, "meeting": meeting_id, "poll": number})
    audit.record(work, f"meeting:{meeting_id}", "poll_begun", {"poll": number})
    return number


def options(connection: Connection, meeting_id: str, number: int) -> tuple[DateOption, ...]:
    rows = connection.execute(_OPTIONS, {"meeting_id": meeting_id, "of_poll": number})
    return tuple(
        DateOption(row.place, row.first_on, row.last_on, _time(row.starts), _time(row.ends)) for row in rows
    )


def vote(work: Work, meeting_id: str, number: int, person_id: str, places: Iterable[int]) -> None:
    work.connection.execute(
        _VOTE,
        {
            "meeting": meeting_id,
            "poll": number,
            "person_id": person_id,
            "places": sorted(set(places)),
            "answered_at": work.now,
        },
    )
    audit.record(work, f"meeting:{meeting_id}", "dates_chosen", {"poll": number, "person": person_id})


def votes(connection: Connection, meeting_id: str, number: int) -> tuple[Vote, ...]:
    rows = connection.execute(_VOTES, {"meeting_id": meeting_id, "of_poll": number})
    return tuple(Vote(row.person_id, row.name, tuple(row.places)) for row in rows)


# The agenda

_ADD_POINT = insert(t.agenda_point).returning(t.agenda_point.c.id)
_POINTS = (
    select(t.agenda_point.c.id, t.agenda_point.c.person_id, t.person.c.name, t.agenda_point.c.text)
    .select_from(t.agenda_point.join(t.person))
    .where(t.agenda_point.c.meeting == bindparam("meeting_id"))
    .order_by(t.agenda_point.c.id)
)


def add_point(work: Work, meeting_id: str, person_id: str, text: str) -> int:
    """Put a point on the agenda, behind those that stand there."""
    values = {"meeting": meeting_id, "person_id": person_id, "text": text, "named_at": work.now}
    id_: int = work.connection.execute(_ADD_POINT, values).scalar_one()
    audit.record(work, f"meeting:{meeting_id}", "point_added", {"point": id_, "person": person_id})
    return id_


def points(connection: Connection, meeting_id: str) -> tuple[Point, ...]:
    rows = connection.execute(_POINTS, {"meeting_id": meeting_id})
    return tuple(Point(row.id, row.person_id, row.name, row.text) for row in rows)


# Who owes an answer

_OPEN = t.meeting.c.state.in_(STANDS)

UNANSWERED = (
    select(t.meeting_invitee.c.person_id)
    .join(t.meeting, t.meeting.c.id == t.meeting_invitee.c.meeting)
    .where(
        _OPEN,
        _IS_CALLED,
        t.meeting_invitee.c.answer.is_(None),
        t.meeting.c.answer_by_on.in_(bindparam("last_days", type_=Date, expanding=True)),
    )
    .distinct()
)
"""Those who were called and have said nothing, of the meetings to be answered by one of these days."""

_ANSWER_DAYS = select(t.meeting.c.answer_by_on).where(
    _OPEN,
    t.meeting.c.answer_by_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
)


def answer_days(connection: Connection, first: date, last: date) -> Iterable[date]:
    """The days in that time by which some call is to be answered."""
    return connection.execute(_ANSWER_DAYS, {"first": first, "last": last}).scalars()
