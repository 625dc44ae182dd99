"""What people ask beside a report, and what they are told."""

from datetime import timedelta

from tests.conversations.dekom import PAGES
from tests.conversations.harness import Town
from tests.conversations.test_needs_report import fill_in


async def test_deadline_of_tomorrow_and_of_today_are_told_as_people_say_it(town: Town) -> None:
    owner = town.person("eier-bodo")
    town.at += timedelta(days=15)
    assert "Det er 1 dag igjen." in await owner.says("frister")
    town.at += timedelta(days=1)
    assert "er i dag, 1. februar 2023, før midnatt." in await owner.says("frister")


async def test_estimate_will_do_for_the_number_of_staff_and_a_bound_will_not(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:1])
    await owner.presses("Svar ved å skrive")
    await owner.says("Skole A")
    assert "Feil:" not in await owner.says("ca. 120")
    await owner.says("kort")
    shown = await owner.presses("Neste", {"participants_staff": "minst 120"})
    assert "Skriv det nøyaktig" in shown
