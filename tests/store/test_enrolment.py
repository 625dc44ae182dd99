"""Codes: fourteen days, five tries, one use, the newest of a person alone. Accounts: five wrong tries an hour."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.errors import Stale
from domain.messages import Identity
from domain.register import Person
from store import audit, enrolment, register
from store.enrolment import TRIES, Code, IdentityTaken
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, TODAY, an_identity, beside, do, with_register

FORTNIGHT = timedelta(days=14)
MOMENT = timedelta(microseconds=1)


async def issue(store: Store, selector: str = "ABCD", person_id: str = OWNER.id) -> None:
    def job(work: Work) -> None:
        enrolment.issue(
            work, person_id, selector=selector, salt=b"salt", digest=b"digest", expires_at=NOW + FORTNIGHT
        )

    await do(store, job)


async def find(store: Store, selector: str = "ABCD", after: timedelta = timedelta(0)) -> Code | None:
    return await do(store, lambda work: enrolment.candidate(work.connection, selector, NOW + after))


async def found(store: Store, selector: str = "ABCD") -> Code:
    code = await find(store, selector)
    assert code is not None
    return code


async def bind(store: Store, code: Code, identity: Identity) -> Person:
    return await do(store, lambda work: enrolment.bind(work, code, identity, NOW))


async def miss(store: Store, selector: str | None = "ABCD", after: timedelta = timedelta(0)) -> None:
    await do(store, lambda work: enrolment.miss(work, an_identity(), selector, NOW + after))


async def test_a_code_is_found_by_its_selector(store: Store) -> None:
    await with_register(store)
    await issue(store)
    code = await found(store)
    assert (code.person_id, code.salt, code.digest) == (OWNER.id, b"salt", b"digest")
    assert await find(store, "ABCE") is None
    assert await find(store, "abcd") is None


async def test_a_code_binds_the_account_to_its_person(store: Store) -> None:
    await with_register(store)
    await issue(store)
    person = await bind(store, await found(store), an_identity())
    assert (person.id, person.enrolled) == (OWNER.id, True)
    actor = await store.read(lambda connection: register.actor(connection, an_identity(), TODAY))
    assert actor is not None
    assert actor.person_id == OWNER.id
    actions = [e.action for e in await store.read(lambda c: audit.history(c, f"person:{OWNER.id}"))]
    assert actions == ["added", "role_added", "code_issued", "identity_bound"]


async def test_a_code_works_for_fourteen_days(store: Store) -> None:
    await with_register(store)
    await issue(store)
    assert await find(store, after=FORTNIGHT - MOMENT) is not None
    assert await find(store, after=FORTNIGHT) is None


async def test_a_code_works_once(store: Store) -> None:
    await with_register(store)
    await issue(store)
    code = await found(store)
    await bind(store, code, an_identity("first"))
    assert await find(store) is None
    with pytest.raises(Stale):
        await bind(store, code, an_identity("second"))


async def test_a_code_bears_five_wrong_tries(store: Store) -> None:
    await with_register(store)
    await issue(store)
    for _ in range(TRIES - 1):
        await miss(store)
    assert await find(store) is not None
    await miss(store)
    assert await find(store) is None


async def test_tries_at_other_codes_do_not_count(store: Store) -> None:
    await with_register(store)
    await issue(store)
    await issue(store, "EFGH", OTHER.id)
    for _ in range(TRIES):
        await miss(store, "EFGH")
        await miss(store, None)
    assert await find(store) is not None
    assert await find(store, "EFGH") is None


async def test_a_new_code_takes_the_place_of_the_one_before(store: Store) -> None:
    await with_register(store)
    await issue(store)
    await issue(store, "OTHR", OTHER.id)
    old = await found(store)
    await issue(store, "EFGH")
    assert await find(store) is None
    with pytest.raises(Stale):
        await bind(store, old, an_identity())
    assert await find(store, "EFGH") is not None
    assert await find(store, "OTHR") is not None


async def test_two_open_codes_never_share_a_selector(store: Store) -> None:
    """The job is run again with another code; here it makes the same one each time."""
    await with_register(store)
    await issue(store)
    with pytest.raises(Stale):
        await issue(store, person_id=OTHER.id)
    assert (await found(store)).person_id == OWNER.id


async def test_a_selector_is_free_again_when_its_code_is_used(store: Store) -> None:
    await with_register(store)
    await issue(store)
    await bind(store, await found(store), an_identity())
    await issue(store, person_id=OTHER.id)
    assert (await found(store)).person_id == OTHER.id


async def test_a_new_account_takes_the_place_of_the_one_before(store: Store) -> None:
    await with_register(store)
    await issue(store)
    await bind(store, await found(store), an_identity("old"))
    await issue(store)
    await bind(store, await found(store), an_identity("new"))
    assert await store.read(lambda c: register.actor(c, an_identity("old"), TODAY)) is None
    assert await store.read(lambda c: register.actor(c, an_identity("new"), TODAY)) is not None


async def test_an_account_is_nobody_elses(store: Store) -> None:
    await with_register(store)
    await issue(store)
    await bind(store, await found(store), an_identity())
    await issue(store, person_id=OTHER.id)
    with pytest.raises(IdentityTaken):
        await bind(store, await found(store), an_identity())
    assert await find(store) is not None


@pytest.mark.parametrize(("minutes", "counted"), [(0, 4), (59, 3), (60, 2), (120, 1), (121, 0)])
async def test_wrong_tries_are_counted_by_account_and_hour(store: Store, minutes: int, counted: int) -> None:
    """An hour is over when it is over: a try exactly one hour ago no longer counts."""
    await with_register(store)
    for at in (-1, 0, 59, 61):
        await miss(store, None, timedelta(minutes=at))
    since = NOW + timedelta(minutes=minutes - 60)
    assert await store.read(lambda c: enrolment.tries(c, an_identity(), since)) == counted
    assert await store.read(lambda c: enrolment.tries(c, an_identity("other"), since)) == 0
    assert await store.read(lambda c: enrolment.tries(c, an_identity(tenant_id="other"), since)) == 0


async def test_wrong_tries_are_forgotten(store: Store) -> None:
    for hours in (0, 1):
        await miss(store, None, timedelta(hours=hours))
    assert await do(store, lambda work: enrolment.forget_before(work, NOW + timedelta(hours=1))) == 1
    assert await store.read(lambda c: enrolment.tries(c, an_identity(), NOW - timedelta(hours=1))) == 1


async def test_tries_are_counted_by_all_processes(store: Store, url: str) -> None:
    """The code is locked while it is compared, so that nobody gets more tries from more processes."""
    await with_register(store)
    await issue(store)

    def look_and_miss(work: Work) -> bool:
        code = enrolment.candidate(work.connection, "ABCD", NOW)
        enrolment.miss(work, an_identity(), "ABCD" if code else None, NOW)
        return code is not None

    second = Store(url, busy_seconds=10)
    await second.start()
    looks = await asyncio.gather(*(do(each, look_and_miss) for each in (store, second) * 10))
    await second.close()
    assert sum(looks) == TRIES


async def test_no_code_is_kept_that_could_be_used(store: Store, url: str) -> None:
    """What stands in the database is salt and digest, besides the four characters that find the row."""
    await with_register(store)
    await issue(store)
    with beside(url) as connection:
        row = connection.execute(text("SELECT * FROM enrolment_code")).one()
    assert set(row._fields) == {
        *("id", "person_id", "selector", "salt", "digest"),
        *("expires_at", "tries", "is_open", "used_at"),
    }
