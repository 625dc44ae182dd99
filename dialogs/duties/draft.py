"""A report that is begun and not filed."""

from collections.abc import Iterator

from dialogs import drafting
from dialogs.asking import shown, title_of
from dialogs.desk import Inquiry
from dialogs.duties import Source, filing
from dialogs.forms import FORMS
from dialogs.queries import Offer
from domain.duties import Duty
from store import drafts, owing
from store.drafts import Draft, Purpose


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """New reports of the round; what is written about a case is told with the case."""
    year = filing.year_of(asked)
    for draft in asked.drafts:
        if draft.purpose is Purpose.REPORT and not draft.about and draft.cycle_year == year:
            yield Duty("draft", draft.owner, draft.id, filing.due_on(asked, draft.owner))


def _words(asked: Inquiry, duty: Duty) -> str:
    """With the question that is asked next, so that one knows what is left."""
    draft, t = drafts.get(asked.connection, duty.subject), asked.t
    if draft is None:
        return ""
    title, question = title_of(draft.form, draft.answers, t), _next_question(asked, draft)
    return (
        t("duties.draft", title=title)
        if question is None
        else t("duties.draft_next", title=title, question=question)
    )


def _next_question(asked: Inquiry, draft: Draft) -> str | None:
    """Its label; None where only the filing is left."""
    form, around = FORMS[draft.form], drafting.circumstances(asked, draft)
    question = form.check(form.renamed(draft.answers), around, draft.to_check).next()
    return shown(form, question, around, asked.t).label if question else None


DUTY = Source(
    "draft",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "open", "draft", duty.subject),
    owing.WRITERS,
    filing.last_days,
    filing.is_due_by,
)
