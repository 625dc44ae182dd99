"""What was wrong in a year that was played. Nothing here asks the bot what it meant to do."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dialogs.events import when
from dialogs.texts import texts
from domain.calendar import Event, Form, Precision, Rolls, Year
from domain.days import local_day
from domain.meetings import events_of
from play.rehearsal.expected import Expected
from play.rehearsal.record import Told
from play.rehearsal.year import Played
from store.outbox import NO_CHAT, Ended, OutboxState, Way

_UNREACHED = frozenset({NO_CHAT, "no_channel"})
_LANGUAGES = ("nb", "nn", "en")


class Wrong(StrEnum):
    """Its words are the texts `rehearsal.wrong.<key>`."""

    DOUBLE = "double"  # the same to the same person once more, and nothing explains it
    MISS = "miss"  # it should have gone, and did not
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
    """A second time is explained where the answer to the first was lost, or the bot killed before it could note it, and
    only of a kind that may double."""
    first_at: dict[tuple[int, Way], datetime] = {}
    lost = dict(played.book.lost_answers)
    for told in played.book.told:
        if told.row is None:
            continue
        first = first_at.setdefault((told.row.id, told.way), told.at)
        if told.times == 1:
            continue
        is_explained = lost.get(told.recipient, 0) > 0 or any(first <= at <= told.at for at in played.deaths)
        lost[told.recipient] = lost.get(told.recipient, 0) - 1
        if told.row.ambiguous or not is_explained:
            yield Fault(Wrong.DOUBLE, local_day(told.at), told.kind, told.recipient, told.row.key)


def _misses(played: Played) -> Iterator[Fault]:
    """What somebody is to phone about counts as told."""
    told = defaultdict[tuple[str, str], list[Told]](list)
    for each in played.book.told:
        told[each.kind, each.recipient].append(each)
    phoned = {
        (row.kind, row.recipient, local_day(row.created_at))
        for row in played.book.rows
        if row.phone_at is not None
    }
    for wanted in played.expected:
        is_phoned = (wanted.kind, wanted.recipient, wanted.first) in phoned
        if not is_phoned and not any(_is(each, wanted) for each in told[wanted.kind, wanted.recipient]):
            yield Fault(Wrong.MISS, wanted.first, wanted.kind, wanted.recipient, "; ".join(wanted.says))


def _is(told: Told, wanted: Expected) -> bool:
    return wanted.first <= local_day(told.at) <= wanted.last and all(
        each in told.words for each in wanted.says
    )


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
