"""From the outbox to the chat: claim, check again, render, send, mark. Nothing ends silently.

Whom Teams does not reach gets an e-mail at once, where mail is set up and the register knows an address; who has got it
in Teams and does not react gets one after the hours that the kind of message allows. Whom neither reaches, or who does
not react to the mail either, comes on the list of whom to phone. What to do with a failure is the error table of
teams.md, section 4. A row that may have been delivered is sent once more when a double is harmless, and left to a human
when it is not.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from sqlalchemy import Connection

from domain.errors import Fault, SendFailed, StoreUnavailable
from domain.messages import Address, Message, Ready, Unwanted
from scheduler.failures import OURS, UNREACHABLE, Step, next_step, of_reopening, seconds_to_wait, shrunk
from scheduler.pacing import Pace
from store import batches, conversations, outbox, receipts
from store.outbox import Item, Way
from store.receipts import Outcome
from store.work import Store, Work

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 50
AT_ONCE = 25  # conversations; what they write at the same time shares its commits
LEASE = timedelta(minutes=3)
ENOUGH_OF_LEASE = timedelta(seconds=100)  # for one send with its token, and its mark while the store is away
STORE_PATIENCE = timedelta(minutes=1)
STOP = timedelta(minutes=1)  # of Teams, after our credential was refused
_LONG_STOP = timedelta(hours=4)  # then what is for people goes by mail
_LONGEST_WAIT_HERE = 2.0  # seconds for the pace; who must wait longer is put off
_NO_CHAT_YET = frozenset({outbox.NO_CHAT, *UNREACHABLE})
_AFTER_TEAMS = 1.0  # seconds between the no of Teams and the e-mail, which the next claim sends


Prepare = Callable[[Item], Awaitable[Ready | Unwanted]]
Post = Callable[[], Awaitable[str]]  # hands an e-mail over, and gives its id
PreparePost = Callable[[Item], Awaitable[Post | Unwanted]]
StillWanted = Callable[[Item], Awaitable[Unwanted | None]]
Send = Callable[[Address, Message], Awaitable[str]]
Reopen = Callable[[Address], Awaitable[Address]]


async def no_mail(_: Item) -> Unwanted:
    """For a bot without a mail server."""
    return Unwanted(outbox.NO_CHAT)


async def always_wanted(_: Item) -> None:
    """For notices that nothing can make superfluous."""


def no_reaction_needed(_: str, __: Way) -> None:
    """For a bot whose messages end with their first way."""


def always_open(_: datetime) -> None:
    """For a bot without office hours."""


def at_once(at: datetime) -> datetime:
    """The same."""
    return at


class Delivery:
    """One loop of deliveries. `now` is the domain's clock; leases and what is put off go by `machine_now`,
    which all processes share, and pace and patience by `seconds`, which no change of the clock moves.

    `prepare` looks again whether and how a notice is sent, `send` gives the activity's id, `reopen` makes a personal
    chat anew, `by_mail` prepares the e-mail for whom Teams does not reach (NO_CHAT: nor does mail), `still_wanted`
    looks again whether it is wanted at all, `patience` says of a kind and way how long a reaction is waited for before
    the next way (None: none is needed), `resting` which kinds wait at that moment for office hours (None: these are),
    `office_from` when they are next, `dice` is a number between 0 and 1 for the jitter, `at_once` to how many
    people it is sent at the same time.
    """

    def __init__(
        self,
        store: Store,
        prepare: Prepare,
        send: Send,
        reopen: Reopen,
        *,
        by_mail: PreparePost = no_mail,
        still_wanted: StillWanted = always_wanted,
        patience: Callable[[str, Way], timedelta | None] = no_reaction_needed,
        resting: Callable[[datetime], Collection[str] | None] = always_open,
        office_from: Callable[[datetime], datetime] = at_once,
        now: Callable[[], datetime],
        machine_now: Callable[[], datetime],
        seconds: Callable[[], float],
        dice: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store, self._at_once = store, at_once
        self._prepare, self._send, self._reopen, self._prepare_mail = prepare, send, reopen, by_mail
        self._still_wanted, self._patience = still_wanted, patience
        self._resting, self._office_from = resting, office_from
        self._now, self._machine_now, self._seconds = now, machine_now, seconds
        self._dice, self._sleep = dice, sleep
        self._pace = Pace()
        self._held_up: dict[str, datetime] = {}  # until when something of this round waits, by recipient
        self._stopped_since = self._stopped_until = -math.inf
        self._one_tries = asyncio.Lock()
        self.is_stopped = False  # our own credential was refused; what goes to Teams waits

    async def tick(self) -> int:
        """Deliver what is due; returns how many rows were taken. While the store is away nothing is."""
        try:
            return await self._round()
        except StoreUnavailable as away:
            log.warning("delivery.store_unavailable", extra={"error": str(away)})
            return 0

    async def _round(self) -> int:
        machine_now = self._machine_now()
        until = machine_now + LEASE
        resting = self._resting(self._now())
        items = await self._once(lambda work: outbox.claim(work, BATCH, until, machine_now, resting))
        self._held_up.clear()
        gate = asyncio.Semaphore(self._at_once)
        each = groupby(sorted(items, key=lambda item: (item.recipient, item.id)), lambda item: item.recipient)
        outcomes = await asyncio.gather(
            *(self._to_one(tuple(theirs), until, gate) for _, theirs in each), return_exceptions=True
        )
        for outcome in outcomes:  # only now, so that nobody's failure leaves others unattended
            if outcome is not None:
                raise outcome
        return len(items)

    async def _to_one(self, items: Sequence[Item], until: datetime, gate: asyncio.Semaphore) -> None:
        """What goes to one person, one at a time and in the order it was put in."""
        async with gate:
            for item in items:
                await self._deliver(item, until)

    async def _deliver(self, item: Item, until: datetime) -> None:
        """The outer edge of one delivery: what breaks here is left to a human, and the next one goes on."""
        try:
            await self._try(item, until)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("delivery.broken", extra={"kind": item.kind})
            await self._end_unknown(item, "broken")

    async def _try(self, item: Item, until: datetime) -> None:
        if item.recipient in self._held_up and item.finished_at is None:
            await self._put_off(item, 0, "in_order")
        elif over := await self._over(item):
            await self._drop(item, over)
        elif item.finished_at is not None and await self._has_reacted(item, item.finished_at):
            await self._settle(item, "reacted")
        elif item.rung is Way.PHONE:
            await self._by_phone(item)
        elif item.finished_at is not None or await self._is_given_up_in_teams(item):
            await self._by_mail(item, until)
        else:
            await self._by_teams(item, until)

    async def _over(self, item: Item) -> str | None:
        """Why it is not sent by any way any more, whatever it says: it comes too late, or its batch was stopped."""
        if item.expires_at is not None and item.expires_at <= self._now():
            return outbox.TOO_LATE
        batch = item.batch
        if batch is not None and await self._read(lambda connection: batches.is_stopped(connection, batch)):
            return batches.STOPPED
        return None

    async def _has_reacted(self, item: Item, since: datetime) -> bool:
        return await self._read(
            lambda connection: conversations.has_reacted(connection, item.recipient, since)
        )

    async def _is_given_up_in_teams(self, item: Item) -> bool:
        """The chat is there and it did not get through; else who has a chat by now is told there."""
        if item.rung is not Way.MAIL:
            return False
        found = await self._read(lambda connection: receipts.of(connection, [item.id]))
        return any(each.reason not in _NO_CHAT_YET for each in found.get(item.id, ())[-1:])

    async def _by_teams(self, item: Item, until: datetime) -> None:
        """While our credential is refused, one message a minute tries whether it is mended."""
        if not self.is_stopped or not await self._has_chat(item):
            await self._in_teams(item, until)
            return
        async with self._one_tries:
            if self._seconds() >= self._stopped_until:
                await self._in_teams(item, until)
                return
        await self._wait_for_credential(item)

    async def _has_chat(self, item: Item) -> bool:
        if not item.is_for_person:
            return True
        found = await self._read(lambda connection: conversations.personal(connection, item.recipient))
        return found is not None

    async def _wait_for_credential(self, item: Item) -> None:
        """When that takes long it goes by mail, if there is one to send."""
        reason = Fault.UNAUTHORISED.value
        if self._seconds() - self._stopped_since >= _LONG_STOP.total_seconds() and await self._has_mail(item):
            await self._put_off(item, _AFTER_TEAMS, reason, outbox.later_by_mail)
        else:
            await self._put_off(item, max(self._stopped_until - self._seconds(), 0), reason)

    async def _in_teams(self, item: Item, until: datetime) -> None:
        """Else by mail; who has come to Teams since a mail was tried is told there."""
        found = await self._patiently(lambda: self._prepare(item))
        if isinstance(found, Ready):
            await self._when_free(item, found, until)
        elif found.reason == outbox.NO_CHAT and item.is_for_person:
            following: Item | None = item
            if item.rung is Way.TEAMS:
                following = await self._work(lambda work: outbox.by_mail(work, item, outbox.NO_CHAT))
            if following is not None:  # else another has it by now
                await self._by_mail(following, until)
        else:
            await self._drop(item, found.reason)

    async def _by_mail(self, item: Item, until: datetime) -> None:
        found = await self._patiently(lambda: self._prepare_mail(item))
        if not isinstance(found, Unwanted):
            if not await self._lease_is_short(item, until):
                await self._mail_one(item, found)
        elif found.reason == outbox.NO_CHAT:
            over = await self._patiently(lambda: self._still_wanted(item))
            await self._drop(item, over.reason if over else outbox.NO_CHAT)
        else:
            await self._drop(item, found.reason)

    async def _by_phone(self, item: Item) -> None:
        over = await self._patiently(lambda: self._still_wanted(item))
        if over is not None:
            await self._drop(item, over.reason)
        else:
            await self._settle(item, "to_phone", to_phone=True)

    async def _drop(self, item: Item, reason: str) -> None:
        is_phoned = self._is_phoned(item)
        await self._end(
            item, "dropped", reason, lambda work: outbox.dropped(work, item, reason, is_phoned=is_phoned)
        )

    async def _settle(self, item: Item, outcome: str, *, to_phone: bool = False) -> None:
        await self._end(item, outcome, None, lambda work: outbox.settled(work, item, to_phone=to_phone))

    async def _lease_is_short(self, item: Item, until: datetime) -> bool:
        """Another might send it, too, before we have marked it; so it is given back."""
        is_short = self._machine_now() + ENOUGH_OF_LEASE > until
        if is_short:
            await self._put_off(item, 0, "lease_short")
        return is_short

    async def _when_free(self, item: Item, ready: Ready, until: datetime) -> None:
        """Send as soon as the pace allows, if that is soon. What had to wait is looked at once more: between that and
        the request that carries the message there is nothing but the way to it."""
        has_waited = False
        while (wait := self._wait_for_pace(ready.address)) > 0:
            if wait > _LONGEST_WAIT_HERE:
                await self._put_off(item, wait, "paced")
                return
            await self._sleep(max(wait, 0.01))
            has_waited = True
        if await self._lease_is_short(item, until):
            return
        self._note(ready.address)
        if has_waited and (over := await self._over(item) or await self._is_unwanted(item)):
            await self._drop(item, over)
        else:
            await self._send_one(item, ready)

    async def _is_unwanted(self, item: Item) -> str | None:
        over = await self._patiently(lambda: self._still_wanted(item))
        return over.reason if over else None

    def _wait_for_pace(self, address: Address) -> float:
        seconds = self._seconds()
        return self._pace.free_at(address.tenant_id, address.conversation_id, seconds) - seconds

    def _note(self, address: Address) -> None:
        self._pace.note(address.tenant_id, address.conversation_id, self._seconds())

    async def _send_again(self, item: Item, ready: Ready, done: frozenset[Step]) -> None:
        self._note(ready.address)
        await self._send_one(item, ready, done)

    async def _send_one(self, item: Item, ready: Ready, done: frozenset[Step] = frozenset()) -> None:
        began = self._now()
        try:
            activity_id = await self._send(ready.address, ready.message)
        except SendFailed as failure:
            await self._failed(item, ready, failure, done)
        else:
            self._go_on()
            await self._sent(item, activity_id, Way.TEAMS, began)

    async def _sent(self, item: Item, sent_as: str, way: Way, began: datetime) -> None:
        """Timed by when the sending began: what the person does from then on may be a reaction."""
        patience = self._patience(item.kind, way) if item.is_for_person else None
        follow_up_at = self._office_from(began + patience) if patience is not None else None

        def mark(work: Work) -> bool:
            return outbox.sent(replace(work, now=began), item, sent_as, way, follow_up_at)

        await self._end(item, "sent", None, mark)

    async def _failed(self, item: Item, ready: Ready, failure: SendFailed, done: frozenset[Step]) -> None:
        fault, tries, reason = failure.fault, _tries(item, failure), failure.fault.value
        waited = self._now() - item.created_at
        step = next_step(fault, tries, must_not_double=item.ambiguous, done=done, waited=waited)
        if step is Step.STOP:
            self._stop(reason)
            await self._wait_for_credential(item)
            return
        self._go_on()
        if step is Step.AGAIN:
            wait = seconds_to_wait(fault, tries, failure.retry_after, self._dice())
            if fault is Fault.THROTTLED:
                self._pace.pause(ready.address.conversation_id, self._seconds() + wait)
            await self._put_off(item, wait, reason, outbox.went_wrong)
        elif step is Step.REOPEN:
            await self._anew(item, ready, done | {step})
        elif step is Step.SHRINK:
            await self._send_again(item, replace(ready, message=shrunk(ready.message)), done | {step})
        elif step is Step.UNKNOWN:
            await self._doubt(item, reason)
        else:
            await self._give_up(item, ready.address, fault)

    async def _mail_one(self, item: Item, post: Post) -> None:
        began = self._now()
        try:
            mail_id = await post()
        except SendFailed as failure:
            await self._mail_failed(item, failure)
        else:
            await self._sent(item, mail_id, Way.MAIL, began)

    async def _mail_failed(self, item: Item, failure: SendFailed) -> None:
        """The same table as for Teams, as far as mail has its faults."""
        tries, reason = _tries(item, failure), failure.fault.value
        step = next_step(failure.fault, tries, must_not_double=item.ambiguous, done=frozenset())
        if step is Step.AGAIN:
            wait = seconds_to_wait(failure.fault, tries, failure.retry_after, self._dice())
            await self._put_off(item, wait, reason, outbox.went_wrong)
        elif step is Step.UNKNOWN:
            await self._end_unknown(item, reason, Way.MAIL)
        else:
            await self._end_failed(item, reason)

    async def _end_failed(self, item: Item, reason: str) -> None:
        is_phoned = self._is_phoned(item)
        await self._end(
            item,
            "failed",
            reason,
            lambda work: outbox.failed(work, item, reason, Way.MAIL, is_phoned=is_phoned),
        )

    async def _end_unknown(self, item: Item, reason: str, way: Way | None = None) -> None:
        is_phoned = self._is_phoned(item)
        await self._end(
            item, "unknown", reason, lambda work: outbox.unknown(work, item, reason, way, is_phoned=is_phoned)
        )

    def _is_phoned(self, item: Item) -> bool:
        """Whom nothing has reached is; who has it in Teams, only where its kind goes on to the telephone."""
        return item.finished_at is None or self._patience(item.kind, Way.MAIL) is not None

    def _stop(self, reason: str) -> None:
        if not self.is_stopped:
            log.error("delivery.stopped", extra={"reason": reason})
            self._stopped_since = self._seconds()
        self.is_stopped = True
        self._stopped_until = self._seconds() + STOP.total_seconds()

    def _go_on(self) -> None:
        self.is_stopped, self._stopped_until = False, -math.inf

    async def _anew(self, item: Item, ready: Ready, done: frozenset[Step]) -> None:
        """The stored conversation is no more: open the personal chat again and send there, once."""
        gone = ready.address
        try:
            opened = await self._reopen(gone)
        except SendFailed as failure:
            meant = SendFailed(of_reopening(failure.fault), retry_after=failure.retry_after)
            await self._failed(item, ready, meant, done)
            return
        address = replace(gone, conversation_id=opened.conversation_id, service_url=opened.service_url)
        await self._work(lambda work: conversations.moved(work, gone.conversation_id, address))
        await self._send_again(item, replace(ready, address=address), done)

    async def _give_up(self, item: Item, address: Address, fault: Fault) -> None:
        """By this way. It goes by mail at the next claim, if there is one to send; unless the message itself is wrong,
        or the settings are."""
        state, reason = UNREACHABLE.get(fault), fault.value

        def close(work: Work) -> None:
            if state is not None:
                conversations.set_state(work, address.conversation_id, state)

        def give_up(work: Work) -> bool:
            close(work)
            return outbox.failed(work, item, reason, Way.TEAMS)

        def give_up_teams(work: Work, item: Item, at: datetime, reason: str) -> bool:
            close(work)
            return outbox.later_by_mail(work, item, at, reason)

        if fault not in OURS and await self._has_mail(item):
            await self._put_off(item, _AFTER_TEAMS, reason, give_up_teams)
        else:
            await self._end(item, "failed", reason, give_up)

    async def _doubt(self, item: Item, reason: str) -> None:
        """It may have arrived in Teams. Where that does no harm it goes by mail, too."""
        if not item.ambiguous and await self._has_mail(item):
            await self._put_off(item, _AFTER_TEAMS, reason, _by_mail_in_doubt)
        else:
            await self._end_unknown(item, reason, Way.TEAMS)

    async def _has_mail(self, item: Item) -> bool:
        if not item.is_for_person:
            return False
        return not isinstance(await self._patiently(lambda: self._prepare_mail(item)), Unwanted)

    async def _put_off(
        self,
        item: Item,
        seconds: float,
        reason: str,
        mark: Callable[[Work, Item, datetime, str], bool] = outbox.later,
    ) -> None:
        """Not now; and what was put in later for that person goes after it. A mail holds nothing back."""
        at = self._machine_now() + timedelta(seconds=seconds)
        if item.finished_at is None and item.rung is Way.TEAMS:
            at = self._held_up[item.recipient] = max(at, self._held_up.get(item.recipient, at))
        await self._work(lambda work: mark(work, item, at, reason))
        if mark is not outbox.later:
            log.info("delivery", extra={"outcome": "later", "reason": reason, "kind": item.kind})

    async def _end(self, item: Item, outcome: str, reason: str | None, mark: Callable[[Work], bool]) -> None:
        is_ours = await self._work(mark)
        told = outcome if is_ours else "lease_lost"
        log.log(
            _level(told, reason), "delivery", extra={"outcome": told, "reason": reason, "kind": item.kind}
        )

    async def _work(self, job: Callable[[Work], T]) -> T:
        # What is under way when the process is stopped is still carried out, as long as the store is open.
        return await self._patiently(lambda: asyncio.shield(self._once(job)))

    async def _read(self, job: Callable[[Connection], T]) -> T:
        return await self._patiently(lambda: self._store.read(job))

    async def _once(self, job: Callable[[Work], T]) -> T:
        return await self._store.work(job, actor="forumbot", cause="delivery", now=self._now())

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until the store is back: a mark that is lost is a message that is sent twice.

        Raises: StoreUnavailable - it is still away when patience ends.
        """
        patience_ends = self._seconds() + STORE_PATIENCE.total_seconds()
        while True:
            try:
                return await ask()
            except StoreUnavailable:
                if self._seconds() >= patience_ends:
                    raise
                await self._sleep(1)


def _tries(item: Item, failure: SendFailed) -> int:
    """How often it went wrong so by this way, this time among them. Each fault has a limit of its own: after an outage
    Microsoft may answer "later" as often as to any message."""
    return item.tries.get(failure.fault, 0) + 1


def _by_mail_in_doubt(work: Work, item: Item, at: datetime, reason: str) -> bool:
    return outbox.later_by_mail(work, item, at, reason, Outcome.UNSURE)


def _level(outcome: str, reason: str | None) -> int:
    """How loud the end of a row is. Loud enough to be seen: the person was not told, or nobody knows."""
    if outcome == "failed" and reason in OURS:
        return logging.ERROR
    if outcome in ("failed", "unknown", "lease_lost") or reason == outbox.NO_CHAT:
        return logging.WARNING
    return logging.INFO
