"""Who owes what by when. Derived from the cases, never stored as a list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DutyKind(StrEnum):
    """What is owed. Its words are the texts `duties.<kind>`."""

    DRAFT = "draft"  # begun and not filed
    RETURNED = "returned"  # a case was sent back and is to be filed again
    NOTHING = "nothing"  # the owner has filed nothing and begun nothing


@dataclass(frozen=True, slots=True)
class Duty:
    """`subject`: the draft's id or the case's number; empty for NOTHING. `due_on`: the last day, for this owner."""

    kind: DutyKind
    owner: str | None
    subject: str
    due_on: date
