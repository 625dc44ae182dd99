"""What is handed in elsewhere: a link, "levert", and staff who confirm it or find nothing."""

from datetime import UTC, date, datetime

from domain.days import is_working_day
from domain.demo import demo_register
from domain.forum import load_forum
from domain.ladders import days_between
from store import roster
from tests.conversations.harness import Talk, Town, buttons_on
from tests.conversations.morning import before, delivered, everybody_comes, morning

IN_JUNE = datetime(2023, 6, 1, 9, tzinfo=UTC)
FEEDBACK = "Frist for skriftlig tilbakemelding fra samarbeidsforum og fagutvalgene"


async def waits(talk: Talk) -> list[str]:
    return (await talk.says("oppgaver")).partition("\n\n")[0].splitlines()[2:]


async def test_a_partnership_hands_in_its_report_and_staff_confirm_it(town: Town) -> None:
    await town.work(lambda work: roster.seed_grants(work, demo_register(load_forum("nordland")).grants))
    town.at = IN_JUNE
    owner, staff = town.person("eier-barnehage"), town.person("sekretariat")
    owed = await waits(owner)
    assert all(line.startswith("Frist for rapport om midler tildelt i 2022 (") for line in owed)
    assert all(line.endswith("– frist 15. juni 2023") for line in owed)
    assert owed
    await owner.presses("Gjør nr. 1")
    assert [button["title"] for button in buttons_on(owner.card or {})] == ["Levert"]
    assert "Sekretariatet bekrefter det." in await owner.presses("Levert")
    assert len(await waits(owner)) == len(owed) - 1
    assert "1 levering venter" in await staff.says("leveringer")
    assert (await staff.presses("Bekreft den første")).startswith("Bekreftet: Frist for rapport")
    assert "Ingen leveringer venter" in await staff.says("leveringer")
    assert len(await waits(owner)) == len(owed) - 1


async def test_what_is_not_there_is_owed_again_and_who_said_so_hears_it(town: Town) -> None:
    await everybody_comes(town)
    town.at = IN_JUNE
    seat, staff = town.person("medlem-skole"), town.person("sekretariat")
    (feedback,) = await waits(seat)
    assert feedback.startswith(FEEDBACK)
    await seat.presses("Gjør nr. 1")
    await seat.presses("Levert")
    await staff.says("leveringer")
    assert "får beskjed" in await staff.presses("Den er ikke kommet")
    told = await delivered(town)
    assert told["medlem-skole"].startswith("Vi finner ikke det du har levert")
    assert (await waits(seat)) == [feedback]
    assert "Sekretariatet bekrefter det." in await before(seat).presses("Levert")
    assert await waits(seat) == []


async def test_who_has_said_so_is_reminded_no_more(town: Town) -> None:
    await everybody_comes(town)
    seat = town.person("medlem-skole")
    await seat.says("hjelp")
    assert FEEDBACK in (await morning(town, date(2023, 6, 1)))["medlem-skole"]
    await before(seat).presses("Gjør nr. 1")
    await seat.presses("Levert")
    assert "medlem-skole" not in await morning(town, date(2023, 6, 8))


async def test_staff_are_reminded_of_what_nobody_has_looked_after(town: Town) -> None:
    await everybody_comes(town)
    town.at = IN_JUNE
    seat = town.person("medlem-skole")
    await seat.says("oppgaver")
    await seat.presses("Gjør nr. 1")
    await seat.presses("Levert")
    assert "1 levering som noen sier er sendt inn" in await town.person("sekretariat").says("oppgaver")
    assert "1 levering som noen sier er sendt inn" in (await morning(town, date(2023, 6, 6)))["sekretariat"]


async def test_what_nobody_has_looked_after_for_long_keeps_no_later_one_from_being_told(town: Town) -> None:
    await everybody_comes(town)
    for person, said_on in (("medlem-skole", date(2023, 6, 1)), ("eier-rana", date(2023, 9, 4))):
        await morning(town, said_on)
        talk = town.person(person)
        await talk.says("oppgaver")
        await talk.presses("Gjør nr. 1")
        await talk.presses("Levert")
    september = [day for day in days_between(date(2023, 9, 5), date(2023, 9, 15)) if is_working_day(day)]
    told = [(await morning(town, day)).get("sekretariat", "") for day in september]
    reminded = [day for day, text in zip(september, told, strict=True) if "2 leveringer som noen" in text]
    assert [f"{day:%d.%m}" for day in reminded] == ["08.09", "11.09", "12.09"]


async def test_an_owner_that_has_no_need_says_so_and_is_left_alone(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-rana")
    assert "Rana" in (await morning(town, date(2023, 1, 18)))["eier-rana"]
    assert "dere ikke har noe i år" in await before(owner).presses("Ikke noe i år")
    assert "eier-rana" not in await morning(town, date(2023, 1, 25))
    assert "Side 1 av" in await owner.says("ny behovsmelding")


async def test_an_owner_that_does_not_apply_says_so_and_is_left_alone(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-rana")
    assert "(30 %) (Rana – Raane kommune" in (await morning(town, date(2023, 9, 6)))["eier-rana"]
    assert "dere ikke har noe i år" in await before(owner).presses("Ikke noe i år")
    assert "eier-rana" not in await morning(town, date(2023, 9, 13))


async def test_staff_phone_nobody_who_did_not_apply(town: Town) -> None:
    await everybody_comes(town)
    for day in (6, 13, 18, 20):
        assert "(30 %) (Bodø kommune" in (await morning(town, date(2023, 9, day)))["eier-bodo"]
    assert "sekretariat" not in await morning(town, date(2023, 9, 21))
    assert "(30 %)" not in await town.person("sekretariat").says("ringeliste")


async def test_a_button_says_of_which_of_several_things_there_is_nothing_this_year(town: Town) -> None:
    town.at = datetime(2023, 9, 6, 9, tzinfo=UTC)
    owner = town.person("eier-rana")
    individual, needs = await waits(owner)
    assert [button["title"] for button in buttons_on(owner.card or {})] == [
        "Gjør nr. 1",
        "Gjør nr. 2",
        "Nr. 1: ikke noe i år",
    ]
    await owner.presses("Nr. 1: ikke noe i år")
    assert await waits(owner) == [needs]
    assert "individuelle tiltak" in individual


async def test_nobody_confirms_but_staff(town: Town) -> None:
    town.at = IN_JUNE
    assert "hos Statsforvalteren" in await town.person("eier-bodo").says("leveringer")


async def test_staff_give_the_link_and_nobody_is_told_of_another_day(town: Town) -> None:
    await everybody_comes(town)
    await delivered(town)
    town.at = datetime(2023, 5, 15, 9, tzinfo=UTC)
    staff, seat = town.person("sekretariat"), town.person("medlem-skole")
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "written_feedback_deadline"})
    shown = await staff.presses("Se hva det betyr", {"first_on": "15. juni", "link": "skjema"})
    assert "https://" in shown
    given = {"first_on": "15. juni", "link": "https://example.org/skjema"}
    await staff.presses("Se hva det betyr", given)
    await staff.presses("Flytt")
    assert await delivered(town) == {}
    await seat.says("oppgaver")
    await seat.presses("Gjør nr. 1")
    assert seat.card is not None
    assert [action.get("url") for action in seat.card["actions"]] == ["https://example.org/skjema", None]
