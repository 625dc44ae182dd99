"""That the benchmarks yield figures. What the figures are is read, never asserted."""

from pathlib import Path

import pytest

from benchmarks import goals, report
from benchmarks.__main__ import PARTS
from benchmarks.alternate import Spread, alternate, ratio
from benchmarks.fanout import PACED
from benchmarks.field import Extent
from benchmarks.results import Results, begin
from benchmarks.turns import BAD_SIGNATURE, CARD_STEP, NO_HEADER, OUR_ECHO, TYPED_TURN
from tests.conftest import Postgres

SHORT = Extent(
    rounds=1,
    seconds=0.3,
    warm_up=0.05,
    connections=2,
    people_each=1,
    turns=4,
    cases=200,
    notices=200,
    reminders=60,
    is_alone=True,
)
NEVER = {"refused", "doubles", "lost"}


@pytest.mark.parametrize("part", PARTS)
async def test_every_part_yields_figures_without_the_peers(part: str, postgres: Postgres) -> None:
    """`postgres` is not used, but must be the first to start one in this process."""
    found = await PARTS[part](SHORT)
    assert found
    figures = [figure for rounds in found.values() for each in rounds for figure in each.items()]
    assert all(figure == 0 if name in NEVER else figure > 0 for name, figure in figures)
    if part == "plain":
        assert set(found) == {TYPED_TURN, CARD_STEP, NO_HEADER, BAD_SIGNATURE, OUR_ECHO}


async def test_variants_take_turns_forwards_and_backwards() -> None:
    seen = []

    async def measured(name: str) -> dict[str, float]:
        seen.append(name)
        return {"per_second": float(len(seen))}

    found = await alternate("a part", {"a": lambda: measured("a"), "b": lambda: measured("b")}, 2)
    assert seen == ["a", "b", "b", "a"]
    assert found == {"a": [{"per_second": 1}, {"per_second": 4}], "b": [{"per_second": 2}, {"per_second": 3}]}
    assert ratio(found, "b", "a", "per_second") == Spread(1.375, 0.75, 2)


def test_a_goal_without_its_peer_is_not_measured_and_one_that_falls_short_is_not_met() -> None:
    results = Results({"processor": "one"})
    turn = next(goal for goal in goals.GOALS if goal.name == "G1")
    assert (turn.found(results), turn.verdict(results)) == ("not measured", "–")
    results.add("plain", {TYPED_TURN: [{"per_second": 50}], "SDK echo": [{"per_second": 5}]}, "2023-01-16")
    assert (turn.found(results), turn.verdict(results)) == ("10.0 [10.0–10.0]×", "not met")


def test_of_what_must_never_happen_every_round_counts() -> None:
    results = Results({"processor": "one"})
    refused = next(goal for goal in goals.GOALS if goal.name == "G13" and goal.target == 0)
    results.add("paced", {PACED: [{"refused": 0}, {"refused": 0}, {"refused": 0}]}, "2023-01-16")
    assert (refused.found(results), refused.verdict(results)) == ("0 [0–0]", "met")
    results.add("paced", {PACED: [{"refused": 0}, {"refused": 0}, {"refused": 1}]}, "2023-01-16")
    assert (refused.found(results), refused.verdict(results)) == ("0 [0–1.00]", "not met")


def test_figures_of_another_machine_are_not_mixed_with_these(tmp_path: Path) -> None:
    file = tmp_path / "results" / "latest.json"
    first = Results({"processor": "one"})
    first.add("status", {"kept": [{"us": 1.23456}]}, "2023-01-16")
    first.write(file)
    assert begin({"processor": "one"}, file).part("status") == {"kept": [{"us": 1.2346}]}
    assert begin({"processor": "another"}, file).parts == {}


def test_the_document_has_a_place_for_the_figures() -> None:
    text = report.DOCUMENT.read_text(encoding="utf-8")
    assert text.index(report.BEGIN) < text.index(report.END)
