"""What a slip in the data files says. The files are copied, bent, and read again."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain import data
from domain.data import BadData, forum_keys
from domain.deck import deck
from domain.demo import demo_register
from domain.forum import load_forum
from domain.rounds import round_rules
from domain.schemes import scheme_sets

CACHED = (forum_keys, load_forum, round_rules, scheme_sets, deck)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copy = tmp_path / "data"
    shutil.copytree(Path(data.__file__).parent, copy)
    monkeypatch.setattr(data, "_FOLDER", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    for function in CACHED:
        function.cache_clear()


def _bend(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_unknown_key_is_named_with_its_place(files: Path) -> None:
    _bend(files / "nordland/regions.toml", 'key = "SH"', 'key = "SH"\ncolour = "blue"')
    with pytest.raises(BadData) as error:
        load_forum("nordland")
    assert str(error.value) == (
        "nordland/forum.toml, nordland/regions.toml, nordland/municipalities.toml: "
        "regions.0.colour: Unexpected keyword argument"
    )


def test_missing_language_is_named(files: Path) -> None:
    _bend(files / "schemes/nordland-2026.toml", 'nn = "Kollektiv', 'se = "Kollektiv')
    with pytest.raises(BadData) as error:
        scheme_sets("nordland")
    assert str(error.value) == (
        "schemes/nordland-2026.toml: schemes.0.name.nn: Field required; "
        "schemes.0.name.se: Unexpected keyword argument"
    )


def test_file_that_is_not_toml_is_named(files: Path) -> None:
    (files / "nordland/rounds.toml").write_text("rules = [", encoding="utf-8")
    with pytest.raises(BadData, match=r"^nordland/rounds\.toml: Invalid value"):
        round_rules("nordland")


def test_missing_file_is_named(files: Path) -> None:
    (files / "nordland/deck.toml").unlink()
    with pytest.raises(BadData, match=r"^nordland/deck\.toml: "):
        deck("nordland")


def test_municipality_in_two_regions_at_once_is_refused(files: Path) -> None:
    _bend(files / "nordland/regions.toml", 'municipality = "1811"', 'municipality = "1860"')
    with pytest.raises(BadData) as error:
        load_forum("nordland")
    assert str(error.value) == "nordland: municipality 1860 is in SH and LOFOTEN at once"


def test_municipality_that_moves_is_in_one_region_at_a_time(files: Path) -> None:
    """As Træna would, had the networks followed the regional council on 1 December 2023."""
    path = files / "nordland/regions.toml"
    _bend(path, 'municipality = "1835"', 'valid_to = 2023-11-30\nmunicipality = "1835"')
    _bend(
        path,
        '[[regions.members]]\nmunicipality = "1824"',
        '[[regions.members]]\nmunicipality = "1835"\nvalid_from = 2023-12-01\ncertainty = "low"\n'
        'evidence = "inferred"\nsource = "test"\n\n[[regions.members]]\nmunicipality = "1824"',
    )
    forum = load_forum("nordland")
    regions = [forum.region_of("1835", day) for day in (date(2023, 11, 30), date(2023, 12, 1))]
    assert regions == [forum.region("YH"), forum.region("IH")]


def test_unlisted_municipality_is_refused(files: Path) -> None:
    _bend(files / "nordland/municipalities.toml", '{ number = "1811", name = "Bindal" },', "")
    with pytest.raises(BadData) as error:
        load_forum("nordland")
    assert str(error.value) == "nordland: region SH has a municipality 1811 that is not listed"


def test_municipality_of_another_county_is_refused(files: Path) -> None:
    _bend(files / "nordland/municipalities.toml", '"1811"', '"5501"')
    _bend(files / "nordland/regions.toml", '"1811"', '"5501"')
    with pytest.raises(BadData) as error:
        load_forum("nordland")
    assert str(error.value) == "nordland: municipality 5501 is not of the county"


def test_scheme_sets_that_overlap_are_refused(files: Path) -> None:
    _bend(files / "schemes/nordland-2026.toml", "valid_from = 2026-01-01", "valid_from = 2025-12-31")
    with pytest.raises(BadData) as error:
        scheme_sets("nordland")
    assert str(error.value) == "schemes: nordland-2021-2025 and nordland-2026 hold at the same time"


def test_own_contribution_without_a_sensible_rate_is_refused(files: Path) -> None:
    _bend(files / "schemes/nordland-2021-2025.toml", 'rate = "3/10"', 'rate = "30"')
    with pytest.raises(BadData, match=r"schemes\.1\.own_contribution\.rate: Input should be less than 1"):
        scheme_sets("nordland")


def test_year_without_a_round_rule_is_refused(files: Path) -> None:
    _bend(files / "nordland/rounds.toml", "from_year = 2026", "from_year = 2027")
    with pytest.raises(BadData) as error:
        round_rules("nordland")
    assert str(error.value) == "nordland/rounds.toml: the rule from 2027 does not follow on"


def test_figure_that_is_there_twice_is_refused(files: Path) -> None:
    path = files / "nordland/deck.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[figures]]") :].split("\n\n")[0], encoding="utf-8")
    with pytest.raises(BadData, match=r"^nordland/deck\.toml: there twice: "):
        deck("nordland")


def test_demo_role_for_nobody_is_refused(files: Path) -> None:
    path = files / "nordland/demo.toml"
    _bend(path, 'organisation = "1841"', 'organisation = "nowhere"')
    _bend(path, 'body = "forum"', 'body = "nobody"')
    with pytest.raises(BadData) as error:
        demo_register(load_forum("nordland"))
    assert str(error.value) == (
        "nordland/demo.toml: eier-fauske: no organisation nowhere; medlem-forum: no body nobody"
    )


def test_second_county_is_a_folder(files: Path) -> None:
    """A county is added by its files alone; its rules are in `schemes/` under its own key."""
    shutil.copytree(files / "nordland", files / "nabofylket")
    _bend(files / "nabofylket/forum.toml", 'key = "nordland"', 'key = "nabofylket"')
    _forget()
    assert forum_keys() == ("nabofylket", "nordland")
    assert load_forum("nabofylket").key == "nabofylket"
    assert scheme_sets("nabofylket") == ()
