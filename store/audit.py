"""Who did what, when, and by what: rows that are only added, chained by digest per subject.

A row's digest covers the row before it and the digest of its own detail, so the detail can be erased by rule
without breaking the chain. A subject is what the row is about: `case:2023-REKOM-014`, `draft:…`, `person:…`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Text, and_, bindparam, literal, or_, select, union_all, update

from domain.cases import Case
from store.tables import audit, audit_head, draft, insert, person
from store.work import Work

_FIRST = b""  # what the first row of a chain has before it
_ERASED = "erased"

# Recorded of an owner and not of a case: it may not have filed yet.
_DEADLINE_EXTENDED = "deadline_extended"

_HEAD = (
    select(audit_head.c.seq, audit_head.c.digest)
    .where(audit_head.c.subject == bindparam("subject"))
    .with_for_update()
)
_ADD = insert(audit)
_ADVANCE = insert(audit_head)
_ADVANCE = _ADVANCE.on_conflict_do_update(
    index_elements=["subject"], set_={"seq": _ADVANCE.excluded.seq, "digest": _ADVANCE.excluded.digest}
)
_HISTORY = select(audit).where(audit.c.subject == bindparam("subject")).order_by(audit.c.seq)
# What the secretariat has begun is nobody's business before it is done.
_ITS_DRAFTS = select(literal("draft:") + draft.c.id).where(
    or_(
        draft.c.case_number == bindparam("number"),
        and_(draft.c.about == bindparam("number"), draft.c.purpose.in_(("report", "on_behalf"))),
    )
)
_OF_CASE = (
    select(audit, person.c.name)
    .select_from(audit.outerjoin(person, person.c.id == audit.c.actor))
    .where(
        audit.c.subject.in_(
            union_all(
                _ITS_DRAFTS,
                select(bindparam("case", type_=Text)),
                select(bindparam("owner", type_=Text)),
            )
        )
    )
)
_EVERYTHING = select(audit).order_by(audit.c.subject, audit.c.seq).execution_options(yield_per=1000)
_HEADS = select(audit_head)
_ERASE = update(audit).where(audit.c.subject == bindparam("erased_subject")).values(detail=None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `detail` is None when it was erased."""

    subject: str
    seq: int
    at: datetime
    actor: str
    cause: str
    action: str
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not add up; `what` is the key of a text below `verify.fault`."""

    subject: str
    seq: int
    what: str


def record(work: Work, subject: str, action: str, detail: Mapping[str, object] | None = None) -> None:
    """Add a row to the subject's chain. The detail holds names and numbers, never what a person wrote."""
    head = work.connection.execute(_HEAD, {"subject": subject}).one_or_none()
    seq, before = (head.seq + 1, head.digest) if head else (1, _FIRST)
    text = orjson.dumps(detail or {}, option=orjson.OPT_SORT_KEYS)
    row = {
        "subject": subject,
        "seq": seq,
        "at": work.now,
        "actor": work.actor,
        "cause": work.cause,
        "action": action,
        "detail_digest": hashlib.sha256(text).digest(),
        "prev_digest": before,
    }
    row["digest"] = _digest(row)
    work.connection.execute(_ADD, {**row, "detail": text.decode()})
    work.connection.execute(_ADVANCE, {"subject": subject, "seq": seq, "digest": row["digest"]})


def history(connection: Connection, subject: str) -> tuple[Entry, ...]:
    """Everything about the subject, oldest first."""
    return tuple(_entry(row) for row in connection.execute(_HISTORY, {"subject": subject}))


def of_case(connection: Connection, case: Case) -> tuple[tuple[Entry, str | None], ...]:
    """Everything about a case, oldest first, each with the actor's name where the register knows one.

    With it go the drafts that it came from and that became or may become later versions of it, and a later deadline
    that its owner was given in its round. What was done at one moment comes in the order draft, case.
    """
    subject, owner = f"case:{case.number}", f"organisation:{case.lead_owner}"
    rows = connection.execute(_OF_CASE, {"number": case.number, "case": subject, "owner": owner})
    entries = ((_entry(row), row.name) for row in rows)
    wanted = [each for each in entries if each[0].subject != owner or _is_of_round(each[0], case)]
    return tuple(sorted(wanted, key=lambda each: (each[0].at, each[0].subject == subject, each[0].seq)))


def _is_of_round(entry: Entry, case: Case) -> bool:
    return entry.action == _DEADLINE_EXTENDED and (entry.detail or {}).get("cycle_year") == case.cycle_year


def erase(work: Work, subject: str) -> None:
    """Take away the details of every row of the subject so far, and record that."""
    work.connection.execute(_ERASE, {"erased_subject": subject})
    record(work, subject, _ERASED)


def verify(connection: Connection) -> tuple[Fault, ...]:
    """Everything that was added, changed or taken away past `record` and `erase`."""
    heads = {head.subject: head for head in connection.execute(_HEADS)}
    faults: list[Fault] = []
    for subject, chain in groupby(connection.execute(_EVERYTHING), key=lambda row: row.subject):
        faults += _chain_faults(subject, chain, heads.pop(subject, None))
    faults += (Fault(subject, head.seq, "chain_gone") for subject, head in heads.items())
    return tuple(faults)


def _chain_faults(subject: str, chain: Iterator[Row[Any]], head: Row[Any] | None) -> Iterator[Fault]:
    seq, before, unexplained = 0, _FIRST, 0
    for row in chain:
        seq += 1
        if row.action == _ERASED:
            unexplained = 0
        if row.detail is None:
            unexplained = unexplained or row.seq
        elif hashlib.sha256(row.detail.encode()).digest() != row.detail_digest:
            yield Fault(subject, row.seq, "detail_changed")
        if row.seq != seq or row.prev_digest != before:
            yield Fault(subject, row.seq, "row_missing")
        if _digest(row._asdict()) != row.digest:
            yield Fault(subject, row.seq, "row_changed")
        seq, before = row.seq, row.digest
    if unexplained:
        yield Fault(subject, unexplained, "detail_gone")
    if head is None or (head.seq, head.digest) != (seq, before):
        yield Fault(subject, seq, "end_missing")


def _digest(row: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(
        orjson.dumps(
            [
                row["subject"],
                row["seq"],
                row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
                row["actor"],
                row["cause"],
                row["action"],
                row["detail_digest"].hex(),
                row["prev_digest"].hex(),
            ]
        )
    ).digest()


def _entry(row: Row[Any]) -> Entry:
    detail = None if row.detail is None else orjson.loads(row.detail)
    return Entry(row.subject, row.seq, row.at, row.actor, row.cause, row.action, detail)
