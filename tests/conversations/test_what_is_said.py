"""Answers that must fit the moment in which they are given."""

from tests.conversations.dekom import PAGES
from tests.conversations.harness import Town
from tests.conversations.test_needs_report import fill_in


async def test_nonsense_is_answered_with_what_leads_somewhere_now(town: Town) -> None:
    owner = town.person("eier-bodo")
    assert "avbryt" not in await owner.says("avbyrten da")
    assert "kast utkast" not in await owner.says("kast ukastet mitt")


async def test_number_that_is_far_too_long_is_told_how_long_it_may_be(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:5])
    await owner.presses("Svar ved å skrive")
    for answer in ("1", "De er samordnet.", "ja", "Tre kommuner og mange skoler."):
        await owner.says(answer)
    shown = await owner.says("9" * 120)
    assert "Teksten er for lang: høyst 100 tegn. Nå er det 120." in shown


async def test_weekday_that_does_not_fit_is_told_the_day_as_people_write_it(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:3])
    await owner.presses("Svar ved å skrive")
    for answer in (PAGES[3]["staff_involved"], "ja"):
        await owner.says(answer)
    shown = await owner.says("mandag 15. november 2022")
    assert "Ukedagen passer ikke med datoen 15. november 2022." in shown


async def test_card_speaks_of_the_card_while_the_draft_is_typed(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    card = owner.card
    await owner.presses("Svar ved å skrive")
    shown = await owner.presses("Send inn", on=card)
    assert "Ikke sendt inn. Svar som mangler eller må rettes: 2." in shown
