"""People, organisations and roles, with the days on which they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, Table, Text, and_, bindparam, or_, select, update

from domain.access import WRITING_ROLES, Actor, Role, RoleKind
from domain.days import local_day, midnight_before
from domain.messages import Identity
from domain.register import Directory, Organisation, OrganisationKind, Person, Reminders
from store import audit, outbox, revisions
from store import tables as t
from store.tables import insert
from store.work import Work

_MORNING = timedelta(hours=8)  # what is told on a day to come is told then

_PERSON = (
    t.person.c.id,
    t.person.c.name,
    t.person.c.language,
    t.person.c.email,
    t.person.c.phone,
    t.person.c.is_example,
    t.identity.c.person_id.is_not(None).label("enrolled"),
)
_PEOPLE = select(*_PERSON).select_from(t.person.outerjoin(t.identity))
_ONE_PERSON = _PEOPLE.where(t.person.c.id == bindparam("person_id"))
_EVERYBODY = _PEOPLE.order_by(t.person.c.name, t.person.c.id)


def holds() -> ColumnElement[bool]:
    """The role counts on the day `on`; the same rule as `Role.holds`."""
    on = bindparam("on", type_=Date)
    return and_(
        or_(t.role.c.valid_from.is_(None), t.role.c.valid_from <= on),
        or_(t.role.c.valid_to.is_(None), t.role.c.valid_to >= on),
    )


def _wanted(name: str) -> ColumnElement[bool]:
    """The role's column is the parameter of that name, if there is one."""
    parameter = bindparam(name, type_=Text)
    return or_(parameter.is_(None), t.role.c[name] == parameter)


_HOLDERS = (
    select(*_PERSON)
    .select_from(t.role.join(t.person).outerjoin(t.identity))
    .where(t.role.c.kind == bindparam("kind"), _wanted("organisation"), _wanted("body"), holds())
    .order_by(t.role.c.id)
)

_ROLE = (
    t.role.c.id,
    t.role.c.kind,
    t.role.c.organisation,
    t.role.c.body,
    t.role.c.valid_from,
    t.role.c.valid_to,
)
_ROLES = select(*_ROLE).where(t.role.c.person_id == bindparam("person_id")).order_by(t.role.c.id)

_ACTOR = select(
    t.person.c.id,
    t.person.c.name,
    t.person.c.language,
    *(column.label(f"role_{column.name}") for column in _ROLE),
).order_by(t.role.c.id)
_WITH_ROLES = and_(t.role.c.person_id == t.person.c.id, holds())
_ACTOR_OF_IDENTITY = _ACTOR.select_from(t.identity.join(t.person).outerjoin(t.role, _WITH_ROLES)).where(
    t.identity.c.tenant_id == bindparam("tenant_id"), t.identity.c.object_id == bindparam("object_id")
)
_ACTOR_OF_PERSON = _ACTOR.select_from(t.person.outerjoin(t.role, _WITH_ROLES)).where(
    t.person.c.id == bindparam("person_id")
)

_ORGANISATIONS = select(*(t.organisation.c[field.name] for field in fields(Organisation))).order_by(
    t.organisation.c.id
)
_ADD_ORGANISATION = insert(t.organisation)
_ADD_PERSON = insert(t.person)
_ADD_ROLE = insert(t.role).returning(t.role.c.id)
_END_ROLE = (
    update(t.role)
    .where(t.role.c.id == bindparam("role_id"))
    .values(valid_to=bindparam("last_day"))
    .returning(t.role.c.person_id)
)
_MOVE_ROLE = (
    update(t.role)
    .where(t.role.c.id == bindparam("role_id"))
    .values(valid_from=bindparam("first_day"), valid_to=bindparam("last_day"))
    .returning(t.role.c.person_id)
)
_SET_LANGUAGE = (
    update(t.person).where(t.person.c.id == bindparam("person_id")).values(language=bindparam("code"))
)


_REMINDERS_OF = select(t.person.c.reminders).where(t.person.c.id == bindparam("person_id"))
_SET_REMINDERS = update(t.person).where(t.person.c.id == bindparam("who")).values(reminders=bindparam("how"))
REMINDED_WEEKLY = select(t.person.c.id).where(t.person.c.reminders == Reminders.WEEKLY)
"""The ids of those who want to be reminded once a week."""

_DRAFTS_OF = (
    select(t.draft.c.id)
    .where(t.draft.c.owner == bindparam("owner"), t.draft.c.state == "open")
    .order_by(t.draft.c.id)
)
_CASES_OF = (
    select(t.case_head.c.number)
    .where(t.case_head.c.lead_owner == bindparam("owner"))
    .order_by(t.case_head.c.number)
)


# Asking


def directory(connection: Connection) -> Directory:
    """Every organisation. Asked about once in a transaction, and built anew only where one has changed since."""
    return revisions.kept(connection, "register", _directory)


def _directory(connection: Connection) -> Directory:
    return Directory({row.id: _organisation(row) for row in connection.execute(_ORGANISATIONS)})


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(**{**row._mapping, "kind": OrganisationKind(row.kind)})


def person(connection: Connection, person_id: str) -> Person | None:
    row = connection.execute(_ONE_PERSON, {"person_id": person_id}).one_or_none()
    return Person(*row) if row else None


def people(connection: Connection) -> tuple[Person, ...]:
    """Everybody in the register, by name."""
    return tuple(Person(*row) for row in connection.execute(_EVERYBODY))


def people_with(
    connection: Connection,
    kind: RoleKind,
    *,
    organisation: str | None = None,
    body: str | None = None,
    on: date,
) -> tuple[Person, ...]:
    """Those who hold such a role on the day, for one organisation or body if given; the first registered first."""
    rows = connection.execute(_HOLDERS, {"kind": kind, "organisation": organisation, "body": body, "on": on})
    return tuple(dict.fromkeys(Person(*row) for row in rows))


def roles(connection: Connection, person_id: str) -> dict[int, Role]:
    """All roles the person has, had and will have, by the id that `end_role` takes."""
    rows = connection.execute(_ROLES, {"person_id": person_id})
    return {row.id: _role(row[1:]) for row in rows}


def actor(connection: Connection, identity: Identity, on: date) -> Actor | None:
    """The person behind a Teams account, with the roles that hold on the day. None: nobody we know."""
    return _actor(
        connection.execute(
            _ACTOR_OF_IDENTITY,
            {"tenant_id": identity.tenant_id, "object_id": identity.object_id, "on": on},
        ).all()
    )


def actor_of(connection: Connection, person_id: str, on: date) -> Actor | None:
    """The person with the roles that hold on the day."""
    return _actor(connection.execute(_ACTOR_OF_PERSON, {"person_id": person_id, "on": on}).all())


def _actor(rows: Sequence[Row[Any]]) -> Actor | None:
    """`language` is "" until the person has chosen one."""
    if not rows:
        return None
    first = rows[0]
    held = tuple(_role(row[4:]) for row in rows if row.role_id is not None)
    return Actor(first.id, first.name, first.language or "", held)


def _role(values: Sequence[Any]) -> Role:
    kind, *rest = values
    return Role(RoleKind(kind), *rest)


# Changing


def add_organisation(work: Work, organisation: Organisation, *, reason: str = "") -> None:
    work.connection.execute(_ADD_ORGANISATION, asdict(organisation))
    revisions.changed(work, "register")
    audit.record(
        work, f"organisation:{organisation.id}", "added", {"kind": organisation.kind} | _because(reason)
    )


def change_organisation(work: Work, organisation: Organisation, changed: Iterable[str], reason: str) -> None:
    """Keep the organisation as it is now; `changed` names the fields that differ, for the audit."""
    _replace(work, t.organisation, asdict(organisation))
    revisions.changed(work, "register")
    audit.record(
        work, f"organisation:{organisation.id}", "changed", {"fields": sorted(changed)} | _because(reason)
    )


def _replace(work: Work, table: Table, values: dict[str, Any]) -> None:
    statement = update(table).where(table.c.id == values["id"]).values(values)
    work.connection.execute(statement)


def add_person(work: Work, person: Person, *, reason: str = "") -> None:
    """Take a person into the register. Whether they are enrolled is for `enrolment` to say."""
    work.connection.execute(_ADD_PERSON, _person_row(person))
    audit.record(work, f"person:{person.id}", "added", _because(reason))


def change_person(work: Work, person: Person, changed: Iterable[str], reason: str) -> None:
    """Keep what the register knows of the person now. The audit names the fields and not what they hold."""
    _replace(work, t.person, _person_row(person))
    audit.record(work, f"person:{person.id}", "changed", {"fields": sorted(changed)} | _because(reason))


def _person_row(person: Person) -> dict[str, Any]:
    values = asdict(person)
    del values["enrolled"]
    return values


def _because(reason: str) -> dict[str, object]:
    """Why, where that was asked for: it is kept with the change, as the one text of a person that the audit holds."""
    return {"reason": reason} if reason else {}


def add_role(work: Work, person_id: str, role: Role, *, reason: str = "") -> int:
    """Give a person a role; returns the id that `end_role` takes."""
    values = {**asdict(role), "person_id": person_id}
    id_: int = work.connection.execute(_ADD_ROLE, values).scalar_one()
    detail = {"role": id_, **asdict(role)} | _because(reason)
    _hand_over(work, person_id, id_, role)
    audit.record(work, f"person:{person_id}", "role_added", detail)
    return id_


def _hand_over(work: Work, person_id: str, role_id: int, role: Role) -> None:
    """Whoever speaks or writes for an owner has its cases from the role's first day on, and is told then what there is.
    Those who are not in the bot yet see it when they are let in."""
    today = local_day(work.now)
    if role.kind not in WRITING_ROLES or role.organisation is None:
        return
    known = person(work.connection, person_id)
    if known is None or (role.valid_to is not None and role.valid_to < today):
        return
    begins_on = role.valid_from if role.valid_from is not None and role.valid_from > today else None
    detail = {"person": person_id} | ({"begins_on": begins_on.isoformat()} if begins_on else {})
    for kind, which in (("draft", _DRAFTS_OF), ("case", _CASES_OF)):
        for id_ in work.connection.execute(which, {"owner": role.organisation}).scalars():
            audit.record(work, f"{kind}:{id_}", "handed_over", detail)
    if known.enrolled or begins_on:  # who is let in until then is told as well
        outbox.put(
            work,
            key=f"handover:{role_id}",
            kind="handover",
            recipient=person_id,
            payload={"owner": role.organisation},
            not_before=midnight_before(begins_on) + _MORNING if begins_on else None,
        )


def end_role(work: Work, role_id: int, last_day: date, *, reason: str = "") -> None:
    """Let a role end; the day is the last one that counts. Roles are never deleted.

    Raises: NoResultFound - there is no such role.
    """
    ended = work.connection.execute(_END_ROLE, {"role_id": role_id, "last_day": last_day})
    person_id = ended.scalar_one()
    detail = {"role": role_id, "last_day": last_day} | _because(reason)
    audit.record(work, f"person:{person_id}", "role_ended", detail)


def move_role(
    work: Work, role_id: int, first_day: date | None, last_day: date | None, *, reason: str
) -> None:
    """Give a role another period. Whether it may have one is for `domain.roster` to say.

    Raises: NoResultFound - there is no such role.
    """
    moved = work.connection.execute(
        _MOVE_ROLE, {"role_id": role_id, "first_day": first_day, "last_day": last_day}
    )
    detail = {"role": role_id, "valid_from": first_day, "valid_to": last_day} | _because(reason)
    audit.record(work, f"person:{moved.scalar_one()}", "role_moved", detail)


def set_language(work: Work, person_id: str, code: str) -> None:
    work.connection.execute(_SET_LANGUAGE, {"person_id": person_id, "code": code})
    audit.record(work, f"person:{person_id}", "language_set", {"language": code})


def reminders_of(connection: Connection, person_id: str) -> Reminders:
    """How often the person wants to be reminded."""
    chosen = connection.execute(_REMINDERS_OF, {"person_id": person_id}).scalar_one_or_none()
    return Reminders(chosen) if chosen else Reminders.EACH


def set_reminders(work: Work, person_id: str, how: Reminders) -> None:
    work.connection.execute(_SET_REMINDERS, {"who": person_id, "how": how})
    audit.record(work, f"person:{person_id}", "reminders_set", {"reminders": how})


def seed(
    work: Work,
    organisations: Iterable[Organisation],
    people: Iterable[Person] = (),
    roles: Iterable[tuple[str, Role]] = (),
) -> None:
    """Add what is not there yet and leave the rest as it is. Roles (with person id) only for people who are new."""
    known = directory(work.connection).organisations
    for new_organisation in (each for each in organisations if each.id not in known):
        add_organisation(work, new_organisation)
    new = {each.id: each for each in people if person(work.connection, each.id) is None}
    for new_person in new.values():
        add_person(work, new_person)
    for person_id, role in roles:
        if person_id in new:
            add_role(work, person_id, role)
