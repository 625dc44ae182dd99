"""One way after the other, a receipt of each; what was delivered by one stays sent whatever the next one brings."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store import outbox, receipts
from store.outbox import NO_CHAT, Item, OutboxState
from store.receipts import Outcome, Receipt, Way
from store.work import Store, Work
from tests.store.builders import NOW, beside, do
from tests.store.test_outbox import LEASE, MACHINE_NOW, putting

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


async def claimed(store: Store, at: datetime = NOW, machine_at: datetime = MACHINE_NOW) -> tuple[Item, ...]:
    """At the domain's time; the leases and the waits go by the machine's."""
    return await do(store, lambda work: outbox.claim(work, 10, machine_at + LEASE, machine_at), at=at)


async def one(store: Store) -> Item:
    item = await store.read(lambda connection: outbox.find(connection, "a"))
    assert item is not None
    return item


async def receipts_of(store: Store, item: Item) -> tuple[Receipt, ...]:
    return (await store.read(lambda connection: receipts.of(connection, [item.id]))).get(item.id, ())


async def sent_in_teams(store: Store, *, ambiguous: bool = False) -> Item:
    """Delivered, and on to the mail after a day."""
    await do(store, putting("a", ambiguous=ambiguous))
    (item,) = await claimed(store)
    assert await do(store, lambda work: outbox.sent(work, item, "activity-9", follow_up_at=NOW + DAY))
    return item


IN_TEAMS = Receipt(Way.TEAMS, Outcome.SENT, NOW, None, "activity-9")


async def test_what_was_sent_goes_on_when_its_time_has_come(store: Store) -> None:
    await sent_in_teams(store)
    assert await claimed(store, NOW + DAY - MOMENT) == ()
    (item,) = await claimed(store, NOW + DAY)
    assert (item.rung, item.attempts, item.tries) == (Way.MAIL, 2, {})
    assert item.finished_at == NOW
    assert await claimed(store, NOW + DAY) == ()


async def test_by_mail_and_on_to_the_telephone(store: Store) -> None:
    await sent_in_teams(store)
    at = NOW + DAY
    (item,) = await claimed(store, at)
    await do(store, lambda work: outbox.sent(work, item, "<1@x>", Way.MAIL, at + DAY), at=at)
    assert await receipts_of(store, item) == (IN_TEAMS, Receipt(Way.MAIL, Outcome.SENT, at, None, "<1@x>"))
    (again,) = await claimed(store, at + DAY)
    assert (again.rung, again.finished_at) == (Way.PHONE, at)
    await do(store, lambda work: outbox.settled(work, again, to_phone=True), at=at + DAY)
    assert (await one(store)).state is OutboxState.SENT
    assert await claimed(store, at + 9 * DAY) == ()


LATER_ENDS: dict[str, tuple[Callable[[Work, Item], bool], Outcome | None]] = {
    "no address": (lambda work, item: outbox.dropped(work, item, NO_CHAT), Outcome.MISSED),
    "done": (lambda work, item: outbox.dropped(work, item, "over"), None),
    "failed": (lambda work, item: outbox.failed(work, item, "blocked", Way.MAIL), Outcome.MISSED),
    "perhaps": (lambda work, item: outbox.unknown(work, item, "ambiguous", Way.MAIL), Outcome.UNSURE),
    "reacted": (lambda work, item: outbox.settled(work, item), None),
}


@pytest.mark.parametrize("end", LATER_ENDS)
async def test_what_was_delivered_stays_sent_whatever_the_next_way_brings(store: Store, end: str) -> None:
    finish, outcome = LATER_ENDS[end]
    await sent_in_teams(store)
    (item,) = await claimed(store, NOW + DAY)
    assert await do(store, lambda work: finish(work, item), at=NOW + DAY)
    ended = await one(store)
    assert (ended.state, ended.reason, ended.finished_at) == (OutboxState.SENT, None, NOW)
    found = [(each.way, each.outcome) for each in await receipts_of(store, item)]
    assert found == [(Way.TEAMS, Outcome.SENT), *([(Way.MAIL, outcome)] if outcome else [])]
    assert await claimed(store, NOW + 9 * DAY) == ()


async def test_who_lost_the_lease_leaves_no_receipt(store: Store) -> None:
    await do(store, putting("a"))
    (slow,) = await claimed(store)
    (quick,) = await claimed(store, machine_at=MACHINE_NOW + LEASE)
    assert await do(store, lambda work: outbox.sent(work, slow, "1")) is False
    assert await do(store, lambda work: outbox.failed(work, slow, "blocked", Way.TEAMS)) is False
    assert await do(store, lambda work: outbox.by_mail(work, slow, NO_CHAT)) is None
    assert await receipts_of(store, quick) == ()


async def test_by_mail_in_the_same_claim_where_teams_does_not_reach(store: Store) -> None:
    await do(store, putting("a"))
    (item,) = await claimed(store)
    by_mail = await do(store, lambda work: outbox.by_mail(work, item, NO_CHAT))
    assert by_mail is not None
    assert (by_mail.rung, by_mail.tries) == (Way.MAIL, {})
    await do(store, lambda work: outbox.sent(work, by_mail, "<1@x>", Way.MAIL))
    assert await receipts_of(store, item) == (
        Receipt(Way.TEAMS, Outcome.MISSED, NOW, NO_CHAT),
        Receipt(Way.MAIL, Outcome.SENT, NOW, None, "<1@x>"),
    )


async def test_killed_on_the_way_to_the_mail_it_goes_on_by_mail(store: Store) -> None:
    await do(store, putting("a"))
    (item,) = await claimed(store)
    await do(store, lambda work: outbox.by_mail(work, item, NO_CHAT))
    (again,) = await claimed(store, machine_at=MACHINE_NOW + LEASE)
    assert (again.rung, again.finished_at) == (Way.MAIL, None)
    assert len(await receipts_of(store, item)) == 1


@pytest.mark.parametrize("ambiguous", [False, True])
async def test_a_lease_that_ends_on_the_second_way(store: Store, ambiguous: bool) -> None:
    """What may be doubled goes by that way again, and not by the first one; for the rest a human is asked."""
    item = await sent_in_teams(store, ambiguous=ambiguous)
    await claimed(store, NOW + DAY)
    again = await claimed(store, NOW + DAY, MACHINE_NOW + LEASE)
    assert [each.rung for each in again] == ([] if ambiguous else [Way.MAIL])
    assert (await one(store)).state is (OutboxState.SENT if ambiguous else OutboxState.CLAIMED)
    unsure = Receipt(Way.MAIL, Outcome.UNSURE, NOW + DAY, "lease_expired")
    assert await receipts_of(store, item) == ((IN_TEAMS, unsure) if ambiguous else (IN_TEAMS,))


async def test_what_is_put_off_on_the_second_way_waits_there(store: Store) -> None:
    await sent_in_teams(store)
    (item,) = await claimed(store, NOW + DAY)
    later = MACHINE_NOW + LEASE
    await do(store, lambda work: outbox.went_wrong(work, item, later, "throttled"))
    assert await claimed(store, NOW + DAY, later - MOMENT) == ()
    (again,) = await claimed(store, NOW + DAY, later)
    assert (again.rung, again.finished_at, again.tries) == (Way.MAIL, NOW, {"throttled": 1})


async def test_a_receipt_is_kept_as_it_is(store: Store, url: str) -> None:
    await sent_in_teams(store)
    for change in ("UPDATE receipt SET outcome = 'missed'", "DELETE FROM receipt"):
        with pytest.raises(IntegrityError), beside(url) as connection:
            connection.execute(text(change))


async def test_two_processes_never_follow_up_the_same(store: Store, url: str) -> None:
    second = Store(url, busy_seconds=10)
    await second.start()
    await do(store, putting(*map(str, range(20))))

    def send_all(work: Work) -> None:
        for item in outbox.claim(work, 20, MACHINE_NOW + LEASE, MACHINE_NOW):
            outbox.sent(work, item, "1", follow_up_at=NOW + DAY)

    await do(store, send_all)
    found = [await claimed(each, NOW + DAY) for each in (store, second, store)]
    await second.close()
    assert [len(items) for items in found] == [10, 10, 0]
    assert len({item.id for items in found for item in items}) == 20
