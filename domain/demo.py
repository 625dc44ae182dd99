"""The demo register: example people named by their role, for trying and for tests. Nobody in it is real."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.access import Role, RoleKind
from domain.data import BadData, read, strict
from domain.forum import Forum
from domain.register import Organisation, OrganisationKind, Person
from domain.roster import PriorGrant


@dataclass(frozen=True, slots=True)
class DemoRegister:
    """`organisations`: the example owners alone, beside `forum.organisations()`. `roles`: person id and role. `grants`:
    what the example owners were granted, which are examples, too."""

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    roles: tuple[tuple[str, Role], ...]
    grants: tuple[PriorGrant, ...] = ()

    def roles_of(self, person_id: str) -> tuple[Role, ...]:
        return tuple(role for holder, role in self.roles if holder == person_id)


@strict
@dataclass(frozen=True, slots=True)
class _Owner:
    id: str
    kind: OrganisationKind
    name: str
    municipality_number: str


@strict
@dataclass(frozen=True, slots=True)
class _Role:
    kind: RoleKind
    organisation: str | None = None
    body: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@strict
@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    name: str
    email: str
    phone: str
    roles: tuple[_Role, ...]
    language: str | None = None


@strict
@dataclass(frozen=True, slots=True)
class _Grant:
    reference: str
    year: int
    lead_owner: str
    scheme: str
    title: str
    to: dict[str, int]  # recipient -> kroner


@strict
@dataclass(frozen=True, slots=True)
class _Demo:
    roles_from: date  # for roles without a beginning of their own
    owners: tuple[_Owner, ...]
    people: tuple[_Person, ...]
    grants: tuple[_Grant, ...] = ()


def demo_register(forum: Forum) -> DemoRegister:
    """The example people and owners of the forum, every one marked as an example.

    Raises: BadData - a role points to an organisation or body that there is not, or an id is there twice.
    """
    path = f"{forum.key}/demo.toml"
    demo = read(_Demo, path)
    register = DemoRegister(
        tuple(
            Organisation(o.id, o.kind, o.name, o.municipality_number, is_example=True) for o in demo.owners
        ),
        tuple(Person(p.id, p.name, p.language, p.email, p.phone, is_example=True) for p in demo.people),
        tuple((p.id, _role(role, demo.roles_from)) for p in demo.people for role in p.roles),
        tuple(
            PriorGrant(g.reference, g.year, recipient, g.lead_owner, g.scheme, g.title, nok)
            for g in demo.grants
            for recipient, nok in g.to.items()
        ),
    )
    if faults := tuple(_faults(register, forum)):
        raise BadData(f"{path}: {'; '.join(faults)}")
    return register


def _role(role: _Role, roles_from: date) -> Role:
    return Role(role.kind, role.organisation, role.body, role.valid_from or roles_from, role.valid_to)


def _faults(register: DemoRegister, forum: Forum) -> Iterator[str]:
    every = (*forum.organisations(), *register.organisations)
    organisations = {organisation.id for organisation in every}
    numbers = {municipality.number for municipality in forum.municipalities}
    ids = Counter([organisation.id for organisation in every] + [person.id for person in register.people])
    yield from (f"{id_} is there twice" for id_, times in ids.items() if times > 1)
    for owner in register.organisations:
        if owner.municipality_number not in numbers:
            yield f"{owner.id}: no municipality {owner.municipality_number}"
    for person_id, role in register.roles:
        if role.organisation is not None and role.organisation not in organisations:
            yield f"{person_id}: no organisation {role.organisation}"
        if role.body is not None and forum.body(role.body) is None:
            yield f"{person_id}: no body {role.body}"
    for grant in register.grants:
        for named in {grant.lead_owner, grant.recipient} - organisations:
            yield f"{grant.reference}: no organisation {named}"
