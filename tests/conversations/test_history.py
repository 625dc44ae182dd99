"""What has happened to a case, told in order and in words, to those who may know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from dialogs.desk import Inquiry
from dialogs.queries.case_history import QUERY
from dialogs.texts import languages, texts
from domain.access import OPERATOR
from domain.cases import State
from domain.forum import load_forum
from store import audit, cases, drafts, extensions, register
from store.work import Work
from tests.conversations.dekom import LAST
from tests.conversations.harness import IN_JANUARY, Town
from tests.conversations.test_needs_report import fill_in
from tests.store.builders import a_draft
from tests.store.everything import a_real_filing

CASE = "2023-DEKOM-001"
KARI = "Kontakt for Bodø kommune (eksempel)"
STAFF = "Sekretariat for samarbeidsforum (eksempel)"


@pytest.fixture
async def filed(town: Town) -> Town:
    """Begun and filled in on one day, saved once more on the next, and filed an hour later."""
    owner = town.person("eier-bodo")
    await fill_in(owner)
    town.at += timedelta(days=1)
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses("Lagre", {"goal": "Alle leser mer."})
    await owner.presses("Oppsummering")
    town.at += timedelta(hours=1)
    await owner.presses("Send inn", LAST)
    return town


async def by_staff(town: Town, job: Any, person_id: str = "sekretariat") -> None:
    await town.store.work(job, actor=person_id, cause="test", now=town.at)


def move(to: State) -> Any:
    def job(work: Work) -> None:
        case = cases.get(work.connection, CASE)
        assert case is not None
        cases.move(work, case, to)

    return job


def lines(said: str) -> list[str]:
    """Without the button below."""
    return said.partition("\n\n")[0].splitlines()


async def test_the_case_is_told_from_its_first_word(filed: Town) -> None:
    """In the order in which it happened, saved things by day, and each moment by its own clock."""
    filed.at = datetime(2023, 2, 2, 9, 0, tzinfo=UTC)
    await by_staff(filed, move(State.SCREENING))
    filed.at += timedelta(minutes=5)
    await by_staff(filed, move(State.RETURNED), OPERATOR.person_id)
    said = await filed.person("eier-bodo").says(f"historikk {CASE}")
    assert lines(said) == [
        f"Historikk for sak {CASE}",
        "Lesing i alle fag. Hendelser: 9.",
        f"16. januar 2023 kl. 10.00 – {KARI} begynte på utkastet.",
        f"16. januar 2023 kl. 10.00 – {KARI} lot andre lese utkastet. "
        "Kan lese det nå: Fauske – Fuossko kommune og Meløy kommune.",
        f"16. januar 2023 kl. 10.00 – {KARI} lagret utkastet 13 ganger, sist kl. 10.00.",
        f"17. januar 2023 kl. 10.00 – {KARI} lagret utkastet 2 ganger, sist kl. 11.00.",
        f"17. januar 2023 kl. 11.00 – {KARI} sendte inn behovsmeldingen. Versjon 1.",
        "17. januar 2023 kl. 11.00 – Partneren ble bedt om å bekrefte sin del av saken. "
        "Gjelder partneren: Nord universitet.",
        "17. januar 2023 kl. 11.00 – Partneren ble bedt om å bekrefte sin del av saken. "
        "Gjelder partneren: UiT Norges arktiske universitet.",
        f"2. februar 2023 kl. 10.00 – {STAFF} flyttet saken videre. Ny tilstand: kontrolleres mot kriteriene.",
        "2. februar 2023 kl. 10.05 – Operatøren flyttet saken videre. Ny tilstand: sendt tilbake for utfylling.",
    ]


async def test_every_detail_that_people_need_is_in_words(filed: Town) -> None:
    """What the audit holds for itself, digests and ids, is not."""

    def record_more(work: Work) -> None:
        more: dict[str, dict[str, object]] = {
            "returned": {"fields": ["goal", "budget_uh.nord.2024"], "answer_by_on": "2023-03-01"},
            "corrected": {"submission": 2, "report": "0" * 64, "reason": "Skrevet feil «her»"},
            "journal_noted": {"journal_number": "2023/17"},
            "registered_on_behalf": {"owner": "1841", "draft": "id-9"},
            "something_new": {"secret": "x"},
        }
        for action, detail in more.items():
            audit.record(work, f"case:{CASE}", action, detail)

    await by_staff(filed, record_more)
    told = lines(await filed.person("sekretariat").says(f"historikk {CASE}"))[-5:]
    assert [line.partition(" – ")[2] for line in told] == [
        f"{STAFF} sendte saken tilbake til eieren. Gjelder: Mål og Søkt til Nord universitet i 2024 (kr). "
        "Frist: 1. mars 2023.",
        f"{STAFF} rettet en feil i det som var sendt inn. Versjon 2. Begrunnelse: Skrevet feil «her»",
        f"{STAFF} noterte journalnummeret. Nummer: 2023/17.",
        f"{STAFF} registrerte behovsmeldingen på vegne av eieren. Eier: Fauske – Fuossko kommune.",
        f"{STAFF} gjorde noe jeg ikke har ord for ennå (something_new).",
    ]


async def test_a_later_deadline_of_the_owner_is_told_in_its_round(filed: Town) -> None:
    def grant(work: Work) -> None:
        extensions.grant(work, 2023, "1804", date(2023, 2, 15), "Sykdom")
        extensions.grant(work, 2024, "1804", date(2024, 2, 15), "Noe annet")
        extensions.grant(work, 2023, "1841", date(2023, 2, 16), "En annens")

    await by_staff(filed, grant)
    said = await filed.person("eier-bodo").says(f"historikk {CASE}")
    assert [line for line in said.splitlines() if "egen frist" in line] == [
        f"17. januar 2023 kl. 11.00 – {STAFF} ga eieren en egen frist. Frist: 15. februar 2023. Begrunnelse: Sykdom"
    ]


async def test_readers_are_let_in_and_out_in_words(town: Town) -> None:
    """And saving is told anew after what came in between."""

    def write(work: Work) -> None:
        draft = drafts.create(work, a_draft("d", author="eier-bodo", about=None))
        for answers, readers in (("a", ()), ("b", ("nord",)), ("c", ("nord",)), ("c", ())):
            changed = replace(draft, answers={"goal": answers}, readers=readers)
            draft = drafts.save(work, draft, changed)
        cases.submit(work, draft, a_real_filing())

    await by_staff(town, write, "eier-bodo")
    said = await town.person("eier-bodo").says(f"historikk {CASE}")
    assert [line.partition(f" – {KARI} ")[2] for line in lines(said)[2:]] == [
        "begynte på utkastet.",
        "lagret utkastet.",
        "lot andre lese utkastet. Kan lese det nå: Nord universitet.",
        "lagret utkastet.",
        "stengte utkastet for andre.",
        "sendte inn behovsmeldingen. Versjon 1.",
    ]


async def test_what_was_erased_is_told_without_its_details(filed: Town) -> None:
    await by_staff(filed, lambda work: audit.erase(work, f"case:{CASE}"), OPERATOR.person_id)
    said = lines(await filed.person("eier-bodo").says(f"historikk {CASE}"))
    assert [line.partition(" – ")[2] for line in said[-4:]] == [
        f"{KARI} sendte inn behovsmeldingen.",
        "Partneren ble bedt om å bekrefte sin del av saken.",
        "Partneren ble bedt om å bekrefte sin del av saken.",
        "Operatøren slettet detaljene i det som står før dette, etter reglene for sletting.",
    ]


async def test_a_long_history_is_told_by_its_end(filed: Town) -> None:
    def much(work: Work) -> None:
        for number in range(60):
            audit.record(work, f"case:{CASE}", "journal_noted", {"journal_number": str(number)})

    await by_staff(filed, much)
    said = lines(await filed.person("sekretariat").says(f"historikk {CASE}"))
    assert said[1] == "Lesing i alle fag. Hendelser: 67. De 40 siste vises."
    assert [line.rpartition("Nummer: ")[2] for line in said[2:]] == [f"{number}." for number in range(20, 60)]
    told = await filed.store.read(lambda connection: QUERY.answer(inquiry(connection), CASE))
    assert len(told.json["events"]) == 67


async def test_events_are_told_to_programs_too(filed: Town) -> None:
    told = await filed.store.read(lambda connection: QUERY.answer(inquiry(connection), CASE))
    assert (told.json["found"], told.json["number"]) == (True, CASE)
    assert told.json["events"][3] == {
        "at": "2023-01-17T09:00:00+00:00",
        "until": "2023-01-17T10:00:00+00:00",
        "times": 2,
        "who": KARI,
        "action": "saved",
        "text": f"{KARI} lagret utkastet 2 ganger, sist kl. 11.00.",
    }


async def test_without_a_number_it_is_asked_which(filed: Town) -> None:
    said = await filed.person("eier-bodo").says("historikk")
    assert said == f"Historikk\n{texts('nb')('history.which')}"


@pytest.mark.parametrize("language", languages())
async def test_it_is_told_in_each_language(filed: Town, language: str) -> None:
    t = texts(language)
    await by_staff(filed, lambda work: register.set_language(work, "eier-bodo", language))
    said = await filed.person("eier-bodo").says(f"{t.words('command.history')[0]} {CASE.lower()}")
    assert said.splitlines()[0] == t("history.title", number=CASE)
    assert said.splitlines()[2].endswith(f" – {t('history.did.created', who=KARI)}")


@pytest.mark.parametrize("events", [1, 3])
async def test_any_length_of_history_takes_as_many_statements(filed: Town, events: int) -> None:
    def more(work: Work) -> None:
        for number in range(events):
            audit.record(work, f"case:{CASE}", "journal_noted", {"journal_number": str(number)})

    await by_staff(filed, more)

    def counted(connection: Connection) -> int:
        statements: list[str] = []

        def note(_: object, __: object, statement: str, *rest: object) -> None:
            statements.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            QUERY.answer(inquiry(connection), CASE)
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    await filed.store.read(counted)  # the directory is kept by the connection
    assert await filed.store.read(counted) in (4, 5)


def inquiry(connection: Connection) -> Inquiry:
    return Inquiry(connection, OPERATOR, texts("nb"), load_forum("nordland"), IN_JANUARY)
