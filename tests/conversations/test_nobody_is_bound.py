"""Nothing waits for the one who began it, and the secretariat and an owner can be at one case at the same time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from dialogs.offers import last_day
from domain.access import Role, RoleKind
from store import cases, outbox, register
from store.work import Work
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town, buttons_on
from tests.conversations.test_needs_report import fill_in
from tests.conversations.test_writing_together import told

CASE = "2023-DEKOM-001"
AFTER_THE_DEADLINE = datetime(2023, 2, 6, 9, tzinfo=UTC)
YESTERDAY = date(2023, 1, 16)


@pytest.fixture
async def owner(town: Town) -> Talk:
    """Has filed the case."""
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    town.at += timedelta(days=1)
    return owner


@pytest.fixture
async def staff(town: Town) -> Talk:
    return town.person("sekretariat")


@pytest.fixture
async def colleague(town: Town) -> Talk:
    """Comes into the secretariat."""
    await town.work(giving("eier-rana", Role(RoleKind.SECRETARIAT)))
    return town.person("eier-rana")


def giving(person_id: str, role: Role) -> Callable[[Work], object]:
    return lambda work: register.add_role(work, person_id, role)


def ending(*people: str) -> Callable[[Work], None]:
    """All their roles end yesterday."""

    def end(work: Work) -> None:
        for person_id in people:
            for role_id in register.roles(work.connection, person_id):
                register.end_role(work, role_id, YESTERDAY)

    return end


async def state(town: Town) -> str:
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    return case.state.value


def titles(talk: Talk) -> list[str]:
    assert talk.card is not None
    return [button["title"] for button in buttons_on(talk.card)]


async def sent_back(staff: Talk, until: str = "15.03") -> None:
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Si hva som blir annerledes."})
    await staff.presses("Send tilbake", {"answer_by_on": until})


async def corrected(staff: Talk, answers: dict[str, str], page: str = "measure") -> str:
    await staff.says(f"rett sak {CASE}")
    await staff.presses("Gå til siden", {"go_to": page})
    await staff.presses("Oppsummering", answers)
    return await staff.presses("Lagre rettingen", {"correction_reason": "Skrivefeil meldt på telefon."})


# The secretariat's own


async def test_secretariat_answers_a_return_for_an_owner_without_teams(
    town: Town, owner: Talk, staff: Talk
) -> None:
    await sent_back(staff)
    await staff.says(CASE)
    await staff.presses("Endre og send inn på nytt")
    await staff.presses("Gå til siden", {"go_to": "measure"})
    await staff.presses("Oppsummering", {"goal": "Elevene leser mer enn før."})
    await staff.presses("Send inn", LAST)
    assert await state(town) == "submitted"
    shown = await staff.says(f"historikk {CASE}")
    assert "registrerte behovsmeldingen på vegne av eieren. Versjon 2." in shown
    assert "Begrunnelse: Mål: Si hva som blir annerledes." in shown


async def test_colleague_goes_on_with_a_correction(
    town: Town, owner: Talk, staff: Talk, colleague: Talk
) -> None:
    await staff.says(f"rett sak {CASE}")
    await staff.presses("Gå til siden", {"go_to": "measure"})
    await staff.presses("Lagre", {"goal": "Elevene leser mer enn før."})
    await town.work(ending("sekretariat"))
    assert "Lesing i alle fag" in await colleague.says("mine saker")
    assert "Elevene leser mer enn før." in await colleague.says(f"rett sak {CASE}")
    await colleague.presses("Lagre rettingen", {"correction_reason": "Skrivefeil."})
    version = await town.store.read(lambda c: cases.version(c, CASE, 2))
    assert version is not None
    assert version.submitted_by == "eier-rana"


async def test_what_the_secretariat_began_is_no_owners(town: Town, owner: Talk, staff: Talk) -> None:
    await staff.says(f"send tilbake {CASE}")
    assert "begynte på utkastet" not in (await owner.says(f"historikk {CASE}")).partition("sendte inn")[2]
    assert "Utkast: 0." in await owner.says("mine saker")


async def test_form_asked_for_twice_is_one(town: Town, staff: Talk) -> None:
    await staff.says("utsett frist")
    await staff.says("utsett frist")
    assert "Utkast: 1." in await staff.says("mine saker")


# Corrections beside the owner's own work


async def test_correction_reaches_the_owners_next_version(town: Town, owner: Talk, staff: Talk) -> None:
    """Also one that nobody has gone on with since before the deadline."""
    await owner.says(f"endre sak {CASE}")
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses("Lagre", {"evaluation_plan": "Kartlegging hver høst."})
    town.at = AFTER_THE_DEADLINE
    shown = await corrected(staff, {"goal": "Elevene leser mer enn før."})
    assert f"Rettingen av sak {CASE} er lagret." in shown
    assert "er sendt inn" not in shown
    await owner.says("fortsett")
    assert "Elevene leser mer enn før." in owner.texts[0]
    assert "Kartlegging hver høst." in owner.texts[0]
    assert "har endret dette siden du så utkastet sist: Mål." in owner.texts[0]


async def test_what_both_have_changed_stands_and_is_asked_about(town: Town, owner: Talk, staff: Talk) -> None:
    await owner.says(f"endre sak {CASE}")
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses("Lagre", {"goal": "Eierens eget mål for tiltaket."})
    await corrected(staff, {"goal": "Sekretariatets retting."})
    await owner.says("fortsett")
    await owner.presses("Oppsummering")
    assert "Eierens eget mål for tiltaket." in owner.texts[0]
    assert "Ikke sendt inn." in await owner.presses("Send inn", LAST)
    await owner.presses("Gå til siden", {"go_to": "measure"})
    assert "Stemmer dette fortsatt?" in owner.texts[0]
    await owner.presses("Neste")
    await owner.presses("Oppsummering")
    assert "sendt inn" in await owner.presses("Send inn", LAST)


async def test_owners_new_version_reaches_the_correction(town: Town, owner: Talk, staff: Talk) -> None:
    await staff.says(f"rett sak {CASE}")
    await owner.says(f"endre sak {CASE}")
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses("Oppsummering", {"goal": "Elevene leser mer enn før."})
    await owner.presses("Send inn", LAST)
    await staff.says(f"rett sak {CASE}")
    await staff.presses("Gå til siden", {"go_to": "measure"})
    await staff.presses("Oppsummering", {"evaluation_plan": "Kartlegging hver høst."})
    await staff.presses("Lagre rettingen", {"correction_reason": "Skrivefeil."})
    version = await town.store.read(lambda c: cases.version(c, CASE, 3))
    assert version is not None
    assert "Elevene leser mer enn før." in version.report.decode()
    assert "Kartlegging hver høst." in version.report.decode()


async def test_correction_is_told_as_one(town: Town, owner: Talk, staff: Talk, colleague: Talk) -> None:
    await corrected(staff, {"goal": "Elevene leser mer enn før."})
    assert "har rettet en feil i sak" in (await told(town, "eier-rana"))[-1]
    assert "har rettet en feil i sak" in (await told(town, "eier-bodo"))[-1]
    assert "Begrunnelse: Skrivefeil meldt på telefon." in await staff.says(f"historikk {CASE}")


async def test_owner_that_loses_a_case_by_a_correction_is_told(town: Town, owner: Talk, staff: Talk) -> None:
    await corrected(staff, {"lead_owner": "1841", "other_owners": "1837"}, page="who")
    (notice,) = (text for text in await told(town, "eier-bodo") if "annen eier" in text)
    assert f"rettet hvem som eier sak {CASE}. Den ligger ikke lenger hos Bodø kommune." in notice


# Those who come and go


async def test_colleague_in_the_same_role_goes_on_with_a_report_for_no_owner_yet(town: Town) -> None:
    office, other = town.person("rkk-salten"), town.person("eier-rana")
    await office.says("ny behovsmelding")
    await office.presses("Lagre", {"measure_title": "Felles lesing"})
    town.at += timedelta(days=1)
    await town.work(giving("eier-rana", Role(RoleKind.FILER, "1841")))
    assert "Felles lesing" not in await other.says("mine saker")
    await town.work(ending("rkk-salten"))
    assert "Felles lesing" in await other.says("mine saker")
    await other.says("fortsett")
    assert "Felles lesing" in other.texts[0]
    assert "Felles lesing" not in await town.person("eier-bodo").says("mine saker")


async def test_who_begins_later_is_told_on_that_day(town: Town, owner: Talk) -> None:
    role = Role(RoleKind.OWNER_CONTACT, "1804", valid_from=date(2023, 2, 20))
    await town.work(giving("eier-rana", role))
    (row,) = await town.store.read(
        lambda c: [item for item in outbox.in_state(c, outbox.OutboxState.PENDING) if item.kind == "handover"]
    )
    assert await told(town, "eier-rana") == []
    town.at = datetime(2023, 2, 20, 7, tzinfo=UTC)
    assert "Du er nå kontakt for Bodø kommune." in (await told(town, "eier-rana"))[-1]
    for early, found in ((timedelta(minutes=1), False), (timedelta(), True)):
        claimed = await claim(town, town.at - early)
        assert (row.id in claimed) is found
    shown = await town.person("eier-rana").says("overlevering")
    assert f"{CASE} – Lesing i alle fag" in shown or CASE in shown
    assert "Fra og med: 20. februar 2023." in await town.person("eier-bodo").says(f"historikk {CASE}")


async def claim(town: Town, at: datetime) -> set[int]:
    claimed = await town.work(lambda work: outbox.claim(work, 99, at, at))
    return {item.id for item in claimed}


async def test_who_writes_for_an_owner_neither_throws_its_draft_away_nor_lets_others_in(town: Town) -> None:
    office = town.person("rkk-salten")
    first = PAGES[0] | {"lead_owner": "1841", "other_owners": "1837"}
    await fill_in(office, (first, *PAGES[1:]))
    assert not {"Kast utkastet", "La universitetene lese"} & set(titles(office))
    for words in ("kast utkastet", "del utkastet"):
        assert "Det er Fauske – Fuossko kommune som bestemmer det." in await office.says(words)
    assert "Utkast: 1." in await town.person("eier-fauske").says("mine saker")


# Days


async def test_owner_undoes_its_withdrawal_before_the_deadline(town: Town, owner: Talk, staff: Talk) -> None:
    await owner.says(f"trekk {CASE}")
    assert "Eieren kan angre til fristen går ut" in await owner.says("ja")
    await owner.presses("Angre trekkingen")
    assert await state(town) == "submitted"
    assert f"angret at sak {CASE}" in (await told(town, "sekretariat"))[-1]
    assert "3 500 001 kr" in (await staff.says("status")).replace("\xa0", " ")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    town.at = AFTER_THE_DEADLINE
    await owner.says(f"angre trekking {CASE}")
    assert await state(town) == "withdrawn"


async def test_case_that_was_to_be_changed_still_is_after_an_undone_withdrawal(
    town: Town, owner: Talk, staff: Talk
) -> None:
    await sent_back(staff)
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    assert "Si hva som blir annerledes." in await owner.presses("Angre trekkingen")
    assert await state(town) == "returned"


async def test_owner_sees_its_own_deadline(town: Town, owner: Talk, staff: Talk) -> None:
    await staff.says("utsett frist")
    await staff.presses("Gi ny frist", {"owner": "1804", "deadline_on": "10. februar", "why": "Sykdom"})
    own = "Bodø kommune har egen frist for behovsmeldinger i 2023: 10. februar 2023, før midnatt."
    assert own in await owner.says("frister")
    town.at = AFTER_THE_DEADLINE
    assert own in await owner.says("frister")
    assert own not in await town.person("eier-rana").says("frister")
    town.at += timedelta(days=9)
    assert own not in await owner.says("frister")


async def test_answer_is_not_wanted_sooner_than_the_deadline(town: Town, owner: Talk, staff: Talk) -> None:
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Si hva som blir annerledes."})
    shown = await staff.presses("Send tilbake", {"answer_by_on": "20. januar"})
    assert "Eieren har frist til 1. februar 2023 uansett." in shown
    await staff.presses("Send tilbake", {"answer_by_on": "1. februar"})
    assert await state(town) == "returned"
    until = await town.store.read(lambda c: last_day(c, "nordland", 2023, "1804"))
    assert until == date(2023, 2, 1)
