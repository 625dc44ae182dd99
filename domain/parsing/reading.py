"""What all readers share: the refusal, and a text without the accidents of keyboards and clipboards."""

import re
from datetime import date
from typing import Literal, get_args

UnreadableKey = Literal[
    "missing",
    "too_long",
    "approximate",  # "ca. 500 000"
    # amounts, numbers, percentages
    "not_a_number",
    "negative",
    "too_large",  # an amount
    "too_big",  # another number
    "ambiguous_amount",  # "1,5": kroner, thousands or millions?
    "ambiguous_number",
    "several_amounts",  # "100 000-150 000"
    "several_numbers",
    "not_whole_kroner",
    "not_whole_number",
    "is_percentage",
    "not_kroner",
    "not_a_percentage",
    # days and times
    "not_a_day",
    "no_such_day",  # "30.02"
    "no_such_week",
    "ambiguous_day",  # "april 23": the day or the year?
    "day_missing",  # "april"
    "several_days",  # "28.-29.09" where one day is wanted
    "weekday_differs",  # "mandag 1. februar 2023" was a Wednesday
    "year_out_of_range",
    "on_demand",  # "Vurdere behov?" where a day is wanted
    "ends_before_it_begins",
    "not_a_time",
    "no_such_time",
]
UNREADABLE_KEYS: tuple[str, ...] = get_args(UnreadableKey)

_LONGEST = 100
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"))
_LOOKALIKES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`", "'")
)
_SPACES = re.compile(r"\s+")


class Unreadable(ValueError):  # noqa: N818 - an answer to a person, not an error of ours
    """A text that is not read: a text key, and what that text wants to know. Equal ones are equal values."""

    def __init__(self, key: UnreadableKey, **details: int | str | date) -> None:
        super().__init__(key, details)
        self.key: UnreadableKey = key
        self.details = details

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unreadable) and (self.key, self.details) == (other.key, other.details)

    def __hash__(self) -> int:
        return hash((self.key, *sorted(self.details)))


def tidy(text: str) -> str:
    """The text in small letters, with plain single spaces, dashes and apostrophes and nothing invisible.

    Raises: Unreadable - missing, too_long.
    """
    plain = text.translate(_INVISIBLE).translate(_LOOKALIKES)
    tidied = _SPACES.sub(" ", plain).strip().casefold()
    if not tidied:
        raise Unreadable("missing")
    if len(tidied) > _LONGEST:
        raise Unreadable("too_long", most=_LONGEST, length=len(tidied))
    return tidied


def without_brackets(text: str) -> str:
    """`(10 886 000,-)` -> `10 886 000,-`: the slides put the sum of a list in brackets."""
    inner = text[1:-1].strip()
    return inner if text.startswith("(") and text.endswith(")") and not set(inner) & set("()") else text
