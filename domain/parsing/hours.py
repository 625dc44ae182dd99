"""Times of the day, as in calls to meetings."""

import re
from dataclasses import dataclass
from datetime import time

from domain.parsing.reading import Unreadable, tidy

_TIME = r"([0-9]{1,2})(?:[.:]?([0-9]{2}))?"
_CLOCK = r"(?:klokka|klokken|kl|at)[.:]? ?"
_FROM = r"(?:fra |frå |from )?"
_TIMES = re.compile(rf"{_FROM}(?:{_CLOCK})?{_FROM}{_TIME}(?:(?: ?- ?| til | to )(?:{_CLOCK})?{_TIME})?")


@dataclass(frozen=True, slots=True)
class Times:
    """Local times on one day. `ends` None: not said."""

    begins: time
    ends: time | None = None


def parse_times(text: str) -> Times:
    """`9.00-15.00`, `kl:9.00-15.00`, `kl. 09`, `9 til 15`, `0900-1500`.

    Raises: Unreadable - not_a_time, no_such_time, ends_before_it_begins. Source: domain.md 7.3.
    """
    match = _TIMES.fullmatch(tidy(text))
    if match is None:
        raise Unreadable("not_a_time")
    begins = _time(match[1], match[2])
    ends = _time(match[3], match[4]) if match[3] else None
    if ends is not None and ends <= begins:
        raise Unreadable("ends_before_it_begins")
    return Times(begins, ends)


def _time(hours: str, minutes: str | None) -> time:
    try:
        return time(int(hours), int(minutes or 0))
    except ValueError:
        raise Unreadable("no_such_time") from None
