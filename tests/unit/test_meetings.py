"""The states of a meeting, its days, and what staff may write."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.calendar import Precision, first_year, planned_year
from domain.meetings import (
    NEXT,
    STANDS,
    Answer,
    DateOption,
    Meeting,
    MeetingForm,
    MeetingState,
    answers_to,
    asks_again,
    events_of,
    is_meeting,
    may_move,
    meeting_of,
    read_options,
    with_last_days,
)
from domain.parsing import Unreadable

YEAR = first_year("nordland")
SALTEN = Meeting(
    "2023-region_salten_autumn",
    2023,
    "region_salten_autumn",
    MeetingForm.PHYSICAL,
    first_on=date(2023, 9, 13),
    starts=time(9),
    ends=time(15),
)
TODAY = date(2023, 8, 15)


def test_every_move_is_in_the_table_and_no_other() -> None:
    """Written out once more, so that a move that is added or lost is seen."""
    moves = {(each.value, to.value) for each in MeetingState for to in NEXT[each]}
    assert moves == {
        ("planned", "need_asked"),
        ("planned", "not_needed"),
        ("planned", "poll"),
        ("planned", "called"),
        ("need_asked", "not_needed"),
        ("need_asked", "poll"),
        ("need_asked", "planned"),
        ("need_asked", "called"),
        ("not_needed", "planned"),
        ("poll", "poll"),
        ("poll", "planned"),
        ("poll", "not_needed"),
        ("called", "changed"),
        ("called", "cancelled"),
        ("called", "held"),
        ("changed", "changed"),
        ("changed", "cancelled"),
        ("changed", "held"),
        ("cancelled", "planned"),
    }


@pytest.mark.parametrize("state", MeetingState)
def test_only_a_meeting_that_people_were_called_to_is_changed_cancelled_or_held(state: MeetingState) -> None:
    meeting = replace(SALTEN, state=state)
    for to in (MeetingState.CHANGED, MeetingState.CANCELLED, MeetingState.HELD):
        assert may_move(meeting, to) is (state in STANDS)


def test_the_meetings_of_the_deck_are_these() -> None:
    """Everything in the calendar that people meet for; what is handed in, or was done before the year, is none."""
    assert [event.key for event in events_of(YEAR)] == [
        "committee_treatment",
        "forum_meeting_spring",
        "region_ih_spring",
        "region_salten_spring",
        "committee_evaluation",
        "autumn_gathering",
        "region_salten_autumn",
        "region_ih_autumn",
        "region_sh_autumn",
        "region_yh_autumn",
        "region_vesteralen",
        "region_lofoten",
        "region_narvik",
        "committee_monthly-09",
        "committee_monthly-10",
        "committee_monthly-11",
        "committee_monthly-12",
    ]


@pytest.mark.parametrize("year", range(2023, 2029))
def test_a_meeting_begins_with_what_the_calendar_knows(year: int) -> None:
    planned = planned_year("nordland", year).year
    for event in events_of(planned):
        meeting = meeting_of(year, event, "nb")
        assert meeting.id == f"{year}-{event.key}"
        assert is_meeting(event)
        has_day = event.precision is Precision.DAY
        assert (meeting.first_on, meeting.last_on) == ((event.first, event.last) if has_day else (None, None))
        assert (meeting.region, meeting.starts, meeting.ends) == (event.region, event.starts, event.ends)
        assert meeting.state is MeetingState.PLANNED


def test_the_joint_day_and_the_gathering_have_their_days_and_places() -> None:
    found = {event.key: meeting_of(2023, event, "nb") for event in events_of(YEAR)}
    joint, gathering = found["committee_evaluation"], found["autumn_gathering"]
    assert (joint.first_on, joint.starts, joint.ends) == (date(2023, 5, 23), time(9), time(15))
    assert joint.place == "Statsforvalterens lokaler, Bodø"
    assert (gathering.first_on, gathering.last_on, gathering.place) == (
        date(2023, 9, 28),
        date(2023, 9, 29),
        "Bodø",
    )
    assert found["committee_monthly-09"].form is MeetingForm.DIGITAL


@pytest.mark.parametrize(
    ("first_on", "told_on", "answer_by", "agenda_by"),
    [
        (date(2023, 9, 13), date(2023, 8, 15), date(2023, 9, 6), date(2023, 8, 30)),
        (
            date(2023, 4, 12),
            date(2023, 3, 1),
            date(2023, 3, 31),
            date(2023, 3, 24),
        ),  # three days of Easter are free
        (date(2023, 9, 13), date(2023, 9, 1), date(2023, 9, 6), date(2023, 9, 12)),  # too late for points
        (date(2023, 9, 11), date(2023, 9, 8), date(2023, 9, 8), date(2023, 9, 8)),
        (date(2023, 9, 13), date(2023, 9, 13), date(2023, 9, 13), date(2023, 9, 13)),
    ],
)
def test_one_answers_a_working_week_before_and_names_points_two_weeks_before(
    first_on: date, told_on: date, answer_by: date, agenda_by: date
) -> None:
    told = with_last_days("nordland", replace(SALTEN, first_on=first_on), told_on)
    assert (told.answer_by_on, told.agenda_by_on) == (answer_by, agenda_by)


@pytest.mark.parametrize("form", MeetingForm)
def test_one_comes_digitally_only_where_both_ways_are_open(form: MeetingForm) -> None:
    offered = answers_to(replace(SALTEN, form=form))
    assert (Answer.COMES_DIGITALLY in offered) is (form is MeetingForm.HYBRID)
    assert {Answer.COMES, Answer.COMES_NOT, Answer.SUBSTITUTE} <= set(offered)


def test_people_answer_again_when_the_time_or_the_way_changes_and_not_for_a_room() -> None:
    assert not asks_again(
        SALTEN, replace(SALTEN, place="Ørnes", agenda=("Ny sak",), practical="Ta med lunsj")
    )
    assert asks_again(SALTEN, replace(SALTEN, first_on=date(2023, 9, 14)))
    assert asks_again(SALTEN, replace(SALTEN, starts=time(10)))
    assert asks_again(SALTEN, replace(SALTEN, form=MeetingForm.HYBRID))
    assert not asks_again(SALTEN, replace(SALTEN, last_on=SALTEN.first_on))


def test_nine_o_clock_is_nine_o_clock_in_summer_and_in_winter() -> None:
    assert SALTEN.begins_at.utcoffset() == timedelta(hours=2)
    winter = replace(SALTEN, first_on=date(2023, 11, 1))
    assert winter.begins_at.utcoffset() == timedelta(hours=1)
    assert SALTEN.begins_at.astimezone(UTC) == datetime(2023, 9, 13, 7, tzinfo=UTC)


def test_dates_to_choose_from_are_read_line_by_line() -> None:
    assert read_options(
        "12. september 9-15\n- 14/9\n\n28.-29. september kl. 10-15", year=2023, today=TODAY
    ) == (
        DateOption(1, date(2023, 9, 12), None, time(9), time(15)),
        DateOption(2, date(2023, 9, 14)),
        DateOption(3, date(2023, 9, 28), date(2023, 9, 29), time(10), time(15)),
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("31. september", "no_such_day"),
        ("12. september 15-9", "ends_before_it_begins"),
        ("29.-28. september", "ends_before_it_begins"),
        ("12. september 25-26", "no_such_time"),
        ("en gang i høst", "not_a_day"),
        ("september", "day_missing"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_the_reason(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_options(f"11. september\n{text}", year=2023, today=TODAY)
    assert refused.value.key == key
