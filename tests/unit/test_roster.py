"""The register as rows: what is read, what is refused and where, and what would change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from domain.access import RoleKind
from domain.forum import load_forum
from domain.register import Organisation, OrganisationKind, Person
from domain.roster import (
    Change,
    HeldRole,
    NetworkMember,
    PriorGrant,
    Roster,
    Unit,
    UnitKind,
    What,
    changes,
    is_org_number,
)
from domain.roster_rows import Fault, Row, Rows, known, read_rows

ON = date(2023, 1, 16)
KNOWN = known(load_forum("nordland"), ("nb", "nn", "en"))
BODO = Organisation("1804", OrganisationKind.MUNICIPALITY, "Bodø kommune", "1804")
NORD = Organisation("nord", OrganisationKind.HIGHER_ED_INSTITUTION, "Nord universitet")
OWNER = Person("eier-bodo", "Eier i Bodø", "nn", "bodo@example.org", "00 00 00 01", is_example=True)
CONTACT = HeldRole(OWNER.id, RoleKind.OWNER_CONTACT, "1804", None, date(2022, 1, 1), number=1)
TO_COME = HeldRole(OWNER.id, RoleKind.UNIVERSITY_CONTACT, "nord", None, date(2023, 8, 1), number=2)
BEFORE = Roster(organisations=(BODO, NORD), people=(OWNER,), roles=(CONTACT, TO_COME))

PRIVATE = {"id": "eksempel", "kind": "kindergarten_owner", "name": "Eksempel", "municipality_number": "1804"}
PERSON = {"id": "eier-ny", "name": "Ny eier"}
ROLE = {"person": "eier-bodo", "kind": "owner_contact", "organisation": "1804", "valid_from": "2022-01-01"}
MEMBER = {"network": "SALTEN", "organisation": "1804"}
UNIT = {"id": "skole-a", "organisation": "1804", "kind": "school", "name": "Skole A"}
GRANT = {
    "reference": "2021/17",
    "year": "2022",
    "recipient": "nord",
    "lead_owner": "1804",
    "scheme": "regional",
    "title": "Språk",
    "nok": "150 000",
}


def rows(**sheets: Mapping[str, str] | list[Mapping[str, str]]) -> Rows:
    """Rows from number 2 on, as under a header."""
    listed = {name: given if isinstance(given, list) else [given] for name, given in sheets.items()}
    return {
        name: [Row(number, cells) for number, cells in enumerate(given, 2)] for name, given in listed.items()
    }


def read(given: Rows, before: Roster = BEFORE) -> Roster:
    read = read_rows(given, before, KNOWN, ON)
    assert isinstance(read, Roster), read
    return read


def faults(given: Rows, before: Roster = BEFORE) -> list[tuple[str, int, str, str]]:
    found = read_rows(given, before, KNOWN, ON)
    assert not isinstance(found, Roster)
    return [(fault.sheet, fault.row, fault.column, fault.key.rpartition(".")[2]) for fault in found]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("123456785", True),  # 1*3+2*2+3*7+4*6+5*5+6*4+7*3+8*2 = 138 = 12*11+6, and 11-6 is 5
        ("000000000", True),  # the sum is 0; no check digit is needed
        ("123456786", False),
        ("100000008", True),
        ("000000050", False),  # a rest of 1 would need the digit 10
        ("12345678", False),
        ("1234567851", False),
        ("12345678a", False),
        ("", False),
    ],
)
def test_organisation_number_has_its_check_digit(text: str, is_one: bool) -> None:
    assert is_org_number(text) is is_one


def test_no_change_of_one_digit_goes_unseen() -> None:
    right = "123456785"
    others = {right[:n] + digit + right[n + 1 :] for n in range(9) for digit in "0123456789"} - {right}
    assert [other for other in others if is_org_number(other)] == []


def test_rows_become_values() -> None:
    after = read(
        rows(
            organisations=PRIVATE
            | {"org_number": "123 456 785", "followup_from": "1.8.2022", "followup_to": "31.07.2025"}
            | {"valid_from": "1. januar 2020", "valid_to": "", "is_example": "yes"},
            units=UNIT,
            people=PERSON | {"email": "ny@example.org", "phone": "+47 00 00 00 02", "language": "nn"},
            roles={"person": "eier-ny", "kind": "owner_contact", "organisation": "eksempel"},
            networks=MEMBER | {"valid_from": "2018-01-01"},
            grants=GRANT | {"decided_on": "15/8-21"},
        )
    )
    assert after == Roster(
        (
            BODO,
            NORD,
            Organisation(
                "eksempel",
                OrganisationKind.KINDERGARTEN_OWNER,
                "Eksempel",
                "1804",
                "123456785",
                True,
                valid_from=date(2020, 1, 1),
                followup_from=date(2022, 8, 1),
                followup_to=date(2025, 7, 31),
            ),
        ),
        (Unit("skole-a", "1804", UnitKind.SCHOOL, "Skole A"),),
        (OWNER, Person("eier-ny", "Ny eier", "nn", "ny@example.org", "+47 00 00 00 02")),
        (CONTACT, TO_COME, HeldRole("eier-ny", RoleKind.OWNER_CONTACT, "eksempel")),
        (NetworkMember("SALTEN", "1804", date(2018, 1, 1)),),
        (PriorGrant("2021/17", 2022, "nord", "1804", "regional", "Språk", 150_000, date(2021, 8, 15)),),
    )


def test_what_the_file_leaves_out_stays() -> None:
    assert read({}) == BEFORE
    assert changes(BEFORE, read(rows(people=PERSON))) == (
        Change("people", What.ADDED, Person("eier-ny", "Ny eier", None)),
    )


def test_empty_cell_empties_and_a_column_that_is_not_there_does_not() -> None:
    after = read(rows(people={"id": "eier-bodo", "email": "", "language": ""}))
    assert after.people == (replace(OWNER, email=None),)
    assert changes(BEFORE, after) == (
        Change(
            "people",
            What.CHANGED,
            replace(OWNER, email=None),
            OWNER,
            (("email", "bodo@example.org", None),),
        ),
    )


def test_role_ends_by_its_last_day() -> None:
    ended = replace(CONTACT, valid_to=date(2023, 6, 30))
    after = read(rows(roles=ROLE | {"valid_to": "30.6.2023"}))
    assert changes(BEFORE, after) == (
        Change("roles", What.ENDED, ended, CONTACT, (("valid_to", None, date(2023, 6, 30)),)),
    )


def test_role_that_has_not_begun_may_begin_on_another_day() -> None:
    row = {"person": "eier-bodo", "kind": "university_contact", "organisation": "nord"}
    (change,) = changes(BEFORE, read(rows(roles=row | {"valid_from": "2023-09-01"})))
    assert (change.what, change.was) == (What.CHANGED, TO_COME)
    assert change.fields == (("valid_from", date(2023, 8, 1), date(2023, 9, 1)),)
    assert isinstance(change.record, HeldRole)
    assert change.record.number == TO_COME.number


def test_earlier_period_does_not_take_the_place_of_one_to_come() -> None:
    row = {"person": "eier-bodo", "kind": "university_contact", "organisation": "nord"}
    earlier = row | {"valid_from": "2022-01-01", "valid_to": "2022-12-31"}
    for order in ([earlier], [earlier, row | {"valid_from": "2023-08-01"}]):
        (change,) = changes(BEFORE, read(rows(roles=list(order))))
        assert change.what is What.ADDED


def test_reference_within_the_file_is_known_even_where_its_row_is_wrong() -> None:
    wrong = rows(
        people=PERSON | {"email": "nobody"},
        roles={"person": "eier-ny", "kind": "owner_contact", "organisation": "1804"},
    )
    assert faults(wrong) == [("people", 2, "email", "email")]


ENDED = replace(BEFORE, roles=(replace(CONTACT, valid_to=date(2022, 12, 31)),))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (rows(organisations=PRIVATE | {"id": "Ny Eier"}), ("organisations", 2, "id", "id")),
        (rows(people=PERSON | {"id": "operator"}), ("people", 2, "id", "reserved")),
        (rows(people=[PERSON, PERSON]), ("people", 3, "id", "double")),
        (rows(people={"id": "eier-ny"}), ("people", 2, "name", "missing")),
        (rows(people=PERSON | {"id": ""}), ("people", 2, "id", "missing")),
        (rows(people=PERSON | {"name": "x" * 201}), ("people", 2, "name", "too_long")),
        (rows(people=PERSON | {"name": "Kari 01901000081"}), ("people", 2, "name", "identity_number")),
        (rows(people=PERSON | {"email": "ny@"}), ("people", 2, "email", "email")),
        (rows(people=PERSON | {"phone": "1234"}), ("people", 2, "phone", "phone")),
        (rows(people=PERSON | {"language": "klingon"}), ("people", 2, "language", "option")),
        (rows(people=PERSON | {"is_example": "kanskje"}), ("people", 2, "is_example", "option")),
        (rows(organisations=PRIVATE | {"kind": "bank"}), ("organisations", 2, "kind", "option")),
        (
            rows(organisations=PRIVATE | {"org_number": "123456786"}),
            ("organisations", 2, "org_number", "org_number"),
        ),
        (
            rows(organisations=[PRIVATE | {"id": each, "org_number": "123456785"} for each in ("a", "b")]),
            ("organisations", 2, "org_number", "number_taken"),
        ),
        (
            rows(organisations=PRIVATE | {"municipality_number": ""}),
            ("organisations", 2, "municipality_number", "where_it_lies"),
        ),
        (
            rows(organisations=PRIVATE | {"municipality_number": "9999"}),
            ("organisations", 2, "municipality_number", "no_municipality"),
        ),
        (
            rows(organisations={"id": "1804", "municipality_number": "1841"}),
            ("organisations", 2, "municipality_number", "municipality_is_its_id"),
        ),
        (
            rows(organisations={"id": "nord", "kind": "county_governor"}),
            ("organisations", 2, "kind", "kind_stays"),
        ),
        (
            rows(organisations=PRIVATE | {"valid_from": "1.2"}),
            ("organisations", 2, "valid_from", "year_missing"),
        ),
        (
            rows(organisations=PRIVATE | {"valid_from": "31.2.2023"}),
            ("organisations", 2, "valid_from", "no_such_day"),
        ),
        (
            rows(organisations=PRIVATE | {"followup_from": "2.2.2023", "followup_to": "1.2.2023"}),
            ("organisations", 2, "followup_to", "ends_before_it_begins"),
        ),
        (rows(units=UNIT | {"organisation": "ingen"}), ("units", 2, "organisation", "no_organisation")),
        (rows(units=UNIT | {"kind": "bank"}), ("units", 2, "kind", "option")),
        (rows(roles=ROLE | {"person": "ingen"}), ("roles", 2, "person", "no_person")),
        (rows(roles=ROLE | {"organisation": "ingen"}), ("roles", 2, "organisation", "no_organisation")),
        (rows(roles=ROLE | {"organisation": ""}), ("roles", 2, "organisation", "organisation_missing")),
        (rows(roles=ROLE | {"organisation": "nord"}), ("roles", 2, "organisation", "wrong_kind")),
        (rows(roles=ROLE | {"body": "forum"}), ("roles", 2, "body", "not_wanted")),
        (rows(roles={"person": "eier-bodo", "kind": "seat"}), ("roles", 2, "body", "body_missing")),
        (rows(roles={"person": "eier-bodo", "kind": "seat", "body": "x"}), ("roles", 2, "body", "option")),
        (
            rows(roles={"person": "eier-bodo", "kind": "secretariat", "organisation": "1804"}),
            ("roles", 2, "organisation", "not_wanted"),
        ),
        (rows(roles=ROLE | {"valid_from": "2022-02-01"}), ("roles", 2, "valid_from", "overlaps")),
        (rows(roles=ROLE | {"valid_to": "2023-01-15"}), ("roles", 2, "valid_to", "ends_in_the_past")),
        (rows(roles=[ROLE, ROLE]), ("roles", 3, "person", "double")),
        (rows(networks=MEMBER | {"network": "OSLO"}), ("networks", 2, "network", "option")),
        (
            rows(networks=[MEMBER, MEMBER | {"valid_from": "2023-01-01"}]),
            ("networks", 2, "valid_from", "overlaps"),
        ),
        (rows(grants=GRANT | {"nok": "1,5"}), ("grants", 2, "nok", "ambiguous_amount")),
        (rows(grants=GRANT | {"year": "22"}), ("grants", 2, "year", "year_out_of_range")),
        (rows(grants=GRANT | {"recipient": "ingen"}), ("grants", 2, "recipient", "no_organisation")),
        (rows(grants=GRANT | {"scheme": "x"}), ("grants", 2, "scheme", "option")),
    ],
)
def test_fault_is_named_where_it_stands(given: Rows, expected: tuple[str, int, str, str]) -> None:
    assert faults(given)[0] == expected


def test_role_that_has_ended_is_not_taken_up_again() -> None:
    """A new period is a new row: what was done meanwhile was not done in the role."""
    assert faults(rows(roles=ROLE | {"valid_to": ""}), ENDED) == [("roles", 2, "valid_to", "has_ended")]
    again = read(rows(roles=ROLE | {"valid_from": "2023-01-16"}), ENDED)
    assert [change.what for change in changes(ENDED, again)] == [What.ADDED]


def test_role_may_end_today() -> None:
    assert changes(BEFORE, read(rows(roles=ROLE | {"valid_to": "2023-01-16"})))[0].what is What.ENDED


def test_every_fault_of_a_file_is_told_in_order() -> None:
    bad = rows(
        people=[PERSON, {"id": "x"}, PERSON | {"id": "y", "email": "?", "phone": "?"}],
        roles=ROLE | {"body": "forum"},
    )
    assert [(sheet, row) for sheet, row, _, _ in faults(bad)] == [
        ("people", 3),
        ("people", 4),
        ("people", 4),
        ("roles", 2),
    ]


def test_a_grant_without_a_lead_owner_is_its_recipients() -> None:
    del (given := dict(GRANT))["lead_owner"]
    assert read(rows(grants=given | {"recipient": "1804"})).grants[0].lead_owner == "1804"


def test_invisible_characters_are_left_out() -> None:
    assert read(rows(people=PERSON | {"name": "Ny\u200b\u202e \n eier"})).people[1].name == "Ny eier"


def test_a_fault_tells_its_details() -> None:
    found = read_rows(rows(people=PERSON | {"id": "Å"}), BEFORE, KNOWN, ON)
    assert found == (Fault("people", 2, "id", "register.fault.id", {"text": "Å"}),)
