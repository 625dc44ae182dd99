"""A year's frames: for everybody with a role; what all ask for together is for the forum and staff."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from dialogs.desk import Inquiry
from dialogs.queries.frames import QUERY
from dialogs.texts import languages, texts
from domain.access import OPERATOR
from domain.forum import load_forum
from domain.messages import Scope
from store import register
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import IN_JANUARY, Talk, Town
from tests.conversations.test_needs_report import fill_in

SLIDES_ALONE = "50 171 580 kr (lysbildene)"
SUMS = ("Søkt", "14 825 160", "6 968 000", "Innstilt")


async def files(town: Town, title: str = "", priority: str = "1") -> None:
    """A Dekom report for three years; with a title and a priority of its own where there are several."""
    owner = town.person("eier-bodo")
    own = {"measure_title": title, "priority_by_network": priority} if title else {}
    await fill_in(owner, tuple(page | {k: v for k, v in own.items() if k in page} for page in PAGES))
    await owner.presses("Send inn", LAST)


def plain(said: str) -> str:
    return said.replace("\xa0", " ")


async def asked(talk: Talk, text: str) -> list[str]:
    return plain(await talk.says(text)).splitlines()


async def test_the_answer_is_one_sentence_and_a_table(town: Town) -> None:
    said = await asked(town.person("sekretariat"), "rammer 2023")
    assert said[:7] == [
        "Rammer 2023",
        f"Rammen for alle ordningene i 2023 er 31 252 000 kr, og det er søkt om {SLIDES_ALONE}.",
        "Ordning | Ramme, søkt",
        "Rekom | 10 886 000 kr (lysbildene); Søkt: 14 825 160 kr (lysbildene, 136,2 % av rammen)",
        "Dekom | 12 070 000 kr (lysbildene); Søkt: 17 816 072 kr (lysbildene, 147,6 % av rammen)",
        "Kompetanseløftet | 8 296 000 kr (lysbildene); Søkt: 17 530 348 kr (lysbildene, 211,3 % av rammen)",
        "Alle ordningene | 31 252 000 kr (regnet ut); Søkt: 50 171 580 kr (lysbildene, 160,5 % av rammen)",
    ]
    assert said.count("Innstilt, tildelt og ledig: ikke kjent ennå") == 4


async def test_one_scheme_in_a_year_to_come(town: Town) -> None:
    """83 % and the like stand as printed."""
    assert (await asked(town.person("medlem-forum"), "ramme dekom 2024"))[:8] == [
        "Rammer 2024",
        "Rammen for Dekom i 2024 er ikke kjent ennå. "
        "Fra tidligere runder gjelder det 10 130 000 kr (lysbildene) for 2024.",
        "Ordning | Ramme, søkt",
        "Dekom | ikke kjent ennå; ingen saker sendt inn her",
        "Dekom",
        "Ramme: ikke kjent ennå",
        "Søkt: ingen saker sendt inn her",
        "Fra tidligere runder (lysbildene): 10 130 000 kr, 84 %, grunnlaget er ikke oppgitt",
    ]


async def test_what_is_filed_here_stands_beside_the_slides(town: Town) -> None:
    await files(town)
    staff = town.person("sekretariat")
    said = await asked(staff, "ramme dekom 2023")
    assert said[1] == (
        "Rammen for Dekom i 2023 er 12 070 000 kr, og det er søkt om "
        "17 816 072 kr (lysbildene) og 1 350 000 kr (1 sak sendt inn her)."
    )
    assert (
        "Søkt (1 sak sendt inn her): 1 350 000 kr (eiere 700 000 kr, universiteter og høgskoler 650 000 kr), "
        "11,2 % av rammen"
    ) in said
    assert "For 2025 (1 sak sendt inn her): 1 050 001 kr (eiere 1 000 001 kr, " in "\n".join(said)
    later = await asked(staff, "ramme dekom 2025")
    assert "Fra tidligere runder (1 sak sendt inn her): 1 050 001 kr (eiere 1 000 001 kr, " in "\n".join(
        later
    )


async def test_a_withdrawn_case_asks_for_nothing(town: Town) -> None:
    await files(town)
    owner = town.person("eier-bodo")
    await owner.says("trekk 2023-DEKOM-001")
    await owner.presses("Ja, trekk saken")
    assert "sendt inn her)" not in "\n".join(await asked(town.person("sekretariat"), "ramme dekom 2023"))


async def test_without_a_year_it_is_the_latest_round(town: Town) -> None:
    assert (await asked(town.person("sekretariat"), "ramme"))[0] == "Rammer 2023"
    town.at = IN_JANUARY + timedelta(days=365)
    assert (await asked(town.person("sekretariat"), "ramme"))[0] == "Rammer 2024"


@pytest.mark.parametrize("person", ["sekretariat", "beslutter", "medlem-skole", "medlem-forum", "vara-forum"])
async def test_those_who_may_see_every_case_see_what_all_ask_for(town: Town, person: str) -> None:
    await files(town)
    said = "\n".join(await asked(town.person(person), "rammer 2023"))
    assert [word for word in (*SUMS, "1 350 000") if word not in said] == []


@pytest.mark.parametrize("person", ["eier-bodo", "rkk-salten", "uh-nord", "administrator"])
async def test_others_see_the_frames_and_nothing_of_what_all_ask_for(town: Town, person: str) -> None:
    await files(town)
    said = await asked(town.person(person), "rammer 2023")
    assert said[:7] == [
        "Rammer 2023",
        "Rammen for alle ordningene i 2023 er 31 252 000 kr.",
        "Ordning | Ramme",
        "Rekom | 10 886 000 kr (lysbildene)",
        "Dekom | 12 070 000 kr (lysbildene)",
        "Kompetanseløftet | 8 296 000 kr (lysbildene)",
        "Alle ordningene | 31 252 000 kr (regnet ut)",
    ]
    whole = "\n".join(said)
    assert [word for word in (*SUMS, "1 350 000", "søkt om 5", "dekker") if word in whole] == []
    assert said[-3].startswith("Hva alle har søkt om til sammen, ser samarbeidsforum")


async def test_whose_role_has_ended_sees_nothing(town: Town) -> None:
    said = await town.person("eier-saltdal-tidligere").says("rammer 2023")
    assert "Rammene er for dem som har en rolle i registeret." in said
    assert "kr" not in plain(said).split()


async def test_in_a_channel_nothing_is_said(town: Town) -> None:
    said = await Talk(town, "sekretariat", scope=Scope.CHANNEL).says("rammer 2023")
    assert said == "Saker snakker vi om i en privat chat. Åpne en chat med meg, så svarer jeg der."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "ramme for gardinene våre og blomster i vinduet",
            "Det forsto jeg ikke. Skriv for eksempel «ramme dekom 2024»",
        ),
        ("ramme kollektiv 2023", "Kollektiv er ikke blant ordningene i 2023."),
        ("rammer 2019", "Jeg har ingen ordninger for 2019."),
    ],
)
async def test_what_is_not_there_is_said_with_what_to_write(town: Town, text: str, answer: str) -> None:
    assert answer in await town.person("sekretariat").says(text)


@pytest.mark.parametrize("language", languages())
async def test_every_language_has_the_words_and_the_answer(town: Town, language: str) -> None:
    staff = town.person("sekretariat")
    await town.work(lambda work: register.set_language(work, "sekretariat", language))
    for phrase in texts(language).words("command.frames"):
        assert (await staff.says(f"{phrase} dekom 2024")).startswith(
            texts(language)("frames.title", year=2024)
        )


@pytest.mark.parametrize("cases", [1, 3])
async def test_any_number_of_cases_takes_one_statement(town: Town, cases: int) -> None:
    for number in range(cases):
        await files(town, f"Tiltak {number}", str(number + 1))

    def count(connection: Connection) -> int:
        statements: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            statements.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            about = Inquiry(connection, OPERATOR, texts("nb"), load_forum("nordland"), IN_JANUARY)
            QUERY.answer(about, "2023")
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    assert await town.store.read(count) == 1
