"""What cannot be read is said in every language: a text for each reason, with the details that the reader gives."""

from collections.abc import Callable
from datetime import date
from string import Formatter

import pytest

from dialogs.texts import catalogue, languages, texts
from domain.parsing import (
    UNREADABLE_KEYS,
    Unreadable,
    parse_date,
    parse_date_range,
    parse_nok,
    parse_percentage,
    parse_times,
    parse_whole_number,
)


def day(text: str) -> date:
    return parse_date(text, year=2023)


# For each reason, who refuses what.
EXAMPLES: dict[str, tuple[Callable[[str], object], str]] = {
    "missing": (parse_nok, " "),
    "too_long": (parse_whole_number, "25 " * 100),
    "approximate": (parse_nok, "ca. 500 000"),
    "not_a_number": (parse_whole_number, "mange"),
    "negative": (parse_nok, "-5000"),
    "too_large": (parse_nok, "2 mrd"),
    "too_big": (parse_whole_number, "5 000 000"),
    "ambiguous_amount": (parse_nok, "1,5"),
    "ambiguous_number": (parse_whole_number, "1,500"),
    "several_amounts": (parse_nok, "100 000-150 000"),
    "several_numbers": (parse_whole_number, "10-15"),
    "not_whole_kroner": (parse_nok, "100,50"),
    "not_whole_number": (parse_whole_number, "1,50"),
    "is_percentage": (parse_nok, "30 %"),
    "not_kroner": (parse_nok, "500 euro"),
    "not_a_percentage": (parse_percentage, "halvparten"),
    "not_a_day": (day, "snart"),
    "no_such_day": (day, "30.02"),
    "no_such_week": (day, "uke 60"),
    "ambiguous_day": (day, "april 23"),
    "day_missing": (day, "april"),
    "several_days": (day, "28.-29.09"),
    "weekday_differs": (day, "mandag 1. februar 2023"),
    "year_out_of_range": (day, "1. april 1066"),
    "on_demand": (day, "ved behov"),
    "ends_before_it_begins": (lambda text: parse_date_range(text, year=2023), "20.09.2023 - 15.08.2023"),
    "not_a_time": (parse_times, "snart"),
    "no_such_time": (parse_times, "25.00"),
}


def refused(key: str) -> Unreadable:
    read, text = EXAMPLES[key]
    with pytest.raises(Unreadable) as refusal:
        read(text)
    return refusal.value


def test_every_reason_has_an_example() -> None:
    assert list(EXAMPLES) == list(UNREADABLE_KEYS)
    assert {key: refused(key).key for key in EXAMPLES} == {key: key for key in EXAMPLES}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", UNREADABLE_KEYS)
def test_every_reason_is_said_with_its_details(language: str, key: str) -> None:
    details = refused(key).details
    text = catalogue(language)[f"error.{key}"]
    assert isinstance(text, str)
    assert {name for _, name, _, _ in Formatter().parse(text) if name} <= details.keys()
    shown = texts(language)(f"error.{key}", **details)
    assert shown.endswith(".")
    assert not {"{", "}"} & set(shown)


@pytest.mark.parametrize("language", languages())
def test_no_two_reasons_sound_alike(language: str) -> None:
    said = [catalogue(language)[f"error.{key}"] for key in UNREADABLE_KEYS]
    assert len(set(said)) == len(said)


# What the texts tell people to write.
ADVICE: tuple[tuple[Callable[[str], object], str], ...] = (
    (parse_whole_number, "1 200"),
    (parse_whole_number, "1500"),
    (parse_nok, "1 500 000"),
    (parse_nok, "1,5 mill"),
    (parse_nok, "1,5 million"),
    (parse_percentage, "30 %"),
    (day, "15.11"),
    (day, "15. november 2022"),
    (day, "15 November 2022"),
    (day, "23. april 2023"),
    (day, "23 April 2023"),
    (day, "15. april"),
    (day, "15 April"),
    (parse_times, "9.00"),
    (parse_times, "9.00-15.00"),
)


@pytest.mark.parametrize(
    ("read", "advised"), ADVICE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_advised_is_advised_and_can_be_read(read: Callable[[str], object], advised: str) -> None:
    said = [catalogue(code)[f"error.{key}"] for code in languages() for key in UNREADABLE_KEYS]
    assert [text for text in said if advised in text]
    read(advised)
