"""The cards that were shown: what each was about and what stood on it. Rows are kept for years, as chats keep cards."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from store.tables import card_instance, insert
from store.work import Work


@dataclass(frozen=True, slots=True)
class CardInstance:
    """`id` is the one thing that the card itself carries. `shown`: digests of what stood there, by field."""

    id: str
    kind: str
    subject: str
    page: str
    person_id: str
    conversation_id: str
    shown: dict[str, str]
    typed: dict[str, str]
    made_at: datetime
    superseded_by: str | None = None


_NAMES = tuple(field.name for field in fields(CardInstance))
_ADD = insert(card_instance)
_GET = select(*(card_instance.c[name] for name in _NAMES)).where(card_instance.c.id == bindparam("card_id"))
_LAST_SEEN = select(func.max(card_instance.c.made_at)).where(
    card_instance.c.subject == bindparam("subject"), card_instance.c.person_id == bindparam("person_id")
)
_SUPERSEDE = (
    update(card_instance)
    .where(card_instance.c.id == bindparam("card_id"))
    .values(superseded_by=bindparam("by_id"))
)


def add(work: Work, instance: CardInstance) -> None:
    work.connection.execute(_ADD, {name: getattr(instance, name) for name in _NAMES})


def get(connection: Connection, card_id: str) -> CardInstance | None:
    row = connection.execute(_GET, {"card_id": card_id}).one_or_none()
    return CardInstance(*row) if row else None


def last_seen(connection: Connection, subject: str, person_id: str) -> datetime | None:
    """When a card about the subject was last made for the person."""
    found: datetime | None = connection.execute(
        _LAST_SEEN, {"subject": subject, "person_id": person_id}
    ).scalar_one()
    return found


def supersede(work: Work, card_id: str, by_id: str) -> None:
    """Note that another card stands in place of this one."""
    work.connection.execute(_SUPERSEDE, {"card_id": card_id, "by_id": by_id})
