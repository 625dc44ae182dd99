"""A meeting with the event of the calendar that it is of, and as it is shown."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from dialogs.cards.meetings import MeetingView, on_days
from dialogs.desk import Desk, Inquiry
from dialogs.events import when as when_planned
from dialogs.hearing import region_named
from dialogs.texts import Texts
from domain.calendar import Event
from domain.forum import Forum
from domain.meetings import STANDS, Meeting, MeetingState, events_of, meeting_of
from domain.register import Person
from store import meetings, years
from store.meetings import Invitee

_YEAR = 4  # digits


@dataclass(frozen=True, slots=True)
class Known:
    """`number`: its place among the meetings of the year, by which it can be typed."""

    meeting: Meeting
    event: Event
    number: int

    @property
    def id(self) -> str:
        return self.meeting.id

    def when(self, t: Texts) -> str:
        meeting = self.meeting
        if meeting.first_on is None:
            return when_planned(self.event, t)
        return on_days(t, meeting.first_on, meeting.last_on, meeting.starts, meeting.ends)

    def short(self, t: Texts) -> str:
        """Its name without what it is about, and when it is: `Nettverk Salten, skole, september 2023`."""
        name, _, _ = self.event.title(t.language).partition(": ")
        return f"{name}, {self.when(t)}"

    def view(self, t: Texts, points: tuple[str, ...] = ()) -> MeetingView:
        return MeetingView(self.meeting, self.event.title(t.language), self.when(t), points)


class Around(Protocol):
    """What an inquiry and a notice that is being written have in common."""

    @property
    def connection(self) -> Connection: ...
    @property
    def t(self) -> Texts: ...
    @property
    def forum(self) -> Forum: ...


def of_year(around: Around, year: int) -> tuple[Known, ...]:
    """The meetings of the year, in its order. Empty: no plan reaches that year."""
    try:
        planned = years.year_of(around.connection, around.forum.key, year).year
    except ValueError:
        return ()
    kept = meetings.of_year(around.connection, year)
    found = [(event, meeting_of(year, event, around.t.language)) for event in events_of(planned)]
    return tuple(
        Known(kept.get(meeting.id, meeting), event, number)
        for number, (event, meeting) in enumerate(found, start=1)
    )


def find(around: Around, meeting_id: str) -> Known | None:
    """None: the calendar has no such meeting."""
    year, _, _ = meeting_id.partition("-")
    if not (year.isdecimal() and len(year) == _YEAR):
        return None
    return next((each for each in of_year(around, int(year)) if each.id == meeting_id), None)


def of_this_and_next_year(asked: Inquiry) -> tuple[Known, ...]:
    """What is asked about a meeting of January is asked in December."""
    return (*of_year(asked, asked.on.year), *of_year(asked, asked.on.year + 1))


def named(asked: Inquiry, text: str) -> Known | None:
    """The one that is named by its number in this year's list, or with the year before it in that year's; by its id; or
    by its region: of those, the one that people were called to, else the next that is to come."""
    year, _, number = text.rpartition(" ")
    if number.isdecimal() and (not year or year.isdecimal()):
        listed = of_year(asked, int(year) if year else asked.on.year)
        return next((each for each in listed if each.number == int(number)), None)
    if (found := find(asked, text)) is not None:
        return found
    region = region_named(text, asked.forum)
    theirs = [
        each for each in of_this_and_next_year(asked) if region is not None and each.meeting.region == region
    ]
    called = [each for each in theirs if each.meeting.state in STANDS]
    to_come = [each for each in theirs if not each.meeting.is_over(asked.at)]
    return next(iter([*called, *to_come]), None)


def people(asked: Inquiry, known: Known) -> tuple[Person, ...]:
    """Whom the meeting is for, by the event's audience."""
    event = known.event
    return meetings.people(asked.connection, asked.forum.key, event.audience, event.region, asked.on)


def is_for(asked: Inquiry, known: Known) -> bool:
    return asked.actor.person_id in {person.id for person in people(asked, known)}


def called(asked: Inquiry, meeting_id: str) -> tuple[Known, Invitee] | None:
    """The meeting that the person was called to and that is for them still. Of one that is cancelled everybody may know
    who was called."""
    found = find(asked, meeting_id)
    invitee = meetings.invitee(asked.connection, meeting_id, asked.actor.person_id)
    if found is None or invitee is None:
        return None
    is_theirs = found.meeting.state is MeetingState.CANCELLED or is_for(asked, found)
    return (found, invitee) if is_theirs else None


def points(around: Around, meeting_id: str, *, with_names: bool) -> tuple[str, ...]:
    found = meetings.points(around.connection, meeting_id)
    return tuple(f"{point.text} ({point.name})" if with_names else point.text for point in found)


def keep(desk: Desk, known: Known) -> Meeting:
    """The meeting, kept from now on."""
    return meetings.begin(desk.work, known.meeting)
