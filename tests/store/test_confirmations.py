"""Confirmations: bound to what was seen, voided by a change of it, and never forgotten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.access import Role, RoleKind
from domain.errors import Stale
from domain.register import Person
from store import audit, confirmations, register
from store.confirmations import Confirmation, digest_of
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, beside, do, with_register

SUBJECT = "case:2023-DEKOM-001"
SEEN = {"title": "Språk i barnehagen", "uh_dialogue": "Avtalt på møte", "budget_uh.nord.2023": "300000"}
MORE = SEEN | {"budget_uh.nord.2023": "350000"}
LATER = NOW + timedelta(days=3)


async def asked(store: Store, organisation: str = "nord", **content: str) -> Confirmation:
    await with_register(store)
    found = await do(
        store, lambda work: confirmations.ask(work, SUBJECT, organisation, SEEN | content), actor=OTHER.id
    )
    assert found is not None
    return found


async def history(store: Store) -> tuple[Confirmation, ...]:
    return await store.read(lambda connection: confirmations.of(connection, SUBJECT))


async def recorded(store: Store) -> list[tuple[str, Any]]:
    entries = await store.read(lambda connection: audit.history(connection, SUBJECT))
    return [(entry.action, entry.detail) for entry in entries]


async def test_what_is_asked_is_kept_as_it_was_shown(store: Store) -> None:
    found = await asked(store)
    assert found == Confirmation(
        id=1,
        subject=SUBJECT,
        organisation="nord",
        content=SEEN,
        digest=digest_of(SEEN),
        asked_at=NOW,
    )
    assert (found.is_open, found.holds) == (True, False)
    assert await history(store) == (found,)
    assert await recorded(store) == [
        ("confirmation_asked", {"organisation": "nord", "digest": digest_of(SEEN)})
    ]


def test_the_order_of_the_fields_does_not_matter() -> None:
    assert digest_of(dict(reversed(SEEN.items()))) == digest_of(SEEN)
    assert digest_of(MORE) != digest_of(SEEN)


async def test_the_same_is_not_asked_twice(store: Store) -> None:
    await asked(store)
    assert await do(store, lambda work: confirmations.ask(work, SUBJECT, "nord", SEEN)) is None
    assert [each.id for each in await history(store)] == [1]


async def test_what_is_confirmed_says_by_whom_and_when(store: Store) -> None:
    found = await asked(store)
    given = await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN), at=LATER)
    assert given == replace(found, confirmed_by=OWNER.id, confirmed_at=LATER)
    assert (given.is_open, given.holds) == (False, True)
    assert (await recorded(store))[1:] == [("confirmed", {"organisation": "nord", "digest": digest_of(SEEN)})]
    assert await do(store, lambda work: confirmations.ask(work, SUBJECT, "nord", SEEN)) is None


async def test_the_first_to_confirm_counts(store: Store) -> None:
    await asked(store)
    first = await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN))
    second = await do(
        store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN), at=LATER, actor=OTHER.id
    )
    assert second == first
    assert len(await recorded(store)) == 2


async def test_another_content_than_the_one_that_was_asked_about_is_not_confirmed(store: Store) -> None:
    await asked(store)
    with pytest.raises(Stale):
        await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", MORE))
    with pytest.raises(Stale):  # nobody asked it
        await do(store, lambda work: confirmations.confirm(work, SUBJECT, "uit", SEEN))
    assert [each.confirmed_at for each in await history(store)] == [None]


async def test_a_change_voids_what_was_confirmed_and_asks_again(store: Store) -> None:
    found = await asked(store)

    def confirm_and_change(work: Work) -> Confirmation | None:
        confirmations.confirm(work, SUBJECT, "nord", SEEN)
        return confirmations.ask(work, SUBJECT, "nord", MORE)

    again = await do(store, confirm_and_change, at=LATER)
    assert again is not None
    assert await history(store) == (
        replace(
            found,
            confirmed_by=OWNER.id,
            confirmed_at=LATER,
            voided_at=LATER,
            changed={"budget_uh.nord.2023": ("300000", "350000")},
        ),
        again,
    )
    assert (again.content, again.is_open) == (MORE, True)
    assert (await recorded(store))[2:] == [
        ("confirmation_voided", {"organisation": "nord", "fields": ["budget_uh.nord.2023"]}),
        ("confirmation_asked", {"organisation": "nord", "digest": digest_of(MORE)}),
    ]


async def test_what_is_voided_says_what_came_and_what_went(store: Store) -> None:
    await asked(store)
    after = {"title": SEEN["title"], "measures": "Samlinger"}
    voided = await do(store, lambda work: confirmations.void(work, SUBJECT, "nord", after))
    assert voided is not None
    assert voided.changed == {
        "uh_dialogue": ("Avtalt på møte", ""),
        "budget_uh.nord.2023": ("300000", ""),
        "measures": ("", "Samlinger"),
    }


async def test_the_same_content_voids_nothing(store: Store) -> None:
    await asked(store)
    assert await do(store, lambda work: confirmations.void(work, SUBJECT, "nord", SEEN)) is None
    assert await do(store, lambda work: confirmations.void(work, SUBJECT, "uit", MORE)) is None


async def test_organisations_are_asked_and_answer_each_for_itself(store: Store) -> None:
    nord, uit = await asked(store), await asked_beside(store, "uit")
    await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN))
    standing = await store.read(lambda connection: confirmations.standing(connection, SUBJECT))
    assert {key: each.holds for key, each in standing.items()} == {"nord": True, "uit": False}
    left = await store.read(lambda connection: confirmations.open_of(connection, {"nord", "uit"}))
    assert left == (uit,)
    assert await store.read(lambda connection: confirmations.open_of(connection, {"nord"})) == ()
    assert await store.read(lambda connection: confirmations.get(connection, nord.id + uit.id)) is None
    found = await store.read(lambda c: confirmations.standing_of(c, [SUBJECT, "case:2023-DEKOM-002"]))
    assert {key: each.holds for key, each in found.items()} == {
        (SUBJECT, "nord"): True,
        (SUBJECT, "uit"): False,
    }


async def asked_beside(store: Store, organisation: str) -> Confirmation:
    found = await do(store, lambda work: confirmations.ask(work, SUBJECT, organisation, SEEN))
    assert found is not None
    return found


async def test_of_one_organisation_only_one_question_stands(store: Store, url: str) -> None:
    """Two processes cannot both ask: the slower one's job is run again and finds it asked."""
    await asked(store)
    twice = text(
        "INSERT INTO confirmation (subject, organisation, content, digest, asked_at)"
        " SELECT subject, organisation, content, digest, asked_at FROM confirmation"
    )
    with pytest.raises(IntegrityError), beside(url) as connection:
        connection.execute(twice)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM confirmation",
        "UPDATE confirmation SET content = '{}'",
        "UPDATE confirmation SET digest = ''",
        "UPDATE confirmation SET confirmed_by = NULL, confirmed_at = NULL WHERE confirmed_by IS NOT NULL",
        "UPDATE confirmation SET confirmed_by = 'sekretariat' WHERE confirmed_by IS NOT NULL",
        "UPDATE confirmation SET voided_at = NULL WHERE voided_at IS NOT NULL",
    ],
)
async def test_what_was_confirmed_cannot_be_changed_past_the_program(
    store: Store, url: str, statement: str
) -> None:
    await asked(store)
    await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN))
    await do(store, lambda work: confirmations.ask(work, SUBJECT, "nord", MORE))
    await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", MORE))
    before = await history(store)
    with pytest.raises(IntegrityError), beside(url) as connection:
        connection.execute(text(statement))
    assert await history(store) == before


async def test_who_confirmed_need_not_hold_the_role_later(store: Store) -> None:
    """The answer was the university's, and stays."""
    await asked(store)

    def contact(work: Work) -> None:
        register.add_person(work, Person("uh-nord", "Nord – kontakt", "nn"))
        register.add_role(work, "uh-nord", Role(RoleKind.UNIVERSITY_CONTACT, "nord", valid_to=NOW.date()))

    await do(store, contact)
    await do(store, lambda work: confirmations.confirm(work, SUBJECT, "nord", SEEN), actor="uh-nord")
    standing = await store.read(lambda connection: confirmations.standing(connection, SUBJECT))
    assert standing["nord"].confirmed_by == "uh-nord"
