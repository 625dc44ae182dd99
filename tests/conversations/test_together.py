"""Two contacts of one owner and the secretariat, one after another and at the same time, over two processes on one
database: no answer is lost, no step is lost, no case is made twice."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from domain.access import Visible
from domain.cases import NEXT, Case, State
from store import audit, cases, drafts, views
from store import cards as card_rows
from store.drafts import DraftState, Focus, Purpose
from store.tables import draft as draft_table
from tests.conftest import BACKENDS
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Card, Talk, Town, buttons_on, standing_in
from tests.conversations.test_anything_goes import FREE, clashing

T = TypeVar("T")
Answers = dict[str, dict[str, str | None]]
Doing = Callable[[], Coroutine[Any, Any, str]]

OWNERS = ("eier-bodo", "eier-bodo-2")
BUTTONS = ("Neste", "Tilbake", "Lagre", "Oppsummering", "Gå til siden", "Send inn")
TO_CASES = ("Endre og send inn på nytt", "Trekk saken")
WHO = st.integers(0, 1)
WHICH = st.integers(0, 20)
FIELDS = st.sets(st.sampled_from(FREE))
MAY_BE_EMPTY = {"field": "special_challenge", "label": "Særlige utfordringer"}
WORDS = st.sampled_from(("tøm", "send inn", ""))  # nothing: a new text


class Together(RuleBasedStateMachine):
    """Each owner sits at a process of their own. Every text typed is a new one, so that it can be found again."""

    new: Callable[[], str]  # a database

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        url = type(self).new()
        self.towns = (Town(url), Town(url))
        self.texts = count(1)
        self.seen: tuple[set[str], set[str]] = (set(), set())  # of the texts, by each of the two
        self.cards: tuple[list[Card], list[Card]] = ([], [])

    @initialize()
    def begin(self) -> None:
        for place, town in enumerate(self.towns):
            town.new_id = _numbered(place)  # type: ignore[method-assign]
            self.run(town.start())
        self.owners = tuple(town.person(name) for town, name in zip(self.towns, OWNERS, strict=True))
        self.staff = self.towns[0].person("sekretariat")
        self.files_a_report(0)
        self.did(0, self.owners[0].says("ny behovsmelding"))
        self.did(1, self.owners[1].says("fortsett"))

    def teardown(self) -> None:
        for town in self.towns:
            self.run(town.store.close())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    # What can happen.

    @rule(who=WHO, which=WHICH, button=st.sampled_from(BUTTONS), fields=FIELDS)
    def one_presses(self, who: int, which: int, button: str, fields: set[str]) -> None:
        press = self.press(who, which, button, fields)
        if press is None:
            return
        card, typed, doing = press
        before = self.answers()
        shown = self.did(who, doing())
        self.nothing_typed_is_lost(typed, shown)
        self.nothing_is_written_over_unseen(card, typed, before)

    @rule(which=st.tuples(WHICH, WHICH), fields=st.tuples(FIELDS, FIELDS))
    def both_press_at_once(self, which: tuple[int, int], fields: tuple[set[str], set[str]]) -> None:
        presses = [self.press(who, which[who], "Lagre", fields[who]) for who in (0, 1)]
        if None in presses:
            return
        (_, one, first), (_, other, second) = (press for press in presses if press is not None)
        shown = self.run(_together(first(), second()))
        for who in (0, 1):
            self.remember(who)
        self.nothing_typed_is_lost(one, shown[0])
        self.nothing_typed_is_lost(other, shown[1])

    @rule(who=WHO)
    def one_answers_by_typing(self, who: int) -> None:
        text, before, focus = f"Tekst {next(self.texts)}", self.answers(), self.focus(who)
        shown = self.did(who, self.owners[who].says(text))
        self.nothing_unseen_is_gone(who, focus, before)
        if is_asked(focus):
            self.nothing_typed_is_lost({"typed": text}, shown)

    @rule(who=WHO)
    def one_clears_what_is_asked(self, who: int) -> None:
        """One answer goes at most: the one that is asked, as the person last saw it."""
        before, focus = self.answers(), self.focus(who)
        self.did(who, self.owners[who].says("tøm"))
        self.nothing_unseen_is_gone(who, focus, before)

    @rule(who=WHO)
    def one_clears_what_the_other_has_just_answered(self, who: int) -> None:
        """It is shown first; said once more, it goes."""
        if not self.open_drafts():
            return
        one, other = self.owners[who], self.owners[1 - who]
        for words in ("fortsett 1", "kort", "oppsummering"):
            self.did(1 - who, other.says(words))
        self.did(1 - who, other.presses("Gå til siden", {"go_to": "need"}))
        for words in ("fortsett 1", "skriv", "oppsummering"):
            self.did(who, one.says(words))
        (number,) = re.findall(rf"^([0-9]+)\. {MAY_BE_EMPTY['label']}", one.texts[0], re.MULTILINE)
        self.did(who, one.says(f"endre {number}"))
        text = f"Tekst {next(self.texts)}"
        self.did(1 - who, other.presses("Lagre", {MAY_BE_EMPTY["field"]: text}))
        for is_kept in (True, False):
            before, focus = self.answers(), self.focus(who)
            assert (text in self.did(who, one.says("tøm"))) is is_kept
            self.nothing_unseen_is_gone(who, focus, before)
            assert (self.answers()[self.open_drafts()[0]][MAY_BE_EMPTY["field"]] == text) is is_kept

    @rule(who=WHO)
    def one_files_by_typing(self, who: int) -> None:
        """Once at most; and the answers stay, whether anything is missing or not."""
        before, filed = self.answers(), len(self.reports())
        self.did(who, self.owners[who].says("send inn"))
        assert self.answers() == before
        assert len(self.reports()) - filed in (0, 1)

    @rule(words=st.tuples(WORDS, WORDS))
    def both_type_at_once(self, words: tuple[str, str]) -> None:
        """Whoever comes second is told what the first has done before anything of it is lost."""
        typed = [each or f"Tekst {next(self.texts)}" for each in words]
        asked = [is_asked(self.focus(who)) for who in (0, 1)]
        shown = self.run(_together(*(self.owners[who].says(typed[who]) for who in (0, 1))))
        for who in (0, 1):
            self.remember(who)
            if asked[who] and not words[who]:
                self.nothing_typed_is_lost({"typed": typed[who]}, "".join(shown))

    @rule(who=WHO)
    def both_file_the_same_by_typing(self, who: int) -> None:
        """What the other has changed is read before it is filed; and then it is filed once, and no other in its place.

        Whoever comes second is told of the case; or, where they had begun to look at the draft before the case was
        there, that its priority is taken.
        """
        filed, other = self.filed(), self.owners[1 - who]
        draft_id = self.writes_a_report(who)
        self.did(who, self.owners[who].presses("Gå til siden", LAST, on=self.cards[who][-1]))
        self.did(1 - who, other.says(f"fortsett {self.open_drafts().index(draft_id) + 1}"))
        self.did(1 - who, other.presses("Gå til siden", {"go_to": "measure"}))
        text = f"Tekst {next(self.texts)}"
        self.did(1 - who, other.presses("Lagre", {"goal": text}))
        assert text in self.did(who, self.owners[who].says("send inn"))
        assert self.filed() == filed
        shown = self.run(_together(*(owner.says("send inn") for owner in self.owners)))
        (case,) = [case for case in self.filed() if case not in filed]
        assert case.number in "".join(shown)
        assert text in self.reports()[-1]

    @rule(who=WHO, words=st.sampled_from(("fortsett", "kort", "skriv", "oppsummering", "mine saker")))
    def one_gives_a_command(self, who: int, words: str) -> None:
        before = {key: _given(answers) for key, answers in self.answers().items()}
        self.did(who, self.owners[who].says(words))
        after = {key: _given(answers) for key, answers in self.answers().items()}
        assert {key: after[key] for key in before} == before

    @rule(who=WHO)
    def files_a_report(self, who: int) -> None:
        before = len(self.filed())
        self.writes_a_report(who)
        self.did(who, self.owners[who].presses("Send inn", LAST, on=self.cards[who][-1]))
        assert len(self.filed()) == before + 1

    def writes_a_report(self, who: int) -> str:
        """All but the declaration, with the first priority that is free; gives the draft's id."""
        priority = str(len(self.filed()) + 1)
        self.did(who, self.owners[who].says("ny behovsmelding"))
        for page in PAGES:
            self.fills_in(who, page | {"priority_by_network": priority})
        return self.draft_of(self.cards[who][-1])

    def fills_in(self, who: int, page: dict[str, str]) -> None:
        for _ in range(3):
            standing = standing_in(self.cards[who][-1])
            if on_card := {field: text for field, text in page.items() if field in standing}:
                self.did(who, self.owners[who].presses("Neste", on_card, on=self.cards[who][-1]))

    @rule(who=WHO, which=WHICH, title=st.sampled_from(TO_CASES))
    def one_does_something_to_a_case(self, who: int, which: int, title: str) -> None:
        case = self.some_case(which)
        self.did(who, self.owners[who].says(case.number))
        self.press_if_there(self.owners[who], title)
        self.press_if_there(self.owners[who], "Ja, trekk saken")
        self.remember(who)

    @rule(which=WHICH)
    def secretariat_sends_a_case_back(self, which: int) -> None:
        case = self.some_case(which)
        self.run(self.staff.says(f"send tilbake {case.number}"))
        if not self.press_if_there(self.staff, "Neste", {"fields": "goal"}):
            return
        self.press_if_there(self.staff, "Neste", {"reason.goal": "Si mer."})
        self.press_if_there(self.staff, "Send tilbake", {"answer_by_on": "1. mars"})
        after = self.run(self.towns[1].store.read(lambda c: cases.get(c, case.number)))
        assert after is not None
        assert after.state is State.RETURNED

    @rule(which=WHICH)
    def case_is_withdrawn_and_sent_back_at_once(self, which: int) -> None:
        """Either comes first, and the other is done to what is there then."""
        case = self.some_case(which)
        self.run(self.owners[1].says(f"trekk {case.number}"))
        self.run(self.staff.says(f"send tilbake {case.number}"))
        self.press_if_there(self.staff, "Neste", {"fields": "goal"})
        self.press_if_there(self.staff, "Neste", {"reason.goal": "Si mer."})
        back = self.pressing(self.staff, "Send tilbake", {"answer_by_on": "1. mars"})
        away = self.pressing(self.owners[1], "Ja, trekk saken")
        if back is not None and away is not None:
            self.run(_together(back(), away()))

    # What must hold.

    @invariant()
    def cases_hold_together(self) -> None:
        found = self.filed()
        assert [case.number for case in found] == [f"2023-DEKOM-{n:03d}" for n in range(1, len(found) + 1)]
        store = self.towns[0].store
        assert self.run(store.read(views.check_counts)) == ()
        assert self.run(store.read(views.check_money)) == ()
        assert self.run(store.read(audit.verify)) == ()
        for case in found:
            self.every_step_is_there(case)
        drafts_filed = self.run(store.read(lambda c: c.execute(FILED).scalar_one()))
        assert drafts_filed == sum(case.submission for case in found)

    def every_step_is_there(self, case: Case) -> None:
        """The versions are as many as were filed, and the states that the audit tells lead to the one it is in."""
        store = self.towns[0].store
        entries = self.run(store.read(lambda c: audit.history(c, f"case:{case.number}")))
        versions = self.run(store.read(lambda c: cases.versions(c, case.number)))
        assert [version.submission for version in versions] == list(range(1, case.submission + 1))
        state = State.SUBMITTED
        for entry in entries:
            to = _state_after(entry.action, entry.detail or {}, state)
            assert to is state or to in NEXT[state], (case.number, entry.action, state)
            state = to
        assert state is case.state
        assert sum(entry.action == "submitted" for entry in entries) == case.submission

    def nothing_typed_is_lost(self, typed: dict[str, str], shown: str) -> None:
        kept = {text for answers in self.answers().values() for text in answers.values()}
        filed = "".join(self.reports())
        assert [t for t in typed.values() if t not in kept and t not in shown and t not in filed] == []

    def nothing_unseen_is_gone(self, who: int, focus: Focus | None, before: Answers) -> None:
        """By typing, one changes what one was asked, and takes away what one has had before one's eyes."""
        after = self.answers()
        gone = {
            (draft_id, field): text
            for draft_id, answers in before.items()
            for field, text in answers.items()
            if text and after[draft_id].get(field) != text
        }
        assert gone.keys() <= ({(focus.subject, focus.question)} if focus else set())
        assert {text for text in gone.values() if _TEXT.fullmatch(text)} <= self.seen[who]

    def nothing_is_written_over_unseen(self, card: Card, typed: dict[str, str], before: Answers) -> None:
        """Where the draft had something else than the card, what the draft had stays until it was shown."""
        draft_id = self.draft_of(card)
        standing, after = standing_in(card), self.answers().get(draft_id, {})
        for field in typed.keys() - clashing(card):
            had = before.get(draft_id, {}).get(field) or ""
            if had != (standing.get(field) or ""):
                assert after.get(field) == had, field

    # How it is done and seen.

    def press(
        self, who: int, which: int, button: str, fields: set[str]
    ) -> tuple[Card, dict[str, str], Doing] | None:
        if not self.cards[who]:
            return None
        card = self.cards[who][-1 - which % len(self.cards[who])]
        standing = standing_in(card)
        typed = {field: f"Tekst {next(self.texts)}" for field in FREE if field in fields & standing.keys()}
        doing = self.pressing(self.owners[who], button, typed, on=card)
        return (card, typed, doing) if doing is not None else None

    def pressing(
        self, talk: Talk, title: str, inputs: dict[str, str] | None = None, *, on: Card | None = None
    ) -> Doing | None:
        card = on or talk.card
        if card is None or title not in {button["title"] for button in buttons_on(card)}:
            return None
        return partial(talk.presses, title, inputs, on=card)

    def press_if_there(self, talk: Talk, title: str, inputs: dict[str, str] | None = None) -> bool:
        doing = self.pressing(talk, title, inputs)
        if doing is None:
            return False
        self.run(doing())
        return True

    def did(self, who: int, doing: Coroutine[Any, Any, str]) -> str:
        shown = self.run(doing)
        self.remember(who)
        return shown

    def focus(self, who: int) -> Focus | None:
        return self.run(self.towns[who].store.read(lambda c: drafts.focus(c, OWNERS[who])))

    def open_drafts(self) -> list[str]:
        """Those that can be gone on with, in the order of their list."""
        return self.run(self.towns[0].store.read(lambda c: list(c.execute(OPEN).scalars())))

    def remember(self, who: int) -> None:
        """What the person has before them now. Time goes on."""
        turn = self.owners[who].last
        told = "\n".join([*self.owners[who].texts, str(turn.happening if turn else "")])
        self.seen[who].update(_TEXT.findall(told))
        for town in self.towns:
            town.at += timedelta(seconds=1)
        card = self.owners[who].card
        if card is not None and {"Neste", "Gå til siden"} & {button["title"] for button in buttons_on(card)}:
            self.cards[who].append(card)

    def draft_of(self, card: Card) -> str:
        ids = {button["data"]["ci"] for button in buttons_on(card) if "data" in button}
        found = self.run(self.towns[0].store.read(lambda c: [card_rows.get(c, id_) for id_ in ids]))
        return next((row.subject for row in found if row is not None), "")

    def answers(self) -> Answers:
        read = self.towns[0].store.read(lambda c: c.execute(draft_table.select()).mappings().fetchall())
        return {row["id"]: dict(row["answers"]) for row in self.run(read)}

    def filed(self) -> list[Case]:
        found = self.run(self.towns[0].store.read(lambda c: views.cases(c, Visible(everything=True))))
        return sorted(found, key=lambda case: case.number)

    def some_case(self, which: int) -> Case:
        found = self.filed()
        return found[which % len(found)]

    def reports(self) -> list[str]:
        numbers = [case.number for case in self.filed()]
        read = self.towns[0].store.read(lambda c: [cases.versions(c, number) for number in numbers])
        return [version.report.decode() for versions in self.run(read) for version in versions]


_TEXT = re.compile(r"Tekst [0-9]+")
FILED = (
    select(func.count())
    .select_from(draft_table)
    .where(draft_table.c.state == DraftState.SUBMITTED, draft_table.c.purpose == Purpose.REPORT)
)
OPEN = (
    select(draft_table.c.id)
    .where(draft_table.c.state == DraftState.OPEN, draft_table.c.purpose == Purpose.REPORT)
    .order_by(draft_table.c.created_at, draft_table.c.id)
)


def is_asked(focus: Focus | None) -> bool:
    """Whether a question of a form is open, and what is typed is its answer."""
    return focus is not None and focus.question is not None and not focus.question.endswith("?")


def _state_after(action: str, detail: Mapping[str, Any], state: State) -> State:
    if action in ("moved", "withdrawn"):
        return State(detail["to"])
    if action in ("returned", "reopened"):
        return State.RETURNED
    return State.SUBMITTED if action == "submitted" else state


def _given(answers: dict[str, str | None]) -> dict[str, str]:
    """What was left empty, by not being asked or on purpose, counts as nothing."""
    return {field: text for field, text in answers.items() if text}


def _numbered(place: int) -> Callable[[], str]:
    """Ids of one process; the other's are others."""
    numbers = count(1)
    return lambda: f"id-{place}-{next(numbers)}"


async def _together(one: Coroutine[Any, Any, str], other: Coroutine[Any, Any, str]) -> tuple[str, str]:
    return await asyncio.gather(one, other)


@pytest.mark.parametrize("backend", BACKENDS)
def test_people_together(backend: str, request: pytest.FixtureRequest) -> None:
    template = request.getfixturevalue(f"{backend}_of_everybody")
    Together.new = partial(request.getfixturevalue(f"new_{backend}"), template)
    run_state_machine_as_test(
        Together,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
