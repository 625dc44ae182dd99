"""What was handed in elsewhere: somebody says "levert", and staff confirm it or say that it is not there."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from store import audit
from store.tables import claim, insert
from store.work import Work


class ClaimState(StrEnum):
    SAID = "said"
    CONFIRMED = "confirmed"
    REFUSED = "refused"  # it is not there: it is owed again
    NOT_THIS_YEAR = "not_this_year"  # nothing is to be handed in, where nothing must be


_SAID_AS = {ClaimState.SAID: "handed_in", ClaimState.NOT_THIS_YEAR: "declined"}
COUNTS = frozenset({ClaimState.SAID, ClaimState.CONFIRMED, ClaimState.NOT_THIS_YEAR})
"""As long as staff do not say otherwise, nobody is reminded."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`event`: the key of the event of that year, or the name of a duty. `subject`: for whom it is handed in."""

    year: int
    event: str
    subject: str
    state: ClaimState
    said_by: str
    said_at: datetime
    settled_by: str | None = None
    settled_at: datetime | None = None


_COLUMNS = tuple(claim.c[field.name] for field in fields(Claim))
_IS_IT = (
    claim.c.year == bindparam("of_year"),
    claim.c.event == bindparam("of_event"),
    claim.c.subject == bindparam("of_subject"),
)
_SAY = insert(claim)
_SAY_IT = _SAY.on_conflict_do_update(
    index_elements=["year", "event", "subject"],
    set_={name: _SAY.excluded[name] for name in ("state", "said_by", "said_at", "settled_by", "settled_at")},
    where=claim.c.state.not_in(COUNTS),
).returning(claim.c.year)
_SETTLE = (
    update(claim)
    .where(*_IS_IT, claim.c.state == ClaimState.SAID)
    .values(state=bindparam("to"), settled_by=bindparam("by"), settled_at=bindparam("at"))
)
_ONE = select(*_COLUMNS).where(*_IS_IT)
_SETTLED = select(claim.c.event, claim.c.subject).where(
    claim.c.year == bindparam("of_year"), claim.c.state.in_(COUNTS)
)
_TO_CONFIRM = (
    select(*_COLUMNS)
    .where(claim.c.state == ClaimState.SAID)
    .order_by(claim.c.said_at, claim.c.event, claim.c.subject)
)


def say(work: Work, year: int, event: str, subject: str, state: ClaimState = ClaimState.SAID) -> bool:
    """Somebody says that it is handed in. False: it was said before."""
    row = Claim(year, event, subject, state, work.actor, work.now)
    values = {field.name: getattr(row, field.name) for field in fields(Claim)}
    is_new = work.connection.execute(_SAY_IT, values).scalar_one_or_none() is not None
    if is_new:
        audit.record(work, f"claim:{year}:{event}:{subject}", _SAID_AS[state])
    return is_new


def settle(work: Work, found: Claim, *, is_there: bool) -> bool:
    """Staff confirm that it is there, or say that it is not. False: it was settled before."""
    to = ClaimState.CONFIRMED if is_there else ClaimState.REFUSED
    known = {"of_year": found.year, "of_event": found.event, "of_subject": found.subject}
    values = known | {"to": to, "by": work.actor, "at": work.now}
    is_done = work.connection.execute(_SETTLE, values).rowcount == 1
    if is_done:
        topic = f"claim:{found.year}:{found.event}:{found.subject}"
        audit.record(work, topic, "hand_in_confirmed" if is_there else "hand_in_refused")
    return is_done


def get(connection: Connection, year: int, event: str, subject: str) -> Claim | None:
    known = {"of_year": year, "of_event": event, "of_subject": subject}
    row = connection.execute(_ONE, known).one_or_none()
    return _claim(row) if row else None


def settled(connection: Connection, year: int) -> frozenset[tuple[str, str]]:
    """(event, subject) of what is not owed in that year, as somebody has said."""
    return frozenset((row.event, row.subject) for row in connection.execute(_SETTLED, {"of_year": year}))


def to_confirm(connection: Connection) -> tuple[Claim, ...]:
    """What was said and nobody has looked after yet, the oldest first."""
    return tuple(_claim(row) for row in connection.execute(_TO_CONFIRM))


def _claim(row: Row[Any]) -> Claim:
    return Claim(**{**row._mapping, "state": ClaimState(row.state)})
