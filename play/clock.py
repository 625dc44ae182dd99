"""The day that it is for the forum, which whoever tries the product can move."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from domain.days import local_day


class Clock:
    """The machine's time, moved by whole days. Never back: what has happened would lie ahead."""

    def __init__(
        self, on: date | None = None, *, machine_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._machine_now = machine_now
        self._shift = on - local_day(machine_now()) if on else timedelta()

    def now(self) -> datetime:
        return self._machine_now() + self._shift

    @property
    def day(self) -> date:
        return local_day(self.now())

    def move_to(self, day: date) -> None:
        """Raises: ValueError - the day is not later than the one it is."""
        if day <= self.day:
            raise ValueError(day)
        self._shift += day - self.day
