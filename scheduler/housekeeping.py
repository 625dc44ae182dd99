"""What is forgotten by the hour: ids of activities that Teams will not send again, old wrong tries at codes, and what
people eat once the meeting is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.days import local_day
from store import activities, enrolment, meetings
from store.work import Store, Work

EVERY = timedelta(hours=1)
ACTIVITIES = timedelta(hours=24)  # teams.md 2.1, step 8
TRIES = timedelta(days=14)  # as long as a code lives


class Housekeeping:
    """`tick` may come as often as it likes; the work is done once an hour. `now` is the domain's clock, by which
    activities were noted and meetings are over; tries at codes go by the machine's."""

    def __init__(
        self, store: Store, *, now: Callable[[], datetime], machine_now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._now, self._machine_now = now, machine_now
        self._next = machine_now()

    async def tick(self) -> None:
        """Raises: StoreUnavailable - it is tried again at the next tick."""
        if self._machine_now() < self._next:
            return
        await self._store.work(self._forget, actor="forumbot", cause="housekeeping", now=self._now())
        self._next = self._machine_now() + EVERY

    def _forget(self, work: Work) -> None:
        activities.forget_before(work, self._now() - ACTIVITIES)
        enrolment.forget_before(work, self._machine_now() - TRIES)
        meetings.forget_eaten(work, local_day(self._now()))
