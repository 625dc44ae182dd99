"""Who has confirmed what: an organisation is asked about a content, and its answer holds for that content alone.

What is asked about is named as in the audit (`case:2023-DEKOM-001`). Of each subject an organisation has one question
that stands; a change of the content voids it, whether it was answered or not, and is asked about anew. Rows are never
deleted, nor is an answer or what it was about changed; triggers see to it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update

from domain.errors import Stale
from store import audit
from store.tables import confirmation as table
from store.tables import insert
from store.work import Work


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An organisation was asked about a content (field -> text), and perhaps has confirmed it.

    `changed`: of one that is voided, field -> the text before and after; empty where there was none.
    """

    id: int
    subject: str
    organisation: str
    content: dict[str, str]
    digest: str
    asked_at: datetime
    confirmed_by: str | None = None  # person id
    confirmed_at: datetime | None = None
    voided_at: datetime | None = None
    changed: dict[str, tuple[str, str]] | None = None

    @property
    def is_open(self) -> bool:
        """Asked, and neither answered nor overtaken."""
        return self.confirmed_at is None and self.voided_at is None

    @property
    def holds(self) -> bool:
        return self.confirmed_at is not None and self.voided_at is None


_COLUMNS = tuple(table.c[field.name] for field in fields(Confirmation))
_ALL = select(*_COLUMNS).order_by(table.c.id)
_STANDS = table.c.voided_at.is_(None)
_ONE = _ALL.where(table.c.id == bindparam("confirmation_id"))
_OF = _ALL.where(table.c.subject == bindparam("about"))
_STANDING = _OF.where(_STANDS)
_STANDING_OF = _STANDING.where(table.c.organisation == bindparam("asked"))
_STANDING_OF_ALL = _ALL.where(_STANDS, table.c.subject.in_(bindparam("subjects", expanding=True)))
_OPEN_OF = _ALL.where(
    _STANDS,
    table.c.confirmed_at.is_(None),
    table.c.organisation.in_(bindparam("organisations", expanding=True)),
)
_ASK = insert(table).returning(table.c.id)
_CONFIRM = (
    update(table)
    .where(table.c.id == bindparam("confirmation_id"), _STANDS, table.c.confirmed_at.is_(None))
    .values(confirmed_by=bindparam("by"), confirmed_at=bindparam("now"))
)
_VOID = (
    update(table)
    .where(table.c.id == bindparam("confirmation_id"), _STANDS)
    .values(voided_at=bindparam("now"), changed=bindparam("differences"))
)


def digest_of(content: Mapping[str, str]) -> str:
    """The same for the same fields and texts, in whatever order."""
    return hashlib.sha256(orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)).hexdigest()


def ask(work: Work, subject: str, organisation: str, content: Mapping[str, str]) -> Confirmation | None:
    """Ask the organisation to confirm the content. What it was asked before, and what it confirmed, is voided.

    None: it was asked about this very content already.
    """
    standing = _standing(work.connection, subject, organisation)
    if standing is not None and standing.digest == digest_of(content):
        return None
    void(work, subject, organisation, content)
    row = {
        "subject": subject,
        "organisation": organisation,
        "content": dict(content),
        "digest": digest_of(content),
        "asked_at": work.now,
    }
    made = work.connection.execute(_ASK, row).scalar_one()
    audit.record(work, subject, "confirmation_asked", {"organisation": organisation, "digest": row["digest"]})
    return get(work.connection, made)


def confirm(work: Work, subject: str, organisation: str, content: Mapping[str, str]) -> Confirmation:
    """The organisation confirms the content, by whoever does the work. The first to do so counts.

    Raises: Stale - it is not what the organisation is asked about now.
    """
    asked = _standing(work.connection, subject, organisation)
    if asked is None or asked.digest != digest_of(content):
        raise Stale(f"confirmation of {subject} by {organisation}")
    answer = {"confirmation_id": asked.id, "by": work.actor, "now": work.now}
    if work.connection.execute(_CONFIRM, answer).rowcount == 1:
        audit.record(work, subject, "confirmed", {"organisation": organisation, "digest": asked.digest})
    answered = get(work.connection, asked.id)
    if answered is None or not answered.holds:  # voided by another meanwhile
        raise Stale(f"confirmation of {subject} by {organisation}")
    return answered


def void(work: Work, subject: str, organisation: str, content: Mapping[str, str]) -> Confirmation | None:
    """What stands does not hold for another content than it was about. An empty content: nothing is asked any more.

    None: nothing stood, or it was about this very content.
    """
    standing = _standing(work.connection, subject, organisation)
    if standing is None or standing.digest == digest_of(content):
        return None
    changed = _differences(standing.content, content)
    voided = {"confirmation_id": standing.id, "now": work.now, "differences": changed}
    work.connection.execute(_VOID, voided)
    detail = {"organisation": organisation, "fields": sorted(changed)}
    audit.record(work, subject, "confirmation_voided", detail)
    return get(work.connection, standing.id)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        field: (before.get(field, ""), after.get(field, ""))
        for field in dict.fromkeys((*before, *after))
        if before.get(field) != after.get(field)
    }


def get(connection: Connection, confirmation_id: int) -> Confirmation | None:
    row = connection.execute(_ONE, {"confirmation_id": confirmation_id}).one_or_none()
    return _confirmation(row) if row else None


def of(connection: Connection, subject: str) -> tuple[Confirmation, ...]:
    """Everything that was asked about the subject, first to last; what is voided is among it."""
    return tuple(_confirmation(row) for row in connection.execute(_OF, {"about": subject}))


def standing(connection: Connection, subject: str) -> dict[str, Confirmation]:
    """What is asked or confirmed now, by organisation."""
    found = (_confirmation(row) for row in connection.execute(_STANDING, {"about": subject}))
    return {each.organisation: each for each in found}


def standing_of(connection: Connection, subjects: Iterable[str]) -> dict[tuple[str, str], Confirmation]:
    """The same of several subjects, by subject and organisation."""
    rows = connection.execute(_STANDING_OF_ALL, {"subjects": sorted(subjects)})
    found = (_confirmation(row) for row in rows)
    return {(each.subject, each.organisation): each for each in found}


def open_of(connection: Connection, organisations: Iterable[str]) -> tuple[Confirmation, ...]:
    """What these organisations are asked and have not answered, first to last."""
    rows = connection.execute(_OPEN_OF, {"organisations": sorted(organisations)})
    return tuple(_confirmation(row) for row in rows)


def _standing(connection: Connection, subject: str, organisation: str) -> Confirmation | None:
    row = connection.execute(_STANDING_OF, {"about": subject, "asked": organisation}).one_or_none()
    return _confirmation(row) if row else None


def _confirmation(row: Row[Any]) -> Confirmation:
    changed = row.changed and {field: (before, after) for field, (before, after) in row.changed.items()}
    return Confirmation(**{**row._mapping, "changed": changed})
