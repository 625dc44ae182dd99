"""Whom an event of the year is for: statements that give the ids of persons on the day `on`.

Which municipalities lie in a region on a day is known to the forum and not to the register.
"""

from datetime import date
from functools import cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    extract,
    false,
    literal,
    or_,
    select,
    union,
)

from domain.access import WRITING_ROLES, Relation, RoleKind
from domain.calendar import Event, Party
from domain.cases import State
from domain.forum import Forum, load_forum
from store.register import holds
from store.tables import case_head, case_party, network_member, organisation, prior_grant, role

Audience = Select[str] | CompoundSelect[str]

_SHARING = (Relation.LEAD_OWNER, Relation.OTHER_OWNER, Relation.PARTNER)
# Money was granted, and what became of it is not settled yet.
_GRANTED = (
    State.DECIDED,
    State.LETTER_SENT,
    State.ACCEPTED,
    State.RUNNING,
    State.REPORTED,
    State.FOLLOWED_UP,
)


@cache
def of(forum_key: str, party: Party, region: str | None = None, year: int | None = None) -> Audience:
    """The persons who are that party, enrolled or not; of the region, if one is given. It has the parameter `on`.

    `year`: in which those who hold a grant are asked about it; None: that of the day and the one after.

    Seats are told of; those who stand in for them are asked by the seat.

    Raises: UnknownForum.
    """
    forum = load_forum(forum_key)
    if party is Party.COUNTY_GOVERNOR:
        return _holders(RoleKind.SECRETARIAT, RoleKind.DECISION_MAKER)
    if party in (Party.OWNERS, Party.NETWORK):
        writers = _holders(*WRITING_ROLES)
        return writers if region is None else writers.where(_in_region(forum, region))
    if party in (Party.PARTNERSHIP, Party.GRANT_HOLDERS):
        holders = _holders(*WRITING_ROLES, RoleKind.UNIVERSITY_CONTACT)
        return holders.where(role.c.organisation.in_(_with_money(forum, region, year)))
    return _holders(RoleKind.SEAT).where(role.c.body.in_(_bodies(forum, party)))


def people(connection: Connection, forum_key: str, year: int, event: Event, on: date) -> tuple[str, ...]:
    """The persons whom the event of that year is for on the day."""
    statement = of(forum_key, event.audience, event.region, year)
    return tuple(sorted(connection.execute(statement, {"on": on}).scalars()))


def _holders(*kinds: RoleKind) -> Select[str]:
    return select(role.c.person_id).where(role.c.kind.in_(kinds), holds()).distinct()


def _bodies(forum: Forum, party: Party) -> list[str]:
    kinds = {
        Party.FORUM: ("forum",),
        Party.COMMITTEES: ("expert_committee",),
        Party.FORUM_AND_COMMITTEES: ("forum", "expert_committee"),
    }[party]
    return [body.key for body in forum.bodies if body.kind in kinds]


def _in_region(forum: Forum, region: str) -> ColumnElement[bool]:
    """The role's organisation lies in the region on the day, or takes part in its network from elsewhere."""
    lies_there = select(organisation.c.id).where(_lies_in(forum, region))
    takes_part = select(network_member.c.organisation).where(
        network_member.c.network == region, _holds(network_member.c.valid_from, network_member.c.valid_to)
    )
    return or_(role.c.organisation.in_(lies_there), role.c.organisation.in_(takes_part))


def _lies_in(forum: Forum, region: str) -> ColumnElement[bool]:
    on = bindparam("on", type_=Date)
    members = (each for where, each in forum.memberships() if where.key == region)
    return or_(
        false(),
        *(
            and_(
                organisation.c.municipality_number == each.municipality,
                *([literal(each.valid_from, Date) <= on] if each.valid_from else []),
                *([literal(each.valid_to, Date) >= on] if each.valid_to else []),
            )
            for each in members
        ),
    )


def _holds(first: ColumnElement[object], last: ColumnElement[object]) -> ColumnElement[bool]:
    on = bindparam("on", type_=Date)
    return and_(or_(first.is_(None), first <= on), or_(last.is_(None), last >= on))


def _with_money(forum: Forum, region: str | None, year: int | None) -> CompoundSelect[str]:
    """Owners and universities of cases that were granted money, and of grants from before the bot came. What a year
    asks is about the money of the year before."""
    day_year = extract("year", bindparam("on", type_=Date))
    last, granted_in = (day_year, (day_year, day_year - 1)) if year is None else (year - 1, (year - 1,))
    case_granted = and_(
        case_head.c.state.in_(_GRANTED),
        case_head.c.cycle_year <= last,
        *([case_head.c.region == region] if region else []),
    )
    grant_counts = [prior_grant.c.year.in_(granted_in), prior_grant.c.nok > 0]
    if region:
        there = select(organisation.c.id).where(_lies_in(forum, region))
        grant_counts.append(prior_grant.c.lead_owner.in_(there))
    return union(
        select(case_party.c.organisation)
        .join(case_head, case_head.c.number == case_party.c.number)
        .where(case_granted, case_party.c.relation.in_(_SHARING)),
        select(prior_grant.c.lead_owner).where(*grant_counts),
        select(prior_grant.c.recipient).where(*grant_counts),
    )
