"""Where people and channels are reached, as last seen on an authenticated activity."""

from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update

from domain.messages import Address, Scope
from store.tables import conversation, person
from store.work import Work

_FRESH = timedelta(hours=1)


class ConversationState(StrEnum):
    ACTIVE = "active"
    NOT_INSTALLED = "not_installed"
    BLOCKED = "blocked"
    GONE = "gone"


def seen(work: Work, address: Address, at: datetime) -> None:
    """Remember the address; nothing is written when it is as it was and was seen within the hour."""
    by_id = conversation.c.conversation_id == address.conversation_id
    row = {field.name: getattr(address, field.name) for field in fields(Address)}
    new = row | {"scope": address.scope.value, "state": ConversationState.ACTIVE.value, "last_inbound_at": at}
    known = work.connection.execute(select(conversation).where(by_id)).mappings().first()
    if known is None:
        work.connection.execute(conversation.insert().values(new))
    elif at - known["last_inbound_at"] > _FRESH or any(
        known[name] != value for name, value in new.items() if name != "last_inbound_at"
    ):
        work.connection.execute(update(conversation).where(by_id).values(new))


def personal(connection: Connection, person_id: str) -> Address | None:
    """The personal chat with the person, if the bot may write there."""
    row = (
        connection.execute(
            select(conversation)
            .join(
                person,
                (person.c.tenant_id == conversation.c.tenant_id)
                & (person.c.object_id == conversation.c.object_id),
            )
            .where(
                person.c.id == person_id,
                conversation.c.scope == Scope.PERSONAL.value,
                conversation.c.state == ConversationState.ACTIVE.value,
            )
            .order_by(conversation.c.last_inbound_at.desc())
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    values = {field.name: row[field.name] for field in fields(Address)}
    return Address(**{**values, "scope": Scope(row["scope"])})


def set_state(work: Work, conversation_id: str, state: ConversationState) -> None:
    work.connection.execute(
        update(conversation)
        .where(conversation.c.conversation_id == conversation_id)
        .values(state=state.value)
    )
