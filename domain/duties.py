"""Who owes what by when. Derived from the cases, never stored as a list."""

from dataclasses import dataclass
from datetime import date, timedelta

REMEMBERED = timedelta(days=7)
"""So long after its last day a duty is still told of: whom to ask, and to staff, whom to phone."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`kind`: the name of its source in `dialogs.duties`. `subject`: what it is about, as its source reads it; may be
    empty. `due_on`: the last day, for this owner."""

    kind: str
    owner: str | None
    subject: str
    due_on: date

    def is_over(self, on: date) -> bool:
        return self.due_on < on
