"""The words that questions are asked in: data, read once. Text -> words that compare alike -> what they may mean."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from dialogs.texts import languages, texts

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ŋ": "n", "ŧ": "t", "ł": "l", "'": "", "’": ""})
_WORD = re.compile(r"[a-z]+|[0-9]+")
_LEAST_STEM = 4  # letters


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
def file(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("dialogs.questions").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _same() -> Mapping[str, str]:
    """How a word is written elsewhere -> how these files write it: `kva`, `ka` -> `hva`."""
    return {
        fold(other): fold(word)
        for language in languages()
        for word, others in file(language).get("same", {}).items()
        for other in others
    }


@cache
def _endings() -> tuple[str, ...]:
    every = {fold(end) for language in languages() for end in file(language)["endings"]}
    return tuple(sorted(every, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Word:
    """`written` as folded; `same` as these files write it; `stem` without its ending; `clause`: which it stands in."""

    written: str
    same: str
    stem: str
    clause: int


def word(written: str, clause: int = 0) -> Word:
    same = _same().get(written, written)
    return Word(written, same, _stem(same), clause)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    if word.endswith(_endings()):
        for end in _endings():
            if word.endswith(end) and len(word) >= _LEAST_STEM + len(end):
                return word.removesuffix(end)
    return word


def _alike(phrase: str) -> str:
    return " ".join(word(each).same for each in fold(phrase).split())


def _bare(phrase: str) -> str:
    return " ".join(_stem(each) for each in phrase.split())


@cache
def vocabulary() -> Mapping[str, frozenset[str]]:
    """Phrase -> the concepts that it stands for, over all languages."""
    found, implied = defaultdict[str, set[str]](set), file("grammar")["implies"]
    for language in languages():
        for concept, phrases in file(language)["words"].items():
            for phrase in phrases:
                found[_alike(phrase)] |= {concept, implied.get(concept, concept)}
    return {phrase: frozenset(concepts) for phrase, concepts in found.items()}


@cache
def stems() -> Mapping[str, frozenset[str]]:
    """The same without endings. Where words that come out alike mean different things, what they share.

    What is to be done is said without endings: `ring`, but not `ringte`.
    """
    found: dict[str, frozenset[str]] = {}
    for phrase, every in vocabulary().items():
        bare = _bare(phrase)
        concepts = every - {"act", "order"}
        found[bare] = found.get(bare, concepts) & concepts
    return {bare: concepts for bare, concepts in found.items() if concepts}


@cache
def by_length() -> Mapping[int, tuple[str, ...]]:
    """The single words of the vocabulary, by how many letters they have."""
    found = defaultdict[int, list[str]](list)
    for phrase in vocabulary():
        if " " not in phrase:
            found[len(phrase)].append(phrase)
    return {length: tuple(every) for length, every in found.items()}


# Names


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named: folded name -> (slot, key). `shorts`: scheme -> its short name in case numbers."""

    known: Mapping[str, tuple[str, str]]
    shorts: Mapping[str, str]


Named = tuple[tuple[str, tuple[str, ...]], ...]  # (key, every name that it goes by)


@cache
def _fixed_names() -> Mapping[str, tuple[str, str]]:
    """Schemes and states, which every forum calls alike."""
    found: dict[str, tuple[str, str]] = {}
    for language in languages():
        for state, phrases in file(language)["state"].items():
            found |= {fold(phrase): ("state", state) for phrase in phrases}
        for scheme, phrases in file(language)["scheme"].items():
            every = (*phrases, *texts(language).words(f"words.scheme.{scheme}"))
            found |= {fold(phrase): ("scheme", scheme) for phrase in every}
    return found


@cache
def names(regions: Named, owners: Named, universities: Named, shorts: tuple[tuple[str, str], ...]) -> Names:
    """What can be named in a forum. Where two go by the same name, the first has it: owners, regions, universities."""
    found = dict(_fixed_names())
    for slot, of_slot in (("owner", owners), ("region", regions), ("university", universities)):
        for key, every in of_slot:
            for written in (written for name in every for written in _written(name)):
                found.setdefault(written, (slot, key))
    for scheme, short in shorts:
        found.setdefault(fold(short), ("scheme", scheme))
    found.pop("", None)
    return Names(found, dict(shorts))


def _written(name: str) -> Iterable[str]:
    folded = fold(name)
    yield folded
    yield folded.replace(" ", "")  # sør-helgeland, sørhelgeland


def names_of_owner(name: str) -> tuple[str, ...]:
    """`Hábmer – Hamarøy kommune` goes by both halves, with and without what kind of owner it is."""
    short = re.sub(r"\s*\(.*?\)|\s+kommune$", "", name)
    halves = tuple(half.strip() for half in re.split(r"\s[–-]\s", short))
    return tuple(dict.fromkeys((*halves, short, name)))
