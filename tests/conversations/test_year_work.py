"""What the year asks of the secretariat comes once a week, in one message, and only while there is something."""

from datetime import UTC, date, datetime

from tests.conversations.harness import Town
from tests.conversations.morning import everybody_comes, morning
from tests.conversations.test_meetings import SALTEN, call, open_meeting, release

MONDAY, TUESDAY = date(2023, 8, 21), date(2023, 8, 22)


async def lines(town: Town, day: date) -> list[str]:
    told = (await morning(town, day)).get("sekretariat", "")
    message = next((each for each in told.split("\n\n") if each.startswith("Årshjulet denne uka")), "")
    return message.splitlines()[2:]


async def test_dates_calls_and_needs_are_one_message_a_week(town: Town) -> None:
    await everybody_comes(town)
    found = await lines(town, MONDAY)
    assert "Nettverk Salten, skole, september 2023 – mangler dato" in found
    assert "Nettverk Vesterålen, etter behov – er det behov? Spør eierne, eller kall inn" in found
    assert "Samling for fagutvalgene og samarbeidsforum, 28.–29. september 2023 – ikke innkalt ennå" in found
    assert "Halvårsrapport fra partnerskapet, høsten 2023 – mangler dato" in found
    assert await lines(town, TUESDAY) == []


async def test_what_is_done_is_asked_no_more(town: Town) -> None:
    await everybody_comes(town)
    await morning(town, date(2023, 8, 18))
    await call(town)
    assert not [line for line in await lines(town, MONDAY) if line.startswith("Nettverk Salten, skole")]


async def test_a_meeting_that_is_cancelled_and_planned_again_lacks_a_day(town: Town) -> None:
    await everybody_comes(town)
    await morning(town, date(2023, 8, 18))
    await call(town)
    staff = await open_meeting(town, SALTEN)
    await staff.presses("Avlys")
    await release(staff)
    staff = await open_meeting(town, SALTEN)
    await staff.presses("Planlegg på nytt")
    found = [line for line in await lines(town, MONDAY) if line.startswith("Nettverk Salten, skole")]
    assert found == ["Nettverk Salten, skole, 13. september 2023 kl. 09.00–15.00 – mangler dato"]


async def test_the_next_year_is_asked_for_until_it_is_approved(town: Town) -> None:
    await everybody_comes(town)
    next_year = "Årshjulet for 2024 – utkastet er laget fra året før."
    assert not [line for line in await lines(town, date(2023, 9, 25)) if line.startswith(next_year)]
    assert [line for line in await lines(town, date(2023, 10, 2)) if line.startswith(next_year)]
    await town.person("sekretariat").says("godkjenn årshjulet 2024")
    assert not [line for line in await lines(town, date(2023, 10, 9)) if line.startswith(next_year)]


async def test_a_meeting_on_a_free_day_is_to_get_another_before_people_are_called(town: Town) -> None:
    """14 February 2026 is a Saturday."""
    await everybody_comes(town)
    town.at = datetime(2025, 10, 7, 9, tzinfo=UTC)
    staff = town.person("sekretariat")
    await staff.says("godkjenn årshjulet 2026")
    await morning(town, date(2026, 1, 9))
    assert [line for line in await lines(town, date(2026, 1, 12)) if "14. februar" in line] == [
        "Fagutvalgene behandler behovsmeldingene, 14. februar 2026"
        " – det er helg eller helligdag. Sett en annen dag, eller kall inn"
    ]
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "committee_treatment"})
    await staff.presses("Se hva det betyr", {"first_on": "16. februar"})
    await staff.presses("Flytt")
    assert [line for line in await lines(town, date(2026, 1, 19)) if "februar" in line] == [
        "Fagutvalgene behandler behovsmeldingene, 16. februar 2026 – ikke innkalt ennå"
    ]


async def test_a_link_counts_for_its_own_year_and_staff_are_asked_for_the_next(town: Town) -> None:
    await everybody_comes(town)
    staff, lacking = town.person("sekretariat"), "mangler lenke til der det leveres"
    feedback = "Frist for skriftlig tilbakemelding fra samarbeidsforum og fagutvalgene"
    assert [line for line in await lines(town, date(2023, 5, 15)) if line.startswith(feedback)] == [
        f"{feedback}, 15. juni 2023 – {lacking}. Legg den inn med «flytt dato»"
    ]
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "written_feedback_deadline"})
    given = {"first_on": "15. juni", "link": "https://example.org/skjema-2023"}
    await staff.presses("Se hva det betyr", given)
    await staff.presses("Flytt")
    assert not [line for line in await lines(town, date(2023, 5, 22)) if line.startswith(feedback)]
    await staff.says("godkjenn årshjulet 2024")
    assert [line for line in await lines(town, date(2024, 5, 13)) if line.startswith(feedback)] != []


async def test_nobody_else_is_asked(town: Town) -> None:
    await everybody_comes(town)
    told = await morning(town, MONDAY)
    assert {person for person, text in told.items() if "Årshjulet denne " in text} == {
        "sekretariat",
        "sekretariat-2",
    }
