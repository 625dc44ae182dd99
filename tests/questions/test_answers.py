"""What the answers say: where a case is and what comes next, whom to call, who has begun and who is missing."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection, event

from dialogs import paper
from dialogs.desk import Inquiry, Wanted
from dialogs.papers import File
from dialogs.queries import every
from dialogs.questions import Slots, slots_of
from dialogs.texts import catalogue, languages, texts
from domain.access import OPERATOR
from domain.cases import State
from domain.forum import load_forum
from domain.register import Organisation, OrganisationKind
from store import register
from tests.conversations.harness import Town
from tests.dialogs.bench import end_roles
from tests.questions.test_phrases import town as town  # the same town

FORUM = load_forum("nordland")


@pytest.fixture
def ask(town: Town) -> Callable[..., Any]:
    """What a query says to the operator, for programs."""

    async def asked(query: str, argument: str = "") -> Any:
        def answer(connection: Connection) -> Any:
            inquiry = Inquiry(connection, OPERATOR, texts("nb"), FORUM, town.at)
            return every()[query].answer(inquiry, argument).json

        return await town.store.read(answer)

    return asked


# One case


async def test_case_says_what_comes_next_and_by_when(town: Town) -> None:
    said = await town.person("eier-bodo").says("hvor er saken vår")
    assert "Tilstand siden 16. januar 2023 kl. 10.00: sendt inn. Ballen ligger hos sekretariatet." in said
    assert "Eieren kan endre saken til og med 1. februar 2023. Videre: Sekretariatet sjekker saken" in said
    assert "Etter planen skjer det senest 14. februar 2023." in said
    assert "virkedag" not in said  # before the deadline there is nothing to wait for


async def test_case_that_was_sent_back_says_by_when(town: Town) -> None:
    said = await town.person("eier-vagan").says("hvor er saken vår")
    assert "Vidare: Eigaren rettar og sender inn på nytt seinast 1. mars 2023." in said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (14, "Siden 1. februar 2023 har det gått 8 virkedager. Det er ikke lenger enn planen"),
        (15, "Siden 1. februar 2023 har det gått 9 virkedager. Det er lenger enn planen"),
    ],
)
async def test_wait_is_compared_with_the_plan_of_the_year(
    town: Town, ask: Callable[..., Any], day: int, said: str
) -> None:
    """From the deadline to the committees lie eight working days (domain.md 7.4)."""
    town.at = datetime(2023, 2, day, 9, tzinfo=UTC)
    said_all = await town.person("eier-bodo").says("2023-DEKOM-001")
    assert said in said_all
    assert (
        f"Etter planen {'skulle det ha skjedd' if day > 14 else 'skjer det senest'} 14. februar 2023."
        in said_all
    )
    waited = (await ask("case_status", "2023-DEKOM-001"))["waited"]
    assert (waited["is_longer_than_usual"], waited["compared_with"]) == (day > 14, "plan")


@pytest.mark.parametrize("language", languages())
def test_every_state_says_what_comes_next(language: str) -> None:
    named = {key.removeprefix("case.next.") for key in catalogue(language) if key.startswith("case.next.")}
    assert named == {state.value for state in State} - {State.DRAFT}


async def test_another_s_case_is_answered_as_one_that_is_not_there(town: Town) -> None:
    rana = town.person("eier-rana")
    theirs, none = await rana.says("hvor er dekom 1"), await rana.says("hvor er dekom 7")
    assert theirs.replace("001", "007") == none
    about_one, about_none = await rana.says("saker i bodø"), await rana.says("saker i træna")
    assert about_one.replace("Bodø", "Træna") == about_none


async def test_university_and_network_see_where_theirs_are(town: Town) -> None:
    said = await town.person("uh-nord").says("hvor er sakene våre")
    assert said.splitlines()[1] == "2 saker er i gang. I 1 av dem ligger ballen hos eieren."
    assert (await town.person("rkk-salten").says("hvor er saken vår")).startswith("Sak 2023-DEKOM-001")


# Whom to call


async def test_contact_is_a_name_and_a_number(town: Town) -> None:
    said = await town.person("eier-rana").says("kem kan æ ringe")
    assert "Sekretariat for samarbeidsforum (eksempel), telefon 00 00 00 28." in said


async def test_only_staff_is_told_who_speaks_for_an_owner(town: Town) -> None:
    for person_id in ("sekretariat", "beslutter", "administrator"):
        assert "Kontakt for Bodø kommune" in await town.person(person_id).says("kontakt bodø")
    rana = town.person("eier-rana")
    assert await rana.says("kontakt bodø") == await rana.says("kontakt") == await rana.says("kontakt træna")
    assert "ingen kontakt" in await town.person("sekretariat").says("kontakt træna")


# Who has begun, who is missing


async def test_begun_is_told_by_owner_and_never_what_it_says(town: Town, ask: Callable[..., Any]) -> None:
    said = await town.person("sekretariat").says("hvem har begynt")
    assert "Påbegynt og ikke sendt inn i 2023: 1 utkast hos 1 eier." in said
    assert "Rana – Raane kommune" in said
    assert "Lesing i alle fag" not in said
    told = await ask("begun")
    assert (told["drafts_begun"], [each["owner"] for each in told["begun"]]) == (1, ["1833"])
    assert (await ask("begun", "region=SALTEN"))["drafts_begun"] == 0
    assert (await ask("begun", "scheme=decentralised region=IH"))["drafts_begun"] == 1
    assert set(told["begun"][0]) == {"owner", "scheme", "drafts", "saved_at"}


async def test_missing_are_those_in_no_case(town: Town, ask: Callable[..., Any]) -> None:
    """Bodø, Fauske and Meløy are in one case, Vågan, Vestvågøy and Flakstad in another; Rana has begun."""
    told = await ask("missing")
    missing = {each["owner"]: each for each in told["owners"]}
    assert not {"1804", "1841", "1837", "1865", "1860", "1859"} & missing.keys()
    assert len(missing) == 41 + 1 + 3 - 6  # municipalities, the county's, private ones
    assert (told["begun"], told["nothing"]) == (1, 38)
    assert told["owners"][0]["owner"] == "1833"
    assert (missing["1833"]["has_contact"], missing["1835"]["has_contact"]) == (True, False)
    assert {each["owner"] for each in (await ask("missing", "region=LOFOTEN"))["owners"]} == {
        *("1856", "1857", "1874", "eksempel-friskole")
    }
    assert "1804" in {each["owner"] for each in (await ask("missing", "scheme=regional"))["owners"]}


async def test_withdrawn_case_is_as_if_nothing_was_sent(town: Town, ask: Callable[..., Any]) -> None:
    owner = town.person("eier-bodo")
    await owner.says("trekk 2023-DEKOM-001")
    await owner.says("ja")
    assert "1804" in {each["owner"] for each in (await ask("missing"))["owners"]}


async def test_contact_whose_role_has_ended_speaks_for_nobody(town: Town, ask: Callable[..., Any]) -> None:
    await end_roles(town, "eier-rana", (town.at - timedelta(days=1)).date())
    (rana,) = [each for each in (await ask("missing"))["owners"] if each["owner"] == "1833"]
    assert not rana["has_contact"]


@pytest.mark.parametrize("person_id", ["eier-bodo", "uh-nord", "rkk-salten", "medlem-forum", "administrator"])
async def test_who_may_not_see_the_round_sees_none_of_it(town: Town, person_id: str) -> None:
    person = town.person(person_id)
    for text in ("hvem mangler", "hvem har begynt", "hvem mangler i salten som regneark"):
        assert "Dette ser bare de som har det som oppgave hos Statsforvalteren." in await person.says(text)
    assert "Rana" not in await person.says("status")


# The round


async def test_round_of_one_region_adds_up_to_that_alone(ask: Callable[..., Any]) -> None:
    whole, salten = await ask("round_status"), await ask("round_status", "region=SALTEN")
    assert (whole["cases"], salten["cases"]) == (2, 1)
    assert salten["requested_owner_nok"] * 2 == whole["requested_owner_nok"]
    assert (await ask("round_status", "state=returned"))["cases"] == 1
    assert (await ask("round_status", "year=2022"))["rows"] == []


async def test_round_shows_what_is_begun_beside_what_is_filed(town: Town) -> None:
    staff = town.person("sekretariat")
    said = await staff.says("status")
    assert "Indre Helgeland; utkast | 1 | –" in said
    assert "Søkt i alt: " in said
    assert staff.card is not None
    (chart,) = [each for each in staff.card["body"] if each["type"].startswith("Chart.")]
    assert {bar["x"] for bar in chart["data"]} == {"Salten", "Lofoten"}
    assert (await staff.says("status indre helgeland")).startswith("Runden 2023\nIndre Helgeland: ")


# As a file


async def fetched(town: Town, person_id: str, query: str, argument: str = "") -> File | paper.Refused:
    wanted = Wanted("answer", f"{query} {argument}".rstrip(), person_id, "nb")
    return await town.store.read(lambda c: paper.fetch(town.house, c, wanted, town.at))


def read(file: File | paper.Refused) -> list[tuple[Any, ...]]:
    assert isinstance(file, File)
    (sheet,) = load_workbook(io.BytesIO(file.make())).worksheets
    assert sheet.freeze_panes == "A2"
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


async def test_lists_come_as_sheets_with_numbers_and_days(town: Town) -> None:
    header, *rows = read(await fetched(town, "sekretariat", "round_status"))
    assert header[3:] == (
        "Saker",
        "Påbegynt",
        "Søkt til eier",
        "Søkt til universitet og høgskole",
        "Søkt i alt",
    )
    assert all(isinstance(nok, int) for row in rows for nok in row[3:] if nok is not None)
    header, *rows = read(await fetched(town, "sekretariat", "begun"))
    assert [row[:4] for row in rows] == [("Rana – Raane kommune", "Indre Helgeland", "Dekom", 1)]
    assert rows[0][4] == datetime.fromisoformat("2023-01-16T10:00")
    assert len(read(await fetched(town, "beslutter", "missing", "region=LOFOTEN"))) == 1 + 4


async def test_every_other_list_comes_as_a_sheet_too(town: Town) -> None:
    header, *rows = read(await fetched(town, "sekretariat", "my_cases", "owner=1804"))
    assert [(row[0], row[3], row[13]) for row in rows[:-1]] == [("2023-DEKOM-001", "Bodø kommune", 3_500_001)]
    assert rows[-1][13] == 3_500_001
    header, *rows = read(await fetched(town, "sekretariat", "whereabouts"))
    assert header[0] == "Saksnummer"
    header, *rows = read(await fetched(town, "sekretariat", "frames", "dekom 2023"))
    assert ("Dekom", "Ramme", 2023, 12_070_000) in [row[:4] for row in rows]
    _, *rows = read(await fetched(town, "sekretariat", "history", "2023-DEKOM-001"))
    assert isinstance(rows[0][0], datetime)
    _, *rows = read(await fetched(town, "sekretariat", "notices_sent", "2023-DEKOM-001"))
    assert rows
    _, *rows = read(await fetched(town, "sekretariat", "contact", "owner=1804"))
    assert rows


async def test_an_answer_is_true_alone(town: Town) -> None:
    """The sentence says what it is about; what is asked for in one state is what is counted."""
    staff = town.person("sekretariat")
    said = (await staff.says("hvem mangler rekom")).splitlines()[1]
    assert said.startswith("Rekom: ")
    assert "fylkeskommune" not in await staff.says("hvem mangler rekom")
    owner = town.person("eier-bodo")
    await owner.says("trekk 2023-DEKOM-001")
    await owner.presses("Ja, trekk saken")
    assert (
        (await staff.says("hvor mange saker er trukket"))
        .splitlines()[1]
        .startswith("Trukket: 1 sak i 2023. Beløp i alt: 3")
    )
    assert (
        (await staff.says("hvor mange saker er avvist i lofoten"))
        .splitlines()[1]
        .endswith(": Ingen saker i 2023.")
    )
    assert "Ingen har ballen, for saken er ferdig." in await staff.says("saker trukket")


async def test_name_is_no_formula(town: Town) -> None:
    bad = Organisation("ond", OrganisationKind.KINDERGARTEN_OWNER, "=HYPERLINK(1)", "1804")
    await town.work(lambda work: register.seed(work, [bad]))
    file = await fetched(town, "sekretariat", "missing", "owner=ond")
    assert isinstance(file, File)
    (sheet,) = load_workbook(io.BytesIO(file.make())).worksheets
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=HYPERLINK(1)", "s")


async def test_link_gives_what_the_person_may_have_when_it_is_followed(town: Town) -> None:
    for person_id in ("eier-bodo", "medlem-forum"):
        assert isinstance(await fetched(town, person_id, "missing"), paper.Refused)
    assert isinstance(await fetched(town, "sekretariat", "deadlines"), paper.Refused)
    assert isinstance(await fetched(town, "sekretariat", "no such query"), paper.Refused)
    await end_roles(town, "sekretariat", (town.at - timedelta(days=1)).date())
    assert isinstance(await fetched(town, "sekretariat", "missing"), paper.Refused)


async def test_button_gives_the_link_below_the_answer(town: Town) -> None:
    staff = town.person("sekretariat")
    await staff.says("hvem mangler i lofoten")
    await staff.presses("Som regneark")
    assert staff.texts[0].startswith("Ikke sendt inn i 2023\nLofoten: 4 eiere har ikke sendt inn noe i 2023.")
    assert "/files/answer-missing region=LOFOTEN-sekretariat-nb" in staff.texts[1]


async def test_without_links_there_is_no_button_and_it_is_said(town: Town) -> None:
    town.link = None
    await town.restart()
    staff = town.person("sekretariat")
    assert "Som regneark" not in await staff.says("hvem mangler")
    assert "Nedlasting er ikke satt opp her ennå." in await staff.says("hvem mangler som regneark")


# How much is asked of the database


@pytest.mark.parametrize(
    ("query", "argument", "most"),
    [
        ("round_status", "", 4),
        ("round_status", "region=SALTEN", 3),
        ("begun", "", 2),
        ("missing", "", 4),
        ("unconfirmed", "", 5),
        ("my_cases", "state=returned", 4),
        ("contact", "owner=1804", 2),
    ],
)
async def test_answer_takes_as_many_statements_however_many_there_are(
    town: Town, query: str, argument: str, most: int
) -> None:
    def asked(connection: Connection) -> int:
        statements: list[str] = []

        def note(_: Any, __: Any, statement: str, *more: Any) -> None:
            statements.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            every()[query].answer(Inquiry(connection, OPERATOR, texts("nb"), FORUM, town.at), argument)
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    await town.store.read(asked)  # from now on the register's organisations are at hand
    assert await town.store.read(asked) == most
    for person_id in ("eier-fauske", "eier-narvik", "eier-sortland"):
        await town.person(person_id).says("ny behovsmelding")
    assert await town.store.read(asked) == most


def test_slots_are_read_as_they_are_written() -> None:
    slots = Slots(scheme="regional", region="SH", owner="18", state="returned", year=2023)
    assert slots_of(str(slots)) == slots
    assert slots_of("") == slots_of("nonsense year=x") == Slots()
    assert str(Slots(case="2023-DEKOM-001", scheme="regional")) == "2023-DEKOM-001"


async def test_years_are_those_of_the_calendar_also_when_the_next_round_is_open(town: Town) -> None:
    town.at = datetime(2023, 9, 5, 9, tzinfo=UTC)
    owner = town.person("eier-bodo")
    assert "Fristen for behovsmeldinger i 2023 var 1. februar 2023." in await owner.says(
        "når var fristen i år"
    )
    assert "2024" in await owner.says("når er fristen neste år")
    assert (await owner.says("hvor er dekom 1")).startswith("Sak 2023-DEKOM-001")


async def test_a_deadline_of_the_past_is_told_as_the_past(town: Town) -> None:
    said = await town.person("sekretariat").says("når var fristen i 2022")
    assert "var etter planen 1. februar 2022." in said
