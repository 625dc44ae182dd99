"""The real dialogs behind the real door, over a real database: many at once, and who somebody is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count

import pytest

from bot.teams.limits import Limits
from dialogs.desk import House as Rules
from dialogs.turns import Turns
from domain.access import Role, RoleKind
from domain.forum import load_forum
from domain.messages import Address, Identity
from domain.register import Person
from play.bot import enrol_people
from play.chat import Answer, Chat
from play.screen import Shown
from play.world import Activity
from store import cases, conversations, drafts, register
from store.work import Store, Work
from tests.conftest import NewDatabase
from tests.conversations.harness import Town
from tests.dialogs.bench import kept
from tests.http.conftest import DOMAIN_NOW, House, a_house, machine_now
from tests.store.builders import a_draft, a_filing, do

VIEWERS = 60
CASE = "2023-REKOM-001"


@dataclass(frozen=True, slots=True)
class Office:
    """The house with the dialogs moved in. `town` shows what is in its database."""

    house: House
    store: Store
    town: Town

    def chat(self, handle: str) -> Chat:
        return self.house.teams.chat(handle)

    async def reached(self, person_id: str) -> Address | None:
        return await self.store.read(lambda connection: conversations.personal(connection, person_id))


@asynccontextmanager
async def an_office(url: str, people: dict[str, Role]) -> AsyncIterator[Office]:
    """The demo register and these people, each with an account; whoever else is there is a stranger."""
    store, ids = Store(url), count(1)
    await store.start()
    await do(store, lambda work: _take_in(work, people), at=DOMAIN_NOW)
    rules = Rules(load_forum("nordland"), machine_now, lambda: f"id-{next(ids)}", lambda: "", "nb")
    async with a_house(limits=Limits()) as house:
        house.bot.reply = Turns(store, rules).answer
        known = {handle: house.teams.add(handle).person for handle in ("eier-bodo", "eier-fauske", *people)}
        await enrol_people(
            url,
            {handle: Identity(person.tenant_id, str(person.object_id)) for handle, person in known.items()},
        )
        yield Office(house, store, _looking_at(store, url))
    await store.close()


def _take_in(work: Work, people: dict[str, Role]) -> None:
    register.seed(work, load_forum("nordland").organisations())
    register.seed(work, (), [Person(handle, handle, None) for handle in people], people.items())
    if people:
        author = next(iter(people))
        cases.submit(work, drafts.create(work, a_draft(author=author)), a_filing(region="SALTEN"))


def _looking_at(store: Store, url: str) -> Town:
    town = Town(url)
    town.store = store
    return town


# Many at once.


async def test_sixty_refreshes_at_once_are_each_answered_and_change_nothing(new_sqlite: NewDatabase) -> None:
    """threats.md, 33. Sixty people press at one moment; twenty of them may not see the case any more."""
    roles = (
        Role(RoleKind.OWNER_CONTACT, "1804"),
        Role(RoleKind.SECRETARIAT),
        Role(RoleKind.SEAT, body="school"),
    )
    people = {f"viewer-{number}": roles[number % len(roles)] for number in range(VIEWERS)}
    async with an_office(new_sqlite(), people) as office:
        chats = [office.chat(handle) for handle in people]
        for chat in chats:
            assert _title(await chat.says(f"status {CASE}")) == f"Sak {CASE}"
        former = [handle for handle, role in people.items() if role.kind is RoleKind.SEAT]
        await do(office.store, lambda work: _end_roles(work, former))

        before, posted = await kept(office.town), len(office.house.teams.connector.calls)
        answers = await asyncio.gather(*(chat.presses("Vis på nytt") for chat in chats))
        assert [_title(answer) for answer in answers] == [
            "Fant ikke saken" if handle in former else f"Sak {CASE}" for handle in people
        ]
        assert [answer.failed for answer in answers] == [False] * VIEWERS
        assert await kept(office.town) == before
        assert len(office.house.teams.connector.calls) == posted


async def test_sixty_drafts_that_refresh_by_themselves_are_each_ones_own(new_sqlite: NewDatabase) -> None:
    """As when everybody opens Teams in the morning."""
    people = {f"owner-{number}": Role(RoleKind.OWNER_CONTACT, "1804") for number in range(VIEWERS)}
    async with an_office(new_sqlite(), people) as office:
        chats = [office.chat(handle) for handle in people]
        for number, chat in enumerate(chats):
            await chat.says("ny behovsmelding")
            await chat.presses("Lagre", {"measure_title": f"Tiltak {number}"})
        before = await kept(office.town)
        answers = await asyncio.gather(*(chat.opens() for chat in chats))
        for number, (answer,) in enumerate(answers):
            assert f"Tiltak {number}\n" in _text(answer.card)
        assert await kept(office.town) == before


def _title(answer: Answer) -> str:
    """The first line of the card that the answer shows."""
    return _text(answer.card or answer.messages[0]).partition("\n")[0]


def _text(shown: Shown | None) -> str:
    assert shown is not None
    return str(shown.card["fallbackText"]) if shown.card else shown.text


def _end_roles(work: Work, people: list[str]) -> None:
    for person_id in people:
        for role_id in register.roles(work.connection, person_id):
            register.end_role(work, role_id, DOMAIN_NOW.date().replace(day=1))


# Who somebody is: the account, and nothing that stands beside it (teams.md, 6; threats.md, 4).


async def test_an_account_under_two_user_ids_is_one_person(new_sqlite: NewDatabase) -> None:
    """Teams gives each bot its own `29:` id of a person, so that another one says nothing about who writes."""
    async with an_office(new_sqlite(), {}) as office:
        owner = office.chat("eier-bodo")
        said = await owner.says("ny behovsmelding")
        await owner.presses("Lagre", {"measure_title": "Lesing i alle fag"})
        before, reached = await kept(office.town), await office.reached("eier-bodo")
        for number, user_id in enumerate(("29:another", owner.person.user_id, "29:another")):
            answer = await owner.sends(_from(said, f"again-{number}", "fortsett", id=user_id))
            assert answer.status == 200
            assert "Lesing i alle fag\n" in _texts(answer)
            assert await kept(office.town) == before
        assert reached is not None
        assert await office.reached("eier-bodo") == replace(reached, user_id="29:another")


async def test_a_user_id_makes_nobody_somebody_else(new_sqlite: NewDatabase) -> None:
    async with an_office(new_sqlite(), {}) as office:
        owner = office.chat("eier-bodo")
        await owner.says("ny behovsmelding")
        await owner.presses("Lagre", {"measure_title": "Lesing i alle fag"})
        owners, reached = owner.person.user_id, await office.reached("eier-bodo")

        other = office.chat("eier-fauske")
        answer = await other.sends(_from(await other.says("hei"), "as-bodo", "mine saker", id=owners))
        assert "Du har ingen utkast og ingen saker ennå." in _texts(answer)
        stranger = office.house.kari
        answer = await stranger.sends(_from(await stranger.says("hei"), "as-bodo", "mine saker", id=owners))
        assert "Jeg kjenner deg ikke ennå" in _texts(answer)
        nobody = await stranger.sends(_from(answer, "no-account", "mine saker", id=owners, aadObjectId=None))
        assert _texts(nobody) == _texts(answer)
        assert await office.reached("eier-bodo") == reached


@pytest.mark.parametrize("user_ids", [["29:one"], ["29:one", "29:two"]], ids=["one", "two"])
async def test_two_user_ids_give_no_second_share(new_sqlite: NewDatabase, user_ids: list[str]) -> None:
    """How much a person may ask for is counted by the account."""
    async with an_office(new_sqlite(), {}) as office:
        owner = office.chat("eier-bodo")
        said = await owner.says("hei")
        for number in range(9):
            user_id = user_ids[number % len(user_ids)]
            assert (await owner.sends(_from(said, f"{number}", "hei", id=user_id))).status == 200
        assert (await owner.sends(_from(said, "one too many", "hei", id=user_ids[-1]))).status == 429


def _from(answer: Answer, activity_id: str, text: str, **account: str | None) -> Activity:
    """The activity that this was the answer to, with another text, sent by somebody who looks a little different."""
    sender = {key: value for key, value in (answer.activity["from"] | account).items() if value is not None}
    return answer.activity | {"id": activity_id, "text": text, "from": sender}


def _texts(answer: Answer) -> str:
    return "\n".join(
        str(shown.card["fallbackText"]) if shown.card else shown.text for shown in answer.messages
    )
