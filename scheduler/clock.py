"""The alarm clock. apscheduler holds one in-memory interval job and nothing else; what is due is asked of the
database at every tick, so a tick that is missed loses nothing (performance.md, rule 15)."""

from collections.abc import Awaitable, Callable

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler


class AlarmClock:
    """Calls `tick` every so many seconds on the running loop, never two at a time."""

    def __init__(self, tick: Callable[[], Awaitable[object]], *, seconds: float) -> None:
        self._scheduler = AsyncIOScheduler(jobstores={"default": MemoryJobStore()}, timezone="UTC")
        self._scheduler.add_job(
            tick, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
