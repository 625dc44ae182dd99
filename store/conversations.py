"""Where conversations are reached, as last seen on an authenticated activity (teams.md, section 5)."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Exists, Row, Select, and_, bindparam, select, update

from domain.messages import Address, Scope
from store.tables import conversation, identity, insert
from store.work import Work

_FRESH = timedelta(hours=1)  # so long `last_inbound_at` may lag behind, to spare a write


class ConversationState(StrEnum):
    """Whether we may send. What is not ACTIVE becomes so when the person writes, or the bot is installed, again."""

    ACTIVE = "active"
    NOT_INSTALLED = "not_installed"
    BLOCKED = "blocked"
    GONE = "gone"


_NAMES = tuple(field.name for field in fields(Address))
_ADDRESS = tuple(conversation.c[name] for name in _NAMES)
_KNOWN: Select[Any] = select(
    *_ADDRESS, conversation.c.state, conversation.c.last_inbound_at, conversation.c.is_awaited
).where(conversation.c.conversation_id == bindparam("id"))
_KEEP = insert(conversation)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["conversation_id"],
    set_={
        column.name: _KEEP.excluded[column.name]
        for column in conversation.c
        if column.name != "conversation_id"
    },
)
_SET_STATE = (
    update(conversation)
    .where(conversation.c.conversation_id == bindparam("id"))
    .values(state=bindparam("new_state"))
)
_AWAIT = (
    update(conversation)
    .where(conversation.c.conversation_id == bindparam("id"), conversation.c.is_awaited.is_(False))
    .values(is_awaited=True)
)
_ITS_PERSON = conversation.join(
    identity,
    (identity.c.tenant_id == conversation.c.tenant_id) & (identity.c.object_id == conversation.c.object_id),
)
_OPEN = and_(
    conversation.c.scope == Scope.PERSONAL,
    conversation.c.state == ConversationState.ACTIVE,
)


def in_chat(person_id: ColumnElement[str], *also: ColumnElement[bool]) -> Exists:
    """Whether the person has a chat with the bot that is open, for a statement; of it holds this, `also`."""
    its = select(identity.c.person_id).select_from(_ITS_PERSON)
    return its.where(identity.c.person_id == person_id, _OPEN, *also).exists()


_PERSONAL: Select[Any] = (
    select(*_ADDRESS)
    .select_from(_ITS_PERSON)
    .where(identity.c.person_id == bindparam("person_id"), _OPEN)
    .order_by(conversation.c.last_inbound_at.desc())
    .limit(1)
)
_REACTED = select(in_chat(bindparam("person_id"), conversation.c.last_inbound_at > bindparam("since")))


def seen(work: Work, address: Address, at: datetime) -> bool:
    """Keep where the conversation is reached now. Nothing is written when nothing is new and the row is fresh, unless a
    reaction is awaited.

    Gives whether it begins: it is new, or was not active.
    """
    row = work.connection.execute(_KNOWN, {"id": address.conversation_id}).one_or_none()
    was_active = row is not None and row.state == ConversationState.ACTIVE
    if row is not None:
        known = _address(row)
        address = _with_what_was_known(address, known)
        is_enough = _is_fresh(row.last_inbound_at, at) and not row.is_awaited
        if address == known and was_active and is_enough:
            return False
    _keep(work, address, at)
    return not was_active


def moved(work: Work, gone: str, address: Address) -> None:
    """That conversation is no more, and goes on in this one, which was made anew: nobody has written there yet, and
    whether a reaction is awaited stays as it was."""
    former = work.connection.execute(_KNOWN, {"id": gone}).one_or_none()
    set_state(work, gone, ConversationState.GONE)
    last, is_awaited = (former.last_inbound_at, former.is_awaited) if former else (work.now, True)
    _keep(work, address, last, is_awaited=is_awaited)


def _keep(work: Work, address: Address, last_inbound_at: datetime, *, is_awaited: bool = False) -> None:
    values = {name: getattr(address, name) for name in _NAMES}
    state = {
        "state": ConversationState.ACTIVE,
        "last_inbound_at": last_inbound_at,
        "is_awaited": is_awaited,
    }
    work.connection.execute(_KEEP, {**values, **state})


def _with_what_was_known(address: Address, known: Address) -> Address:
    """Not every activity names everything."""
    kept = {name: getattr(known, name) for name in _NAMES if getattr(address, name) is None}
    return replace(address, **kept)


def _is_fresh(last: datetime, at: datetime) -> bool:
    return abs(at - last) < _FRESH


def set_state(work: Work, conversation_id: str, state: ConversationState) -> None:
    work.connection.execute(_SET_STATE, {"id": conversation_id, "new_state": state})


def await_reaction(work: Work, conversation_id: str) -> None:
    """Note the next inbound to the moment: something is being sent that asks for one."""
    work.connection.execute(_AWAIT, {"id": conversation_id})


def has_reacted(connection: Connection, person_id: str, since: datetime) -> bool:
    """Whether the person has written or pressed anything after that. Who has removed or blocked the bot has not."""
    return bool(connection.execute(_REACTED, {"person_id": person_id, "since": since}).scalar_one())


def address(connection: Connection, conversation_id: str) -> Address | None:
    """Where that conversation is reached, whatever its state."""
    row = connection.execute(_KNOWN, {"id": conversation_id}).one_or_none()
    return _address(row) if row else None


def personal(connection: Connection, person_id: str) -> Address | None:
    """Where the person is reached in private, by the account bound to them. None: no chat, or not one to send to."""
    row = connection.execute(_PERSONAL, {"person_id": person_id}).one_or_none()
    return _address(row) if row else None


def _address(row: Row[Any]) -> Address:
    values = {name: row._mapping[name] for name in _NAMES}
    return Address(**{**values, "scope": Scope(row.scope)})
