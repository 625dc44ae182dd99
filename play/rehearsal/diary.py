"""What is going to be done by whom and when."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count


@dataclass(order=True, slots=True)
class Entry:
    at: datetime
    place: int
    act: Callable[[], Awaitable[None]] = field(compare=False)


class Diary:
    """Entries come out by their time; those of one time in the order they were put in. What would have been before it
    begins is not done."""

    def __init__(self, begins_at: datetime) -> None:
        self._begins_at = begins_at
        self._entries: list[Entry] = []
        self._places = count()

    def put(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        # In UTC, since on the clock an hour comes twice in the autumn.
        if at >= self._begins_at:
            heappush(self._entries, Entry(at.astimezone(UTC), next(self._places), act))

    def next_until(self, until: datetime) -> Entry | None:
        """Take out the first entry, if it is before that time."""
        return heappop(self._entries) if self._entries and self._entries[0].at < until else None
