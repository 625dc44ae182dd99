"""What people have begun to write, as they typed it. A draft is the state of its dialog; nothing else remembers it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from domain.errors import Stale
from store import audit
from store.tables import draft as table
from store.tables import focus as focus_table
from store.tables import insert
from store.work import Work


class DraftState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Draft:
    """`answers`: text as typed by field; absent: not asked; None: left empty on purpose."""

    id: str
    form: str
    cycle_year: int
    author: str  # person id
    answers: dict[str, str | None]
    created_at: datetime
    saved_at: datetime
    scheme: str | None = None  # as answered so far, for counting
    typed: bool = False  # asked one question at a time
    state: DraftState = DraftState.OPEN
    case_number: str | None = None
    version: int = 1  # of the row, for concurrency

    @property
    def is_open(self) -> bool:
        return self.state is DraftState.OPEN


@dataclass(frozen=True, slots=True)
class Focus:
    """What a person's typed text is about: the subject (a draft's id) and the question last asked, if any."""

    subject: str
    question: str | None


_COLUMNS = tuple(table.c[field.name] for field in fields(Draft))
_GET = select(*_COLUMNS).where(table.c.id == bindparam("draft_id"))
_LOCK = _GET.with_for_update()
_OPEN = (
    select(*_COLUMNS)
    .where(table.c.author == bindparam("person_id"), table.c.state == DraftState.OPEN)
    .order_by(table.c.created_at, table.c.id)
)
_CREATE = insert(table)
_SAVED = ("answers", "scheme", "typed", "state", "case_number", "version", "saved_at")
_SAVE = (
    update(table)
    .where(table.c.id == bindparam("draft_id"))
    .values({name: bindparam(name) for name in _SAVED})
)

_FOCUS = select(focus_table.c.subject, focus_table.c.question).where(
    focus_table.c.person_id == bindparam("person_id")
)
_SET_FOCUS = insert(focus_table)
_SET_FOCUS = _SET_FOCUS.on_conflict_do_update(
    index_elements=["person_id"],
    set_={"subject": _SET_FOCUS.excluded.subject, "question": _SET_FOCUS.excluded.question},
)
_DROP_FOCUS = delete(focus_table).where(focus_table.c.person_id == bindparam("person_id"))


def create(work: Work, draft: Draft) -> Draft:
    work.connection.execute(_CREATE, {field.name: getattr(draft, field.name) for field in fields(Draft)})
    audit.record(
        work, f"draft:{draft.id}", "created", {"form": draft.form, "answered": sorted(draft.answers)}
    )
    return draft


def get(connection: Connection, draft_id: str) -> Draft | None:
    row = connection.execute(_GET, {"draft_id": draft_id}).one_or_none()
    return _draft(row) if row else None


def open_of(connection: Connection, person_id: str) -> tuple[Draft, ...]:
    """The drafts that the person can go on with, oldest first."""
    return tuple(_draft(row) for row in connection.execute(_OPEN, {"person_id": person_id}))


def save(work: Work, draft: Draft) -> Draft:
    """Keep the draft as it is now and record which fields changed, not what was typed in them.

    Raises: Stale - somebody saved it since it was read.
    """
    row = work.connection.execute(_LOCK, {"draft_id": draft.id}).one_or_none()
    if row is None or row.version != draft.version:
        raise Stale(f"draft {draft.id}")
    saved = replace(draft, version=draft.version + 1)
    work.connection.execute(_SAVE, {"draft_id": draft.id} | {name: getattr(saved, name) for name in _SAVED})
    audit.record(work, f"draft:{draft.id}", _ACTIONS[draft.state], _changes(_draft(row), saved))
    return saved


_ACTIONS = {
    DraftState.OPEN: "saved",
    DraftState.SUBMITTED: "submitted",
    DraftState.DISCARDED: "discarded",
}


def _changes(before: Draft, after: Draft) -> dict[str, object]:
    answered = before.answers.items() ^ after.answers.items()
    changes: dict[str, object] = {"changed": sorted({field for field, _ in answered})}
    if before.typed != after.typed:
        changes["typed"] = after.typed
    if after.case_number is not None:
        changes["case"] = after.case_number
    return changes


def _draft(row: Row[Any]) -> Draft:
    return Draft(**{**row._mapping, "state": DraftState(row.state)})


def focus(connection: Connection, person_id: str) -> Focus | None:
    row = connection.execute(_FOCUS, {"person_id": person_id}).one_or_none()
    return Focus(*row) if row else None


def set_focus(work: Work, person_id: str, focus: Focus | None) -> None:
    """Note what the person's next typed text is about; None: nothing."""
    if focus is None:
        work.connection.execute(_DROP_FOCUS, {"person_id": person_id})
        return
    work.connection.execute(
        _SET_FOCUS, {"person_id": person_id, "subject": focus.subject, "question": focus.question}
    )
