from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.data import UnknownForum
from domain.schemes import (
    NoSchemeSet,
    OwnContribution,
    own_contribution_nok,
    scheme_set,
    scheme_set_by_key,
    scheme_sets,
)

OLD, NEW = scheme_sets("nordland")


def _formula() -> OwnContribution:
    (dekom,) = (scheme for scheme in OLD.schemes if scheme.key == "decentralised")
    assert dekom.own_contribution is not None
    return dekom.own_contribution


@pytest.mark.parametrize(
    ("on", "key"),
    [
        (date(2021, 1, 26), "nordland-2021-2025"),
        (date(2023, 2, 1), "nordland-2021-2025"),
        (date(2025, 12, 31), "nordland-2021-2025"),
        (date(2026, 1, 1), "nordland-2026"),
        (date(2030, 2, 1), "nordland-2026"),
    ],
)
def test_scheme_set_is_the_one_that_holds_on_the_day(on: date, key: str) -> None:
    assert scheme_set("nordland", on).key == key


def test_scheme_set_before_the_regulation_is_an_error() -> None:
    with pytest.raises(NoSchemeSet, match="nordland has no scheme set for 2021-01-25"):
        scheme_set("nordland", date(2021, 1, 25))


def test_scheme_set_of_an_unknown_forum_is_an_error() -> None:
    with pytest.raises(UnknownForum):
        scheme_set("atlantis", date(2023, 2, 1))


def test_case_finds_the_set_it_was_filed_under() -> None:
    assert scheme_set_by_key("nordland", "nordland-2021-2025") == OLD
    with pytest.raises(NoSchemeSet, match="nordland has no scheme set 'nordland-1999'"):
        scheme_set_by_key("nordland", "nordland-1999")


def test_schemes_keep_their_keys_and_short_names() -> None:
    """Stored in cases and case numbers, so they never change."""
    names = {one.key: [(scheme.key, scheme.short) for scheme in one.schemes] for one in (OLD, NEW)}
    assert names == {
        "nordland-2021-2025": [
            ("regional", "REKOM"),
            ("decentralised", "DEKOM"),
            ("competence_lift", "LOFT"),
        ],
        "nordland-2026": [("collective", "KOLLEKTIV")],
    }


def test_criteria_and_considerations_of_the_slides_are_complete() -> None:
    assert [criterion.key for criterion in OLD.criteria] == ["local_need", "unit_based", "partnership"]
    assert [consideration.key for consideration in OLD.considerations] == [
        "all_regions",
        "by_assessment",
        "special_challenges",
        "parallel_measures",
        "network_reach",
        "coordinator",
        "followup_scheme",
        "sector_goals",
    ]


def test_only_kompetanseløftet_asks_for_private_units_and_the_mix_of_services() -> None:
    asked = {s.key: (s.asks_private_invited, s.asks_service_mix) for s in OLD.schemes}
    assert asked == {
        "regional": (False, False),
        "decentralised": (False, False),
        "competence_lift": (True, True),
    }


def test_only_dekom_wants_an_own_contribution() -> None:
    assert [s.key for s in (*OLD.schemes, *NEW.schemes) if s.own_contribution] == ["decentralised"]


def test_individual_track_keeps_the_order_of_the_slides() -> None:
    track = OLD.individual_track
    assert track is not None
    assert (track.scheme, track.max_share) == ("regional", Fraction(3, 10))
    assert [priority.key for priority in track.priorities] == [
        "teacher_education",
        "trade_certificate",
        "raising_studies",
        "mentoring",
    ]
    assert [(key.key, key.largest_first) for key in track.ranking] == [
        ("teacher_education", True),
        ("dispensations_municipality", True),
        ("dispensations_kindergarten", True),
        ("progress_share", True),
        ("received_at", False),
    ]


def test_what_is_not_known_of_2026_is_to_be_confirmed() -> None:
    assert NEW.individual_track is None
    assert NEW.unconfirmed == (
        "own_contribution",
        "deadlines",
        "forum_mandate",
        "criteria",
        "considerations",
        "coordinator",
        "private_invited",
        "upper_secondary",
        "individual_track",
        "vocational_college_partner",
    )
    assert OLD.unconfirmed == ()


@pytest.mark.parametrize(
    ("base", "nok"), [("owner_grant", 210_000), ("total_grant", 360_000), ("cost_share", 300_000)]
)
def test_own_contribution_of_the_golden_grants(base: str, nok: int) -> None:
    """700 000 to the owner and 500 000 to the university, by the variants A, A2 and B of domain.md 1.6."""
    formula = replace(_formula(), base=base)  # type: ignore[arg-type]  # one of the three
    assert own_contribution_nok(formula, 700_000, 500_000) == nok


def test_own_contribution_of_dekom_is_variant_a() -> None:
    formula = _formula()
    assert (formula.rate, formula.base) == (Fraction(3, 10), "owner_grant")
    assert formula.kinds == ("cash", "working_hours", "substitute_cost", "rkk_fee")


@pytest.mark.parametrize(
    ("owner_nok", "nok"), [(0, 0), (1, 1), (9, 3), (10, 3), (11, 4), (1_000_000_000, 300_000_000)]
)
def test_own_contribution_is_rounded_up(owner_nok: int, nok: int) -> None:
    assert own_contribution_nok(_formula(), owner_nok, 0) == nok


def test_own_contribution_of_a_negative_grant_is_an_error() -> None:
    for owner_nok, uh_nok in product((-1, 0), (-1, 0)):
        if owner_nok or uh_nok:
            with pytest.raises(ValueError, match="not negative"):
                own_contribution_nok(_formula(), owner_nok, uh_nok)


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.sampled_from(["owner_grant", "total_grant", "cost_share"]),
)
def test_own_contribution_is_the_least_whole_krone_that_is_enough(
    owner_nok: int, uh_nok: int, base: str
) -> None:
    formula = replace(_formula(), base=base)  # type: ignore[arg-type]  # one of the three
    exact = {
        "owner_grant": Fraction(3, 10) * owner_nok,
        "total_grant": Fraction(3, 10) * (owner_nok + uh_nok),
        "cost_share": Fraction(3, 7) * owner_nok,
    }[base]
    assert 0 <= own_contribution_nok(formula, owner_nok, uh_nok) - exact < 1
