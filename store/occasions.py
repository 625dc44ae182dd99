"""What falls due on a day, as rows of the outbox: one statement for all whom it concerns, and a mark of how far the
days have been gone through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    String,
    and_,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from store.outbox import OutboxState
from store.tables import Json, insert, outbox, watermark
from store.work import Work

People = Select[Any] | CompoundSelect[Any]
"""A statement that gives ids."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that people are told once. `people`: a statement that gives the ids of the recipients (of channels
    `channel:<region>`), and what it is to be told.

    `occurrence` tells this time from every other of the kind in the region ("": of none). `expires_at`: from then on it
    would come too late. `if_nobody`: what is told instead where there is nobody whom it concerns.
    """

    kind: str
    occurrence: str
    people: People
    expires_at: datetime
    told: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    if_nobody: "Occasion | None" = None


_COLUMNS = (
    "key",
    "kind",
    "recipient",
    "payload",
    "ambiguous",
    "state",
    "attempts",
    "created_at",
    "expires_at",
)
_AGAIN = {"state": literal(OutboxState.PENDING.value), "reason": null(), "finished_at": null()}
_MOST = 10  # days that a bot was away, and more than one waits for anybody
_NEWEST = (
    select(outbox.c.payload, outbox.c.state, outbox.c.reason, outbox.c.finished_at)
    .where(outbox.c.kind == bindparam("of_kind"), outbox.c.recipient == bindparam("to"))
    .order_by(outbox.c.id.desc())
    .limit(_MOST)
)
_MARK = select(watermark.c.at).where(watermark.c.name == bindparam("name"))
_SET_MARK = insert(watermark)
_SET_MARK = _SET_MARK.on_conflict_do_update(index_elements=["name"], set_={"at": _SET_MARK.excluded["at"]})


def derive(work: Work, occasion: Occasion) -> int:
    """Have everybody told whom it concerns, unless they have been told: a key holds kind, region, occurrence and
    recipient. What was dropped by a clock that was ahead, for whatever reason, and is in time after all, is due again.
    Gives how many rows are new or due again."""
    who = occasion.people.subquery()
    recipient = who.c[0]
    rows = select(
        literal(f"{occasion.kind}:{occasion.region}:{occasion.occurrence}:") + cast(recipient, String),
        literal(occasion.kind),
        recipient,
        literal(dict(occasion.payload), Json),
        literal(False),
        literal(OutboxState.PENDING.value),
        literal(0),
        literal(work.now, outbox.c.created_at.type),
        literal(occasion.expires_at, outbox.c.expires_at.type),
    ).where(recipient.is_not(None))  # SQLite cannot read ON CONFLICT behind a FROM
    was_ahead = and_(
        outbox.c.state == OutboxState.DROPPED, outbox.c.finished_at > work.now, outbox.c.expires_at > work.now
    )
    statement = insert(outbox).from_select(_COLUMNS, rows)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=_AGAIN, where=was_ahead)
    options = {"preserve_rowcount": True}  # psycopg's is let go otherwise
    return work.connection.execute(statement, dict(occasion.told), execution_options=options).rowcount


def tell(work: Work, occasion: Occasion) -> int:
    """As `derive`; where it concerns nobody, those are told who can do something about it."""
    made = derive(work, occasion)
    if made or occasion.if_nobody is None or recipients(work.connection, occasion.people, occasion.told):
        return made
    return derive(work, occasion.if_nobody)


def recipients(connection: Connection, people: People, told: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom such a statement gives."""
    return tuple(connection.execute(people, dict(told)).scalars())


def named_ones(recipients: Iterable[str]) -> People:
    """A statement that gives these recipients, such as `channel:SALTEN`."""
    return union_all(*(select(literal(each).label("recipient")) for each in recipients))


def waiting(
    connection: Connection, kind: str, recipient: str, own: Mapping[str, str], superseded: str
) -> tuple[Mapping[str, str], ...]:
    """The payloads of what waits for the recipient together with the row whose payload is `own`, the newest first. That
    row is among them also when it was sent and is to go by its next way; so is what was dropped for that reason right
    before it, and was to be told by it. Of what is newer, only what still waits is."""
    found, is_older = list[Mapping[str, str]](), False
    for row in connection.execute(_NEWEST, {"of_kind": kind, "to": recipient}):
        is_own = row.payload == own
        is_waiting = row.state in (OutboxState.PENDING, OutboxState.CLAIMED) and row.finished_at is None
        was_waiting = is_older and (row.state, row.reason) == (OutboxState.DROPPED, superseded)
        if is_own or is_waiting or was_waiting:
            found.append(row.payload)
        elif is_older:
            break
        is_older = is_older or is_own
    return tuple(found)


def planned_until(connection: Connection, name: str) -> datetime | None:
    """How far it has been gone through; None: never."""
    return connection.execute(_MARK, {"name": name}).scalar_one_or_none()


def plan_until(work: Work, name: str, at: datetime) -> None:
    work.connection.execute(_SET_MARK, {"name": name, "at": at})
