"""One question at a time, as plain text: for phones, screen readers and channels without cards."""

from dialogs.asking import Shown, criterion_of, explain, page_title, progress, quoted, readable, shown
from dialogs.cards.forms import (
    DraftView,
    criteria_lines,
    grant_is_gone,
    standing_warnings,
    sum_lines,
    too_late,
)
from dialogs.cards.plain import as_question
from dialogs.engine import Kind, Question
from dialogs.texts import Texts


def ask(view: DraftView, question: Question, t: Texts, *, before: str = "") -> str:
    """The question with what it needs: place, help, choices, what is wrong with the last answer."""
    seen = shown(view.form, question, view.circumstances, t)
    number, count = progress(view.checked, question)
    parts = [
        before,
        *(_known(view, t) if number == 1 else []),
        t("type.place", number=number, count=count, page=page_title(view.form, question.page, t)),
        *_explained(view, question, t),
        as_question(seen.label),
        seen.help,
        *_choices(seen),
        *_sums(view, question, t),
        *_now(view, question, t),
        t("type.how_multi" if seen.kind is Kind.MULTI else "type.how_choice" if seen.choices else "type.how"),
    ]
    return "\n".join(part for part in parts if part)


def _known(view: DraftView, t: Texts) -> list[str]:
    """What nobody is asked, before the first question and in the summary."""
    return [f"{name}: {value}" for name, value in view.form.known(view.circumstances, t)]


def _explained(view: DraftView, question: Question, t: Texts) -> list[str]:
    name = criterion_of(view.form, frozenset({question.field}))
    if name is None:
        return []
    return [t("card.criterion", name=t(f"criterion.{name}.name")) + ": " + t(f"criterion.{name}.explain")]


def _choices(seen: Shown) -> list[str]:
    return [f"{number}. {title}" for number, (_, title) in enumerate(seen.choices, start=1)]


def _now(view: DraftView, question: Question, t: Texts) -> list[str]:
    """What stands there already, and why it was refused."""
    text = view.answers.get(question.field)
    problem = view.checked.problems.get(question.field)
    if text is None:
        return []
    lines = [t("type.now", text=readable(view.form, question, text, view.circumstances, t))]
    if problem is not None:
        lines.append(t("card.error", text=explain(question, problem, text, t)))
    if question.field in view.checked.unconfirmed:
        lines.append(t("type.still_right"))
    if not question.required:
        lines.append(t("type.may_clear"))
    return lines


def _sums(view: DraftView, question: Question, t: Texts) -> list[str]:
    """The year's sums, where money is asked for."""
    _, _, year = question.page.partition(".")
    if not year:
        return []
    return sum_lines(view, t, view.form.sums(view.answers, view.circumstances), only=int(year))


def saved(view: DraftView, question: Question, t: Texts) -> str:
    """That an answer is saved, and how it was read where that is not plain."""
    text = view.answers.get(question.field)
    read = readable(view.form, question, text, view.circumstances, t)
    clock = t.clock(view.saved_at)
    if text is None or read == text:
        return t("type.saved", clock=clock)
    return t("type.saved_as", clock=clock, text=read)


def summary(view: DraftView, t: Texts) -> str:
    """Every answer with its number, for reading and for `endre 7`; then what stands between here and submitting."""
    lines = [
        t("type.summary", title=view.title(t), scheme=view.scheme(t), year=view.circumstances.cycle_year)
    ]
    lines += _known(view, t)
    page = ""
    for number, question in enumerate(view.checked.path, start=1):
        if question.page != page:
            page = question.page
            lines += ["", page_title(view.form, page, t)]
        label = shown(view.form, question, view.circumstances, t).label
        lines.append(f"{number}. {label} – {_state(view, question, t)}")
    lines += ["", *sum_lines(view, t, view.form.sums(view.answers, view.circumstances), only=None)]
    lines += [text for _, text in criteria_lines(view, t)]
    lines += [t(f"warning.{warning.key}", **warning.details) for warning in standing_warnings(view)]
    if view.is_closed:
        lines.append(too_late(view, t))
    return "\n".join((*lines, "", _left(view, t)))


def _left(view: DraftView, t: Texts) -> str:
    """What is left to do, and what becomes of it then."""
    if view.is_of_no_grant:
        return grant_is_gone(view, t)
    if not view.checked.report:
        return t("type.not_ready", count=_open(view))
    return t(f"type.ready.{'correction' if view.circumstances.is_correction else view.form.name}")


def _open(view: DraftView) -> int:
    return sum(view.checked.is_open(question.field) for question in view.checked.path)


def _state(view: DraftView, question: Question, t: Texts) -> str:
    if question.field not in view.answers:
        return t("say.not_answered" if question.required else "say.left_empty")
    text = quoted(readable(view.form, question, view.answers[question.field], view.circumstances, t))
    problem = view.checked.problems.get(question.field)
    return text if problem is None else f"{text} ({explain(question, problem, text, t)})"
