"""What people have begun to write, as they typed it. A draft is the state of its dialog; nothing else remembers it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Row,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    or_,
    select,
    tuple_,
    update,
)

from domain.access import WRITING_ROLES, Reach, RoleKind, Thing
from domain.errors import Stale
from store import audit, register
from store.register import holds
from store.tables import draft as table
from store.tables import focus as focus_table
from store.tables import insert, role
from store.work import Work


class DraftState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


class Purpose(StrEnum):
    REPORT = "report"
    ON_BEHALF = "on_behalf"  # the secretariat writes for an owner that has no Teams
    CORRECTION = "correction"  # the secretariat mends a mistake in what was filed
    PART = "part"  # a university proposes its part of a case otherwise; `owner` is the university
    HANDLING = "handling"  # what the secretariat does to a case or a deadline


@dataclass(frozen=True, slots=True)
class Draft:
    """`answers`: text as typed by field; absent: not asked; None: left empty on purpose.

    `owner`: the lead owner as answered so far, whose the draft is from then on. `readers`: organisations that may read
    it. `writers`: who changed each field last, and when. `to_check`: fields taken over from an earlier case that
    nobody has confirmed yet. `about`: the case that it becomes a new version of, or the report that it becomes.
    `partner`: the university that writes it together with the owner.
    """

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
    owner: str | None = None
    readers: tuple[str, ...] = ()
    writers: dict[str, tuple[str, str]] = field(default_factory=dict)  # (person id, ISO instant)
    to_check: tuple[str, ...] = ()
    about: str | None = None
    purpose: Purpose = Purpose.REPORT
    partner: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state is DraftState.OPEN


@dataclass(frozen=True, slots=True)
class Focus:
    """What a person's typed text is about: the subject (a draft's id) and the question last asked, if any.

    `shown`: digest of the answer that stood there when it was asked.
    """

    subject: str
    question: str | None
    shown: str = ""


_COLUMNS = tuple(table.c[field.name] for field in fields(Draft))
_GET = select(*_COLUMNS).where(table.c.id == bindparam("draft_id"))
_NOT_OFFICE = (Purpose.REPORT, Purpose.PART)
_IS_OFFICE = table.c.purpose.not_in(_NOT_OFFICE)
_WROTE = and_(role.c.person_id == table.c.author, role.c.kind.in_(WRITING_ROLES))
# Nobody writes for an owner as its author any more, and one of the author's roles was of these.
_IS_LEFT = and_(
    ~select(role.c.id).where(_WROTE, holds()).exists(),
    select(role.c.id)
    .where(_WROTE, tuple_(role.c.kind, role.c.organisation).in_(bindparam("heir_of", expanding=True)))
    .exists(),
)
_REACHED = or_(
    table.c.owner.in_(bindparam("owners", expanding=True)),
    table.c.partner.in_(bindparam("partners", expanding=True)),
    and_(table.c.owner.is_(None), ~_IS_OFFICE, or_(table.c.author == bindparam("author"), _IS_LEFT)),
    and_(_IS_OFFICE, bindparam("office", type_=Boolean)),
)
_LET_IN = cast(table.c.readers, Text).contains(bindparam("quoted"), autoescape=False)
_READ_BY = (
    select(*_COLUMNS)
    .where(_LET_IN, table.c.state == DraftState.OPEN)
    .order_by(table.c.created_at, table.c.id)
)
_ABOUT = (
    select(*_COLUMNS)
    .where(table.c.about == bindparam("number"), table.c.state == DraftState.OPEN)
    .order_by(table.c.created_at, table.c.id)
)
_OPEN = (
    select(*_COLUMNS)
    .where(_REACHED, table.c.state == DraftState.OPEN)
    .order_by(table.c.created_at, table.c.id)
)
_CREATE = insert(table)
_SAVED = (
    *("answers", "scheme", "typed", "state", "case_number", "version", "saved_at"),
    *("owner", "readers", "writers", "to_check"),
)
_SAVE = (
    update(table)
    .where(table.c.id == bindparam("draft_id"), table.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in _SAVED})
)

_FOCUS = select(focus_table.c.subject, focus_table.c.question, focus_table.c.shown).where(
    focus_table.c.person_id == bindparam("person_id")
)
_SET_FOCUS = insert(focus_table)
_SET_FOCUS = _SET_FOCUS.on_conflict_do_update(
    index_elements=["person_id"],
    set_={name: _SET_FOCUS.excluded[name] for name in ("subject", "question", "shown")},
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


def thing(connection: Connection, draft: Draft, on: date) -> Thing:
    """The draft as far as rights are concerned, on the day."""
    is_office = draft.purpose not in _NOT_OFFICE
    return Thing(
        lead_owner=draft.owner,
        partners=frozenset({draft.partner} if draft.partner else ()),
        author=draft.author,
        readers=frozenset(draft.readers),
        is_office=is_office,
        left_by=_left_by(connection, draft, on) if draft.owner is None and not is_office else frozenset(),
    )


def _left_by(connection: Connection, draft: Draft, on: date) -> frozenset[tuple[RoleKind, str]]:
    """The roles in which the author wrote for owners, if none of them holds any more."""
    roles = [held for held in register.roles(connection, draft.author).values() if held.kind in WRITING_ROLES]
    if any(held.holds(on) for held in roles):
        return frozenset()
    return frozenset((held.kind, held.organisation) for held in roles if held.organisation is not None)


def open_of(connection: Connection, reach: Reach, on: date) -> tuple[Draft, ...]:
    """The drafts that can be gone on with, oldest first. Those that are only read are not among them."""
    parameters = {
        "owners": sorted(reach.owners),
        "partners": sorted(reach.partners),
        "author": reach.author,
        "heir_of": sorted(reach.heir_of),
        "office": reach.office,
        "on": on,
    }
    return tuple(_draft(row) for row in connection.execute(_OPEN, parameters))


def read_by(connection: Connection, organisations: Iterable[str]) -> tuple[Draft, ...]:
    """The open drafts that these organisations were let into."""
    found = (
        _draft(row)
        for organisation in sorted(organisations)
        for row in connection.execute(_READ_BY, {"quoted": f'"{organisation}"'})
    )
    return tuple({draft.id: draft for draft in found}.values())


def about(connection: Connection, number: str) -> tuple[Draft, ...]:
    """The open drafts about the case, oldest first: its next version, a correction, what staff do to it. Or about the
    report of that subject, of which there is one at most.
    """
    return tuple(_draft(row) for row in connection.execute(_ABOUT, {"number": number}))


def save(work: Work, before: Draft, after: Draft) -> Draft:
    """Keep the draft as it is now and record which fields changed since `before`, not what was typed in them.

    Raises: Stale - somebody saved it since `before` was read.
    """
    mark = (work.actor, work.now.isoformat())
    writers = {**after.writers, **dict.fromkeys(_changed(before, after), mark)}
    saved = replace(after, version=before.version + 1, writers=writers)
    values = {name: getattr(saved, name) for name in _SAVED}
    known = {"draft_id": before.id, "read_version": before.version}
    if work.connection.execute(_SAVE, known | values).rowcount != 1:
        raise Stale(f"draft {before.id}")
    audit.record(work, f"draft:{before.id}", _ACTIONS[after.state], _changes(before, saved))
    return saved


_ACTIONS = {
    DraftState.OPEN: "saved",
    DraftState.SUBMITTED: "submitted",
    DraftState.DISCARDED: "discarded",
}


def _changed(before: Draft, after: Draft) -> list[str]:
    """The fields with another answer."""
    return sorted({field_ for field_, _ in before.answers.items() ^ after.answers.items()})


def _changes(before: Draft, after: Draft) -> dict[str, object]:
    changes: dict[str, object] = {"changed": _changed(before, after)}
    if before.readers != after.readers:
        changes["readers"] = list(after.readers)
    if before.typed != after.typed:
        changes["typed"] = after.typed
    if after.case_number is not None:
        changes["case"] = after.case_number
    return changes


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        **{
            **row._mapping,
            "state": DraftState(row.state),
            "purpose": Purpose(row.purpose),
            "readers": tuple(row.readers),
            "to_check": tuple(row.to_check),
            "writers": {field_: (who, at) for field_, (who, at) in row.writers.items()},
        }
    )


def focus(connection: Connection, person_id: str) -> Focus | None:
    row = connection.execute(_FOCUS, {"person_id": person_id}).one_or_none()
    return Focus(*row) if row else None


def set_focus(work: Work, person_id: str, focus: Focus | None) -> None:
    """Note what the person's next typed text is about; None: nothing."""
    if focus is None:
        work.connection.execute(_DROP_FOCUS, {"person_id": person_id})
        return
    work.connection.execute(
        _SET_FOCUS,
        {"person_id": person_id, "subject": focus.subject, "question": focus.question, "shown": focus.shown},
    )
