import asyncio
from collections.abc import Callable
from datetime import timedelta

from store import activities
from store.work import Store, Work
from tests.store.builders import NOW, do


def note(conversation_id: str, activity_id: str) -> Callable[[Work], bool]:
    return lambda work: activities.first_time(work, conversation_id, activity_id)


async def test_an_activity_is_new_once_in_its_conversation(store: Store) -> None:
    notes = [("a:1", "1"), ("a:1", "1"), ("a:2", "1"), ("a:1", "2"), ("a:1", "1")]
    assert [await do(store, note(*each)) for each in notes] == [True, False, True, True, False]


async def test_an_activity_that_comes_twice_at_the_same_time_is_new_once(store: Store, url: str) -> None:
    second = Store(url, busy_seconds=10)
    await second.start()
    first_times = await asyncio.gather(*(do(each, note("a:1", "1")) for each in (store, second) * 10))
    await second.close()
    assert sum(first_times) == 1


async def test_an_activity_of_a_turn_that_was_not_kept_is_still_new(store: Store) -> None:
    def note_and_fail(work: Work) -> None:
        activities.first_time(work, "a:1", "1")
        raise LookupError

    await asyncio.gather(do(store, note_and_fail), return_exceptions=True)
    assert await do(store, note("a:1", "1")) is True


async def test_old_activities_are_forgotten(store: Store) -> None:
    await do(store, note("a:1", "old"))
    await do(store, note("a:1", "new"), at=NOW + timedelta(days=1))
    assert await do(store, lambda work: activities.forget_before(work, NOW + timedelta(days=1))) == 1
    assert await do(store, note("a:1", "new")) is False
    assert await do(store, note("a:1", "old")) is True
