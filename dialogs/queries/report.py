"""One report of a partnership: what was reported, and who has confirmed it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from dialogs import granted
from dialogs.asking import quoted, readable, shown
from dialogs.cards import reports as cards
from dialogs.cards.parts import Element
from dialogs.cards.reports import ReportView, Rows
from dialogs.comparing import Difference, differences
from dialogs.desk import Inquiry
from dialogs.engine import Answers, AnyForm, Checked
from dialogs.forms import FORMS
from dialogs.papers.report import answers_of
from dialogs.queries import Answer, Offer, Query, told
from dialogs.texts import Texts
from domain import schemes
from domain.access import Action, may
from domain.grants import Subject
from domain.submissions import Circumstances, GrantReport
from store import confirmations, grant_reports, register, views
from store.confirmations import Confirmation
from store.grant_reports import Filed


def _answer(asked: Inquiry, argument: str) -> Answer:
    return answer_of(asked, grant_reports.newest(asked.connection, argument))


def answer_of(asked: Inquiry, filed: Filed | None, *, said: str = "") -> Answer:
    """The report for whoever may see it; for others there is none. `said`: what is said of it now."""
    t = asked.t
    if filed is None or not may(asked.actor, Action.SEE_REPORT, granted.thing(filed.about)):
        return told(t("report.name"), t("report.not_found"), found=False)
    form, report = FORMS[filed.form], read(filed)
    standing = confirmations.standing(asked.connection, filed.topic)
    seen = _view(asked, form, filed, report, standing, said)
    return Answer(
        partial(_card, seen, asked),
        {"answer": seen.stands, "report": report.model_dump(mode="json"), "submission": filed.submission},
        _offers(asked, filed, standing),
    )


def _card(seen: ReportView, asked: Inquiry, buttons: list[tuple[str, str, str]]) -> Element:
    return cards.report(seen, asked.t, offers=buttons)


def read(filed: Filed) -> GrantReport:
    report: GrantReport = FORMS[filed.form].model.read(filed.report)
    return report


def content_of(filed: Filed) -> dict[str, str]:
    """What owner and university confirm: every answer that was given."""
    return {field: text for field, text in answers_of(FORMS[filed.form], read(filed)).items() if text}


def open_side(asked: Inquiry, filed: Filed, standing: Mapping[str, Confirmation]) -> str | None:
    """The side of the partnership that the person speaks for and that has not confirmed yet."""
    mine = granted.sides_of(asked.actor, filed.about)
    return next((side for side in mine if side in standing and standing[side].is_open), None)


def with_contact(asked: Inquiry, sides: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the sides; of one without a contact with that said, since nobody could be asked."""
    spoken_for = views.spoken_for(asked.connection, asked.on) if sides else frozenset()
    no_contact = f" ({asked.t('missing.no_contact')})"
    return tuple(
        f"{side.name}{'' if side.id in spoken_for else no_contact}" for side in asked.directory.named(sides)
    )


def circumstances(asked: Inquiry, subject: Subject) -> Circumstances:
    """In which the answers of a report are read."""
    deadline_on = asked.rounds.of(subject.year).deadline_on
    return Circumstances(
        forum=asked.forum,
        scheme_set=schemes.scheme_set(asked.forum.key, deadline_on),
        cycle_year=subject.year,
        on=asked.on,
        directory=register.directory(asked.connection),
        may_lead=(),
        partnership=grant_reports.partnership(asked.connection, subject),
        period=subject.period,
    )


def _view(
    asked: Inquiry,
    form: AnyForm,
    filed: Filed,
    report: GrantReport,
    standing: Mapping[str, Confirmation],
    said: str,
) -> ReportView:
    t, around = asked.t, circumstances(asked, filed.about)
    answers = answers_of(form, report)
    checked = form.check(answers, around)
    person = register.person(asked.connection, filed.submitted_by)
    return ReportView(
        title=t(f"{form.name}.title"),
        measure=quoted(around.partnership.title) if around.partnership else filed.reference or "",
        known=form.known(around, t),
        answers=tuple(_rows(asked, form, checked, around, answers)),
        filed=t(
            "report.filed",
            at=filed.submitted_at,
            name=person.name if person else filed.submitted_by,
            submission=filed.submission,
        ),
        stands=_stands(asked, filed, standing),
        said=said,
        changed=_changed(asked, form, around, filed, standing),
        is_red=report.is_red,
    )


def _rows(
    asked: Inquiry, form: AnyForm, checked: Checked[Any], around: Circumstances, answers: Answers
) -> list[tuple[str, str]]:
    """What was answered, question by question."""
    return [
        (
            shown(form, question, around, asked.t).label,
            readable(form, question, answers[question.field], around, asked.t),
        )
        for question in checked.path
        if answers.get(question.field) is not None
    ]


def _stands(asked: Inquiry, filed: Filed, standing: Mapping[str, Confirmation]) -> str:
    """Who has confirmed it, and whose confirmation is missing."""
    t, known = asked.t, register.directory(asked.connection).organisations
    names = {side: known[side].name for side in filed.about.sides}
    done = tuple(names[side] for side in names if side in standing and standing[side].holds)
    left = tuple(names[side] for side in names if names[side] not in done)
    said = t("report.confirmed_by", names=t.listed(done)) if done else ""
    return f"{said} {t('report.waits_for', names=t.listed(left))}".strip() if left else said


def _changed(
    asked: Inquiry, form: AnyForm, around: Circumstances, filed: Filed, standing: Mapping[str, Confirmation]
) -> Rows:
    """What is new since the person's side was last asked, if it has not answered yet."""
    side = open_side(asked, filed, standing)
    every = confirmations.of(asked.connection, filed.topic) if side else ()
    before = [each for each in every if each.organisation == side and each.voided_at]
    if not before:
        return ()
    found = differences(form, before[-1].content, content_of(filed), around, asked.t)
    return tuple((each.label, _from_to(each, asked.t)) for each in found)


def _from_to(difference: Difference, t: Texts) -> str:
    return t("changes.from_to", before=quoted(difference.before), after=quoted(difference.after))


def _offers(asked: Inquiry, filed: Filed, standing: Mapping[str, Confirmation]) -> tuple[Offer, ...]:
    """To confirm what is seen, for the side that has not; to change it, for both."""
    t, verbs = asked.t, list[str]()
    if open_side(asked, filed, standing):
        verbs.append("confirm_report")
    if may(asked.actor, Action.REPORT_GRANT, granted.thing(filed.about)):
        verbs.append("change_report")
    page = str(filed.submission)
    return tuple(Offer(t(f"button.{verb}"), verb, "report", filed.subject, page) for verb in verbs)


QUERY = Query("report", _answer)
