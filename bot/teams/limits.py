"""How much one person, and everybody together, may ask of us (threats.md, 32)."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    seconds: float
    most: int


@dataclass(frozen=True, slots=True)
class Limits:
    per_person: tuple[Window, ...] = (Window(10, 10), Window(60, 60))
    at_once: int = 256
    people_remembered: int = 10_000
    turn_seconds: float = 12.0


class TooMuch(Exception):  # noqa: N818 - an answer at the door, not an error of ours
    """`wait_seconds`: after that it is worth trying again."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(wait_seconds)
        self.wait_seconds = wait_seconds


class Gate:
    """Counts turns; what is refused does not count. `seconds`: a clock from any start."""

    def __init__(self, limits: Limits, seconds: Callable[[], float]) -> None:
        self._limits = limits
        self._seconds = seconds
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._inside = 0

    @contextmanager
    def passing(self, person: str) -> Iterator[None]:
        """Raises: TooMuch."""
        if self._inside >= self._limits.at_once:
            raise TooMuch(1.0)
        self._count(person)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _count(self, person: str) -> None:
        taken = self._of(person)
        now = self._seconds()
        wait = max((_wait(taken, window, now) for window in self._limits.per_person), default=0.0)
        if wait > 0:
            raise TooMuch(wait)
        taken.append(now)

    def _of(self, person: str) -> deque[float]:
        """The person's last turns. Whoever was quiet for longest is forgotten when there are too many."""
        most = max((window.most for window in self._limits.per_person), default=1)
        taken = self._taken.setdefault(person, deque(maxlen=most))
        self._taken.move_to_end(person)
        if len(self._taken) > self._limits.people_remembered:
            self._taken.popitem(last=False)
        return taken


def _wait(taken: deque[float], window: Window, now: float) -> float:
    """Seconds until the window has room; not positive when it has."""
    return taken[-window.most] + window.seconds - now if len(taken) >= window.most else 0.0
