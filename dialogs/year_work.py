"""What the year asks of the secretariat now: dates that are to be set, calls that are to be sent, the next year."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from dialogs.events import when
from dialogs.meetings import known
from dialogs.meetings.known import Known
from domain.calendar import Event, Precision
from domain.days import is_working_day
from domain.ladders import StaffTimes, days_between, reminding
from domain.meetings import MeetingState, is_meeting
from store import channels, years

_OPEN = frozenset({MeetingState.PLANNED, MeetingState.NEED_ASKED, MeetingState.POLL})
_SOUGHT = timedelta(weeks=8)  # so long staff are asked whether there is a need

Item = tuple[str, str]  # what it is about, and what there is to do


class Around(known.Around, Protocol):
    """The same, on a day."""

    @property
    def on(self) -> date: ...


def year_work(around: Around) -> Iterator[Item]:
    """In the order of the year; the next year comes last, and channels that are not known where others are."""
    times = reminding(around.forum.key).staff
    for year in (around.on.year, around.on.year + 1):
        if not years.year_of(around.connection, around.forum.key, year).is_approved:
            if year == around.on.year or times.next_year_from.in_(around.on.year) <= around.on:
                yield around.t("year_work.year", year=year), around.t("year_work.approve", year=year)
            continue
        yield from _of_year(around, year, times)
    yield from _of_channels(around)


def _of_channels(around: Around) -> Iterator[Item]:
    bound, t = channels.bound(around.connection), around.t
    lacking = [region.name.in_(t.language) for region in around.forum.regions if region.key not in bound]
    if bound and lacking:
        yield t("year_work.channels"), t("year_work.bind", names=t.listed(tuple(lacking)))


def _of_year(around: Around, year: int, times: StaffTimes) -> Iterator[Item]:
    t, ahead = around.t, around.on + timedelta(weeks=times.date_to_set_weeks_before)
    for each in known.of_year(around, year):
        if (to_do := _of_meeting(each, around.on, ahead, times)) is not None:
            yield each.short(t), t(f"year_work.{to_do}")
    for event in years.year_of(around.connection, around.forum.key, year).year.events:
        if not is_meeting(event) and (lacks := _lacking(event, around.on, ahead)) is not None:
            yield f"{event.title(t.language)}, {when(event, t)}", t(f"year_work.{lacks}")


def _of_meeting(each: Known, on: date, ahead: date, times: StaffTimes) -> str | None:
    """The key of what there is to do about it; None: nothing now."""
    meeting, event = each.meeting, each.event
    if meeting.state not in _OPEN:
        return None
    if meeting.first_on is not None:
        if not on <= meeting.first_on <= ahead:
            return None
        days = days_between(meeting.first_on, meeting.ends_on or meeting.first_on)
        return "call" if all(map(is_working_day, days)) else "set_day"
    if event.is_dated:  # it was to be on that day, and is not: it has none now
        return "meeting_date"
    if event.precision is Precision.IF_NEEDED:
        asked_on = times.need_asked.in_(meeting.year)
        return "need" if asked_on <= on < asked_on + _SOUGHT else None
    return "meeting_date" if _lacks_date(event, on, ahead) else None


def _lacking(event: Event, on: date, ahead: date) -> str | None:
    """The key of what an event lacks that is no meeting; None: nothing, or not soon."""
    if _lacks_date(event, on, ahead):
        return "date"
    is_unlinked = event.is_elsewhere and event.link is None
    is_soon = (
        event.first is not None and event.ends_on is not None and event.first <= ahead and on <= event.ends_on
    )
    return "link" if is_unlinked and is_soon else None


def _lacks_date(event: Event, on: date, ahead: date) -> bool:
    if event.first is None or event.ends_on is None or event.precision is Precision.DAY:
        return False
    return event.first <= ahead and on <= event.ends_on
