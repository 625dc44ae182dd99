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
    FILER = "filer"  # regional office or network: writes for an owner, who files; `organisation`
    UNIVERSITY_CONTACT = "university_contact"  # speaks for a university; `organisation`
    SEAT = "seat"  # holds a seat in an expert committee or the forum; `body`
    SUBSTITUTE = "substitute"  # stands in for a seat; `body`
    SECRETARIAT = "secretariat"
    DECISION_MAKER = "decision_maker"
    ADMINISTRATOR = "administrator"


WRITING_ROLES = (RoleKind.OWNER_CONTACT, RoleKind.FILER)  # those who write for an owner


class Relation(StrEnum):
    """How the thing stands to the role's organisation or person."""

    ANY = "any"
    SOLE_AUTHOR = "sole_author"  # the person began the draft, and no owner stands behind it yet
    SUCCESSOR = (
        "successor"  # the one who began it has gone and wrote for the role's organisation, in the same role
    )
    OFFICE = "office"  # a draft of the secretariat's, whoever of them began it
    READER = "reader"  # another owner of the measure, or a university that the owner has let in
    LEAD_OWNER = "lead_owner"
    OTHER_OWNER = "other_owner"
    PARTNER = "partner"


class Action(StrEnum):
    WRITE_DRAFT = "write_draft"  # begin, change
    OWN_DRAFT = "own_draft"  # throw away, let universities read it
    READ_DRAFT = "read_draft"
    SUBMIT = "submit"  # file for the lead owner
    REPORT_GRANT = "report_grant"  # file what a partnership reports on its grant, change it, confirm it
    SEE_REPORT = "see_report"  # what a partnership has reported
    REGISTER = "register"  # file for an owner that has no Teams
    CHANGE_CASE = "change_case"  # withdraw it, or file a new version of it
    HANDLE_CASE = "handle_case"  # send back, reopen, extend a deadline, correct, note the journal number
    CONFIRM_PART = "confirm_part"  # a university's part of a case, or propose it otherwise
    SEE_CASE = "see_case"
    SEE_HISTORY = "see_history"  # who did what with a case, and when
    SEE_ROUND = "see_round"  # counts and sums over all owners, region by region, and who was not told
    SEE_FRAMES = "see_frames"  # a year's frames, their pots and what is awarded of them
    SEE_SUMS = "see_sums"  # what all owners together ask for, per scheme
    PHONE = "phone"  # see whom no message has reached, with their number; note that they were phoned
    SEND_OUT = "send_out"  # one message to many: look at it, let it go, stop it
    INVITE = "invite"  # make an enrolment code
    KEEP_CALENDAR = "keep_calendar"  # approve a year, move its dates
    ARRANGE_MEETINGS = (
        "arrange_meetings"  # plan, call, change and cancel; who comes; say which channel is whose
    )
    KEEP_REGISTER = "keep_register"  # look up, give and end roles; take back a code


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

    def organisations(self, *kinds: RoleKind) -> tuple[str, ...]:
        """The organisations that the person holds such a role for, in order of registration."""
        found = (role.organisation for role in self.roles if role.kind in kinds and role.organisation)
        return tuple(dict.fromkeys(found))


# The command line acts as this, audited like anybody.
OPERATOR = Actor("operator", "operator", "nb", (Role(RoleKind.ADMINISTRATOR), Role(RoleKind.SECRETARIAT)))


@dataclass(frozen=True, slots=True)
class Thing:
    """What an action is done to, as far as rights are concerned. A draft has an author and readers, a case none; of a
    draft the partner is the university that writes it together with the owner.

    `left_by`: the roles of an author who has gone from a draft behind which no owner stands yet.
    """

    lead_owner: str | None = None
    other_owners: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    author: str | None = None
    readers: frozenset[str] = frozenset()
    is_office: bool = False
    left_by: frozenset[tuple[RoleKind, str]] = frozenset()


NOTHING = Thing()

_O, _F, _U, _S, _V, _T, _D, _A = (
    RoleKind.OWNER_CONTACT,
    RoleKind.FILER,
    RoleKind.UNIVERSITY_CONTACT,
    RoleKind.SEAT,
    RoleKind.SUBSTITUTE,
    RoleKind.SECRETARIAT,
    RoleKind.DECISION_MAKER,
    RoleKind.ADMINISTRATOR,
)

# A draft is its owner's, or the secretariat's: it stays there when the one who began it has gone. What a university
# writes about its part of a case is the university's; what it reports on a grant is its and the owner's together.
_MASTERS = frozenset(
    {
        (_O, Relation.SOLE_AUTHOR),
        (_O, Relation.SUCCESSOR),
        (_O, Relation.LEAD_OWNER),
        (_F, Relation.SOLE_AUTHOR),
        (_F, Relation.SUCCESSOR),
        (_U, Relation.LEAD_OWNER),
        (_U, Relation.PARTNER),
        (_T, Relation.OFFICE),
        (_D, Relation.OFFICE),
    }
)
_WRITERS = _MASTERS | {(_F, Relation.LEAD_OWNER)}

RIGHTS: dict[Action, frozenset[tuple[RoleKind, Relation]]] = {
    Action.WRITE_DRAFT: _WRITERS,
    Action.OWN_DRAFT: _MASTERS,
    Action.READ_DRAFT: _WRITERS | {(_O, Relation.READER), (_U, Relation.READER)},
    Action.SUBMIT: frozenset({(_O, Relation.LEAD_OWNER)}),
    Action.REPORT_GRANT: frozenset({(_O, Relation.LEAD_OWNER), (_U, Relation.PARTNER)}),
    Action.SEE_REPORT: frozenset(
        {
            (_O, Relation.LEAD_OWNER),
            (_F, Relation.LEAD_OWNER),
            (_U, Relation.PARTNER),
            (_T, Relation.ANY),
            (_D, Relation.ANY),
        }
    ),
    Action.REGISTER: frozenset({(_T, Relation.ANY)}),
    Action.CHANGE_CASE: frozenset({(_O, Relation.LEAD_OWNER)}),
    Action.HANDLE_CASE: frozenset({(_T, Relation.ANY), (_D, Relation.ANY)}),
    Action.CONFIRM_PART: frozenset({(_U, Relation.PARTNER)}),
    Action.SEE_CASE: frozenset(
        {
            (_O, Relation.LEAD_OWNER),
            (_O, Relation.OTHER_OWNER),
            (_F, Relation.LEAD_OWNER),
            (_F, Relation.OTHER_OWNER),
            (_U, Relation.PARTNER),
            (_S, Relation.ANY),
            (_V, Relation.ANY),
            (_T, Relation.ANY),
            (_D, Relation.ANY),
        }
    ),
    Action.SEE_HISTORY: frozenset(
        {(_O, Relation.LEAD_OWNER), (_T, Relation.ANY), (_D, Relation.ANY), (_A, Relation.ANY)}
    ),
    Action.SEE_ROUND: frozenset({(_T, Relation.ANY), (_D, Relation.ANY)}),
    Action.SEE_FRAMES: frozenset((kind, Relation.ANY) for kind in RoleKind),
    Action.SEE_SUMS: frozenset(
        {(_S, Relation.ANY), (_V, Relation.ANY), (_T, Relation.ANY), (_D, Relation.ANY)}
    ),
    Action.PHONE: frozenset({(_T, Relation.ANY), (_D, Relation.ANY)}),
    Action.SEND_OUT: frozenset({(_T, Relation.ANY)}),
    Action.INVITE: frozenset({(_T, Relation.ANY), (_A, Relation.ANY)}),
    Action.KEEP_CALENDAR: frozenset({(_T, Relation.ANY)}),
    Action.ARRANGE_MEETINGS: frozenset({(_T, Relation.ANY)}),
    Action.KEEP_REGISTER: frozenset({(_T, Relation.ANY), (_A, Relation.ANY)}),
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
    if thing.is_office:
        yield Relation.OFFICE
    elif thing.author == actor.person_id and thing.lead_owner is None:
        yield Relation.SOLE_AUTHOR
    if role.organisation is None:
        return
    if (role.kind, role.organisation) in thing.left_by:
        yield Relation.SUCCESSOR
    if role.organisation == thing.lead_owner:
        yield Relation.LEAD_OWNER
    if role.organisation in thing.other_owners:
        yield Relation.OTHER_OWNER
    if role.organisation in thing.partners:
        yield Relation.PARTNER
    if role.organisation in thing.readers:
        yield Relation.READER


@dataclass(frozen=True, slots=True)
class Visible:
    """The cases a person may see, as a filter: all, or those where one of these stands in that relation."""

    everything: bool = False
    lead_owners: frozenset[str] = frozenset()
    other_owners: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()


def visible_cases(actor: Actor, action: Action = Action.SEE_CASE) -> Visible:
    """`may(actor, action, case)` for every case at once; the store turns it into SQL."""
    return Visible(
        everything=_has(actor, action, Relation.ANY),
        lead_owners=_organisations(actor, action, Relation.LEAD_OWNER),
        other_owners=_organisations(actor, action, Relation.OTHER_OWNER),
        partners=_organisations(actor, action, Relation.PARTNER),
    )


def _organisations(actor: Actor, action: Action, relation: Relation) -> frozenset[str]:
    """Those of which a thing in that relation is within the actor's right."""
    return frozenset(
        role.organisation
        for role in actor.roles
        if role.organisation is not None and (role.kind, relation) in RIGHTS[action]
    )


def _has(actor: Actor, action: Action, relation: Relation) -> bool:
    return any((role.kind, relation) in RIGHTS[action] for role in actor.roles)


@dataclass(frozen=True, slots=True)
class Reach:
    """The drafts that an action may be done to, as a filter: those of these owners, those that one of these
    universities writes with the owner (`partners`), those that one of these reads, and without an owner those that the
    person began (`author`) and those whose author has gone from one of these roles (`heir_of`); `office`: those of the
    secretariat."""

    owners: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    author: str | None = None
    heir_of: frozenset[tuple[RoleKind, str]] = frozenset()
    office: bool = False


def drafts_within(actor: Actor, action: Action) -> Reach:
    """`may(actor, action, draft)` for every draft at once."""
    return Reach(
        owners=_organisations(actor, action, Relation.LEAD_OWNER),
        partners=_organisations(actor, action, Relation.PARTNER),
        readers=_organisations(actor, action, Relation.READER),
        author=actor.person_id if _has(actor, action, Relation.SOLE_AUTHOR) else None,
        heir_of=frozenset(
            (role.kind, role.organisation)
            for role in actor.roles
            if role.organisation is not None and (role.kind, Relation.SUCCESSOR) in RIGHTS[action]
        ),
        office=_has(actor, action, Relation.OFFICE),
    )
