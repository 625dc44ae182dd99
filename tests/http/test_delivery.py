"""From the outbox to the chat: the real loop, connector and store against the stand-in, on a clock that is moved."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import aiohttp
import pytest

from bot.teams.connector import TIMEOUT, Connector, new_session
from bot.teams.credentials import Credentials, Proof, Registration, acquirer
from bot.teams.door import Door, origin_of
from bot.teams.outbound import MOST_BYTES
from bot.teams.watch import Unwatched
from bot.wiring import machine_now, new_code, new_id, resting
from dialogs import notices
from dialogs.desk import House
from domain.access import Role, RoleKind
from domain.forum import load_forum
from domain.ladders import Reminding
from domain.messages import Address, Identity, Message, Ready, Scope, Unwanted
from domain.register import Person
from play import cards as play_cards
from play import troubles
from play.bot import start_bot
from play.chat import Chat
from play.issuer import Issuer
from play.people import APP_ID, TENANT
from play.run import Plan, playing
from play.teams import Teams
from play.troubles import Mishap, Trouble
from scheduler.delivery import (
    AT_ONCE,
    LEASE,
    STOP,
    STORE_PATIENCE,
    Delivery,
    PreparePost,
    always_open,
    at_once,
    no_mail,
)
from store import cases, conversations, drafts, enrolment, outbox, register
from store.conversations import ConversationState
from store.outbox import Item, OutboxState
from store.work import Store, Work
from tests.conftest import NewDatabase
from tests.conversations.dekom import LAST, PAGES
from tests.store.builders import NOW, ORGANISATIONS, a_draft, a_filing, beside, do

HOUSE = House(load_forum("nordland"), machine_now, new_id, new_code, "nb")

CLAIMED, DROPPED, FAILED, PENDING, SENT, UNKNOWN = (
    OutboxState.CLAIMED,
    OutboxState.DROPPED,
    OutboxState.FAILED,
    OutboxState.PENDING,
    OutboxState.SENT,
    OutboxState.UNKNOWN,
)
LAST_YEAR = date(2022, 12, 31)
ISSUER = Issuer(APP_ID)
NOBODY = "http://127.0.0.1:1"  # admitted, but nobody listens there


@dataclass(slots=True)
class Clock:
    """The machine's clock, moved by hand; who sleeps wakes at the time that it then is."""

    at: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    on_sleep: Callable[[], Awaitable[None]] | None = None  # what happens meanwhile

    days: timedelta = timedelta(0)  # by which the domain's clock has moved
    set_back: timedelta = timedelta(0)  # by which somebody has set the machine's clock back

    def now(self) -> datetime:
        return self.at - self.set_back

    def seconds(self) -> float:
        """For durations, whatever the clock is set to."""
        return self.at.timestamp()

    def today(self) -> datetime:
        """The domain's clock, which stands still unless it is moved."""
        return NOW + self.days

    async def sleep(self, seconds: float) -> None:
        wakes_at = self.at + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        if self.on_sleep is not None:
            await self.on_sleep()
        self.at = max(self.at, wakes_at)

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


Send = Callable[[Address, Message], Awaitable[str]]


@dataclass(slots=True)
class Office:
    """A bot that only delivers, and the chats that it delivers to."""

    url: str
    store: Store
    teams: Teams
    connector: Connector
    clock: Clock
    sending: Send | None = None  # in place of the connector's
    ready: Ready | None = None  # in place of what is made of a row
    by_mail: PreparePost = no_mail
    hours: Reminding | None = None  # the office's; None: it is always open

    def delivery(self) -> Delivery:
        """A new one, as after a restart."""
        return Delivery(
            self.store,
            self._prepare,
            self.sending or self.connector.send,
            self._reopen,
            by_mail=self.by_mail,
            still_wanted=self._still_wanted,
            patience=notices.patience,
            resting=partial(resting, self.hours) if self.hours else always_open,
            office_from=self.hours.office_from if self.hours else at_once,
            now=self.clock.today,
            machine_now=self.clock.now,
            seconds=self.clock.seconds,
            dice=lambda: 0.0,
            sleep=self.clock.sleep,
        )

    async def _prepare(self, item: Item) -> Ready | Unwanted:
        if self.ready is not None:
            return self.ready
        return await self.store.work(
            lambda work: notices.prepare(work, HOUSE, item.kind, item.recipient, item.payload),
            actor="forumbot",
            cause="delivery",
            now=self.clock.today(),
        )

    async def _still_wanted(self, item: Item) -> Unwanted | None:
        found = await self.store.read(
            lambda connection: notices.wanted(
                connection, item.kind, item.recipient, item.payload, NOW, "nb", HOUSE.forum
            )
        )
        return found if isinstance(found, Unwanted) else None

    async def _reopen(self, gone: Address) -> Address:
        return await self.connector.open_personal(gone.tenant_id, gone.user_id or "", gone.service_url)

    async def meets(self, person_id: str, role: Role, *, is_here: bool = True) -> Chat:
        """A person of the register, who has a chat with the bot."""
        chat = self.teams.add(person_id)
        await do(self.store, lambda work: _take_in(work, person_id, role, chat))
        if is_here:
            await self.hears(person_id)
        return chat

    def chat(self, person_id: str = "kari") -> Chat:
        return self.teams.chat(person_id)

    async def hears(self, person_id: str, service_url: str | None = None) -> None:
        """An activity of the person arrives."""
        address = self._address(person_id, service_url or self.teams.service_url)
        await do(self.store, lambda work: conversations.seen(work, address, self.clock.today()))

    def _address(self, person_id: str, service_url: str) -> Address:
        chat = self.chat(person_id)
        return Address(
            tenant_id=TENANT,
            conversation_id=chat.conversation.id,
            scope=Scope.PERSONAL,
            service_url=service_url,
            bot_id=self.teams.bot.id,
            user_id=chat.person.user_id,
            object_id=chat.person.object_id,
            locale="nn-NO",
        )

    async def put(
        self, *keys: str, to: str = "kari", kind: str = "receipt_copy", must_not_double: bool = False
    ) -> None:
        """Have notices sent, one of each key, which names the case that it is about."""

        def put(work: Work) -> None:
            for key in keys:
                case = {"case": f"2023-REKOM-{key.zfill(3)}"}
                outbox.put(work, f"{kind}:{key}:{to}", kind, to, case, must_not_double)

        await do(self.store, put)

    async def state(
        self, key: str = "1", to: str = "kari", kind: str = "receipt_copy"
    ) -> tuple[OutboxState, str | None]:
        item = await self.store.read(lambda connection: outbox.find(connection, f"{kind}:{key}:{to}"))
        assert item is not None
        return item.state, item.reason

    async def reached(self, person_id: str = "kari") -> Address | None:
        return await self.store.read(lambda connection: conversations.personal(connection, person_id))

    def arrived(self, person_id: str = "kari") -> list[str]:
        """The cases that the person was told of, in order."""
        texts = (str(shown.card["fallbackText"]) for shown in self.chat(person_id).shown if shown.card)
        return [text.partition("2023-REKOM-")[2][:3].lstrip("0") for text in texts]

    @property
    def operations(self) -> list[str]:
        return [call.operation for call in self.teams.connector.calls]

    @property
    def statuses(self) -> list[int]:
        return [call.status for call in self.teams.connector.calls]


def _take_in(work: Work, person_id: str, role: Role, chat: Chat) -> None:
    register.seed(work, ORGANISATIONS, [Person(person_id, person_id, None)], [(person_id, role)])
    enrolment.issue(
        work, person_id, selector=person_id, salt=b"", digest=b"", expires_at=NOW + timedelta(days=1)
    )
    code = enrolment.candidate(work.connection, person_id, NOW)
    assert code is not None
    enrolment.bind(work, code, Identity(TENANT, str(chat.person.object_id)), NOW)


def _file(work: Work, count: int) -> None:
    for number in range(count):
        cases.submit(work, drafts.create(work, a_draft(f"draft-{number}", author="kari")), a_filing())


OWNER = Role(RoleKind.OWNER_CONTACT, "1804")
STAFF = Role(RoleKind.SECRETARIAT)


@asynccontextmanager
async def an_office(
    url: str, *, patience: aiohttp.ClientTimeout = TIMEOUT, is_limited: bool = False
) -> AsyncIterator[Office]:
    """Kari speaks for the owner of cases 1 to 9."""
    clock, store = Clock(), Store(url, busy_seconds=0.1)
    await store.start()
    async with (
        new_session(patience) as session,
        Teams(ISSUER, now=clock.now, is_limited=is_limited) as teams,
    ):
        door = Door(APP_ID, frozenset({TENANT}), frozenset({str(origin_of(teams.service_url)), NOBODY}))
        credentials = Credentials(acquirer(Registration(APP_ID, TENANT, Proof.CONSTANT)))
        connector = Connector(
            session,
            credentials,
            door,
            now=clock.now,
            seconds=asyncio.get_running_loop().time,
            watch=Unwatched(),
        )
        office = Office(url, store, teams, connector, clock)
        await office.meets("kari", OWNER)
        await do(store, lambda work: _file(work, 9))
        yield office
    await store.close()


@pytest.fixture
async def office(new_sqlite: NewDatabase) -> AsyncIterator[Office]:
    async with an_office(new_sqlite()) as office:
        yield office


async def test_what_is_in_the_outbox_arrives_once(office: Office) -> None:
    await office.put("1")
    delivery = office.delivery()
    assert [await delivery.tick() for _ in range(3)] == [1, 0, 0]
    assert office.arrived() == ["1"]
    assert await office.state() == (SENT, None)


# The error table.

# What goes wrong; how the row stands then, and after how many seconds it is tried again.
AFTER_DOUBT = 3900
WAITS: dict[str, tuple[Mishap | Trouble, str, float]] = {
    "429": (troubles.THROTTLED, "throttled", 2),
    "429 with Retry-After": (Mishap(troubles.THROTTLED, retry_after=7), "throttled", 7),
    "412": (troubles.CONCURRENT, "busy", 2),
    "500": (troubles.SERVICE_ERROR, "ambiguous", AFTER_DOUBT),
    "502": (troubles.BAD_GATEWAY, "ambiguous", AFTER_DOUBT),
    "503": (troubles.UNAVAILABLE, "ambiguous", AFTER_DOUBT),
    "503 with Retry-After": (Mishap(troubles.UNAVAILABLE, retry_after=5), "ambiguous", AFTER_DOUBT),
    "504": (troubles.GATEWAY_TIMEOUT, "ambiguous", AFTER_DOUBT),
    "hung up": (Mishap(hang_up=True), "ambiguous", AFTER_DOUBT),
}


@pytest.mark.parametrize("name", WAITS)
async def test_a_row_that_may_work_later_waits_and_is_sent(office: Office, name: str) -> None:
    trouble, reason, seconds = WAITS[name]
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(trouble)
    await office.put("1")
    await delivery.tick()
    assert await office.state() == (PENDING, reason)
    office.clock.passes(seconds - 0.001)
    assert await delivery.tick() == 0
    office.clock.passes(0.001)
    assert await delivery.tick() == 1
    assert (await office.state())[0] is SENT
    assert office.arrived() == ["1"]


@pytest.mark.parametrize(
    ("trouble", "reason"), [(troubles.THROTTLED, "throttled"), (troubles.CONCURRENT, "busy")]
)
async def test_six_tries_further_and_further_apart(office: Office, trouble: Trouble, reason: str) -> None:
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(trouble, times=6)
    await office.put("1")
    for seconds in (2, 8, 32, 128, 300):
        await delivery.tick()
        assert await office.state() == (PENDING, reason)
        office.clock.passes(seconds - 0.001)
        assert await delivery.tick() == 0
        office.clock.passes(0.001)
    await delivery.tick()
    assert await office.state() == (FAILED, reason)
    assert len(office.statuses) == 6


AMBIGUOUS = [name for name, (_, reason, _) in WAITS.items() if reason == "ambiguous"]


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_may_have_arrived_is_sent_twice_at_most(office: Office, name: str) -> None:
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(WAITS[name][0], times=2)
    await office.put("1")
    await delivery.tick()
    office.clock.passes(AFTER_DOUBT)
    await delivery.tick()
    assert await office.state() == (UNKNOWN, "ambiguous")
    office.clock.passes(10_000)
    assert await delivery.tick() == 0


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_must_not_double_is_left_to_a_human(office: Office, name: str) -> None:
    office.teams.connector.mishaps.plan(WAITS[name][0])
    await office.put("1", must_not_double=True)
    await office.delivery().tick()
    assert await office.state() == (UNKNOWN, "ambiguous")


async def test_an_answer_lost_on_the_way_back_costs_a_double(office: Office) -> None:
    """What a notice must be able to bear; what must not be doubled is put in as ambiguous."""
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(Mishap(troubles.BAD_GATEWAY, delivered=True))
    await office.put("1")
    await delivery.tick()
    office.clock.passes(AFTER_DOUBT)
    await delivery.tick()
    assert office.arrived() == ["1", "1"]


@pytest.mark.parametrize(("must_not_double", "state"), [(False, PENDING), (True, UNKNOWN)])
async def test_no_answer_in_time(new_sqlite: NewDatabase, must_not_double: bool, state: OutboxState) -> None:
    async with an_office(new_sqlite(), patience=aiohttp.ClientTimeout(total=0.2)) as office:
        office.teams.connector.mishaps.plan(Mishap(late_seconds=0.5))
        await office.put("1", must_not_double=must_not_double)
        await office.delivery().tick()
        assert await office.state() == (state, "ambiguous")


ENDS: dict[str, tuple[Trouble, str, ConversationState | None]] = {
    "400": (troubles.BAD_ARGUMENT, "rejected", None),
    "403 not in roster": (troubles.NOT_IN_ROSTER, "not_installed", ConversationState.NOT_INSTALLED),
    "403 forbidden operation": (troubles.NOT_INSTALLED, "not_installed", ConversationState.NOT_INSTALLED),
    "403 blocked by user": (troubles.BLOCKED_BY_USER, "blocked", ConversationState.BLOCKED),
    "403 writes blocked": (troubles.WRITES_BLOCKED, "blocked", ConversationState.BLOCKED),
    "403 disabled by admin": (troubles.DISABLED_BY_ADMIN, "blocked", ConversationState.BLOCKED),
    "403 wrong host": (troubles.WRONG_HOST, "wrong_host", None),
    "404 activity": (troubles.NO_ACTIVITY, "activity_gone", None),
    "404 without a code": (Trouble(404), "rejected", None),
}


@pytest.mark.parametrize("name", ENDS)
async def test_a_row_that_will_never_work_ends_and_says_why(office: Office, name: str) -> None:
    trouble, reason, state = ENDS[name]
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(trouble)
    await office.put("1", "2")
    await delivery.tick()
    assert await office.state("1") == (FAILED, reason)
    assert await office.state("2") == ((SENT, None) if state is None else (DROPPED, "no_chat"))
    assert len(office.statuses) == (2 if state is None else 1)
    office.clock.passes(1000)
    assert await delivery.tick() == 0


@pytest.mark.parametrize("refused_by", ["the service", "ourselves"])
async def test_what_is_too_large_goes_as_words_alone(office: Office, refused_by: str) -> None:
    """Even what must not be doubled: certainly nothing was delivered."""

    async def send_larger(address: Address, message: Message) -> str:
        if message.card is not None and refused_by == "ourselves":
            message = replace(message, card={**message.card, "speak": "x" * MOST_BYTES})
        return await office.connector.send(address, message)

    if refused_by == "the service":
        office.teams.connector.mishaps.plan(troubles.TOO_BIG)
    office.sending = send_larger
    await office.put("1", must_not_double=True)
    await office.delivery().tick()
    assert await office.state() == (SENT, None)
    (shown,) = office.chat().shown
    assert (shown.card, shown.text.splitlines()[0]) == (None, "Behovsmelding send inn")
    assert "2023-REKOM-001" in shown.text


async def test_words_that_are_too_many_are_cut(office: Office) -> None:
    """Counted as they are sent: every star is written out."""

    words = "*" * MOST_BYTES
    address = await office.reached()
    assert address is not None
    office.ready = Ready(address, Message(words))
    await office.put("1")
    await office.delivery().tick()
    assert await office.state() == (SENT, None)
    (shown,) = office.chat().shown
    assert shown.text == words[:3999] + "…"


async def test_what_is_too_large_even_so_is_given_up(office: Office) -> None:
    office.teams.connector.mishaps.plan(troubles.TOO_BIG, times=2)
    await office.put("1", "2")
    await office.delivery().tick()
    assert await office.state("1") == (FAILED, "too_large")
    assert await office.state("2") == (SENT, None)
    assert office.statuses == [413, 413, 201]


async def test_too_large_for_a_chat_that_was_made_anew(office: Office) -> None:
    office.teams.connector.mishaps.plan(troubles.NO_CONVERSATION, operation="send")
    office.teams.connector.mishaps.plan(troubles.TOO_BIG, operation="send")
    await office.put("1")
    await office.delivery().tick()
    assert await office.state() == (SENT, None)
    assert office.statuses == [404, 201, 413, 201]


# What goes wrong, and how loud the log is of it.
LOUD: dict[str, tuple[Trouble, int, int]] = {
    "400": (troubles.BAD_ARGUMENT, 1, logging.ERROR),
    "413": (troubles.TOO_BIG, 2, logging.ERROR),
    "403 wrong host": (troubles.WRONG_HOST, 1, logging.ERROR),
    "403 blocked by user": (troubles.BLOCKED_BY_USER, 1, logging.WARNING),
    "403 not in roster": (troubles.NOT_IN_ROSTER, 1, logging.WARNING),
    "502": (troubles.BAD_GATEWAY, 1, logging.WARNING),
}


@pytest.mark.parametrize("name", LOUD)
async def test_the_log_is_loud_of_what_did_not_arrive(
    office: Office, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    trouble, times, level = LOUD[name]
    office.teams.connector.mishaps.plan(trouble, times=times)
    await office.put("1", must_not_double=True)
    await office.delivery().tick()
    assert levels(caplog) == [level]


async def test_the_log_is_loud_of_who_was_not_told_and_not_of_what_is_no_longer_wanted(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await office.meets("ola", OWNER, is_here=False)
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert levels(caplog) == [logging.WARNING]
    await do(office.store, lambda work: end_roles(work, "kari"))
    await office.put("1")
    await office.delivery().tick()
    assert levels(caplog) == [logging.WARNING, logging.INFO]


def levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records if record.getMessage() == "delivery"]


UNREACHABLE = [name for name, (_, _, state) in ENDS.items() if state is not None]


@pytest.mark.parametrize("name", UNREACHABLE)
async def test_nothing_goes_to_a_closed_chat_until_the_person_writes(office: Office, name: str) -> None:
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(ENDS[name][0])
    await office.put("1")
    await delivery.tick()
    assert await office.reached() is None
    await office.put("2")
    await delivery.tick()
    assert await office.state("2") == (DROPPED, "no_chat")
    assert len(office.statuses) == 1
    await office.hears("kari")
    await office.put("3")
    await delivery.tick()
    assert office.arrived() == ["3"]


async def test_nobody_listens_is_tried_for_long(office: Office) -> None:
    """Certainly not delivered, so patience does no harm: the network may be away for hours."""
    delivery = office.delivery()
    await office.put("1", must_not_double=True)
    await office.hears("kari", NOBODY + "/emea/")
    for _ in range(20):
        assert await delivery.tick() == 1
        assert await office.state() == (PENDING, "unsent")
        office.clock.passes(300)
    await office.hears("kari")
    await delivery.tick()
    assert office.arrived() == ["1"]


async def test_an_outage_leaves_as_many_tries_when_it_is_over(office: Office) -> None:
    """Whatever went wrong before, a 429 is the first one."""
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.THROTTLED, times=5)
    await office.put("1")
    await office.hears("kari", NOBODY + "/emea/")
    for _ in range(20):
        await delivery.tick()
        office.clock.passes(300)
    await office.hears("kari")
    for _ in range(6):
        await office.delivery().tick()
        office.clock.passes(300)
    assert office.arrived() == ["1"]


# A chat that is gone.


async def test_a_chat_that_is_gone_is_made_anew_and_used_from_then_on(office: Office) -> None:
    delivery = office.delivery()
    before = await office.reached()
    office.teams.world.lose(office.chat().conversation)
    office.chat().conversation.installed = True
    await office.put("1", "2")
    await delivery.tick()
    assert office.operations == ["send", "create", "send", "send"]
    assert office.arrived() == ["1", "2"]
    assert before is not None
    assert await office.reached() == replace(before, conversation_id=office.chat().conversation.id)


async def test_a_chat_that_is_gone_again_is_given_up(office: Office) -> None:
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NO_CONVERSATION, times=2, operation="send")
    await office.put("1")
    await delivery.tick()
    assert await office.state() == (FAILED, "conversation_gone")
    assert office.operations == ["send", "create", "send"]
    assert await office.reached() is None


CREATIONS: dict[str, tuple[Trouble, OutboxState, str, bool]] = {
    "429": (troubles.THROTTLED, PENDING, "throttled", True),
    "502": (troubles.BAD_GATEWAY, PENDING, "unsent", True),
    "401": (troubles.NOT_REGISTERED, PENDING, "unauthorised", True),
    "400": (troubles.BAD_ARGUMENT, FAILED, "conversation_gone", False),
    "403": (troubles.NOT_INSTALLED, FAILED, "not_installed", False),
}


@pytest.mark.parametrize("name", CREATIONS)
async def test_a_chat_that_cannot_be_made_anew(office: Office, name: str) -> None:
    """To make a chat twice does no harm, so there is no doubt about it, even for what must not be doubled."""
    trouble, state, reason, is_kept = CREATIONS[name]
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NO_CONVERSATION, operation="send")
    office.teams.connector.mishaps.plan(trouble, operation="create")
    await office.put("1", must_not_double=True)
    await delivery.tick()
    assert await office.state() == (state, reason)
    assert (await office.reached() is not None) is is_kept
    office.clock.passes(100)
    await delivery.tick()
    assert office.arrived() == (["1"] if is_kept else [])


# Our own credential.


async def test_401_stops_everything_and_it_goes_on_later(office: Office) -> None:
    await office.meets("ola", OWNER)
    delivery = office.delivery()
    token, office.teams.connector.token = office.teams.connector.token, "another"
    await office.put("1", "2", "3")
    await delivery.tick()
    assert delivery.is_stopped
    assert office.statuses == [401]
    await office.put("4", "5", to="ola")
    assert [await delivery.tick() for _ in range(3)] == [2, 0, 0]

    for _ in range(10):  # one at a time looks whether it is mended
        office.clock.passes(STOP.total_seconds())
        assert [await delivery.tick() for _ in range(3)] == [5, 0, 0]
    assert office.statuses == [401] * 11

    office.teams.connector.token = token
    office.clock.passes(STOP.total_seconds())
    assert await delivery.tick() == 5
    assert not delivery.is_stopped
    assert (office.arrived(), office.arrived("ola")) == (["1", "2", "3"], ["4", "5"])


async def test_a_stop_is_no_try(office: Office) -> None:
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NOT_REGISTERED, times=10)
    office.teams.connector.mishaps.plan(troubles.BAD_GATEWAY)
    await office.put("1")
    for _ in range(11):
        await delivery.tick()
        office.clock.passes(STOP.total_seconds())
    assert await office.state() == (PENDING, "ambiguous")
    assert not delivery.is_stopped
    office.clock.passes(AFTER_DOUBT)
    await delivery.tick()
    assert office.arrived() == ["1"]


async def test_what_is_not_under_way_yet_is_stopped_too(office: Office) -> None:
    office.teams.connector.mishaps.plan(troubles.NOT_REGISTERED, times=99)
    for number in range(2 * AT_ONCE):
        await office.meets(f"person-{number}", OWNER)
        await office.put("1", to=f"person-{number}")
    assert await office.delivery().tick() == 2 * AT_ONCE
    assert office.statuses == [401] * AT_ONCE


# Order and pace.


async def test_what_was_put_in_first_arrives_first(office: Office) -> None:
    """Even when it has to wait, and others come meanwhile. Other people do not wait for it."""
    await office.meets("ola", OWNER)
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(
        troubles.THROTTLED, times=2, conversation_id=office.chat().conversation.id
    )
    await office.put("1", "2")
    await office.put("3", to="ola")
    await delivery.tick()
    assert (office.arrived(), office.arrived("ola")) == ([], ["3"])
    await office.put("4")
    for _ in range(12):
        office.clock.passes(1)
        await delivery.tick()
    assert office.arrived() == ["1", "2", "4"]
    assert office.statuses.count(429) == 2


async def test_the_order_holds_when_another_process_goes_on(office: Office) -> None:
    office.teams.connector.mishaps.plan(Mishap(troubles.THROTTLED, retry_after=30))
    await office.put("1")
    await office.delivery().tick()
    await office.put("2")
    reborn = office.delivery()
    for _ in range(6):
        await reborn.tick()
        office.clock.passes(10)
    assert office.arrived() == ["1", "2"]


async def test_one_at_a_time_to_one_person_and_side_by_side_to_others(office: Office) -> None:
    office.teams.connector.latency_seconds = 0.02
    people = [f"person-{number}" for number in range(4)]
    for person in people:
        await office.meets(person, OWNER)
        await office.put("1", "2", "3", to=person)
    await office.delivery().tick()
    assert [office.arrived(person) for person in people] == [["1", "2", "3"]] * 4
    assert set(office.teams.connector.most_at_once.values()) == {1}
    assert len({call.conversation_id for call in office.teams.connector.calls[:4]}) == 4


async def test_microsofts_limits_are_never_met(new_sqlite: NewDatabase) -> None:
    """A hundred to one person and two to each of forty others; the stand-in counts as Microsoft does."""
    async with an_office(new_sqlite(), is_limited=True) as office:
        everybody = [f"person-{number}" for number in range(40)]
        for person in everybody:
            await office.meets(person, OWNER)
            await office.put("1", "2", to=person)
        await do(office.store, lambda work: _put_many(work, 100))
        delivery = office.delivery()
        ticks = 0
        while await office.store.read(outbox.numbers) != {
            state: 180 * (state is SENT) for state in OutboxState
        }:
            await delivery.tick()
            office.clock.passes(1)
            ticks += 1
            assert ticks < 100
        assert set(office.statuses) == {201}
        assert office.arrived("person-39") == ["1", "2"]


async def test_a_clock_that_is_set_back_halts_nothing(office: Office) -> None:
    delivery = office.delivery()
    await office.put(*"123456")
    await delivery.tick()
    office.clock.passes(2)
    await delivery.tick()
    office.clock.set_back = timedelta(days=1)
    await office.put("7")
    office.clock.passes(2)
    await delivery.tick()
    assert office.arrived() == list("1234567")


# Rights, crashes, faults.


async def test_a_right_that_ended_between_queue_and_send_drops_the_notice(office: Office) -> None:
    """threats.md, 19."""
    await office.meets("ola", OWNER)
    await office.put("1")
    await office.put("1", to="ola")
    await do(office.store, lambda work: end_roles(work, "ola"))
    await office.delivery().tick()
    assert await office.state() == (SENT, None)
    assert await office.state(to="ola") == (DROPPED, "no_right_any_more")
    assert (office.arrived(), office.arrived("ola")) == (["1"], [])


async def test_who_has_no_chat_is_said_to_have_none(office: Office) -> None:
    await office.meets("ola", OWNER, is_here=False)
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert await office.state(to="ola") == (DROPPED, "no_chat")
    assert office.statuses == []


async def test_stopped_between_sending_and_marking(office: Office) -> None:
    """What was handed to the store is carried out before it closes."""

    async def send_and_be_stopped(address: Address, message: Message) -> str:
        sent_as = await office.connector.send(address, message)
        busy.append(asyncio.create_task(do(office.store, lambda work: time.sleep(0.1))))
        await asyncio.sleep(0.02)
        asyncio.get_running_loop().call_soon(ticking.cancel)
        return sent_as

    busy: list[asyncio.Task[None]] = []  # with it the writer is when the mark comes
    await office.put("1")
    office.sending = send_and_be_stopped
    ticking = asyncio.create_task(office.delivery().tick())
    with pytest.raises(asyncio.CancelledError):
        await ticking
    await asyncio.gather(*busy)
    await office.store.close()
    await office.store.start()
    assert await office.state() == (SENT, None)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("must_not_double", "state", "arrived"),
    [(False, (SENT, None), ["1", "1"]), (True, (UNKNOWN, "lease_expired"), ["1"])],
)
async def test_killed_between_sending_and_marking(
    office: Office, must_not_double: bool, state: tuple[OutboxState, str | None], arrived: list[str]
) -> None:
    async def send_and_die(address: Address, message: Message) -> str:
        await office.connector.send(address, message)
        raise Killed

    await office.put("1", must_not_double=must_not_double)
    office.sending = send_and_die
    with pytest.raises(Killed):
        await office.delivery().tick()

    office.sending = None
    reborn = office.delivery()
    office.clock.passes(LEASE.total_seconds() - 0.001)
    assert await reborn.tick() == 0
    assert await office.state() == (CLAIMED, None)
    office.clock.passes(0.001)
    await reborn.tick()
    assert await office.state() == state
    assert office.arrived() == arrived


async def test_the_end_of_one_leaves_no_other_unattended(office: Office) -> None:
    """The next tick must not begin while something of this one is still being sent."""

    async def send_or_die(address: Address, message: Message) -> str:
        if address.conversation_id == office.chat("kari").conversation.id:
            raise Killed
        await asyncio.sleep(0.02)
        return await office.connector.send(address, message)

    await office.meets("ola", OWNER)
    await office.put("1")
    await office.put("1", to="ola")
    office.sending = send_or_die
    with pytest.raises(Killed):
        await office.delivery().tick()
    assert await office.state(to="ola") == (SENT, None)


async def test_what_would_outlive_its_lease_is_given_back(office: Office) -> None:
    """Another process may take it when the lease ends, and it would be sent by both."""

    async def send_slowly(address: Address, message: Message) -> str:
        office.clock.passes(90)
        return await office.connector.send(address, message)

    office.sending = send_slowly
    delivery = office.delivery()
    await office.put("1", "2", must_not_double=True)
    await delivery.tick()
    assert await office.state("2") == (PENDING, "lease_short")
    await delivery.tick()
    assert office.arrived() == ["1", "2"]


async def test_a_notice_that_cannot_be_made_does_not_hold_up_the_next(office: Office) -> None:
    await office.put("1", kind="of_another_version")
    await office.put("2")
    await office.delivery().tick()
    assert await office.state(kind="of_another_version") == (UNKNOWN, "broken")
    assert office.arrived() == ["2"]


# The store is away.


async def test_a_store_that_is_away_is_asked_again_at_the_next_tick(office: Office) -> None:
    delivery = office.delivery()
    await office.put("1")
    with beside(office.url):
        assert await delivery.tick() == 0
    assert await delivery.tick() == 1
    assert office.arrived() == ["1"]


async def test_what_was_sent_is_marked_when_the_store_is_back(office: Office) -> None:
    async def send_and_lose_the_store(address: Address, message: Message) -> str:
        sent_as = await office.connector.send(address, message)
        await office.store.close()
        return sent_as

    office.sending = send_and_lose_the_store
    office.clock.on_sleep = office.store.start
    await office.put("1")
    assert await office.delivery().tick() == 1
    assert await office.state() == (SENT, None)
    office.clock.passes(LEASE.total_seconds())
    assert await office.delivery().tick() == 0
    assert office.arrived() == ["1"]


async def test_a_store_that_stays_away_leaves_the_row_to_its_lease(office: Office) -> None:
    async def send_and_lose_the_store(address: Address, message: Message) -> str:
        sent_as = await office.connector.send(address, message)
        await office.store.close()
        return sent_as

    office.sending = send_and_lose_the_store
    await office.put("1", "2", must_not_double=True)
    began = office.clock.at
    assert await office.delivery().tick() == 0
    assert office.clock.at - began >= STORE_PATIENCE
    await office.store.start()
    assert await office.state() == (CLAIMED, None)
    office.sending = None
    office.clock.passes(LEASE.total_seconds())
    await office.delivery().tick()
    assert await office.state() == (UNKNOWN, "lease_expired")
    assert office.arrived() == ["1"]


# The whole bot.


async def test_those_concerned_are_told_of_a_new_case(new_sqlite: NewDatabase) -> None:
    async with playing(start_bot, database_url=new_sqlite(), port=0, bot_port=0) as teams:
        await files_a_case(teams.chat("eier-bodo"))
        assert await _told(teams.chat("eier-bodo-2")) == (
            "Behovsmelding sendt inn\n"
            "Kontakt for Bodø kommune (eksempel) har sendt inn «Lesing i alle fag» for Bodø kommune. "
            "Saken har nummer 2023-DEKOM-001. Skriv «status 2023-DEKOM-001» for å se den."
        )
        assert await _told(teams.chat("sekretariat")) == (
            "Ny behovsmelding\n"
            "Bodø kommune har sendt inn «Lesing i alle fag» (Dekom), sak 2023-DEKOM-001. "
            "Det søkes om 3 500 001 kr. Skriv «status 2023-DEKOM-001» for å se saken."
        )
        assert await _told(teams.chat("sekretariat-2")) == (  # who has chosen nynorsk
            "Ny behovsmelding\n"
            "Bodø kommune har sendt inn «Lesing i alle fag» (Dekom), sak 2023-DEKOM-001. "
            "Det blir søkt om 3 500 001 kr. Skriv «status 2023-DEKOM-001» for å sjå saka."
        )


async def test_the_secretariat_sees_whom_a_notice_did_not_reach(new_sqlite: NewDatabase) -> None:
    """threats.md, 49. One has removed the bot and one has blocked it; whoever may not let people in sees no names."""
    async with playing(start_without_mail, database_url=new_sqlite(), port=0, bot_port=0) as teams:
        await teams.chat("eier-bodo-2").uninstalls()
        teams.chat("sekretariat-2").blocks()
        await files_a_case(teams.chat("eier-bodo"))
        await teams.chat("sekretariat").arrives(within=10)
        async with asyncio.timeout(10):
            while len(said := await unreached(teams.chat("sekretariat"))) < 4:  # noqa: ASYNC110 - in another task
                await asyncio.sleep(0.1)
        assert sorted(said) == [
            "",
            "Annen i sekretariatet (eksempel) – Ny behovsmelding, sak 2023-DEKOM-001: "
            "tar ikke imot meldinger fra meg.",
            "Annen kontakt for Bodø kommune (eksempel) – Behovsmelding sendt inn, sak 2023-DEKOM-001: "
            "har ingen chat med meg.",
            "Gi beskjed på en annen måte, for eksempel på telefon. "
            "Skriv «varsler» og saksnummeret for å se alle varsler i saken.",
        ]
        assert await unreached(teams.chat("beslutter")) == [""]
        (answer,) = (await teams.chat("sekretariat", teams.world.channel("Generelt")).says("status")).messages
        assert answer.text == "Saker snakker vi om i en privat chat. Åpne en chat med meg, så svarer jeg der."


@asynccontextmanager
async def start_without_mail(plan: Plan) -> AsyncIterator[str]:
    settings = plan.settings.model_copy(update={"smtp_url": None, "mail_from": None})
    async with start_bot(replace(plan, settings=settings)) as endpoint:
        yield endpoint


async def unreached(staff: Chat) -> list[str]:
    """What stands last on the answer to the question for the round."""
    (answer,) = (await staff.says("status")).messages
    assert answer.card is not None
    return str(answer.card["fallbackText"]).partition("Varsler som ikke kom fram")[2].split("\n")


async def files_a_case(owner: Chat) -> None:
    await owner.says("ny behovsmelding")
    for page in PAGES:
        while given := {field: text for field, text in page.items() if field in _fields(owner)}:
            await owner.presses("Neste", given)
    await owner.presses("Send inn", LAST)


async def _told(chat: Chat) -> str:
    (shown,) = await chat.arrives(within=10)
    assert shown.card is not None
    return str(shown.card["fallbackText"]).replace("\N{NO-BREAK SPACE}", " ")


def _fields(chat: Chat) -> set[str]:
    assert chat.card is not None
    return {field.id for field in play_cards.fields(chat.card.card or {})}


def _put_many(work: Work, count: int) -> None:
    for number in range(count):
        case = {"case": "2023-REKOM-001"}
        outbox.put(work, f"many:{number}", "receipt_copy", "kari", case)


def end_roles(work: Work, person_id: str) -> None:
    for role_id in register.roles(work.connection, person_id):
        register.end_role(work, role_id, LAST_YEAR)
