"""Whoever sees no cards answers by the number or the words of a button."""

import pytest

from tests.conversations.dekom import LAST
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in

CASE = "2023-DEKOM-001"


@pytest.fixture
async def owner(town: Town) -> Talk:
    """Has filed the case."""
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    return owner


async def test_number_is_the_button_that_stands_behind_it(owner: Talk) -> None:
    shown = await owner.says(CASE)
    assert "1. [Vis på nytt]" in shown
    assert "3. [Endre og send inn på nytt]" in shown
    assert f"Ny versjon av sak {CASE}." in await owner.says("3")


async def test_words_on_a_button_are_as_good(owner: Talk) -> None:
    await owner.says(CASE)
    assert f"Ny versjon av sak {CASE}." in await owner.says("endre og send inn på nytt")


async def test_draft_is_gone_on_with_by_its_number(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.says("avbryt")
    assert "1. [Fortsett på utkast 1]" in await owner.says("mine saker")
    assert "Side 1 av" in await owner.says("1")


async def test_number_is_about_the_newest_card(owner: Talk) -> None:
    await owner.says(CASE)
    await owner.says("frister")
    assert "Det forsto jeg ikke." in await owner.says("3")


async def test_card_with_fields_has_no_numbers_and_a_question_takes_its_answer(owner: Talk) -> None:
    await owner.says(CASE)
    shown = await owner.says("3")
    assert "1. [" not in shown
    assert "Det forsto jeg ikke." in await owner.says("1")
    await owner.says(CASE)
    await owner.says("ny behovsmelding")
    await owner.says("skriv")
    assert "Lagret" in await owner.says("1")


async def test_nothing_is_given_up_by_a_number(owner: Talk) -> None:
    await owner.says(f"trekk {CASE}")
    await owner.says("1")
    await owner.says("1")
    assert "sendt inn" in await owner.says(CASE)
    await owner.says(f"trekk {CASE}")
    assert "Saken er trukket" in await owner.says("ja")


async def test_right_is_asked_again(town: Town, owner: Talk) -> None:
    other = town.person("eier-rana")
    await other.says("hei")
    assert CASE not in await other.says("3")
