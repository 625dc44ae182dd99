"""One file per question that people can ask, each with one QUERY. Asking changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.cards.parts import Element
from dialogs.desk import Inquiry


@dataclass(frozen=True, slots=True)
class Offer:
    """A button below an answer: what it says and what it opens (kind, subject and page of its card row)."""

    title: str
    verb: str
    kind: str
    subject: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in its forms: `card` given the buttons' (title, verb, card id), and `json` for programs."""

    card: Callable[[list[tuple[str, str, str]]], Element]
    json: Mapping[str, Any]
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `answer` applies the rights of the one who asks, and says no in words."""

    name: str
    answer: Callable[[Inquiry, str], Answer]


def told(title: str, text: str, **json: Any) -> Answer:
    """An answer in words alone."""
    from dialogs.cards.lists import listing

    return Answer(lambda offers: listing(title, text, (), offers=offers), {"answer": text, **json})
