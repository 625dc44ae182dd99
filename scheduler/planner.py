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

DueOn = Callable[[Connection, date], Iterable[Occasion]]


class Planner:
    """`tick` may come as often as it likes: between two moments at which something can be due it asks nothing.

    `due_on` gives what falls due on a day. `now` is the domain's clock.
    """

    def __init__(self, store: Store, due_on: DueOn, rules: Reminding, *, now: Callable[[], datetime]) -> None:
        self._store, self._due_on, self._rules, self._now = store, due_on, rules, now
        self._done: tuple[datetime, datetime] | None = None  # planned at, and nothing more before

    async def tick(self) -> int:
        """Put in what is due; gives how many rows. Outside office hours nothing is."""
        now = self._now()
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
        mark = occasions.planned_until(work.connection, MARK)
        first = local_day(mark) + _DAY if mark else today
        made = 0
        for day in days_between(max(first, today - _FURTHEST_BACK), today):
            made += sum(occasions.tell(work, each) for each in self._due_on(work.connection, day))
        if mark is None or local_day(mark) < today:
            occasions.plan_until(work, MARK, self._rules.moment(today))
        return made

    def _last_day(self, now: datetime) -> date:
        """The last day whose moment has come."""
        today = local_day(now)
        return today if self._rules.moment(today) <= now else today - _DAY

    def _next_moment(self, now: datetime) -> datetime:
        return self._rules.moment(self._last_day(now) + _DAY)
