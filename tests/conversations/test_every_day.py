"""On no day is there anything that keeps the day from being planned."""

from datetime import date, timedelta

from sqlalchemy import Connection

from bot.wiring import what_is_due
from domain.ladders import days_between
from tests.conversations.harness import Town


async def test_every_day_of_the_first_year_and_the_next_can_be_planned(town: Town) -> None:
    """In January of the first year what looks back looks into a year of which there is no plan."""
    due_on = what_is_due(town.house.forum)
    days = tuple(days_between(date(2023, 1, 1), date(2024, 1, 31)))

    def plan(connection: Connection) -> dict[date, str]:
        broken = {}
        for day in days:
            try:
                list(due_on(connection, day))
            except Exception as error:
                broken[day] = repr(error)
        return broken

    assert days[-1] - days[0] == timedelta(days=395)
    assert await town.store.read(plan) == {}
