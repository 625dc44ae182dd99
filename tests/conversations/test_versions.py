"""What happens to a case after it was filed, and who may do it when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.access import Reach, Role, RoleKind
from domain.cases import State, way
from store import cases, drafts, register, views
from store.tables import prior_grant
from store.work import Work
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town, buttons_on
from tests.conversations.test_needs_report import fill_in, turn_pages
from tests.conversations.test_writing_together import told

CASE = "2023-DEKOM-001"
OWN, DAY = Reach(owners=frozenset({"1804"})), date(2023, 1, 17)
AFTER_THE_DEADLINE = datetime(2023, 2, 6, 9, tzinfo=UTC)


@pytest.fixture
async def owner(town: Town) -> Talk:
    """Has filed the case."""
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    town.at += timedelta(days=1)
    return owner


def titles(talk: Talk) -> list[str]:
    assert talk.card is not None
    return [button["title"] for button in buttons_on(talk.card)]


async def state(town: Town) -> str:
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    return case.state.value


async def test_owner_files_a_new_version_and_the_changes_are_told(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await owner.says(CASE)
    shown = await owner.presses("Endre og send inn på nytt")
    assert f"Ny versjon av sak {CASE}." in shown
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses("Lagre", {"goal": "Elevene leser mer og forstår det de leser."})
    await owner.presses("Oppsummering")
    await owner.presses("Gå til siden", {"go_to": "money.2023"})
    await owner.presses(
        "Regn ut og lagre", {"budget_owner.2023": "800 000", "own_contribution.2023": "240 000"}
    )
    await owner.presses("Oppsummering")
    await owner.presses("Send inn", LAST)
    shown = (await staff.says(f"endringer {CASE}")).replace("\xa0", " ")
    assert "Versjon 2, sendt inn 17. januar 2023 kl. 10.00 av Kontakt for Bodø kommune (eksempel)" in shown
    assert "fra «700 000 kr» til «800 000 kr» (+100 000 kr)" in shown
    assert "Mål – fra «Elevene forstår det de leser i alle fag.» til" in shown
    assert await town.store.read(views.check_counts) == ()
    assert await town.store.read(views.check_money) == ()
    glance = (await staff.says("status")).replace("\xa0", " ")
    assert "3 600 001 kr" in glance


async def test_one_next_version_at_a_time_whoever_writes_it(town: Town, owner: Talk) -> None:
    other = town.person("eier-bodo-2")
    await owner.says(f"endre sak {CASE}")
    assert f"Ny versjon av sak {CASE}." in await other.says(f"endre sak {CASE}")
    (begun,) = await town.store.read(lambda c: drafts.about(c, CASE))
    assert begun.author == "eier-bodo"


async def test_owner_withdraws_and_the_secretariat_reopens(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await owner.says(f"trekk {CASE}")
    assert "sendt inn" in await owner.says("nei")
    await owner.says(f"trekk {CASE}")
    await owner.says("frister")
    await owner.says("ja")
    assert await state(town) == "submitted"
    await owner.says(f"trekk {CASE}")
    assert "Saken er trukket og behandles ikke." in await owner.says("ja")
    assert f"Sak {CASE}, «Lesing i alle fag», er trukket." in (await told(town, "sekretariat"))[-1]
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste")
    await staff.presses("Neste", {"message": "Åpnet igjen: saken ble trukket ved en feil."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    assert "Åpnet igjen: saken ble trukket ved en feil." in await owner.says(CASE)
    assert "Endre og send inn på nytt" in titles(owner)


async def send_back(town: Town) -> Talk:
    staff = town.person("sekretariat")
    await staff.says(CASE)
    await staff.presses("Send tilbake")
    await staff.presses("Neste", {"fields": "goal,measures"})
    await staff.presses(
        "Neste", {"reason.goal": "Si hva som blir annerledes.", "reason.measures": "Når er samlingene?"}
    )
    await staff.presses("Send tilbake", {"answer_by_on": "15.03"})
    return staff


async def test_case_is_sent_back_with_reasons_and_answered_after_the_deadline(
    town: Town, owner: Talk
) -> None:
    town.at = AFTER_THE_DEADLINE
    await send_back(town)
    assert await state(town) == "returned"
    (notice,) = (text for text in await told(town, "eier-bodo") if "tilbake" in text)
    assert "senest 15. mars 2023" in notice
    shown = await owner.says(CASE)
    assert "Mål: Si hva som blir annerledes." in shown
    await owner.presses("Endre og send inn på nytt")
    shown = await owner.presses("Gå til siden", {"go_to": "measure"})
    assert "Fra sekretariatet: Si hva som blir annerledes." in shown
    await owner.presses("Lagre", {"goal": "Alle elever på mellomtrinnet leser sammen hver dag."})
    await owner.presses("Oppsummering")
    assert CASE in await owner.presses("Send inn", LAST)
    assert await state(town) == "submitted"
    found = await town.store.read(lambda c: cases.versions(c, CASE))
    assert [version.submission for version in found] == [1, 2]


async def test_return_without_a_reason_or_into_the_past_is_refused(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste")
    assert "Her mangler det et svar." in await staff.presses("Neste")
    await staff.presses("Neste", {"message": "Se over."})
    shown = await staff.presses("Send tilbake", {"answer_by_on": "2023-01-02"})
    assert "Dagen 2. januar 2023 har vært. Skriv en dag fra i dag og framover." in shown
    assert await state(town) == "submitted"


async def test_one_owner_gets_more_time(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    town.at = AFTER_THE_DEADLINE
    assert "Endre og send inn på nytt" not in await owner.says(CASE)
    await staff.says("utsett frist")
    shown = await staff.presses(
        "Gi ny frist", {"owner": "1804", "deadline_on": "1. februar 2023", "why": "Sykdom"}
    )
    assert "Dagen 1. februar 2023 har vært." in shown
    shown = await staff.presses("Gi ny frist", {"deadline_on": "10. februar"})
    assert "Bodø kommune kan sende inn til og med 10. februar 2023." in shown
    assert (
        "Bodø kommune kan sende inn behovsmeldinger for 2023 til og med 10. februar 2023."
        in (await told(town, "eier-bodo"))[-1]
    )
    await owner.says(CASE)
    assert "Endre og send inn på nytt" in titles(owner)


async def test_secretariat_corrects_a_mistake_with_a_reason(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    town.at = AFTER_THE_DEADLINE
    await staff.says(CASE)
    await staff.presses("Rett en feil")
    await staff.presses("Gå til siden", {"go_to": "who"})
    await staff.presses("Lagre", {"contact_phone": "00 00 00 99"})
    await staff.presses("Oppsummering")
    assert "Ikke sendt inn." in await staff.presses("Lagre rettingen")
    await staff.presses("Lagre rettingen", {"correction_reason": "Telefonnummeret var feil; eieren ringte."})
    shown = await owner.says(f"endringer {CASE}")
    assert "rettet 6. februar 2023 kl. 10.00 av Sekretariat" in shown
    assert "Telefonnummeret var feil; eieren ringte." in shown
    assert any("rettet en feil" in text for text in await told(town, "eier-bodo"))
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    assert (case.submitted_by, case.submission, case.state.value) == ("eier-bodo", 2, "submitted")


async def test_secretariat_registers_for_an_owner_without_teams(town: Town) -> None:
    staff = town.person("sekretariat")
    town.at = AFTER_THE_DEADLINE
    await staff.says("registrer for eier")
    await turn_pages(staff, (PAGES[0] | {"lead_owner": "1835", "other_owners": "1834"}, *PAGES[1:]))
    assert "2023-DEKOM-001" in await staff.presses("Send inn", LAST)
    shown = await staff.says("historikk 2023-DEKOM-001")
    assert "på vegne av" in shown


async def test_journal_number_is_noted(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    assert "2023/1234" in await staff.says(f"journalnummer {CASE} 2023/1234")
    assert "2023/1234" in await owner.says(CASE)
    await owner.says(f"journalnummer {CASE} 2023/9")
    assert "2023/1234" in await owner.says(CASE)


@pytest.mark.parametrize("text", ["", " ikke ennå", " <b>1</b>", f" {'9' * 65}", " «23/1»", " 1\n2: 3"])
async def test_journal_number_that_is_none_is_refused_with_an_example(
    town: Town, owner: Talk, text: str
) -> None:
    said = await town.person("sekretariat").says(f"journalnummer {CASE}{text}")
    assert f"for eksempel «journalnummer {CASE} 2023/1234»" in said
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    assert case.journal_number is None


async def test_new_report_starts_from_last_years(town: Town, owner: Talk) -> None:
    town.at = datetime(2023, 10, 2, 9, tzinfo=UTC)
    shown = await owner.says(f"ny fra {CASE}")
    assert "Stemmer dette fortsatt?" in shown
    (draft,) = await town.store.read(lambda c: drafts.open_of(c, OWN, DAY))
    assert draft.cycle_year == 2024
    assert draft.answers["prior_commitment"] == CASE
    assert not [field for field in draft.answers if field.startswith(("budget", "own_contribution"))]
    assert {"goal", "prior_commitment"} <= set(draft.to_check)
    await owner.presses("Neste")
    (draft,) = await town.store.read(lambda c: drafts.open_of(c, OWN, DAY))
    assert not {"measure_title", "lead_owner"} & set(draft.to_check)
    assert "goal" in draft.to_check


async def test_new_report_from_a_case_is_begun_once_a_round(town: Town, owner: Talk) -> None:
    """Whoever of the owner's contacts begins it; and anew, once it was thrown away."""
    town.at = datetime(2023, 10, 2, 9, tzinfo=UTC)
    await owner.says(f"ny fra {CASE}")
    await owner.presses("Neste", {"measure_title": "Skriving i alle fag"})
    assert "Side 2 av" in await town.person("eier-bodo-2").says(f"ny fra {CASE}")
    assert "Utkast: 1." in await owner.says("mine saker")
    await owner.says("fortsett")
    await owner.says("kast utkastet")
    await owner.says("ja")
    assert "Side 1 av" in await owner.says(f"ny fra {CASE}")


async def test_earlier_case_of_a_copied_report_is_asked_about(town: Town, owner: Talk) -> None:
    town.at = datetime(2023, 10, 2, 9, tzinfo=UTC)
    await owner.says(f"ny fra {CASE}")
    for page in ("need", "involved", "measure", "realism", "partner"):
        await owner.presses("Oppsummering")
        await owner.presses("Gå til siden", {"go_to": page})
        await owner.presses("Neste")
    await owner.presses("Oppsummering")
    shown = await owner.presses("Gå til siden", {"go_to": "period"})
    assert "Tidligere tilsagn" in shown.split("Stemmer dette fortsatt?")[0]


async def test_draft_and_case_pass_to_the_successor(town: Town, owner: Talk) -> None:
    await owner.says(f"endre sak {CASE}")
    await town.work(replace_contacts)
    new = town.person("eier-rana")
    (notice,) = await told(town, "eier-rana")
    assert "Du er nå kontakt for Bodø kommune." in notice
    assert "1 utkast" in notice
    assert f"{CASE} – Lesing i alle fag" in notice
    assert CASE in await new.says("mine saker")
    assert "Fortsett på utkast 1" in titles(new)
    assert CASE not in await owner.says("mine saker")
    assert CASE in await new.says("overlevering")


def replace_contacts(work: Work) -> None:
    """Everybody who spoke for Bodø leaves, and somebody else comes."""
    for person_id in ("eier-bodo", "eier-bodo-2"):
        for role_id in register.roles(work.connection, person_id):
            register.end_role(work, role_id, date(2023, 1, 16))
    register.add_role(work, "eier-rana", Role(RoleKind.OWNER_CONTACT, "1804"))


async def test_earlier_commitment_is_shown_with_what_was_granted(town: Town) -> None:
    def grant(work: Work) -> None:
        given = {
            "reference": "2022/417",
            "lead_owner": "1804",
            "scheme": "decentralised",
            "title": "Lesing i alle fag",
        }
        for recipient, nok in (("1804", 300_000), ("nord", 250_000)):
            row = prior_grant.insert().values(**given, year=2023, recipient=recipient, nok=nok)
            work.connection.execute(row)

    await town.work(grant)
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:7])
    shown = (await owner.presses("Lagre", {"prior_commitment": "2022/417"})).replace("\xa0", " ")
    assert "tilsagn 2023: 300 000 kr til Bodø kommune" in shown
    assert "tilsagn 2023: 250 000 kr til Nord universitet" in shown


async def test_what_staff_have_in_hand_is_no_report_that_was_begun(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says(f"send tilbake {CASE}")
    await owner.says(f"endre sak {CASE}")
    await staff.says("utsett frist")
    assert await town.store.read(lambda c: sum(each.drafts for each in views.begun(c, 2023))) == 0
    await owner.says("ny behovsmelding")
    assert await town.store.read(lambda c: sum(each.drafts for each in views.begun(c, 2023))) == 1


async def test_case_is_not_sent_back_twice_and_not_once_it_is_complete(town: Town, owner: Talk) -> None:
    staff = await send_back(town)
    assert "Send tilbake" not in titles(staff)
    assert "Det går ikke nå" in await staff.says(f"send tilbake {CASE}")
    assert way(State.COMPLETE, State.RETURNED) is None
    assert way(State.RETURNED, State.RETURNED) is None


async def test_municipality_is_meant_and_not_a_private_owner_in_it(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says("utsett frist")
    await staff.presses("Svar ved å skrive")
    assert "som Bodø kommune" in await staff.says("bodø")
    assert "som 10. februar 2023" in await staff.says("10. februar")
    await staff.says("Sykdom")
    assert "Bodø kommune kan sende inn til og med 10. februar 2023." in await staff.says("send inn")


async def test_words_end_with_what_the_form_does_and_its_button_can_be_typed(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says("utsett frist")
    await staff.presses("Svar ved å skrive")
    await staff.says("bodø")
    await staff.says("10. februar")
    assert "Skriv «gi ny frist» for å gi eieren lengre tid" in await staff.says("Sykdom")
    assert "Bodø kommune kan sende inn til og med 10. februar 2023." in await staff.says("Gi ny frist")
    await staff.says(f"rett sak {CASE}")
    await staff.presses("Svar ved å skrive")
    assert "Skriv «lagre rettingen» for å lagre den" in await staff.says("Telefonnummeret var feil.")
    assert f"Rettingen av sak {CASE} er lagret." in await staff.says("lagre rettingen")
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Svar ved å skrive")
    for words in ("hopp over", "Se over saken."):
        await staff.says(words)
    assert "Skriv «send tilbake» for å sende saken til eieren" in await staff.says("15. mars")
    await staff.says("send tilbake")
    assert await state(town) == "returned"


async def test_what_staff_do_is_no_document(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says(f"send tilbake {CASE}")
    assert "Hvilket dokument vil du ha?" in await staff.says("dokument")
    await staff.says("registrer for eier")
    await staff.says("utsett frist")
    assert "Her er utkastet som Word-dokument" in await staff.says("dokument")


async def test_answer_is_due_on_the_coming_day_of_that_name(town: Town, owner: Talk) -> None:
    """In December, "15. februar" is not last winter's; in February, "1. februar" is not next winter's."""
    staff = town.person("sekretariat")
    town.at = datetime(2023, 12, 4, 9, tzinfo=UTC)
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste")
    await staff.presses("Neste", {"message": "Se over."})
    assert "15. februar 2024" in await staff.presses("Send tilbake", {"answer_by_on": "15. februar"})


async def test_correction_is_the_secretariats_alone(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says(f"rett sak {CASE}")
    assert "Utkast: 0." in await owner.says("mine saker")
    await owner.says(f"endre sak {CASE}")
    assert "Utkast: 1." in await owner.says("mine saker")


async def test_return_that_names_no_question_has_no_reason(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Svar ved å skrive")
    await staff.says("tull og tøys")
    for words in ("hopp over", "hopp over", "15. mars", "send inn"):
        await staff.says(words)
    assert await state(town) == "submitted"


async def test_extension_filed_twice_is_not_called_thrown_away(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await staff.says("utsett frist")
    card = staff.card
    given = {"owner": "1804", "deadline_on": "10. februar", "why": "Sykdom"}
    await staff.presses("Gi ny frist", given)
    assert "Dette er sendt inn og gjort." in await staff.presses("Gi ny frist", given, on=card)


async def test_owner_with_more_time_may_begin_a_report(town: Town) -> None:
    owner, staff = town.person("eier-bodo"), town.person("sekretariat")
    town.at = AFTER_THE_DEADLINE
    assert "Side 1 av" not in await owner.says("ny behovsmelding")
    await staff.says("utsett frist")
    await staff.presses("Gi ny frist", {"owner": "1804", "deadline_on": "10. februar", "why": "Sykdom"})
    assert "Side 1 av" in await owner.says("ny behovsmelding")
    assert "Side 1 av" not in await town.person("eier-rana").says("ny behovsmelding")


async def test_reopened_case_gives_up_a_priority_that_another_has_by_now(town: Town, owner: Talk) -> None:
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    await fill_in(owner, ({**PAGES[0], "measure_title": "Regning i alle fag"}, *PAGES[1:]))
    assert "2023-DEKOM-002" in await owner.presses("Send inn", LAST)
    staff = town.person("sekretariat")
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste")
    await staff.presses("Neste", {"message": "Åpnet igjen."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    assert await state(town) == "returned"


async def test_withdrawn_case_is_in_no_sum(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    assert "3 500 001 kr" in (await staff.says("status")).replace("\xa0", " ")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    shown = (await staff.says("status")).replace("\xa0", " ")
    assert "Behovsmeldinger sendt inn i 2023: 0." in shown
    assert "Trukne og avviste saker står med egne linjer og er ikke med i summene." in shown
