"""What is forgotten by the hour, and what is not."""

from datetime import UTC, datetime, timedelta

from domain.messages import Identity
from scheduler.housekeeping import Housekeeping
from store import activities, enrolment
from store.work import Store, Work

NOW = datetime(2023, 1, 16, 9, tzinfo=UTC)
MACHINE_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SOMEBODY = Identity("tenant", "object")


async def test_old_activities_and_tries_are_forgotten_once_an_hour(store: Store) -> None:
    clock = {"now": MACHINE_NOW}

    def note(work: Work) -> None:
        activities.first_time(work, "a", "new")
        enrolment.miss(work, SOMEBODY, None, MACHINE_NOW)

    def note_old(work: Work) -> None:
        activities.first_time(work, "a", "old")
        enrolment.miss(work, SOMEBODY, None, MACHINE_NOW - timedelta(days=15))

    await store.work(note, actor="a", cause="c", now=NOW)
    await store.work(note_old, actor="a", cause="c", now=NOW - timedelta(hours=25))
    keeping = Housekeeping(store, now=lambda: NOW, machine_now=lambda: clock["now"])
    await keeping.tick()

    def is_new(name: str, work: Work) -> bool:
        return activities.first_time(work, "a", name)

    async def again(name: str) -> bool:
        return await store.work(lambda work: is_new(name, work), actor="a", cause="c", now=NOW)

    assert (await again("new"), await again("old")) == (False, True)
    long_ago = MACHINE_NOW - timedelta(days=100)
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 1

    await store.work(note_old, actor="a", cause="c", now=NOW - timedelta(hours=25))
    await keeping.tick()
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 2
    clock["now"] += timedelta(hours=1)
    await keeping.tick()
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 1
