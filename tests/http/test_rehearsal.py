"""A whole year with the real bot against the stand-in, on a clock that is moved."""

from pathlib import Path

import pytest

from domain.demo import DemoRegister, demo_register
from domain.forum import load_forum
from play.rehearsal.people import few
from play.rehearsal.verdict import faults
from play.rehearsal.year import play_year


@pytest.fixture(scope="module")
def people() -> DemoRegister:
    """One owner in each region, and everybody else."""
    return few(demo_register(load_forum("nordland")), 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_wrong_in_a_year_with_people_and_troubles(
    tmp_path: Path, people: DemoRegister, seed: int
) -> None:
    played = await play_year(tmp_path, people, 2023, seed)
    assert faults(played) == ()
    assert (played.restarts, len(played.deaths)) == (16, 8)
