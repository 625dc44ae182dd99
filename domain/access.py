"""Who may do what: one table, deny by default (domain.md 2.2; threats.md 6.2).

A right is a pair of a role and the relation that the role has to the thing. `may` is asked by every command
again, whatever card or text led there; `visible_cases` is the same table as a filter for lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RoleKind(StrEnum):
    OWNER_CONTACT = "owner_contact"  # speaks for an owner; `organisation`
    UNIVERSITY_CONTACT = "university_contact"  # speaks for a university; `organisation`
    SEAT = "seat"  # holds a seat in an expert committee or the forum; `body`
    SUBSTITUTE = "substitute"  # stands in for a seat; `body`
    SECRETARIAT = "secretariat"
    DECISION_MAKER = "decision_maker"
    ADMINISTRATOR = "administrator"


class Relation(StrEnum):
    """How the thing stands to the role's organisation or person."""

    ANY = "any"
    AUTHOR = "author"  # the person wrote the draft
    LEAD_OWNER = "lead_owner"
    OTHER_OWNER = "other_owner"
    PARTNER = "partner"


class Action(StrEnum):
    WRITE_DRAFT = "write_draft"  # begin, change, throw away
    SUBMIT = "submit"  # file for the lead owner
    SEE_CASE = "see_case"
    SEE_ROUND = "see_round"  # counts and sums over all owners
    INVITE = "invite"  # make an enrolment code


@dataclass(frozen=True, slots=True)
class Role:
    kind: RoleKind
    organisation: str | None = None
    body: str | None = None
    valid_from: date | None = None  # None: open
    valid_to: date | None = None  # last day that counts; None: open

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A known person on a day, with the roles that hold on that day."""

    person_id: str
    name: str
    language: str
    roles: tuple[Role, ...] = ()

    def organisations(self, kind: RoleKind) -> tuple[str, ...]:
        """The organisations that the person holds this kind of role for, in order of registration."""
        found = (role.organisation for role in self.roles if role.kind is kind and role.organisation)
        return tuple(dict.fromkeys(found))


# The command line acts as this, audited like anybody.
OPERATOR = Actor("operator", "operator", "nb", (Role(RoleKind.ADMINISTRATOR), Role(RoleKind.SECRETARIAT)))


@dataclass(frozen=True, slots=True)
class Thing:
    """What an action is done to, as far as rights are concerned. A draft has an author, a case has none."""

    lead_owner: str | None = None
    other_owners: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    author: str | None = None


NOTHING = Thing()

_O, _U, _S, _V, _T, _D, _A = (
    RoleKind.OWNER_CONTACT,
    RoleKind.UNIVERSITY_CONTACT,
    RoleKind.SEAT,
    RoleKind.SUBSTITUTE,
    RoleKind.SECRETARIAT,
    RoleKind.DECISION_MAKER,
    RoleKind.ADMINISTRATOR,
)

RIGHTS: dict[Action, frozenset[tuple[RoleKind, Relation]]] = {
    Action.WRITE_DRAFT: frozenset({(_O, Relation.AUTHOR)}),
    Action.SUBMIT: frozenset({(_O, Relation.LEAD_OWNER)}),
    Action.SEE_CASE: frozenset(
        {
            (_O, Relation.LEAD_OWNER),
            (_O, Relation.OTHER_OWNER),
            (_U, Relation.PARTNER),
            (_S, Relation.ANY),
            (_V, Relation.ANY),
            (_T, Relation.ANY),
            (_D, Relation.ANY),
        }
    ),
    Action.SEE_ROUND: frozenset({(_T, Relation.ANY), (_D, Relation.ANY)}),
    Action.INVITE: frozenset({(_T, Relation.ANY), (_A, Relation.ANY)}),
}


def may(actor: Actor, action: Action, thing: Thing = NOTHING) -> bool:
    """Whether the actor may do this to the thing. Source: domain.md 2.2, as the table above."""
    allowed = RIGHTS[action]
    return any(
        (role.kind, relation) in allowed
        for role in actor.roles
        for relation in _relations(actor, role, thing)
    )


def _relations(actor: Actor, role: Role, thing: Thing) -> Iterable[Relation]:
    yield Relation.ANY
    if thing.author == actor.person_id:
        yield Relation.AUTHOR
    if role.organisation is None:
        return
    if role.organisation == thing.lead_owner:
        yield Relation.LEAD_OWNER
    if role.organisation in thing.other_owners:
        yield Relation.OTHER_OWNER
    if role.organisation in thing.partners:
        yield Relation.PARTNER


@dataclass(frozen=True, slots=True)
class Visible:
    """The cases a person may see, as a filter: all, or those where one of these stands in that relation."""

    everything: bool = False
    lead_owners: frozenset[str] = frozenset()
    other_owners: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()


def visible_cases(actor: Actor) -> Visible:
    """`may(actor, SEE_CASE, case)` for every case at once; the store turns it into SQL."""
    allowed = RIGHTS[Action.SEE_CASE]

    def organisations(relation: Relation) -> frozenset[str]:
        return frozenset(
            role.organisation
            for role in actor.roles
            if role.organisation is not None and (role.kind, relation) in allowed
        )

    return Visible(
        everything=any((role.kind, Relation.ANY) in allowed for role in actor.roles),
        lead_owners=organisations(Relation.LEAD_OWNER),
        other_owners=organisations(Relation.OTHER_OWNER),
        partners=organisations(Relation.PARTNER),
    )
