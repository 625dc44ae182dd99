"""The alarm clock. apscheduler holds one in-memory interval job and nothing else; what is due is asked of the
database at every tick, so a tick that is missed loses nothing (performance.md, rule 15)."""

import asyncio
from collections.abc import Awaitable, Callable

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler


class AlarmClock:
    """Calls `tick` every so many seconds on the running loop, never two at a time, and again at once as long as it says
    that there is more to do."""

    def __init__(self, tick: Callable[[], Awaitable[bool | None]], *, seconds: float) -> None:
        self._tick = tick
        self._is_stopping = False
        self._is_still = asyncio.Event()
        self._is_still.set()
        self._scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone="UTC")
        self._scheduler.add_job(
            self._ring, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """No more ticks; the one that runs is let through, since a message half sent would be sent again."""
        self._scheduler.pause()
        self._is_stopping = True
        await self._is_still.wait()
        self._scheduler.shutdown(wait=False)

    async def _ring(self) -> None:
        self._is_still.clear()
        try:
            while await self._tick() and not self._is_stopping:
                pass
        finally:
            self._is_still.set()
