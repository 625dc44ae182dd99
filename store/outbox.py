"""What is to be sent: rows, so that nothing is forgotten and nothing is queued twice."""

from collections.abc import Mapping

from sqlalchemy import select

from store.tables import outbox
from store.values import dump
from store.work import Work


def put(work: Work, *, key: str, kind: str, recipient: str, payload: Mapping[str, str]) -> None:
    """Queue a notice; the same key again does nothing."""
    if work.connection.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None:
        return
    row = {"key": key, "kind": kind, "recipient": recipient, "payload": dump(dict(payload))}
    work.connection.execute(outbox.insert().values(**row, state="pending", attempts=0))
