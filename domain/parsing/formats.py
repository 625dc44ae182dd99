"""Values as people read them."""

from datetime import date
from fractions import Fraction

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_NORWEGIAN = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
]  # bokmål and nynorsk alike
_ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def format_nok(nok: int) -> str:
    """`14 825 160 kr`, with no-break spaces so that it never breaks over two lines."""
    sign = MINUS if nok < 0 else ""
    return f"{sign}{abs(nok):,}".replace(",", NO_BREAK_SPACE) + f"{NO_BREAK_SPACE}kr"


def format_percent(percent: Fraction, language: str, *, decimals: int = 0) -> str:
    """`136,2 %`, in English `136.2 %`, with a no-break space. The value must have no more decimals than are shown.

    Raises: ValueError - it has more; rounding is the rule's, not the eye's.
    """
    scaled = percent * 10**decimals
    if scaled.denominator != 1:
        raise ValueError(f"{percent} has more than {decimals} decimals")
    whole, rest = divmod(abs(int(scaled)), 10**decimals)
    mark = "." if language == "en" else ","
    sign = MINUS if percent < 0 else ""
    return f"{sign}{whole}{f'{mark}{rest:0{decimals}}' if decimals else ''}{NO_BREAK_SPACE}%"


def format_month(day: date, language: str) -> str:
    """The month that the day is in, without its year: `april`, in English `April`."""
    return (_ENGLISH if language == "en" else _NORWEGIAN)[day.month - 1]


def format_day(day: date, language: str) -> str:
    """`1. februar 2023`, in English `1 February 2023`."""
    if language == "en":
        return f"{day.day} {_ENGLISH[day.month - 1]} {day.year}"
    return f"{day.day}. {_NORWEGIAN[day.month - 1]} {day.year}"
