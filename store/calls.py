"""Whom no message has reached or moved, so that somebody phones them, and who was phoned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, not_, select

from store import audit, receipts
from store.conversations import in_chat
from store.outbox import OutboxState
from store.receipts import Outcome, Way
from store.tables import conversation, insert, outbox, phone_call
from store.work import Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message about which somebody is to be phoned, since `phone_at`."""

    key: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    phone_at: datetime


# Who has done anything in Teams after the message was there needs no call about it.
_HAS_REACTED = in_chat(outbox.c.recipient, conversation.c.last_inbound_at > outbox.c.finished_at)
_WAITING = (
    select(
        outbox.c.key,
        outbox.c.kind,
        outbox.c.recipient,
        outbox.c.payload,
        outbox.c.phone_at,
    )
    .where(
        outbox.c.phone_at >= bindparam("since"),
        not_(and_(outbox.c.state == OutboxState.SENT, _HAS_REACTED)),
        ~select(phone_call.c.key).where(phone_call.c.key == outbox.c.key).exists(),
    )
    .order_by(outbox.c.phone_at, outbox.c.id)
)
_MADE = select(phone_call.c.key).where(phone_call.c.key.in_(bindparam("keys", expanding=True)))
_NOTE = insert(phone_call).on_conflict_do_nothing().returning(phone_call.c.key)
_ROWS = select(outbox.c.id).where(outbox.c.key.in_(bindparam("keys", expanding=True))).order_by(outbox.c.id)


def waiting(connection: Connection, since: datetime) -> tuple[Waiting, ...]:
    """The messages put on the list since then about which nobody was phoned, the oldest first."""
    return tuple(Waiting(*row) for row in connection.execute(_WAITING, {"since": since}))


def made(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys about which somebody was phoned."""
    return frozenset(connection.execute(_MADE, {"keys": list(keys)}).scalars())


def note(work: Work, person_id: str, keys: Collection[str]) -> tuple[str, ...]:
    """The person was phoned about these: keys of the outbox, or of what else was on the list. Gives those that nobody
    had noted before."""
    same = {"person_id": person_id, "made_by": work.actor, "made_at": work.now}
    new = tuple(
        key
        for key in sorted(keys)
        if work.connection.execute(_NOTE, {"key": key, **same}).scalar_one_or_none() is not None
    )
    if new:
        rows = work.connection.execute(_ROWS, {"keys": new}).scalars().all()
        receipts.add(work, rows, Way.PHONE, Outcome.PHONED)
        audit.record(work, f"person:{person_id}", "phoned", {"about": list(new)})
    return new
