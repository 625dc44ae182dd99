import re
from datetime import date

import pytest

from domain.access import Action, Actor, Role, RoleKind, Thing, may
from domain.demo import DemoRegister, demo_register
from domain.forum import Forum, load_forum
from domain.register import Organisation, OrganisationKind

ON = date(2023, 1, 16)


@pytest.fixture
def forum() -> Forum:
    return load_forum("nordland")


@pytest.fixture
def register(forum: Forum) -> DemoRegister:
    return demo_register(forum)


def _actor(register: DemoRegister, person_id: str) -> Actor:
    roles = tuple(role for role in register.roles_of(person_id) if role.holds(ON))
    return Actor(person_id, person_id, "nb", roles)


def test_everybody_is_an_example_and_cannot_be_reached(register: DemoRegister) -> None:
    for person in register.people:
        assert person.is_example
        assert not person.enrolled
        assert person.name.endswith("(eksempel)")
        assert person.email == f"{person.id}@example.org"
        assert re.fullmatch(r"00 00 00 \d\d", person.phone or "")


def test_example_owners_are_private_and_marked(register: DemoRegister) -> None:
    assert register.organisations == (
        Organisation(
            "eksempel-barnehage",
            OrganisationKind.KINDERGARTEN_OWNER,
            "Privat barnehageeier i Bodø (eksempel)",
            "1804",
            is_example=True,
        ),
        Organisation(
            "eksempel-barnehage-rana",
            OrganisationKind.KINDERGARTEN_OWNER,
            "Privat barnehageeier i Rana (eksempel)",
            "1833",
            is_example=True,
        ),
        Organisation(
            "eksempel-friskole",
            OrganisationKind.SCHOOL_OWNER,
            "Friskole i Vestvågøy (eksempel)",
            "1860",
            is_example=True,
        ),
    )


def test_handles_are_plain(register: DemoRegister) -> None:
    handles = [person.id for person in register.people]
    assert [handle for handle in handles if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", handle)] == []
    assert len(set(handles)) == len(handles)


def test_every_kind_of_role_can_be_tried(register: DemoRegister) -> None:
    held = {role.kind for _, role in register.roles if role.holds(ON)}
    assert held == set(RoleKind)


def test_every_region_and_body_has_somebody(register: DemoRegister, forum: Forum) -> None:
    holding = [role for _, role in register.roles if role.holds(ON)]
    regions = {forum.region_of(role.organisation, ON) for role in holding if role.organisation}
    assert set(forum.regions) <= regions
    seats = {role.body for role in holding if role.kind is RoleKind.SEAT}
    assert seats == {body.key for body in forum.bodies}


def test_an_owner_has_two_contacts(register: DemoRegister) -> None:
    contacts = [person_id for person_id, role in register.roles if role.organisation == "1804"]
    assert contacts == ["eier-bodo", "eier-bodo-2"]


def test_one_contact_speaks_for_the_owners_of_rkk_salten(register: DemoRegister, forum: Forum) -> None:
    office = next(office for office in forum.offices if office.key == "rkk-salten")
    assert _actor(register, "rkk-salten").organisations(RoleKind.FILER) == office.members


def test_ended_role_gives_no_right(register: DemoRegister) -> None:
    assert register.roles_of("eier-saltdal-tidligere") == (
        Role(RoleKind.OWNER_CONTACT, "1840", None, date(2020, 1, 1), date(2022, 6, 30)),
    )
    former = _actor(register, "eier-saltdal-tidligere")
    assert not may(former, Action.SEE_CASE, Thing(lead_owner="1840"))


def test_roles_hold_from_2022_on(register: DemoRegister) -> None:
    ended = [person_id for person_id, role in register.roles if not role.holds(date(2026, 11, 23))]
    assert ended == ["eier-saltdal-tidligere"]
