"""Drafts, as typed, and which question a person was last asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from domain.errors import Stale
from store import audit
from store.tables import draft
from store.tables import focus as focus_table
from store.values import dump, load
from store.work import Work


class DraftState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Draft:
    id: str
    form: str
    cycle_year: int
    author: str
    answers: dict[str, str | None]
    created_at: datetime
    saved_at: datetime
    scheme: str | None = None
    typed: bool = False
    state: DraftState = DraftState.OPEN
    case_number: str | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is DraftState.OPEN


@dataclass(frozen=True, slots=True)
class Focus:
    """The draft that a person is at, and the question that a typed text answers."""

    subject: str
    question: str | None


def create(work: Work, new: Draft) -> Draft:
    work.connection.execute(draft.insert().values(_row(new)))
    audit.record(work, new.id, "draft_begun", {"form": new.form, "cycle_year": new.cycle_year})
    return new


def get(connection: Connection, draft_id: str) -> Draft | None:
    row = connection.execute(select(draft).where(draft.c.id == draft_id)).mappings().first()
    return _draft(row) if row else None


def save(work: Work, changed: Draft) -> Draft:
    """Raises: Stale - somebody else saved it since it was read."""
    saved = replace(changed, version=changed.version + 1)
    where = (draft.c.id == changed.id) & (draft.c.version == changed.version)
    before = get(work.connection, changed.id)
    if work.connection.execute(update(draft).where(where).values(_row(saved))).rowcount != 1:
        raise Stale(changed.id)
    names = sorted(k for k, v in saved.answers.items() if before is None or before.answers.get(k, "") != v)
    audit.record(work, saved.id, "draft_saved", {"fields": names, "state": saved.state.value})
    return saved


def open_of(connection: Connection, person_id: str) -> tuple[Draft, ...]:
    """The person's open drafts, the one saved last first."""
    wanted = (
        select(draft)
        .where(draft.c.author == person_id, draft.c.state == DraftState.OPEN.value)
        .order_by(draft.c.saved_at.desc(), draft.c.id)
    )
    return tuple(_draft(row) for row in connection.execute(wanted).mappings())


def begun(connection: Connection, cycle_year: int) -> int:
    """How many drafts of the round are open."""
    where = (draft.c.cycle_year == cycle_year) & (draft.c.state == DraftState.OPEN.value)
    return connection.execute(select(func.count()).select_from(draft).where(where)).scalar_one()


def focus(connection: Connection, person_id: str) -> Focus | None:
    row = connection.execute(select(focus_table).where(focus_table.c.person_id == person_id)).first()
    return Focus(row.subject, row.question) if row else None


def set_focus(work: Work, person_id: str, on: Focus | None) -> None:
    if focus(work.connection, person_id) == on:
        return
    work.connection.execute(delete(focus_table).where(focus_table.c.person_id == person_id))
    if on is not None:
        row = {"person_id": person_id, "subject": on.subject, "question": on.question}
        work.connection.execute(focus_table.insert().values(row))


def _row(value: Draft) -> dict[str, Any]:
    row = {name: getattr(value, name) for name in Draft.__slots__}
    return row | {"answers": dump(value.answers), "state": value.state.value}


def _draft(row: Any) -> Draft:
    return Draft(**{**row, "answers": load(row["answers"]), "state": DraftState(row["state"])})
