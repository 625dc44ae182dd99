"""Schemes and years as people name them, in any language: `dekom 2024`, `rammen for kompetanseløftet i 2023`."""

from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from dialogs.texts import catalogue, languages, texts

_CERTAIN = 80  # of 100: one or two wrong letters in a word
_YEARS = range(2000, 2100)
_WORDS = "words.scheme."


@dataclass(frozen=True, slots=True)
class SchemeAndYear:
    """What was named. `scheme` by its key; None: not named."""

    scheme: str | None = None
    year: int | None = None


@cache
def _names() -> dict[str, str]:
    """Name -> scheme, over all languages."""
    return {
        name: key.removeprefix(_WORDS)
        for code in languages()
        for key in catalogue(code)
        if key.startswith(_WORDS)
        for name in texts(code).words(key)
    }


@cache
def _between() -> frozenset[str]:
    return frozenset(word for code in languages() for word in texts(code).words("words.between"))


def read_scheme_and_year(text: str) -> SchemeAndYear | None:
    """What is named, typing errors forgiven; nothing in an empty text. None: something else stands there."""
    words = [word for word in text.casefold().split() if word not in _between()]
    years = [int(word) for word in words if word.isascii() and word.isdecimal() and int(word) in _YEARS]
    name = " ".join(word for word in words if not (word.isdecimal() and int(word) in _YEARS))
    scheme = _named(name) if name else None
    if len(years) > 1 or (name and scheme is None):
        return None
    return SchemeAndYear(scheme, years[0] if years else None)


def _named(name: str) -> str | None:
    """None: none is near, or two are equally near."""
    found = process.extract(name[:80], list(_names()), scorer=fuzz.ratio, score_cutoff=_CERTAIN)
    nearest = {_names()[known] for known, score, _ in found if score == found[0][1]}
    return nearest.pop() if len(nearest) == 1 else None
