"""What stands in an e-mail: the words of the notice that Teams could not bring, why they come this way, and where help
is. Never more of a case than the notice says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from dialogs import notices
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.plain import as_text
from dialogs.papers import File
from dialogs.texts import Texts
from domain.access import RoleKind
from domain.days import local_day
from domain.forum import Forum
from domain.messages import Message, Unwanted
from domain.register import Person
from store import outbox, register


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text to one address, and perhaps a file with it."""

    to: str
    subject: str
    text: str
    language: str
    file: File | None = None


def prepare(
    connection: Connection,
    kind: str,
    recipient: str,
    payload: Mapping[str, str],
    at: datetime,
    default_language: str,
    forum: Forum,
    *,
    is_second: bool = False,
) -> Mail | Unwanted:
    """The notice for a person whom Teams does not reach, or who has not reacted there (`is_second`); checked again and
    rendered as for Teams."""
    person = register.person(connection, recipient)
    if person is None or not person.email:
        return Unwanted(outbox.NO_CHAT)
    found = notices.wanted(connection, kind, recipient, payload, at, default_language, forum)
    if isinstance(found, Unwanted):
        return found
    staff = register.people_with(connection, RoleKind.SECRETARIAT, on=local_day(at))
    number = payload.get("case", "")
    return notice(found.message, found.t, person, number, forum, staff, is_second=is_second, file=found.file)


def notice(
    said: Message,
    t: Texts,
    person: Person,
    number: str,
    forum: Forum,
    staff: tuple[Person, ...],
    *,
    is_second: bool = False,
    file: File | None = None,
) -> Mail:
    """A notice as an e-mail. `staff`: the secretariat, who are not told to ask themselves."""
    title, *words = _paragraphs(said)
    parts = [
        t("mail.hello", name=person.name),
        *words,
        *([t("mail.calendar_file")] if file else []),
        t("mail.why_second" if is_second else "mail.why"),
        t("mail.where") if person.enrolled else f"{t('mail.where')} {t('mail.first_time')}",
        t("mail.no_reply") if person in staff else f"{t('mail.no_reply')} {_ask(staff, t)}",
        t("mail.greeting", forum=forum.name.in_(t.language)),
    ]
    subject = f"{title} ({number})" if number else title
    return Mail(person.email or "", subject, "\n\n".join(parts) + "\n", t.language, file)


def code(person: Person, code: str, until: date, t: Texts, forum: Forum, staff: tuple[Person, ...]) -> Mail:
    """The one-time code for a person. Beside the code it names nobody but whom to ask."""
    parts = [
        t("mail.code", forum=forum.name.in_(t.language), code=code, day=until),
        t("mail.code_where"),
        f"{t('mail.code_secret')} {_ask(staff, t)}",
        t("mail.greeting", forum=forum.name.in_(t.language)),
    ]
    return Mail(person.email or "", t("mail.code_title"), "\n\n".join(parts) + "\n", t.language)


def _ask(staff: tuple[Person, ...], t: Texts) -> str:
    person = min(staff, key=lambda person: person.phone is None, default=None)
    return f"{t('mail.questions')} {whom_to_ask(person, t)}"


def _paragraphs(said: Message) -> Iterator[str]:
    """What the card says, without its buttons. What people wrote cannot begin a paragraph of its own."""
    body = said.card["body"] if said.card else [{"type": "TextBlock", "text": said.text}]
    for element in body:
        lines = (" ".join(line.split()) for line in as_text({"body": [element]}).splitlines())
        yield "\n".join(line for line in lines if line)
