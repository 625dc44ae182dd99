"""Amounts, counts and percentages.

Norwegian first: a dot or a space between groups of three digits, a comma before decimals. `1.500` is 1500.
`1,500` and `1.5` are refused: 1500 or one and a half, kroner or millions? With a unit (`1,5 mill`) they are clear,
except for three decimals (`1.500 mill`). The source of the forms is the forum's slides and how people write.
"""

import re
from fractions import Fraction
from functools import lru_cache

from domain.parsing.reading import Unreadable, UnreadableKey, tidy, without_brackets

NOK_MAX = 1_000_000_000
"""More than the frames of all schemes in the whole country; whoever writes more has slipped."""
NUMBER_MAX = 1_000_000
PERCENTAGE_MAX = 1000
_REMEMBERED = 4096  # texts; a report is judged anew at every answer, and its amounts are the same

_THOUSAND, _MILLION = 1_000, 1_000_000
_UNITS = (
    dict.fromkeys(("'", "k", "tusen", "tus.", "tus", "thousand", "tkr", "tnok"), _THOUSAND)
    | dict.fromkeys(
        ("millioner", "millionar", "million", "millions", "mill.", "mill", "mio.", "mio"), _MILLION
    )
    | dict.fromkeys(("mnok", "mkr"), _MILLION)
    | dict.fromkeys(("milliarder", "milliardar", "milliard", "mrd.", "mrd"), 1_000 * _MILLION)
)
_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "ingen inga none zero",
            "en én ein éin ei ett eitt én one",
            "to two",
            "tre three",
            "fire four",
            "fem five",
            "seks six",
            "sju syv seven",
            "åtte eight",
            "ni nine",
            "ti ten",
            "elleve eleven",
            "tolv twelve",
        )
    )
    for word in words.split()
}

_NUMBER = (
    r"(?P<whole>[1-9][0-9]{0,2}(?P<gap>[ .,'])[0-9]{3}(?:(?P=gap)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<decimals>[0-9]+))?"
)
_KRONER = r"(?:kroner|krone|kr\.?|nok)"
_UNIT = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_AMOUNT = re.compile(
    rf"(?:{_KRONER} ?|(?P<unit_before>[mt](?:nok|kr)) ?)?{_NUMBER} ?(?P<unit_after>{_UNIT})?"
    rf" ?(?:[,.:;]-{{1,2}})? ?{_KRONER}?\.?"
)
_COUNT = re.compile(
    rf"{_NUMBER} ?(?:stk|stykker|personer|personar|ansatte|tilsette|tiltak|år|people|staff|measures|years)?\.?"
)
_PERCENTAGE = re.compile(rf"{_NUMBER} ?(?P<sign>%|prosent|pst\.?|percent|per cent)?")
_AND_PERCENTAGE = re.compile(
    r"(?P<amount>[^()]+|\([^()]*\)) ?\((?P<percentage>[^()]*(?:%|prosent|percent))\)"
)

_NEGATIVE = re.compile(rf"\(?(?:{_KRONER} ?)?(?:-|minus ?)\(? ?(?:{_KRONER} ?)?[0-9]")
_ABOUT = "ca|cirka|circa|omtrent|om lag|omlag|rundt|about|around|approx|approximately"
_ESTIMATE = re.compile(rf"(?:(?:{_ABOUT})[. ]|[~≈]) ?")
_APPROXIMATE = re.compile(
    rf"(?:{_ABOUT}|inntil|opptil|opp til|minst|maks|up to|at least|at most)[. ]|[~±<>≈]"
)
_SEVERAL = re.compile(r"[0-9][^0-9]*(?:-|\+|/|\*|x|til|to|og|and|eller|or)[^0-9]*[0-9]")
_FOREIGN = re.compile(r"[€$£]|(?<![a-z])(?:eur|euro|usd|dollar|sek|dkk|gbp)(?![a-z])")
_DIGITS = re.compile(r"[0-9 .,'-]+")


@lru_cache(_REMEMBERED)
def parse_nok(text: str) -> int:
    """Whole kroner from 0 to NOK_MAX, as people write them: `14 825 160,-`, `1,5 mill`, `150'`, `kr 1.500.000`.

    Brackets around it and a percentage in brackets behind it are let go: `6 968 000,- (83%)`.

    Raises: Unreadable - with the reason, never a rounded or guessed amount.
    Source: domain.md 7.3.
    """
    return parse_nok_with_percentage(text)[0]


def parse_nok_with_percentage(text: str) -> tuple[int, Fraction | None]:
    """An amount and the percentage that stands behind it in brackets, if there is one, as a share.

    Raises: Unreadable.
    """
    words = _one_cell(text, "several_amounts")
    if match := _AND_PERCENTAGE.fullmatch(words):
        return _nok(match["amount"].strip()), parse_percentage(match["percentage"])
    return _nok(words), None


@lru_cache(_REMEMBERED)
def parse_whole_number(text: str, *, may_be_estimate: bool = False) -> int:
    """A count from 0 to NUMBER_MAX: `25`, `1 200`, `25 ansatte`, `tre`; where an estimate will do, `ca. 120` as 120.

    `minst 120` and `inntil 120` are refused all the same: a bound is no estimate.

    Raises: Unreadable.
    """
    words = _one_cell(text, "several_numbers")
    if may_be_estimate and (about := _ESTIMATE.match(words)):
        words = words[about.end() :]
    if words in _WORDS:
        return _WORDS[words]
    match = _COUNT.fullmatch(words)
    if match is None:
        raise Unreadable(_why_no_number(words, "ambiguous_number", "several_numbers"))
    if match["decimals"]:
        raise Unreadable("not_whole_number")
    value = _value(match, "ambiguous_number")
    if value > NUMBER_MAX:
        raise Unreadable("too_big", most=NUMBER_MAX)
    return int(value)


def parse_percentage(text: str) -> Fraction:
    """A percentage as a share: `83 %` -> 83/100, `42,59 prosent`. Without a sign it must be 0, or 1 or more.

    Raises: Unreadable.
    """
    words = without_brackets(_one_cell(text, "several_numbers"))
    match = _PERCENTAGE.fullmatch(words)
    if match is None:
        why = _why_no_number(words, "not_a_percentage", "several_numbers")
        raise Unreadable("not_a_percentage" if why == "not_a_number" else why)
    value = _value(match, "ambiguous_number", is_clear=True)
    if not match["sign"] and 0 < value < 1:
        raise Unreadable("ambiguous_number")
    if value > PERCENTAGE_MAX:
        raise Unreadable("too_big", most=PERCENTAGE_MAX)
    return value / 100


def _one_cell(text: str, several: UnreadableKey) -> str:
    """The tidy text. Lines, and cells out of a spreadsheet, must not grow together: `100⏎200` is not 100 200."""
    if len(text.strip().replace("\t", "\n").splitlines()) > 1:
        raise Unreadable(several)
    return tidy(text)


def _nok(words: str) -> int:
    words = without_brackets(words)
    match = _AMOUNT.fullmatch(words)
    if match is None or (match["unit_before"] and match["unit_after"]):
        raise Unreadable(_why_no_amount(words))
    unit = match["unit_before"] or match["unit_after"]
    value = _value(match, "ambiguous_amount", is_clear=unit is not None) * _UNITS.get(unit or "", 1)
    if value.denominator != 1:
        raise Unreadable("not_whole_kroner")
    if value > NOK_MAX:
        raise Unreadable("too_large", most_nok=NOK_MAX)
    return int(value)


def _value(match: re.Match[str], ambiguous: UnreadableKey, *, is_clear: bool = False) -> Fraction:
    """The number of the match. `is_clear`: a unit or sign behind it says that decimals are meant as such."""
    gap, point, decimals = match["gap"], match["point"], match["decimals"]
    is_one_group = gap is not None and match["whole"].count(gap) == 1 and not decimals
    if is_one_group and (gap == "," or (is_clear and gap == ".")):
        raise Unreadable(ambiguous)
    if decimals and (gap == point or (not is_clear and len(decimals) != 2)):
        raise Unreadable(ambiguous)
    return Fraction(f"{re.sub('[^0-9]', '', match['whole'])}.{decimals or '0'}")


def _why_no_amount(words: str) -> UnreadableKey:
    if re.search("%|prosent|percent", words):
        return "is_percentage"
    if _FOREIGN.search(words):
        return "not_kroner"
    return _why_no_number(words, "ambiguous_amount", "several_amounts")


def _why_no_number(words: str, ambiguous: UnreadableKey, several: UnreadableKey) -> UnreadableKey:
    if _NEGATIVE.match(words):
        return "negative"
    if _APPROXIMATE.match(words):
        return "approximate"
    if _SEVERAL.search(words):
        return several
    if _DIGITS.fullmatch(words) and re.search("[0-9]", words):
        return ambiguous
    return "not_a_number"
