"""What people and slides write, read into values; and values written as people read them.

Bokmål, nynorsk and English alike. What can be meant in two ways is refused with a text key, never guessed.
"""

from domain.parsing.amounts import (
    NOK_MAX,
    NUMBER_MAX,
    PERCENTAGE_MAX,
    parse_nok,
    parse_nok_with_percentage,
    parse_percentage,
    parse_whole_number,
)
from domain.parsing.days import DateRange, parse_date, parse_date_range, parse_when, parse_window
from domain.parsing.formats import format_day, format_month, format_nok, format_percent
from domain.parsing.hours import Times, parse_times
from domain.parsing.reading import UNREADABLE_KEYS, Unreadable, UnreadableKey

__all__ = [
    "NOK_MAX",
    "NUMBER_MAX",
    "PERCENTAGE_MAX",
    "UNREADABLE_KEYS",
    "DateRange",
    "Times",
    "Unreadable",
    "UnreadableKey",
    "format_day",
    "format_month",
    "format_nok",
    "format_percent",
    "parse_date",
    "parse_date_range",
    "parse_nok",
    "parse_nok_with_percentage",
    "parse_percentage",
    "parse_times",
    "parse_when",
    "parse_whole_number",
    "parse_window",
]
