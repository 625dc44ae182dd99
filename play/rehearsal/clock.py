"""A clock that is moved and never waits."""

import asyncio
from datetime import datetime, timedelta


class MovedClock:
    """The time of everything in a rehearsal: the bot's, the forum's and that of Teams. Never back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def seconds(self) -> float:
        return self._at.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Whoever sleeps wakes at the time that it then is; what others have to do meanwhile is begun first."""
        wakes_at = self._at + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.move_to(wakes_at)

    def move_to(self, at: datetime) -> None:
        """Nothing happens where it is that late already."""
        self._at = max(self._at, at)

    def passes(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
