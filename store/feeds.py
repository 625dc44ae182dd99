"""The address of each person's own calendar, as a digest. A new one takes the place of the old, which is dead then."""

import hashlib

from sqlalchemy import Connection, bindparam, select

from store import audit
from store.tables import feed, insert
from store.work import Work

_ISSUE = insert(feed)
_ISSUE = _ISSUE.on_conflict_do_update(
    index_elements=["person_id"],
    set_={name: _ISSUE.excluded[name] for name in ("number", "digest", "issued_at")},
)
_NUMBER = select(feed.c.number).where(feed.c.person_id == bindparam("person_id"))
_HOLDER = select(feed.c.person_id).where(feed.c.digest == bindparam("wanted"))


def number(connection: Connection, person_id: str) -> int:
    """How many addresses the person was given, the present one among them; 0: none."""
    return connection.execute(_NUMBER, {"person_id": person_id}).scalar_one_or_none() or 0


def issue(work: Work, person_id: str, number: int, token: str) -> None:
    """Let the token be the way to the person's calendar, and no other."""
    if holder(work.connection, token) == person_id:
        return
    values = {"person_id": person_id, "number": number, "digest": _digest(token), "issued_at": work.now}
    work.connection.execute(_ISSUE, values)
    audit.record(work, f"person:{person_id}", "feed_issued", {"number": number})


def holder(connection: Connection, token: str) -> str | None:
    """Whose calendar the token is the way to; None: nobody's, or not any more."""
    found: str | None = connection.execute(_HOLDER, {"wanted": _digest(token)}).scalar_one_or_none()
    return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
