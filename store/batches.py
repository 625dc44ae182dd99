"""One message to many: its rows wait in the outbox until a person has looked at it and lets them go, once."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select, update

from store import audit
from store.outbox import OutboxState
from store.tables import batch, insert, outbox
from store.work import Work

STOPPED = "stopped"
"""The reason of rows that were not sent before their batch was stopped."""


class BatchState(StrEnum):
    HELD = "held"
    RELEASED = "released"
    STOPPED = "stopped"  # released or not: nothing more of it goes


@dataclass(frozen=True, slots=True)
class Batch:
    """`subject`: what it is about. `decided_by`: who released it, or stopped it last."""

    id: str
    kind: str
    subject: str
    state: BatchState
    made_by: str
    made_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


_COLUMNS = tuple(batch.c[field.name] for field in fields(Batch))
_ADD = insert(batch)
_GET = select(*_COLUMNS).where(batch.c.id == bindparam("wanted"))
_STATE = select(batch.c.state).where(batch.c.id == bindparam("wanted"))
_NEWEST = select(*_COLUMNS).order_by(batch.c.made_at.desc(), batch.c.id).limit(bindparam("most"))
_NEWEST_OF = _NEWEST.where(batch.c.made_by == bindparam("person_id"))
_HELD_ABOUT = select(batch.c.id).where(
    batch.c.kind == bindparam("of_kind"),
    batch.c.subject == bindparam("about"),
    batch.c.state == BatchState.HELD,
)
_DECIDE = (
    update(batch)
    .where(batch.c.id == bindparam("wanted"), batch.c.state.in_(bindparam("from_states", expanding=True)))
    .values(state=bindparam("to"), decided_by=bindparam("by"), decided_at=bindparam("at"))
)
_LET_GO = (
    update(outbox)
    .where(outbox.c.batch == bindparam("wanted"), outbox.c.state == OutboxState.HELD)
    .values(state=OutboxState.PENDING)
)
_DROP = (
    update(outbox)
    .where(
        outbox.c.batch == bindparam("wanted"),
        outbox.c.state.in_((OutboxState.HELD, OutboxState.PENDING)),
        outbox.c.finished_at.is_(None),
    )
    .values(state=OutboxState.DROPPED, reason=STOPPED, not_before=None, finished_at=bindparam("at"))
)
_NO_FURTHER = (
    update(outbox)
    .where(outbox.c.batch == bindparam("wanted"), outbox.c.finished_at.is_not(None))
    .where(outbox.c.state.in_((OutboxState.SENT, OutboxState.PENDING)))
    .values(state=OutboxState.SENT, not_before=None, follow_up_at=None)
)
# What has come by one way, and is to go by another, has been sent.
_SO_FAR = case(
    (
        and_(
            outbox.c.finished_at.is_not(None), outbox.c.state.in_((OutboxState.PENDING, OutboxState.CLAIMED))
        ),
        OutboxState.SENT,
    ),
    else_=outbox.c.state,
)
_NUMBERS = (
    select(outbox.c.batch, _SO_FAR, func.count())
    .where(outbox.c.batch.in_(bindparam("ids", expanding=True)))
    .group_by(outbox.c.batch, _SO_FAR)
)
_PAYLOAD = select(outbox.c.payload).where(outbox.c.batch == bindparam("wanted")).limit(1)
_RECIPIENTS = select(outbox.c.recipient).where(outbox.c.batch == bindparam("wanted")).order_by(outbox.c.id)


def propose(work: Work, batch_id: str, kind: str, subject: str) -> Batch:
    """Make a batch, in place of those about the same that nobody has let go. Its rows are put into the outbox next."""
    for former in work.connection.execute(_HELD_ABOUT, {"of_kind": kind, "about": subject}).scalars().all():
        stop(work, former)
    made = Batch(batch_id, kind, subject, BatchState.HELD, work.actor, work.now)
    work.connection.execute(_ADD, {field.name: getattr(made, field.name) for field in fields(Batch)})
    audit.record(work, f"batch:{batch_id}", "proposed", {"kind": kind, "subject": subject})
    return made


def release(work: Work, batch_id: str) -> bool:
    """Let its rows go. False: that was done before, or it was stopped."""
    if not _decide(work, batch_id, BatchState.RELEASED, BatchState.HELD):
        return False
    work.connection.execute(_LET_GO, {"wanted": batch_id})
    return True


def stop(work: Work, batch_id: str) -> bool:
    """Let nothing more of it go: what is not sent yet is dropped, and what is sent goes by no other way. False: it was
    stopped before. What is being sent at this moment looks once more itself."""
    if not _decide(work, batch_id, BatchState.STOPPED, BatchState.HELD, BatchState.RELEASED):
        return False
    work.connection.execute(_DROP, {"wanted": batch_id, "at": work.now})
    work.connection.execute(_NO_FURTHER, {"wanted": batch_id})
    return True


_DECIDED = {BatchState.RELEASED: "released", BatchState.STOPPED: "stopped"}


def _decide(work: Work, batch_id: str, to: BatchState, *from_states: BatchState) -> bool:
    values = {"wanted": batch_id, "from_states": from_states, "to": to, "by": work.actor, "at": work.now}
    if work.connection.execute(_DECIDE, values).rowcount == 0:
        return False
    audit.record(work, f"batch:{batch_id}", _DECIDED[to])
    return True


def get(connection: Connection, batch_id: str) -> Batch | None:
    row = connection.execute(_GET, {"wanted": batch_id}).one_or_none()
    return _batch(row) if row else None


def is_stopped(connection: Connection, batch_id: str) -> bool:
    state: str | None = connection.execute(_STATE, {"wanted": batch_id}).scalar_one_or_none()
    return state == BatchState.STOPPED


def newest(connection: Connection, most: int) -> tuple[Batch, ...]:
    return tuple(_batch(row) for row in connection.execute(_NEWEST, {"most": most}))


def newest_of(connection: Connection, person_id: str) -> Batch | None:
    """The last that the person made."""
    row = connection.execute(_NEWEST_OF, {"person_id": person_id, "most": 1}).one_or_none()
    return _batch(row) if row else None


def numbers(connection: Connection, *batch_ids: str) -> dict[str, dict[str, int]]:
    """How many rows of each batch are in each state."""
    found: dict[str, dict[str, int]] = {id_: {} for id_ in batch_ids}
    for id_, state, count in connection.execute(_NUMBERS, {"ids": batch_ids}):
        found[id_][state] = count
    return found


def recipients(connection: Connection, batch_id: str) -> tuple[str, ...]:
    return tuple(connection.execute(_RECIPIENTS, {"wanted": batch_id}).scalars())


def payload(connection: Connection, batch_id: str) -> Mapping[str, str]:
    """What its notices are made of, which is the same for all of them."""
    found: Mapping[str, str] = connection.execute(_PAYLOAD, {"wanted": batch_id}).scalar_one()
    return found


def _batch(row: Row[Any]) -> Batch:
    return Batch(**{**row._mapping, "state": BatchState(row.state)})
