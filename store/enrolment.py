"""One-time codes and the tries at them. Times are the machine's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from domain.errors import Final
from domain.messages import Identity
from domain.register import Person
from store import audit, register
from store.tables import enrolment_code, enrolment_miss, person
from store.work import Work

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Code:
    id: int
    person_id: str
    salt: bytes
    digest: bytes


def issue(
    work: Work, person_id: str, *, selector: str, salt: bytes, digest: bytes, expires_at: datetime
) -> None:
    """A new code; the person's earlier ones end."""
    work.connection.execute(
        update(enrolment_code).where(enrolment_code.c.person_id == person_id).values(ended=True)
    )
    row = {"person_id": person_id, "selector": selector, "salt": salt, "digest": digest}
    work.connection.execute(
        enrolment_code.insert().values(**row, expires_at=expires_at, tries=0, ended=False)
    )
    audit.record(work, f"person:{person_id}", "code_issued", {})


def candidate(connection: Connection, selector: str, machine_now: datetime) -> Code | None:
    """The living code that begins like this."""
    row = connection.execute(
        select(enrolment_code).where(
            enrolment_code.c.selector == selector,
            enrolment_code.c.ended.is_(False),
            enrolment_code.c.tries < MOST_TRIES,
            enrolment_code.c.expires_at > machine_now,
        )
    ).first()
    return Code(row.id, row.person_id, row.salt, row.digest) if row else None


def miss(work: Work, identity: Identity, selector: str | None, machine_now: datetime) -> None:
    """A wrong code: counted against the one who tried, and against the code that begins like it."""
    row = {"tenant_id": identity.tenant_id, "object_id": identity.object_id, "at": machine_now}
    work.connection.execute(enrolment_miss.insert().values(row))
    if selector is not None:
        work.connection.execute(
            update(enrolment_code)
            .where(enrolment_code.c.selector == selector, enrolment_code.c.ended.is_(False))
            .values(tries=enrolment_code.c.tries + 1)
        )


def tries(connection: Connection, identity: Identity, since: datetime) -> int:
    where = (
        (enrolment_miss.c.tenant_id == identity.tenant_id)
        & (enrolment_miss.c.object_id == identity.object_id)
        & (enrolment_miss.c.at > since)
    )
    return connection.execute(select(func.count()).select_from(enrolment_miss).where(where)).scalar_one()


def bind(work: Work, code: Code, identity: Identity) -> Person:
    """The identity is the person from now on; the code is used."""
    work.connection.execute(update(enrolment_code).where(enrolment_code.c.id == code.id).values(ended=True))
    bound = {"tenant_id": identity.tenant_id, "object_id": identity.object_id}
    work.connection.execute(update(person).where(person.c.id == code.person_id).values(bound))
    audit.record(work, f"person:{code.person_id}", "enrolled", {})
    found = register.person(work.connection, code.person_id)
    if found is None:
        raise Final(code.person_id)
    return found
