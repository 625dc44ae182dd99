"""Cases: filed once under a number without gaps, versions that never change, states along `domain.cases.NEXT`."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from domain.access import Relation
from domain.cases import NEXT, Case, CaseNumber, State
from domain.errors import Final, Stale
from store import audit, drafts
from store.drafts import Draft, DraftState
from store.tables import case_count, case_counter, case_head, case_party, case_version, insert
from store.work import Work


class NoSuchMove(Final):
    """The case cannot go from its state to that one."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What a draft becomes when it is filed. `report` is JSON; `region` None: the whole county."""

    form: str
    cycle_year: int
    scheme_set: str
    scheme: str
    scheme_short: str
    region: str | None
    lead_owner: str
    other_owners: tuple[str, ...]
    partners: tuple[str, ...]
    title: str
    owner_nok: int
    uh_nok: int
    report: bytes
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What was filed, word for word; `submission` counts from 1."""

    number: str
    submission: int
    submitted_at: datetime
    submitted_by: str
    report: bytes


_HEAD = tuple(column.name for column in case_head.c)
HEADS: Select[Any] = select(case_head)
PARTIES: Select[Any] = select(case_party).order_by(
    case_party.c.number, case_party.c.relation, case_party.c.place
)
_GET_HEAD = HEADS.where(case_head.c.number == bindparam("case_number"))
_GET_PARTIES = PARTIES.where(case_party.c.number == bindparam("case_number"))

_NEXT_NUMBER = (
    insert(case_counter)
    .values(last=1)
    .on_conflict_do_update(index_elements=["year", "scheme"], set_={"last": case_counter.c.last + 1})
    .returning(case_counter.c.last)
)
_ADD_HEAD = insert(case_head)
_ADD_PARTIES = insert(case_party)
_ADD_VERSION = insert(case_version)
_COUNT = insert(case_count)
_COUNT = _COUNT.on_conflict_do_update(
    index_elements=["year", "scheme", "region", "state"],
    set_={name: case_count.c[name] + _COUNT.excluded[name] for name in ("cases", "owner_nok", "uh_nok")},
)
_MOVE = (
    update(case_head)
    .where(case_head.c.number == bindparam("case_number"), case_head.c.version == bindparam("read_version"))
    .values(state=bindparam("state"), state_since=bindparam("state_since"), version=case_head.c.version + 1)
)
_VERSIONS = (
    select(case_version)
    .where(case_version.c.number == bindparam("case_number"))
    .order_by(case_version.c.submission)
)
_ONE_VERSION = _VERSIONS.where(case_version.c.submission == bindparam("submission"))


# Filing


def submit(work: Work, draft: Draft, filing: Filing) -> Case:
    """File the draft: number, head, first version, counts, audit, and the draft is closed with its number.

    A draft that was filed before gives the case that it became.

    Raises: Stale - the draft was changed or thrown away since it was read. IntegrityError - another case of the
    scheme and region has that priority; where another process was faster, the job is tried again and sees it.
    """
    stored = drafts.get(work.connection, draft.id)
    if stored is None or stored.state is DraftState.DISCARDED:
        raise Stale(f"draft {draft.id}")
    if stored.case_number is not None:
        return _known(work.connection, stored.case_number)
    case = _case(work, filing)
    _keep(work, case)
    _keep_version(work, case, filing.report)
    _count(work.connection, case, +1)
    drafts.save(work, replace(draft, state=DraftState.SUBMITTED, case_number=case.number, saved_at=work.now))
    digest = hashlib.sha256(filing.report).hexdigest()
    audit.record(
        work, f"case:{case.number}", "submitted", {"draft": draft.id, "submission": 1, "report": digest}
    )
    return case


def _case(work: Work, filing: Filing) -> Case:
    """The head of a new case, under the next number of its year and scheme."""
    running = work.connection.execute(
        _NEXT_NUMBER, {"year": filing.cycle_year, "scheme": filing.scheme_short}
    ).scalar_one()
    return Case(
        number=str(CaseNumber(filing.cycle_year, filing.scheme_short, running)),
        form=filing.form,
        cycle_year=filing.cycle_year,
        scheme_set=filing.scheme_set,
        scheme=filing.scheme,
        region=filing.region,
        lead_owner=filing.lead_owner,
        other_owners=filing.other_owners,
        partners=filing.partners,
        title=filing.title,
        owner_nok=filing.owner_nok,
        uh_nok=filing.uh_nok,
        state=State.SUBMITTED,
        state_since=work.now,
        submitted_at=work.now,
        submitted_by=work.actor,
        submission=1,
        version=1,
        priority=filing.priority,
    )


def _keep(work: Work, case: Case) -> None:
    work.connection.execute(_ADD_HEAD, {name: getattr(case, name) for name in _HEAD})
    work.connection.execute(_ADD_PARTIES, list(_party_rows(case)))


def _party_rows(case: Case) -> Iterable[dict[str, object]]:
    parties = {
        Relation.LEAD_OWNER: (case.lead_owner,),
        Relation.OTHER_OWNER: case.other_owners,
        Relation.PARTNER: case.partners,
    }
    for relation, organisations in parties.items():
        for place, organisation in enumerate(organisations):
            yield {
                "number": case.number,
                "relation": relation,
                "organisation": organisation,
                "place": place,
            }


def _keep_version(work: Work, case: Case, report: bytes) -> None:
    work.connection.execute(
        _ADD_VERSION,
        {
            "number": case.number,
            "submission": case.submission,
            "submitted_at": case.submitted_at,
            "submitted_by": case.submitted_by,
            "report": report.decode(),
        },
    )


# Moving on


def move(work: Work, case: Case, to: State) -> Case:
    """Bring the case to its next state, with the counts and the audit.

    Raises: NoSuchMove - `domain.cases.NEXT` does not know this step. Stale - the case was changed since it was read.
    """
    if to not in NEXT[case.state]:
        raise NoSuchMove(f"{case.number}: {case.state} -> {to}")
    moved = work.connection.execute(
        _MOVE,
        {"case_number": case.number, "read_version": case.version, "state": to, "state_since": work.now},
    )
    if moved.rowcount != 1:
        raise Stale(f"case {case.number}")
    after = replace(case, state=to, state_since=work.now, version=case.version + 1)
    _count(work.connection, case, -1)
    _count(work.connection, after, +1)
    audit.record(work, f"case:{case.number}", "moved", {"from": case.state, "to": to})
    return after


def _count(connection: Connection, case: Case, step: int) -> None:
    connection.execute(
        _COUNT,
        {
            "year": case.cycle_year,
            "scheme": case.scheme,
            "region": case.region or "",
            "state": case.state,
            "cases": step,
            "owner_nok": step * case.owner_nok,
            "uh_nok": step * case.uh_nok,
        },
    )


# Reading. Who may see a case is asked in `store.views`; these are for commands that have asked already.


def get(connection: Connection, number: str) -> Case | None:
    cases = read(connection, _GET_HEAD, _GET_PARTIES, {"case_number": number})
    return cases[0] if cases else None


def _known(connection: Connection, number: str) -> Case:
    case = get(connection, number)
    assert case is not None
    return case


def read(
    connection: Connection, heads: Select[Any], parties: Select[Any], parameters: Mapping[str, object]
) -> tuple[Case, ...]:
    """The cases that one statement gives, with the parties that the other gives for them."""
    found = connection.execute(heads, parameters).all()
    if not found:
        return ()
    named: dict[tuple[str, str], list[str]] = {}
    for row in connection.execute(parties, parameters):
        named.setdefault((row.number, row.relation), []).append(row.organisation)
    return tuple(_head(row, named) for row in found)


def _head(row: Row[Any], named: Mapping[tuple[str, str], list[str]]) -> Case:
    return Case(
        **{
            **row._mapping,
            "state": State(row.state),
            "other_owners": tuple(named.get((row.number, Relation.OTHER_OWNER), ())),
            "partners": tuple(named.get((row.number, Relation.PARTNER), ())),
        }
    )


def versions(connection: Connection, number: str) -> tuple[Version, ...]:
    """Everything that was filed in the case, first to last."""
    return tuple(_version(row) for row in connection.execute(_VERSIONS, {"case_number": number}))


def version(connection: Connection, number: str, submission: int) -> Version | None:
    row = connection.execute(_ONE_VERSION, {"case_number": number, "submission": submission}).one_or_none()
    return _version(row) if row else None


def _version(row: Row[Any]) -> Version:
    return Version(row.number, row.submission, row.submitted_at, row.submitted_by, row.report.encode())
