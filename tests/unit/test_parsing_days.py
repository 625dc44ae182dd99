from collections.abc import Callable
from datetime import date, time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parsing import (
    UNREADABLE_KEYS,
    DateRange,
    Times,
    Unreadable,
    format_day,
    parse_date,
    parse_date_range,
    parse_times,
    parse_when,
    parse_window,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
AUGUST_15, APRIL_1, MAY_23 = date(2023, 8, 15), date(2023, 4, 1), date(2023, 5, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15.08", AUGUST_15),
        ("15.8.", AUGUST_15),
        ("15. 8", AUGUST_15),
        ("15.08.2023", AUGUST_15),
        ("15. 08. 2023", AUGUST_15),
        ("15.08.23", AUGUST_15),
        ("15/8", AUGUST_15),
        ("15/8-23", AUGUST_15),
        ("15/8-2023", AUGUST_15),
        ("15/8/23", AUGUST_15),
        ("15/8 23", AUGUST_15),
        ("15-08-2023", AUGUST_15),
        ("15 08 2023", AUGUST_15),
        ("2023-08-15", AUGUST_15),
        ("2023.08.15", AUGUST_15),
        ("2023/8/15", AUGUST_15),
        ("20230815", AUGUST_15),
        ("15. august", AUGUST_15),
        ("15.august 2023", AUGUST_15),
        ("15 aug.", AUGUST_15),
        ("15. aug. '23", AUGUST_15),
        ("August 15, 2023", AUGUST_15),
        ("August 15th", AUGUST_15),
        ("the 15th of August", AUGUST_15),
        ("tirsdag 15. august", AUGUST_15),
        ("tysdag 15.8", AUGUST_15),
        ("Tuesday, 15 August 2023", AUGUST_15),
        ("den 15. august", AUGUST_15),
        ("1 april", APRIL_1),
        ("1. april 2023", APRIL_1),
        ("23 mai", MAY_23),
        ("23 May", MAY_23),
        ("15 juni", date(2023, 6, 15)),
        ("14.02", date(2023, 2, 14)),
        ("17.10.2022", date(2022, 10, 17)),
        ("17.03.2023", date(2023, 3, 17)),
        ("29.02.2024", date(2024, 2, 29)),
        ("uke 38", date(2023, 9, 18)),
        ("veke 38", date(2023, 9, 18)),
        ("Week 38", date(2023, 9, 18)),
        ("uke 38 2024", date(2024, 9, 16)),
        ("uke 38/2024", date(2024, 9, 16)),
        ("2023-W38", date(2023, 9, 18)),
        ("uke 53 2020", date(2020, 12, 28)),
        ("uke 1", date(2023, 1, 2)),
    ],
)
def test_parse_date_reads(text: str, day: date) -> None:
    assert parse_date(text, year=2023) == day


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "missing"),
        ("snart", "not_a_day"),
        ("15", "not_a_day"),
        ("15-08", "not_a_day"),
        ("i dag", "not_a_day"),  # nobody said which day it is
        ("30.02", "no_such_day"),
        ("29.02.2023", "no_such_day"),
        ("8/15/2023", "no_such_day"),
        ("00.08", "no_such_day"),
        ("31. april", "no_such_day"),
        ("uke 53", "no_such_week"),
        ("uke 0", "no_such_week"),
        ("april", "day_missing"),
        ("april 2023", "day_missing"),
        ("April/mai", "day_missing"),
        ("april 23", "ambiguous_day"),
        ("28.-29.09", "several_days"),
        ("uke 38-39", "several_days"),
        ("mandag 15. august", "weekday_differs"),
        ("15.08.0000", "year_out_of_range"),
        ("15.08.1899", "year_out_of_range"),
        ("2101-01-01", "year_out_of_range"),
        ("Vurdere behov?", "on_demand"),
        ("ca. 15. august", "approximate"),
        ("medio august", "approximate"),
    ],
)
def test_parse_date_refuses_with_the_reason(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_date(text, year=2023)
    assert refused.value.key == key


def test_parse_date_names_the_day_that_does_not_exist() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_date("30.02", year=2023)
    assert refused.value == Unreadable("no_such_day", day=30, month=2, year=2023)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15.11", date(2022, 11, 15)),
        ("15.01", date(2023, 1, 15)),
        ("16.01", date(2023, 1, 16)),
        ("17.01", date(2022, 1, 17)),
        ("uke 3", date(2023, 1, 16)),
        ("uke 4", date(2022, 1, 24)),
        ("15.11.2023", date(2023, 11, 15)),
        ("i går", date(2023, 1, 15)),
        ("I dag", date(2023, 1, 16)),
        ("i morgon", date(2023, 1, 17)),
        ("tomorrow", date(2023, 1, 17)),
    ],
)
def test_parse_date_without_year_is_the_latest_such_day(text: str, day: date) -> None:
    today = date(2023, 1, 16)
    assert parse_date(text, year=2023, not_after=today, today=today) == day


@pytest.mark.parametrize(
    ("text", "not_after", "day"),
    [
        # the round of 2023 is open from September 2022
        ("15.09", date(2022, 10, 5), date(2022, 9, 15)),
        ("15.11", date(2022, 10, 5), date(2021, 11, 15)),
        # the day is asked for long after the round
        ("15.11", date(2025, 5, 1), date(2023, 11, 15)),
        # only the year before has such a day
        ("29.02", date(2021, 1, 16), date(2020, 2, 29)),
        ("uke 53", date(2021, 1, 16), date(2020, 12, 28)),
    ],
)
def test_parse_date_without_year_is_in_the_year_given_or_before(
    text: str, not_after: date, day: date
) -> None:
    year = 2021 if not_after.year == 2021 else 2023
    assert parse_date(text, year=year, not_after=not_after) == day


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("15. februar", date(2022, 12, 5), date(2023, 2, 15)),
        ("onsdag 15.02", date(2022, 12, 5), date(2023, 2, 15)),
        ("15.02.2022", date(2022, 12, 5), date(2022, 2, 15)),
        ("31.12", date(2022, 12, 5), date(2022, 12, 31)),
        ("15. desember", date(2023, 1, 16), date(2023, 12, 15)),
        # today is still to come
        ("16.01", date(2023, 1, 16), date(2023, 1, 16)),
        ("i dag", date(2022, 12, 31), date(2022, 12, 31)),
        ("i morgen", date(2022, 12, 31), date(2023, 1, 1)),
        ("i morgon", date(2022, 12, 31), date(2023, 1, 1)),
        # the coming year has such a day, or this one
        ("29. februar", date(2023, 12, 5), date(2024, 2, 29)),
        ("29. februar", date(2024, 1, 16), date(2024, 2, 29)),
        # what has just been, or comes in more than half a year, is not taken for next year's
        ("15.01", date(2023, 1, 16), date(2023, 1, 15)),
        ("15. mai", date(2023, 9, 1), date(2023, 5, 15)),
        ("uke 7", date(2022, 12, 5), date(2023, 2, 13)),
        ("uke 51", date(2022, 12, 5), date(2022, 12, 19)),
        ("uke 3", date(2023, 1, 18), date(2023, 1, 16)),
        ("uke 7 2022", date(2022, 12, 5), date(2022, 2, 14)),
    ],
)
def test_parse_date_without_year_is_the_coming_day(text: str, today: date, day: date) -> None:
    assert parse_date(text, year=today.year, not_before=today, today=today) == day


@pytest.mark.parametrize("today", [date(2023, 1, 16), date(2022, 12, 5), date(2024, 9, 1)])
def test_parse_date_refuses_a_leap_day_that_does_not_come(today: date) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_date("29. februar", year=today.year, not_before=today, today=today)
    assert refused.value.key == "no_such_day"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("28.-29.09", date(2023, 9, 28), date(2023, 9, 29)),
        ("28-29.09.2023", date(2023, 9, 28), date(2023, 9, 29)),
        ("28. – 29. september 2023", date(2023, 9, 28), date(2023, 9, 29)),
        ("28. og 29. september", date(2023, 9, 28), date(2023, 9, 29)),
        ("28.09-29.09", date(2023, 9, 28), date(2023, 9, 29)),
        ("28/9-29/9", date(2023, 9, 28), date(2023, 9, 29)),
        ("28.09-02.10.2024", date(2024, 9, 28), date(2024, 10, 2)),
        ("fra 28. september til 2. oktober", date(2023, 9, 28), date(2023, 10, 2)),
        ("28 to 29 September 2023", date(2023, 9, 28), date(2023, 9, 29)),
        ("torsdag 28.9 - fredag 29.9", date(2023, 9, 28), date(2023, 9, 29)),
        ("2023-09-28 - 2023-09-29", date(2023, 9, 28), date(2023, 9, 29)),
        ("2023-09-28/2023-09-29", date(2023, 9, 28), date(2023, 9, 29)),
        ("28.12-03.01", date(2023, 12, 28), date(2024, 1, 3)),
        ("28.12-03.01.2024", date(2023, 12, 28), date(2024, 1, 3)),
        ("28.12.2022-03.01", date(2022, 12, 28), date(2023, 1, 3)),
        ("April/mai", date(2023, 4, 1), date(2023, 5, 31)),
        ("September/ oktober", date(2023, 9, 1), date(2023, 10, 31)),
        ("sept.-okt. 2024", date(2024, 9, 1), date(2024, 10, 31)),
        ("Oktober", date(2023, 10, 1), date(2023, 10, 31)),
        ("februar 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("desember/januar", date(2023, 12, 1), date(2024, 1, 31)),
        ("desember/januar 2024", date(2023, 12, 1), date(2024, 1, 31)),
        ("uke 38", date(2023, 9, 18), date(2023, 9, 24)),
        ("uke 38-39", date(2023, 9, 18), date(2023, 10, 1)),
        ("uke 38/39 2024", date(2024, 9, 16), date(2024, 9, 29)),
        ("23 mai", MAY_23, MAY_23),
    ],
)
def test_parse_date_range_reads(text: str, first: date, last: date) -> None:
    assert parse_date_range(text, year=2023) == DateRange(first, last)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("29.-28.09", "ends_before_it_begins"),
        ("03.10-28.09", "ends_before_it_begins"),
        ("29.09.2023-28.09.2023", "ends_before_it_begins"),
        ("uke 39-38", "ends_before_it_begins"),
        ("1.-31.09", "no_such_day"),
        ("uke 52-53", "no_such_week"),
        ("Vurdere behov?", "on_demand"),
        ("til høsten", "not_a_day"),
    ],
)
def test_parse_date_range_refuses_with_the_reason(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_date_range(text, year=2023)
    assert refused.value.key == key


@pytest.mark.parametrize("text", ["Vurdere behov?", "vurder behov", "ved behov", "etter behov", "if needed"])
def test_parse_when_knows_what_is_held_on_demand(text: str) -> None:
    assert parse_when(text, year=2023) is None


def test_parse_when_reads_days_as_well() -> None:
    assert parse_when("April/mai", year=2023) == DateRange(date(2023, 4, 1), date(2023, 5, 31))


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("15.08 frist: 20.09.2023", AUGUST_15, date(2023, 9, 20)),
        ("Søknad: åpnet fra: \n\n15.08 frist: 20.09.2023", AUGUST_15, date(2023, 9, 20)),
        ("15.08 frist 20.09", AUGUST_15, date(2023, 9, 20)),
        ("opens 15 August, deadline 20 September 2023", AUGUST_15, date(2023, 9, 20)),
        ("1.11 frist: 1.2.2024", date(2023, 11, 1), date(2024, 2, 1)),
    ],
)
def test_parse_window_reads_when_it_opens_and_closes(text: str, opens: date, closes: date) -> None:
    assert parse_window(text, year=2023) == DateRange(opens, closes)


@pytest.mark.parametrize("text", ["15.08", "frist: 20.09", "15.08 frist: snart", "1.8 frist 1.9 frist 1.10"])
def test_parse_window_wants_both_days(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_window(text, year=2023)
    assert refused.value == Unreadable("not_a_day")


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("9.00-15.00", time(9), time(15)),
        ("kl:9.00-15.00", time(9), time(15)),
        ("kl. 09", time(9), None),
        ("kl 9", time(9), None),
        ("klokka 09.30", time(9, 30), None),
        ("09:00–15:00", time(9), time(15)),
        ("9 til 15", time(9), time(15)),
        ("fra kl. 9 til kl. 15", time(9), time(15)),
        ("0900-1530", time(9), time(15, 30)),
        ("23.59", time(23, 59), None),
    ],
)
def test_parse_times_reads(text: str, begins: time, ends: time | None) -> None:
    assert parse_times(text) == Times(begins, ends)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("halv ti", "not_a_time"),
        ("9-15-16", "not_a_time"),
        ("24.00", "no_such_time"),
        ("9.60", "no_such_time"),
        ("15-9", "ends_before_it_begins"),
        ("9-9", "ends_before_it_begins"),
    ],
)
def test_parse_times_refuses_with_the_reason(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_times(text)
    assert refused.value.key == key


def test_format_day_writes_the_month_in_the_language() -> None:
    day = date(2023, 2, 1)
    assert {language: format_day(day, language) for language in ("nb", "nn", "en")} == {
        "nb": "1. februar 2023",
        "nn": "1. februar 2023",
        "en": "1 February 2023",
    }


@given(DAYS, st.sampled_from(["nb", "nn", "en"]), st.integers(2000, 2050))
def test_parse_date_reads_what_format_day_writes(day: date, language: str, year: int) -> None:
    assert parse_date(format_day(day, language), year=year) == day


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%d/%m-%Y", "%Y-%m-%d", "%d-%m-%Y", "%G-W%V"]))
def test_parse_date_reads_every_way_to_write_a_day(day: date, form: str) -> None:
    read = parse_date(day.strftime(form), year=2023)
    assert read == (date.fromisocalendar(*day.isocalendar()[:2], 1) if "W" in form else day)


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(1, 28), st.integers(1, 12))
def test_parse_date_is_never_later_than_not_after(not_after: date, day: int, month: int) -> None:
    read = parse_date(f"{day}.{month}", year=not_after.year + 1, not_after=not_after)
    assert not_after.replace(year=not_after.year - 1, day=min(not_after.day, 28)) <= read <= not_after


@given(DAYS, DAYS)
def test_parse_date_range_keeps_the_order_of_days(one: date, other: date) -> None:
    text = f"{one:%d.%m.%Y}-{other:%d.%m.%Y}"
    if other < one:
        with pytest.raises(Unreadable, match="ends_before_it_begins"):
            parse_date_range(text, year=2023)
    else:
        assert parse_date_range(text, year=2023) == DateRange(one, other)


ODD_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            [*"0123456789 .-/'", "uke", "april", "mai", "frist:", "mandag ", "til", "og", "2023", "W", "kl"]
        )
    ).map("".join),
)


@given(ODD_TEXT, st.integers(2000, 2099))
def test_days_and_times_are_read_or_refused_whatever_is_written(text: str, year: int) -> None:
    today = date(year, 1, 16)
    for parse in (
        partial(parse_date, year=year),
        partial(parse_date, year=year, not_after=today, today=today),
        partial(parse_when, year=year),
        partial(parse_window, year=year),
        parse_times,
    ):
        read = _value_or_key(parse, text)
        assert read in UNREADABLE_KEYS or isinstance(read, date | DateRange | Times | None)


def _value_or_key(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except Unreadable as refused:
        return refused.key


def test_unreadable_is_a_value() -> None:
    assert Unreadable("too_big", most=3) == Unreadable("too_big", most=3)
    assert hash(Unreadable("too_big", most=3)) == hash(Unreadable("too_big", most=3))
    assert Unreadable("too_big", most=3) != Unreadable("too_big", most=4)
    assert isinstance(Unreadable("too_big"), ValueError)
