"""What a message asks: text -> the query that answers it and what it is asked about. Pure; the words are data.

`grammar.toml` says which questions there are, one file per language which words they are asked in. All languages are
understood at once. A message is cut into the longest pieces that are known (names, words, phrases), typing errors
forgiven; then the question is meant that explains most of them. Too much that is not explained, and nothing is meant.
Whatever is understood here changes nothing: it only asks.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dialogs.texts import languages, texts

LONGEST, _MOST_WORDS = 240, 30  # what is longer tells something and asks nothing
_LONGEST_PIECE = 11  # words
_TO_ONE = 3  # so many pieces must say something for one that is not known
_YEARS = range(2000, 2100)
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ŋ": "n", "ŧ": "t", "ł": "l", "'": "", "’": ""})
_WORD = re.compile(r"[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Slots:
    """What a question is about, by key or id; None: not said, so all of them."""

    case: str | None = None
    scheme: str | None = None
    region: str | None = None
    owner: str | None = None
    state: str | None = None
    year: int | None = None

    def __str__(self) -> str:
        """As the argument of a query: `scheme=regional year=2023`; a case is its number alone."""
        if self.case is not None:
            return self.case
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return " ".join(f"{name}={value}" for name, value in given if value is not None)


def slots_of(argument: str) -> Slots:
    """What `str` of slots was made of. What is no such thing is left out."""
    parts = dict(part.split("=", 1) for part in argument.split(" ") if "=" in part)
    year = parts.pop("year", "")
    known = {field.name for field in fields(Slots)}
    given: dict[str, Any] = {name: value for name, value in parts.items() if name in known}
    return Slots(**given, year=int(year) if year.isdecimal() else None)


@dataclass(frozen=True, slots=True)
class Understood:
    """`query` by its name; `is_file`: the answer is wanted as a file."""

    query: str
    argument: str = ""
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named: folded name -> (slot, key). `shorts`: scheme -> its short name in case numbers."""

    known: Mapping[str, tuple[str, str]]
    shorts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the message. `means`: the concepts that it may stand for; none: not known."""

    means: frozenset[str] = frozenset()
    slot: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    query: str
    patterns: tuple[frozenset[str], ...]
    takes: frozenset[str]
    may: frozenset[str]


# The words


def fold(text: str) -> str:
    """In small letters without their marks, words parted by single spaces: `Hábmer – Hamarøy` -> `habmer hamaroy`.

    However å, ø and æ were written (`aa`, `oe`, `ae`), it comes out the same.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for written, letter in (("aa", "a"), ("oe", "o"), ("ae", "a")):
        bare = bare.replace(written, letter)
    return " ".join(_WORD.findall(bare))


@cache
def _file(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def vocabulary() -> Mapping[str, frozenset[str]]:
    """Folded phrase -> the concepts that it stands for, over all languages."""
    found = defaultdict[str, set[str]](set)
    for language in languages():
        for concept, phrases in _file(language)["words"].items():
            for phrase in phrases:
                found[fold(phrase)].add(concept)
    return {phrase: frozenset(concepts) for phrase, concepts in found.items()}


@cache
def _questions() -> tuple[_Question, ...]:
    return tuple(
        _Question(
            each["query"],
            tuple(frozenset(pattern.split(" ")) for pattern in each["patterns"]),
            frozenset(each["takes"]),
            frozenset(each["may"].split(" ")),
        )
        for each in _file("grammar")["questions"]
    )


@cache
def _endings() -> tuple[str, ...]:
    every = {fold(end) for language in languages() for end in _file(language)["compound"]["ends"]}
    return tuple(sorted(every, key=len, reverse=True))


@cache
def _fixed_names() -> Mapping[str, tuple[str, str]]:
    """Schemes and states, which every forum calls alike."""
    found: dict[str, tuple[str, str]] = {}
    for language in languages():
        for state, phrases in _file(language)["state"].items():
            found |= {fold(phrase): ("state", state) for phrase in phrases}
        for scheme, phrases in _file(language)["scheme"].items():
            every = (*phrases, *texts(language).words(f"words.scheme.{scheme}"))
            found |= {fold(phrase): ("scheme", scheme) for phrase in every}
    return found


Named = tuple[tuple[str, tuple[str, ...]], ...]  # (key, every name that it goes by)


@cache
def names(regions: Named, owners: Named, shorts: tuple[tuple[str, str], ...]) -> Names:
    """What can be named in a forum. Where two go by the same name, the first of them has it, owners before regions."""
    found = dict(_fixed_names())
    for slot, of_slot in (("owner", owners), ("region", regions)):
        for key, every in of_slot:
            for written in (written for name in every for written in _written(name)):
                found.setdefault(written, (slot, key))
    for scheme, short in shorts:
        found.setdefault(fold(short), ("scheme", scheme))
    found.pop("", None)
    return Names(found, dict(shorts))


def _written(name: str) -> Iterator[str]:
    folded = fold(name)
    yield folded
    yield folded.replace(" ", "")  # sør-helgeland, sørhelgeland


def names_of_owner(name: str) -> tuple[str, ...]:
    """`Hábmer – Hamarøy kommune` goes by both halves, with and without what kind of owner it is."""
    short = re.sub(r"\s*\(.*?\)|\s+kommune$", "", name)
    halves = tuple(half.strip() for half in re.split(r"\s[–-]\s", short))
    return tuple(dict.fromkeys((*halves, short, name)))


# Understanding


def understand(text: str, known: Names, this_year: int) -> Understood | None:
    """The question that was surely meant. `this_year`: the cycle that "i år" is. None: it is no question of ours."""
    words = fold(text[: LONGEST + 1]).split()
    if len(text) > LONGEST or len(words) > _MOST_WORDS:
        return None
    pieces = tuple(_pieces(words, known, this_year))
    said = tuple(piece for piece in pieces if "sheet" not in piece.means)
    slots = _slots(said)
    if slots is None or any("act" in piece.means for piece in said):
        return None
    best, found = (0, 0), None
    for question in _questions():
        explained, unexplained = _weighed(question, said)
        if explained and unexplained * _TO_ONE <= explained and (explained, -unexplained) > best:
            best, found = (explained, -unexplained), question
    if found is None:
        return None
    taken = replace(slots, **{field.name: None for field in fields(Slots) if field.name not in found.takes})
    return Understood(found.query, str(taken), len(said) < len(pieces))


def _weighed(question: _Question, pieces: tuple[_Piece, ...]) -> tuple[int, int]:
    """How many pieces the question explains, and how many it does not; nothing where no pattern of it was said.

    What may be a filler (`var` is "was" and "vår") explains nothing, unless a pattern needs it.
    """
    every = {concept for piece in pieces for concept in piece.means}
    fitting = [pattern for pattern in question.patterns if pattern <= every]
    if not fitting:
        return 0, 0
    needed = frozenset[str]().union(*fitting)
    allowed = question.may.union(needed, (f"@{slot}" for slot in question.takes))
    explained = idle = 0
    for piece in pieces:
        is_filler = "filler" in piece.means
        if piece.means & (needed if is_filler else allowed):
            explained += 1
        elif is_filler:
            idle += 1
    return explained, len(pieces) - explained - idle


def _slots(pieces: Iterable[_Piece]) -> Slots | None:
    """None: two of a kind are named, and a question about both there is not."""
    given: dict[str, Any] = {}
    for piece in pieces:
        if piece.slot and given.setdefault(piece.slot, piece.value) != piece.value:
            return None
    year = given.pop("year", None)
    return Slots(**given, year=int(year) if year else None)


def _pieces(words: list[str], known: Names, this_year: int) -> Iterator[_Piece]:
    words = [part for word in words for part in _parted(word, known)]
    place = 0
    while place < len(words):
        piece, length = _at(words, place, known, this_year)
        yield piece
        place += length


def _at(words: list[str], place: int, known: Names, this_year: int) -> tuple[_Piece, int]:
    """The longest piece that begins here, and its length in words."""
    case = _case_at(words[place : place + 3], known, this_year)
    if case is not None:
        return case
    most = min(_LONGEST_PIECE, len(words) - place)
    for length in range(most, 0, -1):
        piece = _exact(" ".join(words[place : place + length]), known, this_year)
        if piece is not None:
            return piece, length
    for length in range(min(4, most), 0, -1):
        piece = _near(" ".join(words[place : place + length]), known, is_word=length == 1)
        if piece is not None:
            return piece, length
    return _Piece(), 1


def _exact(phrase: str, known: Names, this_year: int) -> _Piece | None:
    means = vocabulary().get(phrase)
    named = known.known.get(phrase) or (None if means else known.known.get(phrase.removesuffix("s")))
    if named is not None:
        return _named(*named)
    if means is not None:
        away = next((years for concept, years in _RELATIVE.items() if concept in means), None)
        return _Piece(means) if away is None else _named("year", str(this_year + away))
    if phrase.isdecimal() and int(phrase) in _YEARS:
        return _named("year", phrase)
    return None


_RELATIVE = {"last_year": -1, "this_year": 0, "next_year": 1}


def _named(slot: str, key: str) -> _Piece:
    return _Piece(frozenset({f"@{slot}"}), slot, key)


def _near(phrase: str, known: Names, *, is_word: bool) -> _Piece | None:
    """What was surely meant: one wrong letter in a word, two in a long one. A short name must be right."""
    wrong = 0 if len(phrase) < 5 else 1 if len(phrase) < 8 else 2
    named, far = _nearest(phrase, known.known, wrong)
    words, off = _nearest(phrase, vocabulary(), wrong or int(len(phrase) == 4)) if is_word else ([], wrong)
    meant = {known.known[name] for name in named}
    if len(meant) == 1 and (not words or far < off):
        return _named(*meant.pop())
    means = frozenset.intersection(*(vocabulary()[word] for word in words)) if words else None
    if not means or (len(phrase) == 4 and "filler" in means):
        return (
            None  # two words as near that mean different things, or a short one that need not mean anything
        )
    return _Piece(means)


def _nearest(phrase: str, among: Mapping[str, object], wrong: int) -> tuple[list[str], float]:
    """What is as near as anything, and how many letters that is off; nothing beyond `wrong`."""
    if not wrong or phrase.isdecimal():
        return [], wrong
    found = process.extract(phrase, among.keys(), scorer=OSA.distance, score_cutoff=wrong, limit=None)
    least = min((off for _, off, _ in found), default=wrong)
    return [known for known, off, _ in found if off == least], least


def _parted(word: str, known: Names) -> tuple[str, ...]:
    """`rekomsaken` is about Rekom and about a case."""
    if word not in known.known and word not in vocabulary():
        for end in _endings():
            first = word.removesuffix(end)
            if first != word and first.removesuffix("s") in known.known:
                return first.removesuffix("s"), end
    return (word,)


# Case numbers


def _case_at(words: list[str], known: Names, this_year: int) -> tuple[_Piece, int] | None:
    """However it is written: `2023 rekom 14`, `rekom 14 2023`, `rekom 2023 14`, and this year's `rekom 14`."""
    for length in (3, 2):
        number = _case_number(words[:length], known, this_year) if len(words) >= length else None
        if number is not None:
            return _named("case", number), length
    return None


def _case_number(words: list[str], known: Names, this_year: int) -> str | None:
    """The scheme, a running number, and in three words the year, the scheme never last."""
    *schemes, last = (_scheme_short(word, known) for word in words)
    short = next((short for short in schemes if short), None)
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 6]
    years = [number for number in numbers if number in _YEARS]
    running = [number for number in numbers if number not in _YEARS and number > 0]
    if short is None or last or len(running) != 1 or len(years) + 2 != len(words):
        return None
    return f"{years[0] if years else this_year}-{short}-{running[0]:03d}"


def _scheme_short(word: str, known: Names) -> str | None:
    slot, key = known.known.get(word, ("", ""))
    return known.shorts.get(key) if slot == "scheme" else None
