"""Cards about the dates of the year: what moving one means, and that it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dialogs.cards.notes import note
from dialogs.cards.parts import Element, bold, box, button, card, heading, line
from dialogs.events import conflict, when
from dialogs.texts import Texts
from domain.calendar import Conflict, Event
from domain.cases import State


@dataclass(frozen=True, slots=True)
class Consequences:
    """What depends on a date. `people`: the names of those whom the event is for; `beside`: events that must come
    before or after it; `states`: those that cases leave by it; `sent`: how many messages have told of it.
    `is_reminded`: reminders may have named it, too."""

    before: Event
    after: Event
    people: tuple[str, ...]
    beside: tuple[Event, ...]
    states: tuple[State, ...]
    sent: int
    free: tuple[date, ...]
    conflicts: tuple[Conflict, ...]
    is_told: bool
    is_reminded: bool = False


def confirm_move(found: Consequences, t: Texts, card_id: str) -> Element:
    """Who and what depends on it, before it is done."""
    return card(
        heading(t("move.title")),
        line(bold(found.after.title(t.language))),
        line(t("move.from_to", before=when(found.before, t), after=when(found.after, t))),
        *(line(text, spacing="Small") for text in _dependents(found, t)),
        *(box(line(text), style="warning") for text in _warnings(found, t)),
        line(t("move.told" if found.is_told else "move.draft")),
        actions=[
            button(t("button.move_yes"), "move_yes", card_id),
            button(t("button.move_no"), "move_no", card_id),
        ],
    )


def _dependents(found: Consequences, t: Texts) -> Iterator[str]:
    whom = t(f"move.audience.{found.after.audience}")
    if found.people:
        yield t("move.people", count=len(found.people), whom=whom)
        yield t("move.names", names=t.some(found.people))
    else:
        yield t("move.nobody", whom=whom)
    if found.beside:
        names = (f"{event.title(t.language)} ({when(event, t)})" for event in found.beside)
        yield t("move.beside", names=t.listed(tuple(names)))
    if found.states:
        states = t.listed(tuple(t(f"state.{state}").lower() for state in found.states))
        yield t("move.cases", states=states)
    if found.sent:
        yield t("move.sent", count=found.sent)
    if found.is_reminded:
        yield t("move.reminded")
    if not found.sent and not found.is_reminded:
        yield t("move.nothing_sent")


def _warnings(found: Consequences, t: Texts) -> Iterator[str]:
    yield from (t("warning.free_day", day=day) for day in found.free[:1])
    yield from (conflict(each, t) for each in found.conflicts)


def moved(event: Event, told: int, t: Texts) -> Element:
    text = t("move.done", name=event.names, when=when(event, t))
    more = t("move.told_so_many", count=told) if told else ""
    return note(f"{text} {more}".rstrip(), title=t("move.done_title"))


def left(event: Event | None, t: Texts) -> Element:
    """Nothing was moved. `event` None: none was named."""
    if event is None:
        return note(t("move.left_alone"))
    return note(t("move.left", name=event.names, when=when(event, t)))
