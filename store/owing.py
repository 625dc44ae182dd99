"""Who might owe something: statements that give the ids of people, for the day `on` and last days `last_days`.

They may give too many; each person is asked about before anything is sent.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, Date, and_, bindparam, or_, select, union

from domain.access import WRITING_ROLES, RoleKind
from domain.cases import State
from domain.days import end_of, midnight_before
from store.register import holds
from store.tables import Instant, case_head, confirmation, extension, prior_grant, role

_WRITE = role.c.kind.in_(WRITING_ROLES)
_LAST_DAYS = bindparam("last_days", type_=Date, expanding=True)

WRITERS = select(role.c.person_id).where(_WRITE, holds()).distinct()
"""Those who speak or write for an owner."""

RETURNED = (
    select(role.c.person_id)
    .join(case_head, case_head.c.lead_owner == role.c.organisation)
    .where(
        _WRITE,
        holds(),
        case_head.c.state == State.RETURNED,
        case_head.c.answer_by_on.in_(_LAST_DAYS),
    )
    .distinct()
)
"""Those of them whose owner has a case to answer by one of these days."""

HAND_IN = (
    select(role.c.person_id)
    .where(holds(), role.c.kind.in_((RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT, RoleKind.SEAT)))
    .distinct()
)
"""Those who hand in for an owner, a university or a body."""

STAFF = (
    select(role.c.person_id)
    .where(holds(), role.c.kind.in_((RoleKind.SECRETARIAT, RoleKind.DECISION_MAKER)))
    .distinct()
)
"""Those who treat cases."""

UNIVERSITIES = (
    select(role.c.person_id)
    .join(confirmation, confirmation.c.organisation == role.c.organisation)
    .where(
        role.c.kind == RoleKind.UNIVERSITY_CONTACT,
        holds(),
        confirmation.c.voided_at.is_(None),
        confirmation.c.confirmed_at.is_(None),
    )
    .distinct()
)
"""Those who speak for a university that is asked to confirm something."""

GRANT_HOLDERS = (
    select(role.c.person_id)
    .where(
        holds(),
        or_(
            role.c.kind == RoleKind.UNIVERSITY_CONTACT,
            and_(
                role.c.kind == RoleKind.OWNER_CONTACT,
                role.c.organisation.in_(select(prior_grant.c.lead_owner)),
            ),
        ),
    )
    .distinct()
)
"""The contacts of owners that were ever granted something, and of universities."""

SECRETARIAT = select(role.c.person_id).where(holds(), role.c.kind == RoleKind.SECRETARIAT).distinct()
"""Those who see to the year."""

_BETWEEN = (bindparam("first", type_=Date), bindparam("last", type_=Date))
_EXTENSIONS = select(extension.c.deadline_on).where(extension.c.deadline_on.between(*_BETWEEN))
_ANSWERS = select(case_head.c.answer_by_on).where(
    case_head.c.state == State.RETURNED, case_head.c.answer_by_on.between(*_BETWEEN)
)
_ASKED = select(confirmation.c.asked_at).where(
    confirmation.c.voided_at.is_(None),
    confirmation.c.confirmed_at.is_(None),
    confirmation.c.asked_at >= bindparam("begins", type_=Instant),
    confirmation.c.asked_at < bindparam("ends", type_=Instant),
)
_OF_DRAFTS, _OF_RETURNED = union(_EXTENSIONS, _ANSWERS), _ANSWERS.distinct()


def extended_days(connection: Connection, first: date, last: date) -> Iterable[date]:
    """The days in that time until which some owner may still file, the round's own deadline aside."""
    return connection.execute(_OF_DRAFTS, {"first": first, "last": last}).scalars()


def returned_days(connection: Connection, first: date, last: date) -> Iterable[date]:
    """The days in that time by which a case that was sent back is to be answered."""
    return connection.execute(_OF_RETURNED, {"first": first, "last": last}).scalars()


def asked_between(connection: Connection, first: date, last: date) -> Iterable[datetime]:
    """When in that time somebody was asked to confirm what is not confirmed yet."""
    days = {"begins": midnight_before(first), "ends": end_of(last)}
    return connection.execute(_ASKED, days).scalars()
