"""What became of a message by each way that was tried: rows that are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from store.tables import insert, receipt
from store.work import Work


class Way(StrEnum):
    """The rungs, in the order in which they are tried."""

    TEAMS = "teams"
    MAIL = "mail"
    PHONE = "phone"  # a human does it


class Outcome(StrEnum):
    SENT = "sent"
    MISSED = "missed"
    UNSURE = "unsure"  # may have been delivered
    PHONED = "phoned"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One rung of one message. `sent_as`: the id of the activity or mail."""

    way: Way
    outcome: Outcome
    at: datetime
    reason: str | None = None
    sent_as: str | None = None


_ADD = insert(receipt)
_OF = (
    select(
        receipt.c.outbox_id,
        receipt.c.way,
        receipt.c.outcome,
        receipt.c.at,
        receipt.c.reason,
        receipt.c.sent_as,
    )
    .where(receipt.c.outbox_id.in_(bindparam("ids", expanding=True)))
    .order_by(receipt.c.id)
)


def add(
    work: Work,
    outbox_ids: Sequence[int],
    way: Way,
    outcome: Outcome,
    reason: str | None = None,
    sent_as: str | None = None,
) -> None:
    """Note what became of these by that way, just now."""
    same = {"way": way, "outcome": outcome, "reason": reason, "sent_as": sent_as, "at": work.now}
    if outbox_ids:
        work.connection.execute(_ADD, [{"outbox_id": each, **same} for each in outbox_ids])


def of(connection: Connection, outbox_ids: Sequence[int]) -> dict[int, tuple[Receipt, ...]]:
    """The receipts of these messages, by message and in the order in which the ways were tried."""
    found: dict[int, tuple[Receipt, ...]] = {}
    for outbox_id, way, outcome, at, reason, sent_as in connection.execute(_OF, {"ids": outbox_ids}):
        one = Receipt(Way(way), Outcome(outcome), at, reason, sent_as)
        found[outbox_id] = (*found.get(outbox_id, ()), one)
    return found
