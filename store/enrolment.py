"""One-time codes and the Teams accounts bound by them.

A code works for fourteen days, five tries and one use, and only the newest of a person (contract.md, "Enrolment").
Here are the rows; making, hashing and comparing codes is the caller's. All times are the machine's.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from domain.errors import Final, Stale
from domain.messages import Identity
from domain.register import Person
from store import audit, register
from store.tables import enrolment_code, enrolment_miss, identity, insert
from store.work import Work

TRIES = 5  # of one code

_BY_SELECTOR = enrolment_code.c.selector == bindparam("wanted")

_REPLACE = (
    update(enrolment_code)
    .where(enrolment_code.c.person_id == bindparam("replaced_for"), enrolment_code.c.is_open)
    .values(is_open=False)
)
_ISSUE = insert(enrolment_code).on_conflict_do_nothing().returning(enrolment_code.c.id)
_CANDIDATE = (
    select(enrolment_code.c.id, enrolment_code.c.person_id, enrolment_code.c.salt, enrolment_code.c.digest)
    .where(_BY_SELECTOR, enrolment_code.c.is_open, enrolment_code.c.expires_at > bindparam("machine_now"))
    .with_for_update()
)
_COUNT_TRY = (
    update(enrolment_code)
    .where(_BY_SELECTOR, enrolment_code.c.is_open)
    .values(tries=enrolment_code.c.tries + 1, is_open=enrolment_code.c.tries + 1 < TRIES)
    .returning(enrolment_code.c.id, enrolment_code.c.person_id, enrolment_code.c.is_open)
)
_WORKS = and_(enrolment_code.c.is_open, enrolment_code.c.expires_at > bindparam("machine_now"))
_VALID = select(enrolment_code.c.id).where(enrolment_code.c.person_id == bindparam("person_id"), _WORKS)
_INVITED = select(enrolment_code.c.person_id).where(_WORKS)
_MISS = insert(enrolment_miss)
_TRIES = select(func.count()).where(
    enrolment_miss.c.tenant_id == bindparam("tenant_id"),
    enrolment_miss.c.object_id == bindparam("object_id"),
    enrolment_miss.c.missed_at > bindparam("since"),
)
_USE = (
    update(enrolment_code)
    .where(enrolment_code.c.id == bindparam("code_id"), enrolment_code.c.is_open)
    .values(is_open=False, used_at=bindparam("machine_now"))
)
_HOLDER = select(identity.c.person_id).where(
    identity.c.tenant_id == bindparam("tenant_id"), identity.c.object_id == bindparam("object_id")
)
_UNBIND = delete(identity).where(identity.c.person_id == bindparam("person_id"))
_BIND = insert(identity)
_FORGET = delete(enrolment_miss).where(enrolment_miss.c.missed_at < bindparam("before"))


class IdentityTaken(Final):
    """The Teams account is already bound to another person."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code that may still be used, without the code."""

    id: int
    person_id: str
    salt: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Locked:
    """A code that was tried too often, and whose it was."""

    id: int
    person_id: str


def issue(
    work: Work, person_id: str, *, selector: str, salt: bytes, digest: bytes, expires_at: datetime
) -> None:
    """Keep a new code for the person; earlier ones that were not used stop working.

    Raises: Stale - the selector is that of another open code; the job, run again, makes another code.
    """
    work.connection.execute(_REPLACE, {"replaced_for": person_id})
    issued = work.connection.execute(
        _ISSUE,
        {
            "person_id": person_id,
            "selector": selector,
            "salt": salt,
            "digest": digest,
            "expires_at": expires_at,
            "tries": 0,
            "is_open": True,
        },
    )
    if issued.scalar_one_or_none() is None:
        raise Stale("selector")
    audit.record(work, f"person:{person_id}", "code_issued")


def candidate(connection: Connection, selector: str, machine_now: datetime) -> Code | None:
    """The code that was perhaps meant, if it may still be used. Its digest must be compared in constant time."""
    row = connection.execute(_CANDIDATE, {"wanted": selector, "machine_now": machine_now}).one_or_none()
    return Code(*row) if row else None


def miss(work: Work, identity: Identity, selector: str | None, machine_now: datetime) -> Locked | None:
    """Count a wrong try against the account and, if there is one, the code; that code, when this was its last try."""
    work.connection.execute(
        _MISS,
        {"tenant_id": identity.tenant_id, "object_id": identity.object_id, "missed_at": machine_now},
    )
    if selector is None:
        return None
    tried = work.connection.execute(_COUNT_TRY, {"wanted": selector}).one_or_none()
    if tried is None or tried.is_open:
        return None
    audit.record(work, f"person:{tried.person_id}", "code_locked")
    return Locked(tried.id, tried.person_id)


def revoke(work: Work, person_id: str, machine_now: datetime) -> bool:
    """Let the person's code stop working. False: there was none that did."""
    valid = work.connection.execute(_VALID, {"person_id": person_id, "machine_now": machine_now})
    if valid.scalar_one_or_none() is None:
        return False
    work.connection.execute(_REPLACE, {"replaced_for": person_id})
    audit.record(work, f"person:{person_id}", "code_revoked")
    return True


def with_valid_code(connection: Connection, machine_now: datetime) -> frozenset[str]:
    """Everybody who has a code that may still be used."""
    return frozenset(connection.execute(_INVITED, {"machine_now": machine_now}).scalars())


def tries(connection: Connection, identity: Identity, since: datetime) -> int:
    """How often the account has tried a wrong code since then."""
    found: int = connection.execute(
        _TRIES, {"tenant_id": identity.tenant_id, "object_id": identity.object_id, "since": since}
    ).scalar_one()
    return found


def bind(work: Work, code: Code, identity: Identity, machine_now: datetime) -> Person:
    """Use up the code and bind the account to its person, in place of an earlier account.

    Raises: IdentityTaken - the account is another person's. Stale - the code was used or replaced meanwhile.
    """
    account = {"tenant_id": identity.tenant_id, "object_id": identity.object_id}
    holder = work.connection.execute(_HOLDER, account).scalar_one_or_none()
    if holder not in (None, code.person_id):
        raise IdentityTaken(holder)
    used = work.connection.execute(_USE, {"code_id": code.id, "machine_now": machine_now})
    if used.rowcount != 1:
        raise Stale("code")
    work.connection.execute(_UNBIND, {"person_id": code.person_id})
    work.connection.execute(_BIND, {**account, "person_id": code.person_id, "bound_at": machine_now})
    audit.record(work, f"person:{code.person_id}", "identity_bound", account)
    person = register.person(work.connection, code.person_id)
    assert person is not None
    return person


def forget_before(work: Work, at: datetime) -> int:
    """Forget wrong tries made before; returns how many."""
    return work.connection.execute(_FORGET, {"before": at}).rowcount
