"""Sums split without a krone left over, and percentages for the eye."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import percentage, split
from domain.parsing import NOK_MAX

WEIGHTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 1000), min_size=1)


@given(st.integers(0, NOK_MAX), WEIGHTS)
def test_parts_add_up_and_are_less_than_a_krone_off(total: int, weights: dict[str, int]) -> None:
    shares = {key: Fraction(weight, sum(weights.values())) for key, weight in weights.items()}
    parts = split(total, shares)
    assert sum(parts.values()) == total
    assert all(abs(parts[key] - total * share) < 1 for key, share in shares.items())


@given(st.integers(0, NOK_MAX), WEIGHTS)
def test_order_of_the_shares_does_not_matter(total: int, weights: dict[str, int]) -> None:
    shares = {key: Fraction(weight, sum(weights.values())) for key, weight in weights.items()}
    assert split(total, shares) == split(total, dict(reversed(shares.items())))


def test_kroner_left_over_go_to_the_largest_remainders() -> None:
    assert split(10, {"a": Fraction(1, 4), "b": Fraction(2, 4), "c": Fraction(1, 4)}) == {
        "a": 3,
        "b": 5,
        "c": 2,
    }
    assert split(101, {"small": Fraction(3, 10), "large": Fraction(7, 10)}) == {"small": 30, "large": 71}


@pytest.mark.parametrize(
    "shares",
    [{}, {"a": Fraction(1, 2)}, {"a": Fraction(3, 2), "b": Fraction(-1, 2)}],
    ids=["none", "too little", "negative"],
)
def test_shares_that_are_not_one_are_refused(shares: dict[str, Fraction]) -> None:
    with pytest.raises(ValueError, match="not 1 together"):
        split(100, shares)


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "shown"),
    [
        (1, 2, 0, "50"),
        (1, 8, 1, "12.5"),
        (25, 2000, 1, "1.3"),
        (5, 1000, 0, "1"),
        (49, 10_000, 0, "0"),
        (0, 7, 1, "0"),
    ],
)
def test_percentages_round_half_up(part: int, whole: int, decimals: int, shown: str) -> None:
    assert percentage(part, whole, decimals=decimals) == Fraction(shown)


def test_nothing_is_a_percentage_of_nothing() -> None:
    assert percentage(5, 0) is None
