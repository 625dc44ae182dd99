"""The bot is killed between any two steps of deriving, claiming, preparing, sending and marking, and begins again:
nothing is lost, and nothing comes twice but what may."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from domain.access import Role, RoleKind
from domain.forum import load_forum
from domain.messages import Address, Scope
from play.issuer import Issuer
from play.people import APP_ID, TENANT
from play.teams import Teams
from scheduler.delivery import AT_ONCE
from store import calls, conversations, outbox, receipts, register
from store.outbox import OutboxState
from store.work import Store, Work
from tests.conftest import BACKENDS
from tests.http import victim_of_delivery
from tests.http.test_delivery import _take_in
from tests.http.victim_of_delivery import NOW
from tests.killing import Json, begun, pipe, settings_to_hand_over
from tests.store.builders import do

OWNER = Role(RoleKind.OWNER_CONTACT, "1804")
REMINDER = "Påminnelse"
KEYS = ("A1", "A2", "A3", "A4", "A5")

# In the order in which a message goes through them; after these two it is there, and the bot does not know it.
MOMENTS = (
    *("planner:job", "planner:committed"),
    *("claim:job", "claim:committed"),
    *("prepare:job", "prepare:committed"),
    *("send:before", "send:after"),
    *("mark:job", "mark:committed"),
)
DOUBLES = {"send:after", "mark:job"}


@dataclass(slots=True)
class Place:
    """People with chats, a database, and as many bots as begin."""

    teams: Teams
    url: str
    settings: Json
    people: Sequence[str]
    store: Store
    minutes: int = 0  # by which the bots' clocks are ahead

    async def bot(self, moment: str) -> int | None:
        """Begins, and takes what there is to send: so many rows. None if it was killed at that moment."""
        ours, theirs = pipe(duplex=False)
        process = begun(victim_of_delivery.live, self.settings, moment, self.minutes, theirs)
        theirs.close()
        await asyncio.to_thread(process.join)
        if process.exitcode == -signal.SIGKILL:
            return None
        assert process.exitcode == 0
        return int(ours.recv())

    def leases_end(self) -> None:
        self.minutes += 4

    async def put(self, *keys: str, must_not_double: bool = False) -> None:
        def put(work: Work) -> None:
            for key in keys:
                for person in self.people:
                    about = {"owner": "1804", "number": key}
                    outbox.put(work, f"{key}:{person}", "case_moved", person, about, must_not_double)

        await do(self.store, put, at=NOW)

    def arrived(self) -> Counter[tuple[str, str]]:
        """How often each message came, by person and what it is about."""
        found = Counter[tuple[str, str]]()
        for person in self.people:
            for shown in self.teams.chat(person).shown:
                assert shown.card is not None
                text = str(shown.card["fallbackText"])
                key = next(key for key in (REMINDER, *KEYS) if key in text)
                found[person, key] += 1
        return found

    async def states(self) -> Counter[OutboxState]:
        rows = await self.store.read(outbox.numbers)
        return Counter({state: count for state, count in rows.items() if count})


async def move_in(place: Place) -> None:
    def take_in(work: Work) -> None:
        register.seed(work, load_forum("nordland").organisations(), [], [])
        for person in place.people:
            chat = place.teams.chat(person)
            _take_in(work, person, OWNER, chat)
            address = Address(
                tenant_id=TENANT,
                conversation_id=chat.conversation.id,
                scope=Scope.PERSONAL,
                service_url=place.teams.service_url,
                bot_id=place.teams.bot.id,
                user_id=chat.person.user_id,
                object_id=chat.person.object_id,
                locale="nb-NO",
            )
            conversations.seen(work, address, NOW)

    await do(place.store, take_in, at=NOW)


@asynccontextmanager
async def a_place(url: str, *people: str) -> AsyncIterator[Place]:
    issuer = Issuer(APP_ID)
    with issuer.serving() as configuration_url:
        teams = Teams(issuer, is_limited=False)
        for person in people:
            teams.add(person)
        async with teams:
            settings = settings_to_hand_over(teams, url, configuration_url)
            store = Store(url, busy_seconds=10)
            await store.start()
            place = Place(teams, url, settings, people, store)
            await move_in(place)
            try:
                yield place
            finally:
                await store.close()


@pytest.fixture(params=BACKENDS)
async def place(request: pytest.FixtureRequest, store_url: Callable[[str], str]) -> AsyncIterator[Place]:
    async with a_place(store_url(request.param), "kari") as place:
        yield place


async def test_killed_in_every_step_a_reminder_is_not_lost(place: Place) -> None:
    """It comes once for each time that the bot was killed before it could note that it had come, and once at last."""
    for moment in MOMENTS:
        assert await place.bot(moment) is None, moment
        place.leases_end()
    assert await place.bot("never") == 0
    assert place.arrived() == {("kari", REMINDER): len(DOUBLES) + 1}
    (row,) = await place.store.read(lambda c: outbox.in_state(c, OutboxState.SENT))
    kept = await place.store.read(lambda c: receipts.of(c, [row.id]))
    assert [receipt.outcome for receipt in kept[row.id]] == ["sent"]


@pytest.mark.parametrize("moment", ["claim:committed", "send:after", "mark:job"])
async def test_what_must_not_double_is_left_to_a_human(place: Place, moment: str) -> None:
    """Whether it was sent or not: nobody knows, so it is on the list of whom to phone."""
    await place.put("A1", must_not_double=True)
    assert await place.bot(moment) is None
    place.leases_end()
    await place.bot("never")
    assert place.arrived()["kari", "A1"] == (moment in DOUBLES)
    (row,) = await place.store.read(lambda c: outbox.in_state(c, OutboxState.UNKNOWN))
    assert (row.key, row.reason) == ("A1:kari", "lease_expired")
    (waiting,) = await place.store.read(lambda c: calls.waiting(c, NOW))
    assert waiting.key == "A1:kari"


PEOPLE = tuple(f"person-{number}" for number in range(12))  # more messages than are claimed at once
EVERYTHING = {(person, key) for person in PEOPLE for key in (*KEYS, REMINDER)}


async def test_two_replicas_share_the_work_without_doubles(postgres_url: str) -> None:
    async with a_place(postgres_url, *PEOPLE) as place:
        await place.put(*KEYS)
        both = place.bot("never"), place.bot("never")
        counts = await asyncio.gather(*both)
        assert place.arrived() == dict.fromkeys(EVERYTHING, 1)
        assert await place.states() == {OutboxState.SENT: len(EVERYTHING)}
        assert all(counts)


async def test_one_of_two_replicas_is_killed_and_the_other_does_its_work(postgres_url: str) -> None:
    async with a_place(postgres_url, *PEOPLE) as place:
        await place.put(*KEYS)
        both = place.bot("send:after"), place.bot("never")
        assert (await asyncio.gather(*both))[0] is None
        place.leases_end()
        await place.bot("never")
        found = place.arrived()
        assert set(found) == EVERYTHING
        assert sum(found.values()) - len(found) <= AT_ONCE
        assert await place.states() == {OutboxState.SENT: len(EVERYTHING)}
