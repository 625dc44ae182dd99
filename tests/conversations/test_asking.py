"""What people ask beside a report, and what they are told."""

from datetime import timedelta

from tests.conversations.harness import Town


async def test_deadline_of_tomorrow_and_of_today_are_told_as_people_say_it(town: Town) -> None:
    owner = town.person("eier-bodo")
    town.at += timedelta(days=15)
    assert "Det er 1 dag igjen." in await owner.says("frister")
    town.at += timedelta(days=1)
    assert "er i dag, 1. februar 2023, før midnatt." in await owner.says("frister")
