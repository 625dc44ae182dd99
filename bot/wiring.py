"""The whole bot, put together. Here, and nowhere else, are the clocks, the ids and the dice."""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bot.app import OutboxRows, create_app, serving
from bot.app import Ready as Ready_
from bot.feeds import FeedLinks, Feeds
from bot.files import Files, Links
from bot.mail import Mailer
from bot.metrics import Metrics
from bot.settings import Settings
from bot.teams.channel import Channel, open_channel
from bot.teams.limits import Limits
from bot.teams.watch import Watch
from dialogs import inviting, mails, notices, occasions
from dialogs.desk import House
from dialogs.enrolling import ALPHABET, LENGTH
from dialogs.turns import Turns
from domain.days import local_day
from domain.errors import Fault, Final, SendFailed, StoreUnavailable
from domain.forum import Forum, load_forum
from domain.ladders import Reminding, reminding
from domain.messages import Address, Ready, Scope, Unwanted
from scheduler import events
from scheduler.clock import AlarmClock
from scheduler.delivery import AT_ONCE, BATCH, Delivery, Post, PreparePost, no_mail
from scheduler.housekeeping import Housekeeping
from scheduler.planner import DueOn, Planner, Timekeeper
from store import outbox
from store.occasions import Occasion
from store.outbox import Item
from store.work import Store

log = logging.getLogger(__name__)

DELIVERY_SECONDS = 1.0
_CODE_SECONDS = 5.0  # a turn has twelve

T = TypeVar("T")

Now = Callable[[], datetime]


def machine_now() -> datetime:
    """The machine's clock: tokens, leases, time-outs, codes."""
    return datetime.now(UTC)


def dice() -> float:
    return random.random()  # noqa: S311 - it only spreads retries


@dataclass(frozen=True, slots=True)
class Machine:
    """How time passes for the bot, and chance falls. `seconds`: for durations only. `at_once`: to how many people it is
    sent at the same time."""

    now: Now = machine_now
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: Callable[[], float] = dice
    at_once: int = AT_ONCE


THIS_MACHINE = Machine()


def domain_clock(settings: Settings, on: date | Now | None, machine: Machine = THIS_MACHINE) -> Now:
    """The clock that rounds, deadlines and duties follow: the machine's, moved by whole days to `on`, or `on` itself.

    Raises: Final - another day, or another machine's time, in production.
    """
    if settings.is_production and (on is not None or machine is not THIS_MACHINE):
        raise Final("the day cannot be set in production")
    if on is None:
        return machine.now
    if not isinstance(on, date):
        return on
    shift = on - local_day(machine.now())
    return lambda: machine.now() + timedelta(days=shift.days)


def new_id() -> str:
    """128 bits of chance."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def house(settings: Settings, links: Links | None = None, machine: Machine = THIS_MACHINE) -> House:
    forum, feeds = load_forum(settings.forum), feed_links(settings)
    return House(forum, machine.now, new_id, new_code, settings.language, links, feeds)


def file_links(settings: Settings, machine: Machine = THIS_MACHINE) -> Links | None:
    """None: the bot has no address that people reach.

    Raises: WrongSettings - it has one, and no key to sign with.
    """
    if settings.public_url is None:
        return None
    settings.require("link_key")
    assert settings.link_key is not None
    key = settings.link_key.get_secret_value()
    return Links(settings.public_url, key, machine_now=machine.now, new_id=new_id)


def feed_links(settings: Settings) -> FeedLinks | None:
    """None: the bot has no address that people reach.

    Raises: WrongSettings - it has one, and no key to sign with.
    """
    if settings.public_url is None:
        return None
    settings.require("link_key")
    assert settings.link_key is not None
    return FeedLinks(settings.public_url, settings.link_key.get_secret_value())


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is serving, under `url`. `tick` is what the alarm clock calls."""

    url: str
    store: Store
    delivery: Delivery
    tick: Callable[[], Awaitable[bool]]


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    on: date | Now | None = None,
    limits: Limits | None = None,
    is_scheduling: bool = True,
    open_store: Callable[[str], Store] = Store,
    machine: Machine = THIS_MACHINE,
) -> AsyncIterator[Bot]:
    """Serve until left. The database must be at the current schema. `on` and `machine`: see `domain_clock`.

    Raises: WrongSettings; OSError - the port is taken; Final.
    """
    now, metrics, links = domain_clock(settings, on, machine), Metrics(), file_links(settings, machine)
    store = open_store(settings.database_url.get_secret_value())
    await store.start()
    rules = house(settings, links, machine)
    post_office = mailer(settings, metrics, machine)
    turns = Turns(store, rules, codes_by_mail(post_office) if post_office else None)
    try:
        async with open_channel(
            settings.door(),
            settings.registration(),
            turns.answer,
            now=now,
            machine_now=machine.now,
            new_id=new_id,
            metadata_url=settings.openid_metadata_url,
            watch=metrics,
            limits=limits,
            seconds=machine.seconds,
        ) as channel:
            delivery = _delivery(settings, rules, store, channel, now, post_office, machine)
            app = create_app(
                channel.edge,
                metrics,
                _ready(store, channel),
                outbox_rows=_outbox_rows(store),
                more_routes=[*Files(store, rules, links, now).routes(), *Feeds(store, rules, now).routes()]
                if links
                else (),
            )
            timekeeper = Timekeeper(machine.now, machine.seconds)
            due_on, rhythm = what_is_due(rules.forum), reminding(settings.forum)
            planner = Planner(store, due_on, rhythm, now=now, timekeeper=timekeeper)
            tick = _tick(planner, delivery, Housekeeping(store, now=now, machine_now=machine.now))
            async with (
                _alarm(tick, is_scheduling),
                serving(app, settings.host, settings.port) as url,
            ):
                yield Bot(url, store, delivery, tick)
    finally:
        await store.close()


@asynccontextmanager
async def _alarm(tick: Callable[[], Awaitable[bool]], is_scheduling: bool) -> AsyncIterator[None]:
    if not is_scheduling:
        yield
        return
    alarm = AlarmClock(tick, seconds=DELIVERY_SECONDS)
    alarm.start()
    try:
        yield
    finally:
        await alarm.stop()


def what_is_due(forum: Forum) -> DueOn:
    """What falls due on a day: what the year says by itself, and what people owe."""

    def due_on(connection: Connection, day: date) -> Iterator[Occasion]:
        yield from events.due_on(connection, forum, day)
        yield from occasions.due_on(connection, forum, day)

    return due_on


def _tick(planner: Planner, delivery: Delivery, housekeeping: Housekeeping) -> Callable[[], Awaitable[bool]]:
    """Everything that the one alarm is for; whether more is due already."""

    async def tick() -> bool:
        await _unbroken(planner.tick)
        taken = await _unbroken(delivery.tick)
        await _unbroken(housekeeping.tick)
        return taken == BATCH

    return tick


async def _unbroken(part: Callable[[], Awaitable[T]]) -> T | None:
    """Where one part breaks the others go on: what cannot be planned must not keep back what is to be sent."""
    try:
        return await part()
    except StoreUnavailable:
        return None  # delivery has said so
    except Exception:
        log.exception("tick.broken")
        return None


def mailer(settings: Settings, watch: Watch | None = None, machine: Machine = THIS_MACHINE) -> Mailer | None:
    """None: mail is not set up."""
    server, sender = settings.mail_server, settings.mail_from
    if server is None or sender is None:
        return None
    return Mailer(server, sender, now=machine.now, seconds=machine.seconds, watch=watch)


def codes_by_mail(mailer: Mailer, *, seconds: float = _CODE_SECONDS) -> inviting.Post:
    """One-time codes, for which somebody waits in a chat."""

    async def post(mail: mails.Mail) -> None:
        try:
            async with asyncio.timeout(seconds):
                await mailer.send(mail, f"code.{new_id()}")
        except TimeoutError as late:
            raise SendFailed(Fault.AMBIGUOUS, code="late") from late

    return post


def by_mail(settings: Settings, store: Store, mailer: Mailer, now: Now) -> PreparePost:
    """The second way of delivery. The same row is the same mail, also when it is sent again."""
    forum = load_forum(settings.forum)

    async def prepare(item: Item) -> Post | Unwanted:
        mail = await store.read(
            lambda connection: mails.prepare(
                connection,
                item.kind,
                item.recipient,
                item.payload,
                now(),
                settings.language,
                forum,
                is_second=item.finished_at is not None,
            )
        )
        if isinstance(mail, Unwanted):
            return mail
        key = f"notice.{item.id}.{int(item.created_at.timestamp())}"
        return lambda: mailer.send(mail, key)

    return prepare


def resting(hours: Reminding, at: datetime) -> frozenset[str] | None:
    """The kinds of notices that wait for office hours; None in these."""
    return None if hours.is_office_time(at) else notices.PLANNED


def _delivery(
    settings: Settings,
    rules: House,
    store: Store,
    channel: Channel,
    now: Now,
    mailer: Mailer | None,
    machine: Machine,
) -> Delivery:
    async def prepare(item: Item) -> Ready | Unwanted:
        return await store.work(
            lambda work: notices.prepare(work, rules, item.kind, item.recipient, item.payload),
            actor="forumbot",
            cause=f"notice:{item.id}",
            now=now(),
        )

    async def still_wanted(item: Item) -> Unwanted | None:
        found = await store.read(
            lambda connection: notices.wanted(
                connection, item.kind, item.recipient, item.payload, now(), settings.language, rules.forum
            )
        )
        return found if isinstance(found, Unwanted) else None

    async def reopen(gone: Address) -> Address:
        if gone.scope is not Scope.PERSONAL:
            raise SendFailed(Fault.NOT_INSTALLED)  # a channel is made by people
        member = gone.user_id or gone.object_id or ""
        return await channel.connector.open_personal(gone.tenant_id, member, gone.service_url)

    hours = reminding(settings.forum)
    return Delivery(
        store,
        prepare,
        channel.connector.send,
        reopen,
        by_mail=by_mail(settings, store, mailer, now) if mailer else no_mail,
        still_wanted=still_wanted,
        patience=notices.patience,
        resting=partial(resting, hours),
        office_from=hours.office_from,
        now=now,
        machine_now=machine.now,
        seconds=machine.seconds,
        dice=machine.dice,
        sleep=machine.sleep,
        at_once=machine.at_once,
    )


def _ready(store: Store, channel: Channel) -> Ready_:
    async def ready() -> Mapping[str, bool]:
        return {"store": await store.is_ready(), "keys": channel.keys.ready}

    return ready


def _outbox_rows(store: Store) -> OutboxRows:
    async def rows() -> Mapping[str, int]:
        return {state.value: number for state, number in (await store.read(outbox.numbers)).items()}

    return rows
