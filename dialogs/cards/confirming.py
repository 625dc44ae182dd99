"""A university's part of a case on a card: what it confirms, what has changed in it, and what it proposes otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dialogs.asking import quoted
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.parts import Element, bold, box, button, card, heading, line
from dialogs.comparing import Difference, signed_nok
from dialogs.texts import Texts
from domain.register import Person

_LONGEST = 400

Buttons = Sequence[tuple[str, str, str]]  # (title, verb, card id)


@dataclass(frozen=True, slots=True)
class PartView:
    """A university's part with the names that it is shown with. `changed`: since it last answered or was asked."""

    number: str
    title: str
    university: str
    owner: str
    rows: tuple[tuple[str, str], ...]  # (question, answer)
    due_on: date
    staff: Person | None
    changed: tuple[Difference, ...] = ()
    was_confirmed: bool = False  # as it was before the change
    confirmed: tuple[str, datetime] | None = None  # by whom, and when


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a university would have otherwise in its part."""

    number: str
    title: str
    university: str
    changed: tuple[Difference, ...]
    reason: str
    then: str  # what comes of it, the key of a text below `proposal`


def part(view: PartView, t: Texts, buttons: Buttons, *, said: str = "") -> Element:
    """What the university sees and confirms. `said`: what comes first, such as why a press did nothing."""
    return card(
        heading(t("notice.confirmation_asked_title")),
        line(bold(view.title)),
        line(t("notice.confirmation_asked", number=view.number, owner=view.owner)),
        box(line(said), style="warning") if said else None,
        _state(view, t),
        _changed(view, t),
        *(_row(label, text) for label, text in view.rows),
        line(t("part.rest", number=view.number)),
        line(whom_to_ask(view.staff, t)),
        actions=[button(*each) for each in buttons],
    )


def _row(label: str, text: str) -> Element:
    name = bold(f"{label} " if label.endswith("?") else f"{label}: ")
    return line(name, quoted(text, _LONGEST), spacing="Small")


def _state(view: PartView, t: Texts) -> Element:
    if view.confirmed is not None:
        name, at = view.confirmed
        return box(
            line(bold(t("part.confirmed", university=view.university, name=name, at=at))), style="good"
        )
    return box(line(bold(t("part.ask", university=view.university, day=view.due_on))))


def _changed(view: PartView, t: Texts) -> Element | None:
    """What is otherwise than when the university last looked."""
    if not view.changed or view.confirmed is not None:
        return None
    key = "part.changed_confirmed" if view.was_confirmed else "part.changed"
    return box(line(bold(t(key))), *(_difference(each, t) for each in view.changed), style="warning")


def _difference(difference: Difference, t: Texts) -> Element:
    text = t("changes.from_to", before=quoted(difference.before), after=quoted(difference.after))
    more = f" ({signed_nok(difference.change_nok)})" if difference.change_nok is not None else ""
    return line(bold(f"{difference.label}: "), f"{text}{more}", spacing="Small")


def proposal(view: ProposalView, t: Texts, buttons: Buttons) -> Element:
    """For the owner: what the university would have otherwise, why, and what a press does."""
    return card(
        heading(t("notice.part_proposed_title")),
        line(bold(view.title)),
        line(t("notice.part_proposed", university=view.university, number=view.number)),
        box(*(_difference(each, t) for each in view.changed)),
        line(bold(f"{t('proposal.reason')}: "), quoted(view.reason, _LONGEST)),
        line(t(f"proposal.{view.then}", number=view.number)),
        actions=[button(*each) for each in buttons],
    )
