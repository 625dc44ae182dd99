"""A case on a card: its receipt and its state."""

from dataclasses import dataclass

from dialogs.cards.forms import whom_to_ask
from dialogs.cards.parts import Element, bold, box, button, card, facts, heading, line
from dialogs.texts import Texts
from domain.cases import BALL, Case
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


def case(
    view: CaseView, t: Texts, *, card_id: str | None, receipt: bool = False, has_links: bool = False
) -> Element:
    """What the case is, where it is, who has the ball since when, and whom to ask."""
    seen = view.case
    ball = t(f"ball.{BALL[seen.state]}")
    return card(
        heading(t("case.receipt") if receipt else t("case.title", number=seen.number)),
        _thanks(seen, t) if receipt else None,
        line(bold(seen.title)),
        line(t("case.where", state=t(f"state.{seen.state}"), ball=ball, since=seen.state_since)),
        facts(_facts(view, t)),
        line(whom_to_ask(view.staff, t)),
        actions=[button(t(f"button.{verb}"), verb, card_id) for verb in _verbs(has_links) if card_id],
    )


def _verbs(has_links: bool) -> tuple[str, ...]:
    return ("refresh", "paper") if has_links else ("refresh",)


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
    ]
