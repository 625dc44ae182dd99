"""What the page of `forumbot play` is served with."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import aiohttp
import pytest

from domain.days import local_day
from play import site
from play.examples import EVERY
from play.run import playing
from play.teams import Teams
from tests.http.test_play_run import DATABASE, TinyBot

Session = aiohttp.ClientSession


@pytest.fixture
def bot() -> TinyBot:
    return TinyBot()


@pytest.fixture
async def teams(bot: TinyBot) -> AsyncIterator[Teams]:
    async with playing(bot.start, database_url=DATABASE, port=0, bot_port=0) as teams:
        yield teams


@pytest.fixture
async def session(teams: Teams) -> AsyncIterator[Session]:
    async with Session(teams.url) as session:
        yield session


@pytest.mark.parametrize(
    "address",
    [*site.PAGES, "/page/main.js", "/page/style.css", *(f"/page/vendor/{name}" for name in site.VENDOR)],
)
async def test_every_file_is_there_and_may_load_from_here_alone(session: Session, address: str) -> None:
    async with session.get(address) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(
        policy
    )
    assert "unsafe" not in " ".join(policy)


async def test_no_other_file_is_served(session: Session) -> None:
    for address in (
        "/page/package.json",
        "/page/.npmrc",
        "/page/..%2fsite.py",
        "/page/vendor/..%2f..%2fsite.py",
    ):
        async with session.get(address) as response:
            assert response.status == 404


async def test_the_day_moves_forward_alone(session: Session, bot: TinyBot) -> None:
    moved = [
        await answer(session, {"day": day}) for day in ("2023-02-02", "2023-02-02", "2023-01-01", "i går")
    ]
    refused = (409, {"error": "Velg en senere dag enn den det er."})
    assert moved == [(200, {"day": "2023-02-02"}), refused, refused, refused]
    assert bot.plan is not None
    assert local_day(bot.plan.now()) == date(2023, 2, 2)


async def answer(session: Session, body: dict[str, str]) -> tuple[int, dict[str, str]]:
    async with session.post("/play/clock", json=body) as response:
        return response.status, await response.json()


async def test_the_bell_rings_for_anybody(teams: Teams, session: Session) -> None:
    async with session.get("/play/bell") as response:
        heard = (await response.json())["next"]
    waiting = asyncio.create_task(bell(session, heard))
    await teams.chat("eier-bodo").says("hei")
    assert await waiting > heard


async def bell(session: Session, after: int) -> int:
    async with session.get("/play/bell", params={"after": after, "wait": 20}) as response:
        heard: int = (await response.json())["next"]
        return heard


async def test_a_bell_that_makes_no_sense_is_refused(session: Session) -> None:
    async with session.get("/play/bell", params={"after": "x"}) as response:
        assert (response.status, await response.json()) == (409, {"error": "«after» er ikke et tall."})


async def test_people_come_with_what_they_are(session: Session) -> None:
    async with session.get("/play/people") as response:
        people = {each["handle"]: each["group"] for each in (await response.json())["people"]}
    assert people["eier-bodo"] == "Eiere av barnehager og skoler"
    assert (people["beslutter"], people["ukjent"]) == ("Statsforvalteren", "Andre")


async def test_the_gallery_has_every_card_with_its_text(session: Session) -> None:
    async with session.get("/play/gallery", params={"language": "nn"}) as response:
        cards = (await response.json())["cards"]
    assert [each["name"] for each in cards] == list(EVERY)
    assert all(each["text"] and each["card"]["type"] == "AdaptiveCard" for each in cards)
    async with session.get("/play/gallery", params={"language": "xx"}) as response:
        assert response.status == 409
