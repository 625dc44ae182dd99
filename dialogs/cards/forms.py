"""The cards of a form: one page, the review before submitting, and the question before throwing away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialogs.asking import Shown, criterion_of, explain, on_card, page_title, readable, shown
from dialogs.cards.parts import Element, bad, bold, box, button, card, good, heading, line, subtle
from dialogs.engine import Answers, AnyChecked, AnyForm, Kind, Question
from dialogs.texts import Texts
from domain.criteria import Warning, unanswered
from domain.register import Person
from domain.submissions import Circumstances, YearSum

_LONGEST_ON_REVIEW = 280
_MAX_LENGTH = {Kind.LINE: 300, Kind.TEXT: 6000, Kind.NUMBER: 40, Kind.MONEY: 40, Kind.DAY: 40}


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as it is shown: the form, the answers and what they amount to."""

    form: AnyForm
    answers: Answers
    checked: AnyChecked
    circumstances: Circumstances
    saved_at: datetime
    closes_at: datetime
    is_closed: bool
    staff: Person | None  # whom to ask

    def title(self, t: Texts) -> str:
        return self.answers.get("measure_title") or t(f"{self.form.name}.untitled")

    def scheme(self, t: Texts) -> str:
        scheme = self.answers.get("scheme")
        return t(f"scheme.{scheme}.short") if self.circumstances.scheme(scheme) else t("say.no_scheme")


def form_page(
    view: DraftView,
    page: str,
    t: Texts,
    card_id: str,
    *,
    user_id: str | None,
    typed: Mapping[str, str],
    saved: bool,
    strict: bool,
) -> Element:
    """One page. `typed` are texts that clash with the draft and are shown again; `strict` says what is missing."""
    questions = view.checked.on_page(page)
    pages = view.checked.pages()
    return card(
        heading(t(f"{view.form.name}.title")),
        line(bold(view.title(t))),
        subtle(
            t(
                "card.progress",
                page=pages.index(page) + 1,
                pages=len(pages),
                title=page_title(view.form, page, t),
                scheme=view.scheme(t),
            )
        ),
        _saved(view, t, saved=saved),
        _closed(view, t),
        _criterion(view, questions, t),
        *(part for question in questions for part in _field(view, question, t, typed, strict=strict)),
        _sums(view, page, t),
        actions=[
            button(t("button.next"), "next", card_id),
            button(t("button.back"), "back", card_id),
            button(t("button.calculate" if page.startswith("money") else "button.save"), "save", card_id),
            button(t("button.skip"), "skip", card_id),
            button(t("button.review"), "review", card_id),
            button(t("button.type"), "type", card_id),
        ],
        refresh=(card_id, user_id) if user_id else None,
    )


def review(
    view: DraftView,
    t: Texts,
    card_id: str,
    *,
    user_id: str | None,
    typed: Mapping[str, str],
    saved: bool,
    strict: bool,
) -> Element:
    """The last page: criterion by criterion, warnings, money, every answer; and the declaration."""
    questions = view.checked.on_page("review")
    open_before = [q for q in view.checked.path if q.page != "review" and view.checked.is_open(q.field)]
    return card(
        heading(t(f"{view.form.name}.page.review")),
        line(bold(view.title(t))),
        subtle(t("card.scheme_year", scheme=view.scheme(t), year=view.circumstances.cycle_year)),
        _saved(view, t, saved=saved),
        _closed(view, t),
        *_criteria(view, t),
        *_warnings(view, t),
        *_open_questions(view, open_before, t),
        _sums(view, "", t),
        *_answers(view, t),
        *(part for question in questions for part in _field(view, question, t, typed, strict=strict)),
        _go_to(view, t),
        actions=[
            button(t("button.submit"), "submit", card_id),
            button(t("button.go_to"), "goto", card_id),
            button(t("button.back"), "back", card_id),
            button(t("button.save"), "save", card_id),
            button(t("button.type"), "type", card_id),
            button(t("button.discard"), "discard", card_id),
        ],
        refresh=(card_id, user_id) if user_id else None,
    )


def confirm_discard(view: DraftView, t: Texts, card_id: str) -> Element:
    return card(
        heading(t("card.discard_title")),
        line(t("card.discard_text", title=view.title(t))),
        actions=[
            button(t("button.discard_yes"), "discard_yes", card_id),
            button(t("button.discard_no"), "discard_no", card_id),
        ],
    )


def switched(t: Texts, card_id: str) -> Element:
    """From now on by typing; with the way back."""
    return card(line(t("type.switched")), actions=[button(t("button.card"), "card", card_id)])


def with_unsaved(shown: Mapping[str, Any], unsaved: Sequence[str], t: Texts) -> Element:
    """A card below what was typed on an old one and could not be saved any more."""
    above = [line(t("say.not_saved_any_more")), *map(line, unsaved)]
    return {**shown, "body": [*above, *shown["body"]]}


def _saved(view: DraftView, t: Texts, *, saved: bool) -> Element:
    key = "card.saved_now" if saved else "card.saved"
    return subtle(t(key, clock=t.clock(view.saved_at)) + " " + t("card.only_you"), spacing="None")


def _closed(view: DraftView, t: Texts) -> Element | None:
    return box(line(too_late(view, t)), style="warning") if view.is_closed else None


def too_late(view: DraftView, t: Texts) -> str:
    """That the deadline has passed, that the draft is kept, and whom to ask."""
    return t("say.too_late", closed=view.closes_at) + " " + whom_to_ask(view.staff, t)


def whom_to_ask(staff: Person | None, t: Texts) -> str:
    if staff is None:
        return t("say.ask_secretariat")
    return t("say.ask_person", name=staff.name, phone=staff.phone or t("say.no_phone"))


def _criterion(view: DraftView, questions: tuple[Question, ...], t: Texts) -> Element | None:
    name = criterion_of(view.form, frozenset(question.field for question in questions))
    if name is None:
        return None
    return box(
        line(bold(t("card.criterion", name=t(f"criterion.{name}.name")))),
        line(t(f"criterion.{name}.explain")),
    )


def _field(
    view: DraftView, question: Question, t: Texts, typed: Mapping[str, str], *, strict: bool
) -> list[Element]:
    """The input, below it what is wrong, and the help."""
    seen = shown(view.form, question, view.circumstances, t)
    now = view.answers.get(question.field)
    clash = typed.get(question.field)
    text = clash if clash is not None else on_card(question, now, view.circumstances)
    problem = view.checked.problems.get(question.field)
    below: list[Element] = []
    if clash is not None:
        below.append(
            bad(t("card.clash", now=on_card(question, now, view.circumstances) or t("say.left_empty")))
        )
    elif problem is not None:
        below.append(bad(t("card.error", text=explain(problem, now or "", t))))
    elif strict and question.field in view.checked.missing:
        below.append(bad(t("card.error", text=t("error.missing"))))
    return [_input(seen, text, t), *below, subtle(seen.help)]


def _input(seen: Shown, text: str, t: Texts) -> Element:
    common: Element = {"id": seen.field, "label": seen.label, "spacing": "Medium"}
    if seen.kind is Kind.TICK:
        return {
            **common,
            "type": "Input.Toggle",
            "title": t("card.tick"),
            "valueOn": "yes",
            "valueOff": "",
            "value": text,
            "wrap": True,
        }
    if seen.kind in (Kind.CHOICE, Kind.MULTI) and _is_one_of(text, seen):
        return {
            **common,
            "type": "Input.ChoiceSet",
            "choices": [{"title": title, "value": value} for value, title in seen.choices],
            "style": "compact" if len(seen.choices) > 5 else "expanded",
            "isMultiSelect": seen.kind is Kind.MULTI,
            "wrap": True,
            "value": text,
        }
    if seen.kind is Kind.DAY and (not text or _is_iso(text)):
        return {**common, "type": "Input.Date", "value": text}
    return {
        **common,
        "type": "Input.Text",
        "isMultiline": seen.kind is Kind.TEXT,
        "maxLength": _MAX_LENGTH.get(seen.kind, 300),
        "value": text,
    }


def _is_one_of(text: str, seen: Shown) -> bool:
    """Whether the list can show the answer; one that it cannot show stands in a text field instead."""
    values = {value for value, _ in seen.choices}
    return all(part in values for part in text.split(",") if part)


def _is_iso(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


def _sums(view: DraftView, page: str, t: Texts) -> Element | None:
    """The sums of the page's year, or of all years on other pages; with the own contribution's formula."""
    sums = view.form.sums(view.answers, view.circumstances)
    _, _, year = page.partition(".")
    if not sums or (page and not year):
        return None
    lines = [
        line(text, spacing="Small") for text in sum_lines(view, t, sums, only=int(year) if year else None)
    ]
    return box(line(bold(t("card.sums"))), *lines)


def sum_lines(view: DraftView, t: Texts, sums: tuple[YearSum, ...], *, only: int | None) -> list[str]:
    lines = [text for year in sums if only in (None, year.year) for text in _year_lines(view, year, t)]
    totals = [year.total_nok for year in sums]
    if len(sums) > 1 and None not in totals:
        lines.append(
            t(
                "card.sum_all",
                owner_nok=sum(year.owner_nok or 0 for year in sums),
                uh_nok=sum(year.uh_nok or 0 for year in sums),
                total_nok=sum(total or 0 for total in totals),
            )
        )
    return lines


def _year_lines(view: DraftView, year: YearSum, t: Texts) -> list[str]:
    if year.total_nok is None:
        return [t("card.sum_open", year=year.year)]
    lines = [
        t(
            "card.sum_year",
            year=year.year,
            owner_nok=year.owner_nok,
            uh_nok=year.uh_nok,
            total_nok=year.total_nok,
        )
    ]
    scheme = view.circumstances.scheme(view.answers.get("scheme"))
    if scheme and scheme.own_contribution and year.least_own_nok is not None:
        formula = scheme.own_contribution
        lines.append(
            t(
                f"formula.{formula.base}",
                percent=f"{float(formula.rate * 100):g}",
                owner_nok=year.owner_nok,
                total_nok=year.total_nok,
                least_nok=year.least_own_nok,
            )
        )
    return lines


def criteria_lines(view: DraftView, t: Texts) -> list[tuple[bool, str]]:
    """Criterion by criterion: (answered, in words)."""
    open_fields = {q.field for q in view.checked.path if view.checked.is_open(q.field)}
    found = []
    for name in view.form.criteria:
        left = unanswered(name, open_fields)
        labels = [t(f"{view.form.name}.field.{field}.label") for field in left]
        key = "card.criterion_open" if left else "card.criterion_answered"
        found.append((not left, t(key, name=t(f"criterion.{name}.name"), left=t.listed(tuple(labels)))))
    return found


def _criteria(view: DraftView, t: Texts) -> list[Element]:
    lines = [good(text) if answered else bad(text) for answered, text in criteria_lines(view, t)]
    return [heading(t("card.criteria"), level=2), *lines] if lines else []


def standing_warnings(view: DraftView) -> tuple[Warning, ...]:
    return view.form.warn(view.checked.report, view.circumstances) if view.checked.report else ()


def _warnings(view: DraftView, t: Texts) -> list[Element]:
    found = standing_warnings(view)
    if not found:
        return []
    lines = [line(t(f"warning.{warning.key}", **warning.details), spacing="Small") for warning in found]
    return [box(line(bold(t("card.warnings"))), *lines, style="warning")]


def _open_questions(view: DraftView, questions: list[Question], t: Texts) -> list[Element]:
    if not questions:
        return []
    labels = tuple(shown(view.form, question, view.circumstances, t).label for question in questions)
    return [
        bad(t("card.still_open", count=len(questions))),
        *(line("– " + label, spacing="None") for label in labels),
    ]


def _answers(view: DraftView, t: Texts) -> list[Element]:
    made: list[Element] = []
    for page in view.checked.pages():
        if page == "review":
            continue
        made.append(heading(page_title(view.form, page, t), level=2))
        for question in view.checked.on_page(page):
            made.append(
                line(
                    bold(shown(view.form, question, view.circumstances, t).label + ": "),
                    _short(view, question, t),
                    spacing="Small",
                )
            )
    return made


def _short(view: DraftView, question: Question, t: Texts) -> str:
    if question.field not in view.answers:
        return t("say.not_answered")
    text = readable(view.form, question, view.answers[question.field], view.circumstances, t)
    return text if len(text) <= _LONGEST_ON_REVIEW else text[:_LONGEST_ON_REVIEW].rstrip() + " …"


def _go_to(view: DraftView, t: Texts) -> Element:
    """Which page to change: the first open one is chosen beforehand."""
    pages = [page for page in view.checked.pages() if page != "review"]
    first_open = next((page for page in pages if view.checked.page_is_open(page)), pages[0])
    return {
        "type": "Input.ChoiceSet",
        "id": "go_to",
        "label": t("card.go_to"),
        "style": "compact",
        "choices": [{"title": page_title(view.form, page, t), "value": page} for page in pages],
        "value": first_open,
        "spacing": "Medium",
    }
