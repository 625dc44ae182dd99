"""Cards that were posted once stay in chats for years, and their buttons must still get a sensible answer.

Each file holds what one version left behind, as data: the rows of the database, and what its buttons send. A file is
never changed; a version whose cards are others gets a file of its own.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.teams import inbound
from domain.messages import Pressed
from domain.submissions import NeedsReport
from store import cards, cases, drafts, views
from store.cards import CardInstance
from store.cases import Filing
from store.drafts import Draft, Focus
from store.work import Work
from tests.conversations.harness import Town
from tests.dialogs.bench import answer, said

Json = dict[str, Any]

FILES = sorted(Path(__file__).parent.glob("posted_by_*.json"))
TITLE, NUMBER = "Regning i alle fag", "2023-DEKOM-001"

# What the answer has in it, by kind of card and button; the draft's title where nothing else is said.
WORDS = {
    ("case", "refresh"): NUMBER,
    ("form", "type"): "Nå svarer du ved å skrive.",
    ("review", "type"): "Nå svarer du ved å skrive.",
    ("menu", "new"): "Behovsmelding uten tittel",
    ("menu", "my_cases"): NUMBER,
    ("menu", "deadlines"): "1. februar 2023",
    ("menu", "status"): "Runden 2023",
}


def left_by(file: Path) -> Json:
    left: Json = json.loads(file.read_text(encoding="utf-8"))
    return left


def every_button() -> Iterator[Any]:
    for file in FILES:
        for card in left_by(file)["cards"]:
            for verb in card["verbs"]:
                name = f"{file.stem} {card['row']['kind']} {card['row']['page']} {verb}"
                yield pytest.param(file, card, verb, id=name)


def as_times(row: Json) -> Json:
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") else value for name, value in row.items()
    }


def put_back(left: Json) -> Callable[[Work], None]:
    """Have in the database what that version left there."""
    draft = Draft(**as_times(left["draft"]))
    filed = Draft(**{**as_times(left["draft"]), "id": "draft-filed"})
    filing = Filing(**{**left["filing"], "report": json.dumps(left["report"]).encode()})
    instances = [CardInstance(**as_times(card["row"])) for card in left["cards"]]

    def job(work: Work) -> None:
        cases.submit(work.by(draft.author), drafts.create(work, filed), filing)
        drafts.create(work, draft)
        drafts.set_focus(work, draft.author, Focus(draft.id, None))
        for instance in instances:
            cards.add(work, instance)

    return job


@pytest.fixture(scope="session")
def databases(sqlite_of_everybody: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """By file, a database with what it holds."""
    folder = tmp_path_factory.mktemp("old")
    made = {file: Path(shutil.copy(sqlite_of_everybody, folder / f"{file.stem}.db")) for file in FILES}
    for file, path in made.items():
        asyncio.run(_fill(path, put_back(left_by(file))))
    return made


async def _fill(path: Path, job: Callable[[Work], None]) -> None:
    town = Town(f"sqlite:///{path}")
    await town.start()
    await town.work(job)
    await town.store.close()


@pytest.fixture
async def town(file: Path, databases: dict[Path, Path], tmp_path: Path) -> AsyncIterator[Town]:
    town = Town(f"sqlite:///{shutil.copy(databases[file], tmp_path / 'town.db')}")
    await town.start()
    yield town
    await town.store.close()


def pressed(card: Json, verb: str) -> Pressed:
    """As it comes from a client today: the card's data with what stands in its fields."""
    data = {**card["data"], "verb": verb, **card["inputs"]}
    return inbound.card_action(
        {"value": {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}}
    )


@pytest.mark.parametrize(("file", "card", "verb"), tuple(every_button()))
async def test_old_button_gets_a_sensible_answer(town: Town, file: Path, card: Json, verb: str) -> None:
    row = card["row"]
    place = {"conversation_id": row["conversation_id"]}
    reply = await answer(town, row["person_id"], pressed(card, verb), **place)
    assert WORDS.get((row["kind"], verb), TITLE) in said(reply)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_what_is_typed_on_an_old_card_is_saved(town: Town, file: Path) -> None:
    left = left_by(file)
    page = next(card for card in left["cards"] if card["row"]["page"] == "who")
    changed = {**page, "inputs": {**page["inputs"], "measure_title": "Skriving"}}
    assert "Skriving" in said(await answer(town, page["row"]["person_id"], pressed(changed, "save")))
    draft = await town.store.read(lambda connection: drafts.get(connection, left["draft"]["id"]))
    assert draft is not None
    assert draft.answers == {**left["draft"]["answers"], "measure_title": "Skriving"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_old_draft_is_still_complete_but_for_its_declaration(town: Town, file: Path) -> None:
    left = left_by(file)
    review = next(card for card in left["cards"] if card["row"]["kind"] == "review")
    last = {"declaration": "yes", "declaration_name": "Rådgiver skole"}
    filed = {**review, "inputs": {**review["inputs"], **last}}
    assert "2023-DEKOM-002" in said(await answer(town, review["row"]["person_id"], pressed(filed, "submit")))
    counts = await town.store.read(lambda connection: views.round_counts(connection, 2023))
    assert sum(count.cases for count in counts) == 2


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_old_report_is_still_read(file: Path) -> None:
    report = json.dumps(left_by(file)["report"])
    assert json.loads(NeedsReport.read(report.encode()).model_dump_json()) == json.loads(report)
