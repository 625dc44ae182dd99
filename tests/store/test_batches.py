"""A message to many waits for its release, goes once, and is stopped as far as it has not gone."""

from datetime import timedelta

from store import audit, batches, outbox
from store.batches import STOPPED, Batch, BatchState
from store.outbox import Item, OutboxState
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, STAFF, do
from tests.store.test_outbox import LEASE, MACHINE_NOW, claim, state

LATER = NOW + timedelta(hours=1)
HELD, PENDING, SENT, DROPPED = (
    OutboxState.HELD,
    OutboxState.PENDING,
    OutboxState.SENT,
    OutboxState.DROPPED,
)


def propose(work: Work, batch_id: str = "b", subject: str = "2023") -> Batch:
    made = batches.propose(work, batch_id, "receipt_copy", subject)
    for number, person in enumerate((OWNER.id, OTHER.id, OWNER.id)):
        outbox.put(work, f"{batch_id}{number}", "receipt_copy", person, {}, batch=batch_id)
    return made


async def numbers(store: Store, batch_id: str = "b") -> dict[str, int]:
    return (await store.read(lambda connection: batches.numbers(connection, batch_id)))[batch_id]


async def release(store: Store, batch_id: str = "b") -> bool:
    return await do(store, lambda work: batches.release(work, batch_id), at=LATER, actor=STAFF.id)


async def stop(store: Store, batch_id: str = "b") -> bool:
    return await do(store, lambda work: batches.stop(work, batch_id), at=LATER, actor=STAFF.id)


async def send(store: Store, item: Item) -> bool:
    return await do(store, lambda work: outbox.sent(work, item, "1", follow_up_at=LATER))


async def test_what_is_held_is_not_claimed(store: Store) -> None:
    assert await do(store, propose) == Batch("b", "receipt_copy", "2023", BatchState.HELD, OWNER.id, NOW)
    assert await claim(store) == ()
    assert await numbers(store) == {HELD: 3}
    assert await store.read(lambda connection: batches.recipients(connection, "b")) == (
        OWNER.id,
        OTHER.id,
        OWNER.id,
    )


async def test_it_is_released_once(store: Store) -> None:
    await do(store, propose)
    assert [await release(store) for _ in range(2)] == [True, False]
    assert [item.key for item in await claim(store)] == ["b0", "b1", "b2"]
    assert await store.read(lambda connection: batches.get(connection, "b")) == Batch(
        "b", "receipt_copy", "2023", BatchState.RELEASED, OWNER.id, NOW, STAFF.id, LATER
    )
    entries = await store.read(lambda connection: audit.history(connection, "batch:b"))
    assert [(each.actor, each.action) for each in entries] == [(OWNER.id, "proposed"), (STAFF.id, "released")]


async def test_what_is_not_wanted_never_goes(store: Store) -> None:
    await do(store, propose)
    assert [await stop(store), await release(store), await stop(store)] == [True, False, False]
    assert await claim(store) == ()
    assert await state(store, "b1") == (DROPPED, STOPPED, 0)


async def test_a_stop_halts_what_is_not_under_way_and_what_would_follow(store: Store) -> None:
    """One is sent, one is being sent, one waits; what is being sent decides itself whether it is too late."""
    await do(store, propose)
    await release(store)
    first, second = await claim(store, 2)
    await send(store, first)
    assert await stop(store)
    assert await numbers(store) == {SENT: 1, OutboxState.CLAIMED: 1, DROPPED: 1}
    assert await store.read(lambda connection: batches.is_stopped(connection, "b"))
    await do(store, lambda work: outbox.dropped(work, second, STOPPED))
    follow_ups = await do(
        store, lambda work: outbox.claim(work, 9, MACHINE_NOW + LEASE, MACHINE_NOW), at=LATER
    )
    assert follow_ups == ()


async def test_a_new_proposal_about_the_same_takes_the_place_of_the_one_that_waits(store: Store) -> None:
    await do(store, propose)
    await do(store, lambda work: propose(work, "other", "2024"))
    await do(store, lambda work: propose(work, "new"))
    assert [await release(store, each) for each in ("b", "other", "new")] == [False, True, True]
    assert len(await claim(store)) == 6


async def test_one_that_went_stays_when_another_is_proposed(store: Store) -> None:
    await do(store, propose)
    await release(store)
    await do(store, lambda work: propose(work, "new"))
    assert len(await claim(store)) == 3
    newest = await store.read(lambda connection: batches.newest(connection, 9))
    assert {each.id: each.state for each in newest} == {"b": BatchState.RELEASED, "new": BatchState.HELD}
