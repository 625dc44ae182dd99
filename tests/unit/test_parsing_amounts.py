from collections.abc import Callable
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parsing import (
    NOK_MAX,
    NUMBER_MAX,
    PERCENTAGE_MAX,
    UNREADABLE_KEYS,
    Unreadable,
    format_nok,
    parse_nok,
    parse_nok_with_percentage,
    parse_percentage,
    parse_whole_number,
)


@pytest.mark.parametrize(
    ("text", "nok"),
    [
        # as the forum's slides write them
        ("14 825 160,-", 14_825_160),
        ("7 620 200 ,-", 7_620_200),
        ("(10 886 000,-)", 10_886_000),
        ("6 968 000,- (83%)", 6_968_000),
        # plain
        ("0", 0),
        ("0,-", 0),
        ("150000", 150_000),
        ("1000000000", NOK_MAX),
        ("  150 000 ", 150_000),
        ("150 000\n", 150_000),
        # spaces of all kinds: no-break, narrow no-break, thin, figure; and what clipboards add
        ("14\u00a0825\u00a0160", 14_825_160),
        ("14\u202f825\u202f160\u00a0kr", 14_825_160),
        ("14\u2009825\u2007160", 14_825_160),
        ("\ufeff150\u200b000", 150_000),
        # currency
        ("kr 1.500.000", 1_500_000),
        ("1 500 000 kr", 1_500_000),
        ("1 500 000 kr.", 1_500_000),
        ("kr. 500,-", 500),
        ("KR500", 500),
        ("150 000 NOK", 150_000),
        ("NOK 150 000", 150_000),
        ("150 000 kroner", 150_000),
        ("500.-", 500),
        ("500,–", 500),
        ("500,--", 500),
        # separators of thousands
        ("1.500", 1_500),
        ("1.500.000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1'500'000", 1_500_000),
        ("1’500’000", 1_500_000),
        # no øre
        ("1500,00", 1_500),
        ("1500.00", 1_500),
        ("1.500,00", 1_500),
        ("1 500,00 kr", 1_500),
        ("1,500,000.00", 1_500_000),
        # units
        ("1,5 mill", 1_500_000),
        ("1.5 millioner", 1_500_000),
        ("1,5 millionar", 1_500_000),
        ("1,25 million", 1_250_000),
        ("2 mill.", 2_000_000),
        ("2 mill. kr", 2_000_000),
        ("kr 2 mio", 2_000_000),
        ("0,125 mill", 125_000),
        ("MNOK 1,5", 1_500_000),
        ("1,5 MNOK", 1_500_000),
        ("0,5 mrd", 500_000_000),
        ("150'", 150_000),
        ("150’", 150_000),
        ("1 500'", 1_500_000),
        ("150k", 150_000),
        ("150 tusen", 150_000),
        ("150 tusen kroner", 150_000),
        ("12,5 tusen", 12_500),
        ("tkr 150", 150_000),
    ],
)
def test_parse_nok_reads(text: str, nok: int) -> None:
    assert parse_nok(text) == nok


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "missing"),
        (" \u00a0\u200b", "missing"),
        ("null", "not_a_number"),  # zero in Norwegian, and what a broken client sends
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("1e5", "not_a_number"),
        ("1_000", "not_a_number"),
        ("½ mill", "not_a_number"),
        ("10²", "not_a_number"),
        ("١٢٣", "not_a_number"),
        ("kr", "not_a_number"),
        ("mill", "not_a_number"),
        ("1,5 m", "not_a_number"),
        ("en million", "not_a_number"),
        ("((500))", "not_a_number"),
        ("MNOK 1 mill", "not_a_number"),
        ("-500", "negative"),
        ("−500", "negative"),
        ("kr -500", "negative"),
        ("minus 500", "negative"),
        ("(-500)", "negative"),
        ("1.5", "ambiguous_amount"),
        ("1,5", "ambiguous_amount"),
        ("1,500", "ambiguous_amount"),
        ("150,000 kr", "ambiguous_amount"),
        ("1.500 mill", "ambiguous_amount"),
        ("1,500 mill", "ambiguous_amount"),
        ("1500.000", "ambiguous_amount"),
        ("1 500,000", "ambiguous_amount"),
        ("1.500.50", "ambiguous_amount"),
        ("1.500 000", "ambiguous_amount"),
        ("15 00 000", "ambiguous_amount"),
        ("1 50", "ambiguous_amount"),
        ("0.500", "ambiguous_amount"),
        ("500-", "ambiguous_amount"),
        ("1500,50", "not_whole_kroner"),
        ("1500.05", "not_whole_kroner"),
        ("1,2345678 mill", "not_whole_kroner"),
        ("0,0005 tusen", "not_whole_kroner"),
        ("100 000-150 000", "several_amounts"),
        ("100 til 200", "several_amounts"),
        ("500 + 200", "several_amounts"),
        ("2 x 500", "several_amounts"),
        ("100\n200", "several_amounts"),
        ("100\t200", "several_amounts"),
        ("ca. 500 000", "approximate"),
        ("~500 000", "approximate"),
        ("inntil 500 000", "approximate"),
        ("30 %", "is_percentage"),
        ("30 prosent av tilskuddet", "is_percentage"),
        ("500 €", "not_kroner"),
        ("500 USD", "not_kroner"),
    ],
)
def test_parse_nok_refuses_with_the_reason(text: str, key: str) -> None:
    assert _refusal(parse_nok, text).key == key


@pytest.mark.parametrize("text", ["1 000 000 001", "2 mrd", "1500 mill", "9" * 90])
def test_parse_nok_has_an_upper_bound(text: str) -> None:
    assert _refusal(parse_nok, text) == Unreadable("too_large", most_nok=NOK_MAX)


def test_parse_nok_does_not_read_a_novel() -> None:
    assert _refusal(parse_nok, "1" * 101) == Unreadable("too_long", most=100, length=101)


def test_parse_nok_with_percentage_gives_the_percentage_as_a_share() -> None:
    assert parse_nok_with_percentage("6 968 000,- (83%)") == (6_968_000, Fraction(83, 100))
    assert parse_nok_with_percentage("(10 886 000,-)") == (10_886_000, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("25", 25),
        ("1 200", 1_200),
        ("1.200", 1_200),
        ("25 ansatte", 25),
        ("25 tilsette", 25),
        ("3 år", 3),
        ("3 stk.", 3),
        ("ingen", 0),
        ("Éin", 1),
        ("tre", 3),
        ("Twelve", 12),
        ("1000000", NUMBER_MAX),
    ],
)
def test_parse_whole_number_reads(text: str, number: int) -> None:
    assert parse_whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "missing"),
        ("-1", "negative"),
        ("2,5", "not_whole_number"),
        ("3,0", "not_whole_number"),
        ("1,200", "ambiguous_number"),
        ("10-12", "several_numbers"),
        ("ca. 25", "approximate"),
        ("2 mill", "not_a_number"),
        ("mange", "not_a_number"),
        ("null", "not_a_number"),
        ("1000001", "too_big"),
    ],
)
def test_parse_whole_number_refuses_with_the_reason(text: str, key: str) -> None:
    assert _refusal(parse_whole_number, text).key == key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ca 120", 120),
        ("ca. 120", 120),
        ("Ca.120 ansatte", 120),
        ("omtrent 120", 120),
        ("rundt 1 200", 1_200),
        ("about 120", 120),
        ("~120", 120),
        ("~ 120", 120),
        ("om lag ti", 10),
        ("120", 120),
    ],
)
def test_parse_whole_number_reads_an_estimate_where_one_will_do(text: str, number: int) -> None:
    assert parse_whole_number(text, may_be_estimate=True) == number


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ca.", "not_a_number"),
        ("ca. ca. 120", "approximate"),
        ("minst 120", "approximate"),
        ("inntil 120", "approximate"),
        ("rundt 100-120", "several_numbers"),
        ("ca. -5", "negative"),
    ],
)
def test_parse_whole_number_takes_an_estimate_of_one_number_and_no_bound(text: str, key: str) -> None:
    assert _refusal(partial(parse_whole_number, may_be_estimate=True), text).key == key


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("83%", Fraction(83, 100)),
        ("83 %", Fraction(83, 100)),
        ("(83%)", Fraction(83, 100)),
        ("83", Fraction(83, 100)),
        ("42,59 prosent", Fraction(4259, 10_000)),
        ("0,5 %", Fraction(1, 200)),
        ("211.3 %", Fraction(2113, 1000)),
        ("0", Fraction(0)),
        ("1000 %", Fraction(10)),
    ],
)
def test_parse_percentage_reads_a_share(text: str, share: Fraction) -> None:
    assert parse_percentage(text) == share


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "missing"),
        ("mye", "not_a_percentage"),
        ("-3 %", "negative"),
        ("1001 %", "too_big"),
        ("0,83", "ambiguous_number"),  # 83 % written as a share, or less than one per cent?
        ("1.000 %", "ambiguous_number"),
        ("70/30", "several_numbers"),
    ],
)
def test_parse_percentage_refuses_with_the_reason(text: str, key: str) -> None:
    assert _refusal(parse_percentage, text).key == key


def test_format_nok_never_breaks_over_two_lines() -> None:
    assert format_nok(14_825_160) == "14\u00a0825\u00a0160\u00a0kr"
    assert format_nok(0) == "0\u00a0kr"
    assert format_nok(-22_185_380) == "\u221222\u00a0185\u00a0380\u00a0kr"


@given(st.integers(0, NOK_MAX))
def test_parse_nok_reads_what_format_nok_writes(nok: int) -> None:
    assert parse_nok(format_nok(nok)) == nok


@given(
    st.integers(0, NOK_MAX),
    st.sampled_from([" ", "\u00a0", "\u202f", "."]),
    st.sampled_from(["", ",-", " kr"]),
)
def test_parse_nok_reads_every_grouping(nok: int, gap: str, end: str) -> None:
    assert parse_nok(f"{nok:,}".replace(",", gap) + end) == nok


@given(st.integers(0, 1_000), st.sampled_from([("mill", 1_000_000), ("tusen", 1_000), ("'", 1_000)]))
def test_parse_nok_multiplies_by_the_unit(number: int, unit: tuple[str, int]) -> None:
    assert parse_nok(f"{number} {unit[0]}") == number * unit[1]


ODD_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from([*"0123456789 .,'-()%+/\u00a0\u2212", "kr", "mill", "000", "nok", "NaN", "e", "ca."])
    ).map("".join),
)


@given(ODD_TEXT)
def test_amounts_are_whole_kroner_or_a_refusal_whatever_is_written(text: str) -> None:
    estimate = partial(parse_whole_number, may_be_estimate=True)
    for parse, most in ((parse_nok, NOK_MAX), (parse_whole_number, NUMBER_MAX), (estimate, NUMBER_MAX)):
        read = _value_or_key(parse, text)
        assert read in UNREADABLE_KEYS or (type(read) is int and 0 <= read <= most)


@given(ODD_TEXT)
def test_percentages_are_exact_or_a_refusal_whatever_is_written(text: str) -> None:
    read = _value_or_key(parse_percentage, text)
    assert read in UNREADABLE_KEYS or (type(read) is Fraction and 0 <= read <= PERCENTAGE_MAX / 100)


def _value_or_key(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except Unreadable as refused:
        return refused.key


def _refusal(parse: Callable[[str], object], text: str) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        parse(text)
    return refused.value
