"""What goes out about a meeting, to many at once: looked at before it goes, let go once, stopped as far as it can be.

The state of the meeting moves when the message is let go, in the same transaction: what nobody was told has not
happened.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dialogs import mass
from dialogs.desk import Desk
from dialogs.meetings import known
from dialogs.meetings.asking import OPTIONS
from dialogs.meetings.known import Known
from domain.meetings import STANDS, Meeting, MeetingState, as_told, may_move, unpacked, with_last_days
from domain.messages import Message
from store import batches, channels, meetings
from store.batches import Batch
from store.work import Work

NEED, POLL, CALLED, CHANGED, CANCELLED, MINUTES = (
    "meeting_need",
    "meeting_poll",
    "meeting_called",
    "meeting_changed",
    "meeting_cancelled",
    "meeting_minutes",
)
_SEEN = "version"  # of the meeting as it was looked at
_OF_USE_UNTIL: Mapping[str, Callable[[Meeting], datetime]] = {
    CALLED: lambda meeting: meeting.begins_at,
    CHANGED: lambda meeting: meeting.begins_at,
    CANCELLED: lambda meeting: meeting.day_is_over_at,  # of a storm one hears late
}


def propose(
    desk: Desk, kind: str, found: Known, recipients: Sequence[str], more: Mapping[str, str] | None = None
) -> Message:
    """Hold the message for everybody, and show how it looks and to whom it goes. `more`: what else it is made of."""
    meeting = found.meeting
    of_use_until = _OF_USE_UNTIL.get(kind) if meeting.is_ready else None
    expires_at = of_use_until(meeting) if of_use_until else None
    subject = f"{meeting.id}/{meeting.sequence}"
    told = as_told(meeting) if kind == CANCELLED else {}
    payload = {"meeting": meeting.id, _SEEN: str(meeting.version), **told, **(more or {})}
    return mass.propose(desk, kind, subject, recipients, payload, expires_at=expires_at)


def told(desk: Desk, meeting_id: str) -> list[str]:
    """Those who may have heard of the call."""
    connection = desk.work.connection
    return [
        each.person_id
        for each in meetings.invitees(connection, meeting_id)
        if meetings.may_have_heard(connection, each)
    ]


def concerned(desk: Desk, found: Known, called: Iterable[str]) -> list[str]:
    """Those of them whom the meeting is for still: what becomes of it is nothing to the others."""
    people = {person.id for person in known.people(desk.inquiry, found)}
    return [each for each in called if each in people]


# What else happens when a message is let go


def _unless_moved_on(
    may_go: Callable[[Meeting], bool], act: Callable[[Desk, Meeting, Batch], None]
) -> Callable[[Desk, Batch], str | None]:
    """Of a meeting that is not as it was when the message was looked at, nothing goes out and nothing is done."""

    def released(desk: Desk, batch: Batch) -> str | None:
        meeting_id, _, _ = batch.subject.partition("/")
        found = known.find(desk.inquiry, meeting_id)
        if found is None or not _is_as_seen(desk, found.meeting, batch) or not may_go(found.meeting):
            batches.stop(desk.work, batch.id)
            return desk.t("meeting.not_sent")
        act(desk, known.keep(desk, found), batch)
        return None

    return released


def _is_as_seen(desk: Desk, meeting: Meeting, batch: Batch) -> bool:
    """What was proposed by an earlier version says only how often people had been told."""
    seen = batches.payload(desk.work.connection, batch.id).get(_SEEN)
    if seen is not None:
        return seen == str(meeting.version)
    _, _, sequence = batch.subject.partition("/")
    return sequence == str(meeting.sequence)


def _to(
    state: MeetingState, first: Callable[[Work, str], None] = lambda work, meeting_id: None
) -> Callable[[Desk, Batch], str | None]:
    def move(desk: Desk, meeting: Meeting, _: Batch) -> None:
        first(desk.work, meeting.id)
        meetings.save(desk.work, meeting, replace(meeting, state=state))

    return _unless_moved_on(lambda meeting: may_move(meeting, state), move)


def _put_out(desk: Desk, meeting: Meeting, batch: Batch) -> None:
    """From now on these are the dates to choose from; until now it was those that were out before."""
    payload = batches.payload(desk.work.connection, batch.id)
    if OPTIONS in payload:  # earlier versions began the choice when it was written
        meetings.begin_poll(desk.work, meeting.id, unpacked(payload[OPTIONS]))
    meetings.save(desk.work, meeting, replace(meeting, state=MeetingState.POLL))


def _may_be_called(meeting: Meeting) -> bool:
    return meeting.state in STANDS or may_move(meeting, MeetingState.CALLED)


def _call(desk: Desk, meeting: Meeting, batch: Batch) -> None:
    """They are called from now on, each by this message."""
    if meeting.state not in STANDS:  # otherwise others come in addition, to the meeting as it stands
        dated = with_last_days(desk.house.forum.key, meeting, desk.on)
        after = replace(dated, state=MeetingState.CALLED, sequence=meeting.sequence + 1)
        meetings.call_off(desk.work, meeting.id)
        meeting = meetings.save(desk.work, meeting, after)
    meetings.call(desk.work, meeting, people_of(desk, batch.id), batch.id)


def cancel(desk: Desk, meeting: Meeting) -> Meeting:
    """It will not be; what people would have eaten is forgotten."""
    after = replace(meeting, state=MeetingState.CANCELLED, sequence=meeting.sequence + 1)
    meetings.forget_diets(desk.work, meeting.id)
    return meetings.save(desk.work, meeting, after)


def _cancel(desk: Desk, meeting: Meeting, _: Batch) -> None:
    cancel(desk, meeting)


def _only_tell(desk: Desk, meeting: Meeting, batch: Batch) -> None:
    """The message is all."""


def people_of(desk: Desk, batch_id: str) -> Collection[str]:
    found = batches.recipients(desk.work.connection, batch_id)
    return [each for each in found if not each.startswith(channels.PREFIX)]


mass.RELEASED.update(
    {
        NEED: _to(MeetingState.NEED_ASKED, meetings.forget_needs),
        POLL: _unless_moved_on(lambda meeting: may_move(meeting, MeetingState.POLL), _put_out),
        CALLED: _unless_moved_on(_may_be_called, _call),
        CHANGED: _unless_moved_on(lambda meeting: meeting.state in STANDS, _only_tell),
        CANCELLED: _unless_moved_on(lambda meeting: may_move(meeting, MeetingState.CANCELLED), _cancel),
        MINUTES: _unless_moved_on(lambda meeting: meeting.state is MeetingState.HELD, _only_tell),
    }
)
