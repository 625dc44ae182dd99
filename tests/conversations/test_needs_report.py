"""A needs report from the first word to the receipt: with cards, by typing, and with both mixed."""

import json
from datetime import UTC, datetime

from store import audit, cases, drafts, outbox, views
from store.cases import Version
from tests.conversations.dekom import LAST, PAGES, SUBMITTED
from tests.conversations.harness import Talk, Town, standing_in

NUMBER = "2023-DEKOM-001"


async def fill_in(owner: Talk, pages: tuple[dict[str, str], ...] = PAGES) -> None:
    await owner.says("ny behovsmelding")
    await turn_pages(owner, pages)


async def turn_pages(owner: Talk, pages: tuple[dict[str, str], ...]) -> None:
    """Page by page. A page asks more because of an answer on it, so it is shown and pressed again."""
    for page in pages:
        for _ in range(3):
            if on_card(owner, page):
                await owner.presses("Neste", on_card(owner, page))


def on_card(owner: Talk, page: dict[str, str]) -> dict[str, str]:
    """Those of the answers that the card before the person asks for."""
    assert owner.card is not None
    return {field: text for field, text in page.items() if field in standing_in(owner.card)}


async def submitted(town: Town) -> dict[str, object]:
    version: Version | None = await town.store.read(lambda c: cases.version(c, NUMBER, 1))
    assert version is not None
    report: dict[str, object] = json.loads(version.report)
    return report


async def test_cards_file_the_report_as_given(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    shown = await owner.presses("Send inn", LAST)
    assert shown.startswith("Behovsmeldingen er sendt inn\nTakk! Saken har fått nummer 2023-DEKOM-001.")
    assert await submitted(town) == SUBMITTED
    counts = await town.store.read(lambda c: views.round_counts(c, 2023))
    assert [(c.scheme, c.region, c.cases, c.owner_nok, c.uh_nok) for c in counts] == [
        ("decentralised", "SALTEN", 1, 2_300_001, 1_200_000)
    ]
    assert await town.store.read(audit.verify) == ()


async def test_others_are_told(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    rows = await town.store.read(lambda c: outbox.in_state(c, outbox.OutboxState.PENDING))
    # rkk-salten speaks for other owners of the region, not for Bodø
    assert sorted((row.recipient, row.kind) for row in rows) == [
        ("eier-bodo-2", "receipt_copy"),
        ("sekretariat", "case_filed"),
        ("sekretariat-2", "case_filed"),
        ("uh-nord", "confirmation_asked"),
        ("uh-uit", "confirmation_asked"),
    ]


async def test_staff_and_owner_ask_where_it_is(town: Town) -> None:
    owner, staff, stranger = town.person("eier-bodo"), town.person("sekretariat"), town.person("eier-rana")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    assert "Ballen ligger hos sekretariatet" in await owner.says("status 2023-dekom-1")
    table = (await staff.says("status")).replace("\xa0", " ")
    assert "Salten; sendt inn | 1 | 3 500 001 kr; eier 2 300 001 kr; UH 1 200 000 kr" in table
    assert await stranger.says("2023-DEKOM-001") == (await stranger.says("2023-DEKOM-002")).replace(
        "002", "001"
    )


async def test_draft_is_there_tomorrow(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.presses("Lagre", {"measure_title": "Lek ute"})
    await town.restart()
    town.at = datetime(2023, 1, 17, 7, tzinfo=UTC)
    shown = await owner.says("fortsett")
    assert "Lek ute" in shown
    assert "Side 1 av 9" in shown


async def test_wrong_input_is_kept_and_shown_with_its_error(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:8])
    shown = await owner.presses("Regn ut og lagre", {"budget_owner.2023": "litt penger"})
    assert "Søkt til eier i 2023 (kr): litt penger\nFeil: " in shown


async def test_sums_and_formula_stand_after_every_press(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:8])
    shown = (await owner.presses("Regn ut og lagre", PAGES[8])).replace("\xa0", " ")
    assert "2023: eier 700 000 kr + universitet og høgskole 650 000 kr = 1 350 000 kr" in shown
    assert "Egenandel: minst 30 % av det eier søker, 700 000 kr. Det blir 210 000 kr." in shown


async def test_typing_files_the_same_report(town: Town) -> None:
    """One question at a time, with commands in between; the answers are those of the cards."""
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    shown = await owner.says("skriv")
    answers = {key: text for page in (*PAGES, LAST) for key, text in page.items()}
    answers |= {"contact_name": "Rådgiver skole", "declaration": "ja"}
    for _ in range(80):
        focus = await town.store.read(lambda c: drafts.focus(c, "eier-bodo"))
        if focus is None or focus.question is None:
            break
        shown = await owner.says(answers.get(focus.question, "hopp over"))
    assert "Alt er besvart" in shown
    # What was filled in beforehand is changed by name, as a person would.
    for label, text in (("endre kontaktperson", "Rådgiver skole"), ("endre e-post", "skole@example.org")):
        await owner.says(label)
        await owner.says(text)
    shown = await owner.says("send inn")
    assert "2023-DEKOM-001" in shown
    assert await submitted(town) == SUBMITTED


async def test_switching_between_cards_and_typing_keeps_the_place(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    shown = await owner.presses("Svar ved å skrive", {"scheme": "regional"})
    assert "Spørsmål 2 av" in owner.texts[1]
    await owner.says("Lek ute hele året")
    shown = await owner.says("kort")
    assert "Lek ute hele året" in shown
    assert "Side 1 av 9" in shown


async def test_a_command_word_inside_an_answer_is_an_answer(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.presses("Svar ved å skrive", {"scheme": "regional"})
    shown = await owner.says("Status og hjelp til de minste")
    assert shown.startswith("Lagret kl.")


async def test_two_devices_never_lose_a_word(town: Town) -> None:
    """The old card's own words are kept beside the newer ones, and nobody's are written over silently."""
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    first = owner.card
    await owner.presses("Lagre", {"measure_title": "Fra pc-en"})
    shown = await owner.presses(
        "Lagre", {"measure_title": "Fra mobilen", "contact_phone": "11 11 11 11"}, on=first
    )
    assert (
        "Tittel på tiltaket: Fra mobilen\nDette er endret et annet sted siden kortet ble vist. Nå står det «Fra pc-en»."
        in shown
    )
    assert "Telefon: 11 11 11 11" in shown
    shown = await owner.presses("Lagre")
    assert "Tittel på tiltaket: Fra mobilen" in shown
    assert "endret et annet sted" not in shown


async def test_after_the_deadline_the_draft_is_kept_and_says_whom_to_ask(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    town.at = datetime(2023, 2, 1, 23, 0, tzinfo=UTC)  # midnight in Oslo
    shown = await owner.presses("Send inn", LAST)
    assert "Fristen gikk ut" in shown
    assert "telefon 00 00 00 28" in shown
    assert await town.store.read(lambda c: views.round_counts(c, 2023)) == ()


async def test_the_last_microsecond_counts(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    town.at = datetime(2023, 2, 1, 22, 59, 59, 999_999, tzinfo=UTC)
    assert "2023-DEKOM-001" in await owner.presses("Send inn", LAST)


async def test_throwing_away_asks_first(town: Town) -> None:
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    assert "kan ikke angres" in await owner.says("kast utkastet")
    assert (await owner.says("nei")).startswith("Behovsmelding\n")
    await owner.says("kast utkastet")
    assert "er kastet" in await owner.says("ja")
    assert "ingen utkast" in await owner.says("fortsett")


async def test_a_repeated_press_is_not_done_twice(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    assert "2023-DEKOM-001" in await owner.repeats()
    counts = await town.store.read(lambda c: views.round_counts(c, 2023))
    assert [count.cases for count in counts] == [1]


async def test_an_unknown_person_gets_no_data(town: Town) -> None:
    shown = await town.person("ukjent").says("status 2023-DEKOM-001")
    assert shown.startswith("Hei! Jeg kjenner deg ikke ennå.")


async def test_language_is_the_persons(town: Town) -> None:
    owner = town.person("eier-bodo")
    assert await owner.says("språk nynorsk") == "Heretter skriv eg nynorsk til deg."
    assert "Fristen for behovsmeldingar" in await owner.says("fristar")
    assert await owner.says("language english") == "From now on I will write to you in English."


async def test_a_priority_that_is_taken_is_asked_again(town: Town) -> None:
    first, second = town.person("eier-bodo"), town.person("eier-bodo-2")
    await fill_in(first)
    await first.presses("Send inn", LAST)
    await fill_in(second, PAGES[:5])
    typed = dict(PAGES[5])
    shown = await second.presses("Neste", on_card(second, typed))
    assert "Prioritet 1 er alt brukt i regionen for denne ordningen. Skriv et annet tall." in shown
    shown = await second.presses("Neste", on_card(second, typed | {"priority_by_network": "2"}))
    assert "Side 7 av 9" in shown


async def test_a_question_that_an_answer_brings_is_not_called_missing_yet(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:3])
    shown = await owner.presses("Neste", on_card(owner, PAGES[3]))
    assert "Når ble den drøftet?" in shown
    assert "Her mangler det et svar." not in shown
    assert "Her mangler det et svar." in await owner.presses("Neste")
