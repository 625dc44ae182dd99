"""Events as a calendar file (RFC 5545). Pure: values in, bytes out."""

from datetime import datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from dialogs.texts import Texts
from domain.calendar import Event, Year
from domain.days import OSLO

_PRODUCT = "-//forumbot//samarbeidsforum//NO"


def year_ics(forum_key: str, year: Year, t: Texts, made_at: datetime) -> bytes:
    """The dated events of a year. Those of which only the months are known have no place in a calendar yet."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", t("calendar.title", year=year.year))
    for event in year.events:
        if event.is_dated:
            calendar.add_component(_entry(forum_key, year, event, t, made_at))
    made: bytes = calendar.to_ical()
    return made


def _entry(forum_key: str, year: Year, event: Event, t: Texts, made_at: datetime) -> Entry:
    """`uid`: the same for the same event of the same year, whatever is changed about it."""
    assert event.first is not None
    assert event.ends_on is not None
    entry = Entry()
    entry.add("uid", f"{event.key}.{year.year}@{forum_key}.forumbot")
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
