"""One file per kind of duty, each with one DUTY: who owes it, by when, and where it is done.

What is owed is asked of the cases whenever it is told, so what was done a second ago is owed no more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlalchemy import Connection, Select

from dialogs.desk import Inquiry
from dialogs.queries import Offer
from domain.duties import REMEMBERED, Duty
from domain.forum import Forum


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of duty. `owed` gives what this person owes, also what has been over for so long as is remembered.

    `people`: a statement of the store that gives the ids of those who might owe something whose last day is one of
    `last_days`, on the day `on`; they are asked about one by one before anything is sent, so too many do no harm.
    `last_days`: the last days from the first to the last given, on which anybody's duty falls.
    """

    name: str
    owed: Callable[[Inquiry], Iterable[Duty]]
    words: Callable[[Inquiry, Duty], str]
    offer: Callable[[Inquiry, Duty, str], Offer]
    people: Select[Any]
    last_days: Callable[[Connection, Forum, date, date], Iterable[date]]


@cache
def sources() -> Mapping[str, Source]:
    """By name: one in each module beside this one."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.DUTY.name: module.DUTY for module in modules if hasattr(module, "DUTY")}


def duties_of(asked: Inquiry) -> tuple[Duty, ...]:
    """What the person and their owners owe now, the most urgent first. What is over is owed no more."""
    return tuple(duty for duty in with_those_over(asked) if not duty.is_over(asked.on))


def with_those_over(asked: Inquiry) -> tuple[Duty, ...]:
    """What the person owes, and what they did not do in time a short while ago."""
    found = (duty for source in sources().values() for duty in source.owed(asked))
    return tuple(
        sorted(
            (duty for duty in found if asked.on <= duty.due_on + REMEMBERED),
            key=lambda duty: (duty.due_on, duty.kind, duty.subject),
        )
    )


def words(asked: Inquiry, duty: Duty) -> str:
    """What is to be done."""
    return sources()[duty.kind].words(asked, duty)


def offer(asked: Inquiry, duty: Duty, title: str) -> Offer:
    """The button that leads to where it is done."""
    return sources()[duty.kind].offer(asked, duty, title)
