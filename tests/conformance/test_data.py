"""Every forum's data is complete and does not contradict itself. A new region, rule or county must pass here."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import combinations, pairwise

import pytest

from domain.cases import CaseNumber, read_case_number
from domain.criteria import QUESTIONS
from domain.data import Certainty, Evidence, Names, forum_keys
from domain.deck import deck
from domain.demo import demo_register
from domain.forum import Forum, load_forum
from domain.rounds import planned_rounds, round_rules
from domain.schemes import SchemeSet, scheme_set, scheme_sets

FORUMS = [load_forum(key) for key in forum_keys()]
SETS = [one for key in forum_keys() for one in scheme_sets(key)]
DAYS = [date(year, month, 1) for year in range(2018, 2031) for month in (1, 2, 9, 12)]

every_forum = pytest.mark.parametrize("forum", FORUMS, ids=lambda forum: forum.key)
every_set = pytest.mark.parametrize("one", SETS, ids=lambda one: one.key)


def _values(value: object) -> Iterator[object]:
    """The value and everything in it."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _values(part)


def _everything() -> Iterator[object]:
    yield from _values(FORUMS)
    yield from _values(SETS)
    for key in forum_keys():
        yield from _values(deck(key))
        yield from _values(round_rules(key))


def test_nordland_has_41_municipalities_in_seven_regions() -> None:
    forum = load_forum("nordland")
    counts = {
        region.key: len(forum.municipalities_of(region.key, date(2023, 2, 1))) for region in forum.regions
    }
    assert counts == {
        "SH": 5,
        "YH": 5,
        "IH": 7,
        "SALTEN": 10,
        "OFOTEN": 2,
        "VESTERALEN": 6,
        "LOFOTEN": 6,
    }
    assert len({municipality.number for municipality in forum.municipalities}) == 41


@every_forum
def test_every_municipality_is_in_one_region_on_every_day(forum: Forum) -> None:
    for day in DAYS:
        held = [m.municipality for _, m in forum.memberships() if m.holds(day)]
        assert sorted(held) == sorted(municipality.number for municipality in forum.municipalities)


@every_forum
def test_no_two_memberships_of_a_municipality_overlap(forum: Forum) -> None:
    rows = [membership for _, membership in forum.memberships()]
    assert [a for a, b in combinations(rows, 2) if a.municipality == b.municipality and a.overlaps(b)] == []


@every_forum
def test_every_region_is_complete(forum: Forum) -> None:
    for region in forum.regions:
        assert region.network.name.nb
        assert forum.municipalities_of(region.key, DAYS[-1])
        members = {membership.municipality for membership in region.members}
        assert [office for office in region.offices if not set(office.members) <= members] == []


@every_forum
def test_keys_of_a_forum_are_unique(forum: Forum) -> None:
    for keys in (
        [region.key for region in forum.regions],
        [organisation.id for organisation in forum.organisations()],
        [body.key for body in forum.bodies],
        [office.key for office in forum.offices],
        *([seat.key for seat in body.seats] for body in forum.bodies),
    ):
        assert len(keys) == len(set(keys))


@every_forum
def test_one_body_is_the_forum(forum: Forum) -> None:
    assert [body.key for body in forum.bodies if body.kind == "forum"] == ["forum"]


@every_forum
def test_organisation_ids_can_be_part_of_input_ids(forum: Forum) -> None:
    """`budget_uh.<org>.2024`: lower-case letters, digits and hyphens."""
    ids = [o.id for o in (*forum.organisations(), *demo_register(forum).organisations)]
    assert [id_ for id_ in ids if not id_.replace("-", "").isalnum() or id_ != id_.lower()] == []
    assert [id_ for id_ in ids if not id_.isascii()] == []


def test_every_name_is_there_in_every_language() -> None:
    names = [value for value in _everything() if isinstance(value, Names)]
    assert [name for name in names if not all(text.strip() for text in (name.nb, name.nn, name.en))] == []
    assert len(names) > 50


def test_everything_with_a_source_names_it() -> None:
    sources = [value.source for value in _everything() if hasattr(value, "source")]
    assert [source for source in sources if len(source) < 10 or source != source.strip()] == []
    assert len(sources) > 100


def test_what_is_inferred_of_a_body_or_region_is_not_called_official() -> None:
    sure = [
        value
        for value in _values([body for forum in FORUMS for body in forum.bodies])
        if getattr(value, "evidence", None) is Evidence.INFERRED
        and getattr(value, "certainty", None) is Certainty.HIGH
    ]
    assert sure == []


@every_forum
def test_scheme_sets_follow_on_without_gap_or_overlap(forum: Forum) -> None:
    sets = scheme_sets(forum.key)
    gaps = [
        (earlier.key, later.key)
        for earlier, later in pairwise(sets)
        if earlier.valid_to is None or (later.valid_from - earlier.valid_to).days != 1
    ]
    assert gaps == []
    assert sets[-1].valid_to is None


@every_set
def test_keys_of_a_scheme_set_are_unique(one: SchemeSet) -> None:
    for keys in (
        [scheme.key for scheme in one.schemes],
        [scheme.short for scheme in one.schemes],
        [criterion.key for criterion in one.criteria],
        [consideration.key for consideration in one.considerations],
        one.unconfirmed,
    ):
        assert len(keys) == len(set(keys))


@every_set
def test_short_names_can_stand_in_case_numbers(one: SchemeSet) -> None:
    for scheme in one.schemes:
        number = CaseNumber(2023, scheme.short, 14)
        assert read_case_number(str(number)) == number


def test_a_short_name_belongs_to_one_scheme_for_ever() -> None:
    keys = {(scheme.short, scheme.key) for one in SETS for scheme in one.schemes}
    assert len({short for short, _ in keys}) == len(keys) == len({key for _, key in keys})


@every_set
def test_every_criterion_has_questions(one: SchemeSet) -> None:
    assert [criterion.key for criterion in one.criteria if criterion.key not in QUESTIONS] == []


@every_set
def test_individual_track_is_of_one_of_the_schemes(one: SchemeSet) -> None:
    if track := one.individual_track:
        assert track.scheme in {scheme.key for scheme in one.schemes}
        for keys in ([use.key for use in track.uses], [key.key for key in track.ranking]):
            assert len(keys) == len(set(keys))


@every_forum
def test_every_round_has_rules(forum: Forum) -> None:
    for year in range(round_rules(forum.key)[0].from_year, 2041):
        found = planned_rounds(forum.key).of(year)
        assert found.opens_on < found.deadline_on
        assert scheme_set(forum.key, found.deadline_on).schemes


@every_forum
def test_rounds_under_unconfirmed_rules_are_unconfirmed(forum: Forum) -> None:
    """The deadlines are among what 2026 has not settled."""
    for year in range(round_rules(forum.key)[0].from_year, 2041):
        found = planned_rounds(forum.key).of(year)
        is_unsettled = "deadlines" in scheme_set(forum.key, found.deadline_on).unconfirmed
        assert (found.certainty is Certainty.UNCONFIRMED) is is_unsettled


@every_forum
def test_slides_speak_of_schemes_that_there_are(forum: Forum) -> None:
    known = {scheme.key for one in scheme_sets(forum.key) for scheme in one.schemes}
    assert {figure.scheme for figure in deck(forum.key).figures if figure.scheme} <= known
