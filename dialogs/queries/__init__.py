"""One file per question that people can ask, each with one QUERY. Asking changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from dialogs.cards.parts import Element
from dialogs.desk import Desk, Inquiry, message
from dialogs.papers.tables import Table
from domain.messages import Message


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
    """One answer in its forms: `card` given the buttons' (title, verb, card id), `json` for programs, and where it is a
    list, `sheet` for a file."""

    card: Callable[[list[tuple[str, str, str]]], Element]
    json: Mapping[str, Any]
    offers: tuple[Offer, ...] = ()
    sheet: Callable[[], Table] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `answer` applies the rights of the one who asks, and says no in words."""

    name: str
    answer: Callable[[Inquiry, str], Answer]


@cache
def every() -> Mapping[str, Query]:
    """The queries by name: one in each module beside this one."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.QUERY.name: module.QUERY for module in modules}


def shown(desk: Desk, answer: Answer) -> Message:
    """The answer as a card."""
    return message(answer.card(buttons(desk, answer.offers)))


def buttons(desk: Desk, offers: Iterable[Offer]) -> list[tuple[str, str, str]]:
    """(title, verb, card id): each has a row of its own."""
    return [(each.title, each.verb, desk.new_card(each.kind, each.subject, each.page)) for each in offers]


def told(title: str, text: str, **json: Any) -> Answer:
    """An answer in words alone."""
    from dialogs.cards.lists import listing

    return Answer(lambda offers: listing(title, text, (), offers=offers), {"answer": text, **json})


def sheet_offers(asked: Inquiry, query: str, argument: str) -> tuple[Offer, ...]:
    """The button that gives the answer as a file, where links are set up."""
    if not asked.has_links:
        return ()
    return (Offer(asked.t("button.sheet"), "sheet", "answer", argument, query),)
