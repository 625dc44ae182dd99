"""How fast we may send, and how long we wait when we may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from scheduler.failures import seconds_to_wait
from scheduler.pacing import IN_TENANT, PER_CONVERSATION, Limit, Pace, Window

START = 1_764_000_000.0
TENANT = "tenant"


def moments(pace: Pace, conversation_id: str, count: int, now: float = START) -> list[float]:
    """When so many messages go out that all wait from now on."""
    sent = []
    for _ in range(count):
        now = pace.free_at(TENANT, conversation_id, now)
        pace.note(TENANT, conversation_id, now)
        sent.append(now)
    return sent


def most_within(sent: list[float], seconds: float) -> int:
    return max(sum(begin <= at < begin + seconds for at in sent) for begin in sent)


def test_the_first_messages_go_at_once() -> None:
    assert moments(Pace(), "a:1", 6) == [*[START] * 5, START + 1]


@pytest.mark.parametrize("limit", PER_CONVERSATION, ids=str)
def test_one_conversation_keeps_every_limit_and_uses_it(limit: Limit) -> None:
    sent = moments(Pace(), "a:1", 1600)
    assert most_within(sent, limit.seconds) == limit.count


def test_limits_leave_room_for_one_that_arrives_late() -> None:
    """Microsoft takes 7 in a second, 8 in two, 60 in thirty and 1800 in an hour."""
    theirs = {1.0: 7, 2.0: 8, 30.0: 60, 3600.0: 1800}
    assert {limit.seconds for limit in PER_CONVERSATION} == set(theirs)
    assert all(limit.count < theirs[limit.seconds] for limit in PER_CONVERSATION)


def test_all_conversations_of_a_tenant_share_one_limit() -> None:
    pace, now, sent = Pace(), START, []
    for number in range(100):
        now = pace.free_at(TENANT, f"a:{number}", now)
        pace.note(TENANT, f"a:{number}", now)
        sent.append(now)
    assert [most_within(sent, limit.seconds) for limit in IN_TENANT] == [limit.count for limit in IN_TENANT]


def test_another_tenant_has_a_limit_of_its_own() -> None:
    pace = Pace()
    for number in range(20):
        pace.note(TENANT, f"a:{number}", START)
    assert pace.free_at(TENANT, "a:20", START) == START + 1
    assert pace.free_at("another", "a:20", START) == START


def test_a_conversation_that_is_paused_waits_with_all_its_threads() -> None:
    pace = Pace()
    pace.pause("19:x@thread.tacv2;messageid=1", START + 7)
    pace.pause("19:x@thread.tacv2;messageid=2", START + 3)
    assert pace.free_at(TENANT, "19:x@thread.tacv2;messageid=9", START) == START + 7
    assert pace.free_at(TENANT, "19:x@thread.tacv2", START + 8) == START + 8
    assert pace.free_at(TENANT, "19:y@thread.tacv2", START) == START


def test_threads_of_a_channel_are_one_conversation() -> None:
    pace = Pace()
    for thread in range(5):
        pace.note(TENANT, f"19:x@thread.tacv2;messageid={thread}", START)
    assert pace.free_at(TENANT, "19:x@thread.tacv2;messageid=9", START) == START + 1
    assert pace.free_at(TENANT, "19:y@thread.tacv2", START) == START


def test_another_conversation_does_not_wait() -> None:
    pace = Pace()
    moments(pace, "a:1", 7)
    assert pace.free_at(TENANT, "a:2", START) == START


@settings(deadline=None)  # of a machine that does other things too
@given(st.lists(st.floats(0, 100), max_size=60))
def test_a_window_keeps_its_limits_whenever_messages_come(waits: list[float]) -> None:
    window, now, sent = Window((Limit(3, 1), Limit(5, 10))), START, []
    for wait in waits:
        now = window.free_at(now + wait)
        window.note(now)
        sent.append(now)
    for count, seconds in ((3, 1), (5, 10)):
        spans = [later - earlier for earlier, later in zip(sent, sent[count:], strict=False)]
        assert all(span > seconds - 1e-6 for span in spans)


def test_a_window_remembers_no_more_than_it_needs() -> None:
    window = Window((Limit(3, 1), Limit(5, 10)))
    for second in range(100):
        window.note(START + second)
    assert list(window.sent) == [START + second for second in range(95, 100)]


def test_waits_grow_up_to_five_minutes() -> None:
    waits = [seconds_to_wait(Fault.BUSY, tries, None, 0.0) for tries in range(1, 8)]
    assert waits == [2, 8, 32, 128, 300, 300, 300]


def test_what_the_service_says_goes_before_our_own_reckoning() -> None:
    assert seconds_to_wait(Fault.THROTTLED, 1, 7.0, 0.0) == seconds_to_wait(Fault.THROTTLED, 6, 7.0, 0.0) == 7


@pytest.mark.parametrize("retry_after", [None, 8.0])
def test_waits_are_spread_by_a_quarter_and_never_shortened(retry_after: float | None) -> None:
    waits = [seconds_to_wait(Fault.THROTTLED, 2, retry_after, dice) for dice in (0.0, 0.5, 1.0)]
    assert waits == [8, 9, 10]
