"""How a Teams account becomes a person of the register: a one-time code, redeemed in personal chat.

Ten characters without look-alikes, fourteen days, five tries, used once, stored hashed (contract.md,
"Enrolment"). The first four characters find the code, the other six are its secret.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.access import RoleKind
from domain.days import local_day
from domain.messages import Identity
from domain.register import Person
from store import enrolment, outbox, register
from store.work import Work

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
_SELECTOR = 4
_LIFE = timedelta(days=14)
_MISSES = 5  # per hour and identity
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def read_code(text: str) -> str | None:
    """A code as people copy it: small letters, spaces, hyphens and a full stop are forgiven. None: not a code."""
    code = re.sub(r"[\s.-]", "", text).upper()
    return code if _CODE.fullmatch(code) else None


def issue(work: Work, person_id: str, code: str, salt: bytes, machine_now: datetime) -> datetime:
    """Keep a new code for the person, in place of earlier ones; returns when it runs out."""
    expires_at = machine_now + _LIFE
    enrolment.issue(
        work,
        person_id,
        selector=code[:_SELECTOR],
        salt=salt,
        digest=_digest(code, salt),
        expires_at=expires_at,
    )
    return expires_at


@dataclass(frozen=True, slots=True)
class Refused:
    """A text key: why the code was not taken."""

    key: str


def redeem(work: Work, identity: Identity, code: str, machine_now: datetime) -> Person | Refused:
    """Bind the identity to the person that the code was made for."""
    if enrolment.tries(work.connection, identity, machine_now - timedelta(hours=1)) >= _MISSES:
        return Refused("enrol.locked")
    candidate = enrolment.candidate(work.connection, code[:_SELECTOR], machine_now)
    if candidate is None or not hmac.compare_digest(candidate.digest, _digest(code, candidate.salt)):
        locked = enrolment.miss(work, identity, code[:_SELECTOR] if candidate else None, machine_now)
        if locked is not None:
            _tell_staff(work, locked)
        return Refused("enrol.wrong")
    return enrolment.bind(work, candidate, identity, machine_now)


def _tell_staff(work: Work, locked: enrolment.Locked) -> None:
    """Somebody may be guessing; and the person, if it was they, needs another code."""
    for staff in register.people_with(work.connection, RoleKind.SECRETARIAT, on=local_day(work.now)):
        about = {"person": locked.person_id}
        outbox.put(work, f"code_locked:{locked.id}:{staff.id}", "code_locked", staff.id, about)


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)
