"""People, organisations and roles with their periods. Roles end; nothing is deleted."""

from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from domain.access import Actor, Role, RoleKind
from domain.messages import Identity
from domain.register import Directory, Organisation, OrganisationKind, Person
from store import audit
from store.tables import organisation
from store.tables import person as person_table
from store.tables import role as role_table
from store.work import Work


def add_organisation(work: Work, new: Organisation) -> None:
    row = {field.name: getattr(new, field.name) for field in fields(Organisation)}
    work.connection.execute(organisation.insert().values(row | {"kind": new.kind.value}))
    audit.record(work, f"organisation:{new.id}", "organisation_added", {})


def add_person(work: Work, new: Person) -> None:
    names = ("id", "name", "language", "email", "phone", "is_example")
    work.connection.execute(person_table.insert().values({name: getattr(new, name) for name in names}))
    audit.record(work, f"person:{new.id}", "person_added", {})


def add_role(work: Work, person_id: str, new: Role) -> None:
    row = {field.name: getattr(new, field.name) for field in fields(Role)}
    work.connection.execute(
        role_table.insert().values(row | {"kind": new.kind.value, "person_id": person_id})
    )
    audit.record(work, f"person:{person_id}", "role_added", {"kind": new.kind.value})


def directory(connection: Connection) -> Directory:
    rows = connection.execute(select(organisation)).mappings()
    return Directory(
        {row["id"]: Organisation(**{**row, "kind": OrganisationKind(row["kind"])}) for row in rows}
    )


def person(connection: Connection, person_id: str) -> Person | None:
    row = connection.execute(select(person_table).where(person_table.c.id == person_id)).first()
    return _person(row) if row else None


def actor(connection: Connection, identity: Identity, on: date) -> Actor | None:
    """The person behind the identity, with the roles that hold on the day."""
    row = connection.execute(
        select(person_table).where(
            person_table.c.tenant_id == identity.tenant_id, person_table.c.object_id == identity.object_id
        )
    ).first()
    return _actor(connection, row, on) if row else None


def actor_of(connection: Connection, person_id: str, on: date) -> Actor | None:
    row = connection.execute(select(person_table).where(person_table.c.id == person_id)).first()
    return _actor(connection, row, on) if row else None


def people_with(
    connection: Connection, kind: RoleKind, *, organisation: str | None = None, on: date
) -> tuple[Person, ...]:
    """Who holds the role on the day, in the order of their ids."""
    wanted = (
        select(person_table)
        .join(role_table, role_table.c.person_id == person_table.c.id)
        .where(role_table.c.kind == kind.value, _holds(on))
        .order_by(person_table.c.id)
        .distinct()
    )
    if organisation is not None:
        wanted = wanted.where(role_table.c.organisation == organisation)
    return tuple(_person(row) for row in connection.execute(wanted))


def set_language(work: Work, person_id: str, language: str) -> None:
    work.connection.execute(
        update(person_table).where(person_table.c.id == person_id).values(language=language)
    )
    audit.record(work, f"person:{person_id}", "language_set", {"language": language})


def _holds(on: date) -> ColumnElement[bool]:
    starts, ends = role_table.c.valid_from, role_table.c.valid_to
    return or_(starts.is_(None), starts <= on) & or_(ends.is_(None), ends >= on)


def _person(row: Any) -> Person:
    return Person(
        row.id, row.name, row.language, row.email, row.phone, row.is_example, row.object_id is not None
    )


def _actor(connection: Connection, row: Any, on: date) -> Actor:
    wanted = select(role_table).where(role_table.c.person_id == row.id, _holds(on)).order_by(role_table.c.id)
    roles = tuple(
        Role(RoleKind(role.kind), role.organisation, role.body, role.valid_from, role.valid_to)
        for role in connection.execute(wanted)
    )
    return Actor(row.id, row.name, row.language or "", roles)
