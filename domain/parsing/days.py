"""Days and spans of days. The day comes before the month, as everywhere in Norway; weeks are those of ISO 8601."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.parsing.reading import Unreadable, UnreadableKey, tidy

YEAR_MIN, YEAR_MAX = 1900, 2100
_HALF_A_YEAR = timedelta(days=183)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan",
            "februar february febr feb",
            "mars march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mandag måndag monday man mån mon",
            "tirsdag tysdag tuesday tirs tir tys tues tue",
            "onsdag wednesday ons wed",
            "torsdag thursday tors tor thurs thur thu",
            "fredag friday fre fri",
            "lørdag laurdag saturday lør lau sat",
            "søndag sundag sunday søn sun",
        )
    )
    for name in names.split()
}
_RELATIVE = {
    words: days
    for days, several in (
        (-1, ("i går", "igår", "yesterday")),
        (0, ("i dag", "idag", "today")),
        (1, ("i morgen", "i morgon", "imorgen", "imorgon", "tomorrow")),
    )
    for words in several
}


def _one_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_D = r"(?P<day>[0-9]{1,2})"
_M = r"(?P<month>[0-9]{1,2})"
_Y4 = r"(?P<year>[0-9]{4})"
_Y = r"(?P<year>[0-9]{4}|'?[0-9]{2})"
_NAME = rf"(?P<name>{_one_of(_MONTHS)})"
_DAY_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_D}\. ?{_M}(?:(?:\. ?| ){_Y})?\.?",  # 15.08 15.8. 15.08.2023
        rf"{_D} ?/ ?{_M}(?: ?[-/.] ?{_Y}| {_Y.replace('year', 'year_apart')})?",  # 15/8 15/8-23
        rf"{_D}-{_M}-{_Y4}",
        rf"{_D} {_M} {_Y4}",
        rf"{_Y4}(?P<dash>[-./]){_M}(?P=dash){_D}",  # 2023-08-15
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"{_D}(?:\.|st|nd|rd|th)? ?(?:of |i )?{_NAME}\.?,?(?: ?{_Y})?",  # 1. april 2023
        rf"{_NAME}\.? (?:the )?{_D}(?:st|nd|rd|th)",
        rf"{_NAME}\.? (?:the )?{_D}(?:st|nd|rd|th)?,? {_Y4}",  # april 1, 2023
    )
)
_NAME_AND_NUMBER = re.compile(rf"{_NAME}\.? '?[0-9]{{1,2}}")
_BEFORE_A_DAY = re.compile(
    rf"(?:(?P<weekday>{_one_of(_WEEKDAYS)})(?:\.,?|,)? ?)?(?:den |d\. ?|the )?(?=[0-9a-z])"
)
_WEEK_FORMS = (
    re.compile(rf"(?:uke|veke|week|w)\.? ?(?P<week>[0-9]{{1,2}})(?:(?:/|, ?| i | of | ){_Y4})?"),
    re.compile(rf"{_Y4}-?w(?P<week>[0-9]{{1,2}})"),
)
_AND = r"(?: ?[-/&] ?| til | t\.?o\.?m\.? | to | og | and )"
_WEEKS = re.compile(
    rf"(?:uke|veke|weeks?|uker|veker)\.? ?(?P<first>[0-9]{{1,2}}){_AND}(?P<last>[0-9]{{1,2}})"
    rf"(?:(?:, ?| i | of | ){_Y4})?"
)
_SEVERAL_MONTHS = re.compile(
    rf"(?P<first>{_one_of(_MONTHS)})\.?(?:{_AND}(?P<last>{_one_of(_MONTHS)})\.?)?(?:,? {_Y4})?"
)
_BETWEEN = re.compile(_AND)
_FROM = re.compile(r"(?:fra|frå|from|mellom|between) ")
_DAY_ALONE = re.compile(r"(?P<day>[0-9]{1,2})\.?")
_ON_DEMAND = re.compile(
    r"(?:vurdere?|vurder) behov(?:et)?|(?:ved|etter) behov|(?:on|by) demand|(?:as|if|when) (?:needed|required)"
)
_APPROXIMATE = re.compile(
    r"(?:ca|cirka|rundt|omtrent|om lag|about|around|primo|medio|ultimo|midten av|midt i)[. ]"
)
_CLOSES = re.compile(r",? ?(?:frist|deadline|stenger|stengjer|lukker|closes)(?: ?:| er| is)? ?")
_OPENS = re.compile(r"(?:.* )?(?:fra|frå|from|åpner|opnar|åpen|opens|open)(?::| ) ?")


@dataclass(frozen=True, slots=True)
class DateRange:
    """From the first to the last day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as written: the year may be missing, a weekday may stand before it."""

    day: int
    month: int
    year: int | None = None
    weekday: int | None = None

    @property
    def in_year(self) -> tuple[int, int]:
        return (self.month, self.day)

    def in_(self, year: int) -> date:
        """Raises: Unreadable - the day does not exist, or is another weekday than was written."""
        try:
            found = date(year, self.month, self.day)
        except ValueError:
            raise Unreadable("no_such_day", day=self.day, month=self.month, year=year) from None
        if self.weekday not in (None, found.weekday()):
            raise Unreadable("weekday_differs", day=found)
        return found


def parse_date(
    text: str,
    *,
    year: int,
    not_after: date | None = None,
    not_before: date | None = None,
    today: date | None = None,
) -> date:
    """A single day: `15.08`, `1. april`, `15/8-23`, `2023-08-15`, `onsdag 1. februar`, `uke 38` (its Monday).

    A day without a year is in `year`; with `not_after` it is the latest such day up to then in or before `year`; with
    `not_before` it is in that day's year, or in the next if it is then at most half a year ahead.
    `i dag`, `i går` and `i morgen` need `today`.

    Raises: Unreadable. Source: domain.md 7.3.
    """
    words = tidy(text)
    if today is not None and words in _RELATIVE:
        return today + timedelta(days=_RELATIVE[words])
    if week := _read_week(words):
        return _monday(week, _year_of_week(week, not_before) if not_before else year, not_after)
    if day := _read_day(words):
        return day.in_(
            day.year or (_year_from(day, not_before) if not_before else _year_up_to(day, year, not_after))
        )
    raise Unreadable(_why_no_day(words))


def parse_date_range(text: str, *, year: int) -> DateRange:
    """Days from … to: `28.-29.09`, `28. september til 2. oktober`, `uke 38-39`, `April/mai`, or a single day.

    A year at the end counts for both ends. A span without years that ends earlier in the year than it begins
    crosses the turn of the year, if it is at most half a year long.

    Raises: Unreadable - among others `on_demand`. Source: domain.md 7.3.
    """
    words = tidy(text)
    for read in (_single, _weeks, _months, _from_to):
        if found := read(words, year):
            return found
    raise Unreadable(_why_no_day(words))


def parse_when(text: str, *, year: int) -> DateRange | None:
    """As parse_date_range; None: on demand (`Vurdere behov?`).

    Raises: Unreadable.
    """
    return None if _is_on_demand(tidy(text)) else parse_date_range(text, year=year)


def parse_window(text: str, *, year: int) -> DateRange:
    """When something opens and its deadline: `15.08 frist: 20.09.2023`, `åpnet fra: 15.08 frist: 20.09`.

    Raises: Unreadable. Source: the forum's slides of spring 2023, "30% regional ordning".
    """
    opens, *closes = _CLOSES.split(tidy(text))
    if len(closes) != 1:
        raise Unreadable("not_a_day")
    first, last = _read_day(_OPENS.sub("", opens)), _read_day(closes[0])
    if first is None or last is None:
        raise Unreadable("not_a_day")
    return _span(first, last, year)


def _read_day(words: str) -> _Day | None:
    before = _BEFORE_A_DAY.match(words)
    if before is None:
        return None
    for form in _DAY_FORMS:
        if match := form.fullmatch(words, before.end()):
            return _day(match, _WEEKDAYS.get(before["weekday"]))
    return None


def _day(match: re.Match[str], weekday: int | None) -> _Day:
    found = match.groupdict()
    month = int(found["month"]) if "month" in found else _MONTHS[found["name"]]
    year = _own_year(found.get("year") or found.get("year_apart"))
    return _Day(int(found["day"]), month, year, weekday)


def _own_year(year: str | None) -> int | None:
    """`2023`, `23` or `'23`."""
    if year is None:
        return None
    number = int(year.lstrip("'")) + (0 if len(year) == 4 else 2000)
    if not YEAR_MIN <= number <= YEAR_MAX:
        raise Unreadable("year_out_of_range", least=YEAR_MIN, most=YEAR_MAX)
    return number


def _year_up_to(day: _Day, year: int, not_after: date | None) -> int:
    if not_after is None or year < not_after.year:
        return year
    return not_after.year - (day.in_year > (not_after.month, not_after.day))


def _year_from(day: _Day, not_before: date) -> int:
    """A day that has just been stays in its year and can be refused: nobody means the one a year ahead."""
    has_been = day.in_year < (not_before.month, not_before.day)
    return not_before.year + (has_been and 0 < (day.month - not_before.month) % 12 <= 6)


def _read_week(words: str) -> tuple[int, int | None] | None:
    for form in _WEEK_FORMS:
        if match := form.fullmatch(words):
            return int(match["week"]), _own_year(match["year"])
    return None


def _monday(week: tuple[int, int | None], year: int, not_after: date | None = None) -> date:
    number, own_year = week
    if own_year is None and not_after is not None and year >= not_after.isocalendar().year:
        latest = not_after.isocalendar()
        year = latest.year - (number > latest.week)
    return _monday_of(number, own_year or year)


def _year_of_week(week: tuple[int, int | None], not_before: date) -> int:
    now = not_before.isocalendar()
    has_been = week[0] < now.week
    return now.year + (has_been and (week[0] - now.week) % 52 <= 26)


def _monday_of(week: int, year: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise Unreadable("no_such_week", week=week, year=year) from None


def _single(words: str, year: int) -> DateRange | None:
    if week := _read_week(words):
        monday = _monday(week, year)
        return DateRange(monday, monday + timedelta(days=6))
    if day := _read_day(words):
        found = day.in_(day.year or year)
        return DateRange(found, found)
    return None


def _weeks(words: str, year: int) -> DateRange | None:
    match = _WEEKS.fullmatch(words)
    if match is None:
        return None
    own_year = _own_year(match["year"])
    first, last = (_monday((int(match[end]), own_year), year) for end in ("first", "last"))
    return _in_order(first, last + timedelta(days=6))


def _months(words: str, year: int) -> DateRange | None:
    match = _SEVERAL_MONTHS.fullmatch(words)
    if match is None:
        return None
    first, last = _MONTHS[match["first"]], _MONTHS[match["last"] or match["first"]]
    own_year = _own_year(match["year"])
    length = calendar.monthrange(own_year or year + (last < first), last)[1]
    return _span(_Day(1, first), _Day(length, last, own_year), year)


def _from_to(words: str, year: int) -> DateRange | None:
    for first, last in _halves(_FROM.sub("", words, count=1)):
        return _span(first, last, year)
    return None


def _halves(words: str) -> Iterator[tuple[_Day, _Day]]:
    """Every way to split the text into two days; the first may be a number alone."""
    for between in _BETWEEN.finditer(words):
        last = _read_day(words[between.end() :])
        if last is None:
            continue
        start = words[: between.start()]
        if alone := _DAY_ALONE.fullmatch(start):
            yield _Day(int(alone["day"]), last.month, last.year), last
        elif first := _read_day(start):
            yield first, last


def _span(first: _Day, last: _Day, year: int) -> DateRange:
    turns = first.in_year > last.in_year
    if first.year is not None:
        return _in_order(first.in_(first.year), last.in_(last.year or first.year + turns))
    last_year = last.year or year + turns
    found = _in_order(first.in_(last_year - turns), last.in_(last_year))
    if turns and found.last - found.first > _HALF_A_YEAR:
        raise Unreadable("ends_before_it_begins")
    return found


def _in_order(first: date, last: date) -> DateRange:
    if last < first:
        raise Unreadable("ends_before_it_begins")
    return DateRange(first, last)


def _is_on_demand(words: str) -> bool:
    return _ON_DEMAND.fullmatch(words.rstrip(" ?.")) is not None


def _why_no_day(words: str) -> UnreadableKey:
    if _is_on_demand(words):
        return "on_demand"
    if _APPROXIMATE.match(words):
        return "approximate"
    if _NAME_AND_NUMBER.fullmatch(words):
        return "ambiguous_day"
    if _SEVERAL_MONTHS.fullmatch(words):
        return "day_missing"
    if _WEEKS.fullmatch(words) or any(True for _ in _halves(_FROM.sub("", words, count=1))):
        return "several_days"
    return "not_a_day"
