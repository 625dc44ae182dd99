"""Cases: filed once under a number without gaps, versions that never change, states along `domain.cases.NEXT`."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, bindparam, delete, select, update

from domain.access import Relation
from domain.cases import GIVEN_UP, NEXT, Case, CaseNumber, State, way
from domain.errors import Final, Stale
from store import audit, confirmations, drafts
from store.drafts import Draft, DraftState, Purpose
from store.tables import (
    case_count,
    case_counter,
    case_head,
    case_money,
    case_party,
    case_return,
    case_version,
    insert,
)
from store.work import Work


class NoSuchMove(Final):
    """The case cannot go from its state to that one."""


class NotConfirmed(Final):
    """A university has not confirmed its part of the case, which is needed for that state."""


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


class VersionKind(StrEnum):
    SUBMISSION = "submission"
    CORRECTION = "correction"  # a mistake mended by the secretariat


@dataclass(frozen=True, slots=True)
class Version:
    """What was filed, word for word; `submission` counts from 1."""

    number: str
    submission: int
    submitted_at: datetime
    submitted_by: str
    report: bytes
    kind: VersionKind = VersionKind.SUBMISSION
    reason: str | None = None  # of a correction


@dataclass(frozen=True, slots=True)
class Return:
    """Why a version was sent back, field by field; the key "" is for the whole."""

    number: str
    submission: int
    returned_at: datetime
    returned_by: str
    answer_by_on: date
    reasons: dict[str, str]


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
_COUNT_MONEY = insert(case_money)
_COUNT_MONEY = _COUNT_MONEY.on_conflict_do_update(
    index_elements=["cycle_year", "scheme", "year"],
    set_={
        name: case_money.c[name] + _COUNT_MONEY.excluded[name] for name in ("cases", "owner_nok", "uh_nok")
    },
)
_CHANGEABLE = tuple(
    name for name in _HEAD if name not in ("number", "form", "cycle_year", "scheme_set", "scheme")
)
_CHANGE = (
    update(case_head)
    .where(case_head.c.number == bindparam("case_number"), case_head.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in _CHANGEABLE})
)
_WITH_PRIORITY = select(case_head.c.number).where(
    case_head.c.cycle_year == bindparam("year"),
    case_head.c.scheme == bindparam("scheme"),
    case_head.c.region == bindparam("region"),
    case_head.c.priority == bindparam("priority"),
    case_head.c.state != State.WITHDRAWN,
)
_DROP_PARTIES = delete(case_party).where(case_party.c.number == bindparam("case_number"))
_ADD_RETURN = insert(case_return)
_RETURNS = select(*(case_return.c[field.name] for field in fields(Return))).where(
    case_return.c.number == bindparam("case_number")
)
_ALL_RETURNS = _RETURNS.order_by(case_return.c.id)
_LAST_RETURN = _RETURNS.order_by(case_return.c.id.desc()).limit(1)
_VERSIONS = (
    select(case_version)
    .where(case_version.c.number == bindparam("case_number"))
    .order_by(case_version.c.submission)
)
_ONE_VERSION = _VERSIONS.where(case_version.c.submission == bindparam("submission"))


# Filing


def submit(work: Work, draft: Draft, filing: Filing, *, reason: str | None = None) -> Case:
    """File the draft: number, head, version, counts, audit, and the draft is closed with its number.

    A draft about a case becomes the case's next version; with `reason`, a correction.

    A draft that was filed before gives the case that it became.

    Raises: Stale - the draft was changed or thrown away since it was read. IntegrityError - another case of the
    scheme and region has that priority; where another process was faster, the job is tried again and sees it.
    """
    stored = drafts.get(work.connection, draft.id)
    if stored is None or stored.state is DraftState.DISCARDED:
        raise Stale(f"draft {draft.id}")
    if stored.case_number is not None:
        return _known(work.connection, stored.case_number)
    case = _next_version(work, draft, filing) if draft.about else _first_version(work, filing)
    _keep_version(work, case, draft.purpose, filing.report, reason)
    filed = replace(draft, state=DraftState.SUBMITTED, case_number=case.number, saved_at=work.now)
    drafts.save(work, draft, filed)
    digest = hashlib.sha256(filing.report).hexdigest()
    detail = {"draft": draft.id, "submission": case.submission, "report": digest}
    if reason:
        detail["reason"] = reason
    audit.record(work, f"case:{case.number}", _FILED[draft.purpose], detail)
    return case


_FILED = {
    Purpose.REPORT: "submitted",
    Purpose.ON_BEHALF: "registered_on_behalf",
    Purpose.CORRECTION: "corrected",
}


def _first_version(work: Work, filing: Filing) -> Case:
    case = _case(work, filing)
    _keep(work, case)
    _count(work.connection, case, +1, filing.report)
    return case


def _next_version(work: Work, draft: Draft, filing: Filing) -> Case:
    """The case with what is filed now. A correction leaves it where it is, and the owner's receipt as it was.

    Raises: Stale - the case was changed since it was read. ValueError - it is another scheme's.
    """
    before = _known(work.connection, draft.about or "")
    if filing.scheme != before.scheme:
        raise ValueError(f"{before.number} is of {before.scheme}")
    now_filed = {name: getattr(filing, name) for name in _REFILED}
    after = replace(before, **now_filed, submission=before.submission + 1, version=before.version + 1)
    if draft.purpose is not Purpose.CORRECTION:
        since = before.state_since if before.state is State.SUBMITTED else work.now
        after = replace(
            after,
            state=State.SUBMITTED,
            state_since=since,
            submitted_at=work.now,
            submitted_by=work.actor,
            answer_by_on=None,
        )
    _rewrite(work, before, after, filing.report)
    return after


# What a new version may change on the head of its case.
_REFILED = (
    *("region", "lead_owner", "other_owners", "partners", "title"),
    *("owner_nok", "uh_nok", "priority"),
)


def _rewrite(work: Work, before: Case, after: Case, report: bytes | None = None) -> None:
    """The head, the parties and the counts of a case that has changed. `report`: the newest, where it is not kept yet.

    Raises: Stale - it was changed since it was read.
    """
    values = {name: getattr(after, name) for name in _CHANGEABLE}
    known = {"case_number": before.number, "read_version": before.version}
    if work.connection.execute(_CHANGE, values | known).rowcount != 1:
        raise Stale(f"case {before.number}")
    if tuple(_party_rows(before)) != tuple(_party_rows(after)):
        work.connection.execute(_DROP_PARTIES, {"case_number": before.number})
        work.connection.execute(_ADD_PARTIES, list(_party_rows(after)))
    _count(work.connection, before, -1)
    _count(work.connection, after, +1, report)


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


def _keep_version(work: Work, case: Case, purpose: Purpose, report: bytes, reason: str | None) -> None:
    is_correction = purpose is Purpose.CORRECTION
    work.connection.execute(
        _ADD_VERSION,
        {
            "number": case.number,
            "submission": case.submission,
            "submitted_at": work.now,
            "submitted_by": work.actor,
            "report": report.decode(),
            "kind": VersionKind.CORRECTION if is_correction else VersionKind.SUBMISSION,
            "reason": reason if is_correction else None,
        },
    )


# Moving on


def move(work: Work, case: Case, to: State, *, action: str = "moved") -> Case:
    """Bring the case to its next state, with the counts and the audit, which calls it by `action`.

    Raises: NoSuchMove - `domain.cases.NEXT` does not know this step. NotConfirmed - it would be complete, and is not
    (domain.md 5.1, `uh_confirmation`). Stale - the case was changed since it was read.
    """
    if to not in NEXT[case.state]:
        raise NoSuchMove(f"{case.number}: {case.state} -> {to}")
    if to is State.COMPLETE and (missing := unconfirmed(work.connection, case)):
        raise NotConfirmed(f"{case.number}: {', '.join(missing)}")
    after = replace(case, state=to, state_since=work.now, version=case.version + 1)
    _rewrite(work, case, after)
    audit.record(work, f"case:{case.number}", action, {"from": case.state, "to": to})
    return after


def unconfirmed(connection: Connection, case: Case) -> tuple[str, ...]:
    """The universities of the case that have not confirmed their part of it as it is now."""
    standing = confirmations.standing(connection, f"case:{case.number}")
    return tuple(key for key in case.partners if key not in standing or not standing[key].holds)


def withdraw(work: Work, case: Case) -> Case:
    """The owner takes the case back; it is kept, and can be read.

    Raises: NoSuchMove - it is too far on. Stale.
    """
    return move(work, case, State.WITHDRAWN, action="withdrawn")


def reopen(work: Work, case: Case) -> Case:
    """The owner takes its withdrawal back: the case is where it was, without its priority where another has it by now.

    Raises: NoSuchMove - it was not withdrawn. Stale.
    """
    where = State.RETURNED if case.answer_by_on else State.SUBMITTED
    return move(work, _without_taken_priority(work, case), where, action="withdrawal_undone")


def send_back(work: Work, case: Case, reasons: dict[str, str], answer_by_on: date) -> Case:
    """Give the case back to its owner, with what is to be changed and until when; also one that was withdrawn or
    turned down, which is reopened so.

    Raises: NoSuchMove - it is too far on, or with the owner already. Stale.
    """
    steps = way(case.state, State.RETURNED)
    if steps is None:
        raise NoSuchMove(f"{case.number}: {case.state} -> {State.RETURNED}")
    is_reopened = case.state in (State.WITHDRAWN, State.DECLINED_CRITERIA)
    for state in steps[:-1]:
        case = move(work, case, state)
    if is_reopened:
        case = _without_taken_priority(work, case)
    after = replace(
        case,
        state=State.RETURNED,
        state_since=work.now,
        version=case.version + 1,
        answer_by_on=answer_by_on,
    )
    _rewrite(work, case, after)
    work.connection.execute(
        _ADD_RETURN,
        {
            "number": case.number,
            "submission": case.submission,
            "returned_at": work.now,
            "returned_by": work.actor,
            "answer_by_on": answer_by_on,
            "reasons": reasons,
        },
    )
    audit.record(
        work,
        f"case:{case.number}",
        "reopened" if is_reopened else "returned",
        {"fields": sorted(filter(None, reasons)), "answer_by_on": answer_by_on.isoformat()},
    )
    return after


def _without_taken_priority(work: Work, case: Case) -> Case:
    """A case that comes back, whose priority another may have by now; then the owner gives a new one."""
    place = {"year": case.cycle_year, "scheme": case.scheme, "region": case.region, "priority": case.priority}
    found = work.connection.execute(_WITH_PRIORITY, place).scalars()
    return replace(case, priority=None) if any(number != case.number for number in found) else case


def note_journal_number(work: Work, case: Case, journal_number: str) -> Case:
    """The case's number in the archive of the county governor.

    Raises: Stale.
    """
    after = replace(case, journal_number=journal_number, version=case.version + 1)
    _rewrite(work, case, after)
    audit.record(work, f"case:{case.number}", "journal_noted", {"journal_number": journal_number})
    return after


def _count(connection: Connection, case: Case, step: int, report: bytes | None = None) -> None:
    """Count the case in, or out. `report`: its newest, where it is not kept yet."""
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

    if case.state in GIVEN_UP:
        return
    if report is None:
        filed = version(connection, case.number, case.submission)
        report = filed.report if filed else b"{}"
    for year, (owner_nok, uh_nok) in by_year(report).items():
        connection.execute(
            _COUNT_MONEY,
            {
                "cycle_year": case.cycle_year,
                "scheme": case.scheme,
                "year": year,
                "cases": step * bool(owner_nok + uh_nok),
                "owner_nok": step * owner_nok,
                "uh_nok": step * uh_nok,
            },
        )


def by_year(report: bytes) -> dict[int, tuple[int, int]]:
    """What a filed report asks for in each year: kroner for the owner, and for universities."""
    filed: Mapping[str, Any] = orjson.loads(report)
    owner: dict[str, int] = filed.get("budget_owner", {})
    partners: tuple[dict[str, int], ...] = tuple(filed.get("budget_uh", {}).values())
    years = dict.fromkeys(year for budget in (owner, *partners) for year in budget)
    return {
        int(year): (owner.get(year, 0), sum(budget.get(year, 0) for budget in partners)) for year in years
    }


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
    return Version(
        row.number,
        row.submission,
        row.submitted_at,
        row.submitted_by,
        row.report.encode(),
        VersionKind(row.kind),
        row.reason,
    )


def returns(connection: Connection, number: str) -> tuple[Return, ...]:
    """Each time the case was sent back, first to last."""
    rows = connection.execute(_ALL_RETURNS, {"case_number": number})
    return tuple(Return(**row._mapping) for row in rows)


def last_return(connection: Connection, number: str) -> Return | None:
    """Why the case was sent back last."""
    row = connection.execute(_LAST_RETURN, {"case_number": number}).first()
    return Return(**row._mapping) if row else None
