"""Partnerships that hold a grant, and what they have reported: versions that never change, each with its audit row."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from domain.access import Relation
from domain.errors import Stale
from domain.grants import (
    Partnership,
    Subject,
    case_named,
    partnerships,
    read_subject,
    without_university,
)
from domain.roster import COLUMNS, PriorGrant
from store import audit, drafts, register
from store.drafts import Draft, DraftState
from store.tables import case_party, grant_report, insert, prior_grant
from store.tables import draft as draft_table
from store.work import Work


@dataclass(frozen=True, slots=True)
class Filed:
    """A version of a report. `report` is JSON, `reference` None where the report is not of one decision alone."""

    subject: str
    submission: int
    form: str
    period: str
    reference: str | None
    owner: str
    university: str
    scheme: str
    submitted_at: datetime
    submitted_by: str  # person id
    report: str

    @property
    def about(self) -> Subject:
        found = read_subject(self.subject)
        assert found is not None  # it was filed under one
        return found

    @property
    def topic(self) -> str:
        """Under which the audit has it, and its confirmations."""
        return f"report:{self.subject}"


_GRANTS = select(*(prior_grant.c[column] for column in COLUMNS["grants"])).where(
    prior_grant.c.year == bindparam("year")
)
_IN_ORDER = (prior_grant.c.reference, prior_grant.c.recipient)
_GRANTS_OF_YEAR = _GRANTS.order_by(*_IN_ORDER)
_GRANTS_OF_DECISION = _GRANTS.where(prior_grant.c.reference == bindparam("reference")).order_by(*_IN_ORDER)
_PARTNERS = (
    select(case_party.c.number, case_party.c.organisation)
    .where(
        case_party.c.relation == Relation.PARTNER,
        case_party.c.number.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(case_party.c.number, case_party.c.place)
)

_COLUMNS = tuple(grant_report.c[field.name] for field in fields(Filed))
_VERSIONS = (
    select(*_COLUMNS).where(grant_report.c.subject == bindparam("about")).order_by(grant_report.c.submission)
)
_newest = grant_report.alias()
_IS_NEWEST = (
    grant_report.c.submission
    == select(func.max(_newest.c.submission))
    .where(_newest.c.subject == grant_report.c.subject)
    .scalar_subquery()
)
_NEWEST = select(*_COLUMNS).where(grant_report.c.subject == bindparam("about"), _IS_NEWEST)
_OF_PERIOD = (
    select(*_COLUMNS)
    .where(
        grant_report.c.form == bindparam("of_form"),
        grant_report.c.period == bindparam("in_period"),
        _IS_NEWEST,
    )
    .order_by(grant_report.c.subject)
)
_ADD = insert(grant_report)
_BEGUN = select(draft_table.c.about).where(
    draft_table.c.form == bindparam("of_form"), draft_table.c.state == DraftState.OPEN
)


def of_year(connection: Connection, year: int) -> tuple[Partnership, ...]:
    """The partnerships that were granted money for that year."""
    return _partnerships(connection, _grants(connection, year))


def unasked(connection: Connection, year: int) -> tuple[PriorGrant, ...]:
    """One row of each decision of that year of which no university is known, so that nobody is asked."""
    grants = _grants(connection, year)
    return without_university(grants, register.directory(connection), _partners(connection, grants))


def partnership(connection: Connection, subject: Subject) -> Partnership | None:
    """The one that the report is of; None: it holds no such grant any more, or never did."""
    parameters = {"year": subject.grant_year, "reference": subject.reference}
    grants = tuple(PriorGrant(**row._mapping) for row in connection.execute(_GRANTS_OF_DECISION, parameters))
    found = (each for each in _partnerships(connection, grants) if each.sides == subject.sides)
    return next(found, None)


def _grants(connection: Connection, year: int) -> tuple[PriorGrant, ...]:
    return tuple(PriorGrant(**row._mapping) for row in connection.execute(_GRANTS_OF_YEAR, {"year": year}))


def _partnerships(connection: Connection, grants: tuple[PriorGrant, ...]) -> tuple[Partnership, ...]:
    return partnerships(grants, register.directory(connection), _partners(connection, grants))


def _partners(connection: Connection, grants: Iterable[PriorGrant]) -> dict[str, tuple[str, ...]]:
    """The universities of the cases that the decisions name."""
    numbers = sorted({number for grant in grants if (number := case_named(grant.reference))})
    found: dict[str, tuple[str, ...]] = {}
    for number, university in connection.execute(_PARTNERS, {"numbers": numbers}) if numbers else ():
        found[number] = (*found.get(number, ()), university)
    return found


# What was reported


def file(work: Work, draft: Draft, subject: Subject, scheme: str, report: bytes) -> Filed:
    """Keep the report that the draft has become as the subject's next version, and close the draft.

    Raises: Stale - the draft was filed or thrown away since it was read.
    """
    stored = drafts.get(work.connection, draft.id)
    if stored is None or not stored.is_open:
        raise Stale(f"draft {draft.id}")
    before = newest(work.connection, str(subject))
    filed = Filed(
        subject=str(subject),
        submission=before.submission + 1 if before else 1,
        form=draft.form,
        period=subject.period,
        reference=subject.reference,
        owner=subject.owner,
        university=subject.university,
        scheme=scheme,
        submitted_at=work.now,
        submitted_by=work.actor,
        report=report.decode(),
    )
    work.connection.execute(_ADD, {field.name: getattr(filed, field.name) for field in fields(Filed)})
    close(work, draft)
    digest = hashlib.sha256(report).hexdigest()
    detail = {"draft": draft.id, "submission": filed.submission, "report": digest}
    audit.record(work, filed.topic, "submitted", detail)
    return filed


def close(work: Work, draft: Draft) -> None:
    """The draft has become what it is about, or was that already."""
    drafts.save(work, draft, replace(draft, state=DraftState.SUBMITTED, saved_at=work.now))


def newest(connection: Connection, subject: str) -> Filed | None:
    """The version that counts; None: nothing was filed."""
    row = connection.execute(_NEWEST, {"about": subject}).one_or_none()
    return _filed(row) if row else None


def versions(connection: Connection, subject: str) -> tuple[Filed, ...]:
    """All of them, oldest first."""
    return tuple(_filed(row) for row in connection.execute(_VERSIONS, {"about": subject}))


def of_period(connection: Connection, form: str, period: str) -> dict[str, Filed]:
    """The newest version of each report of that form and period, by subject."""
    rows = connection.execute(_OF_PERIOD, {"of_form": form, "in_period": period})
    return {row.subject: _filed(row) for row in rows}


def begun(connection: Connection, form: str) -> frozenset[str]:
    """The subjects of the reports that somebody is writing."""
    return frozenset(connection.execute(_BEGUN, {"of_form": form}).scalars())


def _filed(row: Row[Any]) -> Filed:
    return Filed(**row._mapping)
