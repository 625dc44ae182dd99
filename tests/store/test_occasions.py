"""What falls due becomes rows of the outbox: by one statement, once for each recipient, with a mark of how far."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from domain.calendar import Party
from store import audience, occasions, outbox
from store.occasions import Occasion
from store.outbox import Item, OutboxState
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, do, with_register

TODAY = NOW.date()
IN_TIME = NOW + timedelta(days=4)
SOON = NOW + timedelta(minutes=3)


def an_occasion(occurrence: str = "2023-01-18", region: str = "") -> Occasion:
    owners = audience.of("nordland", Party.OWNERS)
    return Occasion("reminder", occurrence, owners, IN_TIME, {"on": TODAY}, {"day": occurrence}, region)


async def test_everybody_whom_it_concerns_has_a_row_and_nobody_two(store: Store) -> None:
    await with_register(store)
    first = await do(store, lambda work: occasions.derive(work, an_occasion()))
    assert await do(store, lambda work: occasions.derive(work, an_occasion())) == 0
    rows = await store.read(lambda c: outbox.in_state(c, OutboxState.PENDING))
    assert first == len(rows) > 0
    (row,) = [row for row in rows if row.recipient == OWNER.id]
    assert (row.key, row.kind, dict(row.payload), row.expires_at) == (
        f"reminder::2023-01-18:{OWNER.id}",
        "reminder",
        {"day": "2023-01-18"},
        IN_TIME,
    )


async def test_another_time_and_another_region_are_rows_of_their_own(store: Store) -> None:
    await with_register(store)
    each = await do(store, lambda work: occasions.derive(work, an_occasion()))
    assert await do(store, lambda work: occasions.derive(work, an_occasion("2023-01-25"))) == each
    assert await do(store, lambda work: occasions.derive(work, an_occasion(region="SALTEN"))) == each


async def test_nobody_is_no_row(store: Store) -> None:
    await with_register(store)
    nobody = Occasion(
        "reminder", "x", audience.of("nordland", Party.NETWORK, "LOFOTEN"), IN_TIME, {"on": TODAY}
    )
    assert await do(store, lambda work: occasions.derive(work, nobody)) == 0


async def test_channels_are_named(store: Store) -> None:
    posted = Occasion("posted", "x", occasions.named_ones(["channel:", "channel:SALTEN"]), IN_TIME)
    assert await do(store, lambda work: occasions.derive(work, posted)) == 2
    rows = await store.read(lambda c: outbox.in_state(c, OutboxState.PENDING))
    assert sorted(row.recipient for row in rows) == ["channel:", "channel:SALTEN"]


async def test_what_waits_together_is_known_of_what_was_sent_too(store: Store) -> None:
    """The second day was told by the third; the fourth was told by itself, and the fifth has yet to be."""
    await with_register(store)
    days = [f"2023-01-{day}" for day in range(16, 21)]
    for day, end in zip(days, (_sent, _superseded, _sent, _sent, None), strict=True):
        await do(store, partial(occasions.derive, occasion=an_occasion(day)))
        if end is not None:
            await do(store, partial(_all_end, end=end))

    async def with_own(day: str) -> list[str]:
        own = {"day": day}
        found = await store.read(lambda c: occasions.waiting(c, "reminder", OWNER.id, own, "newer_waits"))
        return [payload["day"] for payload in found]

    assert await with_own(days[2]) == [days[4], days[2], days[1]]
    assert await with_own(days[3]) == [days[4], days[3]]
    assert await with_own(days[4]) == [days[4]]


def _all_end(work: Work, end: Callable[[Work, Item], bool]) -> None:
    for item in outbox.claim(work, 50, SOON, NOW):
        end(work, item)


def _sent(work: Work, item: Item) -> bool:
    return outbox.sent(work, item, item.key)


def _superseded(work: Work, item: Item) -> bool:
    return outbox.dropped(work, item, "newer_waits")


async def test_what_was_dropped_is_due_again_only_where_the_clock_was_ahead(store: Store) -> None:
    await with_register(store)
    derive = partial(occasions.derive, occasion=an_occasion())
    each = await do(store, derive)
    await do(store, partial(_all_end, end=_superseded))
    assert await do(store, derive) == 0
    assert await do(store, derive, at=NOW - timedelta(hours=1)) == each
    assert await do(store, derive, at=NOW - timedelta(hours=1)) == 0


async def test_the_rows_and_the_mark_are_kept_together_or_not_at_all(store: Store) -> None:
    await with_register(store)

    def breaks(work: Work) -> None:
        occasions.derive(work, an_occasion())
        occasions.plan_until(work, "planner", NOW)
        raise ValueError(OTHER.id)

    with pytest.raises(ValueError, match=OTHER.id):
        await do(store, breaks)
    assert await store.read(lambda c: occasions.planned_until(c, "planner")) is None
    assert await store.read(lambda c: outbox.in_state(c, OutboxState.PENDING)) == ()
    await do(store, lambda work: occasions.plan_until(work, "planner", NOW))
    assert await store.read(lambda c: occasions.planned_until(c, "planner")) == NOW


async def test_where_it_concerns_nobody_others_are_told_and_once(store: Store) -> None:
    await with_register(store)
    instead = an_occasion("instead")
    lofoten = audience.of("nordland", Party.NETWORK, "LOFOTEN")
    nobody = Occasion("call", "x", lofoten, IN_TIME, {"on": TODAY}, if_nobody=instead)
    told = await do(store, lambda work: occasions.tell(work, nobody))
    assert told > 0
    assert await do(store, lambda work: occasions.tell(work, nobody)) == 0
    somebody = Occasion("call", "y", instead.people, IN_TIME, {"on": TODAY}, if_nobody=nobody)
    assert await do(store, lambda work: occasions.tell(work, somebody)) == told
    assert await do(store, lambda work: occasions.tell(work, somebody)) == 0
