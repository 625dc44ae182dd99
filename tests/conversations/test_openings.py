"""What opens for the partnerships in the autumn is told on the day, and waits for them from then on."""

from datetime import UTC, date, datetime

import pytest

from domain.demo import demo_register
from domain.forum import load_forum
from store import roster
from tests.conversations.harness import Town
from tests.conversations.morning import delivered, everybody_comes, morning, planner

OWNER, LAST_OF_AUGUST, FIRST_OF_SEPTEMBER = "eier-friskole", date(2023, 8, 31), date(2023, 9, 1)
OPEN = "Nå er det åpent"


@pytest.fixture(autouse=True)
async def granted(town: Town) -> None:
    await town.work(lambda work: roster.seed_grants(work, demo_register(load_forum("nordland")).grants))
    await everybody_comes(town)
    await town.person(OWNER).says("hjelp")
    await delivered(town)


async def set_day(town: Town, day: str) -> str:
    """Of the half-year report; what the owner is told then."""
    staff = town.person("sekretariat")
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "half_year_report"})
    await staff.presses("Se hva det betyr", {"first_on": day})
    await staff.presses("Flytt")
    return (await delivered(town)).get(OWNER, "")


async def opened(town: Town) -> list[str]:
    """What the owner is told on the first day of the season."""
    await morning(town, LAST_OF_AUGUST)
    told = (await morning(town, FIRST_OF_SEPTEMBER)).get(OWNER, "")
    return [part.splitlines()[1] for part in told.split("\n\n") if part.startswith(OPEN)]


async def test_a_season_opens_also_where_its_last_day_is_set(town: Town) -> None:
    theirs = "Eier og universitet har ansvaret sammen"
    town.at = datetime(2023, 8, 21, 9, tzinfo=UTC)
    await set_day(town, "15. november")
    assert await opened(town) == [
        f"Halvårsrapport fra partnerskapet. Digitalt skjema. {theirs}: frist 15. november 2023.",
        f"Partnerskapsavtalene sendes inn. Opplasting. {theirs}: høsten 2023.",
    ]


async def test_a_last_day_that_is_set_again_takes_no_opening_back(town: Town) -> None:
    """It is planned, and the day is moved before it goes out."""
    town.at = datetime(2023, 8, 21, 9, tzinfo=UTC)
    await set_day(town, "15. november")
    await morning(town, LAST_OF_AUGUST)
    town.at = datetime(2023, 9, 1, 9, tzinfo=UTC)
    await planner(town).tick()
    assert "frist 20. november 2023." in await set_day(town, "20. november")


async def test_what_is_open_waits_for_those_who_were_told(town: Town) -> None:
    await opened(town)
    said = await town.person(OWNER).says("oppgaver")
    assert [line for line in said.splitlines() if line.startswith("Partnerskapsavtalene")] != []
    town.at = datetime(2023, 8, 31, 9, tzinfo=UTC)
    assert "Partnerskapsavtalene" not in await town.person(OWNER).says("oppgaver")


async def test_what_is_open_is_reminded_of_no_earlier_for_that(town: Town) -> None:
    await opened(town)
    for day in (date(2023, 9, 15), date(2023, 10, 16), date(2023, 11, 15)):
        assert "Partnerskapsavtalene" not in (await morning(town, day)).get(OWNER, "")
    assert "Partnerskapsavtalene" in (await morning(town, date(2023, 11, 16)))[OWNER]
