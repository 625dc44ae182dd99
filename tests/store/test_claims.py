"""What was handed in elsewhere: said once, looked after once, and owed again where it is not there."""

from store import audit, claims
from store.claims import Claim, ClaimState
from store.work import Store, Work
from tests.store.builders import NOW, do


def _say(work: Work, state: ClaimState = ClaimState.SAID) -> bool:
    return claims.say(work, 2023, "report_deadline", "R-1|1804|nord", state)


def _settle(work: Work, *, is_there: bool) -> bool:
    found = claims.get(work.connection, 2023, "report_deadline", "R-1|1804|nord")
    assert found is not None
    return claims.settle(work, found, is_there=is_there)


async def test_what_is_said_waits_to_be_looked_after(store: Store) -> None:
    assert await do(store, _say)
    assert not await do(store, _say)
    (claim,) = await store.read(claims.to_confirm)
    assert claim == Claim(2023, "report_deadline", "R-1|1804|nord", ClaimState.SAID, claim.said_by, NOW)
    assert await store.read(lambda c: claims.settled(c, 2023)) == {("report_deadline", "R-1|1804|nord")}
    assert await store.read(lambda c: claims.settled(c, 2024)) == frozenset()


async def test_it_is_settled_once(store: Store) -> None:
    await do(store, _say)
    assert await do(store, lambda work: _settle(work, is_there=True))
    assert not await do(store, lambda work: _settle(work, is_there=False))
    assert await store.read(claims.to_confirm) == ()
    assert await store.read(lambda c: claims.settled(c, 2023)) == {("report_deadline", "R-1|1804|nord")}


async def test_what_is_not_there_is_owed_and_can_be_said_again(store: Store) -> None:
    await do(store, _say)
    await do(store, lambda work: _settle(work, is_there=False))
    assert await store.read(lambda c: claims.settled(c, 2023)) == frozenset()
    assert await do(store, _say)
    history = await store.read(lambda c: audit.history(c, "claim:2023:report_deadline:R-1|1804|nord"))
    assert [entry.action for entry in history] == ["handed_in", "hand_in_refused", "handed_in"]


async def test_nothing_this_year_need_not_be_confirmed(store: Store) -> None:
    await do(store, lambda work: _say(work, ClaimState.NOT_THIS_YEAR))
    assert await store.read(claims.to_confirm) == ()
    assert await store.read(lambda c: claims.settled(c, 2023)) == {("report_deadline", "R-1|1804|nord")}
