from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.access import Reach
from domain.errors import Stale
from store import audit, cards, drafts
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Focus
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, a_draft, do, with_register

HOSTILE = {
    "need_description": "  «Æ ø å»\n\ttab \x00 \u2028 \U0001f9f8 '; DROP TABLE draft; --",
    "budget_uh.nord.2024": "14 825 160,-",
    "": "",
    "left_empty": None,
}


async def begun(store: Store, **changes: Any) -> Draft:
    await with_register(store)
    return await do(store, lambda work: drafts.create(work, a_draft(**changes)))


async def test_a_draft_is_kept_as_it_was_typed(store: Store) -> None:
    draft = await begun(store, answers=HOSTILE, scheme="regional", typed=True)
    assert await store.read(lambda connection: drafts.get(connection, draft.id)) == draft
    assert list(draft.answers) == list(HOSTILE)
    assert await store.read(lambda connection: drafts.get(connection, "another")) is None


async def test_saving_keeps_everything_that_can_change(store: Store) -> None:
    draft = await begun(store)
    later = NOW + timedelta(days=1)
    changed = replace(draft, answers=HOSTILE, scheme="decentralised", typed=True, saved_at=later)
    saved = await do(store, lambda work: drafts.save(work, draft, changed))
    touched = {field for field, _ in HOSTILE.items() ^ draft.answers.items()}
    assert saved.writers == {field: (OWNER.id, NOW.isoformat()) for field in touched}
    assert saved == replace(changed, version=2, writers=saved.writers)
    assert await store.read(lambda connection: drafts.get(connection, draft.id)) == saved


async def test_saving_records_the_fields_and_not_the_texts(store: Store) -> None:
    draft = await begun(
        store, answers={"same": "same", "changed": "secret", "removed": "secret", "null": None}
    )
    after: dict[str, str | None] = {"same": "same", "changed": "hidden", "added": "hidden", "null": ""}
    await do(store, lambda work: drafts.save(work, draft, replace(draft, answers=after, typed=True)))
    entries = await store.read(lambda connection: audit.history(connection, f"draft:{draft.id}"))
    assert [(entry.action, entry.detail) for entry in entries] == [
        (
            "created",
            {"form": "needs_report", "answered": ["changed", "null", "removed", "same"]},
        ),
        ("saved", {"changed": ["added", "changed", "null", "removed"], "typed": True}),
    ]


async def test_of_two_who_save_the_second_is_told_that_it_changed(store: Store) -> None:
    draft = await begun(store)
    await do(store, lambda work: drafts.save(work, draft, replace(draft, answers={"a": "first"})))
    with pytest.raises(Stale):
        await do(store, lambda work: drafts.save(work, draft, replace(draft, answers={"a": "second"})))
    kept = await store.read(lambda connection: drafts.get(connection, draft.id))
    assert kept is not None
    assert (kept.answers, kept.version) == ({"a": "first"}, 2)


async def test_a_draft_that_is_not_there_cannot_be_saved(store: Store) -> None:
    await with_register(store)
    with pytest.raises(Stale):
        await do(store, lambda work: drafts.save(work, a_draft("another"), a_draft("another")))


async def test_open_drafts_are_those_of_the_person_that_have_not_ended(store: Store) -> None:
    await with_register(store)

    def begin_some(work: Work) -> list[Draft]:
        made = [
            drafts.create(work, a_draft("b", created_at=NOW + timedelta(hours=1))),
            drafts.create(work, a_draft("c")),
            drafts.create(work, a_draft("a", author=OTHER.id)),
        ]
        ended = drafts.create(work, a_draft("d"))
        drafts.save(work, ended, replace(ended, state=DraftState.DISCARDED))
        return made

    b, c, _ = await do(store, begin_some)
    assert await store.read(
        lambda connection: drafts.open_of(connection, Reach(author=OWNER.id), date(2023, 1, 20))
    ) == (c, b)
    assert (
        await store.read(
            lambda connection: drafts.open_of(connection, Reach(author="nobody"), date(2023, 1, 20))
        )
        == ()
    )


async def test_a_draft_that_was_thrown_away_is_kept(store: Store) -> None:
    draft = await begun(store)
    await do(store, lambda work: drafts.save(work, draft, replace(draft, state=DraftState.DISCARDED)))
    kept = await store.read(lambda connection: drafts.get(connection, draft.id))
    assert kept == replace(draft, state=DraftState.DISCARDED, version=2)
    entries = await store.read(lambda connection: audit.history(connection, f"draft:{draft.id}"))
    assert (entries[-1].action, entries[-1].detail) == ("discarded", {"changed": []})


async def test_a_focus_is_the_last_one_set(store: Store) -> None:
    await with_register(store)
    seen = []
    for focus in (
        Focus("draft-1", "need_description"),
        Focus("draft-2", None),
        None,
        Focus("draft-1", "goal"),
    ):
        await do(store, setting(focus))
        seen.append(await store.read(lambda connection: drafts.focus(connection, OWNER.id)))
    assert seen == [
        Focus("draft-1", "need_description"),
        Focus("draft-2", None),
        None,
        Focus("draft-1", "goal"),
    ]
    assert await store.read(lambda connection: drafts.focus(connection, OTHER.id)) is None


def setting(focus: Focus | None) -> Any:
    return lambda work: drafts.set_focus(work, OWNER.id, focus)


async def test_a_card_is_remembered_with_what_stood_on_it(store: Store) -> None:
    await with_register(store)
    card = CardInstance(
        id="f3a1",
        kind="form",
        subject="draft-1",
        page="who",
        person_id=OWNER.id,
        conversation_id="a:1",
        shown={"budget_owner.2024": "d1ge57", "": ""},
        typed={"measure_title": "«Æ»\n\x00"},
        made_at=NOW,
    )
    newer = replace(card, id="f3a2", page="need", shown={}, typed={})

    def show_two(work: Work) -> None:
        cards.add(work, card)
        cards.add(work, newer)
        cards.supersede(work, card.id, newer.id)

    await do(store, show_two)
    assert await store.read(lambda connection: cards.get(connection, "f3a1")) == replace(
        card, superseded_by="f3a2"
    )
    assert await store.read(lambda connection: cards.get(connection, "f3a2")) == newer
    assert await store.read(lambda connection: cards.get(connection, "f3a3")) is None
