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


def offered(shown: str) -> list[str]:
    return [line.removeprefix("– ") for line in shown.splitlines() if line.startswith("– ")]


async def test_what_is_not_understood_gets_three_things_that_lead_somewhere(town: Town) -> None:
    """No draft to go on with, and codes are the secretariat's."""
    owner = town.person("eier-bodo")
    shown = await owner.says("invitasjon til møtet")
    assert len(offered(shown)) == 3
    assert not {"inviter", "fortsett"} & set(offered(shown))
    assert shown.splitlines()[-1].startswith("Spør ")
    assert offered(await owner.says("xyzzy")) == ["ny behovsmelding", "mine saker", "status"]


async def test_secretariat_is_not_told_to_ask_itself(town: Town) -> None:
    staff = town.person("sekretariat")
    shown = await staff.says("invitasjon til møtet")
    assert "inviter" in offered(shown)
    assert "ny behovsmelding" not in offered(shown)
    assert "Spør" not in shown


async def test_language_alone_is_answered_with_those_there_are(town: Town) -> None:
    owner = town.person("eier-bodo")
    shown = "Jeg kan skrive bokmål, English og nynorsk. Skriv for eksempel «språk nynorsk» for å bytte."
    assert await owner.says("språk") == shown
    assert await owner.says("bytte språk") == shown
    assert await owner.says("språk nynorsk") == "Heretter skriv eg nynorsk til deg."


async def test_language_alone_is_an_answer_to_an_open_question(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:4])
    await owner.presses("Svar ved å skrive")
    await owner.says("språk")
    assert "språk" in await owner.says("tilbake")
