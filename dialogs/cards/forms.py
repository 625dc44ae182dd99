"""The cards of a form: one page, the review before submitting, and the question before throwing away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_
from datetime import date, datetime
from itertools import groupby
from typing import Any

from dialogs.asking import (
    criterion_of,
    explain,
    longest_on_card,
    on_card,
    page_title,
    quoted,
    readable,
    shown,
    title_of,
)
from dialogs.cards.fields import field
from dialogs.cards.parts import (
    Element,
    bad,
    bold,
    box,
    button,
    card,
    facts,
    heading,
    line,
    more_actions,
    run,
    subtle,
)
from dialogs.engine import Answers, AnyChecked, AnyForm, Becomes, Kind, Problem, Question
from dialogs.texts import Texts
from domain.criteria import Warning, unanswered
from domain.days import OSLO
from domain.register import Person
from domain.submissions import Circumstances, YearSum

# All of them have to fit on one card. Other kinds are no longer than a line, or wrong.
_MOST_NEWS = 5
_LONGEST_ON_REVIEW = {Kind.TEXT: 280, Kind.MULTI: 280}


@dataclass(frozen=True, slots=True)
class SeenBy:
    """Who sees a draft beside its author, by name of organisation."""

    owner: str  # whose contacts write it
    readers: tuple[str, ...] = ()
    let_in: tuple[str, ...] = ()  # of its universities
    waiting: tuple[str, ...] = ()  # universities that are not let in
    partner: str | None = None  # the university whose contacts write it, too


@dataclass(frozen=True, slots=True)
class News:
    """What somebody else has changed."""

    who: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as it is shown: the form, the answers and what they amount to."""

    form: AnyForm
    answers: Answers
    checked: AnyChecked
    circumstances: Circumstances
    saved_at: datetime
    deadline_on: date
    is_closed: bool
    staff: Person | None  # whom to ask
    seen_by: SeenBy | None = None  # None: the author alone
    news: tuple[News, ...] = ()  # since the person last saw it
    about: str | None = None  # the case of which it will be a new version
    is_staffs: bool = False  # the secretariat's, for an owner or as a correction
    is_masters: bool = True  # the person may throw it away and let universities in
    reasons: Mapping[str, str] = field_(default_factory=dict)  # why the case was sent back, by field

    @property
    def is_of_no_grant(self) -> bool:
        """It reports on a grant that the register has otherwise by now."""
        return self.form.becomes is Becomes.GRANT_REPORT and self.circumstances.partnership is None

    def title(self, t: Texts) -> str:
        return title_of(self.form.name, self.answers, t)

    def submit_title(self, t: Texts) -> str:
        """What the button is called that files it."""
        is_correction = self.circumstances.is_correction
        return t(f"{self.form.name}.submit_correction" if is_correction else f"{self.form.name}.submit")

    def scheme(self, t: Texts) -> str:
        if self.form.kind("scheme") is None:
            return t(f"{self.form.name}.title")
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
    missed: Collection[str],
) -> Element:
    """One page. `typed` are texts that clash with the draft and are shown again; `missed` the questions that
    the person has seen and left without the answer that they need.
    """
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
        *_standing(view, t),
        _criterion(view, questions, t),
        *(part for question in questions for part in _field(view, question, t, typed, missed=missed)),
        _sums(view, page, t),
        _page_open(view, page, t) if missed else None,
        actions=[
            button(t("button.next"), "next", card_id),
            *([button(t("button.back"), "back", card_id)] if page != pages[0] else []),
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
    missed: Collection[str],
    refusal: str = "",
    has_links: bool = False,
) -> Element:
    """The last page: criterion by criterion, warnings, money, every answer; and the declaration."""
    questions = view.checked.on_page("review")
    is_report = bool(view.form.criteria)
    return card(
        heading(t(f"{view.form.name}.page.review")),
        line(bold(view.title(t))),
        subtle(_of_when(view, t)),
        _saved(view, t, saved=saved),
        *_standing(view, t),
        *known(view, t),
        *_criteria(view, t),
        *_warnings(view, t),
        *_open_questions(view, t),
        _sums(view, "", t),
        *_answers(view, t),
        *(part for question in questions for part in _field(view, question, t, typed, missed=missed)),
        _go_to(view, t) if len(view.checked.pages()) > 1 else None,
        more_actions(button(t("button.paper"), "paper", card_id)) if has_links and is_report else None,
        bad(refusal, spacing="Medium") if refusal else None,
        actions=[
            button(view.submit_title(t), "submit", card_id),
            *([button(t("button.go_to"), "goto", card_id)] if len(view.checked.pages()) > 1 else []),
            button(t("button.type"), "type", card_id),
            *_letting_in(view, t, card_id),
            *([button(t("button.discard"), "discard", card_id)] if view.is_masters else []),
        ],
        refresh=(card_id, user_id) if user_id else None,
    )


def _letting_in(view: DraftView, t: Texts, card_id: str) -> list[Element]:
    """The universities may read along, if the owner wants it."""
    if view.seen_by is None or view.is_staffs or not view.is_masters:
        return []
    if view.seen_by.waiting:
        return [button(t("button.let_in"), "let_in", card_id)]
    return [button(t("button.shut_out"), "shut_out", card_id)] if view.seen_by.let_in else []


def reading(view: DraftView, t: Texts, card_id: str, *, has_links: bool = False) -> Element:
    """The draft for those who may read it: what is answered, and whose it is."""
    return card(
        heading(t(f"{view.form.name}.title")),
        line(bold(view.title(t))),
        subtle(t("card.scheme_year", scheme=view.scheme(t), year=view.circumstances.cycle_year)),
        _saved(view, t, saved=False),
        line(t("card.reading", owner=view.seen_by.owner if view.seen_by else "")),
        *known(view, t),
        _sums(view, "", t),
        *_answers(view, t),
        actions=[
            button(t("button.refresh"), "open", card_id),
            *([button(t("button.paper"), "paper", card_id)] if has_links else []),
        ],
    )


def confirm_discard(view: DraftView, t: Texts, card_id: str) -> Element:
    return card(
        heading(t("card.discard_title")),
        line(f"{t('card.discard_text', title=view.title(t))} {t('type.yes_or_no')}"),
        actions=[
            button(t("button.discard_yes"), "discard_yes", card_id),
            button(t("button.discard_no"), "discard_no", card_id),
        ],
    )


def switched(t: Texts, card_id: str) -> Element:
    """From now on by typing; with the way back."""
    return card(line(t("type.switched")), actions=[button(t("button.card"), "card", card_id)])


def with_unsaved(shown: Mapping[str, Any], unsaved: Sequence[str], t: Texts, *, said: str = "") -> Element:
    """A card below what was typed on an old one and could not be saved any more. `said`: why, where it is another
    reason than that the draft is closed."""
    above = [line(said or t("say.not_saved_any_more")), *map(line, unsaved)]
    return {**shown, "body": [*above, *shown["body"]]}


def _saved(view: DraftView, t: Texts, *, saved: bool) -> Element:
    return subtle(f"{_when_saved(view, t, saved=saved)} {_who_sees(view, t)}", spacing="None")


def _of_when(view: DraftView, t: Texts) -> str:
    """The scheme and the year; of what is asked for by the year, until when."""
    if view.form.becomes is Becomes.GRANT_REPORT:
        return t("report.due", day=view.deadline_on)
    return t("card.scheme_year", scheme=view.scheme(t), year=view.circumstances.cycle_year)


def known(view: DraftView, t: Texts) -> list[Element]:
    """What nobody is asked, since it is known."""
    rows = view.form.known(view.circumstances, t)
    return [box(facts(rows))] if rows else []


def _who_sees(view: DraftView, t: Texts) -> str:
    if view.seen_by is None:
        return t("card.only_you")
    owner, partner = view.seen_by.owner, view.seen_by.partner
    writers = t("card.owner_sees", owner=t.listed((owner, partner)) if partner else owner)
    readers = view.seen_by.readers
    return f"{writers} {t('card.readers_see', readers=t.listed(readers))}" if readers else writers


def _standing(view: DraftView, t: Texts) -> list[Element]:
    """What the draft is besides a new report, what others have changed, and that the deadline has passed."""
    what = "about_correction" if view.circumstances.is_correction else "about"
    told = [subtle(t(f"{view.form.name}.{what}", number=view.about))] if view.about else []
    if "" in view.reasons:
        told.append(box(line(t("card.sent_back", text=view.reasons[""])), style="warning"))
    if view.checked.unconfirmed:
        told.append(box(line(t("card.taken_over"))))
    told += [
        box(line(t("card.news", name=news.who, fields=_some_labels(view, changed, t))))
        for news in view.news
        if (changed := [question for question in view.checked.path if question.field in news.fields])
    ]
    return [*told, box(line(too_late(view, t)), style="warning")] if view.is_closed else told


def _when_saved(view: DraftView, t: Texts, *, saved: bool) -> str:
    if view.saved_at.astimezone(OSLO).date() != view.circumstances.on:
        return t("card.saved_before", at=view.saved_at)
    return t("card.saved_now" if saved else "card.saved", clock=t.clock(view.saved_at))


def grant_is_gone(view: DraftView, t: Texts) -> str:
    """Where to go on with a report on a grant that has been corrected, and whom to ask."""
    return f"{t(f'{view.form.name}.grant_is_gone')} {whom_to_ask(view.staff, t)}"


def too_late(view: DraftView, t: Texts) -> str:
    """That the deadline has passed, that the draft is kept, and whom to ask."""
    return t("say.too_late", deadline=view.deadline_on) + " " + whom_to_ask(view.staff, t)


def owner_decides(view: DraftView, t: Texts) -> str:
    """For those who write for an owner and may not do what only the owner may."""
    return t("say.owner_decides", owner=view.seen_by.owner if view.seen_by else t("case.owners"))


def whom_to_ask(staff: Person | None, t: Texts) -> str:
    if staff is None:
        return t("say.ask_secretariat")
    return t("say.ask_person", name=staff.name, phone=staff.phone or t("say.no_phone"))


def _page_open(view: DraftView, page: str, t: Texts) -> Element | None:
    """Said where the button was pressed, since what is wrong may stand far above."""
    count = sum(view.checked.is_open(question.field) for question in view.checked.on_page(page))
    return bad(t("card.page_open", count=count), spacing="Medium") if count else None


def _criterion(view: DraftView, questions: tuple[Question, ...], t: Texts) -> Element | None:
    name = criterion_of(view.form, frozenset(question.field for question in questions))
    if name is None:
        return None
    return box(
        line(bold(t("card.criterion", name=t(f"criterion.{name}.name")))),
        line(t(f"criterion.{name}.explain")),
    )


def _field(
    view: DraftView, question: Question, t: Texts, typed: Mapping[str, str], *, missed: Collection[str]
) -> list[Element]:
    """The input, below it what is wrong or how it was read, and the help, which a tick does not need."""
    seen = shown(view.form, question, view.circumstances, t)
    clash = typed.get(question.field)
    answer = view.answers.get(question.field) if clash is None else clash
    text = on_card(question, answer, view.circumstances)
    wrong = _clash(view, question, t) if clash is not None else _wrong(view, question, t, missed=missed)
    reason = view.reasons.get(question.ask.field)
    return [
        *([box(line(t("card.sent_back", text=reason)), style="warning")] if reason else []),
        field(
            seen,
            text,
            longest=longest_on_card(question),
            tick=t("card.tick"),
            within=seen.help if view.form.is_short else "",
        ),
        *([bad(wrong)] if wrong else _read_as(view, question, text, t)),
        *(
            [line(t("card.still_right"), spacing="Small")]
            if question.field in view.checked.unconfirmed
            else []
        ),
        *([] if seen.kind is Kind.TICK or view.form.is_short else [subtle(seen.help)]),
    ]


def _read_as(view: DraftView, question: Question, text: str, t: Texts) -> list[Element]:
    """The amount or the day, where other digits were written; what is known of an earlier case."""
    if question.ask.kind not in (Kind.MONEY, Kind.DAY, Kind.DAY_TO_COME, Kind.CASE) or not text:
        return []
    read = readable(view.form, question, text, view.circumstances, t)
    return [line(t("card.read_as", text=read), spacing="Small")] if _digits(read) != _digits(text) else []


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _clash(view: DraftView, question: Question, t: Texts) -> str:
    now = readable(view.form, question, view.answers.get(question.field), view.circumstances, t)
    return t("card.clash", now=quoted(now))


def _wrong(view: DraftView, question: Question, t: Texts, *, missed: Collection[str]) -> str:
    """What is wrong with the answer, or with there being none."""
    problem = view.checked.problems.get(question.field)
    if problem is not None:
        return t("card.error", text=_explained(view, question, problem, t))
    is_missed = question.field in missed and question.field in view.checked.missing
    return t("card.error", text=t("error.missing")) if is_missed else ""


def _explained(view: DraftView, question: Question, problem: Problem, t: Texts) -> str:
    answer = view.answers.get(question.field) or ""
    if question.ask.options is not None and on_card(question, answer, view.circumstances) != answer:
        return t("card.not_in_list", text=quoted(answer))
    return explain(question, problem, answer, t)


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
        key = "card.criterion_open" if left else "card.criterion_answered"
        found.append((not left, t(key, name=t(f"criterion.{name}.name"), count=len(left))))
    return found


def _criteria(view: DraftView, t: Texts) -> list[Element]:
    lines = [
        line(text, spacing="Small") if answered else bad(text) for answered, text in criteria_lines(view, t)
    ]
    return [heading(t("card.criteria"), level=2), *lines] if lines else []


def standing_warnings(view: DraftView) -> tuple[Warning, ...]:
    """What to know before declaring, so the report is looked at as if it were declared."""
    declared = {question.field: "yes" for question in view.checked.on_page("review")}
    report = view.form.check({**declared, **view.answers}, view.circumstances).report
    return view.form.warn(report, view.circumstances) if report else ()


def _warnings(view: DraftView, t: Texts) -> list[Element]:
    found = standing_warnings(view)
    if not found:
        return []
    lines = [line(t(f"warning.{warning.key}", **warning.details), spacing="Small") for warning in found]
    return [box(line(bold(t("card.warnings"))), *lines, style="warning")]


def _open_questions(view: DraftView, t: Texts) -> list[Element]:
    """What is missing or refused, page by page."""
    still_open = [q for q in view.checked.path if q.page != "review" and view.checked.is_open(q.field)]
    if not still_open:
        return []
    return [
        bad(t("card.still_open", count=len(still_open))),
        *(
            line(bold(f"{page_title(view.form, page, t)}: "), _labels(view, on_page, t), spacing="Small")
            for page, on_page in groupby(still_open, lambda question: question.page)
        ),
    ]


def _labels(view: DraftView, questions: Iterable[Question], t: Texts) -> str:
    return "; ".join(shown(view.form, question, view.circumstances, t).label for question in questions)


def _some_labels(view: DraftView, questions: Sequence[Question], t: Texts) -> str:
    """The first few; who has changed half a report is not followed label by label."""
    more = len(questions) - _MOST_NEWS
    named = _labels(view, questions[:_MOST_NEWS], t)
    return f"{named} {t('card.news_more', count=more)}" if more > 0 else named


def _answers(view: DraftView, t: Texts) -> list[Element]:
    """Every answer that was given, page by page."""
    given = [q for q in view.checked.path if q.page != "review" and q.field in view.answers]
    made: list[Element] = []
    for page, on_page in groupby(given, lambda question: question.page):
        made.append(heading(page_title(view.form, page, t), level=2))
        made += [_answer(view, question, t) for question in on_page]
    return made


def _answer(view: DraftView, question: Question, t: Texts) -> Element:
    label = shown(view.form, question, view.circumstances, t).label
    text = readable(view.form, question, view.answers[question.field], view.circumstances, t)
    wrong = _wrong(view, question, t, missed=())
    return line(
        bold(f"{label} " if label.endswith("?") else f"{label}: "),
        quoted(text, _LONGEST_ON_REVIEW.get(question.ask.kind, 120)),
        *([run(f" {wrong}", color="Attention")] if wrong else []),
        spacing="Small",
    )


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
