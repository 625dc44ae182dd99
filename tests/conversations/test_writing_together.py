"""Several people on one draft: nobody's words are written over unseen, and everybody sees who sees it."""

from datetime import timedelta

from dialogs import notices
from store import cases, outbox
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in, turn_pages


async def told(town: Town, person_id: str) -> list[str]:
    """What the outbox has for the person, as it would be sent now."""
    rows = await town.store.read(lambda c: outbox.in_state(c, outbox.OutboxState.PENDING))
    found = await town.store.read(
        lambda c: [
            notices.wanted(c, row.kind, row.recipient, row.payload, town.at, "nb", town.house.forum)
            for row in rows
            if row.recipient == person_id
        ]
    )
    return [notice.message.text for notice in found if isinstance(notice, notices.Notice)]


async def both(town: Town, pages: int) -> tuple[Talk, Talk]:
    """Two contacts of Bodø before the same page of one draft."""
    one, other = town.person("eier-bodo"), town.person("eier-bodo-2")
    await fill_in(one, PAGES[:pages])
    town.at += timedelta(minutes=1)
    await other.says("fortsett")
    town.at += timedelta(minutes=1)
    return one, other


async def test_colleague_goes_on_with_the_draft_and_the_card_says_who_sees_it(town: Town) -> None:
    _, other = await both(town, 2)
    assert "Side 3 av" in other.texts[0]
    assert "Alle som skriver for Bodø kommune, ser utkastet og kan endre det." in other.texts[0]
    assert "Fauske – Fuossko kommune og Meløy kommune kan lese det." in other.texts[0]


async def test_what_the_other_changed_is_told(town: Town) -> None:
    one, other = await both(town, 2)
    await other.presses("Lagre", {"plan_anchor": "Oppvekstplan 2022"})
    town.at += timedelta(minutes=1)
    shown = await one.presses("Lagre", {"need_evidence": "Nasjonale prøver"})
    assert "Annen kontakt for Bodø kommune (eksempel) har endret dette siden du så utkastet sist: " in shown
    assert "Oppvekstplan 2022" in shown
    assert "har endret dette" not in await one.presses("Lagre")


async def test_two_who_write_the_same_answer_lose_neither_text(town: Town) -> None:
    one, other = await both(town, 2)
    await other.presses("Lagre", {"plan_anchor": "Det den andre skrev"})
    town.at += timedelta(minutes=1)
    shown = await one.presses("Neste", {"plan_anchor": "Det den ene skrev"})
    assert "Det den ene skrev" in shown
    assert "Det den andre skrev" in shown


async def test_typed_answer_to_what_the_other_has_answered_is_asked_again(town: Town) -> None:
    one, other = await both(town, 2)
    await one.presses("Svar ved å skrive")
    town.at += timedelta(minutes=1)
    await other.presses("Lagre", {"need_description": "Det den andre skrev. " * 12})
    town.at += timedelta(minutes=1)
    own = "Det den ene skrev. " * 12
    shown = await one.says(own)
    assert "har svart på dette mens du skrev. Du skrev: «Det den ene skrev." in shown
    assert "Nå står det: Det den andre skrev." in shown
    assert "Lagret" in await one.says(own)


async def test_other_owner_and_university_read_and_do_not_write(town: Town) -> None:
    owner, fauske, nord = town.person("eier-bodo"), town.person("eier-fauske"), town.person("uh-nord")
    await fill_in(owner, PAGES[:7])
    assert "Utkast du kan lese" in await fauske.says("mine saker")
    assert "Du kan lese utkastet, men ikke endre det." in await fauske.presses("Les utkast 1")
    assert "Vi ser at mange elever" in fauske.texts[0]
    assert "Utkast du kan lese" not in await nord.says("mine saker")
    await owner.presses("Oppsummering")
    assert "Nord universitet" in await owner.presses("La universitetene lese")
    assert "Utkast du kan lese" in await nord.says("mine saker")
    (notice,) = await told(town, "uh-nord")
    assert "Bodø kommune lar deg lese utkastet til behovsmeldingen «Lesing i alle fag»." in notice
    await nord.presses("Les utkast 1")
    reading = nord.card
    assert "Vi ser at mange elever" in nord.texts[0]
    assert "kan lese det" in await owner.presses("Steng for universitetene")
    assert "Vi ser at" not in await nord.presses("Vis på nytt", on=reading)
    assert await told(town, "uh-nord") == []


async def test_regional_office_writes_and_the_owner_files(town: Town) -> None:
    office, owner = town.person("rkk-salten"), town.person("eier-fauske")
    first = PAGES[0] | {"lead_owner": "1841", "other_owners": "1837"}
    await fill_in(office, (first, *PAGES[1:]))
    shown = await office.presses("Send inn", LAST)
    assert "Det er kontakten for Fauske – Fuossko kommune som sender inn." in shown
    (notice,) = await told(town, "eier-fauske")
    assert "er skrevet ferdig for Fauske – Fuossko kommune" in notice
    await owner.says("fortsett")
    assert "2023-DEKOM-001" in await owner.presses("Send inn", LAST)


async def test_draft_stays_when_its_author_leaves(town: Town) -> None:
    one, other = await both(town, 4)
    await turn_pages(other, PAGES[4:])
    assert "2023-DEKOM-001" in await other.presses("Send inn", LAST)
    assert "2023-DEKOM-001" in await one.says("mine saker")


async def test_emptying_an_answer_that_the_other_gave_shows_it_first(town: Town) -> None:
    one, other = await both(town, 2)
    await one.presses("Svar ved å skrive")
    for answer in (PAGES[2]["need_description"], "Kartlegging", "Plan 2021"):
        await one.says(answer)
    town.at += timedelta(minutes=1)
    await other.presses("Lagre", {"special_challenge": "Det den andre skrev"})
    town.at += timedelta(minutes=1)
    assert "Det den andre skrev" in await one.says("tøm")
    assert "Samisk perspektiv" in await one.says("tøm")


async def test_what_the_other_changed_is_read_before_it_is_filed_by_typing(town: Town) -> None:
    one, other = await both(town, 2)
    await turn_pages(other, PAGES[2:])
    await other.presses("Gå til siden", LAST | {"go_to": "who"})
    await other.presses("Oppsummering")
    town.at += timedelta(minutes=1)
    await one.says("oppsummering")
    await one.says("skriv")
    town.at += timedelta(minutes=1)
    await other.presses("Gå til siden", {"go_to": "money.2023"})
    await other.presses(
        "Regn ut og lagre", {"budget_owner.2023": "7 mill", "own_contribution.2023": "7 mill"}
    )
    town.at += timedelta(minutes=1)
    shown = (await one.says("send inn")).replace("\xa0", " ")
    assert "Noen har endret utkastet siden du så det sist." in shown
    assert "7 000 000 kr" in shown
    assert "2023-DEKOM-001" in await one.says("send inn")


async def test_of_an_old_card_only_what_was_not_filed_is_told_as_unsaved(town: Town) -> None:
    one, other = town.person("eier-bodo"), town.person("eier-bodo-2")
    await fill_in(one, PAGES)
    await other.says("fortsett")
    review = other.card
    await one.presses("Send inn", LAST)
    assert "ikke lagret" not in await other.presses("Send inn", LAST, on=review)


async def test_choices_on_an_old_card_are_told_in_words(town: Town) -> None:
    one, other = town.person("eier-bodo"), town.person("eier-bodo-2")
    await fill_in(one, ())
    await other.says("fortsett")
    page = other.card
    await turn_pages(one, PAGES)
    await one.presses("Send inn", LAST)
    shown = await other.presses("Lagre", {"scheme": "regional", "measure_title": "Lek"}, on=page)
    assert (
        "Her er det du skrev:\nRegional ordning for kompetanseutvikling i barnehage (Rekom)\nLek\n" in shown
    )


async def test_what_was_to_file_what_a_colleague_has_filed_files_nothing_else(town: Town) -> None:
    """Beside it there is another draft that is ready."""
    one, other = town.person("eier-bodo"), town.person("eier-bodo-2")
    await fill_in(
        one, tuple(page | {"measure_title": "Regning", "priority_by_network": "2"} for page in PAGES)
    )
    await one.presses("Gå til siden", LAST)
    town.at += timedelta(minutes=1)
    await other.says("fortsett")
    await fill_in(one)
    town.at += timedelta(minutes=1)
    await other.says("fortsett 2")
    assert "2023-DEKOM-001" in await one.presses("Send inn", LAST)
    assert (await other.says("send inn")).startswith("Sak 2023-DEKOM-001\n")
    assert "Regning" in await other.says("fortsett")
    assert await town.store.read(lambda c: cases.get(c, "2023-DEKOM-002")) is None
