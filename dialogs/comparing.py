"""Two versions of a report side by side: what was answered otherwise, question by question."""

from dataclasses import dataclass

from dialogs.asking import readable, shown
from dialogs.engine import Answers, AnyForm, Kind
from dialogs.texts import Texts
from domain.parsing import Unreadable, format_nok, parse_nok
from domain.submissions import Circumstances


@dataclass(frozen=True, slots=True)
class Difference:
    """One question that was answered otherwise; `change_nok` where both are amounts."""

    field: str
    label: str
    before: str
    after: str
    change_nok: int | None = None


def differences(
    form: AnyForm, before: Answers, after: Answers, circumstances: Circumstances, t: Texts
) -> tuple[Difference, ...]:
    """In the order of the form. A question that one of them was not asked has nothing there."""
    questions = {
        question.field: question
        for answers in (after, before)
        for question in form.path(answers, circumstances)
    }
    found = []
    for field, question in questions.items():
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        found.append(
            Difference(
                field,
                shown(form, question, circumstances, t).label,
                readable(form, question, old, circumstances, t),
                readable(form, question, new, circumstances, t),
                _change_nok(old, new) if question.ask.kind is Kind.MONEY else None,
            )
        )
    return tuple(found)


def _change_nok(old: str | None, new: str | None) -> int | None:
    """Nothing counts as nothing asked for."""
    try:
        return (parse_nok(new) if new else 0) - (parse_nok(old) if old else 0)
    except Unreadable:
        return None


def signed_nok(change_nok: int) -> str:
    """`+100 000 kr`, `−100 000 kr`."""
    return f"{'−' if change_nok < 0 else '+'}{format_nok(abs(change_nok))}"
