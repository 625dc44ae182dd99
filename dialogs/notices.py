"""What the outbox sends: for each kind of notice who may still get it and what it says, looked up at sending time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dialogs.asking import quoted
from dialogs.cards.notes import note
from dialogs.desk import message
from dialogs.texts import Texts, language_of_locale, texts
from domain.access import Action, Actor, may, visible_cases
from domain.cases import Case
from domain.days import local_day
from domain.messages import Message, Ready, Unwanted
from store import conversations, drafts, outbox, register, views


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said, and in whose texts."""

    message: Message
    t: Texts


def prepare(
    connection: Connection,
    kind: str,
    recipient: str,
    payload: Mapping[str, str],
    at: datetime,
    default_language: str,
) -> Ready | Unwanted:
    """Check again and render, in the recipient's language (threats.md, 19: the right is resolved at sending time)."""
    address = conversations.personal(connection, recipient)
    if address is None:
        return Unwanted(outbox.NO_CHAT)
    language = language_of_locale(address.locale, default_language)
    found = wanted(connection, kind, recipient, payload, at, language)
    return found if isinstance(found, Unwanted) else Ready(address, found.message)


def wanted(
    connection: Connection, kind: str, recipient: str, payload: Mapping[str, str], at: datetime, language: str
) -> Notice | Unwanted:
    """Whether the person may still get it, and what it says, whichever way it goes. `language`: until one is chosen."""
    actor = register.actor_of(connection, recipient, local_day(at))
    if actor is None:
        return Unwanted("no_longer_known")
    t = texts(actor.language or language)
    said = _of_draft(connection, kind, actor, payload["draft"], t) if kind in _OF_DRAFTS else None
    if kind in _OF_CASES:
        case = views.case(connection, visible_cases(actor), payload["case"])
        said = _OF_CASES[kind](connection, case, t) if case else None
    if kind == "code_locked":
        said = _code_locked(connection, actor, payload["person"], t)
    return Notice(said, t) if said else Unwanted("no_right_any_more")


def _of_draft(connection: Connection, kind: str, actor: Actor, draft_id: str, t: Texts) -> Message | None:
    """About a draft that the person may read and that is still one."""
    draft = drafts.get(connection, draft_id)
    if draft is None or not draft.is_open or not may(actor, Action.READ_DRAFT, draft.thing):
        return None
    owner = register.directory(connection).organisations.get(draft.owner or "")
    title = draft.answers.get("measure_title")
    return _notice(
        t,
        kind,
        title=quoted(title) if title else t(f"{draft.form}.untitled"),
        owner=owner.name if owner else "",
    )


def _code_locked(connection: Connection, actor: Actor, person_id: str, t: Texts) -> Message | None:
    person = register.person(connection, person_id)
    if person is None or not may(actor, Action.INVITE):
        return None
    return _notice(t, "code_locked", name=person.name, person=person.id)


def _receipt_copy(connection: Connection, case: Case, t: Texts) -> Message:
    by = register.person(connection, case.submitted_by)
    owner = register.directory(connection).organisations[case.lead_owner].name
    return _notice(
        t,
        "receipt_copy",
        by=by.name if by else case.submitted_by,
        title=case.title,
        owner=owner,
        number=case.number,
    )


def _case_filed(connection: Connection, case: Case, t: Texts) -> Message:
    return _notice(
        t,
        "case_filed",
        owner=register.directory(connection).organisations[case.lead_owner].name,
        title=case.title,
        scheme=t(f"scheme.{case.scheme}.short"),
        number=case.number,
        total_nok=case.owner_nok + case.uh_nok,
    )


def _notice(t: Texts, kind: str, **details: object) -> Message:
    return message(note(t(f"notice.{kind}", **details), title=t(f"notice.{kind}_title")))


_OF_DRAFTS = frozenset({"draft_shared", "draft_ready"})
_OF_CASES: dict[str, Callable[[Connection, Case, Texts], Message]] = {
    "receipt_copy": _receipt_copy,
    "case_filed": _case_filed,
}
