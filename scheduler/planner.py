"""From the calendar to the outbox: what has fallen due since the last time, however long ago that was.

The rows and the mark of how far the days were gone through are one transaction, and every row has a key of its own, so
neither a crash nor a second replica nor a clock that jumps makes a double (performance.md, rule 15).
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from domain.days import local_day
from domain.errors import StoreUnavailable
from domain.ladders import Reminding, days_between
from store import occasions
from store.occasions import Occasion
from store.work import Store, Work

log = logging.getLogger(__name__)

MARK = "planner"
_DAY = timedelta(days=1)
_FURTHEST_BACK = timedelta(days=60)  # what fell due before that is no use to anybody
_AGAIN = timedelta(days=7)  # where it is not known which days were gone through

_JUMP = timedelta(hours=1)

DueOn = Callable[[Connection, date], Iterable[Occasion]]


class Timekeeper:
    """Whether the machine's clock goes on as time passes. `seconds` are for durations alone, and no clock sets them."""

    def __init__(self, machine_now: Callable[[], datetime], seconds: Callable[[], float]) -> None:
        self._machine_now, self._seconds = machine_now, seconds
        self._before: tuple[datetime, float] | None = None

    def has_jumped(self) -> bool:
        """Since it was asked last. The clock of a machine that has slept jumps, too, and is right; so a jump is
        believed when it is asked again."""
        at, seconds = self._machine_now(), self._seconds()
        before, self._before = self._before, (at, seconds)
        return before is not None and at - before[0] - timedelta(seconds=seconds - before[1]) > _JUMP


class Planner:
    """`tick` may come as often as it likes: between two moments at which something can be due it asks nothing.

    `due_on` gives what falls due on a day. `now` is the domain's clock; `timekeeper` looks after the machine's clock.
    """

    def __init__(
        self,
        store: Store,
        due_on: DueOn,
        rules: Reminding,
        *,
        now: Callable[[], datetime],
        timekeeper: Timekeeper | None = None,
    ) -> None:
        self._store, self._due_on, self._rules, self._now, self._timekeeper = (
            store,
            due_on,
            rules,
            now,
            timekeeper,
        )
        self._done: tuple[datetime, datetime] | None = None  # planned at, and nothing more before

    async def tick(self) -> int:
        """Put in what is due; gives how many rows. Outside office hours nothing is."""
        now = self._now()
        if self._timekeeper and self._timekeeper.has_jumped():
            log.error("planner.clock_jumped", extra={"to": now.isoformat()})
            return 0
        if not self._rules.is_office_time(now) or (self._done and self._done[0] <= now < self._done[1]):
            return 0
        try:
            made = await self._store.work(self._plan, actor="forumbot", cause="planner", now=now)
        except StoreUnavailable as away:
            log.warning("planner.store_unavailable", extra={"error": str(away)})
            return 0
        self._done = now, self._next_moment(now)
        if made:
            log.info("planner", extra={"count": made})
        return made

    def _plan(self, work: Work) -> int:
        today = self._last_day(work.now)
        first = self._first_day(work, today)
        made = 0
        for day in days_between(max(first, today - _FURTHEST_BACK), today):
            made += sum(occasions.tell(work, each) for each in self._due_on(work.connection, day))
        if first <= today:
            occasions.plan_until(work, MARK, self._rules.moment(today))
        return made

    def _first_day(self, work: Work, today: date) -> date:
        """The first day that has not been gone through. Where the mark is after today, the clock was ahead and is right
        by now, and nobody knows since when it was: the last week is gone through again."""
        mark = occasions.planned_until(work.connection, MARK)
        if mark is None:
            return today
        if local_day(mark) > local_day(work.now):
            log.error("planner.clock_was_ahead", extra={"until": mark.isoformat()})
            return today - _AGAIN
        return local_day(mark) + _DAY

    def _last_day(self, now: datetime) -> date:
        """The last day whose moment has come."""
        today = local_day(now)
        return today if self._rules.moment(today) <= now else today - _DAY

    def _next_moment(self, now: datetime) -> datetime:
        return self._rules.moment(self._last_day(now) + _DAY)
