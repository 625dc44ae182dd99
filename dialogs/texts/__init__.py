"""Every text that a person reads, by key, one file per language. A new language is a new file here."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

from domain.data import Names
from domain.days import OSLO
from domain.parsing import format_day, format_month, format_nok

FALLBACK = "nb"
_MOST_NAMES = 10


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, the default first."""
    codes = sorted(
        path.name.removesuffix(".toml") for path in files(__name__).iterdir() if path.name.endswith(".toml")
    )
    return (FALLBACK, *(code for code in codes if code != FALLBACK))


@cache
def catalogue(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """All texts of a language by dotted key; lists (of command words) as tuples."""
    source = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(source)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, tuple(value) if isinstance(value, list) else value


class _Number(int):
    """A number, and behind it the word that fits, where the text gives both: `{days:dag|dager}`."""

    def __format__(self, words: str) -> str:
        if not words:
            return str(self)
        one, several = words.split("|")
        return f"{self} {one if self == 1 else several}"


class Texts:
    """The texts of one language: `t("error.too_big", most=3)`.

    Details are shown as people read them: what has a name in each language by its name in this one, a name that ends
    in `_nok` as money, a date as a day, a datetime as day and time in Oslo, a number with its word
    (`{days:dag|dager}`: `1 dag`, `2 dager`). A key that does not exist is a KeyError; a test finds it first.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in languages() else FALLBACK
        self._catalogue = catalogue(self.language)

    def __call__(self, key: str, **details: object) -> str:
        text = self._catalogue[key]
        if not isinstance(text, str):
            raise TypeError(f"{key} is a list of words, not a text")
        if not details:
            return text
        return text.format_map({name: self._shown(name, value) for name, value in details.items()})

    def words(self, key: str) -> tuple[str, ...]:
        """The words of a list, such as those of a command."""
        words = self._catalogue[key]
        if isinstance(words, str):
            raise TypeError(f"{key} is a text, not a list of words")
        return words

    def has(self, key: str) -> bool:
        return key in self._catalogue

    def day(self, on: date) -> str:
        return format_day(on, self.language)

    def month(self, day: date) -> str:
        """`april 2023`."""
        return f"{format_month(day, self.language)} {day.year}"

    def month_name(self, day: date) -> str:
        return format_month(day, self.language)

    def moment(self, at: datetime) -> str:
        """`1. februar 2023 kl. 14.05`, in Oslo."""
        local = at.astimezone(OSLO)
        return self("format.moment", day=local.date(), clock=self.clock(at))

    def clock(self, at: datetime) -> str:
        return self.hour(at.astimezone(OSLO).time())

    def hour(self, local: time) -> str:
        """`09.00`, in English `09:00`; a time of day in Norway."""
        return local.strftime("%H.%M" if self.language != "en" else "%H:%M")

    def listed(self, names: tuple[str, ...]) -> str:
        """`a, b og c`."""
        if len(names) < 2:
            return "".join(names)
        return self("format.and", first=", ".join(names[:-1]), last=names[-1])

    def some(self, names: Sequence[str]) -> str:
        """The first ten of them, and how many more there are: `a, b og 3 til`."""
        more = len(names) - _MOST_NAMES
        shown = [*names[:_MOST_NAMES], *([self("format.more", count=more)] if more > 0 else [])]
        return self.listed(tuple(shown))

    def _shown(self, name: str, value: object) -> str | _Number:
        if isinstance(value, Names):
            return value.in_(self.language)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if name.endswith("_nok") and isinstance(value, int):
            return format_nok(value)
        return _Number(value) if isinstance(value, int) else str(value)


@cache
def texts(language: str | None) -> Texts:
    return Texts(language or FALLBACK)


def language_of_locale(locale: str | None, default: str) -> str:
    """`nn-NO` -> `nn`; what has no file here, and no locale at all, -> the default."""
    code = re.split(r"[-_]", locale or "")[0].lower()
    return code if code in languages() else default
