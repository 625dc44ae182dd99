"""One file per kind of duty, each with one DUTY: who owes it, by when, and where it is done.

What is owed is asked of the cases whenever it is told, so what was done a second ago is owed no more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from itertools import islice
from pkgutil import iter_modules

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from dialogs.queries import Offer
from domain.calendar import Event
from domain.duties import REMEMBERED, Duty
from domain.forum import Forum
from domain.ladders import reminding
from domain.register import Person
from store import register
from store.occasions import People, recipients
from store.years import KnownYear

_MOST_OFFERS = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of duty. `owed` gives what this person owes, also what has been over for so long as is remembered.

    `people`: a statement of the store that gives the ids of those who might owe something whose last day is one of
    `last_days`, on the day `on`; they are asked about one by one before anything is sent, so too many do no harm.
    `last_days`: the last days from the first to the last given, on which anybody's duty falls. `is_due_by`: whether it
    is to be done by that event of that year. `ladder`: the one of `reminders.toml` that it is reminded by. `is_phoned`:
    whether staff phone those who did not do it. `decline`: the button by which it is no duty this year, where nobody
    has to do it.
    """

    name: str
    owed: Callable[[Inquiry], Iterable[Duty]]
    words: Callable[[Inquiry, Duty], str]
    offer: Callable[[Inquiry, Duty, str], Offer]
    people: People
    last_days: Callable[[Connection, Forum, date, date], Iterable[date]]
    is_due_by: Callable[[KnownYear, Event], bool] = lambda _, __: False
    ladder: str = "default"
    is_phoned: bool = True
    decline: Callable[[Inquiry, Duty, str], Offer] | None = None

    def owing(self, asked: Inquiry, first: date, last: date) -> Iterable[str]:
        """Who might owe something with a last day in that time, by id."""
        days = sorted(set(self.last_days(asked.connection, asked.forum, first, last)))
        return recipients(asked.connection, self.people, {"on": asked.on, "last_days": days}) if days else ()


@cache
def sources() -> Mapping[str, Source]:
    """By name: one in each module beside this one."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {module.DUTY.name: module.DUTY for module in modules if hasattr(module, "DUTY")}


def due_by(known: KnownYear, event: Event) -> tuple[Source, ...]:
    """What people owe by the event, and are reminded of: in some years before they are approved."""
    return tuple(source for source in sources().values() if source.is_due_by(known, event))


def are_reminded(forum: Forum, known: KnownYear, event: Event, on: date) -> bool:
    """Whether people may have been reminded of the event's day: the first step to it has come."""
    if event.ends_on is None:
        return False
    ladders = (reminding(forum.key).ladder(source.ladder) for source in due_by(known, event))
    return any(ladder.steps(event.ends_on)[0] <= on for ladder in ladders)


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


def missed(asked: Inquiry) -> tuple[tuple[Person, Duty], ...]:
    """What was not done in time a short while ago, and by whom, for those who phone them."""
    found = list[tuple[Person, Duty]]()
    for source in sources().values():
        if source.is_phoned:
            for person_id in source.owing(asked, asked.on - REMEMBERED, asked.on - timedelta(days=1)):
                found += _missed_by(asked, source, person_id)
    return tuple(sorted(found, key=lambda each: (each[1].due_on, each[0].name)))


def _missed_by(asked: Inquiry, source: Source, person_id: str) -> Iterator[tuple[Person, Duty]]:
    person = register.person(asked.connection, person_id)
    actor = register.actor_of(asked.connection, person_id, asked.on)
    if person is not None and actor is not None:
        for duty in source.owed(replace(asked, actor=actor)):
            if duty.is_over(asked.on) and asked.on <= duty.due_on + REMEMBERED:
                yield person, duty


def words(asked: Inquiry, duty: Duty) -> str:
    """What is to be done."""
    return sources()[duty.kind].words(asked, duty)


def offers(asked: Inquiry, found: Sequence[Duty]) -> tuple[Offer, ...]:
    """The buttons that lead to where the first of these are done, in the order in which they are numbered; and one by
    which the first that nobody has to do is no duty any more."""
    doing = (
        sources()[duty.kind].offer(asked, duty, asked.t("duties.do", number=place))
        for place, duty in enumerate(found[:_MOST_OFFERS], start=1)
    )
    return (*doing, *islice(_declining(asked, found), 1))


def _declining(asked: Inquiry, found: Sequence[Duty]) -> Iterator[Offer]:
    """Each says which it is of, where there are several."""
    ways = [(place, duty, sources()[duty.kind].decline) for place, duty in enumerate(found, start=1)]
    can_be = [(place, duty, decline) for place, duty, decline in ways if decline is not None]
    for place, duty, decline in can_be:
        key = "duties.decline" if len(can_be) > 1 else "button.not_this_year"
        yield decline(asked, duty, asked.t(key, number=place))
