"""Who got which notice of a case, by which way, and who did not."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event

from store import outbox, register
from store.outbox import Item, OutboxState, Told, Way
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


async def test_the_newest_first_with_way_and_reason(store: Store) -> None:
    """Timed by when it ended; what waits, by when it was put in. Of somebody unknown the id is all there is."""
    await put_and_end(store)
    found, in_all = await told(store)
    assert in_all == 7
    assert found == (
        Told("gone", "case_filed", OutboxState.PENDING, None, None, NOW),
        *(
            Told(OTHER.name, "receipt_copy", state, way, reason, NOW if key == "later" else LATER)
            for key, (_, state, way, reason) in reversed(ENDS.items())
        ),
    )
    assert await told(store, most=2) == (found[:2], 7)
    assert await told(store, "2023-REKOM-002") == ((), 0)


async def test_one_question_whether_there_is_one_notice_or_many(store: Store) -> None:
    await put_and_end(store)

    def count(number: str) -> Callable[..., int]:
        def ask(connection) -> int:  # type: ignore[no-untyped-def]  # a Connection
            asked: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
            outbox.of_case(connection, number, 20)
            return len(asked)

        return ask

    assert [await store.read(count(number)) for number in (CASE, ANOTHER)] == [1, 1]
