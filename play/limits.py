"""Microsoft's rate limits for bots, as sliding windows (teams.md, section 4).

A thread is a personal chat, a group chat or a channel with all its threads of replies. What is refused does
not count.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    SEND = "send"  # also updates, deletions and typing
    CREATE = "create"
    GET = "get"


@dataclass(frozen=True, slots=True)
class Window:
    seconds: float
    most: int


def _windows(*limits: tuple[float, int]) -> tuple[Window, ...]:
    return tuple(Window(seconds, most) for seconds, most in limits)


_WRITES = _windows((1, 7), (2, 8), (30, 60), (3600, 1800))
_READS = _windows((1, 14), (2, 16), (30, 120), (3600, 3600))
_ALL_WRITES = _windows((1, 14), (2, 16))
_ALL_READS = _windows((1, 28), (2, 32))

ONE_BOT = {Kind.SEND: _WRITES, Kind.CREATE: _WRITES, Kind.GET: _READS}
ALL_BOTS = {Kind.SEND: _ALL_WRITES, Kind.CREATE: _ALL_WRITES, Kind.GET: _ALL_READS}
APP_IN_TENANT = _windows((1, 50))

_Key = tuple[str, ...]


class Limits:
    """Counts calls. `now` in seconds, from any start."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._taken: dict[_Key, deque[float]] = {}

    def take(self, kind: Kind, thread: str, tenant: str) -> float:
        """Count one call of our bot; gives 0, or the seconds to wait when it is refused."""
        rules = list(_rules(kind, thread, tenant))
        wait = max(self._wait(key, window) for key, windows in rules for window in windows)
        if wait <= 0:
            for key, windows in rules:
                self._count(key, windows)
        return max(wait, 0.0)

    def take_by_another_bot(self, kind: Kind, thread: str) -> None:
        """Another bot in the same thread makes one call, which counts against all bots."""
        self._count(("all", kind, thread), ALL_BOTS[kind])

    def _wait(self, key: _Key, window: Window) -> float:
        taken = self._taken.get(key, ())
        if len(taken) < window.most:
            return 0.0
        return taken[-window.most] + window.seconds - self._now()

    def _count(self, key: _Key, windows: tuple[Window, ...]) -> None:
        most = max(window.most for window in windows)
        self._taken.setdefault(key, deque(maxlen=most)).append(self._now())


def _rules(kind: Kind, thread: str, tenant: str) -> Iterator[tuple[_Key, tuple[Window, ...]]]:
    yield ("bot", kind, thread), ONE_BOT[kind]
    yield ("all", kind, thread), ALL_BOTS[kind]
    yield ("app", tenant), APP_IN_TENANT
