from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, NoResultFound

from domain.access import Actor, Role, RoleKind
from domain.register import Directory, Organisation, OrganisationKind, Person
from store import audit, enrolment, register
from store.work import Store, Work
from tests.store.builders import (
    NOW,
    ORGANISATIONS,
    OTHER,
    OWNER,
    PEOPLE,
    ROLES,
    STAFF,
    TODAY,
    an_identity,
    do,
    with_register,
)

ALSTAHAUG = Organisation(
    "1820",
    OrganisationKind.MUNICIPALITY,
    "Alstahaug kommune",
    "1820",
    org_number="938712441",
    valid_from=date(2020, 1, 1),
    followup_from=date(2022, 8, 1),
    followup_to=date(2025, 7, 31),
)
SEAT = Role(RoleKind.SEAT, "nord", "fagutvalg-barnehage", date(2023, 1, 1), date(2023, 6, 30))


def bind(work: Work, person_id: str, object_id: str) -> Person:
    enrolment.issue(
        work, person_id, selector=object_id, salt=b"", digest=b"", expires_at=NOW + timedelta(days=14)
    )
    code = enrolment.candidate(work.connection, object_id, NOW)
    assert code is not None
    return enrolment.bind(work, code, an_identity(object_id), NOW)


async def test_the_directory_holds_every_organisation(store: Store) -> None:
    await with_register(store)
    await do(store, lambda work: register.add_organisation(work, ALSTAHAUG))
    expected = Directory({each.id: each for each in (*ORGANISATIONS, ALSTAHAUG)})
    assert await store.read(register.directory) == expected


async def test_the_directory_is_built_once_until_an_organisation_changes(store: Store) -> None:
    await with_register(store)
    first, second = [await do(store, lambda work: register.directory(work.connection)) for _ in range(2)]
    assert first is second
    await do(store, lambda work: register.add_organisation(work, ALSTAHAUG))
    assert "1820" in (await do(store, lambda work: register.directory(work.connection))).organisations


async def test_the_directory_forgets_what_was_not_kept(store: Store) -> None:
    """The number that tells of a change is rolled back with the change, and given again to the next one."""
    await with_register(store)

    def add_and_fail(work: Work) -> None:
        register.add_organisation(work, ALSTAHAUG)
        assert "1820" in register.directory(work.connection).organisations
        raise LookupError

    with pytest.raises(LookupError):
        await do(store, add_and_fail)
    other = Organisation("privat", OrganisationKind.KINDERGARTEN_OWNER, "Privat barnehage", "1804")
    await do(store, lambda work: register.add_organisation(work, other))
    found = await do(store, lambda work: register.directory(work.connection))
    assert set(found.organisations) == {each.id for each in ORGANISATIONS} | {"privat"}


async def test_a_person_is_known_by_id(store: Store) -> None:
    await with_register(store)
    assert await store.read(lambda connection: register.person(connection, OWNER.id)) == OWNER
    assert await store.read(lambda connection: register.person(connection, "nobody")) is None
    assert set(await store.read(register.people)) == set(PEOPLE)


async def test_nobody_is_taken_in_twice(store: Store) -> None:
    await with_register(store)
    with pytest.raises(IntegrityError):
        await do(store, lambda work: register.add_person(work, OWNER))


async def test_an_actor_is_who_the_account_is_bound_to(store: Store) -> None:
    await with_register(store)
    person = await do(store, lambda work: bind(work, OTHER.id, "5d6f"))
    assert person == Person(OTHER.id, OTHER.name, "nn", enrolled=True)
    expected = Actor(OTHER.id, OTHER.name, "nn", (Role(RoleKind.OWNER_CONTACT, "1841"),))
    identities = (
        an_identity("5d6f"),
        an_identity("5d6f", tenant_id="another"),
        an_identity("5D6F"),
        an_identity("other"),
    )

    def actors(connection: Connection) -> list[Actor | None]:
        return [register.actor(connection, identity, TODAY) for identity in identities]

    assert await store.read(actors) == [expected, None, None, None]


async def test_a_language_is_empty_until_it_is_chosen(store: Store) -> None:
    await with_register(store)

    def language(work: Work) -> str:
        actor = register.actor_of(work.connection, OWNER.id, TODAY)
        assert actor is not None
        return actor.language

    assert await do(store, language) == ""
    await do(store, lambda work: register.set_language(work, OWNER.id, "en"))
    assert await do(store, language) == "en"
    entries = await store.read(lambda connection: audit.history(connection, f"person:{OWNER.id}"))
    assert (entries[-1].action, entries[-1].detail) == ("language_set", {"language": "en"})


@pytest.mark.parametrize(
    ("on", "held"),
    [
        (date(2022, 12, 31), False),
        (date(2023, 1, 1), True),
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), False),
    ],
)
async def test_roles_hold_from_their_first_to_their_last_day(store: Store, on: date, held: bool) -> None:
    await with_register(store)
    await do(store, lambda work: register.add_role(work, STAFF.id, SEAT))
    actor = await store.read(lambda connection: register.actor_of(connection, STAFF.id, on))
    always = Role(RoleKind.SECRETARIAT)
    assert actor == Actor(STAFF.id, STAFF.name, "nb", (always, SEAT) if held else (always,))
    assert SEAT.holds(on) is held
    found = await store.read(lambda connection: register.people_with(connection, RoleKind.SEAT, on=on))
    assert found == ((STAFF,) if held else ())


async def test_a_role_ends_with_its_last_day(store: Store) -> None:
    await with_register(store)
    role_id = await do(store, lambda work: register.add_role(work, OWNER.id, Role(RoleKind.DECISION_MAKER)))
    await do(store, lambda work: register.end_role(work, role_id, TODAY))
    roles = await store.read(lambda connection: register.roles(connection, OWNER.id))
    assert roles[role_id] == Role(RoleKind.DECISION_MAKER, valid_to=TODAY)
    entries = await store.read(lambda connection: audit.history(connection, f"person:{OWNER.id}"))
    assert (entries[-1].action, entries[-1].detail) == (
        "role_ended",
        {"role": role_id, "last_day": TODAY.isoformat()},
    )


async def test_a_role_that_is_not_there_cannot_end(store: Store) -> None:
    with pytest.raises(NoResultFound):
        await do(store, lambda work: register.end_role(work, 4711, TODAY))


async def test_somebody_without_a_role_is_still_known(store: Store) -> None:
    await with_register(store)
    newcomer = Person("ny", "Ny i Salten", "nb")
    await do(store, lambda work: register.add_person(work, newcomer))
    actor = await store.read(lambda connection: register.actor_of(connection, "ny", TODAY))
    assert actor == Actor("ny", "Ny i Salten", "nb", ())
    assert await store.read(lambda connection: register.actor_of(connection, "nobody", TODAY)) is None


async def test_people_are_found_by_role_organisation_and_body(store: Store) -> None:
    await with_register(store)

    def seat_two(work: Work) -> None:
        register.add_role(work, OTHER.id, SEAT)
        register.add_role(work, OTHER.id, SEAT)
        register.add_role(work, OWNER.id, Role(RoleKind.SEAT, body="forum"))

    await do(store, seat_two)
    seat, contact = RoleKind.SEAT, RoleKind.OWNER_CONTACT
    asked: dict[str, Callable[[Connection], tuple[Person, ...]]] = {
        "seats": lambda c: register.people_with(c, seat, on=TODAY),
        "of a body": lambda c: register.people_with(c, seat, body="forum", on=TODAY),
        "for an organisation": lambda c: register.people_with(c, seat, organisation="nord", on=TODAY),
        "both": lambda c: register.people_with(c, seat, organisation="nord", body="forum", on=TODAY),
        "contacts": lambda c: register.people_with(c, contact, organisation="1841", on=TODAY),
        "none": lambda c: register.people_with(c, contact, organisation="nord", on=TODAY),
    }
    assert {name: await store.read(question) for name, question in asked.items()} == {
        "seats": (OTHER, OWNER),
        "of a body": (OWNER,),
        "for an organisation": (OTHER,),
        "both": (),
        "contacts": (OTHER,),
        "none": (),
    }


async def test_seeding_again_changes_nothing(store: Store) -> None:
    await with_register(store)
    changed = Person(OWNER.id, "Another name", "en")
    await do(store, lambda work: register.seed(work, ORGANISATIONS, (changed, OTHER), ROLES))
    assert await store.read(lambda connection: register.person(connection, OWNER.id)) == OWNER
    roles = await store.read(lambda connection: register.roles(connection, OWNER.id))
    assert list(roles.values()) == [Role(RoleKind.OWNER_CONTACT, "1804")]


async def test_a_role_for_an_unknown_organisation_is_refused(store: Store) -> None:
    await with_register(store)
    role = Role(RoleKind.OWNER_CONTACT, "9999")
    with pytest.raises(IntegrityError):
        await do(store, lambda work: register.add_role(work, OWNER.id, role))
