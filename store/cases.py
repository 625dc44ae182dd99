"""Filing and moving cases; the counts go with them in the same transaction (performance.md, rule 13)."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from domain.cases import NEXT, Case, CaseNumber, State
from domain.errors import Final, Stale
from store import audit, drafts
from store.drafts import Draft, DraftState
from store.tables import case, case_counter, case_party, case_version, counts
from store.work import Work

PARTIES = ("lead_owner", "other_owner", "partner")


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed: the head of the case and the report as JSON."""

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


def submit(work: Work, draft: Draft, filing: Filing) -> Case:
    """Make the draft a case. The same draft again gives the same case."""
    known = select(case.c.number).where(case.c.draft_id == draft.id)
    if (number := work.connection.execute(known).scalar()) is not None:
        return _must(get(work.connection, number), number)
    number = str(CaseNumber(filing.cycle_year, filing.scheme_short, _next_running(work, filing)))
    same = ("form", "cycle_year", "scheme_set", "scheme", "region", "title", "owner_nok", "uh_nok")
    work.connection.execute(
        case.insert().values(
            number=number,
            draft_id=draft.id,
            state=State.SUBMITTED.value,
            state_since=work.now,
            submitted_at=work.now,
            submitted_by=work.actor,
            submission=1,
            version=1,
            **{name: getattr(filing, name) for name in same},
        )
    )
    parties = [("lead_owner", filing.lead_owner)]
    parties += [("other_owner", owner) for owner in filing.other_owners]
    parties += [("partner", partner) for partner in filing.partners]
    work.connection.execute(
        case_party.insert(),
        [
            {"number": number, "relation": relation, "organisation": organisation, "place": place}
            for place, (relation, organisation) in enumerate(parties)
        ],
    )
    work.connection.execute(
        case_version.insert().values(
            number=number,
            submission=1,
            report=filing.report,
            received_at=work.now,
            submitted_by=work.actor,
        )
    )
    drafts.save(work, replace(draft, state=DraftState.SUBMITTED, case_number=number))
    filed = _must(get(work.connection, number), number)
    _count(work, filed, State.SUBMITTED, 1)
    audit.record(work, number, "submitted", {"draft": draft.id, "submission": 1})
    return filed


def get(connection: Connection, number: str) -> Case | None:
    found = load(connection, [number])
    return found[0] if found else None


def load(connection: Connection, numbers: list[str]) -> tuple[Case, ...]:
    """The cases with these numbers, in the order of their numbers."""
    rows = connection.execute(
        select(case).where(case.c.number.in_(numbers)).order_by(case.c.number)
    ).mappings()
    parties: dict[tuple[str, str], list[str]] = {}
    wanted = select(case_party).where(case_party.c.number.in_(numbers)).order_by(case_party.c.place)
    for party in connection.execute(wanted):
        parties.setdefault((party.number, party.relation), []).append(party.organisation)
    return tuple(
        Case(
            **{
                **{name: value for name, value in row.items() if name != "draft_id"},
                "state": State(row["state"]),
                "lead_owner": parties[row["number"], "lead_owner"][0],
                "other_owners": tuple(parties.get((row["number"], "other_owner"), ())),
                "partners": tuple(parties.get((row["number"], "partner"), ())),
            }
        )
        for row in rows
    )


def version(connection: Connection, number: str, submission: int) -> bytes | None:
    """The report as it was filed."""
    wanted = select(case_version.c.report).where(
        case_version.c.number == number, case_version.c.submission == submission
    )
    report: bytes | None = connection.execute(wanted).scalar()
    return report


def move(work: Work, moved: Case, to: State) -> Case:
    """To another state. Raises: Final - the state does not follow; Stale - it was moved since it was read."""
    if to not in NEXT[moved.state]:
        raise Final(f"{moved.number}: {moved.state} -> {to}")
    where = (case.c.number == moved.number) & (case.c.version == moved.version)
    values = {"state": to.value, "state_since": work.now, "version": moved.version + 1}
    if work.connection.execute(update(case).where(where).values(values)).rowcount != 1:
        raise Stale(moved.number)
    _count(work, moved, moved.state, -1)
    _count(work, moved, to, 1)
    audit.record(work, moved.number, "moved", {"from": moved.state.value, "to": to.value})
    return replace(moved, state=to, state_since=work.now, version=moved.version + 1)


def _next_running(work: Work, filing: Filing) -> int:
    """From a counter row, so that there are no gaps. Two at once: the later one waits, or runs again."""
    where = (case_counter.c.year == filing.cycle_year) & (case_counter.c.scheme_short == filing.scheme_short)
    raised = work.connection.execute(update(case_counter).where(where).values(last=case_counter.c.last + 1))
    if raised.rowcount == 0:
        row = {"year": filing.cycle_year, "scheme_short": filing.scheme_short, "last": 1}
        work.connection.execute(case_counter.insert().values(row))
    last: int = work.connection.execute(select(case_counter.c.last).where(where)).scalar_one()
    return last


def _count(work: Work, counted: Case, state: State, step: int) -> None:
    key = {
        "cycle_year": counted.cycle_year,
        "scheme": counted.scheme,
        "region": counted.region or "",
        "state": state.value,
    }
    where = [counts.c[name] == value for name, value in key.items()]
    changed = work.connection.execute(
        update(counts)
        .where(*where)
        .values(
            cases=counts.c.cases + step,
            owner_nok=counts.c.owner_nok + step * counted.owner_nok,
            uh_nok=counts.c.uh_nok + step * counted.uh_nok,
        )
    )
    if changed.rowcount == 0:
        sums = {"cases": step, "owner_nok": step * counted.owner_nok, "uh_nok": step * counted.uh_nok}
        work.connection.execute(counts.insert().values(key | sums))


def _must(found: Case | None, number: str) -> Case:
    if found is None:
        raise Final(number)
    return found
