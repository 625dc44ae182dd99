"""The golden cases of the slides (domain.md 7), with whole numbers and fractions only."""

from fractions import Fraction

import pytest

from domain.data import Certainty
from domain.deck import Figure, FigureKind, deck
from domain.parsing import parse_nok_with_percentage

DECK = deck("nordland")
REQUESTED = DECK.of(FigureKind.REQUESTED, 2023)
FRAMES = DECK.of(FigureKind.FRAME, 2023)
COLLECTIVE = FRAMES | DECK.of(FigureKind.COLLECTIVE_POT, 2023)
SHORTFALLS = {scheme: REQUESTED[scheme] - COLLECTIVE[scheme] for scheme in REQUESTED}


def _requested(party: str | None = None) -> int:
    return DECK.figure(FigureKind.REQUESTED, 2023, party=party).nok


def _percent(part: int, whole: int, decimals: int = 1) -> Fraction:
    """Half up, for display only."""
    return Fraction((part * 100 * 10**decimals * 2 + whole) // (2 * whole), 10**decimals)


def test_g1_requests_per_scheme_add_up() -> None:
    assert REQUESTED == {"regional": 14_825_160, "decentralised": 17_816_072, "competence_lift": 17_530_348}
    assert sum(REQUESTED.values()) == _requested() == 50_171_580


def test_g2_requests_per_party_add_up() -> None:
    assert (_requested("owner"), _requested("university")) == (21_367_898, 28_803_682)
    assert _requested("owner") + _requested("university") == _requested()
    assert _percent(_requested("owner"), _requested(), 2) == Fraction("42.59")
    assert _percent(_requested("university"), _requested(), 2) == Fraction("57.41")


def test_g3_pots_are_seventy_and_thirty_per_cent_of_the_regional_frame() -> None:
    frame = FRAMES["regional"]
    collective = DECK.figure(FigureKind.COLLECTIVE_POT, 2023, scheme="regional").nok
    individual = DECK.figure(FigureKind.INDIVIDUAL_POT, 2023, scheme="regional").nok
    assert (collective, individual) == (7_620_200, 3_265_800)
    assert Fraction(collective, frame) == Fraction(7, 10)
    assert Fraction(individual, frame) == Fraction(3, 10)
    assert collective + individual == frame == 10_886_000


def test_g4_frame_of_2022_follows_from_its_pot() -> None:
    pots = [DECK.figure(FigureKind.INDIVIDUAL_POT, year, scheme="regional").nok for year in (2022, 2023)]
    assert pots[0] / Fraction(3, 10) == 8_464_000
    assert _percent(pots[1] - pots[0], pots[0]) == Fraction("28.6")


def test_g5_frames_add_up() -> None:
    assert FRAMES == {"regional": 10_886_000, "decentralised": 12_070_000, "competence_lift": 8_296_000}
    assert sum(FRAMES.values()) == 31_252_000


def test_g6_requests_against_frames() -> None:
    assert _percent(_requested(), sum(FRAMES.values())) == Fraction("160.5")
    assert {scheme: _percent(nok, FRAMES[scheme]) for scheme, nok in REQUESTED.items()} == {
        "regional": Fraction("136.2"),
        "decentralised": Fraction("147.6"),
        "competence_lift": Fraction("211.3"),
    }
    assert _percent(REQUESTED["regional"], COLLECTIVE["regional"]) == Fraction("194.6")


def test_g7_collective_pot_and_its_shortfall() -> None:
    pot = sum(COLLECTIVE.values())
    assert (pot, _requested() - pot) == (27_986_200, 22_185_380)
    assert _percent(pot, _requested(), 2) == Fraction("55.78")


def test_g8_shortfalls_cross_foot() -> None:
    assert SHORTFALLS == {"regional": 7_204_960, "decentralised": 5_746_072, "competence_lift": 9_234_348}
    assert sum(SHORTFALLS.values()) == _requested() - sum(COLLECTIVE.values())


def test_g9_fill_ratios() -> None:
    assert {scheme: _percent(COLLECTIVE[scheme], nok, 3) for scheme, nok in REQUESTED.items()} == {
        "regional": Fraction("51.400"),
        "decentralised": Fraction("67.748"),
        "competence_lift": Fraction("47.324"),
    }


def test_later_years_keep_their_percentages_without_a_base() -> None:
    """Measured against the frames of 2023 only Dekom's would fit, so they are printed and never recomputed."""
    printed = {
        (figure.scheme, figure.year): (figure.nok, figure.percentage, figure.base, figure.certainty)
        for figure in DECK.figures
        if figure.kind is FigureKind.COMMITMENT
    }
    assert printed == {
        ("regional", 2024): (6_968_000, 83, None, Certainty.LOW),
        ("regional", 2025): (5_882_000, 70, None, Certainty.LOW),
        ("decentralised", 2024): (10_130_000, 84, None, Certainty.LOW),
        ("decentralised", 2025): (10_100_000, 84, None, Certainty.LOW),
        ("competence_lift", 2024): (6_955_000, 87, None, Certainty.LOW),
        ("competence_lift", 2025): (6_600_000, 83, None, Certainty.LOW),
    }


@pytest.mark.parametrize(("year", "nok"), [(2024, 24_053_000), (2025, 22_582_000)])
def test_later_years_add_up(year: int, nok: int) -> None:
    assert sum(DECK.of(FigureKind.COMMITMENT, year).values()) == nok


@pytest.mark.parametrize("figure", DECK.figures, ids=lambda figure: figure.written)
def test_figures_are_what_the_slide_writes(figure: Figure) -> None:
    written = figure.written.replace("2022: ", "")
    nok, share = parse_nok_with_percentage(written)
    percentage = None if share is None else share * 100
    assert (nok, percentage) == (figure.nok, figure.percentage)


def test_figure_that_no_slide_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        DECK.figure(FigureKind.FRAME, 2022)
