"""From the outbox to the chat: claim, check again, render, send, mark. Nothing ends silently.

What to do with a failure is the error table of teams.md, section 4. A row that may have been delivered is sent once
more when a double is harmless, and left to a human when it is not.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from domain.errors import Fault, SendFailed, StoreUnavailable
from domain.messages import Address, Message, Ready, Unwanted
from scheduler.pacing import Pace
from store import conversations, outbox
from store.conversations import ConversationState
from store.outbox import Item
from store.work import Store, Work

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 50
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 6
AT_ONCE = 8  # conversations
_FIRST_WAIT_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 300.0

_AGAIN = frozenset({Fault.THROTTLED, Fault.BUSY, Fault.UNSENT})
_UNREACHABLE = {
    Fault.NOT_INSTALLED: ConversationState.NOT_INSTALLED,
    Fault.BLOCKED: ConversationState.BLOCKED,
    Fault.CONVERSATION_GONE: ConversationState.GONE,
}


Prepare = Callable[[Item], Awaitable[Ready | Unwanted]]
Send = Callable[[Address, Message], Awaitable[str]]
Reopen = Callable[[Address], Awaitable[Address]]


class Delivery:
    """One loop of deliveries. `now` is the domain's clock; leases and waiting go by `machine_now`.

    `prepare` looks again whether and how a notice is sent, `send` gives the activity's id, `reopen` makes a personal
    chat anew, `dice` is a number between 0 and 1 for the jitter.
    """

    def __init__(
        self,
        store: Store,
        prepare: Prepare,
        send: Send,
        reopen: Reopen,
        *,
        now: Callable[[], datetime],
        machine_now: Callable[[], datetime],
        dice: Callable[[], float],
    ) -> None:
        self._store = store
        self._prepare, self._send, self._reopen = prepare, send, reopen
        self._now, self._machine_now, self._dice = now, machine_now, dice
        self._pace = Pace()
        self.is_stopped = False  # our own credential was refused: nothing can be sent until it is mended

    async def tick(self) -> int:
        """Deliver what is due; returns how many rows were taken. While the store is away nothing is."""
        try:
            return await self._round()
        except StoreUnavailable as away:
            log.warning("delivery.store_unavailable", extra={"error": str(away)})
            return 0

    async def _round(self) -> int:
        machine_now = self._machine_now()
        items = await self._work(
            lambda work: outbox.claim(work, BATCH, lease_until=machine_now + LEASE, machine_now=machine_now)
        )
        self.is_stopped = False
        gate = asyncio.Semaphore(AT_ONCE)
        recipients = groupby(sorted(items, key=lambda item: item.recipient), lambda item: item.recipient)
        await asyncio.gather(*(self._to_one(tuple(theirs), gate) for _, theirs in recipients))
        return len(items)

    async def _to_one(self, items: Iterable[Item], gate: asyncio.Semaphore) -> None:
        """What goes to one person, one at a time and in the order it was put in."""
        async with gate:
            for item in sorted(items, key=lambda item: item.id):
                await self._deliver(item)

    async def _deliver(self, item: Item) -> None:
        if self.is_stopped:
            await self._later(item, _LONGEST_WAIT_SECONDS, "credential")
            return
        found = await self._prepare(item)
        if isinstance(found, Unwanted):
            await self._work(lambda work: outbox.dropped(work, item, found.reason))
            log.info("delivery", extra={"outcome": "dropped", "reason": found.reason, "kind": item.kind})
            return
        wait = self._pace.free_at(found.address.conversation_id, self._seconds()) - self._seconds()
        if wait > 0:
            await self._later(item, wait, "paced")
            return
        await self._send_one(item, found)

    async def _send_one(self, item: Item, ready: Ready) -> None:
        self._pace.note(ready.address.conversation_id, self._seconds())
        try:
            activity_id = await self._send(ready.address, ready.message)
        except SendFailed as failure:
            log.info("delivery", extra={"outcome": "failed", "fault": failure.fault.value, "kind": item.kind})
            await self._failed(item, ready, failure)
            return
        await self._work(lambda work: outbox.sent(work, item, activity_id))
        log.info("delivery", extra={"outcome": "sent", "kind": item.kind})

    async def _failed(self, item: Item, ready: Ready, failure: SendFailed) -> None:
        fault = failure.fault
        if fault is Fault.UNAUTHORISED:
            self.is_stopped = True
            await self._later(item, _LONGEST_WAIT_SECONDS, fault.value)
        elif fault in _AGAIN and item.attempts < MOST_ATTEMPTS:
            await self._later(item, self._patience(item, ready, failure), fault.value)
        elif fault is Fault.AMBIGUOUS and (item.ambiguous or item.attempts > 1):
            await self._work(lambda work: outbox.unknown(work, item, fault.value))
        elif fault is Fault.AMBIGUOUS:
            await self._later(item, self._patience(item, ready, failure), fault.value)
        elif fault is Fault.CONVERSATION_GONE and item.attempts == 1:
            await self._anew(item, ready)
        else:
            await self._give_up(item, ready, fault)

    def _patience(self, item: Item, ready: Ready, failure: SendFailed) -> float:
        """Seconds to wait: what the service said, else twice as long each time; and never all at the same moment."""
        doubled = min(_FIRST_WAIT_SECONDS * 2 ** (item.attempts - 1), _LONGEST_WAIT_SECONDS)
        seconds = failure.retry_after if failure.retry_after is not None else doubled
        seconds *= 1 + self._dice() / 4
        if failure.fault is Fault.THROTTLED:
            self._pace.pause(ready.address.conversation_id, self._seconds() + seconds)
        return seconds

    async def _anew(self, item: Item, ready: Ready) -> None:
        """The stored conversation is no more: open the personal chat again, once."""
        gone = ready.address
        try:
            opened = await self._reopen(gone)
        except SendFailed as failure:
            await self._give_up(item, ready, failure.fault)
            return

        def keep(work: Work) -> None:
            conversations.set_state(work, gone.conversation_id, ConversationState.GONE)
            conversations.seen(work, opened, work.now)

        await self._work(keep)
        await self._later(item, 0, Fault.CONVERSATION_GONE.value)

    async def _give_up(self, item: Item, ready: Ready, fault: Fault) -> None:
        state = _UNREACHABLE.get(fault)

        def end(work: Work) -> None:
            if state is not None:
                conversations.set_state(work, ready.address.conversation_id, state)
            outbox.failed(work, item, fault.value)

        await self._work(end)

    async def _later(self, item: Item, seconds: float, reason: str) -> None:
        at = self._machine_now() + timedelta(seconds=seconds)
        await self._work(lambda work: outbox.later(work, item, at, reason))

    async def _work(self, job: Callable[[Work], T]) -> T:
        return await self._store.work(job, actor="forumbot", cause="delivery", now=self._now())

    def _seconds(self) -> float:
        return self._machine_now().timestamp()
