"""The windows are Microsoft's, and none can be slipped past by waiting a little."""

import pytest

from play.limits import ALL_BOTS, APP_IN_TENANT, ONE_BOT, Kind, Limits, Window


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(clock)


def taken(limits: Limits, clock: Clock, kind: Kind, times: int, apart: float) -> int:
    """How many of so many calls, so far apart, are let through."""
    let = 0
    for _ in range(times):
        let += limits.take(kind, "a:1", "tenant") == 0
        clock.seconds += apart
    return let


def test_the_table_is_microsofts() -> None:
    writes = (Window(1, 7), Window(2, 8), Window(30, 60), Window(3600, 1800))
    reads = (Window(1, 14), Window(2, 16), Window(30, 120), Window(3600, 3600))
    assert {Kind.SEND: writes, Kind.CREATE: writes, Kind.GET: reads} == ONE_BOT
    assert ALL_BOTS[Kind.SEND] == ALL_BOTS[Kind.CREATE] == (Window(1, 14), Window(2, 16))
    assert ALL_BOTS[Kind.GET] == (Window(1, 28), Window(2, 32))
    assert (Window(1, 50),) == APP_IN_TENANT


@pytest.mark.parametrize(
    ("times", "apart", "let"),
    [
        (20, 0.0, 7),  # one second
        (8, 0.15, 8),  # the eighth comes after the first second
        (20, 0.15, 8 + 6),  # two seconds: one more for each that leaves the window
        (70, 0.4, 60),  # half a minute
        (1900, 1.0, 1800),  # an hour
    ],
)
def test_sends_in_one_thread(limits: Limits, clock: Clock, times: int, apart: float, let: int) -> None:
    assert taken(limits, clock, Kind.SEND, times, apart) == let


def test_reads_have_room_for_twice_as_many(limits: Limits, clock: Clock) -> None:
    assert taken(limits, clock, Kind.GET, 30, 0.0) == 14


def test_the_wait_is_exact_and_what_is_refused_does_not_count(limits: Limits, clock: Clock) -> None:
    for tenth in range(7):
        clock.seconds = tenth / 10
        assert limits.take(Kind.SEND, "a:1", "tenant") == 0
    for _ in range(5):
        assert limits.take(Kind.SEND, "a:1", "tenant") == pytest.approx(0.4)
    clock.seconds = 1.0
    assert limits.take(Kind.SEND, "a:1", "tenant") == 0


def test_kinds_and_threads_have_windows_of_their_own(limits: Limits, clock: Clock) -> None:
    assert taken(limits, clock, Kind.SEND, 7, 0.0) == 7
    assert limits.take(Kind.CREATE, "a:1", "tenant") == 0
    assert limits.take(Kind.SEND, "a:2", "tenant") == 0
    assert limits.take(Kind.SEND, "a:1", "tenant") == 1.0


def test_the_app_has_fifty_calls_a_second_in_a_tenant(limits: Limits) -> None:
    let = [limits.take(Kind.SEND, f"a:{number}", "tenant") == 0 for number in range(60)]
    assert sum(let) == 50
    assert limits.take(Kind.SEND, "a:99", "another") == 0


def test_other_bots_use_up_the_thread_too(limits: Limits) -> None:
    for _ in range(12):
        limits.take_by_another_bot(Kind.SEND, "a:1")
    assert [limits.take(Kind.SEND, "a:1", "tenant") for _ in range(3)] == [0, 0, 1.0]
