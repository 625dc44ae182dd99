"""Lists and sums, filtered by what the person may see."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from domain.access import Visible
from domain.cases import Case
from store import cases as cases_
from store.drafts import begun as drafts_begun
from store.tables import case as case_table
from store.tables import case_party, counts

__all__ = ["RoundCount", "case", "cases", "drafts_begun", "round_counts"]


@dataclass(frozen=True, slots=True)
class RoundCount:
    scheme: str
    region: str | None
    state: str
    cases: int
    owner_nok: int
    uh_nok: int


def cases(connection: Connection, visible: Visible) -> tuple[Case, ...]:
    """The cases that are visible, in the order of their numbers."""
    if visible.everything:
        wanted = select(case_table.c.number)
    else:
        by_relation = {
            "lead_owner": visible.lead_owners,
            "other_owner": visible.other_owners,
            "partner": visible.partners,
        }
        wanted = select(case_party.c.number).where(
            or_(
                *(
                    and_(case_party.c.relation == relation, case_party.c.organisation.in_(organisations))
                    for relation, organisations in by_relation.items()
                )
            )
        )
    return cases_.load(connection, sorted(set(connection.execute(wanted).scalars())))


def case(connection: Connection, visible: Visible, number: str) -> Case | None:
    """The case, or None: it is not there, or not for this person."""
    found = cases_.get(connection, number)
    if found is None:
        return None
    is_theirs = (
        visible.everything
        or found.lead_owner in visible.lead_owners
        or not visible.other_owners.isdisjoint(found.other_owners)
        or not visible.partners.isdisjoint(found.partners)
    )
    return found if is_theirs else None


def round_counts(connection: Connection, cycle_year: int) -> tuple[RoundCount, ...]:
    """Scheme × region × state, from the counts that every change keeps."""
    wanted = (
        select(counts)
        .where(counts.c.cycle_year == cycle_year, counts.c.cases > 0)
        .order_by(counts.c.scheme, counts.c.region, counts.c.state)
    )
    return tuple(
        RoundCount(row.scheme, row.region or None, row.state, row.cases, row.owner_nok, row.uh_nok)
        for row in connection.execute(wanted)
    )
