"""A report on paper: the draft, for those who are asked before it is filed, and each version that was filed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from dialogs.asking import explain, page_title, quoted, readable, shown
from dialogs.cards.forms import DraftView, standing_warnings, too_late, whom_to_ask
from dialogs.engine import Answers, AnyChecked, AnyForm, Kind, Question
from dialogs.texts import Texts
from domain.cases import Case
from domain.criteria import unanswered
from domain.parsing import Unreadable, format_nok, parse_nok
from domain.submissions import Circumstances

if TYPE_CHECKING:
    from dialogs.papers.document import Document

_ASKED_FOR = ("budget_owner", "budget_uh")
_UNIT = "\N{NO-BREAK SPACE}kr"


@dataclass(frozen=True, slots=True)
class Written:
    """Answers to a form, with what they amount to in their circumstances."""

    form: AnyForm
    answers: Answers
    checked: AnyChecked
    circumstances: Circumstances

    def title(self, t: Texts) -> str:
        title = quoted(self.answers.get("measure_title") or t("paper.untitled"), 120)
        return f"{t(f'{self.form.name}.title')}: {title}"

    @property
    def owner(self) -> str:
        """Whose the report is, by name; empty where it is not known yet."""
        known = self.circumstances.directory.organisations.get(self.answers.get("lead_owner") or "")
        return known.name if known else ""

    def label(self, question: Question, t: Texts) -> str:
        return shown(self.form, question, self.circumstances, t).label


@dataclass(frozen=True, slots=True)
class Filed:
    """A version of a case. `submitted_by` by name; `digest`: SHA-256 of the report, as in the audit."""

    case: Case
    written: Written
    submission: int
    submitted_at: datetime
    submitted_by: str
    digest: str


def draft_docx(view: DraftView, t: Texts, made_at: datetime, *, is_writer: bool = True) -> bytes:
    """The draft as it stands, with what is missing and wrong in it, and lines to sign on.

    Warnings are for who writes it: they tell of other cases of the owner, which not everybody sees who reads the draft.
    """
    written = Written(view.form, view.answers, view.checked, view.circumstances)
    paper = _begun(written, t, made_at, header=t("paper.draft"))
    paper.notice(t("paper.draft_about", at=made_at, saved=view.saved_at), bold=f"{t('paper.draft')}.")
    paper.notice(too_late(view, t) if view.is_closed else _whom_to_ask(view, t))
    _write_open(paper, written, t)
    _write_answers(paper, written, t)
    _write_criteria(paper, written, t)
    if is_writer:
        _write_warnings(paper, view, t)
    paper.heading(t("paper.declaration"), 2)
    for question in written.checked.on_page("review"):
        if question.ask.kind is Kind.TICK:
            paper.paragraph(written.label(question, t))
    paper.to_sign(t("paper.sign_owner"))
    paper.to_sign(t("paper.sign_union"))
    return paper.content()


def _whom_to_ask(view: DraftView, t: Texts) -> str:
    """Until when there is time, which does not bind the secretariat, and who helps."""
    deadline = "" if view.is_staffs else t("paper.deadline", deadline=view.deadline_on)
    return f"{deadline} {whom_to_ask(view.staff, t)}".strip()


def version_docx(filed: Filed, t: Texts) -> bytes:
    """What was filed, and nothing of what has been thought of it since. Whoever makes it gets the same bytes."""
    case, written = filed.case, filed.written
    header = t("paper.filed", number=case.number, version=filed.submission)
    paper = _begun(written, t, filed.submitted_at, header=header)
    if case.submission > filed.submission:
        paper.notice(t("paper.newer", version=filed.submission, newest=case.submission))
    paper.labelled(t("paper.number"), case.number)
    paper.labelled(t("case.version"), str(filed.submission))
    paper.labelled(t("case.submitted"), t.moment(filed.submitted_at))
    paper.labelled(t("paper.submitted_by"), filed.submitted_by)
    _write_answers(paper, written, t)
    _write_criteria(paper, written, t)
    paper.heading(t("paper.declaration"), 2)
    for question in written.checked.on_page("review"):
        if question.ask.kind is Kind.TICK:
            paper.paragraph(written.label(question, t))
        else:
            paper.paragraph(t("paper.declared", name=written.answers.get(question.field) or ""))
    paper.paragraph(t("paper.digest", digest=filed.digest), style="Small print")
    return paper.content()


def as_written(form: AnyForm, report: BaseModel, circumstances: Circumstances) -> Written:
    """A filed report as the answers that it was made of. It is not judged again: nothing is missing or wrong in it."""
    answers = answers_of(form, report)
    checked = form.check(answers, circumstances)
    judged = replace(checked, missing=frozenset(), unasked=frozenset(), problems={}, report=report)
    return Written(form, answers, judged, circumstances)


def answers_of(form: AnyForm, report: BaseModel) -> dict[str, str | None]:
    """The answers that give this report again; what was left empty is None."""
    return dict(_answers(form, report.model_dump(mode="json")))


def _answers(form: AnyForm, values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, value in values.items():
        field = prefix + name
        if isinstance(value, dict):
            yield from _answers(form, value, f"{field}.")
        elif form.kind(field) is not None:  # what is derived is no answer
            yield field, _answer(value, "," if form.kind(field) is Kind.MULTI else "\n")


def _answer(value: Any, between: str) -> str | None:
    if isinstance(value, list):
        return between.join(_item(each) for each in value) or None
    return None if value is None else str(value)


def _item(value: Any) -> str:
    return f"{value['title']} {value['url']}" if isinstance(value, dict) else str(value)


# The parts of a paper


def _begun(written: Written, t: Texts, at: datetime, *, header: str) -> "Document":
    from dialogs.papers.document import Document  # Word is loaded when the first paper is wanted

    footer = t("paper.footer", page="{page}", pages="{pages}")
    return Document(
        written.title(t), author=written.owner, language=t.language, made_at=at, header=header, footer=footer
    )


def _write_open(paper: "Document", written: Written, t: Texts) -> None:
    """What stands between the draft and filing it, page by page."""
    checked = written.checked
    still_open = [q for q in checked.path if q.page != "review" and checked.is_open(q.field)]
    if not still_open:
        return
    paper.remark(t("card.still_open", count=len(still_open)))
    for page, questions in groupby(still_open, lambda question: question.page):
        paper.labelled(page_title(written.form, page, t), _labels(written, questions, t))


def _labels(written: Written, questions: Iterable[Question], t: Texts) -> str:
    return "; ".join(written.label(question, t) for question in questions)


def _write_answers(paper: "Document", written: Written, t: Texts) -> None:
    """Every question in the order of the form; the years' money in one table, where they begin."""
    pages = [page for page in written.checked.pages() if page != "review"]
    for name, found in groupby(pages, lambda page: page.partition(".")[0]):
        if name != "money":
            for page in found:
                paper.heading(page_title(written.form, page, t), 2)
                _write_questions(paper, written, written.checked.on_page(page), t)
        else:
            _write_money(paper, written, tuple(found), t)
    if not any(page.startswith("money") for page in pages):
        paper.heading(t("paper.money"), 2)
        paper.remark(t("paper.money_later"))


def _write_questions(paper: "Document", written: Written, questions: Iterable[Question], t: Texts) -> None:
    for question in questions:
        _write_question(paper, written, question, t)


def _write_question(paper: "Document", written: Written, question: Question, t: Texts) -> None:
    """A long answer below a heading of its own, a short one beside its label, and what is wrong with either."""
    label, text = written.label(question, t), _read(written, question, t)
    is_missing = question.field in written.checked.missing
    if question.ask.kind is Kind.TEXT:
        paper.heading(label, 3)
        paper.remark(text) if is_missing else paper.paragraphs(text)
    else:
        paper.labelled(label, text, style="Remark" if is_missing else "Normal")
    if wrong := _wrong(written, question, t):
        paper.remark(wrong)


def _read(written: Written, question: Question, t: Texts) -> str:
    if question.field not in written.answers:
        return t("say.not_answered" if question.required else "say.left_empty")
    answer = written.answers[question.field]
    return readable(written.form, question, answer, written.circumstances, t)


def _wrong(written: Written, question: Question, t: Texts) -> str:
    problem = written.checked.problems.get(question.field)
    if problem is None:
        return ""
    return t("card.error", text=explain(question, problem, written.answers.get(question.field) or "", t))


# Money


def _write_money(paper: "Document", written: Written, pages: tuple[str, ...], t: Texts) -> None:
    """Years beside each other, with their sums; below it what is wrong with an amount, and the other questions."""
    questions = [question for page in pages for question in written.checked.on_page(page)]
    amounts = [question for question in questions if question.ask.kind is Kind.MONEY]
    years = [page.partition(".")[2] for page in pages]
    rows, sums = _money_rows(written, amounts, years, t)
    paper.heading(t("paper.money"), 2)
    header = [t("paper.item"), *years, *([t("paper.all_years")] if len(years) > 1 else [])]
    paper.paragraph(t("paper.money_about"))
    paper.table(t("paper.money_about"), header, rows, strong=sums)
    _write_formula(paper, written, t)
    for question in amounts:
        if wrong := _wrong(written, question, t):
            paper.labelled(written.label(question, t), wrong, style="Remark")
    _write_questions(paper, written, [q for q in questions if q not in amounts], t)


def _money_rows(
    written: Written, amounts: list[Question], years: list[str], t: Texts
) -> tuple[list[list[str]], list[int]]:
    """The rows of the table, and which of them are sums."""
    asked = _by_row(written, [q for q in amounts if q.ask.field in _ASKED_FOR], t)
    own = _by_row(written, [q for q in amounts if q.ask.field not in _ASKED_FOR], t)
    sums = written.form.sums(written.answers, written.circumstances)
    rows = [_row(name, cells, years, t) for name, cells in asked.items()]
    rows.append(_row(t("paper.asked"), {str(each.year): each.total_nok for each in sums}, years, t))
    rows += [_row(name, cells, years, t) for name, cells in own.items()]
    least = {str(each.year): each.least_own_nok for each in sums}
    if own:
        rows.append(_row(t("paper.least_own"), least, years, t))
    return rows, [len(asked)]


_Amount = int | str | None  # as read, as typed where it cannot be read, or missing


def _by_row(written: Written, amounts: list[Question], t: Texts) -> dict[str, dict[str, _Amount]]:
    """What was answered, by the name of the row and the year."""
    found: dict[str, dict[str, _Amount]] = {}
    for question in amounts:
        year = question.page.partition(".")[2]
        found.setdefault(_row_name(written, question, t), {})[year] = _amount(
            written.answers.get(question.field)
        )
    return found


def _row_name(written: Written, question: Question, t: Texts) -> str:
    if question.ask.field == "budget_uh":
        partner = question.suffix.rpartition(".")[0]
        known = written.circumstances.directory.organisations.get(partner)
        return t("paper.asked_uh", partner=known.name if known else partner)
    return t("paper.asked_owner" if question.ask.field in _ASKED_FOR else "paper.own")


def _amount(text: str | None) -> _Amount:
    try:
        return parse_nok(text) if text else None
    except Unreadable:
        return quoted(text or "", 40)


def _row(name: str, cells: Mapping[str, _Amount], years: list[str], t: Texts) -> list[str]:
    amounts = [cells.get(year) for year in years]
    if len(years) > 1:
        known = [amount for amount in amounts if isinstance(amount, int)]
        amounts.append(sum(known) if len(known) == len(years) else None)
    return [name, *(_cell(amount, t) for amount in amounts)]


def _cell(amount: _Amount, t: Texts) -> str:
    if isinstance(amount, int):
        return format_nok(amount).removesuffix(_UNIT)
    return amount or t("paper.unsure")


def _write_formula(paper: "Document", written: Written, t: Texts) -> None:
    scheme = written.circumstances.scheme(written.answers.get("scheme"))
    if scheme and scheme.own_contribution:
        formula = scheme.own_contribution
        percent = f"{float(formula.rate * 100):g}"
        paper.paragraph(t(f"paper.formula.{formula.base}", percent=percent), style="Below table")


# What the answers are held against


def _write_criteria(paper: "Document", written: Written, t: Texts) -> None:
    """For each criterion what it asks, whether its questions are answered, and where the answers stand."""
    checked = written.checked
    open_fields = {question.field for question in checked.path if checked.is_open(question.field)}
    paper.heading(t("card.criteria"), 2)
    for name, fields in written.form.criteria.items():
        left = unanswered(name, open_fields)
        title = t(f"criterion.{name}.name")
        paper.heading(title, 3)
        paper.paragraph(t(f"criterion.{name}.explain"))
        state = t("card.criterion_open" if left else "card.criterion_answered", name=title, count=len(left))
        paper.remark(state) if left else paper.paragraph(state)
        asked = [question for question in checked.path if question.field in fields]
        paper.paragraph(t("paper.answers", labels=_labels(written, asked, t)))


def _write_warnings(paper: "Document", view: DraftView, t: Texts) -> None:
    found = standing_warnings(view)
    if found:
        paper.heading(t("card.warnings"), 2)
        for warning in found:
            paper.paragraph(t(f"warning.{warning.key}", **warning.details), style="List Bullet")
