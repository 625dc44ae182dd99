"""A meeting as a calendar file, read by another program: one UID, a rising SEQUENCE, cancelled at the end, in summer
and in winter."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject

from dialogs.cards.meetings import MeetingView
from dialogs.papers.ics import feed_ics, meeting_ics
from dialogs.texts import languages, texts
from domain.calendar import first_year
from domain.meetings import Meeting, MeetingForm, MeetingState

MADE = datetime(2023, 8, 15, 9, tzinfo=UTC)
ODD = "Ørnes, hotell; «sal 2»\nandre etasje \\ til høyre – " + "lang " * 40
MEETING = Meeting(
    "2023-region_salten_autumn",
    2023,
    "region_salten_autumn",
    MeetingForm.PHYSICAL,
    state=MeetingState.CALLED,
    first_on=date(2023, 10, 27),
    starts=time(9),
    ends=time(15),
    place=ODD,
    agenda=("Evalueringen", "Ny behovsmelding"),
    practical="Reiseregningen sendes RKK Lofoten.",
    sequence=1,
)


def read(made: bytes):  # type: ignore[no-untyped-def]
    return vobject.readOne(made.decode())


def ics(meeting: Meeting, language: str = "nb") -> bytes:
    view = MeetingView(meeting, "Nettverk Salten", "", ("Koordinator (Kari)",))
    return meeting_ics("nordland", view, texts(language), MADE)


@pytest.mark.parametrize("language", languages())
def test_another_program_reads_what_the_meeting_is(language: str) -> None:
    found = read(ics(MEETING, language))
    entry = found.vevent
    assert found.method.value == "PUBLISH"
    assert entry.uid.value == "2023-region_salten_autumn@nordland.forumbot"
    assert entry.location.value == ODD
    assert (entry.sequence.value, entry.status.value) == ("1", "CONFIRMED")
    assert entry.dtstart.value == datetime(2023, 10, 27, 7, tzinfo=UTC)
    assert "2. Ny behovsmelding\n3. Koordinator (Kari)\n" in entry.description.value


def test_one_meeting_stays_one_through_all_changes() -> None:
    states = (
        MEETING,
        replace(MEETING, state=MeetingState.CHANGED, sequence=2, first_on=date(2023, 10, 30)),
        replace(MEETING, state=MeetingState.CANCELLED, sequence=3, first_on=date(2023, 10, 30)),
    )
    found = [read(ics(meeting)) for meeting in states]
    assert {each.vevent.uid.value for each in found} == {"2023-region_salten_autumn@nordland.forumbot"}
    assert [each.vevent.sequence.value for each in found] == ["1", "2", "3"]
    assert [each.vevent.status.value for each in found] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [each.method.value for each in found] == ["PUBLISH", "PUBLISH", "CANCEL"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2023, 10, 27), 2), (date(2023, 10, 30), 1), (date(2023, 3, 24), 1), (date(2023, 3, 27), 2)],
)
def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_the_change_of_the_clocks(
    day: date, hours: int
) -> None:
    begins = read(ics(replace(MEETING, first_on=day))).vevent.dtstart.value
    assert (begins.hour, begins.utcoffset()) == (9, timedelta(hours=hours))


def test_a_meeting_over_the_change_of_the_clocks_ends_when_it_says() -> None:
    over = replace(MEETING, first_on=date(2023, 10, 28), last_on=date(2023, 10, 29))
    entry = read(ics(over)).vevent
    assert (entry.dtend.value - entry.dtstart.value.astimezone(UTC)) == timedelta(hours=24 + 6 + 1)


def test_lines_are_short_and_end_as_the_standard_has_it() -> None:
    made = ics(MEETING)
    assert made.count(b"\n") == made.count(b"\r\n")
    assert max(len(line) for line in made.split(b"\r\n")) <= 75


def test_a_person_s_calendar_has_meetings_and_days_side_by_side() -> None:
    year = first_year("nordland")
    events = [(2023, event) for event in year.events if event.key == "needs_report_deadline"]
    cancelled = replace(MEETING, state=MeetingState.CANCELLED, sequence=4)
    made = feed_ics("nordland", [MeetingView(cancelled, "Nettverk Salten", "")], events, texts("nb"), MADE)
    found = {entry.uid.value: entry for entry in read(made).vevent_list}
    assert set(found) == {
        "2023-region_salten_autumn@nordland.forumbot",
        "needs_report_deadline.2023@nordland.forumbot",
    }
    assert found["2023-region_salten_autumn@nordland.forumbot"].status.value == "CANCELLED"
    assert not hasattr(read(made), "method")
