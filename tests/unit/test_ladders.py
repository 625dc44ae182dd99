"""The steps of a ladder, and the hours in which people are reminded."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.days import is_working_day
from domain.ladders import Ladder, days_between, reminding, step_on

DEFAULT = reminding("nordland").ladder("default")


def test_the_steps_of_the_deadline_of_2023() -> None:
    """1 February 2023 is a Wednesday."""
    assert DEFAULT.steps(date(2023, 2, 1)) == (
        date(2023, 1, 18),
        date(2023, 1, 25),
        date(2023, 1, 30),
        date(2023, 2, 1),
        date(2023, 2, 2),
    )


def test_a_step_on_a_free_day_is_taken_before_it_and_after_the_last_day_behind_it() -> None:
    assert step_on(date(2023, 2, 13), 2) == date(2023, 2, 10)  # 11 February is a Saturday
    assert step_on(date(2023, 4, 21), 14) == date(2023, 4, 5)  # Good Friday; Maundy Thursday is free, too
    assert step_on(date(2023, 5, 16), -1) == date(2023, 5, 18 + 1)  # 17 May, and Ascension on the 18th


def test_steps_that_fall_together_are_one() -> None:
    sunday = date(2023, 2, 12)
    assert Ladder("x", (2, 1, 0, -1)).steps(sunday) == (date(2023, 2, 10), date(2023, 2, 13))


@given(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
def test_every_step_is_on_a_working_day_and_leads_back_to_its_last_day(due_on: date) -> None:
    for step in DEFAULT.steps(due_on):
        assert is_working_day(step)
        assert due_on in list(DEFAULT.due_on(step))


@given(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
def test_a_day_names_only_last_days_that_it_is_a_step_of(day: date) -> None:
    assert all(day in DEFAULT.steps(due_on) for due_on in DEFAULT.due_on(day))


def test_what_comes_next_is_the_next_step_and_after_the_last_one_a_few_days() -> None:
    due_on = date(2023, 2, 1)
    assert DEFAULT.next_after(date(2023, 1, 18), due_on) == date(2023, 1, 25)
    assert DEFAULT.next_after(date(2023, 2, 2), due_on) == date(2023, 2, 6)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2023, 1, 16, 6, 59, tzinfo=UTC), False),  # 7:59 in winter
        (datetime(2023, 1, 16, 7, tzinfo=UTC), True),
        (datetime(2023, 1, 16, 15, tzinfo=UTC), False),
        (datetime(2023, 3, 27, 6, tzinfo=UTC), True),  # 8:00 in summer
        (datetime(2023, 3, 27, 14, tzinfo=UTC), False),
        (datetime(2023, 1, 14, 9, tzinfo=UTC), False),  # a Saturday
        (datetime(2023, 5, 17, 9, tzinfo=UTC), False),
    ],
)
def test_people_are_reminded_in_office_hours(at: datetime, is_open: bool) -> None:
    assert reminding("nordland").is_office_time(at) is is_open


@pytest.mark.parametrize(
    ("at", "from_then"),
    [
        (datetime(2023, 1, 16, 9, 30, tzinfo=UTC), datetime(2023, 1, 16, 9, 30, tzinfo=UTC)),
        (datetime(2023, 1, 16, 3, tzinfo=UTC), datetime(2023, 1, 16, 7, tzinfo=UTC)),
        (datetime(2023, 1, 13, 15, tzinfo=UTC), datetime(2023, 1, 16, 7, tzinfo=UTC)),  # Friday 16:00
        (datetime(2023, 1, 14, 9, tzinfo=UTC), datetime(2023, 1, 16, 7, tzinfo=UTC)),
        (datetime(2023, 3, 25, 9, tzinfo=UTC), datetime(2023, 3, 27, 6, tzinfo=UTC)),  # 8:00 in summer
    ],
)
def test_when_the_office_is_open_next(at: datetime, from_then: datetime) -> None:
    assert reminding("nordland").office_from(at) == from_then


def test_the_hour_is_that_of_the_clock_on_the_wall() -> None:
    rules = reminding("nordland")
    assert rules.moment(date(2023, 3, 24)).astimezone(UTC) == datetime(2023, 3, 24, 8, tzinfo=UTC)
    assert rules.moment(date(2023, 3, 27)).astimezone(UTC) == datetime(2023, 3, 27, 7, tzinfo=UTC)


def test_days_between_are_both_of_them_too() -> None:
    assert list(days_between(date(2023, 1, 30), date(2023, 2, 1))) == [
        date(2023, 1, 30),
        date(2023, 1, 31),
        date(2023, 2, 1),
    ]
    assert list(days_between(date(2023, 2, 1), date(2023, 1, 30))) == []
