"""The forum's year: the rows of 2023 as the slides and the web have them, and the years that are made from it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    Event,
    Precision,
    Remark,
    Rolls,
    changed,
    conflicts,
    first_year,
    months_of,
    movable,
    new_conflict,
    on_day,
    planned_year,
    roll,
    still_to_say,
    working_days_before,
)
from domain.days import is_working_day
from domain.forum import load_forum
from domain.rounds import planned_rounds

FIRST = first_year("nordland")

# domain.md 3.1: key, first and last day, precision, form, place.
ROWS = """
plan_adopted 2022-08-30 - day - -
ranking_adopted 2022-10-17 - day meeting -
needs_report_deadline 2023-02-01 - day digital_form -
committee_treatment 2023-02-14 - day digital Teams
recommendation_due 2023-03-15 - day document -
forum_meeting_spring 2023-03-17 - day meeting -
letters_ready 2023-04-01 - day letter -
region_ih_spring 2023-04-01 2023-05-31 month physical Mosjøen
region_salten_spring 2023-04-01 2023-05-31 month physical Fauske
committee_evaluation 2023-05-23 - day physical Statsforvalterens lokaler, Bodø
report_deadline 2023-06-15 - day digital_form -
written_feedback_deadline 2023-06-15 - day text -
individual_open 2023-08-15 - day call nettsiden
individual_deadline 2023-09-20 - day digital_form -
autumn_gathering 2023-09-28 2023-09-29 day physical Bodø
region_salten_autumn 2023-09-01 2023-09-30 month physical Meløy
region_ih_autumn 2023-09-01 2023-09-30 month physical Rana
region_sh_autumn 2023-09-01 2023-10-31 month physical Brønnøysund
region_yh_autumn 2023-10-01 2023-10-31 month physical Sandnessjøen
region_vesteralen - - if_needed digital Teams
region_lofoten - - if_needed digital Teams
region_narvik - - if_needed digital Teams
individual_distribution 2023-10-15 - day letter -
committee_monthly 2023-09-01 2023-12-31 month digital Teams
half_year_report 2023-09-01 2023-11-30 season digital_form -
partnership_agreements 2023-09-01 2023-11-30 season upload -
""".strip().splitlines()

# domain.md 3.2: the day of each year from 2023 on, with what is said of it.
WEEKDAYS = {
    "needs_report_deadline": "02-01 02-01 02-03* 02-02* 02-01 02-01",
    "recommendation_due": "03-15 03-15 03-15! 03-15! 03-15 03-15",
    "letters_ready": "04-01! 04-01! 04-01 04-01 04-01 04-01!",
    "report_deadline": "06-15 06-17* 06-16* 06-15 06-15 06-15",
    "individual_open": "08-15 08-15 08-15 08-17* 08-16* 08-15",
    "individual_deadline": "09-20 09-20 09-22* 09-21* 09-20 09-20",
    "individual_distribution": "10-15! 10-15 10-15 10-15 10-15 10-15!",
}


def written(event: Event) -> str:
    parts = (
        event.key,
        event.first or "-",
        event.last or "-",
        event.precision,
        event.form or "-",
        event.place_in("nb") or "-",
    )
    return " ".join(str(part) for part in parts)


def test_2023_has_every_row_and_no_other() -> None:
    assert [written(event) for event in FIRST.events] == ROWS


def test_the_joint_day_has_its_hours() -> None:
    event = FIRST.event("committee_evaluation")
    assert event
    assert f"{event.starts:%H.%M}–{event.ends:%H.%M}" == "09.00–15.00"


def test_regions_are_the_forum_s() -> None:
    regions = {region.key for region in load_forum("nordland").regions}
    assert {event.region for event in FIRST.events if event.region} == regions


@pytest.mark.parametrize("key", WEEKDAYS)
def test_fixed_days_fall_as_computed(key: str) -> None:
    """`*` moved forward, `!` stays on a free day and is warned of."""
    signs = {Remark.MOVED: "*", Remark.FREE_DAY: "!"}
    found = []
    for year in range(2023, 2029):
        rolled = planned_year("nordland", year)
        event = rolled.year.event(key)
        assert event
        assert event.first
        remark = next((said.remark for said in rolled.said if said.key == key), None)
        found.append(f"{event.first:%m-%d}{signs[remark] if remark else ''}")
    assert " ".join(found) == WEEKDAYS[key]


@pytest.mark.parametrize("year", range(2023, 2029))
def test_the_calendar_and_the_rounds_have_the_same_deadline(year: int) -> None:
    event = planned_year("nordland", year).year.event("needs_report_deadline")
    assert event
    assert event.first == planned_rounds("nordland").of(year).deadline_on


def test_staff_set_the_day_of_a_meeting_that_falls_on_a_free_day() -> None:
    """14 February and 23 May 2026 are Saturdays; 28 and 29 September 2024 are a weekend."""
    for year, keys in (
        (2026, ("committee_treatment", "committee_evaluation")),
        (2024, ("autumn_gathering",)),
    ):
        said = {each.key: each for each in planned_year("nordland", year).said}
        assert {said[key].remark for key in keys} == {Remark.SET_DAY}
        event = planned_year("nordland", year).year.event(keys[0])
        assert event
        assert event.first == said[keys[0]].day


def test_warnings_come_a_working_week_ahead() -> None:
    (letters,) = (each for each in planned_year("nordland", 2024).said if each.key == "letters_ready")
    # 1 April 2024 is Easter Monday; Maundy Thursday and Good Friday are free, too.
    assert letters.warn_on == date(2024, 3, 21)


def test_months_are_asked_for_and_needs_are_asked_about() -> None:
    said = {each.key: each.remark for each in planned_year("nordland", 2024).said}
    assert said["region_ih_spring"] is Remark.SET_DATE
    assert said["half_year_report"] is Remark.SET_DATE
    assert said["region_lofoten"] is Remark.ASK_NEED


def test_what_was_done_once_is_not_in_another_year() -> None:
    assert planned_year("nordland", 2024).year.event("plan_adopted") is None


def test_the_forum_s_meeting_after_its_recommendation_is_said() -> None:
    (conflict,) = conflicts(FIRST)
    assert (conflict.earlier.key, conflict.later.key) == ("recommendation_due", "forum_meeting_spring")


# Another day


def event(key: str) -> Event:
    found = FIRST.event(key)
    assert found
    return found


@pytest.mark.parametrize(
    ("key", "day", "next_year"),
    [
        ("needs_report_deadline", date(2023, 2, 8), (Precision.DAY, date(2024, 2, 1), None)),
        ("letters_ready", date(2023, 4, 3), (Precision.DAY, date(2024, 4, 1), None)),
        ("committee_treatment", date(2023, 2, 16), (Precision.DAY, date(2024, 2, 16), None)),
        ("region_yh_autumn", date(2023, 10, 11), (Precision.MONTH, date(2024, 10, 1), date(2024, 10, 31))),
        ("region_lofoten", date(2023, 6, 12), (Precision.IF_NEEDED, None, None)),
    ],
)
def test_a_day_that_was_given_goes_on_only_for_meetings_that_have_one(
    key: str, day: date, next_year: tuple[Precision, date | None, date | None]
) -> None:
    moved = changed(FIRST, on_day(event(key), day))
    assert (at := moved.event(key))
    assert (at.precision, at.first, at.last) == (Precision.DAY, day, None)
    later = roll(moved, 2024).year.event(key)
    assert later
    assert (later.precision, later.first, later.last) == next_year


def test_a_deadline_that_rolled_has_its_own_date_again_a_year_later() -> None:
    """15 June is a Saturday in 2024 and a Sunday in 2025."""
    once = roll(FIRST, 2024)
    found = roll(once.year, 2025)
    said = {each.key: each for each in found.said}["report_deadline"]
    assert (said.remark, said.day, said.moved_to) == (Remark.MOVED, date(2025, 6, 15), date(2025, 6, 16))


def test_what_staff_have_settled_is_said_no_more() -> None:
    year = planned_year("nordland", 2024).year
    said = {each.key: each.remark for each in still_to_say(year)}
    assert (said["region_yh_autumn"], said["forum_meeting_spring"]) == (Remark.SET_DATE, Remark.SET_DAY)
    for key, day in (("region_yh_autumn", date(2024, 10, 9)), ("forum_meeting_spring", date(2024, 3, 14))):
        found = year.event(key)
        assert found
        year = changed(year, on_day(found, day))
    assert {"region_yh_autumn", "forum_meeting_spring"} & {each.key for each in still_to_say(year)} == set()


@pytest.mark.parametrize(
    ("key", "day", "pair"),
    [
        ("needs_report_deadline", date(2023, 2, 14), None),
        ("needs_report_deadline", date(2023, 2, 15), ("committee_treatment", "needs_report_deadline")),
        ("recommendation_due", date(2023, 2, 13), ("recommendation_due", "committee_treatment")),
        ("forum_meeting_spring", date(2023, 3, 20), None),  # it is after the recommendation already
        ("forum_meeting_spring", date(2023, 4, 3), ("letters_ready", "forum_meeting_spring")),
        ("report_deadline", date(2023, 12, 1), None),
    ],
)
def test_what_a_day_would_not_fit_together_with(key: str, day: date, pair: tuple[str, str] | None) -> None:
    found = new_conflict(FIRST, on_day(event(key), day))
    assert ((found.earlier.key, found.later.key) if found else None) == pair


def test_what_is_over_or_has_a_meeting_each_month_is_not_moved() -> None:
    keys = {each.key for each in movable(FIRST, date(2023, 9, 29))}
    assert {"autumn_gathering", "region_lofoten", "region_ih_autumn"} <= keys
    assert {"report_deadline", "committee_monthly"} & keys == set()
    assert "autumn_gathering" not in {each.key for each in movable(FIRST, date(2023, 9, 30))}


def test_months_of_an_event() -> None:
    event = FIRST.event("committee_monthly")
    assert event
    assert [day.month for day in months_of(event)] == [9, 10, 11, 12]


@pytest.mark.parametrize("year", [0, 2022, 2100, 9999, 10_000])
def test_years_that_no_plan_reaches(year: int) -> None:
    with pytest.raises(ValueError, match="2023"):
        planned_year("nordland", year)


@given(st.integers(min_value=2024, max_value=2060))
def test_every_year_is_whole(year: int) -> None:
    rolled = planned_year("nordland", year)
    for event in rolled.year.events:
        if event.first is not None:
            assert event.first.year == year
            assert event.ends_on
            assert event.first <= event.ends_on
        if event.rolls is Rolls.FORWARD and event.precision is Precision.DAY:
            assert event.first
            assert is_working_day(event.first)
    assert {said.key for said in rolled.said} <= {event.key for event in rolled.year.events}


@given(
    st.dates(min_value=date(2023, 1, 1), max_value=date(2060, 12, 31)), st.integers(min_value=0, max_value=30)
)
def test_so_many_working_days_before(day: date, count: int) -> None:
    before = working_days_before(day, count)
    days = [date.fromordinal(number) for number in range(before.toordinal(), day.toordinal())]
    assert sum(is_working_day(each) for each in days) == count
    assert not days or is_working_day(before)
