"""Notices about what partnerships report on their grants."""

from datetime import timedelta

from dialogs import granted
from dialogs.asking import quoted, title_of
from dialogs.notices.letter import Kind, Letter, Notice
from dialogs.queries import Offer
from dialogs.queries import report as reports
from domain.access import Action, may
from domain.grants import kind_of, read_subject
from domain.messages import Unwanted
from store import confirmations, drafts, grant_reports, register, views
from store.grant_reports import Filed


def _filed(letter: Letter) -> Filed | Unwanted:
    """The version that the notice is about, if none has come after it."""
    filed = grant_reports.newest(letter.connection, letter.payload["report"])
    if filed is None or str(filed.submission) != letter.payload["submission"]:
        return Unwanted("overtaken")
    return filed


def _to_confirm(letter: Letter) -> Notice | Unwanted | None:
    """The report itself, for those who speak for the side that has not confirmed it."""
    filed = _filed(letter)
    if isinstance(filed, Unwanted):
        return filed
    standing = confirmations.standing(letter.connection, filed.topic)
    if letter.payload["side"] not in granted.sides_of(letter.to, filed.about):
        return None
    if reports.open_side(letter.inquiry, filed, standing) is None:
        return Unwanted("done_already")
    key = "notice.report_confirm_again" if filed.submission > 1 else "notice.report_confirm"
    answer = reports.answer_of(letter.inquiry, filed, said=letter.t(key, by=letter.name(filed.submitted_by)))
    return Notice(answer.card, letter.t, answer.offers)


def _nobody(letter: Letter) -> Notice | Unwanted | None:
    """For the secretariat, while a side has not confirmed and has nobody who can."""
    filed, side = _filed(letter), letter.payload["side"]
    if isinstance(filed, Unwanted):
        return filed
    if not may(letter.to, Action.SEE_ROUND):
        return None
    asked = confirmations.standing(letter.connection, filed.topic).get(side)
    if asked is None or not asked.is_open or side in views.spoken_for(letter.connection, letter.on):
        return Unwanted("over")
    partnership = grant_reports.partnership(letter.connection, filed.about)
    title = quoted(partnership.title if partnership else filed.about.reference)
    (filer,) = (each for each in filed.about.sides if each != side)
    return letter.says(
        offers=(Offer(letter.t("report.open"), "open", "report", filed.subject),),
        name=letter.owner_name(side),
        filer=letter.owner_name(filer),
        title=title,
    )


def _red(letter: Letter) -> Notice | Unwanted | None:
    """What is wrong, and whom to call."""
    filed = _filed(letter)
    if isinstance(filed, Unwanted):
        return filed
    if not may(letter.to, Action.SEE_ROUND):
        return None
    report, known = reports.read(filed), register.directory(letter.connection)
    person = register.person(letter.connection, filed.submitted_by)
    subject = filed.about
    partnership = grant_reports.partnership(letter.connection, subject)
    return letter.says(
        offers=(Offer(letter.t("report.open"), "open", "report", filed.subject),),
        names=letter.t.listed(tuple(side.name for side in known.named(subject.sides))),
        title=quoted(partnership.title if partnership else subject.reference),
        trouble=quoted(report.trouble),
        by=letter.name(filed.submitted_by),
        phone=(person.phone if person else None) or letter.t("say.no_phone"),
    )


def _ready(letter: Letter) -> Notice | None:
    """For those who may file what somebody has written for them."""
    draft = drafts.get(letter.connection, letter.payload["draft"])
    subject = read_subject(draft.about) if draft and draft.is_open else None
    if draft is None or subject is None or not granted.sides_of(letter.to, subject):
        return None
    return letter.says(
        offers=(Offer(letter.t("report.open"), "open", "report", str(subject)),),
        title=title_of(draft.form, draft.answers, letter.t),
    )


KINDS = {
    "report_confirm": Kind(_to_confirm, mail_after=timedelta(days=3)),
    "report_nobody_to_ask": Kind(_nobody),
    "report_ready": Kind(_ready),
    **{f"{kind_of(form)}_red": Kind(_red) for form in granted.REPORTS},
}
