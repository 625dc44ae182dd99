"""The whole register at once: read as values, and brought from one state to another in the job that asks for it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select, update

from domain.access import RoleKind
from domain.register import Organisation, Person
from domain.roster import (
    COLUMNS,
    Change,
    HeldRole,
    NetworkMember,
    PriorGrant,
    Record,
    Roster,
    Unit,
    UnitKind,
    What,
    key_of,
)
from store import audit, register
from store import tables as t
from store.tables import insert
from store.work import Work

_UNITS = select(*(t.unit.c[column] for column in COLUMNS["units"]))
_ROLES = select(
    t.role.c.person_id.label("person"),
    *(t.role.c[column] for column in COLUMNS["roles"][1:]),
    t.role.c.id.label("number"),
).order_by(t.role.c.id)
_MEMBERS = select(
    *(t.network_member.c[column] for column in COLUMNS["networks"]), t.network_member.c.id.label("number")
).order_by(t.network_member.c.id)
_GRANTS = select(*(t.prior_grant.c[column] for column in COLUMNS["grants"]))
_GRANTS_OF = _GRANTS.where(t.prior_grant.c.lead_owner == bindparam("owner")).order_by(
    t.prior_grant.c.reference, t.prior_grant.c.year, t.prior_grant.c.recipient
)


def read(connection: Connection) -> Roster:
    """Everything, in an order that is the same on every database. Who has enrolled is not part of it."""
    people = (
        Person(each.id, each.name, each.language, each.email, each.phone, each.is_example)
        for each in register.people(connection)
    )
    return Roster(
        organisations=_sorted(register.directory(connection).organisations.values()),
        units=_sorted(_unit(row) for row in connection.execute(_UNITS)),
        people=_sorted(people),
        roles=tuple(_held(row) for row in connection.execute(_ROLES)),
        networks=tuple(NetworkMember(**row._mapping) for row in connection.execute(_MEMBERS)),
        grants=_sorted(PriorGrant(**row._mapping) for row in connection.execute(_GRANTS)),
    )


def prior_grants(connection: Connection, lead_owner: str) -> tuple[PriorGrant, ...]:
    """What the owner was granted before the bot came."""
    return tuple(PriorGrant(**row._mapping) for row in connection.execute(_GRANTS_OF, {"owner": lead_owner}))


def seed_grants(work: Work, grants: Iterable[PriorGrant]) -> None:
    """Add what is not there yet and leave the rest as it is."""
    known = {key_of(grant) for grant in read(work.connection).grants}
    for grant in grants:
        if key_of(grant) not in known:
            apply(work, [Change("grants", What.ADDED, grant)], "seeded")


def _sorted(records: Iterable[Any]) -> tuple[Any, ...]:
    by_key: Callable[[Any], Any] = key_of  # within a sheet the keys can be compared
    return tuple(sorted(records, key=by_key))


def _unit(row: Row[Any]) -> Unit:
    return Unit(**{**row._mapping, "kind": UnitKind(row.kind)})


def _held(row: Any) -> HeldRole:
    return HeldRole(**{**row._mapping, "kind": RoleKind(row.kind)})


# Bringing it up to date


def apply(work: Work, changes: Iterable[Change], reason: str) -> None:
    """Carry out the changes, each with its audit row; they were made from what `read` gave in this same job.

    Raises: NoResultFound - a role or membership that is to change is not there.
    """
    for change in changes:
        _APPLY[change.sheet](work, change, reason)


def _organisation(work: Work, change: Change, reason: str) -> None:
    assert isinstance(change.record, Organisation)
    if change.what is What.ADDED:
        register.add_organisation(work, change.record, reason=reason)
    else:
        register.change_organisation(work, change.record, _names(change), reason)


def _person(work: Work, change: Change, reason: str) -> None:
    assert isinstance(change.record, Person)
    if change.what is What.ADDED:
        register.add_person(work, change.record, reason=reason)
    else:
        register.change_person(work, change.record, _names(change), reason)


def _role(work: Work, change: Change, reason: str) -> None:
    held = change.record
    assert isinstance(held, HeldRole)
    if held.number is None:
        register.add_role(work, held.person, held.role, reason=reason)
    elif change.what is What.ENDED and held.valid_to is not None:
        register.end_role(work, held.number, held.valid_to, reason=reason)
    else:
        register.move_role(work, held.number, held.valid_from, held.valid_to, reason=reason)


def _named(table: Table, subject: Callable[[Any], str], keys: tuple[str, ...]) -> Callable[..., None]:
    """Of records that nothing else needs to be told of: the row, and the audit."""

    def carry_out(work: Work, change: Change, reason: str) -> None:
        values = asdict(change.record)
        number = values.pop("number", None)
        if change.what is What.ADDED:
            work.connection.execute(insert(table).values(values))
        else:
            _update(work, table, values, {"id": number} if number else {key: values[key] for key in keys})
        detail = {"fields": sorted(_names(change))} if change.fields else {}
        record: Record = change.record
        audit.record(work, subject(record), str(change.what), {**detail, "reason": reason})

    return carry_out


def _update(work: Work, table: Table, values: Mapping[str, object], key: Mapping[str, object]) -> None:
    statement = update(table).where(*(table.c[name] == value for name, value in key.items())).values(values)
    work.connection.execute(statement.returning(*table.primary_key)).one()


def _names(change: Change) -> tuple[str, ...]:
    return tuple(name for name, _, _ in change.fields)


_APPLY: dict[str, Callable[[Work, Change, str], None]] = {
    "organisations": _organisation,
    "units": _named(t.unit, lambda unit: f"unit:{unit.id}", ("id",)),
    "people": _person,
    "roles": _role,
    "networks": _named(t.network_member, lambda member: f"network:{member.network}", ()),
    "grants": _named(
        t.prior_grant, lambda grant: f"grant:{grant.reference}", ("reference", "year", "recipient")
    ),
}
