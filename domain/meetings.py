"""The meetings of the year: from the question whether there is a need to the minutes.

Pure. A meeting is one row of the calendar made real: its event says what it is, for whom and about when; the meeting
has its own day, hours and place, and the state in which it is. Who is invited is for the register.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache

from pydantic import TypeAdapter

from domain.calendar import Event, Form, Rolls, Year, months_of, working_days_before
from domain.data import Evidence, check_forum, read, strict
from domain.days import OSLO, end_of
from domain.parsing import Unreadable, parse_date, parse_date_range, parse_times

MOST_OPTIONS = 5


class MeetingState(StrEnum):
    PLANNED = "planned"  # nobody was told yet
    NEED_ASKED = "need_asked"  # the owners of the region are asked whether they want one
    NOT_NEEDED = "not_needed"  # staff have decided so, after asking or without
    POLL = "poll"  # dates are out for choice
    CALLED = "called"
    CHANGED = "changed"  # called, and something of it has changed since
    CANCELLED = "cancelled"
    HELD = "held"


NEXT: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset(
        {MeetingState.NEED_ASKED, MeetingState.NOT_NEEDED, MeetingState.POLL, MeetingState.CALLED}
    ),
    MeetingState.NEED_ASKED: frozenset(
        {MeetingState.NOT_NEEDED, MeetingState.POLL, MeetingState.PLANNED, MeetingState.CALLED}
    ),
    MeetingState.NOT_NEEDED: frozenset({MeetingState.PLANNED}),
    MeetingState.POLL: frozenset({MeetingState.POLL, MeetingState.PLANNED, MeetingState.NOT_NEEDED}),
    MeetingState.CALLED: frozenset({MeetingState.CHANGED, MeetingState.CANCELLED, MeetingState.HELD}),
    MeetingState.CHANGED: frozenset({MeetingState.CHANGED, MeetingState.CANCELLED, MeetingState.HELD}),
    MeetingState.CANCELLED: frozenset({MeetingState.PLANNED}),  # on another day, under the same id
    MeetingState.HELD: frozenset(),
}
"""Every move there is; what is not there is refused."""

STANDS = frozenset({MeetingState.CALLED, MeetingState.CHANGED})
"""People were called to it, and it is to come."""
TOLD_OF = STANDS | {MeetingState.CANCELLED, MeetingState.HELD}
"""Those who were called know how it stands; what is planned anew they hear of when they are called anew."""


class MeetingForm(StrEnum):
    """How one takes part."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    HYBRID = "hybrid"  # in the room or by a link, as one likes


class Answer(StrEnum):
    COMES = "comes"
    COMES_DIGITALLY = "comes_digitally"
    COMES_NOT = "comes_not"
    SUBSTITUTE = "substitute"  # somebody else comes instead


class Presence(StrEnum):
    """Who was there on an invited person's place."""

    SELF = "self"
    SUBSTITUTE = "substitute"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Meeting:
    """`id`: the year and the event, `2023-region_ih_spring`. `first_on`, `last_on`: local days, both of them in it.

    `starts` is on the first day, `ends` on the last. `agenda`: what staff put there; points of others come behind.
    `answer_by_on`, `agenda_by_on`: the last days to answer the call and to name points, set when people are called.
    `practical`: who pays the journey, by when, and the like. `sequence`: how often people were told of it. `version`
    is the row's.
    """

    id: str
    year: int
    event_key: str
    form: MeetingForm
    state: MeetingState = MeetingState.PLANNED
    region: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    join_link: str = ""
    agenda: tuple[str, ...] = ()
    answer_by_on: date | None = None
    agenda_by_on: date | None = None
    has_food: bool = False
    practical: str = ""
    minutes: str = ""
    sequence: int = 0
    version: int = 1

    @property
    def ends_on(self) -> date | None:
        return self.last_on or self.first_on

    @property
    def is_ready(self) -> bool:
        """Whether people can be called to it."""
        return None not in (self.first_on, self.starts, self.ends)

    def is_over(self, at: datetime) -> bool:
        """Whether it has begun, so that nobody can be called to it any more."""
        return self.first_on is not None and self.starts is not None and self.begins_at <= at

    @property
    def begins_at(self) -> datetime:
        """Local time with its zone, so that a calendar shows nine o'clock in summer and in winter."""
        assert self.first_on is not None
        assert self.starts is not None
        return datetime.combine(self.first_on, self.starts, OSLO)

    @property
    def ends_at(self) -> datetime:
        assert self.ends_on is not None
        assert self.ends is not None
        return datetime.combine(self.ends_on, self.ends, OSLO)

    @property
    def day_is_over_at(self) -> datetime:
        """The end of its last day."""
        assert self.ends_on is not None
        return end_of(self.ends_on)


@dataclass(frozen=True, slots=True)
class DateOption:
    """One of the times that people may choose from. `place`: its number on the card, from 1."""

    place: int
    first_on: date
    last_on: date | None = None
    starts: time | None = None
    ends: time | None = None


def may_move(meeting: Meeting, to: MeetingState) -> bool:
    return to in NEXT[meeting.state]


def answers_to(meeting: Meeting) -> tuple[Answer, ...]:
    """What an invited person can answer: digitally only where both ways are open."""
    return tuple(
        answer
        for answer in Answer
        if answer is not Answer.COMES_DIGITALLY or meeting.form is MeetingForm.HYBRID
    )


def asks_again(before: Meeting, after: Meeting) -> bool:
    """Whether what people have answered no longer answers it: another time or another way to take part."""
    return when_and_how(before) != when_and_how(after)


def when_and_how(meeting: Meeting) -> tuple[object, ...]:
    """What an answer to the call answers."""
    return (meeting.first_on, meeting.ends_on, meeting.starts, meeting.ends, meeting.form)


# Meetings of the calendar


@strict
@dataclass(frozen=True, slots=True)
class MeetingRules:
    """Working days before the meeting by which people answer and name points for the agenda."""

    answer_working_days: int
    agenda_working_days: int
    evidence: Evidence
    source: str


@cache
def meeting_rules(forum_key: str) -> MeetingRules:
    check_forum(forum_key)
    return read(MeetingRules, f"{forum_key}/meetings.toml")


def with_last_days(forum_key: str, meeting: Meeting, on: date) -> Meeting:
    """With the last days for answers and for points, as people are told them on the day.

    Where the call comes too late for the rule, it is the last working day before the meeting, or the day of the call.
    """
    assert meeting.first_on is not None
    rules, first_on = meeting_rules(forum_key), meeting.first_on

    def until(days: int) -> date:
        by_rule = working_days_before(first_on, days)
        return by_rule if by_rule > on else max(on, working_days_before(first_on, 1))

    return replace(
        meeting,
        answer_by_on=until(rules.answer_working_days),
        agenda_by_on=until(rules.agenda_working_days),
    )


_FORMS = {
    Form.PHYSICAL: MeetingForm.PHYSICAL,
    Form.DIGITAL: MeetingForm.DIGITAL,
    Form.MEETING: MeetingForm.PHYSICAL,  # until staff say otherwise
}


def is_meeting(event: Event) -> bool:
    """Whether people are called to it; what was done once, before the year, is no meeting to come."""
    return event.form in _FORMS and event.rolls is Rolls.ASK


def events_of(year: Year) -> tuple[Event, ...]:
    """The events of the year that are meetings, in its order; a monthly one as one for each of its months."""
    return tuple(part for event in year.events if is_meeting(event) for part in _single_months(event))


def _single_months(event: Event) -> tuple[Event, ...]:
    if not event.is_monthly:
        return (event,)
    return tuple(
        replace(
            event,
            key=f"{event.key}-{month.month:02d}",
            first=month,
            last=month.replace(day=monthrange(month.year, month.month)[1]),
            is_monthly=False,
        )
        for month in months_of(event)
    )


def meeting_of(year: int, event: Event, language: str) -> Meeting:
    """The meeting as the calendar has it, before anything is done about it."""
    assert event.form is not None
    return Meeting(
        id=f"{year}-{event.key}",
        year=year,
        event_key=event.key,
        form=_FORMS[event.form],
        region=event.region,
        first_on=event.first if event.is_dated else None,
        last_on=event.last if event.is_dated else None,
        starts=event.starts,
        ends=event.ends,
        place=event.place_in(language) or "",
    )


# A meeting as a message tells of it, which may come after the meeting has another day


def as_told(meeting: Meeting) -> Mapping[str, str]:
    """When and how it was to be, for as long as the message is under way."""
    found = {name: getattr(meeting, name) for name in (*_DAYS, *_HOURS)}
    said = {name: value.isoformat() for name, value in found.items() if value is not None}
    return said | {"form": str(meeting.form), "place": meeting.place}


def as_it_was(meeting: Meeting, told: Mapping[str, str]) -> Meeting:
    """The meeting as that told of it; as it is, where that told nothing."""
    if not told.keys() & {*_DAYS, *_HOURS}:
        return meeting
    days = {name: date.fromisoformat(told[name]) if name in told else None for name in _DAYS}
    hours = {name: time.fromisoformat(told[name]) if name in told else None for name in _HOURS}
    form, place = MeetingForm(told["form"]), told["place"]
    return replace(meeting, **days, **hours, form=form, place=place)  # type: ignore[arg-type]  # by their names


_DAYS, _HOURS = ("first_on", "last_on"), ("starts", "ends")


_OPTIONS = TypeAdapter(tuple[DateOption, ...])


def packed(options: Iterable[DateOption]) -> str:
    """The times as text, for what waits to be put out."""
    return _OPTIONS.dump_json(tuple(options)).decode()


def unpacked(text: str) -> tuple[DateOption, ...]:
    return _OPTIONS.validate_json(text)


# What staff write


def read_options(text: str, *, year: int, today: date) -> tuple[DateOption, ...]:
    """`12. september 9-15`, one on each line; the hours may be left out. Days without a year are to come; spans of days
    without one are in `year`.

    Raises: Unreadable - of the first line that is not read.
    """
    lines = [line.strip(" \t-•*") for line in text.replace(";", "\n").splitlines()]
    found = [_option(line, year, today) for line in lines if line]
    return tuple(replace(option, place=place) for place, option in enumerate(found, start=1))


def _option(line: str, year: int, today: date) -> DateOption:
    """The longest beginning that is a day, or several, and behind it the hours."""
    words = line.split()
    why: Unreadable | None = None
    for length in range(len(words), 0, -1):
        try:
            first, last = _days(" ".join(words[:length]).rstrip(","), year, today)
        except Unreadable as unreadable:
            why = why or unreadable
            continue
        if length == len(words):
            return DateOption(0, first, last)
        times = parse_times(" ".join(words[length:]))
        return DateOption(0, first, last, times.begins, times.ends)
    raise why or Unreadable("missing")


def _days(text: str, year: int, today: date) -> tuple[date, date | None]:
    try:
        return parse_date(text, year=today.year, not_before=today, today=today), None
    except Unreadable as unreadable:
        if unreadable.key != "several_days":
            raise
    several = parse_date_range(text, year=year)
    return several.first, several.last
