"""People's own calendars over real HTTP: what a calendar program gets, and what an old or foreign address gets."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
import vobject
from aiohttp import web

from bot.app import serving
from bot.feeds import FeedLinks, Feeds
from bot.teams.limits import Limits, Window
from dialogs.turns import Turns
from tests.conversations.harness import Town
from tests.conversations.post import deliver
from tests.conversations.test_meetings import IN_AUGUST, SALTEN, call, open_meeting, release
from tests.dialogs.bench import end_roles

KEY = "a key that is long enough for signing links with"


class Calendars:
    """A town whose calendars are served."""

    def __init__(self, town: Town, http: aiohttp.ClientSession, url: str) -> None:
        self.town, self.http = town, http
        self.links = FeedLinks(url, KEY)
        town.house = replace(town.house, feed=self.links)
        town.turns = Turns(town.store, town.house)

    async def address(self, person_id: str = "eier-bodo", ask: str = "kalender") -> str:
        said = await self.town.person(person_id).says(ask)
        return next(word for word in said.split() if word.startswith("http"))

    async def get(self, url: str) -> tuple[int, dict[str, str], str]:
        async with self.http.get(url) as response:
            return response.status, dict(response.headers), await response.text()


@pytest.fixture
async def calendars(url_of_everybody: str) -> AsyncIterator[Calendars]:
    town = Town(url_of_everybody)
    await town.start()
    town.at = IN_AUGUST
    app = web.Application()
    seconds = {"now": 0.0}
    feeds = Feeds(
        town.store,
        town.house,
        lambda: town.at,
        limits=Limits(per_person=(Window(60, 5),)),
        seconds=lambda: seconds["now"],
    )
    app.add_routes(feeds.routes())
    async with aiohttp.ClientSession() as http, serving(app, "127.0.0.1", 0) as url:
        yield Calendars(town, http, url)
    await town.store.close()


async def test_the_calendar_has_the_meetings_of_the_person_as_they_stand(calendars: Calendars) -> None:
    town = calendars.town
    await town.person("eier-bodo").says("hjelp")
    await call(town)
    await deliver(town)
    url = await calendars.address()
    status, headers, text = await calendars.get(url)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert headers["Cache-Control"] == "private, no-store"
    found = {entry.uid.value: entry for entry in vobject.readOne(text).vevent_list}
    meeting = found[f"{SALTEN}@nordland.forumbot"]
    assert (meeting.dtstart.value.hour, meeting.status.value, meeting.sequence.value) == (9, "CONFIRMED", "1")
    assert "individual_deadline.2023@nordland.forumbot" in found
    assert "recommendation_due.2023@nordland.forumbot" not in found  # the forum's, and no owner's
    staff = await open_meeting(town, SALTEN)
    await staff.presses("Avlys")
    await release(staff)
    _, _, text = await calendars.get(url)
    found = {entry.uid.value: entry for entry in vobject.readOne(text).vevent_list}
    cancelled = found[f"{SALTEN}@nordland.forumbot"]
    assert (cancelled.status.value, cancelled.sequence.value) == ("CANCELLED", "2")


async def test_somebody_of_another_region_has_no_such_meeting(calendars: Calendars) -> None:
    await call(calendars.town)
    _, _, text = await calendars.get(await calendars.address("eier-vagan"))
    assert SALTEN not in text
    assert "VEVENT" in text


async def test_a_renewed_address_is_the_only_one(calendars: Calendars) -> None:
    old = await calendars.address()
    assert (await calendars.get(old))[0] == 200
    new = await calendars.address(ask="ny kalenderlenke")
    assert new != old
    assert [(await calendars.get(each))[0] for each in (old, new)] == [404, 200]


async def test_other_addresses_lead_nowhere(calendars: Calendars) -> None:
    url = await calendars.address()
    base, _, token = url.removesuffix(".ics").rpartition("/")
    other = FeedLinks("x", "another key that is long enough too").token("eier-bodo", 1)
    for wrong in (token[:-1], token + "A", token[::-1], other, "..%2f..", "eier-bodo"):
        assert (await calendars.get(f"{base}/{wrong}.ics"))[0] == 404
    assert "eier-bodo" not in url


async def test_whoever_has_no_role_any_more_has_no_calendar(calendars: Calendars) -> None:
    url = await calendars.address()
    await end_roles(calendars.town, "eier-bodo", IN_AUGUST.date() - timedelta(days=1))
    assert (await calendars.get(url))[0] == 404


async def test_a_program_that_asks_without_end_is_told_when_to_ask_again(calendars: Calendars) -> None:
    url = await calendars.address()
    found = [await calendars.get(url) for _ in range(6)]
    assert [status for status, _, _ in found] == [200] * 5 + [429]
    assert int(found[-1][1]["Retry-After"]) > 0


async def test_no_address_stands_in_a_log(calendars: Calendars, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        url = await calendars.address()
        await calendars.get(url)
    token = url.removesuffix(".ics").rpartition("/")[2]
    assert token not in caplog.text
