"""The day that it is for the forum, which whoever tries the product can move."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from domain.days import OSLO, local_day

_MORNING = time(9)  # what is due on a day goes out then, and whoever tries it should not have to wait


class Clock:
    """The machine's time, moved to the morning of a day. Never back: what has happened would lie ahead."""

    def __init__(
        self, on: date | None = None, *, machine_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._machine_now = machine_now
        self._shift = self._to_morning_of(on) if on else timedelta()

    def now(self) -> datetime:
        return self._machine_now() + self._shift

    @property
    def day(self) -> date:
        return local_day(self.now())

    def move_to(self, day: date) -> None:
        """Raises: ValueError - the day is not later than the one it is."""
        if day <= self.day:
            raise ValueError(day)
        self._shift = self._to_morning_of(day)

    def _to_morning_of(self, day: date) -> timedelta:
        return datetime.combine(day, _MORNING, OSLO) - self._machine_now()
