"""Cards that were shown: what each was about and what stood on it. Kept for years, since chats keep them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.tables import card
from store.values import dump, load
from store.work import Work


@dataclass(frozen=True, slots=True)
class CardInstance:
    id: str
    kind: str
    subject: str
    page: str
    person_id: str
    conversation_id: str
    shown: dict[str, str]  # digests by field
    typed: dict[str, str]  # texts that clashed with the draft
    made_at: datetime
    superseded_by: str | None = None


def add(work: Work, instance: CardInstance) -> None:
    row = {name: getattr(instance, name) for name in CardInstance.__slots__}
    row |= {"shown": dump(instance.shown), "typed": dump(instance.typed)}
    work.connection.execute(card.insert().values(row))


def get(connection: Connection, card_id: str) -> CardInstance | None:
    row = connection.execute(select(card).where(card.c.id == card_id)).mappings().first()
    if row is None:
        return None
    return CardInstance(**{**row, "shown": load(row["shown"]), "typed": load(row["typed"])})


def supersede(work: Work, old: str, new: str) -> None:
    work.connection.execute(update(card).where(card.c.id == old).values(superseded_by=new))
