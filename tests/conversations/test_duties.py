"""What waits for a person: derived from drafts and cases, with a button to each."""

from datetime import UTC, datetime

from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in, turn_pages


async def waits(talk: Talk) -> list[str]:
    return (await talk.says("oppgaver")).partition("\n\n")[0].splitlines()[1:]


async def test_an_owner_that_has_reported_nothing_is_told_so_without_being_pressed(town: Town) -> None:
    owner = town.person("eier-bodo")
    (sentence, nothing) = await waits(owner)
    assert sentence == "1 ting venter på deg. Det som haster mest, står først."
    assert nothing == (
        "Bodø kommune har ikke meldt inn behov. Har dere ikke noe å melde, kan du se bort fra dette"
        " – frist 1. februar 2023"
    )
    assert "Side 1 av" in await owner.presses("Gjør nr. 1")


async def test_what_is_begun_waits_until_it_is_filed(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    assert (await waits(owner))[1:] == [
        "Fyll ut ferdig og send inn «Lesing i alle fag». Neste spørsmål: «Lokalt definert behov»"
        " – frist 1. februar 2023"
    ]
    assert "Side 3 av" in await owner.presses("Gjør nr. 1")
    await turn_pages(owner, PAGES[2:])
    await owner.presses("Send inn", LAST)
    assert await waits(owner) == ["Ingenting venter på deg nå."]


async def test_a_case_that_was_sent_back_waits_until_its_own_day(town: Town) -> None:
    owner, staff = town.person("eier-bodo"), town.person("sekretariat")
    await fill_in(owner, PAGES)
    await owner.presses("Send inn", LAST)
    await staff.says("send tilbake 2023-DEKOM-001")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Si mer."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    assert (await waits(owner))[1:] == [
        "Rett sak 2023-DEKOM-001 og send den inn på nytt – frist 1. mars 2023"
    ]
    assert (await owner.presses("Gjør nr. 1")).startswith("Sak 2023-DEKOM-001")
    town.at = datetime(2023, 3, 2, 9, tzinfo=UTC)
    assert await waits(owner) == ["Ingenting venter på deg nå."]


async def test_nobody_sees_what_waits_for_others(town: Town) -> None:
    await fill_in(town.person("eier-bodo"), PAGES[:2])
    assert "Lesing" not in "\n".join(await waits(town.person("eier-rana")))
    assert await waits(town.person("sekretariat")) == ["Ingenting venter på deg nå."]
