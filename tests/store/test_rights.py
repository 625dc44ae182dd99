"""Lists are filtered by the same table of rights as single cases: every actor against every case, both ways."""

from collections.abc import Callable
from itertools import chain, combinations, product

import pytest
from sqlalchemy import Connection

from domain.access import Action, Actor, Role, RoleKind, Thing, Visible, may, visible_cases
from domain.cases import Case
from store import cases, drafts, views
from store.cases import Filing
from store.work import Store, Work
from tests.store.builders import ORGANISATIONS, a_draft, a_filing, do, with_register

KINDS_WITH_ORGANISATION = (RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)

ROLES = (
    *(Role(kind, organisation.id) for kind in KINDS_WITH_ORGANISATION for organisation in ORGANISATIONS),
    *(Role(kind, body="fagutvalg") for kind in (RoleKind.SEAT, RoleKind.SUBSTITUTE)),
    *(Role(kind) for kind in (RoleKind.SECRETARIAT, RoleKind.DECISION_MAKER, RoleKind.ADMINISTRATOR)),
)
ACTORS = tuple(
    Actor("somebody", "Somebody", "nb", roles)
    for roles in chain([()], ((role,) for role in ROLES), combinations(ROLES, 2))
)
FILINGS = tuple(
    a_filing(lead_owner=lead, other_owners=others, partners=partners)
    for lead, others, partners in product(
        ("1804", "1841", "18"), ((), ("1841",), ("18", "1804")), ((), ("nord",), ("nord", "uit"))
    )
    if lead not in others
)


def thing(case: Case) -> Thing:
    return Thing(case.lead_owner, frozenset(case.other_owners), frozenset(case.partners))


def listing(visible: Visible, year: int | None = None) -> Callable[[Connection], tuple[Case, ...]]:
    return lambda connection: views.cases(connection, visible, year=year)


def showing(visible: Visible, number: str) -> Callable[[Connection], Case | None]:
    return lambda connection: views.case(connection, visible, number)


def file_all(work: Work) -> tuple[Case, ...]:
    return tuple(
        cases.submit(work, drafts.create(work, a_draft(f"draft-{n}")), filing)
        for n, filing in enumerate(FILINGS)
    )


async def test_lists_show_what_may_be_seen_and_nothing_else(store: Store) -> None:
    await with_register(store)
    filed = await do(store, file_all)
    for actor in ACTORS:
        shown = await store.read(listing(visible_cases(actor)))
        allowed = [case for case in filed if may(actor, Action.SEE_CASE, thing(case))]
        assert sorted(shown, key=lambda case: case.number) == allowed, actor


async def test_a_single_case_is_shown_to_whom_the_list_shows_it(store: Store) -> None:
    await with_register(store)
    filed = await do(store, file_all)
    for actor, case in product(ACTORS[: len(ROLES) + 1], filed):
        shown = await store.read(showing(visible_cases(actor), case.number))
        assert shown == (case if may(actor, Action.SEE_CASE, thing(case)) else None), (actor, case)


async def test_a_case_that_is_not_yours_is_like_one_that_is_not(store: Store) -> None:
    await with_register(store)
    await do(store, file_all)
    assert await store.read(showing(Visible(), "2023-REKOM-001")) is None
    assert await store.read(showing(Visible(), "2023-REKOM-999")) is None
    assert await store.read(listing(Visible())) == ()


async def test_a_list_can_be_of_one_year(store: Store) -> None:
    await with_register(store)

    def file_two(work: Work) -> None:
        for year in (2023, 2024):
            filing: Filing = a_filing(cycle_year=year)
            cases.submit(work, drafts.create(work, a_draft(f"draft-{year}")), filing)

    await do(store, file_two)
    for visible in (Visible(everything=True), Visible(partners=frozenset({"uit"}))):
        shown = await store.read(listing(visible, 2024))
        assert [case.number for case in shown] == ["2024-REKOM-001"]


@pytest.mark.parametrize("number", ["' OR 1=1 --", "2023-REKOM-001 ", "2023-rekom-001", ""])
async def test_a_number_is_taken_as_it_is(store: Store, number: str) -> None:
    await with_register(store)
    await do(store, file_all)
    assert await store.read(showing(Visible(everything=True), number)) is None
