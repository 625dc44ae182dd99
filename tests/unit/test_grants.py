"""Which owner and university are a partnership, and what the year asks of them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Precision, first_year, planned_year
from domain.grants import (
    Asked,
    Partnership,
    Subject,
    asked,
    case_named,
    counted_once,
    partnerships,
    read_subject,
    without_university,
)
from domain.register import Directory, Organisation, OrganisationKind
from domain.roster import PriorGrant

KINDS = {
    "1804": OrganisationKind.MUNICIPALITY,
    "1841": OrganisationKind.MUNICIPALITY,
    "nord": OrganisationKind.HIGHER_ED_INSTITUTION,
    "uit": OrganisationKind.HIGHER_ED_INSTITUTION,
}
DIRECTORY = Directory({key: Organisation(key, kind, key) for key, kind in KINDS.items()})


def a_grant(recipient: str, nok: int, reference: str = "Brev 1", **changes: object) -> PriorGrant:
    grant = PriorGrant(reference, 2022, recipient, "1804", "regional", "Språk", nok)
    return replace(grant, **changes)  # type: ignore[arg-type]


def a_partnership(university: str, owner_nok: int, uh_nok: int, reference: str = "Brev 1") -> Partnership:
    return Partnership(reference, "1804", university, "regional", "Språk", 2022, owner_nok, uh_nok)


def test_owner_and_each_university_of_a_decision_are_a_partnership() -> None:
    grants = [a_grant("1804", 300), a_grant("uit", 20), a_grant("nord", 400), a_grant("1841", 7)]
    found = partnerships(grants, DIRECTORY, {})
    assert found == (a_partnership("nord", 307, 400), a_partnership("uit", 307, 20))


def test_where_no_university_was_granted_anything_those_of_the_case_are_asked() -> None:
    reference = "2022-rekom-7"
    grants = [a_grant("1804", 300, reference)]
    partners = {"2022-REKOM-007": ("uit", "nord")}
    assert partnerships(grants, DIRECTORY, partners) == (
        a_partnership("nord", 300, 0, reference),
        a_partnership("uit", 300, 0, reference),
    )
    assert partnerships(grants, DIRECTORY, {}) == ()


def test_who_was_set_to_nothing_holds_no_grant() -> None:
    """So a recipient that was wrong is taken away, and the right one has a row of its own."""
    corrected = [a_grant("1804", 300), a_grant("nord", 0), a_grant("uit", 400)]
    assert partnerships(corrected, DIRECTORY, {}) == (a_partnership("uit", 300, 400),)
    taken_away = [a_grant("1804", 0), a_grant("nord", 0)]
    assert partnerships(taken_away, DIRECTORY, {}) == ()
    assert without_university(taken_away, DIRECTORY, {}) == ()


def test_a_university_of_the_case_that_was_set_to_nothing_is_not_asked() -> None:
    reference = "2022-REKOM-007"
    grants = [a_grant("1804", 300, reference), a_grant("nord", 0, reference)]
    found = partnerships(grants, DIRECTORY, {reference: ("nord", "uit")})
    assert found == (a_partnership("uit", 300, 0, reference),)


def test_one_decision_for_two_owners_is_two() -> None:
    grants = [a_grant("1804", 1), a_grant("nord", 2), a_grant("uit", 3, lead_owner="1841")]
    found = partnerships(grants, DIRECTORY, {})
    assert [(each.owner, each.university, each.owner_nok) for each in found] == [
        ("1804", "nord", 1),
        ("1841", "uit", 0),
    ]


def test_grants_of_which_no_university_is_known_are_told() -> None:
    alone, shared = a_grant("1804", 300), [a_grant("1804", 1, "Brev 2"), a_grant("nord", 2, "Brev 2")]
    assert without_university([alone, *shared], DIRECTORY, {}) == (alone,)


@pytest.mark.parametrize(
    ("reference", "number"),
    [("2022-REKOM-014", "2022-REKOM-014"), ("2022-rekom-14", "2022-REKOM-014"), ("Brev 2022/14", None)],
)
def test_a_decision_may_name_a_case(reference: str, number: str | None) -> None:
    assert case_named(reference) == number


@pytest.mark.parametrize("reference", ["Brev 2022/14", "a:b:c", "", "2022-REKOM-014"])
def test_subject_is_read_back(reference: str) -> None:
    subject = Subject("half_year", reference, "1804", "nord", "2023-2")
    assert read_subject(str(subject)) == subject
    assert (subject.year, subject.grant_year) == (2023, 2022)


@pytest.mark.parametrize("text", [None, "", "2023-DEKOM-001", "case:2023-DEKOM-001", "half_year:a:b:c"])
def test_what_is_no_subject_is_none(text: str | None) -> None:
    assert read_subject(text) is None


def test_the_season_asks_until_its_end_and_a_fixed_day_is_the_last() -> None:
    event = first_year("nordland").event("half_year_report")
    assert event is not None
    opens = date(2023, 9, 1)
    assert asked(event) == Asked("half_year_report", "2023-2", opens, date(2023, 11, 30))
    fixed = replace(event, precision=Precision.DAY, first=date(2023, 10, 20), last=None)
    assert asked(fixed, event) == Asked("half_year_report", "2023-2", opens, date(2023, 10, 20))


def test_a_later_year_asks_about_the_year_before_it() -> None:
    event = planned_year("nordland", 2025).year.event("half_year_report")
    assert event is not None
    found = asked(event)
    assert found is not None
    assert (found.period, found.grant_year, found.due_on) == ("2025-2", 2024, date(2025, 11, 30))
    assert str(found.of(a_partnership("nord", 1, 2))) == "half_year:Brev 1:1804:nord:2025-2"


def test_an_event_without_a_time_asks_for_nothing() -> None:
    event = first_year("nordland").event("region_lofoten")
    assert event is not None
    assert asked(event) is None


@pytest.mark.parametrize(
    ("reported", "counted"),
    [
        # both report all of the owner's money: it is there once, and nothing of their own must be left
        ([(500, 100, 500), (500, 100, 500)], (500, 100)),
        # what goes beyond a university's own grant is the owner's
        ([(500, 100, 300), (500, 100, 250)], (300, 50)),
        # nothing must be the owner's: each has its own left
        ([(150, 100, 80), (150, 250, 250)], (80, 250)),
        ([(150, 100, 0), (150, 250, 400)], (150, 250)),
        # what was reported before the grant was made smaller counts as it was reported
        ([(150, 100, 900), (150, 250, 900)], (900, 750)),
        ([(50, 50, 250)], (250,)),
        ([(300, 0, 200), (300, 0, 120)], (200, 0)),
        ([(500, 600, 250)], (250,)),
        ([], ()),
    ],
)
def test_the_owners_money_counts_once_however_many_universities_report_on_it(
    reported: list[tuple[int, int, int]], counted: tuple[int, ...]
) -> None:
    found = counted_once(
        [
            (a_partnership(f"uh-{place}", owner_nok, uh_nok), nok)
            for place, (owner_nok, uh_nok, nok) in enumerate(reported)
        ]
    )
    assert found == counted


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 2000)), min_size=1, max_size=4),
)
def test_of_reports_within_their_grants_no_more_counts_than_was_granted_and_no_less_than_the_most_of_one(
    owner_nok: int, of_universities: list[tuple[int, int]]
) -> None:
    reported = [
        (a_partnership(f"uh-{place}", owner_nok, uh_nok), min(nok, owner_nok + uh_nok))
        for place, (uh_nok, nok) in enumerate(of_universities)
    ]
    total = sum(counted_once(reported))
    assert max(nok for _, nok in reported) <= total
    assert total <= min(
        sum(nok for _, nok in reported), owner_nok + sum(uh_nok for uh_nok, _ in of_universities)
    )


def test_decisions_and_owners_are_counted_each_by_itself() -> None:
    one, other = a_partnership("nord", 500, 0), a_partnership("nord", 500, 0, "Brev 2")
    third = replace(one, owner="1841")
    assert counted_once([(one, 400), (other, 400), (third, 400)]) == (400, 400, 400)
