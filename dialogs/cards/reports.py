"""What a partnership has reported on its grant."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.asking import quoted
from dialogs.cards.parts import Element, bold, box, button, card, facts, heading, line, run, subtle
from dialogs.texts import Texts

_LONGEST = 700  # of an answer, so that all have room on a card
_MOST_ROWS, _LONGEST_IN_ROW = 15, 120  # more is for a sheet

Rows = tuple[tuple[str, str], ...]  # (name, value)


@dataclass(frozen=True, slots=True)
class ReportView:
    """A filed report with the names that it is shown with. `said`: what is said of it now, `stands`: who has confirmed
    it. `changed`: what the reader was last asked to confirm, as it was and as it is."""

    title: str
    measure: str
    known: Rows
    answers: Rows
    filed: str
    stands: str
    said: str = ""
    changed: Rows = ()
    is_red: bool = False


def report(view: ReportView, t: Texts, *, offers: Sequence[tuple[str, str, str]] = ()) -> Element:
    """The answers, and whether owner and university stand behind them. Offers are buttons: (title, verb, card id)."""
    return card(
        heading(view.title),
        line(bold(view.measure)),
        line(view.said) if view.said else None,
        box(facts(view.known)) if view.known else None,
        box(line(bold(t("report.changed"))), *map(_answer, view.changed), style="warning")
        if view.changed
        else None,
        *map(_answer, view.answers),
        line(view.stands),
        subtle(view.filed),
        actions=[button(*offer) for offer in offers],
    )


def _answer(answer: tuple[str, str]) -> Element:
    label, text = answer
    return line(
        bold(f"{label} " if label.endswith("?") else f"{label}: "), quoted(text, _LONGEST), spacing="Small"
    )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report in the list: whose it is and on what, how it goes, and what else there is to say of it."""

    partnership: str
    measure: str
    light: str
    about: tuple[str, ...] = ()


def reports(
    title: str,
    sentence: str,
    rows: tuple[ReportRow, ...],
    t: Texts,
    *,
    offers: Sequence[tuple[str, str, str]] = (),
) -> Element:
    """The whole in a sentence, then report by report. What people wrote may have several lines, so it is no table."""
    shown = rows[:_MOST_ROWS]
    more = len(rows) - len(shown)
    return card(
        heading(title),
        line(sentence),
        *(_row(row) for row in shown),
        subtle(t("reports.more", count=more)) if more else None,
        actions=[button(*offer) for offer in offers],
    )


def _row(row: ReportRow) -> Element:
    about = [line(quoted(each, _LONGEST_IN_ROW), spacing="None") for each in row.about]
    measure = run(f" {quoted(row.measure, _LONGEST_IN_ROW)}", isSubtle=True, size="Small")
    return {
        "type": "Container",
        "spacing": "Medium",
        "items": [line(bold(row.partnership), measure), line(bold(row.light), spacing="None"), *about],
    }
