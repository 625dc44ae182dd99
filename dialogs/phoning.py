"""Whom staff phone: those whom no message has reached or moved, and those who did not do in time what they owed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice

from dialogs import duties, notices
from dialogs.commands import fold
from dialogs.desk import Desk, Inquiry, say
from dialogs.queries import every, shown
from domain.access import Action, may
from domain.days import end_of
from domain.messages import Message, Pressed, Reply, Unwanted
from domain.register import Person
from store import calls, register
from store.cards import CardInstance

_REMEMBERED = timedelta(days=30)  # what is older is no use to phone about
_MOST = 200  # messages


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to phone a person about. `key` tells it from every other, for good."""

    key: str
    person: Person
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ToPhone:
    """A person, and everything to phone them about, the oldest first."""

    person: Person
    calls: tuple[Call, ...]

    @property
    def since(self) -> datetime:
        return self.calls[0].since

    @property
    def about(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(call.about for call in self.calls))


def to_phone(asked: Inquiry) -> tuple[ToPhone, ...]:
    """Everybody who is to be phoned, those who have waited longest first. Nobody is told to phone themselves."""
    found = [call for source in SOURCES for call in source(asked) if call.person.id != asked.actor.person_id]
    done = calls.made(asked.connection, [call.key for call in found])
    left = sorted(
        (call for call in found if call.key not in done), key=lambda call: (call.person.id, call.since)
    )
    people = [
        ToPhone(theirs[0].person, tuple(theirs))
        for theirs in (list(each) for _, each in groupby(left, lambda call: call.person.id))
    ]
    return tuple(sorted(people, key=lambda each: (each.since, each.person.name)))


def _not_reached(asked: Inquiry) -> Iterator[Call]:
    """What no way has brought, or brought without a reaction; looked at again, since it may be done by now."""
    return islice(_still_to_say(asked), _MOST)


def _still_to_say(asked: Inquiry) -> Iterator[Call]:
    names = {person.id: person for person in register.people(asked.connection)}
    for each in calls.waiting(asked.connection, asked.at - _REMEMBERED):
        person = names.get(each.recipient)
        if person is None or each.kind not in notices.KINDS:
            continue
        found = notices.wanted(
            asked.connection, each.kind, each.recipient, each.payload, asked.at, asked.t.language, asked.forum
        )
        if not isinstance(found, Unwanted):
            number = each.payload.get("case", "")
            title = notices.title(each.kind, asked.t)
            yield Call(each.key, person, f"{title} ({number})" if number else title, each.phone_at)


def _not_done(asked: Inquiry) -> Iterator[Call]:
    """What was not done in time."""
    for person, duty in duties.missed(asked):
        key = f"duty:{duty.kind}:{duty.owner or ''}:{duty.subject}:{duty.due_on}:{person.id}"
        about = f"{duties.words(asked, duty)} ({asked.t('duties.was_due', day=duty.due_on)})"
        yield Call(key, person, about, end_of(duty.due_on))


SOURCES: tuple[Callable[[Inquiry], Iterable[Call]], ...] = (_not_reached, _not_done)
"""What else staff are to phone about comes from one more of these."""


# "Ringt"


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """The person was phoned about what stood on the card; what has come since then stays on the list."""
    if pressed.verb != "phoned" or pressed.inputs:
        return None
    if not may(desk.actor, Action.PHONE):
        return say(desk.t("say.staff_only"))
    person = register.person(desk.work.connection, instance.subject)
    if person is None:
        return None
    entry = _entry(desk, person)
    shown = [call.key for call in entry.calls if call.since <= instance.made_at] if entry else []
    said = _noted(desk, person, shown) if first else Message(desk.t("phone_list.noted", name=person.name))
    return Reply((said, _list(desk)))


def phoned(desk: Desk, argument: str) -> Reply:
    """`ringt 2` or `ringt Kari Nordmann`: by the place on the list, the id or the name."""
    if not may(desk.actor, Action.PHONE):
        return say(desk.t("say.staff_only"))
    found = to_phone(desk.inquiry)
    meant = [
        each for place, each in enumerate(found, start=1) if argument in (str(place), *_names(each.person))
    ]
    if len(meant) != 1:
        key = "phone_list.nobody" if argument else "phone_list.who"
        return Reply((Message(desk.t(key, name=argument)), _list(desk)))
    (entry,) = meant
    return Reply((_noted(desk, entry.person, [call.key for call in entry.calls]), _list(desk)))


def _names(person: Person) -> tuple[str, str]:
    return fold(person.id), fold(person.name)


def _entry(desk: Desk, person: Person) -> ToPhone | None:
    return next((each for each in to_phone(desk.inquiry) if each.person.id == person.id), None)


def _noted(desk: Desk, person: Person, keys: list[str]) -> Message:
    is_new = bool(calls.note(desk.work, person.id, keys))
    return Message(desk.t("phone_list.noted" if is_new else "phone_list.noted_before", name=person.name))


def _list(desk: Desk) -> Message:
    return shown(desk, every()["phone_list"].answer(desk.inquiry, ""))
