"""How an account becomes a person, and every way in which it does not (contract.md, "Enrolment")."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from dialogs import enrolling
from domain.messages import Message, Reply, Said
from domain.register import Person
from store import enrolment, register
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Town, identity_of
from tests.dialogs.bench import IN_PUBLIC, OWNER, T, answer, contents, said

PERSON = "eier-ny"
CODE, OTHER_CODE = "ABCD234567", "EFGH234567"
WRONG = "ABCD765432"  # it begins like the code
WHO, REFUSED, LOCKED = (Reply((Message(T(f"enrol.{key}")),)) for key in ("who", "wrong", "locked"))


@pytest.fixture
async def invited(town: Town) -> Town:
    """Somebody is in the register and has a code, but no account yet."""
    await town.work(lambda work: register.seed(work, (), [Person(PERSON, "Ny eier", "nb")]))
    await issue(town, PERSON, CODE)
    return town


async def issue(town: Town, person_id: str, code: str, *, days_ago: int = 0) -> None:
    at = MACHINE_NOW - timedelta(days=days_ago)
    await town.work(lambda work: enrolling.issue(work, person_id, code, b"salt", at))


async def person_behind(town: Town, account: str) -> str | None:
    def read(connection: Connection) -> str | None:
        actor = register.actor(connection, identity_of(account), town.at.date())
        return actor.person_id if actor else None

    return await town.store.read(read)


@pytest.mark.parametrize("written", [CODE, "abcd234567", " ABCD 234 567 ", "abcd-234567\n"])
async def test_code_binds_the_account_to_its_person(invited: Town, written: str) -> None:
    welcome = await answer(invited, "account", Said(written))
    assert T("enrol.welcome", name="Ny eier") in said(welcome)
    assert await person_behind(invited, "account") == PERSON


async def test_wrong_code_says_the_same_whether_it_is_near_or_not(invited: Town) -> None:
    assert await answer(invited, "account", Said(WRONG)) == REFUSED
    assert await answer(invited, "account", Said("ZZZZ234567")) == REFUSED
    assert await person_behind(invited, "account") is None


async def test_account_is_locked_after_five_wrong_tries_even_for_the_right_code(invited: Town) -> None:
    for number in range(5):
        assert await answer(invited, "account", Said(f"ZZZZ23456{number + 2}")) == REFUSED
    assert await answer(invited, "account", Said(CODE)) == LOCKED
    assert await person_behind(invited, "account") is None
    assert T("enrol.welcome", name="Ny eier") in said(await answer(invited, "other", Said(CODE)))


async def test_lock_ends_after_an_hour(invited: Town) -> None:
    an_hour_ago = MACHINE_NOW - timedelta(hours=1)

    def miss_five_times(work: Work) -> None:
        for _ in range(5):
            enrolment.miss(work, identity_of("account"), None, an_hour_ago)

    await invited.work(miss_five_times)
    assert T("enrol.welcome", name="Ny eier") in said(await answer(invited, "account", Said(CODE)))


async def test_code_is_used_up_by_five_wrong_tries_from_anywhere(invited: Town) -> None:
    for number in range(5):
        assert await answer(invited, f"account-{number}", Said(WRONG)) == REFUSED
    assert await answer(invited, "account", Said(CODE)) == REFUSED


async def test_code_works_once(invited: Town) -> None:
    await answer(invited, "account", Said(CODE))
    assert await answer(invited, "other", Said(CODE)) == REFUSED
    assert await person_behind(invited, "other") is None
    assert await person_behind(invited, "account") == PERSON


async def test_code_works_for_fourteen_days(invited: Town) -> None:
    await issue(invited, PERSON, CODE, days_ago=14)
    assert await answer(invited, "account", Said(CODE)) == REFUSED
    await issue(invited, PERSON, CODE, days_ago=13)
    assert T("enrol.welcome", name="Ny eier") in said(await answer(invited, "account", Said(CODE)))


async def test_newer_code_replaces_the_older(invited: Town) -> None:
    await issue(invited, PERSON, OTHER_CODE)
    assert await answer(invited, "account", Said(CODE)) == REFUSED
    assert T("enrol.welcome", name="Ny eier") in said(await answer(invited, "account", Said(OTHER_CODE)))


async def test_account_of_another_person_is_not_bound_anew_and_the_code_is_not_used_up(invited: Town) -> None:
    before = await contents(invited)
    await answer(invited, "eier-rana", Said(CODE))
    assert await contents(invited) == before
    assert await person_behind(invited, "eier-rana") == "eier-rana"
    assert T("enrol.welcome", name="Ny eier") in said(await answer(invited, "account", Said(CODE)))


async def test_new_account_of_a_person_takes_the_place_of_the_old_one(invited: Town) -> None:
    await issue(invited, OWNER, OTHER_CODE)
    await answer(invited, "new-account", Said(OTHER_CODE))
    assert await person_behind(invited, "new-account") == OWNER
    assert await answer(invited, OWNER, Said("mine saker")) == WHO


@pytest.mark.parametrize("place", IN_PUBLIC.values(), ids=IN_PUBLIC)
async def test_code_is_not_taken_in_public(invited: Town, place: Mapping[str, Any]) -> None:
    before = await contents(invited)
    for code in (CODE, WRONG):
        reply = await answer(invited, "account", Said(code), **place)
        assert said(reply) == T("say.only_in_private")
    assert await contents(invited) == before


async def test_same_message_twice_is_one_try(invited: Town) -> None:
    for _ in range(2):
        await answer(invited, "account", Said(WRONG), activity_id="wrong")
    misses = await invited.store.read(
        lambda connection: enrolment.tries(
            connection, identity_of("account"), MACHINE_NOW - timedelta(hours=1)
        )
    )
    assert misses == 1
    await answer(invited, "account", Said(CODE), activity_id="right")
    again = await answer(invited, "account", Said(CODE), activity_id="right")
    assert T("menu.hello", name="Ny eier") in said(again)


async def test_words_that_are_no_code_are_no_try(invited: Town) -> None:
    before = await contents(invited)
    for text in ("hei", "mine saker", "ABCD23456", "ABCD2345678", "ABCD0O1I23", "", "²" * 10):
        assert await answer(invited, "account", Said(text)) == WHO
    assert await contents(invited) == before


async def test_person_without_a_role_is_let_in_to_nothing(invited: Town) -> None:
    await answer(invited, "account", Said(CODE))
    assert T("say.no_owner") in said(await answer(invited, "account", Said("ny behovsmelding")))
