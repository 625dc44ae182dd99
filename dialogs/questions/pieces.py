"""A message cut up: into clauses where a sign stands, and each into the longest pieces that are known.

A piece is a name, a word or a phrase, with its endings and typing errors forgiven.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dialogs.questions.words import Names, Word, by_length, file, fold, stems, vocabulary, word

_LONGEST_PIECE, _LONGEST_BY_STEM = 11, 4  # words
_LONGEST_COMPOUND, _LEAST_NAME, _LEAST_HEAD = 40, 4, 4  # letters
_YEARS = range(2000, 2100)
_RELATIVE = {"last_year": -1, "this_year": 0, "next_year": 1}
# A full stop behind a number is part of it: `14. februar`.
_BREAK = re.compile(r"[?!;:\n…()]+|(?<!\d)[.,]+(?=\s|$)|,\s|\s[–—-]+\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the message. `means`: the concepts that it may stand for; none: not known."""

    means: frozenset[str] = frozenset()
    slot: str = ""
    value: str = ""
    clause: int = 0


@dataclass(frozen=True, slots=True)
class _Message:
    words: tuple[Word, ...]
    known: Names
    this_year: int

    def written(self, place: int, length: int) -> str:
        return " ".join(each.written for each in self.words[place : place + length])

    def is_cut(self, place: int, length: int) -> bool:
        """A name may have a sign within, as `Hábmer – Hamarøy`; a phrase has none."""
        return self.words[place].clause != self.words[place + length - 1].clause


def pieces(text: str, known: Names, this_year: int) -> tuple[Piece, ...]:
    """`this_year`: the year that "i år" is."""
    words = tuple(
        word(part, clause)
        for clause, said in enumerate(_BREAK.split(text))
        for written in fold(said).split()
        for part in _parted(written, known)
    )
    return tuple(_cut(_Message(words, known, this_year)))


def _cut(message: _Message) -> Iterator[Piece]:
    place = 0
    while place < len(message.words):
        found, length = _at(message, place)
        means, slot, value = found
        yield Piece(means, slot, value, message.words[place].clause)
        place += length


_Found = tuple[frozenset[str], str, str]  # what it means, the slot that it names, and with what
_NOTHING: _Found = (frozenset(), "", "")


def _at(message: _Message, place: int) -> tuple[_Found, int]:
    """The longest piece that begins here, and its length in words: as it is written, by its stem, or nearly so."""
    for look, most in ((_case, 4), (_exact, _LONGEST_PIECE), (_by_stem, _LONGEST_BY_STEM), (_near, 4)):
        for length in range(min(most, len(message.words) - place), 0, -1):
            found = look(message, place, length)
            if found is not None:
                return found, length
    return _NOTHING, 1


def _named(slot: str, key: str) -> _Found:
    return frozenset({f"@{slot}"}), slot, key


def _exact(message: _Message, place: int, length: int) -> _Found | None:
    phrase, known = message.written(place, length), message.known.known
    same = " ".join(each.same for each in message.words[place : place + length])
    means = None if message.is_cut(place, length) else vocabulary().get(same)
    named = known.get(phrase) or (None if means else known.get(phrase.removesuffix("s")))
    if named is not None:
        return _named(*named)
    if means is not None:
        return _meaning(means, message.this_year)
    if phrase.isdecimal():
        return _named("year", phrase) if int(phrase) in _YEARS else (frozenset({"filler"}), "", "")
    return None


def _meaning(means: frozenset[str], this_year: int) -> _Found:
    away = next((years for concept, years in _RELATIVE.items() if concept in means), None)
    return (means, "", "") if away is None else _named("year", str(this_year + away))


def _by_stem(message: _Message, place: int, length: int) -> _Found | None:
    means = stems().get(" ".join(each.stem for each in message.words[place : place + length]))
    return _meaning(means, message.this_year) if means and not message.is_cut(place, length) else None


def _near(message: _Message, place: int, length: int) -> _Found | None:
    """What was surely meant: one wrong letter in a word, two in a long one. A short name must be right."""
    phrase, known = message.written(place, length), message.known.known
    wrong = 0 if len(phrase) < 5 else 1 if len(phrase) < 8 else 2
    named, far = _nearest(phrase, known.keys(), wrong)
    words, off = _nearest_word(phrase, wrong or int(len(phrase) == 4)) if length == 1 else ([], wrong)
    meant = {known[name] for name in named}
    if len(meant) == 1 and (not words or far < off):
        return _named(*meant.pop())
    means = frozenset.intersection(*(vocabulary()[each] for each in words)) if words else None
    if not means or (len(phrase) == 4 and "filler" in means):
        return (
            None  # two words as near that mean different things, or a short one that need not mean anything
        )
    return _meaning(means, message.this_year)


def _nearest_word(phrase: str, wrong: int) -> tuple[list[str], float]:
    lengths = range(len(phrase) - wrong, len(phrase) + wrong + 1)
    return _nearest(phrase, [each for length in lengths for each in by_length().get(length, ())], wrong)


def _nearest(phrase: str, among: Collection[str], wrong: int) -> tuple[list[str], float]:
    """What is as near as anything, and how many letters that is off; nothing beyond `wrong`."""
    if not wrong or phrase.isdecimal():
        return [], wrong
    found = process.extract(phrase, among, scorer=OSA.distance, score_cutoff=wrong, limit=None)
    least = min((off for _, off, _ in found), default=wrong)
    return [known for known, off, _ in found if off == least], least


# Compounds


def _parted(written: str, known: Names) -> tuple[str, ...]:
    """`rekomsaken` is about Rekom and about a case; `kommunefristen` about a deadline, whosever it is."""
    if len(written) > _LONGEST_COMPOUND or written in known.known or _concepts(written):
        return (written,)
    for end in range(len(written) - _LEAST_HEAD + 1, _LEAST_NAME - 1, -1):
        name, head = written[:end], written[end:]
        name = name if name in known.known else name.removesuffix("s")
        if name in known.known and _concepts(head) - {"filler"}:
            return name, head
    for start in range(3, len(written) - _LEAST_HEAD):
        if _concepts(written[start:]) & _heads():
            return (written[start:],)
    return (written,)


def _concepts(written: str) -> frozenset[str]:
    found = word(written)
    return vocabulary().get(found.same) or stems().get(found.stem) or frozenset()


def _heads() -> frozenset[str]:
    return frozenset(file("grammar")["heads"])


# Case numbers

_CASE_NUMBER = frozenset({"nr", "nummer", "number", "sak"})  # `dekom nr. 14`


def _case(message: _Message, place: int, length: int) -> _Found | None:
    """However it is written: `2023 rekom 14`, `rekom 14 2023`, `rekom 2023 14`, and this year's `rekom 14`."""
    words = tuple(
        each.written for each in message.words[place : place + length] if each.written not in _CASE_NUMBER
    )
    if len(words) not in (2, 3) or not any(each.isdecimal() for each in words):
        return None
    number = _case_number(words, message.known, message.this_year)
    return _named("case", number) if number is not None else None


def _case_number(words: tuple[str, ...], known: Names, this_year: int) -> str | None:
    """The scheme, a running number, and in three words the year, the scheme never last."""
    *schemes, last = (_scheme_short(each, known) for each in words)
    short = next((short for short in schemes if short), None)
    numbers = [int(each) for each in words if each.isdecimal() and len(each) <= 6]
    years = [number for number in numbers if number in _YEARS]
    running = [number for number in numbers if number not in _YEARS and number > 0]
    if short is None or last or len(running) != 1 or len(years) + 2 != len(words):
        return None
    return f"{years[0] if years else this_year}-{short}-{running[0]:03d}"


def _scheme_short(written: str, known: Names) -> str | None:
    slot, key = known.known.get(written, ("", ""))
    return known.shorts.get(key) if slot == "scheme" else None
