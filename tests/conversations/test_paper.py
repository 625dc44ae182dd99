"""Asking for a document or the list in chat: who gets a link to what, and what the cards say."""

from datetime import timedelta

from dialogs.texts import texts
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Card, Talk, Town, buttons_on
from tests.conversations.test_needs_report import fill_in
from tests.dialogs.bench import end_roles

CASE = "2023-DEKOM-001"
LINK = "https://bot.example.org/files/"
NB = texts("nb")


def addresses(card: Card | None) -> list[str]:
    """What the card's links are for, in their order."""
    assert card is not None
    return [each["url"].removeprefix(LINK) for each in card["actions"] if each["type"] == "Action.OpenUrl"]


def titles(card: Card | None) -> list[str]:
    assert card is not None
    return [each["title"] for each in buttons_on(card)]


async def at_review(owner: Talk) -> str:
    """A complete draft before its owner, on the page before filing; gives its id."""
    await fill_in(owner, PAGES)
    await owner.says("dokument")
    (nb, *_) = addresses(owner.card)
    await owner.says("oppsummering")
    return nb.removeprefix("draft-").removesuffix(f"-{owner.person_id}-nb")


async def filed(owner: Talk) -> None:
    await fill_in(owner)
    await owner.presses("Send inn", LAST)


async def test_document_is_of_the_draft_that_one_is_at(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    said = await owner.says("dokument")
    (draft_id,) = {each.split("-eier-bodo")[0] for each in addresses(owner.card)}
    assert draft_id.startswith("draft-id-")
    assert addresses(owner.card) == [f"{draft_id}-eier-bodo-{code}" for code in ("nb", "en", "nn")]
    assert NB("paper.link.draft") in said
    assert NB("paper.link_about", minutes=15) in said
    assert LINK + addresses(owner.card)[0] in said  # for those whose client shows no cards


async def test_document_comes_in_ones_own_language_first(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.says("språk nynorsk")
    await owner.says("last ned")
    assert [each.rpartition("-")[2] for each in addresses(owner.card)] == ["nn", "nb", "en"]


async def test_open_question_stays_open(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.says("skriv")
    await owner.says("2")
    assert "Tittel på tiltaket" in owner.texts[-1]
    await owner.says("dokument")
    said = await owner.says("Lesing i alle fag")
    assert said.startswith("Lagret")
    assert "«Lesing i alle fag»" in await owner.says("avbryt")


async def test_with_no_draft_or_several_one_is_asked_which(town: Town) -> None:
    owner = town.person("eier-bodo")
    assert await owner.says("dokument") == NB("paper.which")
    for _ in range(2):
        await owner.says("ny behovsmelding")
        await owner.says("avbryt")
    assert await owner.says("dokument") == NB("paper.which")
    await owner.says("fortsett 2")
    assert NB("paper.link.draft") in await owner.says("dokument")


async def test_document_of_a_case_is_for_those_who_may_see_it(town: Town) -> None:
    await filed(town.person("eier-bodo"))
    for person_id in ("eier-bodo", "eier-fauske", "uh-nord", "sekretariat"):
        talk = town.person(person_id)
        assert NB("paper.link.version", number=CASE, version=1) in await talk.says("dokument 2023-dekom-1")
        assert addresses(talk.card)[0].startswith(f"version-{CASE}/1-{person_id}-")
    for person_id in ("eier-rana", "administrator"):
        talk = town.person(person_id)
        assert await talk.says(f"dokument {CASE}") == NB("say.no_such_case", number=CASE)


async def test_review_saves_the_page_stays_and_has_the_link_below_it(town: Town) -> None:
    owner = town.person("eier-bodo")
    draft_id = await at_review(owner)
    said = await owner.presses("Last ned som dokument", {"declaration_name": "Kari"})
    assert NB("needs_report.page.review") in owner.texts[0]
    assert "Kari" in owner.texts[0]
    assert len(owner.texts) == 2
    assert f"{LINK}draft-{draft_id}-eier-bodo-nb" in said


async def test_receipt_and_status_have_the_link_to_the_version(town: Town) -> None:
    owner = town.person("eier-bodo")
    await filed(owner)
    for _ in range(2):
        assert titles(owner.card)[:2] == ["Vis på nytt", "Last ned som dokument"]
        await owner.presses("Last ned som dokument")
        assert [text.partition("\n")[0] for text in owner.texts] == [f"Sak {CASE}", "Last ned"]
        assert f"version-{CASE}/1-eier-bodo-nb" in owner.texts[1]
        await owner.says(CASE)


async def test_draft_is_downloaded_by_those_who_are_let_read_it(town: Town) -> None:
    """On the card, where the link comes below it, and in words, for the only draft that there is to read."""
    owner, nord = town.person("eier-bodo"), town.person("uh-nord")
    draft_id = await at_review(owner)
    assert await nord.says("dokument") == NB("paper.which")
    await owner.presses("La universitetene lese")
    assert NB("paper.link.draft") in await nord.says("dokument")
    assert addresses(nord.card)[0] == f"draft-{draft_id}-uh-nord-nb"
    link = nord.card
    await nord.says("mine saker")
    await nord.presses("Les utkast 1")
    reading = nord.card
    assert titles(reading) == ["Vis på nytt", "Last ned som dokument"]
    await nord.presses("Last ned som dokument")
    assert "Du kan lese utkastet, men ikke endre det." in nord.texts[0]
    assert NB("paper.link.draft") in nord.texts[1]
    await owner.presses("Steng for universitetene")
    for button, card in (("Last ned som dokument", reading), ("Ny lenke", link)):
        nord.card = None
        await nord.presses(button, on=card)
        assert nord.card is None, button
    assert await nord.says("dokument") == NB("paper.which")


async def test_old_link_card_gets_a_new_link_while_the_right_lasts(town: Town) -> None:
    owner = town.person("eier-bodo")
    await at_review(owner)
    links = {}
    for text in ("dokument", "liste"):
        await owner.says(text)
        links[text] = owner.card
        town.at += timedelta(days=1)
    for text, card in links.items():
        await owner.presses("Ny lenke", on=card)
        assert addresses(owner.card) == addresses(card), text
    await end_roles(town, "eier-bodo", town.at.date())
    town.at += timedelta(days=1)
    assert await owner.presses("Ny lenke", on=links["dokument"]) == NB("say.unknown_card")


async def test_list_is_of_the_cases_that_one_may_see(town: Town) -> None:
    talk = town.person("sekretariat")
    assert NB("paper.link.list") in await talk.says("excel")
    assert [each.rpartition("-")[0] for each in addresses(talk.card)] == ["list--sekretariat"] * 3


async def test_without_an_address_of_its_own_the_bot_offers_no_downloads(town: Town) -> None:
    town.link = None
    await town.restart()
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES)
    await owner.says("oppsummering")
    assert "Last ned som dokument" not in titles(owner.card)
    review = owner.card
    fauske = town.person("eier-fauske")
    await fauske.says("mine saker")
    await fauske.presses("Les utkast 1")
    assert titles(fauske.card) == ["Vis på nytt"]
    for text in ("dokument", "liste"):
        said = await owner.says(text)
        assert said.startswith(NB("paper.not_set_up"))
        assert "telefon" in said
    await owner.presses("Send inn", LAST, on=review)
    assert "Last ned som dokument" not in titles(owner.card)


async def test_button_from_before_the_address_was_taken_away_says_so(town: Town) -> None:
    owner = town.person("eier-bodo")
    await at_review(owner)
    town.link = None
    await town.restart()
    await owner.presses("Last ned som dokument")
    assert owner.texts[1].startswith(NB("paper.not_set_up"))
