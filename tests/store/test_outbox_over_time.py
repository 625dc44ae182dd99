"""The outbox for whoever looks at it as a whole: when there is something to do again, and everything that was."""

from datetime import datetime, timedelta

from store import outbox
from store.outbox import Ended, OutboxState, Way
from store.work import Store
from tests.store.builders import NOW, do

LEASE = timedelta(minutes=3)


async def test_the_next_moment_is_that_of_the_first_row_that_is_due(store: Store) -> None:
    assert await store.read(outbox.next_due_at) is None
    await _put(store, "later", NOW + 2 * LEASE)
    assert await store.read(outbox.next_due_at) == NOW + 2 * LEASE
    await _put(store, "at once")
    assert await store.read(outbox.next_due_at) == NOW


async def test_what_is_being_sent_is_due_again_when_its_lease_ends(store: Store) -> None:
    await _put(store, "later", NOW + 2 * LEASE)
    await _put(store, "at once")
    (item,) = await do(store, lambda work: outbox.claim(work, 10, NOW + LEASE, NOW))
    assert await store.read(outbox.next_due_at) == NOW + LEASE
    await do(store, lambda work: outbox.sent(work, item))
    assert await store.read(outbox.next_due_at) == NOW + 2 * LEASE


async def test_what_is_to_go_by_the_next_way_is_due_then(store: Store) -> None:
    await _put(store, "a")
    (item,) = await do(store, lambda work: outbox.claim(work, 10, NOW + LEASE, NOW))
    await do(store, lambda work: outbox.sent(work, item, "activity-1", follow_up_at=NOW + 3 * LEASE))
    assert await store.read(outbox.next_due_at) == NOW + 3 * LEASE


async def test_what_waits_for_another_to_the_same_person_is_due_when_that_is(store: Store) -> None:
    await _put(store, "a")
    (item,) = await do(store, lambda work: outbox.claim(work, 10, NOW + LEASE, NOW))
    await _put(store, "b")
    await do(store, lambda work: outbox.later(work, item, NOW + 2 * LEASE, "throttled"))
    assert await store.read(outbox.next_due_at) == NOW + 2 * LEASE


async def test_every_row_is_told_with_how_it_ended(store: Store) -> None:
    await _put(store, "b", NOW + LEASE)
    await _put(store, "a")
    (item,) = await do(store, lambda work: outbox.claim(work, 10, NOW + LEASE, NOW))
    await do(store, lambda work: outbox.sent(work, item, "activity-1"))
    waits, went = await store.read(outbox.every)
    assert waits == Ended(
        id=waits.id,
        key="b",
        kind="receipt_copy",
        recipient="eier-fauske",
        payload={},
        ambiguous=False,
        state=OutboxState.PENDING,
        attempts=0,
        reason=None,
        way=None,
        sent_as=None,
        not_before=NOW + LEASE,
        created_at=NOW,
        finished_at=None,
        phone_at=None,
    )
    assert (went.key, went.state, went.way, went.sent_as) == ("a", OutboxState.SENT, Way.TEAMS, "activity-1")
    assert went.finished_at == NOW


async def _put(store: Store, key: str, not_before: datetime | None = None) -> None:
    await do(
        store,
        lambda work: outbox.put(work, key, "receipt_copy", "eier-fauske", {}, not_before=not_before),
    )
