"""A case on a card: its receipt and its state."""

from dataclasses import dataclass

from dialogs.cards.forms import whom_to_ask
from dialogs.cards.parts import Element, bold, box, button, card, facts, heading, line
from dialogs.texts import Texts
from domain.cases import BALL, Ball, Case, State
from domain.parsing import format_nok
from domain.register import Person


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with the names that it is shown with."""

    case: Case
    owners: tuple[str, ...]
    partners: tuple[str, ...]
    region: str | None
    staff: Person | None
    verbs: tuple[str, ...] = ()  # what the person may do to the case now
    reasons: tuple[tuple[str, str], ...] = ()  # what is to be changed: (question, why)
    following: str = ""  # what comes next, by when, or who sets the day
    confirmations: tuple[tuple[str, str], ...] = ()  # of which university, and whether it has confirmed
    waited: str = ""  # how long this step has taken, and whether that is longer than usual


def case(
    view: CaseView, t: Texts, *, card_id: str | None, receipt: bool = False, has_links: bool = False
) -> Element:
    """What the case is, where it is, who has the ball since when, and whom to ask."""
    seen = view.case
    return card(
        heading(t("case.receipt") if receipt else t("case.title", number=seen.number)),
        _thanks(seen, t) if receipt else None,
        line(bold(seen.title)),
        line(where(seen, t)),
        line(view.following) if view.following else None,
        line(view.waited) if view.waited else None,
        _to_change(view, t),
        facts(_facts(view, t)),
        _confirmations(view, t),
        line(whom_to_ask(view.staff, t)),
        actions=[
            button(t(f"button.{verb}"), verb, card_id)
            for verb in _verbs(view, has_links=has_links)
            if card_id
        ],
    )


def where(case: Case, t: Texts) -> str:
    """The state, since when, and who has the ball, in a sentence."""
    return t("case.where", state=t(f"state.{case.state}"), ball=ball(case.state, t), since=case.state_since)


def ball(state: State, t: Texts) -> str:
    """Who has the ball, in a sentence."""
    held_by = BALL[state]
    return t("case.no_ball") if held_by is Ball.NOBODY else t("case.ball", ball=t(f"ball.{held_by}"))


def _verbs(view: CaseView, *, has_links: bool) -> tuple[str, ...]:
    """Six at most, which is what Teams shows."""
    return ("refresh", *(["paper"] if has_links else []), *view.verbs)


def _to_change(view: CaseView, t: Texts) -> Element | None:
    """Why the case was sent back, and until when it is to be answered."""
    if view.case.state is not State.RETURNED:
        return None
    until = view.case.answer_by_on
    lines = [line(bold(f"{label}: "), why) if label else line(why) for label, why in view.reasons]
    return box(line(bold(t("case.to_change", day=until))), *lines, style="warning")


def _confirmations(view: CaseView, t: Texts) -> Element | None:
    """Whether the universities have confirmed their parts."""
    if not view.confirmations:
        return None
    return box(line(bold(t("part.heading"))), facts(view.confirmations))


def confirm_withdrawal(seen: Case, t: Texts, card_id: str) -> Element:
    return card(
        heading(t("case.withdraw_title")),
        line(t("case.withdraw_text", number=seen.number, title=seen.title)),
        actions=[
            button(t("button.withdraw_yes"), "withdraw_yes", card_id),
            button(t("button.withdraw_no"), "withdraw_no", card_id),
        ],
    )


def _thanks(seen: Case, t: Texts) -> Element:
    return box(line(bold(t("case.receipt_text", number=seen.number, at=seen.submitted_at))), style="good")


def _facts(view: CaseView, t: Texts) -> list[tuple[str, str]]:
    seen = view.case
    return [
        (t("case.scheme"), f"{t(f'scheme.{seen.scheme}.short')} {seen.cycle_year}"),
        (t("case.owners"), t.listed(view.owners)),
        (t("case.partners"), t.listed(view.partners)),
        (t("case.region"), view.region or t("say.whole_county")),
        (t("case.requested_owner"), format_nok(seen.owner_nok)),
        (t("case.requested_uh"), format_nok(seen.uh_nok)),
        (t("case.requested"), format_nok(seen.owner_nok + seen.uh_nok)),
        (t("case.submitted"), t.moment(seen.submitted_at)),
        *([(t("case.version"), str(seen.submission))] if seen.submission > 1 else []),
        *([(t("case.journal_number"), seen.journal_number)] if seen.journal_number else []),
    ]
