"""Partnerships and what they have reported, on each database."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.access import Reach, Role, RoleKind
from domain.errors import Stale
from domain.grants import Subject
from domain.register import Person
from domain.roster import PriorGrant
from store import audit, cases, checks, drafts, grant_reports, owing, register, roster
from store.drafts import Draft, DraftState
from store.grant_reports import Filed
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, STAFF, a_draft, a_filing, beside, do, with_register

SUBJECT = Subject("half_year", "Brev 1", "1804", "nord", "2023-2")
GRANTS = (
    PriorGrant("Brev 1", 2022, "1804", "1804", "regional", "Språk", 300),
    PriorGrant("Brev 1", 2022, "nord", "1804", "regional", "Språk", 400),
    PriorGrant("Brev 1", 2023, "nord", "1804", "regional", "Språk", 9),
    PriorGrant("2023-REKOM-001", 2022, "1841", "1841", "regional", "Lek", 100),
    PriorGrant("Brev 3", 2022, "1841", "1841", "regional", "Ute", 50),
)
UNIVERSITY = Person("uh-nord", "Nord – kontakt", "nn")


async def with_grants(store: Store) -> Store:
    """Fauske's case, which the second decision names, has Nord and UiT as partners."""
    await with_register(store)

    def add(work: Work) -> None:
        register.add_person(work, UNIVERSITY)
        register.add_role(work, UNIVERSITY.id, Role(RoleKind.UNIVERSITY_CONTACT, "nord"))
        cases.submit(work, drafts.create(work, a_draft("draft-of-case")), a_filing())
        roster.seed_grants(work, GRANTS)

    await do(store, add)
    return store


def begun(work: Work, id_: str = "draft-1") -> Draft:
    draft = a_draft(id_, form="half_year_report", owner="1804", partner="nord", about=str(SUBJECT))
    return drafts.create(work, draft)


def filed(report: str, id_: str = "draft-1") -> Any:
    return lambda work: grant_reports.file(work, begun(work, id_), SUBJECT, "regional", report.encode())


async def faults_of_reports(store: Store) -> list[tuple[str, str]]:
    """Not of the case, which has a report that nobody could have filed."""
    found = (await store.read(checks.verify)).faults
    return [(fault.subject, fault.what) for fault in found if not fault.subject.startswith("case:")]


async def test_partnerships_of_a_year_are_read(store: Store) -> None:
    await with_grants(store)
    found = await store.read(lambda c: grant_reports.of_year(c, 2022))
    assert [(each.title, each.owner, each.university, each.owner_nok, each.uh_nok) for each in found] == [
        ("Lek", "1841", "nord", 100, 0),
        ("Lek", "1841", "uit", 100, 0),
        ("Språk", "1804", "nord", 300, 400),
    ]
    assert await store.read(lambda c: grant_reports.partnership(c, SUBJECT)) == found[2]
    unknown = Subject("half_year", "Brev 9", "1804", "nord", "2023-2")
    assert await store.read(lambda c: grant_reports.partnership(c, unknown)) is None
    assert await store.read(lambda c: grant_reports.unasked(c, 2022)) == (GRANTS[4],)


async def test_grants_are_seeded_once(store: Store) -> None:
    await with_grants(store)
    await do(store, lambda work: roster.seed_grants(work, GRANTS))
    assert len((await store.read(roster.read)).grants) == len(GRANTS)


async def test_versions_of_a_report_are_kept_side_by_side(store: Store) -> None:
    await with_grants(store)
    first = await do(store, filed('{"a":1}'))
    second = await do(store, filed('{"a":2}', "draft-2"), at=NOW + timedelta(days=1), actor=UNIVERSITY.id)
    expected = Filed(
        *(str(SUBJECT), 1, "half_year_report", "2023-2", "Brev 1", "1804", "nord", "regional"),
        *(NOW, OWNER.id, '{"a":1}'),
    )
    assert first == expected
    assert (second.submission, second.submitted_by) == (2, UNIVERSITY.id)
    assert await store.read(lambda c: grant_reports.versions(c, str(SUBJECT))) == (first, second)
    assert await store.read(lambda c: grant_reports.newest(c, str(SUBJECT))) == second
    kept = await store.read(lambda c: grant_reports.of_period(c, "half_year_report", "2023-2"))
    assert kept == {str(SUBJECT): second}
    assert await store.read(lambda c: grant_reports.of_period(c, "half_year_report", "2024-2")) == {}
    entries = await store.read(lambda c: audit.history(c, f"report:{SUBJECT}"))
    assert [entry.action for entry in entries] == ["submitted", "submitted"]
    assert await faults_of_reports(store) == []


async def test_a_draft_is_filed_once(store: Store) -> None:
    await with_grants(store)
    draft = await do(store, begun)
    assert await store.read(lambda c: grant_reports.begun(c, "half_year_report")) == {str(SUBJECT)}
    await do(store, lambda work: grant_reports.file(work, draft, SUBJECT, "regional", b"{}"))
    with pytest.raises(Stale):
        await do(store, lambda work: grant_reports.file(work, draft, SUBJECT, "regional", b"{}"))
    kept = await store.read(lambda c: drafts.get(c, draft.id))
    assert kept is not None
    assert kept.state is DraftState.SUBMITTED
    assert await store.read(lambda c: grant_reports.begun(c, "half_year_report")) == frozenset()


@pytest.mark.parametrize("statement", ["UPDATE grant_report SET report = '{}'", "DELETE FROM grant_report"])
async def test_what_was_filed_is_kept(store: Store, url: str, statement: str) -> None:
    await with_grants(store)
    await do(store, filed('{"a":1}'))
    with pytest.raises(DBAPIError), beside(url) as connection:
        connection.execute(text(statement))


async def test_what_is_done_past_the_program_is_found(store: Store, url: str, backend: str) -> None:
    await with_grants(store)
    await do(store, filed('{"a":1}'))
    of = "" if backend == "sqlite" else " ON grant_report"
    with beside(url) as connection:
        connection.execute(text(f"DROP TRIGGER grant_report_is_not_changed{of}"))
        connection.execute(text("UPDATE grant_report SET report = '{}'"))
    assert await faults_of_reports(store) == [(f"report:{SUBJECT}", "version_not_recorded")]


async def test_a_draft_of_a_partnership_is_reached_by_both_and_nobody_else(store: Store) -> None:
    await with_grants(store)
    draft = await do(store, begun)
    on = NOW.date()
    for reach, reached in (
        (Reach(owners=frozenset({"1804"})), True),
        (Reach(partners=frozenset({"nord"})), True),
        (Reach(partners=frozenset({"uit"}), owners=frozenset({"1841"}), author=OWNER.id), False),
        (Reach(office=True), False),
    ):
        found = await store.read(partial(drafts.open_of, reach=reach, on=on))
        assert (draft.id in {each.id for each in found}) is reached


async def test_contacts_of_owners_with_grants_and_of_universities_might_owe_a_report(store: Store) -> None:
    await with_grants(store)
    found = await store.read(
        lambda c: list(c.execute(owing.GRANT_HOLDERS, {"on": date(2023, 9, 1)}).scalars())
    )
    assert sorted(found) == sorted([OWNER.id, OTHER.id, UNIVERSITY.id])
    assert STAFF.id not in found
