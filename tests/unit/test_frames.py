"""A year's frames out of the slides and the cases: the golden cases of domain.md 7, through what is shown."""

from datetime import date
from fractions import Fraction

import pytest

from domain.deck import FigureKind, deck
from domain.frames import Amount, Asked, Base, Frames, SchemeYear, Share, Source, frames, pots
from domain.schemes import scheme_set

DECK = deck("nordland")
NOW, LATER = scheme_set("nordland", date(2023, 2, 1)), scheme_set("nordland", date(2026, 2, 1))


def of(year: int, *asked: Asked) -> Frames:
    return frames(year, scheme_set("nordland", date(year, 2, 1)), DECK, asked)


def scheme(found: Frames, key: str | None) -> SchemeYear:
    each = found.of(key)
    assert each is not None
    return each


def by_scheme(found: Frames, name: str) -> dict[str | None, int | None]:
    return {each.scheme: getattr(each, name).nok if getattr(each, name) else None for each in found.schemes}


SLIDES = of(2023)
TOTAL = SLIDES.total
(ALL_REQUESTED,) = TOTAL.requested


def test_g1_g2_what_is_asked_for_in_all_with_its_split() -> None:
    requested = {each.scheme: [amount.nok for amount in each.requested] for each in SLIDES.schemes}
    assert requested == {
        "regional": [14_825_160],
        "decentralised": [17_816_072],
        "competence_lift": [17_530_348],
    }
    assert (ALL_REQUESTED.nok, ALL_REQUESTED.owner_nok, ALL_REQUESTED.uh_nok) == (
        50_171_580,
        21_367_898,
        28_803_682,
    )
    assert ALL_REQUESTED.source is Source.SLIDES


def test_g3_pots_as_printed_and_as_split_by_the_rule_are_the_same() -> None:
    regional = scheme(SLIDES, "regional")
    assert regional.collective_pot is not None
    assert regional.individual_pot is not None
    printed = (regional.collective_pot.nok, regional.individual_pot.nok)
    assert printed == (7_620_200, 3_265_800)
    assert regional.collective_pot.shares == (Share(Fraction(70), Base.FRAME, 10_886_000),)
    assert regional.individual_pot.shares == (Share(Fraction(30), Base.FRAME, 10_886_000),)
    assert NOW.individual_track is not None
    assert pots(10_886_000, NOW.individual_track) == {
        FigureKind.COLLECTIVE_POT: printed[0],
        FigureKind.INDIVIDUAL_POT: printed[1],
    }


def test_g4_the_frame_of_2022_is_not_known_but_what_its_pot_means_is() -> None:
    regional = scheme(of(2022), "regional")
    assert (regional.frame, regional.implied_frame_nok) == (None, 8_464_000)
    assert scheme(of(2022), "decentralised").implied_frame_nok is None


def test_g5_frames_with_their_sum() -> None:
    assert by_scheme(SLIDES, "frame") == {
        "regional": 10_886_000,
        "decentralised": 12_070_000,
        "competence_lift": 8_296_000,
    }
    assert TOTAL.frame == Amount(31_252_000, Source.COMPUTED)


def test_g6_requests_in_per_cent_each_with_its_base() -> None:
    shares = {each.scheme: each.requested[0].shares for each in (*SLIDES.schemes, TOTAL)}
    assert shares == {
        "regional": (
            Share(Fraction("136.2"), Base.FRAME, 10_886_000),
            Share(Fraction("194.6"), Base.COLLECTIVE_POT, 7_620_200),
        ),
        "decentralised": (Share(Fraction("147.6"), Base.FRAME, 12_070_000),),
        "competence_lift": (Share(Fraction("211.3"), Base.FRAME, 8_296_000),),
        None: (
            Share(Fraction("160.5"), Base.FRAME, 31_252_000),
            Share(Fraction("179.3"), Base.COLLECTIVE_POT, 27_986_200),
        ),
    }


def test_g7_g8_g9_what_is_missing_and_what_is_covered() -> None:
    found = {
        each.scheme: (each.missing_nok(each.requested[0]), each.covered(each.requested[0]))
        for each in (*SLIDES.schemes, TOTAL)
    }
    assert found == {
        "regional": (7_204_960, Fraction("51.40")),
        "decentralised": (5_746_072, Fraction("67.75")),
        "competence_lift": (9_234_348, Fraction("47.32")),
        None: (22_185_380, Fraction("55.78")),
    }
    assert TOTAL.collective_pot == Amount(27_986_200, Source.COMPUTED)


PRINTED = {
    "regional": ((2024, 6_968_000, 83), (2025, 5_882_000, 70)),
    "decentralised": ((2024, 10_130_000, 84), (2025, 10_100_000, 84)),
    "competence_lift": ((2024, 6_955_000, 87), (2025, 6_600_000, 83)),
}


@pytest.mark.parametrize("key", PRINTED)
def test_table_7_1_percentages_are_shown_as_printed_without_a_base(key: str) -> None:
    """Seen from 2023 they are for later years; seen from those years they come from an earlier round."""
    later = {
        year: Amount(nok, Source.SLIDES, shares=(Share(Fraction(percent), None),), is_certain=False)
        for year, nok, percent in PRINTED[key]
    }
    assert dict(scheme(SLIDES, key).later) == later
    for year, amount in later.items():
        assert scheme(of(year), key).earlier == (amount,)
        assert scheme(of(year), key).frame is None


def test_table_7_1_sums_have_no_percentage() -> None:
    assert [(year, amount.nok, amount.shares) for year, amount in TOTAL.later] == [
        (2024, 24_053_000, ()),
        (2025, 22_582_000, ()),
    ]
    assert [amount.nok for amount in of(2024).total.earlier] == [24_053_000]


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2026])
def test_what_nothing_tells_is_not_known(year: int) -> None:
    found = of(year)
    for each in (*found.schemes, found.total):
        assert (each.recommended_nok, each.awarded_nok, each.free_nok) == (None, None, None)


def test_free_is_what_is_left_of_the_frame() -> None:
    year = SchemeYear("regional", frame=Amount(100, Source.SLIDES), awarded_nok=130)
    assert year.free_nok == -30
    assert SchemeYear("regional", awarded_nok=130).free_nok is None


THREE_YEARS = tuple(Asked(2023, "decentralised", year, 2, 1_000, 500) for year in (2023, 2024, 2025))
DEKOM = Amount(1_500, Source.CASES, 1_000, 500, 2)


def test_cases_stand_beside_the_slides_and_are_not_added() -> None:
    found = of(2023, *THREE_YEARS)
    dekom = scheme(found, "decentralised")
    assert [(a.source, a.nok) for a in dekom.requested] == [
        (Source.SLIDES, 17_816_072),
        (Source.CASES, 1_500),
    ]
    assert [(year, a.source, a.nok) for year, a in dekom.later] == [
        (2024, Source.SLIDES, 10_130_000),
        (2024, Source.CASES, 1_500),
        (2025, Source.SLIDES, 10_100_000),
        (2025, Source.CASES, 1_500),
    ]
    assert [(a.source, a.nok, a.owner_nok, a.uh_nok, a.cases) for a in found.total.requested] == [
        (Source.SLIDES, 50_171_580, 21_367_898, 28_803_682, None),
        (Source.CASES, 1_500, 1_000, 500, 2),
    ]


def test_cases_against_the_frame_there_is_more_than_enough() -> None:
    dekom = scheme(of(2023, *THREE_YEARS), "decentralised")
    assert dekom.requested[1].shares == (Share(Fraction(0), Base.FRAME, 12_070_000),)
    assert dekom.missing_nok(dekom.requested[1]) is None


def test_a_later_year_knows_its_own_round_from_earlier_ones() -> None:
    own = Asked(2024, "decentralised", 2024, 1, 10, 5)
    dekom = scheme(of(2024, *THREE_YEARS, own), "decentralised")
    assert dekom.requested == (Amount(15, Source.CASES, 10, 5, 1),)
    assert dekom.earlier[1:] == (DEKOM,)
    assert dekom.later == ()


def test_a_scheme_that_has_ended_stands_there_as_long_as_earlier_rounds_ask_for_money_in_it() -> None:
    ask = Asked(2025, "decentralised", 2026, 2, 1_000, 500)
    found = of(2026, ask, Asked(2025, "regional", 2026, 0, 0, 0))
    assert [each.scheme for each in found.schemes] == ["collective", "decentralised"]
    assert scheme(found, "decentralised").earlier == found.total.earlier == (DEKOM,)
    assert [each.scheme for each in of(2026).schemes] == ["collective"]


def test_a_frame_without_printed_pots_is_split_by_the_rule() -> None:
    """Of a scheme without an individual track the whole frame is for collective measures."""
    figures = tuple(f for f in DECK.figures if "pot" not in f.kind)
    found = frames(2023, NOW, type(DECK)(DECK.title, DECK.shown_on, figures), ())
    regional = scheme(found, "regional")
    assert regional.collective_pot is not None
    assert regional.collective_pot == Amount(
        7_620_200, Source.COMPUTED, shares=(Share(Fraction(70), Base.FRAME, 10_886_000),)
    )
    assert scheme(found, "decentralised").collective_pot == scheme(found, "decentralised").frame
    assert found.total.collective_pot == Amount(27_986_200, Source.COMPUTED)


def test_there_is_no_such_scheme() -> None:
    assert SLIDES.of("collective") is None
    assert LATER.key == "nordland-2026"
