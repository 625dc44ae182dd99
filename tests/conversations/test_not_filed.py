"""A report that is not filed yet: the card says why, and nothing is said besides."""

from datetime import timedelta

from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Town
from tests.conversations.test_needs_report import fill_in


async def test_card_says_what_is_missing(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    shown = await owner.presses("Send inn")
    assert "Ikke sendt inn. Svar som mangler eller må rettes: 2." in shown
    assert len(owner.texts) == 1
    assert "2023-DEKOM-001" in await owner.presses("Send inn", LAST)


async def test_warnings_stand_there_before_anything_is_declared(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, (PAGES[0], {**PAGES[1], "private_invited": "no"}, *PAGES[2:]))
    assert owner.texts[0].count("De private er ikke invitert.") == 1
    await owner.presses("Svar ved å skrive")
    assert "De private er ikke invitert." in await owner.says("oppsummering")


async def test_tick_that_nobody_touched_is_asked_for_and_not_refused(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    shown = await owner.presses("Send inn", {"declaration": "false"})
    assert "Ja, jeg bekrefter\nFeil: Her mangler det et svar." in shown


async def test_card_that_is_behind_is_shown_anew_and_says_so(town: Town) -> None:
    """What is filed is what stood before the person."""
    here, there = town.person("eier-bodo"), town.person("eier-bodo")
    await fill_in(here)
    before = here.card
    town.at += timedelta(minutes=1)
    await there.says("kort")
    await there.presses("Gå til siden", {"go_to": "measure"})
    await there.presses("Lagre", {"goal": "Et annet mål"})
    shown = await here.presses("Send inn", LAST, on=before)
    assert "Ikke sendt inn. Utkastet er endret siden kortet ble vist." in shown
    assert "Mål: Et annet mål" in shown
    assert "2023-DEKOM-001" in await here.presses("Send inn")
