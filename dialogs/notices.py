"""What the outbox sends: for each kind of notice who may still get it and what it says, looked up at sending time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dialogs.cards.notes import note
from dialogs.desk import message
from dialogs.texts import Texts, language_of_locale, texts
from domain.access import visible_cases
from domain.cases import Case
from domain.days import local_day
from domain.messages import Message, Ready, Unwanted
from store import conversations, outbox, register, views


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
    case = views.case(connection, visible_cases(actor), payload["case"])
    if case is None:
        return Unwanted("no_right_any_more")
    t = texts(actor.language or language)
    return Notice(_KINDS[kind](connection, case, t), t)


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


_KINDS: dict[str, Callable[[Connection, Case, Texts], Message]] = {
    "receipt_copy": _receipt_copy,
    "case_filed": _case_filed,
}
