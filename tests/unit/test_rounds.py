from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.data import Certainty
from domain.days import is_working_day, local_day, midnight_before, roll_forward
from domain.rounds import NoRound, Round, planned_rounds

ROUNDS = planned_rounds("nordland")


def _year(found: Round | None) -> int | None:
    return found.cycle_year if found else None


@pytest.mark.parametrize(
    ("year", "deadline_on", "certainty"),
    [
        (2023, date(2023, 2, 1), Certainty.HIGH),
        (2024, date(2024, 2, 1), Certainty.MEDIUM),
        (2025, date(2025, 2, 3), Certainty.MEDIUM),  # a Saturday, so Monday
        (2026, date(2026, 2, 2), Certainty.UNCONFIRMED),  # a Sunday, so Monday
        (2027, date(2027, 2, 1), Certainty.UNCONFIRMED),
        (2028, date(2028, 2, 1), Certainty.UNCONFIRMED),
    ],
)
def test_deadline_rolls_to_a_working_day(year: int, deadline_on: date, certainty: Certainty) -> None:
    found = ROUNDS.of(year)
    assert (found.opens_on, found.deadline_on, found.certainty) == (
        date(year - 1, 9, 1),
        deadline_on,
        certainty,
    )


def test_round_before_the_first_rule_is_an_error() -> None:
    with pytest.raises(NoRound, match="nordland has no round of 2021"):
        ROUNDS.of(2021)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2022-08-31T21:59:59", False),
        ("2022-08-31T22:00:00", True),  # midnight in summer time
        ("2023-02-01T22:59:59.999999", True),
        ("2023-02-01T23:00:00", False),  # midnight in winter time
    ],
)
def test_round_is_open_from_midnight_to_midnight(at: str, is_open: bool) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert ROUNDS.of(2023).is_open(instant) is is_open
    assert _year(ROUNDS.open_at(instant)) == (2023 if is_open else None)


@pytest.mark.parametrize(
    ("at", "opened", "latest", "following"),
    [
        (datetime(2022, 8, 1, tzinfo=UTC), None, 2022, 2023),
        (datetime(2023, 1, 16, tzinfo=UTC), 2023, 2023, 2024),
        (datetime(2023, 2, 2, tzinfo=UTC), None, 2023, 2024),
        (datetime(2023, 12, 31, 23, 30, tzinfo=UTC), 2024, 2024, 2025),
        (datetime(2021, 8, 31, tzinfo=UTC), None, None, 2022),
        (datetime(2019, 6, 1, tzinfo=UTC), None, None, None),
    ],
)
def test_open_latest_and_next_round(
    at: datetime, opened: int | None, latest: int | None, following: int | None
) -> None:
    found = (ROUNDS.open_at(at), ROUNDS.latest_at(at), ROUNDS.next_at(at))
    assert tuple(map(_year, found)) == (opened, latest, following)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        # the submission deadlines of the report and of the 30 % track
        (date(2024, 6, 15), date(2024, 6, 17)),
        (date(2025, 6, 15), date(2025, 6, 16)),
        (date(2025, 9, 20), date(2025, 9, 22)),
        (date(2026, 9, 20), date(2026, 9, 21)),
        (date(2026, 8, 15), date(2026, 8, 17)),
        (date(2027, 8, 15), date(2027, 8, 16)),
        (date(2023, 9, 20), date(2023, 9, 20)),
        # over holidays: Easter, Whit Monday, Christmas, 1 and 17 May, Ascension
        (date(2024, 3, 28), date(2024, 4, 2)),
        (date(2024, 5, 18), date(2024, 5, 21)),
        (date(2027, 12, 25), date(2027, 12, 27)),
        (date(2023, 5, 1), date(2023, 5, 2)),
        (date(2024, 5, 17), date(2024, 5, 21)),
        (date(2023, 5, 17), date(2023, 5, 19)),
        # Christmas Eve and Easter Eve are no holidays, but Easter Eve is a Saturday
        (date(2024, 12, 24), date(2024, 12, 24)),
    ],
)
def test_roll_forward_passes_weekends_and_holidays(day: date, rolled: date) -> None:
    assert roll_forward(day) == rolled


@given(st.dates(date(2021, 1, 1), date(2060, 12, 31)))
def test_roll_forward_stops_at_the_first_working_day(day: date) -> None:
    rolled = roll_forward(day)
    passed = [day + timedelta(days=n) for n in range((rolled - day).days)]
    assert is_working_day(rolled)
    assert [one for one in passed if is_working_day(one)] == []
    assert len(passed) <= 5


@given(st.dates(date(2021, 1, 1), date(2060, 12, 31)))
def test_midnight_is_where_the_local_day_changes(day: date) -> None:
    at = midnight_before(day)
    assert (local_day(at - timedelta(microseconds=1)), local_day(at)) == (day - timedelta(days=1), day)


@given(st.integers(0, 40 * 366 * 24 * 60))
def test_the_open_round_is_the_latest_and_before_the_next(minutes: int) -> None:
    at = datetime(2021, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    latest, following = ROUNDS.latest_at(at), ROUNDS.next_at(at)
    assert latest is not None
    assert following is not None
    assert following.cycle_year == latest.cycle_year + 1
    assert ROUNDS.open_at(at) == (latest if latest.is_open(at) else None)
