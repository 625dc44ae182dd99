"""What the outbox sends: for each kind of notice who may still get it and what it says, looked up at sending time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from dialogs.asking import quoted, title_of
from dialogs.cards.notes import note
from dialogs.desk import message
from dialogs.queries.handover import taken_over
from dialogs.texts import Texts, language_of_locale, texts
from domain.access import WRITING_ROLES, Action, Actor, RoleKind, may, visible_cases
from domain.days import local_day
from domain.messages import Message, Ready, Unwanted
from store import cases, conversations, drafts, extensions, outbox, register, views


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
    if kind not in KINDS:
        raise LookupError(kind)  # of another version of the bot: to drop it would be to lose it
    on = local_day(at)
    actor = register.actor_of(connection, recipient, on)
    if actor is None:
        return Unwanted("no_longer_known")
    said = KINDS[kind](_Letter(kind, connection, actor, payload, texts(actor.language or language), on))
    return said or Unwanted("no_right_any_more")


@dataclass(frozen=True, slots=True)
class _Letter:
    """A notice that is being written."""

    kind: str
    connection: Connection
    to: Actor
    payload: Mapping[str, str]
    t: Texts
    on: date

    def says(self, **details: object) -> Notice:
        title, text = self.t(f"notice.{self.kind}_title"), self.t(f"notice.{self.kind}", **details)
        return Notice(message(note(text, title=title)), self.t)

    def owner_name(self, organisation: str | None) -> str:
        found = register.directory(self.connection).organisations.get(organisation or "")
        return found.name if found else ""

    def name(self, person_id: str) -> str:
        person = register.person(self.connection, person_id)
        return person.name if person else person_id


# Each kind: the letter, or None where the person may not know of it any more.


def _of_case(letter: _Letter) -> Notice | None:
    """About a case that the person may see. Money and reasons are no more than the case shows them."""
    case = views.case(letter.connection, visible_cases(letter.to), letter.payload["case"])
    if case is None:
        return None
    version = cases.version(letter.connection, case.number, case.submission)
    return letter.says(
        number=case.number,
        title=case.title,
        owner=letter.owner_name(case.lead_owner),
        by=letter.name(case.submitted_by),
        scheme=letter.t(f"scheme.{case.scheme}.short"),
        total_nok=case.owner_nok + case.uh_nok,
        day=case.answer_by_on or local_day(case.state_since),
        reason=quoted((version.reason if version else None) or ""),
    )


def _of_draft(letter: _Letter) -> Notice | None:
    """About a draft that the person may read and that is still one."""
    draft = drafts.get(letter.connection, letter.payload["draft"])
    if draft is None or not draft.is_open:
        return None
    if not may(letter.to, Action.READ_DRAFT, drafts.thing(letter.connection, draft, letter.on)):
        return None
    named = title_of(draft.form, draft.answers, letter.t)
    return letter.says(title=named, owner=letter.owner_name(draft.owner))


def _deadline_extended(letter: _Letter) -> Notice | None:
    """For those who speak for the owner still."""
    owner, year = letter.payload["owner"], int(letter.payload["year"])
    deadline_on = extensions.deadline(letter.connection, year, owner)
    if owner not in letter.to.organisations(RoleKind.OWNER_CONTACT) or deadline_on is None:
        return None
    return letter.says(owner=letter.owner_name(owner), year=year, day=deadline_on)


def _case_moved(letter: _Letter) -> Notice | None:
    """For those who spoke for the owner that the case was taken from; it says no more than the number they know."""
    owner = letter.payload["owner"]
    if owner not in letter.to.organisations(RoleKind.OWNER_CONTACT):
        return None
    return letter.says(number=letter.payload["number"], owner=letter.owner_name(owner))


def _handover(letter: _Letter) -> Notice | None:
    """What somebody takes over who speaks or writes for an owner from now on; where there is nothing, nothing."""
    owner = letter.payload["owner"]
    if owner not in letter.to.organisations(*WRITING_ROLES):
        return None
    found = taken_over(letter.connection, letter.to, (owner,), letter.t, letter.on)
    items = "\n".join(f"– {name}: {about}" for name, about in found.items)
    return letter.says(sentence=found.sentence, items=items) if found.items else None


def _code_locked(letter: _Letter) -> Notice | None:
    person = register.person(letter.connection, letter.payload["person"])
    if person is None or not may(letter.to, Action.INVITE):
        return None
    return letter.says(name=person.name, person=person.id)


KINDS: dict[str, Callable[[_Letter], Notice | None]] = {
    **dict.fromkeys(
        (
            *("receipt_copy", "case_filed", "case_withdrawn", "case_reopened", "case_returned"),
            "case_corrected",
        ),
        _of_case,
    ),
    "case_moved": _case_moved,
    **dict.fromkeys(("draft_shared", "draft_ready"), _of_draft),
    "deadline_extended": _deadline_extended,
    "handover": _handover,
    "code_locked": _code_locked,
}
