"""On no day is there anything that keeps the day from being planned."""

from datetime import date, timedelta

from sqlalchemy import Connection

from bot.wiring import what_is_due
from dialogs import notices
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


async def test_all_that_the_calendar_says_waits_for_office_hours(town: Town) -> None:
    due_on = what_is_due(town.house.forum)

    def kinds(connection: Connection) -> set[str]:
        found = [
            occasion
            for day in days_between(date(2023, 1, 1), date(2023, 12, 31))
            for occasion in due_on(connection, day)
        ]
        return {each.kind for each in found} | {each.if_nobody.kind for each in found if each.if_nobody}

    assert await town.store.read(kinds) - {"to_phone"} == notices.PLANNED - {"to_phone"}
