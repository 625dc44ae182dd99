"""Who did what, when and why: append-only, chained by digest per subject."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from store.tables import audit
from store.values import dump
from store.work import Work


def record(work: Work, subject: str, action: str, detail: Mapping[str, Any]) -> None:
    """Add a link. The chain holds the detail's digest, so the detail can be erased by rule later."""
    last = work.connection.execute(
        select(audit.c.seq, audit.c.digest)
        .where(audit.c.subject == subject)
        .order_by(audit.c.seq.desc())
        .limit(1)
    ).first()
    raw = dump(dict(detail))
    row = {
        "subject": subject,
        "seq": last.seq + 1 if last else 1,
        "at": work.now,
        "actor": work.actor,
        "cause": work.cause,
        "action": action,
        "detail_digest": hashlib.sha256(raw).hexdigest(),
    }
    digest = _digest(last.digest if last else "", row)
    work.connection.execute(audit.insert().values(**row, detail=raw, digest=digest))


def verify(connection: Connection) -> list[str]:
    """The faults of the chains: links that do not follow from the one before, and details that were changed."""
    faults: list[str] = []
    before: dict[str, tuple[int, str]] = {}
    for link in connection.execute(select(audit).order_by(audit.c.subject, audit.c.seq)).mappings():
        seq, digest = before.get(link["subject"], (0, ""))
        if link["seq"] != seq + 1 or link["digest"] != _digest(digest, link):
            faults.append(f"{link['subject']}: link {link['seq']} does not follow")
        if link["detail"] is not None and hashlib.sha256(link["detail"]).hexdigest() != link["detail_digest"]:
            faults.append(f"{link['subject']}: the detail of link {link['seq']} was changed")
        before[link["subject"]] = (link["seq"], link["digest"])
    return faults


def _digest(previous: str, row: Mapping[str, Any]) -> str:
    names = ("subject", "seq", "actor", "cause", "action", "detail_digest")
    parts = [previous, row["at"].isoformat(), *(str(row[name]) for name in names)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
