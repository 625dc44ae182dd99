"""What is to be sent: rows that are put in with the change they tell of, claimed with a lease, and all end in words.

A row ends as sent, dropped, failed or unknown; the last three with a reason. Nothing ends silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, case, func, or_, select, type_coerce, update

from store.tables import insert, outbox, person
from store.work import Work


class OutboxState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"  # no longer wanted
    FAILED = "failed"  # will never work
    UNKNOWN = "unknown"  # may have been delivered: a human looks


class Way(StrEnum):
    """How a row went out, or was last tried."""

    TEAMS = "teams"
    MAIL = "mail"


NO_CHAT = "no_chat"
"""The reason for dropping what is wanted all the same: there is no chat to say it in, so the person was not told."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to send. `ambiguous`: must not be sent twice, so doubt is for a human to settle."""

    id: int
    key: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    ambiguous: bool
    state: OutboxState
    attempts: int  # claims so far, this one among them
    reason: str | None
    created_at: datetime


_COLUMNS = tuple(outbox.c[field.name] for field in fields(Item))
_PUT = insert(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
_EXPIRE = (
    update(outbox)
    .where(outbox.c.state == OutboxState.CLAIMED, outbox.c.lease_until <= bindparam("machine_now"))
    .values(
        state=case((outbox.c.ambiguous, OutboxState.UNKNOWN), else_=OutboxState.PENDING),
        finished_at=case((outbox.c.ambiguous, bindparam("now", type_=outbox.c.finished_at.type))),
        reason="lease_expired",
        lease_until=None,
    )
)
_DUE = (
    select(outbox.c.id)
    .where(
        outbox.c.state == OutboxState.PENDING,
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("machine_now")),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=OutboxState.CLAIMED,
        lease_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
    )
    .returning(*_COLUMNS)
)
_FINISH = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("item_id"),
        outbox.c.state == OutboxState.CLAIMED,
        outbox.c.attempts == bindparam("claim"),  # not claimed by another since
    )
    .values(
        state=bindparam("to"),
        lease_until=None,
        not_before=bindparam("later"),
        reason=bindparam("why"),
        sent_as=bindparam("as_id"),
        way=bindparam("by"),
        finished_at=bindparam("at"),
    )
)
_OF_KEY = select(*_COLUMNS).where(outbox.c.key == bindparam("wanted"))
_IN_STATE = select(*_COLUMNS).where(outbox.c.state == bindparam("wanted")).order_by(outbox.c.id)
_OF_CASE = (
    select(
        func.coalesce(person.c.name, outbox.c.recipient).label("person"),
        outbox.c.kind,
        outbox.c.state,
        outbox.c.way,
        outbox.c.reason,
        func.coalesce(outbox.c.finished_at, outbox.c.created_at).label("at"),
        func.count().over().label("in_all"),
    )
    .select_from(outbox.outerjoin(person, person.c.id == outbox.c.recipient))
    .where(type_coerce(outbox.c.payload, Text).contains(bindparam("about", type_=Text)))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)
_NUMBERS = select(outbox.c.state, func.count()).group_by(outbox.c.state)


def put(
    work: Work,
    key: str,
    kind: str,
    recipient: str,
    payload: Mapping[str, Any],
    ambiguous: bool = False,
    not_before: datetime | None = None,
) -> bool:
    """Have something sent, once the transaction is committed and that time has come. False: a row with that key is
    there already."""
    put_in = work.connection.execute(
        _PUT,
        {
            "key": key,
            "kind": kind,
            "recipient": recipient,
            "payload": payload,
            "ambiguous": ambiguous,
            "state": OutboxState.PENDING,
            "attempts": 0,
            "not_before": not_before,
            "created_at": work.now,
        },
    )
    return put_in.scalar_one_or_none() is not None


def claim(work: Work, n: int, lease_until: datetime, machine_now: datetime) -> tuple[Item, ...]:
    """Take up to `n` rows that are due, in the order they were put in, for nobody else until the lease ends.

    Rows whose lease ended without a word are due again, or unknown where they must not be sent twice.
    """
    work.connection.execute(_EXPIRE, {"machine_now": machine_now, "now": work.now})
    due = work.connection.execute(_DUE, {"machine_now": machine_now, "most": n}).scalars().all()
    if not due:
        return ()
    rows = work.connection.execute(_CLAIM, {"ids": due, "until": lease_until})
    return tuple(sorted((_item(row) for row in rows), key=lambda item: item.id))


def sent(work: Work, item: Item, sent_as: str | None = None, way: Way = Way.TEAMS) -> bool:
    """Delivered, as the activity or mail of that id. This and the next: False when the lease was lost meanwhile."""
    return _end(work, item, OutboxState.SENT, way, sent_as=sent_as)


def dropped(work: Work, item: Item, reason: str) -> bool:
    """Not sent because it is no longer wanted."""
    return _end(work, item, OutboxState.DROPPED, None, reason)


def failed(work: Work, item: Item, reason: str, way: Way | None = None) -> bool:
    """Not sent, and it never will be. `way`: the one that was tried last."""
    return _end(work, item, OutboxState.FAILED, way, reason)


def unknown(work: Work, item: Item, reason: str, way: Way | None = None) -> bool:
    """May have been delivered; a human looks."""
    return _end(work, item, OutboxState.UNKNOWN, way, reason)


def later(work: Work, item: Item, not_before: datetime, reason: str) -> bool:
    """Not sent this time; due again from then on, by the machine's clock."""
    values = _ending(item, OutboxState.PENDING, reason) | {"later": not_before}
    return work.connection.execute(_FINISH, values).rowcount == 1


def _end(
    work: Work,
    item: Item,
    state: OutboxState,
    way: Way | None,
    reason: str | None = None,
    sent_as: str | None = None,
) -> bool:
    values = _ending(item, state, reason) | {"as_id": sent_as, "by": way, "at": work.now}
    return work.connection.execute(_FINISH, values).rowcount == 1


def _ending(item: Item, state: OutboxState, reason: str | None) -> dict[str, object]:
    return {
        "item_id": item.id,
        "claim": item.attempts,
        "to": state,
        "later": None,
        "why": reason,
        "as_id": None,
        "by": None,
        "at": None,
    }


def find(connection: Connection, key: str) -> Item | None:
    row = connection.execute(_OF_KEY, {"wanted": key}).one_or_none()
    return _item(row) if row else None


def in_state(connection: Connection, state: OutboxState) -> tuple[Item, ...]:
    """Every row in that state, in the order they were put in."""
    return tuple(_item(row) for row in connection.execute(_IN_STATE, {"wanted": state}))


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of a case: to whom (by name), and what became of it. `at`: when it ended, else when it was put in."""

    person: str
    kind: str
    state: OutboxState
    way: Way | None
    reason: str | None
    at: datetime


def of_case(connection: Connection, number: str, most: int) -> tuple[tuple[Told, ...], int]:
    """The newest notices of the case, and how many there are in all."""
    about = f'"case":"{number}"'  # as JSON is written here; a number has nothing in it to be escaped
    rows = connection.execute(_OF_CASE, {"about": about, "most": most}).all()
    return tuple(_told(row) for row in rows), rows[0].in_all if rows else 0


def _told(row: Row[Any]) -> Told:
    way = Way(row.way) if row.way else None
    return Told(row.person, row.kind, OutboxState(row.state), way, row.reason, row.at)


def numbers(connection: Connection) -> dict[OutboxState, int]:
    """How many rows are in each state."""
    found = {OutboxState(state): count for state, count in connection.execute(_NUMBERS)}
    return {state: found.get(state, 0) for state in OutboxState}


def _item(row: Row[Any]) -> Item:
    return Item(**{**row._mapping, "state": OutboxState(row.state)})
