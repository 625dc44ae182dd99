"""Who may do what, enumerated: every role, every action, every relation, against a table written by hand."""

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest

from domain.access import (
    NOTHING,
    OPERATOR,
    Action,
    Actor,
    Relation,
    Role,
    RoleKind,
    Thing,
    Visible,
    may,
    visible_cases,
)

# Source: domain.md 2.2, as far as the actions exist. "-": never; "any": whatever the thing is.
TABLE = """
            owner_contact filer university_contact seat substitute secretariat decision_maker administrator
write_draft sole_author,successor,lead_owner        sole_author,successor,lead_owner lead_owner,partner - - office office -
own_draft   sole_author,successor,lead_owner        sole_author,successor   lead_owner,partner - -   office  office  -
read_draft sole_author,successor,lead_owner,reader sole_author,successor,lead_owner lead_owner,reader,partner - - office office -
submit      lead_owner                              -                       -        -    -    -       -    -
report_grant lead_owner                             -                       partner  -    -    -       -    -
see_report  lead_owner                              lead_owner              partner  -    -    any     any  -
register    -                                       -                       -        -    -    any     -    -
change_case lead_owner                              -                       -        -    -    -       -    -
handle_case -                                       -                       -        -    -    any     any  -
confirm_part -                                      -                       partner  -    -    -       -    -
see_case    lead_owner,other_owner                  lead_owner,other_owner  partner  any  any  any     any  -
see_history lead_owner                              -                       -        -    -    any     any  any
see_round   -                                       -                       -        -    -    any     any  -
see_frames  any                                     any                     any      any  any  any     any  any
see_sums    -                                       -                       -        any  any  any     any  -
phone       -                                       -                       -        -    -    any     any  -
send_out    -                                       -                       -        -    -    any     -    -
invite      -                                       -                       -        -    -    any     -    any
keep_calendar -                                     -                       -        -    -    any     -    -
arrange_meetings - - - - - any - -
keep_register -                                     -                       -        -    -    any     -    any
"""  # noqa: E501
HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
EXPECTED = {
    (RoleKind(role), Action(row[0])): frozenset() if cell == "-" else frozenset(cell.split(","))
    for row in ROWS
    for role, cell in zip(HEAD, row[1:], strict=True)
}

ME, MINE, OTHER = "me", "mine", "other"
STRANGE = Thing(OTHER, frozenset({"other-2"}), frozenset({"other-3"}), author="somebody")

# Things to which exactly one relation holds, and two to which none does. One is left by somebody in every role.
THINGS = {
    Relation.OFFICE: replace(STRANGE, author=ME, is_office=True),
    Relation.SUCCESSOR: replace(
        STRANGE, lead_owner=None, left_by=frozenset((kind, MINE) for kind in RoleKind)
    ),
    Relation.LEAD_OWNER: replace(STRANGE, lead_owner=MINE),
    Relation.OTHER_OWNER: replace(STRANGE, other_owners=frozenset({MINE, OTHER})),
    Relation.PARTNER: replace(STRANGE, partners=frozenset({OTHER, MINE})),
    Relation.READER: replace(STRANGE, readers=frozenset({OTHER, MINE})),
    Relation.SOLE_AUTHOR: replace(STRANGE, author=ME, lead_owner=None),
}
OWN = (Relation.OFFICE, Relation.SOLE_AUTHOR)  # not through an organisation
UNRELATED = (STRANGE, NOTHING)
ORGANISATIONS = (None, MINE)

SINGLE = tuple(Role(kind, organisation) for kind, organisation in product(RoleKind, (None, MINE, OTHER)))
PAIRS = tuple(combinations(SINGLE, 2))


def actor(*roles: Role) -> Actor:
    return Actor(ME, "Me", "nb", roles)


def test_the_table_is_about_everything_there_is() -> None:
    assert set(EXPECTED) == set(product(RoleKind, Action))
    assert set(THINGS) | {Relation.ANY} == set(Relation)


@pytest.mark.parametrize("relation", THINGS)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("kind", RoleKind)
def test_role_may_do_this_to_what_it_has_this_relation_to(
    kind: RoleKind, action: Action, relation: Relation
) -> None:
    allowed = EXPECTED[kind, action]
    is_allowed = bool(allowed & {relation, Relation.ANY})
    assert may(actor(Role(kind, MINE)), action, THINGS[relation]) is is_allowed


@pytest.mark.parametrize("thing", UNRELATED)
@pytest.mark.parametrize("organisation", ORGANISATIONS)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("kind", RoleKind)
def test_role_may_do_to_what_it_has_nothing_to_do_with_only_what_it_may_always(
    kind: RoleKind, action: Action, organisation: str | None, thing: Thing
) -> None:
    is_allowed = Relation.ANY in EXPECTED[kind, action]
    assert may(actor(Role(kind, organisation)), action, thing) is is_allowed


@pytest.mark.parametrize("relation", [relation for relation in THINGS if relation not in OWN])
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("kind", RoleKind)
def test_role_without_an_organisation_has_no_relation_through_one(
    kind: RoleKind, action: Action, relation: Relation
) -> None:
    is_allowed = Relation.ANY in EXPECTED[kind, action]
    assert may(actor(Role(kind)), action, THINGS[relation]) is is_allowed


@pytest.mark.parametrize(("action", "thing"), tuple(product(Action, (*THINGS.values(), *UNRELATED))))
def test_who_has_no_role_may_nothing(action: Action, thing: Thing) -> None:
    assert not may(actor(), action, thing)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_roles_may_what_either_may_and_nothing_more(one: Role, other: Role) -> None:
    """No right comes of the role of one kind together with the organisation of another."""
    for action, thing in product(Action, (*THINGS.values(), *UNRELATED)):
        either = may(actor(one), action, thing) or may(actor(other), action, thing)
        assert may(actor(one, other), action, thing) is either


@pytest.mark.parametrize("roles", [(), *((role,) for role in SINGLE), *PAIRS])
def test_visible_cases_are_those_that_may_be_seen(roles: tuple[Role, ...]) -> None:
    visible, told_of = visible_cases(actor(*roles)), visible_cases(actor(*roles), Action.SEE_HISTORY)
    for lead, others, partners in product((MINE, OTHER), ((), (MINE,), (OTHER,)), ((), (MINE,), (OTHER,))):
        case = Thing(lead, frozenset(others), frozenset(partners))
        assert is_shown(visible, case) is may(actor(*roles), Action.SEE_CASE, case)
        assert is_shown(told_of, case) is may(actor(*roles), Action.SEE_HISTORY, case)


def is_shown(visible: Visible, case: Thing) -> bool:
    """What the store makes of it in SQL."""
    return (
        visible.everything
        or case.lead_owner in visible.lead_owners
        or bool(visible.other_owners & case.other_owners)
        or bool(visible.partners & case.partners)
    )


def test_operator_of_the_command_line_is_secretariat_and_administrator() -> None:
    assert [action for action in Action if may(OPERATOR, action)] == [
        Action.SEE_REPORT,
        Action.REGISTER,
        Action.HANDLE_CASE,
        Action.SEE_CASE,
        Action.SEE_HISTORY,
        Action.SEE_ROUND,
        Action.SEE_FRAMES,
        Action.SEE_SUMS,
        Action.PHONE,
        Action.SEND_OUT,
        Action.INVITE,
        Action.KEEP_CALENDAR,
        Action.ARRANGE_MEETINGS,
        Action.KEEP_REGISTER,
    ]


MONDAY, TUESDAY, WEDNESDAY = date(2023, 1, 16), date(2023, 1, 17), date(2023, 1, 18)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "days"),
    [
        (None, None, [MONDAY, TUESDAY, WEDNESDAY]),
        (TUESDAY, None, [TUESDAY, WEDNESDAY]),
        (None, TUESDAY, [MONDAY, TUESDAY]),
        (TUESDAY, TUESDAY, [TUESDAY]),
        (WEDNESDAY, MONDAY, []),
    ],
)
def test_role_holds_from_its_first_day_to_its_last(
    valid_from: date | None, valid_to: date | None, days: list[date]
) -> None:
    role = Role(RoleKind.SECRETARIAT, valid_from=valid_from, valid_to=valid_to)
    assert [day for day in (MONDAY, TUESDAY, WEDNESDAY) if role.holds(day)] == days


def test_organisations_of_a_role_are_named_once_in_order_and_without_those_of_others() -> None:
    owner, university = RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT
    held = actor(
        Role(owner, "1841"), Role(university, "nord"), Role(owner, "1804"), Role(owner, "1841"), Role(owner)
    )
    assert held.organisations(owner) == ("1841", "1804")
