"""Where people of a register belong, and a smaller register for a shorter rehearsal."""

from collections import Counter
from dataclasses import replace
from datetime import date

from domain.access import RoleKind
from domain.demo import DemoRegister
from domain.forum import load_forum
from play.rehearsal.stage import FORUM

_NO_REGION = frozenset({RoleKind.UNIVERSITY_CONTACT})


def region_of(register: DemoRegister, person_id: str) -> str:
    """The region of the first of the person's organisations that lies in one; empty: none does."""
    forum = load_forum(FORUM)
    every = (*forum.organisations(), *register.organisations)
    lies_in = {organisation.id: organisation.municipality_number for organisation in every}
    regions = {membership.municipality: region.key for region, membership in forum.memberships()}
    theirs = (role for role in register.roles_of(person_id) if role.kind not in _NO_REGION)
    found = (regions.get(lies_in.get(role.organisation or "") or "") for role in theirs)
    return next((region for region in found if region), "")


def region_of_owner(register: DemoRegister, owner: str, day: date) -> str:
    """The region in which the owner lies on the day; empty: in none."""
    forum = load_forum(FORUM)
    every = (*forum.organisations(), *register.organisations)
    number = next((each.municipality_number for each in every if each.id == owner), None)
    region = forum.region_of(number, day) if number else None
    return region.key if region else ""


def few(register: DemoRegister, owners: int) -> DemoRegister:
    """At most so many of those who speak for owners in each region, and everybody else."""
    count: Counter[str] = Counter()
    kept = []
    for person in register.people:
        if any(role.kind is RoleKind.OWNER_CONTACT for role in register.roles_of(person.id)):
            region = region_of(register, person.id)
            count[region] += 1
            if count[region] > owners:
                continue
        kept.append(person)
    ids = {person.id for person in kept}
    return replace(
        register, people=tuple(kept), roles=tuple(each for each in register.roles if each[0] in ids)
    )
