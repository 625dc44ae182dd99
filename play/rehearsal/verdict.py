"""What was wrong in a year that was played. Nothing here asks the bot what it meant to do."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from dialogs.events import when
from dialogs.texts import texts
from domain.calendar import Event, Form, Precision, Rolls, Year
from domain.days import local_day
from domain.meetings import events_of
from play.rehearsal.expected import Expected, is_for
from play.rehearsal.record import CHANNEL, Told
from play.rehearsal.year import Played
from store.outbox import NO_CHAT, Ended, OutboxState, Way

_UNREACHED = frozenset({NO_CHAT, "no_channel"})
_LANGUAGES = ("nb", "nn", "en")
# Of these it is known, each by itself, who is to be told.
_KNOWN_OF = frozenset({"case_filed", "confirmation_asked", "report_confirm", "half_year_red"})
_LEASE = timedelta(minutes=3)  # so long a row is one delivery's; if that has died by then, another sends it
# What may say the same on another day.
_SAID_AGAIN = frozenset({"reminder", "to_phone", "year_to_do", "own_day", "deadline_posted"})


class Wrong(StrEnum):
    """Its words are the texts `rehearsal.wrong.<key>`."""

    DOUBLE = "double"  # the same to the same person once more, and nothing explains it
    MISS = "miss"  # it should have gone, and did not
    UNWANTED = "unwanted"  # it went to somebody whom it does not concern
    ASTRAY = "astray"  # it arrived at another than the one it was for
    UNFOUNDED = "unfounded"  # a message that comes from nowhere
    UNENDED = "unended"  # a row that waits when the year is over
    UNTOLD = "untold"  # it ended, was wanted, and reached nobody
    ROW_MISSED = "row_missed"  # a row of the calendar of which nobody heard
    WITHOUT_ROW = "without_row"  # a call to what the calendar does not have
    FAILED = "failed"  # a turn went wrong by itself
    BROKEN = "broken"  # something broke that only the log tells of


@dataclass(frozen=True, slots=True)
class Fault:
    wrong: Wrong
    on: date | None
    kind: str
    recipient: str
    detail: str = ""


def faults(played: Played) -> tuple[Fault, ...]:
    """Everything that is wrong, in the order of `Wrong`."""
    return tuple(
        fault
        for find in (
            _doubles,
            _misses,
            _unwanted,
            _astray,
            _unfounded,
            _unended,
            _untold,
            _rows_missed,
            _without_row,
            _failed,
            _broken,
        )
        for fault in find(played)
    )


def _doubles(played: Played) -> Iterator[Fault]:
    """The same row once more, or another row that says the same."""
    before: dict[tuple[int, Way], Told] = {}
    said: dict[tuple[str, str, Way, str], Told] = {}
    for told in played.book.told:
        if told.row is None:
            continue
        same_row, same_words = (told.row.id, told.way), (told.kind, told.recipient, told.way, told.words)
        first, twin = before.get(same_row), said.get(same_words)
        if _is_once_too_often(told, first, twin, played.deaths):
            yield Fault(Wrong.DOUBLE, local_day(told.at), told.kind, told.recipient, told.row.key)
        before[same_row] = said[same_words] = told


def _is_once_too_often(
    told: Told, first: Told | None, twin: Told | None, deaths: tuple[datetime, ...]
) -> bool:
    assert told.row is not None
    if first is not None:
        return told.row.ambiguous or not _is_explained(first, deaths)
    if twin is None:
        return False
    return told.kind not in _SAID_AGAIN or local_day(twin.at) == local_day(told.at)


def _is_explained(first: Told, deaths: tuple[datetime, ...]) -> bool:
    """The bot was not told that it arrived, or was killed before it could note it."""
    return first.is_answer_lost or any(first.at <= at <= first.at + _LEASE for at in deaths)


def _misses(played: Played) -> Iterator[Fault]:
    """What went by no other way and somebody is to phone about counts as told."""
    told = defaultdict[tuple[str, str], list[Told]](list)
    for each in played.book.told:
        told[each.kind, each.recipient].append(each)
    phoned = {
        (row.kind, row.recipient, local_day(row.created_at))
        for row in played.book.rows
        if row.phone_at is not None and row.sent_as is None
    }
    for wanted in played.expected:
        is_phoned = (wanted.kind, wanted.recipient, wanted.first) in phoned
        if not is_phoned and not any(_is(each, wanted) for each in told[wanted.kind, wanted.recipient]):
            yield Fault(Wrong.MISS, wanted.first, wanted.kind, wanted.recipient, "; ".join(wanted.says))


def _is(told: Told, wanted: Expected) -> bool:
    return wanted.first <= local_day(told.at) <= wanted.last and all(
        each in told.words for each in wanted.says
    )


def _unwanted(played: Played) -> Iterator[Fault]:
    owing = {(each.day, each.person) for each in played.owing}
    meetings = {f"{played.year}-{each.key}": each for each in events_of(Year(played.year, played.events))}
    for told in played.book.told:
        if told.row is None:
            continue
        if told.kind == "reminder":
            is_founded = (local_day(told.row.created_at), told.recipient) in owing
        else:
            is_founded = _concerns(played, meetings, told, told.row)
        if not is_founded:
            yield Fault(Wrong.UNWANTED, local_day(told.at), told.kind, told.recipient, told.row.key)


def _concerns(played: Played, meetings: Mapping[str, Event], told: Told, row: Ended) -> bool:
    """As far as it is known whom such a message concerns."""
    if told.kind in _KNOWN_OF:
        return any(
            (wanted.kind, wanted.recipient) == (told.kind, told.recipient)
            and all(each in told.words for each in wanted.says)
            for wanted in played.expected
        )
    meeting = meetings.get(row.payload.get("meeting", ""))
    if meeting is None or told.recipient == f"{CHANNEL}{meeting.region or ''}":
        return True
    roles, day = played.register.roles_of(told.recipient), local_day(told.at)
    return any(is_for(played.register, meeting, role, day) for role in roles)


def _astray(played: Played) -> Iterator[Fault]:
    for told in played.book.told:
        if told.row is not None and told.row.recipient != told.recipient:
            yield Fault(Wrong.ASTRAY, local_day(told.at), told.kind, told.recipient, told.row.recipient)


def _unfounded(played: Played) -> Iterator[Fault]:
    for told in played.book.told:
        if told.row is None:
            yield Fault(Wrong.UNFOUNDED, local_day(told.at), told.kind, told.recipient, told.way)


def _unended(played: Played) -> Iterator[Fault]:
    """What waits for a time that was in the year, and what is being sent for ever."""
    for row in played.book.rows:
        waits = row.state is OutboxState.PENDING and (row.not_before or row.created_at) <= played.ended_at
        if waits or row.state is OutboxState.CLAIMED:
            yield Fault(Wrong.UNENDED, local_day(row.created_at), row.kind, row.recipient, row.reason or "")


def _untold(played: Played) -> Iterator[Fault]:
    """What should have been told and reached nobody. What may have arrived, and what somebody is to phone about, is
    left to a human, and is counted."""
    for row in played.book.rows:
        is_lost = row.state is OutboxState.FAILED or row.reason in _UNREACHED
        if is_lost and row.phone_at is None:
            yield Fault(Wrong.UNTOLD, _ended_on(row), row.kind, row.recipient, f"{row.state} {row.reason}")


def left_to_humans(played: Played) -> int:
    """How many messages: to be phoned about, or to be looked at, since nobody knows whether they arrived."""
    return sum(row.phone_at is not None or row.state is OutboxState.UNKNOWN for row in played.book.rows)


def _ended_on(row: Ended) -> date:
    return local_day(row.finished_at or row.created_at)


def _rows_missed(played: Played) -> Iterator[Fault]:
    """Every row is told of; and where staff call people at all, people are called to every meeting that has a time."""
    of, called = told_of_events(played), {call.event.key for call in played.calls}
    for event in played.events:
        if event.rolls is Rolls.NEVER:
            continue
        is_to_be_called = bool(called) and is_meeting(event) and event.precision is not Precision.IF_NEEDED
        months = [each.key for each in events_of(Year(played.year, (event,)))]
        if not of[event.key] or (is_to_be_called and not called.issuperset(months)):
            yield Fault(Wrong.ROW_MISSED, event.first, event.key, event.region or "")


def _without_row(played: Played) -> Iterator[Fault]:
    """Calls that name no meeting of the calendar."""
    titles = {
        event.title(language) for event in played.events if is_meeting(event) for language in _LANGUAGES
    }
    for told in played.book.told:
        if told.kind.startswith("meeting_") and not any(title in told.words for title in titles):
            yield Fault(Wrong.WITHOUT_ROW, local_day(told.at), told.kind, told.recipient)


def told_of_events(played: Played) -> dict[str, list[Told]]:
    """The messages that name each event of the calendar, by the event's key."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    names = [(event.key, tuple(_names(played, event))) for event in played.events]
    for told in played.book.told:
        for key, its in names:
            if any(name in told.words for name in its):
                found[key].append(told)
    return found


def _names(played: Played, event: Event) -> Iterator[str]:
    """Its title; in lists its beginning and when it is, since a network meets in spring and in autumn."""
    months = events_of(Year(played.year, (event,))) or (event,)
    for language in _LANGUAGES:
        title = event.title(language)
        yield title
        yield from (f"{title.partition(': ')[0]}, {when(each, texts(language))}" for each in months)


def is_meeting(event: Event) -> bool:
    return event.form in (Form.PHYSICAL, Form.DIGITAL, Form.MEETING) and event.rolls is not Rolls.NEVER


def _failed(played: Played) -> Iterator[Fault]:
    for each in played.failed:
        yield Fault(Wrong.FAILED, None, "", "", each)


def _broken(played: Played) -> Iterator[Fault]:
    for each in played.broken:
        yield Fault(Wrong.BROKEN, None, "", "", each)
