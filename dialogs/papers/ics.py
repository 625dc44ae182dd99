"""Events as a calendar file (RFC 5545). Pure: values in, bytes out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar import Event as Entry

from dialogs.cards.meetings import MeetingView
from dialogs.texts import Texts
from domain.calendar import Event, Year
from domain.days import OSLO
from domain.meetings import MeetingState

_PRODUCT = "-//forumbot//samarbeidsforum//NO"


def meeting_ics(forum_key: str, view: MeetingView, t: Texts, made_at: datetime) -> bytes:
    """One meeting as it stands. It goes by the same `UID` through all changes, and each is told by a higher `SEQUENCE`;
    a cancellation takes it out of calendars."""
    is_cancelled = view.meeting.state is MeetingState.CANCELLED
    calendar = _calendar(t("calendar.title", year=view.meeting.year))
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(_meeting(forum_key, view, t, made_at))
    return _written(calendar)


def feed_ics(
    forum_key: str,
    meetings: Iterable[MeetingView],
    events: Iterable[tuple[int, Event]],
    t: Texts,
    made_at: datetime,
) -> bytes:
    """What a person subscribes to: the meetings that they were called to, and the days that concern them."""
    calendar = _calendar(t("feed.name"))
    for view in meetings:
        calendar.add_component(_meeting(forum_key, view, t, made_at))
    for year, event in events:
        calendar.add_component(_entry(forum_key, year, event, t, made_at))
    return _written(calendar)


def _meeting(forum_key: str, view: MeetingView, t: Texts, made_at: datetime) -> Entry:
    meeting = view.meeting
    entry = Entry()
    entry.add("uid", f"{meeting.id}@{forum_key}.forumbot")
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", made_at)
    entry.add("summary", view.title)
    entry.add("dtstart", meeting.begins_at)
    entry.add("dtend", meeting.ends_at)
    entry.add("status", "CANCELLED" if meeting.state is MeetingState.CANCELLED else "CONFIRMED")
    if place := meeting.place or meeting.join_link:
        entry.add("location", place)
    if meeting.join_link:
        entry.add("url", meeting.join_link)
    about = [t(f"meeting.form.{meeting.form}"), meeting.join_link]
    about += [f"{number}. {item}" for number, item in enumerate((*meeting.agenda, *view.points), start=1)]
    about += [meeting.practical]
    entry.add("description", "\n".join(line for line in about if line))
    return entry


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add_component(_oslo())
    return calendar


def _oslo() -> Timezone:
    """The rules by which clocks are changed in Norway, so that nine o'clock is nine o'clock in every program."""
    zone = Timezone()
    zone.add("tzid", OSLO.key)
    for part, name, first, before, after in (
        (TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), 1, 2),  # noqa: DTZ001 - local, as the standard has it
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), 2, 1),  # noqa: DTZ001
    ):
        part.add("tzname", name)
        part.add("dtstart", first)
        part.add("rrule", {"freq": "yearly", "bymonth": first.month, "byday": "-1SU"})
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone


def _written(calendar: Calendar) -> bytes:
    made: bytes = calendar.to_ical()
    return made


def year_ics(forum_key: str, year: Year, t: Texts, made_at: datetime) -> bytes:
    """The dated events of a year. Those of which only the months are known have no place in a calendar yet."""
    calendar = _calendar(t("calendar.title", year=year.year))
    for event in year.events:
        if event.is_dated:
            calendar.add_component(_entry(forum_key, year.year, event, t, made_at))
    return _written(calendar)


def _entry(forum_key: str, year: int, event: Event, t: Texts, made_at: datetime) -> Entry:
    """`uid`: the same for the same event of the same year, whatever is changed about it."""
    assert event.first is not None
    assert event.ends_on is not None
    entry = Entry()
    entry.add("uid", f"{event.key}.{year}@{forum_key}.forumbot")
    entry.add("dtstamp", made_at)
    entry.add("summary", event.title(t.language))
    if event.starts and event.ends:
        entry.add("dtstart", datetime.combine(event.first, event.starts, OSLO))
        entry.add("dtend", datetime.combine(event.ends_on, event.ends, OSLO))
    else:
        entry.add("dtstart", event.first)
        entry.add("dtend", event.ends_on + timedelta(days=1))  # the day after is the first that is not in it
        entry.add("transp", "TRANSPARENT")
    if place := event.place_in(t.language):
        entry.add("location", place)
    if event.form:
        entry.add("description", t(f"calendar.form.{event.form}"))
    return entry
