"""What a message asks: text -> the query that answers it and what it is asked about. Pure; the words are data.

`grammar.toml` says which questions there are, one file per language which words they are asked in. All languages are
understood at once. Words are compared without their endings (`words`), a message is cut into clauses and pieces
(`pieces`); then each clause alone and the whole is weighed for every question, and what is explained best is meant.
Greetings and news of the weather stand in clauses of their own and do no harm. Where nothing is explained well, nothing
is meant. Whatever is understood here changes nothing: it only asks.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import groupby
from typing import Any

from dialogs.questions.pieces import Piece, pieces
from dialogs.questions.words import Names, file, fold, names, names_of_owner, vocabulary

__all__ = [
    "LONGEST",
    "Names",
    "Slots",
    "Understood",
    "fold",
    "names",
    "names_of_owner",
    "slots_of",
    "understand",
    "vocabulary",
]

LONGEST, _MOST_PIECES = 600, 120  # what is longer tells something and asks nothing
# What a piece weighs for a question: one that it cannot be asked without, and one that may stand beside it; and
# what it costs: one that is not known, one that belongs to other questions.
_NEEDED, _BESIDE, _UNKNOWN, _MISPLACED, _ELSEWHERE = 2, 1, 1, 2, 3
_MOST_COST = 2 / 3  # of the weight
_CLOSED = 0.5  # of what it is worth elsewhere


@dataclass(frozen=True, slots=True)
class Slots:
    """What a question is about, by key or id; None: not said, so all of them."""

    case: str | None = None
    scheme: str | None = None
    region: str | None = None
    owner: str | None = None
    university: str | None = None
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


_Span = tuple[Piece, ...]  # a clause, or the whole message


@dataclass(frozen=True, slots=True)
class _Question:
    """`may`: what can be said beside a pattern. `is_certain`: whatever else is said costs nothing."""

    query: str
    patterns: tuple[frozenset[str], ...]
    takes: frozenset[str]
    may: frozenset[str]
    is_certain: bool


@cache
def _questions() -> tuple[_Question, ...]:
    return tuple(
        _Question(
            each["query"],
            tuple(frozenset(pattern.split(" ")) for pattern in each["patterns"]),
            frozenset(each["takes"]),
            frozenset(each["may"].split()).union(f"@{slot}" for slot in each["takes"]),
            each.get("certain", False),
        )
        for each in file("grammar")["questions"]
    )


def understand(
    text: str, known: Names, this_year: int, closed: Collection[str] = frozenset()
) -> Understood | None:
    """The question that was surely meant. None: it is no question of ours.

    `this_year`: the year that "i år" is, and that a case number without a year is of. `closed`: the queries that
    whoever asks gets no answer from, so that another is likelier meant.
    """
    if len(text) > LONGEST:
        return None
    said = _without_closing(pieces(text, known, this_year))
    if len(said) > _MOST_PIECES or _wants_something_done(said):
        return None
    whole = tuple(piece for piece in said if "sheet" not in piece.means)
    found = _best(_possible(whole), closed, dict.fromkeys((*_clauses(whole), whole)))
    if found is None:
        return None
    question, given = found
    return Understood(question.query, _argument(question, given, whole), len(whole) < len(said))


def _without_closing(said: _Span) -> _Span:
    """Without `Mvh Siv, Rana kommune`, which asks about nothing."""
    place = next((place for place, piece in enumerate(said) if place and "closing" in piece.means), len(said))
    return said[:place]


def _clauses(said: Iterable[Piece]) -> Iterator[_Span]:
    return (tuple(clause) for _, clause in groupby(said, lambda piece: piece.clause))


def _wants_something_done(said: _Span) -> bool:
    """An act, wherever it is said; or an order, with which a clause begins: `gi Rana avslag`, `kan du gi ...`."""
    if any("act" in piece.means for piece in said):
        return True
    return any("order" in _beginning(clause).means for clause in _clauses(said))


_LEADING = frozenset({"filler", "can", "secretariat"})


def _beginning(clause: _Span) -> Piece:
    """What the clause begins with, behind `hei`, `kan du` and the like."""
    return next((piece for piece in clause if "order" in piece.means or not piece.means & _LEADING), Piece())


def _possible(whole: _Span) -> tuple[_Question, ...]:
    """Where a case is named, it is asked about."""
    has_case = any(piece.slot == "case" for piece in whole)
    return tuple(question for question in _questions() if not has_case or "case" in question.takes)


def _best(
    questions: Iterable[_Question], closed: Collection[str], spans: Iterable[_Span]
) -> tuple[_Question, _Span] | None:
    """The question that explains most of a span, the first of equals. One about two of a kind there is not."""
    best, found = 0.0, None
    for span in spans:
        if _slots(span) is None:
            continue
        for question in questions:
            gain = _gain(question, span) * (_CLOSED if question.query in closed else 1)
            if gain > best:
                best, found = gain, (question, span)
    return found


def _gain(question: _Question, span: _Span) -> int:
    """What the question explains of the span less what it does not; 0 where that is too much, or no pattern was said.

    What may be a filler (`var` is "was" and "vår") explains nothing, unless a pattern needs it.
    """
    every = {concept for piece in span for concept in piece.means}
    needed = frozenset[str]().union(*(pattern for pattern in question.patterns if pattern <= every))
    if not needed:
        return 0
    weight = cost = 0
    for piece in span:
        if piece.means & needed:
            weight += _NEEDED
        elif "filler" in piece.means:
            continue
        elif piece.means & question.may:
            weight += _BESIDE
        else:
            cost += _ELSEWHERE if "elsewhere" in piece.means else _MISPLACED if piece.means else _UNKNOWN
    if question.is_certain:
        return weight
    return weight - cost if cost < weight * _MOST_COST else 0


def _slots(span: Iterable[Piece]) -> Slots | None:
    """None: two of a kind are named."""
    given: dict[str, Any] = {}
    for piece in span:
        if piece.slot and given.setdefault(piece.slot, piece.value) != piece.value:
            return None
    year = given.pop("year", None)
    return Slots(**given, year=int(year) if year else None)


def _argument(question: _Question, span: _Span, whole: _Span) -> str:
    """What is named in the clause, and besides, what frames it: `Det gjelder dekom. Hvem mangler?`"""
    given, around = _slots(span) or Slots(), _slots(whole) or Slots()
    framed = {
        slot: getattr(given, slot) or getattr(around, slot)
        for slot in ("case", "scheme", "region", "university", "year")
    }
    asked = replace(given, **framed)
    return str(
        replace(asked, **{field.name: None for field in fields(Slots) if field.name not in question.takes})
    )
