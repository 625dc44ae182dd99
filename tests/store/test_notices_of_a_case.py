"""Who got which notice of a case, by which way, and who did not."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event

from store import outbox, register
from store.outbox import Item, OutboxState, Told, Way
from store.receipts import Outcome, Receipt
from store.work import Store, Work
from tests.store.builders import NOW, ORGANISATIONS, OTHER, PEOPLE, ROLES, do

CASE, ANOTHER = "2023-REKOM-001", "2023-REKOM-0011"
LATER = NOW + timedelta(hours=1)

ENDS: dict[str, tuple[Callable[[Work, Item], bool], OutboxState, Way | None, str | None]] = {
    "teams": (lambda work, item: outbox.sent(work, item, "activity-9"), OutboxState.SENT, Way.TEAMS, None),
    "mail": (lambda work, item: outbox.sent(work, item, "<1@x>", Way.MAIL), OutboxState.SENT, Way.MAIL, None),
    "dropped": (
        lambda work, item: outbox.dropped(work, item, "no_chat"),
        OutboxState.DROPPED,
        None,
        "no_chat",
    ),
    "failed": (
        lambda work, item: outbox.failed(work, item, "blocked", Way.MAIL),
        OutboxState.FAILED,
        Way.MAIL,
        "blocked",
    ),
    "unknown": (
        lambda work, item: outbox.unknown(work, item, "ambiguous", Way.MAIL),
        OutboxState.UNKNOWN,
        Way.MAIL,
        "ambiguous",
    ),
    "later": (
        lambda work, item: outbox.later(work, item, LATER, "unsent"),
        OutboxState.PENDING,
        None,
        "unsent",
    ),
}


async def put_and_end(store: Store) -> None:
    def put(work: Work) -> None:
        register.seed(work, ORGANISATIONS, PEOPLE, ROLES)
        for key in ENDS:
            outbox.put(work, key, "receipt_copy", OTHER.id, {"case": CASE})
        outbox.put(work, "another", "receipt_copy", OTHER.id, {"case": ANOTHER})
        outbox.put(work, "gone", "case_filed", "gone", {"case": CASE, "more": "x"})

    def end(work: Work) -> None:
        for item in outbox.claim(work, len(ENDS), LATER, NOW):
            ENDS[item.key][0](work, item)

    await do(store, put)
    await do(store, end, at=LATER)


async def told(store: Store, number: str = CASE, most: int = 20) -> tuple[tuple[Told, ...], int]:
    return await store.read(lambda connection: outbox.of_case(connection, number, most))


TRIED: dict[str, Receipt] = {
    "teams": Receipt(Way.TEAMS, Outcome.SENT, LATER, None, "activity-9"),
    "mail": Receipt(Way.MAIL, Outcome.SENT, LATER, None, "<1@x>"),
    "dropped": Receipt(Way.TEAMS, Outcome.MISSED, LATER, "no_chat"),
    "failed": Receipt(Way.MAIL, Outcome.MISSED, LATER, "blocked"),
    "unknown": Receipt(Way.MAIL, Outcome.UNSURE, LATER, "ambiguous"),
}
NOT_REACHED = {"dropped", "failed", "unknown"}


def expected(key: str) -> Told:
    _, state, way, reason = ENDS[key]
    tried = (TRIED[key],) if key in TRIED else ()
    phone_at = LATER if key in NOT_REACHED else None
    at = NOW if key == "later" else LATER
    return Told(OTHER.name, "receipt_copy", state, way, reason, at, tried, phone_at)


async def test_the_newest_first_with_way_and_reason(store: Store) -> None:
    """Timed by when it ended; what waits, by when it was put in. Of somebody unknown the id is all there is."""
    await put_and_end(store)
    found, in_all = await told(store)
    assert in_all == 7
    assert found == (
        Told("gone", "case_filed", OutboxState.PENDING, None, None, NOW),
        *(expected(key) for key in reversed(ENDS)),
    )
    assert await told(store, most=2) == (found[:2], 7)
    assert await told(store, "2023-REKOM-002") == ((), 0)


async def test_of_a_person_of_a_batch_and_of_anything_else(store: Store) -> None:
    def put(work: Work) -> None:
        register.seed(work, ORGANISATIONS, PEOPLE, ROLES)
        outbox.put(work, "a", "receipt_copy", OTHER.id, {"meeting": "m-1"}, batch="b")
        outbox.put(work, "c", "case_filed", "gone", {"meeting": "m-1", "case": CASE})
        outbox.put(work, "d", "case_moved", OTHER.id, {"meeting": "m-11"})

    await do(store, put)

    def kinds(found: tuple[tuple[Told, ...], int]) -> list[str]:
        return [each.kind for each in found[0]]

    assert kinds(await store.read(lambda c: outbox.about(c, "meeting", "m-1", 9))) == [
        "case_filed",
        "receipt_copy",
    ]
    assert kinds(await store.read(lambda c: outbox.to_person(c, OTHER.id, 9))) == [
        "case_moved",
        "receipt_copy",
    ]
    assert kinds(await store.read(lambda c: outbox.of_batch(c, "b", 9))) == ["receipt_copy"]


async def test_two_questions_whether_there_is_one_notice_or_many(store: Store) -> None:
    await put_and_end(store)

    def count(number: str) -> Callable[..., int]:
        def ask(connection) -> int:  # type: ignore[no-untyped-def]  # a Connection
            asked: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
            outbox.of_case(connection, number, 20)
            return len(asked)

        return ask

    assert [await store.read(count(number)) for number in (CASE, ANOTHER)] == [2, 2]
