"""Answers that must fit the moment in which they are given."""

from datetime import date, timedelta

from domain.access import Reach
from store import drafts
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in, turn_pages

OWN, DAY = Reach(owners=frozenset({"1804"})), date(2023, 1, 17)


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


async def answers(owner: Talk) -> dict[str, str | None]:
    """What the draft of the person holds."""
    (draft,) = await owner.town.store.read(lambda connection: drafts.open_of(connection, OWN, DAY))
    return dict(draft.answers)


async def typing(town: Town, pages: int) -> Talk:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:pages])
    await owner.presses("Svar ved å skrive")
    return owner


async def test_nobody_else_is_named_by_a_part_of_a_word(town: Town) -> None:
    """ "ingen" stands in Lødingen."""
    owner = town.person("eier-bodo")
    await owner.says("ny behovsmelding")
    await owner.presses("Svar ved å skrive")
    await owner.says("dekom")
    await owner.says("Lesing i alle fag")
    shown = await owner.says("ingen")
    assert "Øvrige eiere" not in shown
    assert (await answers(owner))["scheme"] == "decentralised"
    assert (await answers(owner))["other_owners"] is None


async def test_answer_that_may_be_left_out_can_be_emptied_and_passed_by(town: Town) -> None:
    owner = await typing(town, 2)
    for answer in (PAGES[2]["need_description"], "Kartlegging", "Plan 2021"):
        await owner.says(answer)
    await owner.says("Mange små skoler.")
    assert "Skriv «tøm» for å la det stå tomt." in await owner.says("tilbake")
    await owner.says("hopp over")
    assert (await answers(owner))["special_challenge"] == "Mange små skoler."
    await owner.says("tilbake")
    assert "Samisk perspektiv" in await owner.says("tøm")
    assert (await answers(owner))["special_challenge"] is None


async def test_refused_answer_that_may_be_left_out_is_left_out(town: Town) -> None:
    owner = await typing(town, 0)
    for answer in ("dekom", "Lesing i alle fag"):
        await owner.says(answer)
    assert "Feil:" in await owner.says("Oslo")
    assert "Feil:" not in await owner.says("hopp over")
    assert (await answers(owner))["other_owners"] is None


async def test_day_stays_the_day_that_was_meant(town: Town) -> None:
    """ "i går" and "15.01" are read on the day they are written, and not anew on the day of filing."""
    owner = await typing(town, 3)
    for answer in (PAGES[3]["staff_involved"], "ja"):
        await owner.says(answer)
    assert "15. januar 2023" in await owner.says("i går")
    town.at += timedelta(days=10)
    assert (await answers(owner))["union_involved_on"] == "2023-01-15"


async def test_case_number_is_an_answer_where_a_case_is_asked_for(town: Town) -> None:
    owner = await typing(town, 7)
    await owner.says("2")
    shown = await owner.says("2022-DEKOM-003")
    assert "Fant ikke saken" not in shown
    assert (await answers(owner))["prior_commitment"] == "2022-DEKOM-003"


async def test_late_yes_throws_nothing_away(town: Town) -> None:
    owner = await typing(town, 3)
    await owner.says("kast utkastet")
    await owner.says("frister")
    await owner.says("ok")
    assert "need_description" in await answers(owner)


async def test_questions_that_may_stay_empty_do_not_hold_up_the_report(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    await owner.presses(
        "Lagre", {name: PAGES[2][name] for name in ("need_description", "need_evidence", "plan_anchor")}
    )
    await owner.presses("Oppsummering")
    await owner.presses("Gå til siden", {"go_to": "involved"})
    await turn_pages(owner, PAGES[3:])
    assert "2023-DEKOM-001" in await owner.presses("Send inn", LAST)


async def test_nothing_put_in_needs_no_kind(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:8])
    await owner.presses("Neste", PAGES[8] | {"budget_owner.2023": "0", "own_contribution.2023": "0"})
    assert "Hva egenandelen i 2023 består av" not in owner.texts[0]
