"""Whatever order cards old and new, typing, restarts and repeated activities come in: no answer is lost, no case is
made twice, no number is skipped."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Set
from datetime import date
from itertools import count, pairwise
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dialogs.drafting import DISCARD
from domain.access import Reach, Visible
from domain.messages import Turn
from store import audit, drafts, views
from store.drafts import Focus
from store.tables import draft as draft_table
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Card, Town, standing_in

T = TypeVar("T")
Answers = dict[str, dict[str, str | None]]

OWN, DAY = Reach(owners=frozenset({"1804"})), date(2023, 1, 17)
FREE = (
    "measure_title",
    "contact_name",
    "need_evidence",
    "plan_anchor",
    "goal",
    "measures",
    "evaluation_plan",
)
BUTTONS = (
    "Neste",
    "Tilbake",
    "Lagre",
    "Hopp over siden",
    "Oppsummering",
    "Svar ved å skrive",
    "Gå til siden",
)
COMMANDS = (
    "tilbake",
    "hopp over",
    "oppsummering",
    "kort",
    "skriv",
    "avbryt",
    "fortsett",
    "mine saker",
    "endre 2",
    "endre 4",
    "kast utkast",
)
WORDS = (
    "ja",
    "nei",
    "ingen",
    "-",
    "1",
    "2",
    "1,2",
    "i går",
    "15.01",
    "dekom",
    "bodø",
    "tøm",
    "2022-DEKOM-003",
)


class Anything(RuleBasedStateMachine):
    """One owner at two devices. Every text typed is a new one, so that it can be found again."""

    template: Path  # a database with everybody enrolled

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="forumbot-"))
        shutil.copy(self.template, self.folder / "bot.db")
        self.town = Town(f"sqlite:///{self.folder / 'bot.db'}")
        self.texts = count(1)
        self.cards: list[Card] = []
        self.done: list[Turn] = []

    @initialize()
    def begin(self) -> None:
        self.run(self.town.start())
        self.owner = self.town.person("eier-bodo")
        self.says("ny behovsmelding")

    def teardown(self) -> None:
        self.run(self.town.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    # What can happen.

    @rule(words=st.sampled_from(COMMANDS))
    def gives_a_command(self, words: str) -> None:
        before = self.answers()
        self.says(words)
        self.only_blanks_are_new(before)

    @rule()
    def begins_another(self) -> None:
        self.says("ny behovsmelding")

    @rule(which=st.integers(0, 40), button=st.sampled_from(BUTTONS), chosen=st.sets(st.sampled_from(FREE)))
    def presses_a_card_old_or_new(self, which: int, button: str, chosen: set[str]) -> None:
        card = self.cards[-1 - which % len(self.cards)]
        if button not in {action["title"] for action in card["actions"]}:
            return
        typed = {
            field: f"Tekst {next(self.texts)}" for field in FREE if field in chosen & standing_in(card).keys()
        }
        before = self.answers()
        shown = self.did(self.owner.presses(button, typed, on=card))
        self.nothing_typed_is_lost(typed, shown)
        # What was typed over a change stands on the card, and pressing once more means it.
        self.only_blanks_are_new(before, typed.keys() | clashing(card))

    @rule()
    def answers_by_typing(self) -> None:
        text = f"Tekst {next(self.texts)}"
        focus = self.focus()
        before = self.answers()
        self.says(text)
        if focus is not None and focus.question is not None and focus.question != DISCARD:
            kept = self.answers()[focus.subject][focus.question]
            assert kept is not None
            assert text in kept
        else:
            assert self.answers() == before

    @rule(words=st.sampled_from(WORDS))
    def answers_in_few_words(self, words: str) -> None:
        """What fits the question or not: no other answer changes, and only a yes to the question whether to throws
        a draft away."""
        focus = self.focus()
        before, was_open = self.answers(), self.open_drafts()
        self.says(words)
        self.only_blanks_are_new(before, {focus.question} if focus and focus.question else frozenset())
        gone = was_open - self.open_drafts()
        asked_whether = focus is not None and focus.question == DISCARD and words == "ja"
        assert gone == ({focus.subject} if focus and asked_whether else set())

    @rule(which=st.integers(0, 40))
    def an_activity_comes_again(self, which: int) -> None:
        before, cases = self.answers(), self.numbers()
        turn = self.done[-1 - which % len(self.done)]
        self.remember(self.run(self.owner.repeats(turn)))
        assert (self.answers(), self.numbers()) == (before, cases)

    @rule()
    def the_bot_starts_again(self) -> None:
        before = self.answers()
        self.run(self.town.restart())
        assert self.answers() == before

    @rule()
    def fills_in_the_rest_and_submits(self) -> None:
        before = self.numbers()
        self.says("ny behovsmelding")
        for page in PAGES:
            self.fills_in(page | {"priority_by_network": str(len(before) + 1)})
        self.did(self.owner.presses("Send inn", LAST, on=self.cards[-1]))
        assert len(self.numbers()) == len(before) + 1

    def fills_in(self, page: dict[str, str]) -> None:
        """A page asks more because of an answer on it, at most twice."""
        for _ in range(3):
            on_card = {field: text for field, text in page.items() if field in standing_in(self.cards[-1])}
            if on_card:
                self.did(self.owner.presses("Neste", on_card, on=self.cards[-1]))

    @precondition(lambda self: len(self.cards) > 1)
    @rule(which=st.integers(0, 10))
    def submits_an_old_card_again(self, which: int) -> None:
        before = self.numbers()
        card = self.cards[-1 - which % len(self.cards)]
        if "Send inn" in {action["title"] for action in card["actions"]}:
            self.did(self.owner.presses("Send inn", {}, on=card))
        assert len(self.numbers()) <= len(before) + 1

    # What must hold.

    @invariant()
    def numbers_have_no_gap_and_each_draft_one_case(self) -> None:
        if not self.done:
            return
        numbers = self.numbers()
        assert numbers == [f"2023-DEKOM-{n:03d}" for n in range(1, len(numbers) + 1)]
        filed = [number for number in self.run(self.town.store.read(_filed_drafts)) if number is not None]
        assert sorted(filed) == numbers
        assert self.run(self.town.store.read(views.check_counts)) == ()
        assert self.run(self.town.store.read(views.check_money)) == ()
        assert self.run(self.town.store.read(audit.verify)) == ()

    def nothing_typed_is_lost(self, typed: dict[str, str], shown: str) -> None:
        """Each text is in a draft, or before the person's eyes."""
        kept = {text for answers in self.answers().values() for text in answers.values()}
        assert [text for text in typed.values() if text not in kept and text not in shown] == []

    def only_blanks_are_new(self, before: Answers, typed: Set[str] = frozenset()) -> None:
        """No other answer has changed; a question left empty on a page that is done with counts as answered."""
        for draft_id, answers in self.answers().items():
            old = before.get(draft_id, {})
            changed = {f for f in answers.keys() | old.keys() if answers.get(f, "") != old.get(f, "")}
            assert {f for f in changed if answers.get(f) is not None or f in old} <= typed

    # How it is done and seen.

    def says(self, text: str) -> None:
        self.did(self.owner.says(text))

    def did(self, doing: Coroutine[Any, Any, str]) -> str:
        shown = self.run(doing)
        assert self.owner.last is not None
        self.done.append(self.owner.last)
        return self.remember(shown)

    def remember(self, shown: str) -> str:
        if self.owner.card is not None and any(
            isinstance(action.get("verb"), str) and action["verb"] in ("next", "submit")
            for action in self.owner.card.get("actions", ())
        ):
            self.cards.append(self.owner.card)
        return shown

    def answers(self) -> Answers:
        rows = self.run(self.town.store.read(lambda c: c.execute(draft_table.select()).mappings().fetchall()))
        return {row["id"]: dict(row["answers"]) for row in rows}

    def focus(self) -> Focus | None:
        return self.run(self.town.store.read(lambda c: drafts.focus(c, "eier-bodo")))

    def open_drafts(self) -> set[str]:
        found = self.run(self.town.store.read(lambda c: drafts.open_of(c, OWN, DAY)))
        return {draft.id for draft in found}

    def numbers(self) -> list[str]:
        found = self.run(self.town.store.read(lambda c: views.cases(c, Visible(everything=True))))
        return sorted(case.number for case in found)


def clashing(card: Card) -> set[str]:
    """The fields below which the card says that they were changed somewhere else."""
    body = list(card["body"])
    return {
        above["id"]
        for above, below in pairwise(body)
        if "id" in above and "endret et annet sted" in str(below)
    }


def _filed_drafts(connection: Any) -> list[str | None]:
    return list(
        connection.execute(draft_table.select().with_only_columns(draft_table.c.case_number)).scalars()
    )


def test_anything_goes(sqlite_of_everybody: Path) -> None:
    Anything.template = sqlite_of_everybody
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
