"""Documents and lists to download: offered by a link for minutes, and looked up again when the link is followed.

The link names the person whom it was made for. What they may see is asked anew on the day they follow it, by the same
functions that a chat asks.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from dialogs import drafting, queries, showing
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.papers import link_card
from dialogs.desk import Desk, House, Wanted, message, say
from dialogs.engine import Becomes
from dialogs.forms import FORMS
from dialogs.meetings import known
from dialogs.meetings.feeds import calendar_file
from dialogs.papers import DOCX, XLSX, File
from dialogs.papers.report import Filed, as_written, draft_docx, version_docx
from dialogs.papers.tables import xlsx
from dialogs.queries import my_cases
from dialogs.texts import languages, texts
from domain.access import visible_cases
from domain.cases import Case
from domain.days import local_day
from domain.meetings import TOLD_OF
from domain.messages import Address, Message, Reply, Said, Scope, Turn
from domain.schemes import scheme_set_by_key
from domain.submissions import Circumstances
from store import audit, cases, drafts, register, views
from store.cards import CardInstance
from store.cases import Version
from store.drafts import Draft, DraftState
from store.work import Work

LINK_MINUTES = 15


# In chat


def document(desk: Desk, number: str) -> Reply:
    """A link to the case of that number, or to the draft that the person is at, or to the only one for them."""
    if number:
        return of_case(desk, number)
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    draft = drafting.own_draft(desk, focus.subject) if focus else None
    if draft is None or not draft.is_open or not _is_report(draft):
        begun = [each for each in desk.inquiry.drafts if _is_report(each)] or desk.inquiry.drafts_to_read
        draft = begun[0] if len(begun) == 1 else None
    return Reply((offer(desk, "draft", draft.id),)) if draft else say(desk.t("paper.which"))


def _is_report(draft: Draft) -> bool:
    """What staff do to a case is a draft, too, and no document; nor is what is reported on a grant."""
    return FORMS[draft.form].becomes is Becomes.CASE


def of_case(desk: Desk, number: str) -> Reply:
    """A link to the case's newest version, for those who may see the case."""
    case = _case(desk, number)
    if case is None:
        return say(desk.t("say.no_such_case", number=number))
    return Reply((offer(desk, "version", f"{case.number}/{case.submission}"),))


def beside_case(desk: Desk, number: str) -> Reply:
    """The case as it stands and below it the link, so that the card that was pressed stays what it is."""
    if _case(desk, number) is None:
        return say(desk.t("say.no_such_case", number=number))
    return Reply((showing.case_message(desk, number), *of_case(desk, number).messages))


def beside_draft(desk: Desk, draft_id: str) -> Reply:
    """The draft as it stands for who reads it, and below it the link."""
    shown, draft = drafting.go_on(desk, draft_id), drafting.draft_to_read(desk, draft_id)
    if draft is None or not draft.is_open:
        return shown
    return Reply((*shown.messages, offer(desk, "draft", draft.id)))


def list_of_cases(desk: Desk) -> Reply:
    return Reply((offer(desk, "list", ""),))


def list_of_answer(desk: Desk, query: str, argument: str) -> Reply:
    """A link to what the query says, as a sheet. The query is asked anew when the link is followed."""
    return Reply((offer(desk, "answer", f"{query} {argument}".rstrip()),))


def again(desk: Desk, instance: CardInstance) -> Reply | None:
    """A new link in place of one that may have expired. None: the draft is nobody's that the person may see."""
    what, subject = instance.page, instance.subject
    if what == "draft" and drafting.draft_to_read(desk, subject) is None:
        return None
    number, _, _ = subject.partition("/")
    if what == "version" and _case(desk, number) is None:
        return say(desk.t("say.no_such_case", number=number))
    return Reply((offer(desk, what, subject, replaces=instance),))


def offer(desk: Desk, what: str, subject: str, *, replaces: CardInstance | None = None) -> Message:
    """A card with the link, in the person's language first. Where links are not set up, that is said, and whom to ask.

    What the link leads to is not asked here: who calls this has, and who follows the link is asked again.
    """
    t, link = desk.t, desk.house.link
    if link is None:
        return Message(f"{t('paper.not_set_up')} {whom_to_ask(desk.inquiry.staff, t)}")
    codes = sorted(languages(), key=lambda code: code != t.language)
    links = [
        (texts(code)("language"), link(Wanted(what, subject, desk.actor.person_id, code))) for code in codes
    ]
    card_id = desk.new_card("paper", subject, what, replaces=replaces)
    number, _, version = subject.partition("/")
    named = t(f"paper.link.{what}", number=number, version=version)
    return message(link_card(named, links, t, card_id, minutes=LINK_MINUTES))


def _case(desk: Desk, number: str) -> Case | None:
    return views.case(desk.work.connection, visible_cases(desk.actor), number)


# When the link is followed


@dataclass(frozen=True, slots=True)
class Refused:
    why: Literal["no_right", "gone"]
    text: str


def fetch(house: House, connection: Connection, wanted: Wanted, at: datetime) -> File | Refused:
    """What the link was made for, if the person may have it now. Only reads; `record` notes that it was sent."""
    t = texts(wanted.language)
    actor = register.actor_of(connection, wanted.person_id, local_day(at))
    if actor is None or not actor.roles:
        return Refused("no_right", f"{t('paper.no_right')} {t('say.ask_secretariat')}")
    turn = Turn("", at, None, _NOWHERE, Said(""), "")
    desk = Desk(house, Work(connection, actor.person_id, "", at), turn, actor, t)
    found = _FILES[wanted.what](desk, wanted.subject)
    return found or Refused("no_right", f"{t('paper.no_right')} {whom_to_ask(desk.inquiry.staff, t)}")


_NOWHERE = Address("", "", Scope.PERSONAL, "", "")


def record(work: Work, wanted: Wanted) -> None:
    """Note in the audit what was fetched, of a draft, a case, or for a list by the person."""
    number, _, version = wanted.subject.partition("/")
    subjects = {
        "draft": f"draft:{wanted.subject}",
        "version": f"case:{number}",
        "list": f"person:{wanted.person_id}",
        "answer": f"person:{wanted.person_id}",
        "meeting": f"meeting:{wanted.subject}",
    }
    detail: dict[str, object] = {"what": wanted.what, "language": wanted.language}
    if version:
        detail["submission"] = int(version)
    audit.record(work, subjects[wanted.what], "downloaded", detail)


def _draft_file(desk: Desk, draft_id: str) -> File | Refused | None:
    draft, t, at = drafting.draft_to_read(desk, draft_id), desk.t, desk.turn.received_at
    if draft is None:
        return None
    if draft.state is not DraftState.OPEN:
        return Refused("gone", t("paper.gone"))
    seen = drafting.view(desk, draft)
    name = t("paper.file.draft", year=draft.cycle_year)
    is_writer = drafting.own_draft(desk, draft_id) is not None
    return File(name, DOCX, lambda: draft_docx(seen, t, at, is_writer=is_writer))


def _version_file(desk: Desk, subject: str) -> File | None:
    number, _, version_number = subject.partition("/")
    case, t = _case(desk, number), desk.t
    version = cases.version(desk.work.connection, number, int(version_number)) if case else None
    if case is None or version is None:
        return None
    filed = _filed(desk, case, version)
    name = t("paper.file.version", number=case.number, version=version.submission)
    return File(name, DOCX, lambda: version_docx(filed, t))


def _filed(desk: Desk, case: Case, version: Version) -> Filed:
    """The version under the rules that it was filed by."""
    connection, form = desk.work.connection, FORMS[case.form]
    report = form.model.model_validate_json(version.report)
    around = Circumstances(
        forum=desk.house.forum,
        scheme_set=scheme_set_by_key(desk.house.forum.key, case.scheme_set),
        cycle_year=case.cycle_year,
        on=local_day(version.submitted_at),
        directory=register.directory(connection),
        may_lead=(report.lead_owner,),
    )
    by = register.person(connection, version.submitted_by)
    return Filed(
        case,
        as_written(form, report, around),
        version.submission,
        version.submitted_at,
        by.name if by else version.submitted_by,
        hashlib.sha256(version.report).hexdigest(),
    )


def _list_file(desk: Desk, _: str) -> File:
    t = desk.t
    found = views.cases(desk.work.connection, visible_cases(desk.actor))
    made = my_cases.sheet(desk.inquiry, found)
    return File(
        t("paper.file.list", day=desk.on.isoformat()), XLSX, lambda: xlsx({t("paper.list.sheet"): made})
    )


def _answer_file(desk: Desk, subject: str) -> File | None:
    """None: the query says nothing to this person that could be a list."""
    name, _, argument = subject.partition(" ")
    query = queries.every().get(name)
    sheet = query.answer(desk.inquiry, argument).sheet if query else None
    if sheet is None:
        return None
    t, made = desk.t, sheet()
    return File(
        t(f"paper.file.{name}", day=desk.on.isoformat()),
        XLSX,
        lambda: xlsx({t(f"paper.list.{name}"): made}),
    )


def _meeting_file(desk: Desk, meeting_id: str) -> File | Refused | None:
    """The meeting for the person's own calendar; None: they were not called to it, or it is no longer for them."""
    called, t = known.called(desk.inquiry, meeting_id), desk.t
    if called is None:
        return None
    found, _ = called
    if not found.meeting.is_ready or found.meeting.state not in TOLD_OF:
        return Refused("gone", t("meeting.no_day"))
    return calendar_file(desk.inquiry, found, desk.turn.received_at)


_FILES: dict[str, Callable[[Desk, str], File | Refused | None]] = {
    "draft": _draft_file,
    "version": _version_file,
    "list": _list_file,
    "answer": _answer_file,
    "meeting": _meeting_file,
}
