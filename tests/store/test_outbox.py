"""Every row ends in words; none is sent twice that must not be, and none is sent by two at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from store import outbox, register, views
from store.outbox import Item, OutboxState
from store.views import Unreached
from store.work import Store, Work
from tests.store.builders import NOW, ORGANISATIONS, OTHER, PEOPLE, ROLES, do

MACHINE_NOW = datetime(2026, 11, 24, 12, tzinfo=NOW.tzinfo)  # another clock than the domain's
LEASE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def putting(
    *keys: str, ambiguous: bool = False, to: str = "eier-fauske", not_before: datetime | None = None
) -> Callable[[Work], list[bool]]:
    def put(work: Work) -> list[bool]:
        case = {"case": "2023-REKOM-001"}
        return [outbox.put(work, key, "receipt_copy", to, case, ambiguous, not_before) for key in keys]

    return put


async def claim(store: Store, n: int = 10, after: timedelta = timedelta(0)) -> tuple[Item, ...]:
    at = MACHINE_NOW + after
    return await do(store, lambda work: outbox.claim(work, n, at + LEASE, at))


async def state(store: Store, key: str) -> tuple[OutboxState, str | None, int]:
    item = await store.read(lambda connection: outbox.find(connection, key))
    assert item is not None
    return item.state, item.reason, item.attempts


async def test_what_is_put_in_is_claimed_in_that_order(store: Store) -> None:
    await do(store, putting("c", "a"))
    await do(store, putting("b", to="another"))
    (first, second), (third,), none = [await claim(store, 2) for _ in range(3)]
    assert [first.key, second.key, third.key, none] == ["c", "a", "b", ()]
    assert first == Item(
        id=first.id,
        key="c",
        kind="receipt_copy",
        recipient="eier-fauske",
        payload={"case": "2023-REKOM-001"},
        ambiguous=False,
        state=OutboxState.CLAIMED,
        attempts=1,
        reason=None,
        created_at=NOW,
    )


async def test_a_key_is_put_in_once(store: Store) -> None:
    assert await do(store, putting("a", "a", "b")) == [True, False, True]
    assert await do(store, putting("a")) == [False]
    (item, _) = await claim(store)
    await do(store, lambda work: outbox.sent(work, item))
    assert await do(store, putting("a")) == [False]


async def test_what_a_job_put_in_goes_with_the_job(store: Store) -> None:
    def put_and_fail(work: Work) -> None:
        putting("a")(work)
        raise LookupError

    await asyncio.gather(do(store, put_and_fail), return_exceptions=True)
    assert await claim(store) == ()


ENDS: dict[str, tuple[Callable[[Work, Item], bool], OutboxState, str | None]] = {
    "sent": (lambda work, item: outbox.sent(work, item, "activity-9"), OutboxState.SENT, None),
    "dropped": (lambda work, item: outbox.dropped(work, item, "no_chat"), OutboxState.DROPPED, "no_chat"),
    "failed": (lambda work, item: outbox.failed(work, item, "too_large"), OutboxState.FAILED, "too_large"),
    "unknown": (lambda work, item: outbox.unknown(work, item, "ambiguous"), OutboxState.UNKNOWN, "ambiguous"),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_row_that_has_ended_stays_so(store: Store, end: str) -> None:
    finish, ended, reason = ENDS[end]
    await do(store, putting("a"))
    (item,) = await claim(store)
    assert await do(store, lambda work: finish(work, item)) is True
    assert await state(store, "a") == (ended, reason, 1)
    assert await claim(store, after=100 * LEASE) == ()
    assert await do(store, lambda work: finish(work, item)) is False
    shown = await store.read(lambda connection: outbox.in_state(connection, ended))
    assert [each.key for each in shown] == ["a"]


async def test_later_is_not_before_its_time(store: Store) -> None:
    await do(store, putting("a"))
    (item,) = await claim(store)
    await do(store, lambda work: outbox.later(work, item, MACHINE_NOW + 3 * LEASE, "throttled"))
    assert await state(store, "a") == (OutboxState.PENDING, "throttled", 1)
    assert await claim(store, after=3 * LEASE - MOMENT) == ()
    (again,) = await claim(store, after=3 * LEASE)
    assert again.attempts == 2


async def test_what_went_wrong_is_counted_by_what_it_was(store: Store) -> None:
    """What was only put off is no try."""
    await do(store, putting("a"))
    for reason, mark in (
        ("unsent", outbox.went_wrong),
        ("paced", outbox.later),
        ("throttled", outbox.went_wrong),
        ("unsent", outbox.went_wrong),
    ):
        (item,) = await claim(store)
        await do(store, partial(mark, item=item, not_before=MACHINE_NOW, reason=reason))
    (item,) = await claim(store)
    assert (item.tries, item.attempts) == ({"unsent": 2, "throttled": 1}, 5)


async def test_a_lease_holds_until_it_ends(store: Store) -> None:
    await do(store, putting("a"))
    await claim(store)
    assert await claim(store, after=LEASE - MOMENT) == ()
    (again,) = await claim(store, after=LEASE)
    assert (again.key, again.attempts, again.reason) == ("a", 2, "lease_expired")


async def test_what_must_not_be_sent_twice_waits_for_a_human_when_its_lease_ends(store: Store) -> None:
    await do(store, putting("a", ambiguous=True))
    await do(store, putting("b"))
    await claim(store)
    assert [item.key for item in await claim(store, after=LEASE)] == ["b"]
    assert await state(store, "a") == (OutboxState.UNKNOWN, "lease_expired", 1)


@pytest.mark.parametrize("end", ENDS)
async def test_who_lost_the_lease_no_longer_decides(store: Store, end: str) -> None:
    finish, _, _ = ENDS[end]
    await do(store, putting("a"))
    (slow,) = await claim(store)
    (quick,) = await claim(store, after=LEASE)
    assert await do(store, lambda work: finish(work, slow)) is False
    assert await do(store, lambda work: outbox.later(work, slow, MACHINE_NOW, "busy")) is False
    assert await state(store, "a") == (OutboxState.CLAIMED, "lease_expired", 2)
    assert await do(store, lambda work: outbox.sent(work, quick)) is True


async def test_the_numbers_of_each_state(store: Store) -> None:
    await do(store, putting("a", "b", "c", "d"))
    item, _ = await claim(store, 2)
    await do(store, lambda work: outbox.sent(work, item))
    assert await store.read(outbox.numbers) == {
        OutboxState.HELD: 0,
        OutboxState.PENDING: 2,
        OutboxState.CLAIMED: 1,
        OutboxState.SENT: 1,
        OutboxState.DROPPED: 0,
        OutboxState.FAILED: 0,
        OutboxState.UNKNOWN: 0,
    }


async def test_who_was_not_told_is_who_should_have_been(store: Store) -> None:
    """The newest first and no more than asked for. What was no longer wanted, arrived or waits is not among them."""
    ends: dict[str, Callable[[Work, Item], bool]] = {
        "sent": lambda work, item: outbox.sent(work, item),
        "no longer wanted": lambda work, item: outbox.dropped(work, item, "no_right_any_more"),
        "waits": lambda work, item: outbox.later(work, item, MACHINE_NOW, "throttled"),
        "no chat": lambda work, item: outbox.dropped(work, item, outbox.NO_CHAT),
        "blocked": lambda work, item: outbox.failed(work, item, "blocked"),
        "perhaps": lambda work, item: outbox.unknown(work, item, "ambiguous"),
        "to nobody": lambda work, item: outbox.failed(work, item, "rejected"),
    }

    def put_and_end(work: Work) -> None:
        register.seed(work, ORGANISATIONS, PEOPLE, ROLES)
        for key in ends:
            recipient, about = ("gone", {}) if key == "to nobody" else (OTHER.id, {"case": "2023-REKOM-001"})
            outbox.put(work, key, "receipt_copy", recipient, about)
        for item in outbox.claim(work, len(ends), MACHINE_NOW + LEASE, MACHINE_NOW):
            ends[item.key](work, item)

    await do(store, put_and_end)
    expected = (
        Unreached("gone", "receipt_copy", "", "rejected"),
        Unreached(OTHER.name, "receipt_copy", "2023-REKOM-001", "ambiguous"),
        Unreached(OTHER.name, "receipt_copy", "2023-REKOM-001", "blocked"),
        Unreached(OTHER.name, "receipt_copy", "2023-REKOM-001", "no_chat"),
    )
    assert await unreached(store, NOW, 20) == (expected, 4)
    assert await unreached(store, NOW, 3) == (expected[:3], 4)
    assert await unreached(store, NOW + MOMENT, 20) == ((), 0)


async def unreached(store: Store, since: datetime, most: int) -> tuple[tuple[Unreached, ...], int]:
    return await store.read(lambda connection: views.unreached(connection, since, most))


async def test_two_processes_never_claim_the_same(store: Store, url: str) -> None:
    second = Store(url, busy_seconds=10)
    await second.start()
    for number in map(str, range(100)):
        await do(store, putting(number, to=number))
    claims = await asyncio.gather(*(claim(each, 7) for each in (store, second) * 10))
    await second.close()
    claimed = [item.key for items in claims for item in items]
    assert sorted(claimed) == sorted(map(str, range(100)))


# What goes to one person goes in the order in which it was put in, whichever process has it.


async def keys_claimed(store: Store, n: int = 10, after: timedelta = timedelta(0)) -> list[str]:
    return [item.key for item in await claim(store, n, after)]


async def test_what_follows_waits_until_what_is_being_sent_has_ended(store: Store) -> None:
    await do(store, putting("a", "b"))
    await do(store, putting("c", to="another"))
    (first,) = await claim(store, 1)
    assert await keys_claimed(store) == ["c"]
    await do(store, lambda work: outbox.sent(work, first))
    assert await keys_claimed(store) == ["b"]


async def test_what_follows_waits_for_what_was_put_off(store: Store) -> None:
    await do(store, putting("a"))
    (first,) = await claim(store)
    await do(store, lambda work: outbox.later(work, first, MACHINE_NOW + 3 * LEASE, "throttled"))
    await do(store, putting("b"))
    assert await keys_claimed(store, after=3 * LEASE - MOMENT) == []
    assert await keys_claimed(store, after=3 * LEASE) == ["a", "b"]


async def test_what_was_put_in_for_later_holds_nothing_back(store: Store) -> None:
    await do(store, putting("a", not_before=MACHINE_NOW + LEASE))
    await do(store, putting("b"))
    assert await keys_claimed(store) == ["b"]


async def test_what_was_delivered_and_goes_on_by_mail_holds_nothing_back(store: Store) -> None:
    await do(store, putting("a"))
    (first,) = await claim(store)
    await do(store, lambda work: outbox.sent(work, first, follow_up_at=NOW))
    (follow_up,) = await claim(store)
    await do(store, putting("b"))
    assert await keys_claimed(store) == ["b"]
    await do(store, lambda work: outbox.later(work, follow_up, MACHINE_NOW + LEASE, "unsent"))
    await do(store, putting("c", to="another"))
    assert await keys_claimed(store) == ["c"]


async def test_two_processes_never_have_something_for_the_same_person(store: Store, url: str) -> None:
    """Whatever they claim at the same moment, the one that has the first of a person has the next ones."""
    second = Store(url, busy_seconds=10)
    await second.start()
    for number in range(10):
        await do(store, putting(*(f"{number}:{each}" for each in range(5)), to=str(number)))
    who: dict[str, int] = {}
    for _ in range(5):
        claims = await asyncio.gather(*(claim(each, 7) for each in (store, second)))
        for holder, items in enumerate(claims):
            for item in items:
                assert who.setdefault(item.recipient, holder) == holder
    await second.close()
    assert len(who) == 10


async def test_outside_office_hours_what_is_planned_rests_and_holds_nothing_back(store: Store) -> None:
    await do(store, lambda work: outbox.put(work, "a", "reminder", "eier-fauske", {}))
    await do(store, putting("b"))
    at = MACHINE_NOW

    def in_the_night(work: Work) -> tuple[Item, ...]:
        return outbox.claim(work, 10, at + LEASE, at, {"reminder"})

    assert [item.key for item in await do(store, in_the_night)] == ["b"]
    assert await store.read(lambda connection: outbox.next_due_at(connection, {"reminder"})) == at + LEASE
    assert await keys_claimed(store) == ["a"]


async def test_outside_office_hours_nothing_goes_by_its_next_way(store: Store) -> None:
    await do(store, putting("a"))
    (item,) = await claim(store)
    await do(store, lambda work: outbox.sent(work, item, follow_up_at=NOW))
    at = MACHINE_NOW
    assert await do(store, lambda work: outbox.claim(work, 10, at + LEASE, at, ())) == ()
    assert await keys_claimed(store) == ["a"]
