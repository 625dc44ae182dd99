"""The forum's years as they are kept, and whom their events are for."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.access import Role, RoleKind
from domain.calendar import Event, Party, Precision, on_day, planned_year
from domain.cases import State
from domain.register import Person
from store import audience, audit, cases, confirmations, drafts, register, years
from store import tables as t
from store.work import Store, Work
from store.years import KnownYear, YearIsOver
from tests.store.builders import NOW, OTHER, OWNER, STAFF, TODAY, a_draft, a_filing, do, with_register
from tests.store.everything import put

AUTUMN = datetime(2023, 11, 1, 9, tzinfo=UTC)


def event(work: Work, year: int, key: str) -> Event:
    found = years.year_of(work.connection, "nordland", year).year.event(key)
    assert found
    return found


async def known(store: Store, year: int) -> KnownYear:
    return await store.read(lambda connection: years.year_of(connection, "nordland", year))


async def test_a_year_that_nobody_has_touched_is_as_planned(store: Store) -> None:
    first, second = await known(store, 2023), await known(store, 2024)
    assert (first.is_approved, second.is_approved, second.version) == (True, False, 0)
    assert second.year == planned_year("nordland", 2024).year


async def test_years_that_no_plan_reaches_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="2023"):
        await known(store, 2022)


async def test_a_draft_is_made_once(store: Store) -> None:
    made = await do(store, lambda work: years.make_draft(work, "nordland", 2024), at=AUTUMN)
    again = await do(store, lambda work: years.make_draft(work, "nordland", 2024), at=AUTUMN)
    assert made == again == await known(store, 2024)
    assert (made.is_approved, made.year) == (False, planned_year("nordland", 2024).year)
    rows = await store.read(lambda connection: audit.history(connection, "year:2024"))
    assert [row.action for row in rows] == ["drafted"]


async def test_approving_says_who_and_when_and_happens_once(store: Store) -> None:
    did = [
        await do(store, lambda work: years.approve(work, "nordland", 2024), at=AUTUMN, actor=STAFF.id)
        for _ in range(2)
    ]
    assert did == [True, False]
    found = await known(store, 2024)
    assert (found.is_approved, found.approved_at, found.approved_by) == (True, AUTUMN, STAFF.id)
    rows = await store.read(lambda connection: audit.history(connection, "year:2024"))
    assert [(row.action, row.actor) for row in rows] == [("drafted", STAFF.id), ("approved", STAFF.id)]


async def test_an_event_that_is_moved_is_kept_in_its_place(store: Store) -> None:
    def job(work: Work) -> int:
        moved = on_day(event(work, 2024, "committee_treatment"), date(2024, 2, 16))
        return years.change_event(work, "nordland", 2024, moved)

    assert [await do(store, job, at=AUTUMN) for _ in range(2)] == [2, 3]
    found = await known(store, 2024)
    assert found.versions["committee_treatment"] == 3
    assert found.versions["letters_ready"] == 1
    planned = planned_year("nordland", 2024).year
    assert [each.key for each in found.year.events] == [each.key for each in planned.events]
    assert [each for each in found.year.events if each not in planned.events] == [
        on_day(planned.event("committee_treatment"), date(2024, 2, 16))  # type: ignore[arg-type]  # it is there
    ]


async def test_the_next_year_is_made_from_the_one_that_is_kept(store: Store) -> None:
    """A day that staff gave goes on; months stay months, and a deadline has its own date again."""

    def job(work: Work) -> None:
        for year, key, day in (
            (2024, "committee_treatment", date(2024, 2, 16)),
            (2024, "region_ih_autumn", date(2024, 9, 12)),
        ):
            years.change_event(work, "nordland", year, on_day(event(work, year, key), day))

    await do(store, job, at=AUTUMN)
    found = (await known(store, 2025)).year
    assert {
        key: (each.precision, each.first, each.last)
        for key in ("committee_treatment", "region_ih_autumn", "report_deadline")
        if (each := found.event(key))
    } == {
        "committee_treatment": (Precision.DAY, date(2025, 2, 16), None),
        "region_ih_autumn": (Precision.MONTH, date(2025, 9, 1), date(2025, 9, 30)),
        "report_deadline": (Precision.DAY, date(2025, 6, 16), None),
    }


async def test_what_has_been_is_not_changed(store: Store) -> None:
    def job(work: Work) -> None:
        years.change_event(
            work, "nordland", 2023, on_day(event(work, 2023, "letters_ready"), date(2023, 12, 1))
        )

    with pytest.raises(YearIsOver):
        await do(store, job, at=datetime(2024, 1, 1, 9, tzinfo=UTC))
    assert (await known(store, 2023)).version == 0


async def test_an_event_that_the_year_does_not_have_is_refused(store: Store) -> None:
    def job(work: Work) -> None:
        years.change_event(work, "nordland", 2024, replace(event(work, 2024, "letters_ready"), key="picnic"))

    with pytest.raises(KeyError):
        await do(store, job)
    assert (await known(store, 2024)).version == 0


async def test_a_change_is_seen_in_the_transaction_that_makes_it(store: Store) -> None:
    def job(work: Work) -> date | None:
        years.change_event(
            work, "nordland", 2024, on_day(event(work, 2024, "letters_ready"), date(2024, 4, 3))
        )
        return event(work, 2024, "letters_ready").first

    assert await do(store, job) == date(2024, 4, 3)


# Whom events are for


MORE = (
    ("filer-fauske", Role(RoleKind.FILER, "1841")),
    ("nord", Role(RoleKind.UNIVERSITY_CONTACT, "nord")),
    ("uit", Role(RoleKind.UNIVERSITY_CONTACT, "uit")),
    ("fagutvalg", Role(RoleKind.SEAT, body="committee_school")),
    ("vara", Role(RoleKind.SUBSTITUTE, body="committee_school")),
    ("forum", Role(RoleKind.SEAT, body="forum")),
    ("sluttet", Role(RoleKind.SEAT, body="forum", valid_to=date(2022, 12, 31))),
)


def _people(work: Work) -> None:
    for person_id, role in MORE:
        register.add_person(work, Person(person_id, person_id, None))
        register.add_role(work, person_id, role)


async def whom(
    store: Store, party: Party, region: str | None = None, on: date = TODAY, year: int | None = None
) -> list[str]:
    def job(work: Work) -> list[str]:
        statement = audience.of("nordland", party, region, year)
        return sorted(work.connection.execute(statement, {"on": on}).scalars())

    return await do(store, job)


@pytest.fixture
async def peopled(store: Store) -> Store:
    await with_register(store)
    await do(store, _people)
    return store


@pytest.mark.parametrize(
    ("party", "region", "people"),
    [
        (Party.COUNTY_GOVERNOR, None, [STAFF.id]),
        (Party.OWNERS, None, [OWNER.id, OTHER.id, "filer-fauske"]),
        (Party.NETWORK, "SALTEN", [OWNER.id, OTHER.id, "filer-fauske"]),
        (Party.NETWORK, "LOFOTEN", []),
        (Party.COMMITTEES, None, ["fagutvalg"]),
        (Party.FORUM, None, ["forum"]),
        (Party.FORUM_AND_COMMITTEES, None, ["fagutvalg", "forum"]),
        (Party.GRANT_HOLDERS, None, []),
    ],
)
async def test_whom_an_event_is_for(
    peopled: Store, party: Party, region: str | None, people: list[str]
) -> None:
    assert await whom(peopled, party, region) == sorted(people)


async def test_an_owner_that_takes_part_in_a_network_elsewhere_is_of_it(peopled: Store) -> None:
    await do(
        peopled,
        lambda work: put(work, t.network_member, network="LOFOTEN", organisation="1804", valid_to=TODAY),
    )
    assert await whom(peopled, Party.NETWORK, "LOFOTEN") == [OWNER.id]
    assert await whom(peopled, Party.NETWORK, "LOFOTEN", date(2023, 1, 17)) == []


async def test_roles_count_on_the_day(peopled: Store) -> None:
    assert await whom(peopled, Party.FORUM, on=date(2022, 12, 31)) == ["forum", "sluttet"]


async def test_those_who_hold_a_grant_from_before_the_bot_came(peopled: Store) -> None:
    grant = {
        "reference": "Brev",
        "scheme": "regional",
        "title": "Språk",
        "nok": 1,
        "recipient": "nord",
        "lead_owner": "1841",
    }
    await do(peopled, lambda work: put(work, t.prior_grant, year=2022, **grant))
    holders = sorted((OTHER.id, "filer-fauske", "nord"))
    assert await whom(peopled, Party.GRANT_HOLDERS) == holders
    assert await whom(peopled, Party.PARTNERSHIP, "SALTEN") == holders
    assert await whom(peopled, Party.PARTNERSHIP, "LOFOTEN") == []
    assert await whom(peopled, Party.GRANT_HOLDERS, on=date(2024, 6, 1)) == []
    assert await whom(peopled, Party.GRANT_HOLDERS, year=2023) == holders
    assert await whom(peopled, Party.GRANT_HOLDERS, year=2024) == []


async def test_those_whose_case_was_granted_money(peopled: Store) -> None:
    way = (State.SCREENING, State.COMPLETE, State.COMMITTEE, State.FORUM, State.RECOMMENDED, State.DECIDED)

    def job(work: Work) -> None:
        case = cases.submit(
            work, drafts.create(work, a_draft()), a_filing(partners=("uit",), other_owners=())
        )
        confirmations.ask(work, f"case:{case.number}", "uit", {"title": case.title})
        confirmations.confirm(work, f"case:{case.number}", "uit", {"title": case.title})
        for state in way:
            case = cases.move(work, case, state)

    await do(peopled, job, at=NOW)
    assert await whom(peopled, Party.GRANT_HOLDERS) == sorted((OWNER.id, "uit"))
    assert await whom(peopled, Party.GRANT_HOLDERS, year=2023) == []
    assert await whom(peopled, Party.GRANT_HOLDERS, year=2024) == sorted((OWNER.id, "uit"))
