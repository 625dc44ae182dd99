"""A database that is locked, full or gone during a turn: it is said, nothing is saved, the same turn works later."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from dialogs.texts import texts
from domain.errors import Stale
from domain.messages import Joined, Left, Message, Pressed, Reply, Said
from store.work import Store
from tests.conversations.harness import Town
from tests.dialogs.bench import OWNER, Posted, T, answer, contents, said
from tests.store.builders import BUSY_SECONDS, beside
from tests.store.test_faults import nothing_more_can_be_written

NOT_SAVED = Reply((Message(T("say.not_saved")),))
NOTHING: frozenset[str] = frozenset()


@pytest.fixture
async def impatient(town: Town) -> Town:
    """The town with a store that does not wait long for a lock."""
    await town.store.close()
    town.store = Store(town.url, busy_seconds=BUSY_SECONDS)
    await town.start()
    return town


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with beside(f"sqlite:///{path}"):
        yield


@contextmanager
def full(path: Path) -> Iterator[None]:
    with nothing_more_can_be_written(path.with_name(f"{path.name}-wal")):
        yield


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """With its log, as when a folder is no longer mounted; it comes back as it was."""
    away = [Path(f"{path}{end}") for end in ("", "-wal", "-shm")]
    for each in away:
        os.rename(each, f"{each}.away")
    try:
        yield
    finally:
        for each in away:
            os.rename(f"{each}.away", each)


FAULTS: dict[str, Callable[[Path], AbstractContextManager[None]]] = {
    "locked": locked,
    "full": full,
    "gone": gone,
}
LAST = {"declaration": "yes", "declaration_name": "Rådgiver skole"}

Doing = Callable[[dict[str, Posted]], Said | Pressed | Joined]
# What is done, and what its answer has in it once the database is back.
TURNS: dict[str, tuple[Doing, str]] = {
    "typed answer": (lambda shown: Said("ja"), "Lagret kl. 10.00"),
    "command": (lambda shown: Said("ny behovsmelding"), "Behovsmelding uten tittel"),
    "page": (lambda shown: shown["page"].pressed("save", goal="Naturfag"), "Naturfag"),
    "filing": (lambda shown: shown["review"].pressed("submit", **LAST), "2023-DEKOM-002"),
    "installing": (lambda shown: Joined(), "Hei, "),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("turn", TURNS)
async def test_nothing_is_saved_and_the_same_turn_works_later(
    impatient: Town, shown: dict[str, Posted], turn: str, fault: str
) -> None:
    town, path = impatient, Path(impatient.url.removeprefix("sqlite:///"))
    doing, expected = TURNS[turn]
    await answer(town, OWNER, Said("fortsett"))  # the question that is open is the draft's next one
    await answer(town, OWNER, Left())  # so that the person is greeted when the bot is installed
    before = await contents(town, but=NOTHING)
    with FAULTS[fault](path):
        assert await answer(town, OWNER, doing(shown), activity_id="again") == NOT_SAVED
    assert await contents(town, but=NOTHING) == before
    assert expected in said(await answer(town, OWNER, doing(shown), activity_id="again"))
    assert await contents(town, but=NOTHING) != before


async def test_it_is_said_in_the_language_of_the_chat(impatient: Town) -> None:
    """Who writes is not known then, so neither is the language that they have chosen."""
    with locked(Path(impatient.url.removeprefix("sqlite:///"))):
        reply = await answer(impatient, OWNER, Said("hei"), locale="nn-NO")
    assert said(reply) == texts("nn")("say.not_saved")


class Contended(Store):
    """A store where others are faster, again and again."""

    async def work(self, *_: Any, **__: Any) -> Any:
        raise Stale("draft")


async def test_turn_that_others_were_faster_than_is_said_not_to_be_saved(town: Town) -> None:
    """Only with several processes on one database."""
    await town.store.close()
    town.store = Contended(town.url)
    await town.start()
    assert await answer(town, OWNER, Said("hei")) == NOT_SAVED
