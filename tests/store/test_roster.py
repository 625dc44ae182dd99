"""The register as a whole: through files and back, changed in one job, and each change told in the audit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from dialogs.papers import roster as papers
from dialogs.texts import languages, texts
from domain.access import RoleKind
from domain.demo import demo_register
from domain.forum import load_forum
from domain.register import Organisation, OrganisationKind, Person
from domain.roster import (
    Change,
    HeldRole,
    NetworkMember,
    PriorGrant,
    Roster,
    Unit,
    UnitKind,
    What,
    changes,
)
from domain.roster_rows import Rows, known, read_rows
from store import audit, register
from store import roster as rosters
from store.work import Store, Work
from tests.store.builders import NOW, TODAY, do

FORUM = load_forum("nordland")
KNOWN = known(FORUM, languages())


def private_owners(how_many: int) -> tuple[Organisation, ...]:
    kinds = (OrganisationKind.KINDERGARTEN_OWNER, OrganisationKind.SCHOOL_OWNER)
    return tuple(
        Organisation(
            f"eksempel-{number:02}",
            kinds[number % 2],
            f'=Privat eier {number}; «Eksempel», "Nordland"',
            FORUM.municipalities[number % 41].number,
            is_example=True,
            valid_from=date(2020, 1, 1) if number % 3 else None,
            followup_from=date(2022, 8, 1) if number % 5 == 0 else None,
            followup_to=date(2025, 7, 31) if number % 10 == 0 else None,
        )
        for number in range(how_many)
    )


def people(how_many: int) -> tuple[Person, ...]:
    return tuple(
        Person(
            f"kontakt-{number:03}",
            f"Kontakt {number} (eksempel)",
            (None, "nb", "nn", "en")[number % 4],
            f"kontakt-{number:03}@example.org" if number % 7 else None,
            f"+47 00 00 {number // 100:02} {number % 100:02}" if number % 6 else None,
            is_example=True,
        )
        for number in range(how_many)
    )


def roles(people: tuple[Person, ...], owners: tuple[Organisation, ...]) -> tuple[HeldRole, ...]:
    """Some of every kind, some ended, some to come, some twice with a gap between."""
    numbers = count()
    bodies, universities = [body.key for body in FORUM.bodies], [each.id for each in FORUM.universities]
    kinds = (
        RoleKind.SEAT,
        RoleKind.SUBSTITUTE,
        RoleKind.SECRETARIAT,
        RoleKind.DECISION_MAKER,
        RoleKind.FILER,
    )

    def held(person: Person) -> HeldRole:
        number = next(numbers)
        since = (None, date(2020, 8, 1), date(2023, 8, 1))[number % 3]
        if number % 4 or number < 41:
            return HeldRole(person.id, RoleKind.OWNER_CONTACT, owners[number % len(owners)].id, None, since)
        kind = kinds[number // 4 % 5]
        if kind is RoleKind.FILER:
            return HeldRole(person.id, kind, owners[number % 41].id, None, since, date(2024, 7, 31))
        body = bodies[number % 4] if kind in (RoleKind.SEAT, RoleKind.SUBSTITUTE) else None
        return HeldRole(person.id, kind, None, body, since)

    once = [held(person) for person in people]
    before = [
        replace(each, valid_from=date(2018, 1, 1), valid_to=date(2019, 6, 30))
        for each in once
        if each.valid_from
    ]
    at_universities = [
        HeldRole(person.id, RoleKind.UNIVERSITY_CONTACT, university)
        for person, university in zip(people, universities, strict=False)
    ]
    return (*once, *before, *at_universities)


def a_county() -> Roster:
    """41 municipalities, 60 private owners and 200 people, named by their role."""
    owners = (*FORUM.organisations()[:41], *private_owners(60))
    everybody = people(200)
    return Roster(
        tuple(sorted((*FORUM.organisations(), *private_owners(60)), key=lambda each: each.id)),
        (
            Unit("barnehage-a", "1804", UnitKind.KINDERGARTEN, "Barnehage A"),
            Unit(
                "skole-a",
                "eksempel-01",
                UnitKind.SCHOOL,
                "Skole A",
                "123456785",
                date(2020, 1, 1),
                date(2026, 6, 30),
            ),
        ),
        everybody,
        roles(everybody, owners),
        tuple(
            NetworkMember(region.key, member.municipality, member.valid_from, member.valid_to)
            for region, member in FORUM.memberships()
        ),
        (
            PriorGrant(
                "2021/17",
                2022,
                "1804",
                "1804",
                "decentralised",
                "-Språk i barnehagen",
                150_000,
                date(2021, 8, 15),
            ),
            PriorGrant("2021/17", 2022, "nord", "1804", "decentralised", "-Språk i barnehagen", 1_000_000),
        ),
    )


def rows_of(content: bytes) -> Rows:
    read = papers.read(content, FORUM)
    assert not isinstance(read, tuple), read
    return read


def bring_in(content: bytes, reason: str = "prøve") -> Callable[[Work], tuple[Change, ...]]:
    def job(work: Work) -> tuple[Change, ...]:
        before = rosters.read(work.connection)
        after = read_rows(rows_of(content), before, KNOWN, TODAY)
        assert isinstance(after, Roster), [papers.fault_text(fault, FORUM, texts("nb")) for fault in after]
        found = changes(before, after)
        rosters.apply(work, found, reason)
        return found

    return job


async def imported(store: Store, content: bytes) -> tuple[Change, ...]:
    return await do(store, bring_in(content), actor="operator")


async def last_entry(store: Store, subject: str) -> audit.Entry:
    return (await store.read(lambda connection: audit.history(connection, subject)))[-1]


@pytest.mark.parametrize("ending", [".xlsx", ".zip"])
@pytest.mark.parametrize("language", languages())
async def test_a_county_goes_through_a_file_and_back_without_a_difference(
    store: Store, ending: str, language: str
) -> None:
    """Into a database with the municipalities, out in the language, in again; then into an empty one."""
    await do(store, lambda work: register.seed(work, FORUM.organisations()), actor="operator")
    county = a_county()
    first = await imported(store, papers.write(county, ending, FORUM, texts("nb")))
    assert {change.what for change in first} == {What.ADDED}
    kept = await store.read(rosters.read)
    assert kept == county
    again = papers.write(kept, ending, FORUM, texts(language))
    assert await imported(store, again) == ()
    assert read_rows(rows_of(again), Roster(), KNOWN, TODAY) == county
    assert await store.read(audit.verify) == ()


async def test_the_demo_register_goes_through_a_file_and_back(store: Store) -> None:
    demo = demo_register(FORUM)
    seeded = [*FORUM.organisations(), *demo.organisations]
    await do(store, lambda work: register.seed(work, seeded, demo.people, demo.roles), actor="operator")
    kept = await store.read(rosters.read)
    assert await imported(store, papers.write(kept, ".xlsx", FORUM, texts("nn"))) == ()


async def test_every_change_is_kept_with_who_and_why(store: Store) -> None:
    await do(store, lambda work: register.seed(work, FORUM.organisations()), actor="operator")
    county = a_county()
    await imported(store, papers.write(county, ".xlsx", FORUM, texts("nb")))
    contact = next(each for each in county.roles if each.kind is RoleKind.OWNER_CONTACT and each.valid_from)
    to_come = next(each for each in county.roles if each.valid_from == date(2023, 8, 1))
    later = replace(
        county,
        organisations=tuple(
            replace(each, name="Nytt navn") if each.id == "eksempel-00" else each
            for each in county.organisations
        ),
        units=tuple(replace(each, name="Ny") if each.id == "skole-a" else each for each in county.units),
        people=tuple(
            replace(each, email="ny@example.org") if each.id == "kontakt-010" else each
            for each in county.people
        ),
        roles=tuple(
            replace(each, valid_to=date(2023, 6, 30))
            if each == contact
            else replace(each, valid_from=date(2023, 9, 1))
            if each == to_come
            else each
            for each in county.roles
        ),
        grants=(replace(county.grants[0], nok=160_000), *county.grants[1:]),
    )
    found = await imported(store, papers.write(later, ".zip", FORUM, texts("nb")))
    assert sorted((change.sheet, str(change.what)) for change in found) == [
        ("grants", "changed"),
        ("organisations", "changed"),
        ("people", "changed"),
        ("roles", "changed"),
        ("roles", "ended"),
        ("units", "changed"),
    ]
    assert set((await store.read(rosters.read)).roles) == set(later.roles)
    told = [
        await last_entry(store, subject)
        for subject in ("organisation:eksempel-00", "unit:skole-a", "person:kontakt-010", "grant:2021/17")
    ]
    assert [(entry.actor, entry.action, entry.detail) for entry in told] == [
        ("operator", "changed", {"fields": [field], "reason": "prøve"})
        for field in ("name", "name", "email", "nok")
    ]
    assert "ny@example.org" not in str(told)
    ended = await last_entry(store, f"person:{contact.person}")
    assert (ended.actor, ended.at, ended.action) == ("operator", NOW, "role_ended")
    assert ended.detail is not None
    assert (ended.detail["last_day"], ended.detail["reason"]) == ("2023-06-30", "prøve")


async def test_directory_knows_of_a_changed_organisation_at_once(store: Store) -> None:
    await do(store, lambda work: register.seed(work, FORUM.organisations()), actor="operator")
    await do(store, lambda work: register.directory(work.connection), actor="operator")
    bodo = replace(FORUM.organisations()[0], org_number="123456785")
    await imported(store, papers.write(Roster(organisations=(bodo,)), ".xlsx", FORUM, texts("nb")))
    known_ = await do(store, lambda work: register.directory(work.connection), actor="operator")
    assert known_.organisations[bodo.id].org_number == "123456785"


async def test_prior_grants_are_found_by_the_owner(store: Store) -> None:
    await do(store, lambda work: register.seed(work, FORUM.organisations()), actor="operator")
    await imported(store, papers.write(a_county(), ".xlsx", FORUM, texts("nb")))
    assert await store.read(lambda connection: rosters.prior_grants(connection, "1804")) == a_county().grants
    assert await store.read(lambda connection: rosters.prior_grants(connection, "1841")) == ()
