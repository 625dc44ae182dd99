"""Whether everything that is kept holds together: what somebody changed past the program, or the program did wrong.

Nothing is mended here. Each check is on its own, counts what it looked at and names what it found by subject.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, ForeignKey, Row, Select, Table, exists, func, select

from domain.access import OPERATOR
from domain.cases import CaseNumber, State, read_case_number
from domain.grants import read_subject
from domain.submissions import NeedsReport
from store import audit, views
from store.confirmations import digest_of
from store.drafts import DraftState
from store.tables import audit as audit_table
from store.tables import (
    audit_head,
    case_count,
    case_counter,
    case_head,
    case_version,
    confirmation,
    draft,
    grant_report,
    metadata,
    organisation,
    outbox,
    person,
)

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """`what` is a text below `verify.fault`, `details` are for it."""

    subject: str
    what: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """How much was looked at, by the name of the check, and what does not hold."""

    checked: Mapping[str, int]
    faults: tuple[Fault, ...]


def verify(connection: Connection) -> Findings:
    """Look at everything in one state of the database."""
    look = _Look(connection)
    for check in _CHECKS:
        check(look)
    return Findings(dict(look.checked), tuple(look.faults))


@dataclass(frozen=True, slots=True)
class _Look:
    connection: Connection
    checked: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def found(self, subject: str, what: str, **details: object) -> None:
        self.faults.append(Fault(subject, what, details))

    def rows(self, statement: Select[Any]) -> Iterator[Row[Any]]:
        """Never all in memory."""
        with self.connection.execute(statement.execution_options(yield_per=_BATCH)) as found:
            yield from found

    def number(self, statement: Select[Any]) -> int:
        found: int = self.connection.execute(statement).scalar_one()
        return found


# The audit


def _chains(look: _Look) -> None:
    look.checked["entries"] = look.number(select(func.count()).select_from(audit_table))
    for fault in audit.verify(look.connection):
        look.found(fault.subject, fault.what, seq=fault.seq)


# Cases and what was filed


_FILED = (
    select(
        case_head.c.number,
        case_head.c.form,
        case_head.c.owner_nok,
        case_head.c.uh_nok,
        case_head.c.priority,
        case_head.c.state,
        case_head.c.submission.label("current"),
        case_version.c.submission,
        case_version.c.report,
    )
    .select_from(case_head.outerjoin(case_version, case_version.c.number == case_head.c.number))
    .order_by(case_head.c.number, case_version.c.submission)
)


def _versions(look: _Look) -> None:
    """Every version is there and recorded as it was filed, and the head of its case says what the current one says."""
    recorded, erased = _recorded(look, "case")
    for number, rows in groupby(look.rows(_FILED), key=lambda row: row.number):
        filed = [row for row in rows if row.submission is not None]
        look.checked["cases"] += 1
        look.checked["versions"] += len(filed)
        _every_version(look, number, filed)
        for row in filed:
            if number not in erased and (number, _digest(row.report)) not in recorded:
                look.found(f"case:{number}", "version_not_recorded", submission=row.submission)
            if row.submission == row.current and row.form == "needs_report":
                _current(look, row)


def _digest(report: str) -> str:
    return hashlib.sha256(report.encode()).hexdigest()


def _recorded(look: _Look, kind: str) -> tuple[set[tuple[str, str]], set[str]]:
    """(number, digest of a report) as the audit has them, and the numbers of which details were erased by rule."""
    recorded, erased = set[tuple[str, str]](), set[str]()
    of_kind = select(audit_table.c.subject, audit_table.c.detail).where(
        audit_table.c.subject.like(f"{kind}:%")
    )
    for row in look.rows(of_kind):
        number = row.subject.removeprefix(f"{kind}:")
        if row.detail is None:
            erased.add(number)
        elif digest := orjson.loads(row.detail).get("report"):
            recorded.add((number, digest))
    return recorded, erased


def _every_version(look: _Look, number: str, filed: list[Row[Any]]) -> None:
    there = [row.submission for row in filed]
    if there != list(range(1, len(there) + 1)) or not there or there[-1] < filed[0].current:
        look.found(f"case:{number}", "version_missing")


def _current(look: _Look, row: Row[Any]) -> None:
    """The version that counts, against what the head of the case repeats of it."""
    subject = f"case:{row.number}"
    try:
        report = NeedsReport.read(row.report.encode())
    except ValidationError:
        look.found(subject, "unreadable", submission=row.submission)
        return
    for name in ("owner_nok", "uh_nok"):
        filed_nok = getattr(report, name)
        if getattr(row, name) != filed_nok:
            look.found(subject, f"{name}_differs", kept_nok=getattr(row, name), filed_nok=filed_nok)
    if row.state != State.WITHDRAWN and row.priority != report.priority_by_network:
        look.found(subject, "priority_differs")


_REPORTED = select(grant_report.c.subject, grant_report.c.submission, grant_report.c.report).order_by(
    grant_report.c.subject, grant_report.c.submission
)


def _reports(look: _Look) -> None:
    """Of what partnerships have reported, every version is there and recorded as it was filed."""
    recorded, erased = _recorded(look, "report")
    for subject, rows in groupby(look.rows(_REPORTED), key=lambda row: row.subject):
        filed = list(rows)
        look.checked["reports"] += len(filed)
        if [row.submission for row in filed] != list(range(1, len(filed) + 1)):
            look.found(f"report:{subject}", "version_missing")
        for row in filed:
            if subject not in erased and (subject, _digest(row.report)) not in recorded:
                look.found(f"report:{subject}", "version_not_recorded", submission=row.submission)


_REGION = func.coalesce(case_head.c.region, "")
_PLACE = (case_head.c.cycle_year, case_head.c.scheme, _REGION, case_head.c.priority)
_SAME_PRIORITY = (
    select(case_head.c.priority, func.min(case_head.c.number).label("number"))
    .where(case_head.c.priority.is_not(None), case_head.c.state != State.WITHDRAWN)
    .group_by(*_PLACE)
    .having(func.count() > 1)
)


def _priorities(look: _Look) -> None:
    """The index of the database takes two cases without a region for different; this does not."""
    look.checked["priorities"] = look.number(select(func.count(case_head.c.priority)))
    for row in look.rows(_SAME_PRIORITY):
        look.found(f"case:{row.number}", "priority_twice", priority=row.priority)


def _counts(look: _Look) -> None:
    look.checked["counts"] = look.number(select(func.count()).select_from(case_count))
    for differing in (*views.check_counts(look.connection), *views.check_money(look.connection)):
        look.found("round", "counts_differ", **differing)


_ASKED = select(
    confirmation.c.subject, confirmation.c.organisation, confirmation.c.content, confirmation.c.digest
)


def _confirmations(look: _Look) -> None:
    """What an organisation confirmed is what its digest was made of."""
    for row in look.rows(_ASKED):
        look.checked["confirmations"] += 1
        if digest_of(row.content) != row.digest:
            look.found(row.subject, "confirmation_changed", organisation=row.organisation)


# Numbers


_NUMBERS = select(case_head.c.number, case_head.c.cycle_year).order_by(case_head.c.number)
_COUNTERS = select(case_counter.c.year, case_counter.c.scheme, case_counter.c.last)


def _numbers(look: _Look) -> None:
    """Of each year and scheme every number up to the last that was given, and none beyond."""
    given: dict[tuple[int, str], set[int]] = {}
    for row in look.rows(_NUMBERS):
        number = read_case_number(row.number)
        if number is None or str(number) != row.number or number.year != row.cycle_year:
            look.found(f"case:{row.number}", "not_a_number")
        else:
            given.setdefault((number.year, number.scheme), set()).add(number.running)
    last = {(row.year, row.scheme): row.last for row in look.rows(_COUNTERS)}
    look.checked["numbers"] = len(given.keys() | last.keys())
    for year, scheme in sorted(given.keys() | last.keys()):
        there, wanted = given.get((year, scheme), set()), range(1, last.get((year, scheme), 0) + 1)
        for running in sorted(there ^ set(wanted)):
            number = CaseNumber(year, scheme, running)
            look.found(f"case:{number}", "not_counted" if running in there else "number_missing")


# References


def _references(look: _Look) -> None:
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            _foreign_key(look, table, key)
    _filed_drafts(look)
    _names_by_id(look)


def _foreign_key(look: _Look, table: Table, key: ForeignKey) -> None:
    """Those that the databases hold themselves; SQLite does so only for programs that ask it to."""
    there = key.column.table.alias()
    names = key.parent.is_not(None)
    look.checked["references"] += look.number(select(func.count()).select_from(table).where(names))
    found = exists().where(there.c[key.column.name] == key.parent)
    for row in look.rows(select(*table.primary_key, key.parent.label("named")).where(names, ~found)):
        subject = f"{table.name}:{'/'.join(map(str, row[:-1]))}"
        look.found(subject, "names_nothing", named=f"{key.column.table.name}:{row.named}")


def _filed_drafts(look: _Look) -> None:
    """A report of needs that was filed has become a case; what else is filed has not."""
    lost = select(draft.c.id).where(
        draft.c.form == "needs_report", draft.c.state == DraftState.SUBMITTED, draft.c.case_number.is_(None)
    )
    for row in look.rows(lost):
        look.found(f"draft:{row.id}", "draft_without_case")


def _names_by_id(look: _Look) -> None:
    """Those that no foreign key holds: what the audit is about, who filed, and what is to be sent about what."""
    known = _known(look)
    for subject, named in _named(look):
        look.checked["references"] += 1
        if named not in known:
            look.found(subject, "names_nothing", named=named)


_IDS = {
    "draft": draft.c.id,
    "case": case_head.c.number,
    "person": person.c.id,
    "organisation": organisation.c.id,
}
_OPERATOR = f"person:{OPERATOR.person_id}"


def _known(look: _Look) -> set[str]:
    return {_OPERATOR} | {
        f"{kind}:{row[0]}" for kind, column in _IDS.items() for row in look.rows(select(column))
    }


def _named(look: _Look) -> Iterator[tuple[str, str]]:
    """(subject, what it names) as `kind:id`."""
    for row in look.rows(select(audit_head.c.subject)):
        if row.subject.partition(":")[0] in _IDS:
            yield row.subject, row.subject
    for row in look.rows(select(draft.c.id, draft.c.owner, draft.c.about)):
        yield from _of_draft(row)
    for row in look.rows(select(case_head.c.number, case_head.c.submitted_by)):
        yield f"case:{row.number}", f"person:{row.submitted_by}"
    for row in look.rows(select(case_version.c.number, case_version.c.submitted_by)):
        yield f"case:{row.number}", f"person:{row.submitted_by}"
    for row in look.rows(select(outbox.c.key, outbox.c.recipient, outbox.c.payload)):
        yield from _of_notice(row)


def _of_draft(row: Row[Any]) -> Iterator[tuple[str, str]]:
    subject = f"draft:{row.id}"
    if row.owner is not None:
        yield subject, f"organisation:{row.owner}"
    if row.about is not None and read_subject(row.about) is None:
        yield subject, f"case:{row.about}"


def _of_notice(row: Row[Any]) -> Iterator[tuple[str, str]]:
    """A recipient with a colon in it is no person but, say, a channel."""
    subject = f"outbox:{row.key}"
    if ":" not in row.recipient:
        yield subject, f"person:{row.recipient}"
    for kind in ("case", "draft"):
        if kind in row.payload:
            yield subject, f"{kind}:{row.payload[kind]}"


# The file itself


def _file(look: _Look) -> None:
    """SQLite's own look at its pages; PostgreSQL looks after itself."""
    if look.connection.dialect.name != "sqlite":
        return
    look.checked["pages"] = look.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    for (said,) in look.connection.exec_driver_sql("PRAGMA quick_check"):
        if said != "ok":
            look.found("database", "damaged", about=said)


_CHECKS: tuple[Callable[[_Look], None], ...] = (
    _file,
    _chains,
    _versions,
    _reports,
    _priorities,
    _counts,
    _confirmations,
    _numbers,
    _references,
)
