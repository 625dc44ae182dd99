"""A person's own calendar, which a calendar program subscribes to by an address that can be renewed.

There is no case in it, only days: the meetings that the person was called to, and the days of the year that concern
them.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from dialogs.desk import Desk, House, Inquiry, say
from dialogs.meetings import known
from dialogs.meetings.known import Around, Known
from dialogs.papers import ICS, File
from dialogs.papers.ics import feed_ics, meeting_ics
from dialogs.texts import texts
from domain.calendar import Event
from domain.days import local_day
from domain.meetings import TOLD_OF, MeetingState, is_meeting
from domain.messages import Reply
from store import feeds, meetings, register, years

_REMEMBERED = timedelta(days=60)  # so long what has been stays in the calendar


def link(desk: Desk, _: str) -> Reply:
    """The address of the person's calendar, the same each time."""
    return _given(desk, max(feeds.number(desk.work.connection, desk.actor.person_id), 1))


def renew(desk: Desk, _: str) -> Reply:
    """Another address; the one before is dead."""
    return _given(desk, feeds.number(desk.work.connection, desk.actor.person_id) + 1)


def _given(desk: Desk, number: int) -> Reply:
    address = desk.house.feed
    if address is None:
        return say(desk.t("feed.not_set_up"))
    token = address.token(desk.actor.person_id, number)
    feeds.issue(desk.work, desk.actor.person_id, number, token)
    return say(desk.t("feed.link", address=address.of(token)))


def content(house: House, connection: Connection, token: str, at: datetime) -> bytes | None:
    """The calendar that the token is the way to; None: it leads nowhere, or to nobody who has a role any more."""
    person_id = feeds.holder(connection, token)
    actor = register.actor_of(connection, person_id, local_day(at)) if person_id else None
    if actor is None or not actor.roles:
        return None
    t = texts(actor.language or house.default_language)
    asked = Inquiry(connection, actor, t, house.forum, at)
    views = [each.view(t, known.points(asked, each.id, with_names=False)) for each in _meetings(asked)]
    return feed_ics(house.forum.key, views, _events(asked), t, at)


def calendar_file(around: Around, found: Known, at: datetime) -> File:
    """The meeting, which has its day, for one calendar: as it stands, or that it is cancelled."""
    t, forum_key = around.t, around.forum.key
    view = found.view(t, known.points(around, found.id, with_names=True))
    if found.meeting.state is MeetingState.CANCELLED:
        view = view.called_off()
    name = t("paper.file.meeting", meeting=found.id)
    return File(name, ICS, lambda: meeting_ics(forum_key, view, t, at))


def _meetings(asked: Inquiry) -> list[Known]:
    """Those that the person was called to and that are for them still; the cancelled ones among them, so that they go
    out of the calendar."""
    since = asked.on - _REMEMBERED
    invited = meetings.invited_to(asked.connection, asked.actor.person_id, since, TOLD_OF)
    found = (known.called(asked, meeting.id) for meeting in invited if meeting.is_ready)
    return [each[0] for each in found if each is not None]


def _events(asked: Inquiry) -> list[tuple[int, Event]]:
    """Days of this year and the next by which the person has something to do; meetings come by their calls."""
    found = []
    for number in (asked.on.year, asked.on.year + 1):
        year = years.year_of(asked.connection, asked.forum.key, number)
        found += [
            (number, event)
            for event in year.year.events
            if year.is_approved and event.is_dated and not is_meeting(event) and _concerns(asked, event)
        ]
    return found


def _concerns(asked: Inquiry, event: Event) -> bool:
    people = meetings.people(asked.connection, asked.forum.key, event.audience, event.region, asked.on)
    return asked.actor.person_id in {person.id for person in people}
