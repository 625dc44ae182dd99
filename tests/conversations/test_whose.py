"""Whose an act on a case is: said plainly to somebody else, and asked of whoever has not said which case is meant."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dialogs.texts import languages, texts
from store import drafts, register
from store.work import Work
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in

CASE, SECOND = "2023-DEKOM-001", "2023-DEKOM-002"
STAFF = "Spør Sekretariat for samarbeidsforum (eksempel), telefon"
CONTACT = "Det er Bodø kommune som gjør dette. Spør Kontakt for Bodø kommune (eksempel), telefon"


@pytest.fixture
async def owner(town: Town) -> Talk:
    """Has filed the case."""
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    return owner


async def file_another(owner: Talk, title: str, priority: str) -> None:
    page = {"measure_title": title, "priority_by_network": priority}
    await fill_in(
        owner, tuple(each | {name: page[name] for name in each.keys() & page.keys()} for each in PAGES)
    )
    await owner.presses("Send inn", LAST)


# Somebody else's


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("send tilbake {}", ""),
        ("rett sak {}", f" Vil du endre noe, så skriv «endre sak {CASE}»."),
        ("journalnummer {} 2023/9", ""),
    ],
)
async def test_owner_is_told_what_the_secretariat_does(town: Town, owner: Talk, text: str, more: str) -> None:
    said = await owner.says(text.format(CASE))
    assert said.startswith(f"Det er sekretariatet som gjør dette. {STAFF}")
    assert said.endswith(f".{more}")


async def test_secretariat_is_told_what_the_owner_does_and_what_comes_nearest(
    town: Town, owner: Talk
) -> None:
    said = await town.person("sekretariat").says(f"ny versjon {CASE}")
    assert said.startswith(CONTACT)
    assert said.endswith(f"Er noe feil, kan du rette det: Skriv «rett sak {CASE}».")


async def test_secretariat_reopens_by_sending_back(town: Town, owner: Talk) -> None:
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    said = await town.person("sekretariat").says(f"angre trekking {CASE}")
    assert said.endswith(f"Vil du åpne den igjen, så skriv «send tilbake {CASE}».")


@pytest.mark.parametrize("person_id", ["uh-nord", "rkk-salten", "eier-fauske", "medlem-forum"])
@pytest.mark.parametrize("verb", ["trekk", "endre sak", "ny fra"])
async def test_who_may_only_see_the_case_is_told_whom_to_ask(
    town: Town, owner: Talk, person_id: str, verb: str
) -> None:
    said = await town.person(person_id).says(f"{verb} {CASE}")
    assert said.startswith(CONTACT)
    assert "\n" not in said


async def test_right_but_not_now_is_still_told_so(town: Town, owner: Talk) -> None:
    town.at = datetime(2023, 2, 6, 9, tzinfo=UTC)
    for verb in ("endre sak", "trekk", "ny fra"):
        assert f"Det går ikke nå: sak {CASE} er sendt inn." in await owner.says(f"{verb} {CASE}")


async def test_deadline_and_registration_are_the_secretariats(town: Town) -> None:
    owner = town.person("eier-bodo")
    for text in ("utsett frist", "registrer for eier"):
        assert (await owner.says(text)).startswith(f"Det er sekretariatet som gjør dette. {STAFF}")


# Which case


@pytest.mark.parametrize("verb", ["trekk", "endre sak"])
async def test_the_only_case_is_named_to_be_typed(town: Town, owner: Talk, verb: str) -> None:
    said = await owner.says(verb)
    assert said == f"Gjelder det sak {CASE}, «Lesing i alle fag»? Skriv «{verb} {CASE}»."
    assert "Fant ikke" not in await owner.says(said.split("Skriv «")[1].removesuffix("»."))


async def test_of_several_the_newest_five_are_named(town: Town, owner: Talk) -> None:
    await file_another(owner, "Regning i alle fag", "2")
    assert await owner.says("trekk") == "\n".join(
        [
            f"Hvilken sak gjelder det? Skriv for eksempel «trekk {SECOND}».",
            f"– {SECOND}: Regning i alle fag",
            f"– {CASE}: Lesing i alle fag",
        ]
    )
    for number in range(3, 7):
        await file_another(owner, f"Tiltak {number}", str(number))
    said = (await town.person("sekretariat").says("send tilbake")).splitlines()
    assert [line.partition(":")[0] for line in said[1:6]] == [f"– 2023-DEKOM-00{n}" for n in (6, 5, 4, 3, 2)]
    assert said[6:] == ["De nyeste står her. Skriv «mine saker» for å se flere."]


async def test_only_cases_for_which_it_goes_now_are_named(town: Town, owner: Talk) -> None:
    await file_another(owner, "Regning i alle fag", "2")
    staff = town.person("sekretariat")
    await staff.says(f"journalnummer {SECOND} 2023/17")
    assert f"«journalnummer {CASE} 2023/1234»" in await staff.says("journalnummer")
    assert SECOND not in await staff.says("journal")
    assert (await staff.says("endringer")).startswith("Jeg finner ingen sak der du kan gjøre dette nå.")
    assert (await owner.says("ny fra")).startswith("Jeg finner ingen sak der du kan gjøre dette nå.")
    town.at = datetime(2023, 10, 2, 9, tzinfo=UTC)
    assert f"Skriv for eksempel «ny fra {SECOND}»." in await owner.says("ny fra")
    assert (await owner.says("trekk")).startswith("Jeg finner ingen sak der du kan gjøre dette nå.")


async def test_who_never_does_it_is_told_whose_it_is(town: Town, owner: Talk) -> None:
    assert (await owner.says("send tilbake")).startswith(f"Det er sekretariatet som gjør dette. {STAFF}")
    assert (await owner.says("rett sak")).startswith("Det er sekretariatet som gjør dette.")
    assert (await town.person("uh-nord").says("trekk")).startswith("Det er eieren som gjør dette.")
    assert (await town.person("sekretariat").says("endre sak")).startswith("Det er eieren som gjør dette.")


async def test_bare_word_is_the_answer_while_a_question_is_open(town: Town, owner: Talk) -> None:
    await owner.says("ny behovsmelding")
    await owner.presses("Svar ved å skrive")
    await owner.says("dekom")
    for word in ("trekk", "endringer", "ny fra", "journalnummer"):
        assert "Lagret" in await owner.says(word)
        assert f"Nå står det: {word}" in await owner.says("endre 2")
    await owner.says(f"trekk {CASE}")
    assert "Ingenting er gjort ennå." in await owner.says("trekk")
    assert f"Sak {CASE} er ikke trukket." in await owner.says("nei")
    assert "sendt inn" in owner.texts[1]


# What has changed


async def test_case_with_one_version_is_told_to_have_one(town: Town, owner: Talk) -> None:
    for person_id in ("eier-bodo", "sekretariat", "uh-nord"):
        assert "Saken er bare sendt inn én gang." in await town.person(person_id).says(f"endringer {CASE}")


# Whose role has ended


def leave(work: Work) -> None:
    for role_id in register.roles(work.connection, "eier-bodo"):
        register.end_role(work, role_id, date(2023, 1, 15))


@pytest.mark.parametrize("code", languages())
async def test_whose_role_has_ended_is_told_whom_to_ask(town: Town, code: str) -> None:
    """By the card that they still have, by what they type next, and ever after."""
    owner, t = town.person("eier-bodo"), texts(code)
    await fill_in(owner)
    review = owner.card
    await owner.presses("Svar ved å skrive")
    await owner.says({"nb": "språk bokmål", "nn": "språk nynorsk", "en": "språk english"}[code])
    await town.work(leave)
    staff = await town.store.read(lambda c: register.person(c, "sekretariat"))
    assert staff is not None
    ask = t("say.ask_person", name=staff.name, phone=staff.phone or t("say.no_phone"))
    told = f"{t('say.out_of_reach')} {ask}"
    assert await owner.says("Rådgiver skole") == told  # the answer to what was asked
    assert await owner.presses("Send inn", LAST, on=review) == told
    town.at += timedelta(days=1)
    assert f"{t('say.no_drafts')} {ask}" in await owner.says(t.words("command.submit")[0])


async def test_submitting_in_words_at_the_draft_one_may_no_longer_write(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await town.work(leave)
    assert "Det kan være fordi rollen din er avsluttet." in await owner.says("send inn")
    found = await town.store.read(lambda c: drafts.focus(c, "eier-bodo"))
    assert found is None


async def test_a_button_that_cannot_be_undone_is_answered_in_its_own_words(town: Town, owner: Talk) -> None:
    said = await owner.says(f"trekk {CASE}")
    assert "[Ja, trekk saken]" in said
    assert "1. [" not in said
    assert "Ingenting er gjort ennå." in await owner.says("1")
    assert "trukket" in await owner.says("ja, trekk saken")
    await owner.says("ny behovsmelding")
    await owner.says("oppsummer")
    await owner.presses("Kast utkastet")
    assert "er kastet" in await owner.says("ja, kast det")


async def test_who_asks_with_a_question_mark_gets_nothing_done(town: Town, owner: Talk) -> None:
    for question in ("ny behovsmelding?", f"ny fra {CASE}?", f"trekk {CASE}?"):
        assert (await owner.says(question)).startswith("Det forsto jeg ikke.")
    assert "Utkast: 0." in await owner.says("mine saker?")
