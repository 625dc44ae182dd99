"""The whole bot as `forumbot play` starts it: a link from the chat leads to a file. And what it takes to have links."""

import socket
from datetime import date
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from openpyxl import load_workbook

from bot.settings import Env, WrongSettings, load
from bot.wiring import file_links
from dialogs.desk import Wanted
from play.bot import start_bot
from play.render import draw
from play.run import playing
from play.teams import Teams

WANTED = Wanted("list", "", "eier-bodo", "nb")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_link_from_the_chat_leads_to_the_file(tmp_path: Path) -> None:
    async with playing(
        start_bot,
        database_url=f"sqlite:///{tmp_path / 'play.db'}",
        on=date(2023, 1, 16),
        port=0,
        bot_port=free_port(),
    ) as teams:
        address, shown = await asked_for_the_list(teams)
        assert f"<{address}>" in shown
        async with aiohttp.ClientSession() as http, http.get(address) as response:
            assert response.status == 200
            (sheet,) = load_workbook(BytesIO(await response.read())).worksheets
    assert sheet["A1"].value == "Saksnummer"


async def asked_for_the_list(teams: Teams) -> tuple[str, str]:
    """The first address on the card, and the card as the terminal draws it."""
    answer = await teams.chat("eier-bodo").says("liste")
    card = next(message.card for message in answer.messages if message.card)
    return next(each["url"] for each in card["actions"] if "url" in each), "\n".join(draw(card))


def test_links_take_an_address_and_a_key() -> None:
    """None without an address; with one and no key the bot does not start, and says which setting is missing."""
    assert file_links(load({"env": Env.TEST})) is None
    with pytest.raises(WrongSettings, match=r"^FORUMBOT_LINK_KEY: missing$"):
        file_links(load({"env": Env.TEST, "public_url": "https://forum.example.no"}))
    key = "k" * 64
    links = file_links(load({"env": Env.TEST, "public_url": "https://forum.example.no/", "link_key": key}))
    assert links is not None
    assert links(WANTED).startswith("https://forum.example.no/files/")
    assert links.read(links(WANTED).rpartition("/")[2])[0] == WANTED
