"""Phrases as people write them, asked of the real bot in a town with cases; and phrases that would do harm."""

import tomllib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import Connection, select

from dialogs import commands
from dialogs.cards.plain import as_text
from dialogs.desk import Inquiry
from dialogs.hearing import heard
from dialogs.queries import every
from dialogs.texts import texts
from domain.days import local_day
from domain.forum import load_forum
from store import register
from store.tables import draft
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Town
from tests.conversations.test_needs_report import fill_in
from tests.dialogs.bench import contents

# A card that is shown has a row, and what it offers is noted.
SHOWN = frozenset({"activity", "conversation", "card_instance", "offered"})
LEAST = 1_100
STAFF = ("sekretariat", "beslutter")


@dataclass(frozen=True, slots=True)
class Phrase:
    who: str
    says: str
    query: str | None
    argument: str
    sheet: bool


def phrases() -> Iterator[Phrase]:
    groups = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))["phrases"]
    for group in groups:
        for says in group["says"]:
            argument, sheet = group.get("argument", ""), group.get("sheet", False)
            yield Phrase(group["who"], says, group.get("query"), argument, sheet)


EVERY = tuple(phrases())


@pytest.fixture
async def town(sqlite_url_of_everybody: str) -> AsyncIterator[Town]:
    """Bodø has filed, Vågan too and got it back, and Rana has begun."""
    town = Town(sqlite_url_of_everybody)
    await town.start()
    await file(town, "eier-bodo", {})
    await file(
        town, "eier-vagan", {"measure_title": "Regning", "lead_owner": "1865", "other_owners": "1860,1859"}
    )
    staff = town.person("sekretariat")
    await staff.says("send tilbake 2023-DEKOM-002")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Si mer."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    await fill_in(town.person("eier-rana"), ({**PAGES[0], "lead_owner": "1833"},))
    await town.person("eier-rana").says("avbryt")
    yield town
    await town.store.close()


async def file(town: Town, person_id: str, answers: dict[str, str]) -> None:
    owner = town.person(person_id)
    await fill_in(owner, tuple(page | {k: v for k, v in answers.items() if k in page} for page in PAGES))
    await owner.presses("Send inn", LAST)


def expected(town: Town, phrase: Phrase, connection: Connection) -> str:
    """What the query that is meant says to the person."""
    actor = register.actor_of(connection, phrase.who, local_day(town.at))
    assert actor is not None
    t = texts(actor.language)
    if phrase.query is None:
        return t("say.not_understood")
    if phrase.sheet:
        return f"{t('paper.link_title')}\n{t('paper.link.answer')}"
    asked = Inquiry(connection, actor, t, load_forum("nordland"), town.at, has_links=True)
    answer = every()[phrase.query].answer(asked, phrase.argument)
    return as_text(answer.card([(offer.title, offer.verb, "id") for offer in answer.offers]))


async def test_every_phrase_is_answered_as_it_must_be(town: Town) -> None:
    before = await contents(town, but=SHOWN)
    wrong = []
    for phrase in EVERY:
        told = await town.person(phrase.who).says(phrase.says)
        wanted = await town.store.read(partial(expected, town, phrase))
        is_right = told.startswith(wanted) if phrase.query is None or phrase.sheet else told == wanted
        if not is_right:
            wrong.append((phrase.who, phrase.says, told.splitlines()[:2]))
    assert wrong == []
    assert await contents(town, but=SHOWN) == before


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len({(phrase.who, phrase.says) for phrase in EVERY}) == len(EVERY) >= LEAST


async def test_what_is_not_understood_names_what_this_person_can_do(town: Town) -> None:
    """To an owner nothing that only the secretariat sees, and to the secretariat nothing that only owners do."""
    of_staff = {"hvem mangler", "hvem har begynt", "inviter", "rolle"}
    for text in ("hvem mangler da mon", "hvem begynner", "xyzzy"):
        named = (await town.person("eier-rana").says(text)).splitlines()
        assert {line.removeprefix("– ") for line in named} & of_staff == set()
    assert "– hvem mangler" in await town.person("sekretariat").says("hvem mangler sko og sokker hjemme")


@pytest.mark.parametrize(
    "text",
    [
        "hvor er saken min " * 230,
        "æøå " * 1000,
        "🙂" * 4000,
        "<at>alle</at>" * 300,
        "dekom 1 " * 500,
        "x" * 4000,
        "\u202e\u200b" * 2000,
        "(" * 4000,
        "bodø " * 48,
        "2023 dekom " * 20,
        "kor e saka? " * 50,
        "qzxwv kjhgf " * 50,
        "a? " * 200,
    ],
    ids=range(13),
)
async def test_long_and_odd_phrases_are_answered_at_once_and_do_no_harm(town: Town, text: str) -> None:
    before = await contents(town, but=SHOWN)
    start = perf_counter()
    assert await town.person("eier-bodo").says(text)
    assert perf_counter() - start < 1  # Teams waits five; this is for the slowest of machines
    assert await contents(town, but=SHOWN) == before


async def test_while_a_question_is_open_a_question_is_an_answer(town: Town) -> None:
    """Only what is a command to the letter is none: `hvem kan jeg ringe` is one, and with a word more it is not."""
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    await owner.presses("Svar ved å skrive")
    await owner.says("hvor ligger saken vår hen")
    (draft,) = await town.store.read(lambda c: [row for row in rows(c) if "hvor ligger" in str(row)])
    assert "hvor ligger saken vår hen" in str(draft)
    assert (await owner.says("hvem kan jeg ringe")).startswith("Kontakt\n")


def rows(connection: Connection) -> list[object]:
    return list(connection.execute(select(draft.c.answers)))


async def test_every_phrase_is_understood_as_the_query_that_it_asks_for(town: Town) -> None:
    """Where two queries would say the same, it is still the one that was meant."""
    forum = load_forum("nordland")
    directory = await town.store.read(register.directory)
    wrong = []
    for phrase in EVERY:
        is_staff = phrase.who in STAFF
        found = heard(
            phrase.says, forum, directory, town.at, ("whereabouts",) if is_staff else ("begun", "missing")
        )
        if commands.exact(phrase.says, question_open=False) or not (found or phrase.query is None):
            continue  # a command's own words, or nearly so
        query = "my_cases" if found and found.query == "round_status" and not is_staff else None
        meant = (query or found.query, found.argument) if found else (None, "")
        if meant != (phrase.query, phrase.argument):
            wrong.append((phrase.who, phrase.says, meant))
    assert wrong == []
