"""What is to be sent: rows that are put in with the change they tell of, claimed with a lease, and all end in words.

A row ends as sent, dropped, failed or unknown; the last three with a reason. Nothing ends silently. It goes by one way
after the other until there is a reaction (teams.md, 4: a deadline never depends on Teams alone), and of each way that
was tried there is a receipt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)

from domain.errors import Fault
from store import receipts
from store.receipts import Outcome, Receipt
from store.receipts import Way as Way
from store.tables import insert, outbox, person
from store.work import Work


class OutboxState(StrEnum):
    HELD = "held"  # of a batch that is not released yet
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"  # no longer wanted
    FAILED = "failed"  # will never work
    UNKNOWN = "unknown"  # may have been delivered: a human looks


NO_CHAT = "no_chat"
"""The reason for dropping what is wanted all the same: there is no chat to say it in, so the person was not told."""
TOO_LATE = "too_late"
"""The reason for dropping what would be of no use any more when it arrived."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to send. `ambiguous`: must not be sent twice, so doubt is for a human to settle.

    `rung`: the way that it goes now. `tries`: how often it went wrong by that way, by fault.
    `finished_at`: when it was delivered by a way before that; None: it was not.
    """

    id: int
    key: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    ambiguous: bool
    state: OutboxState
    attempts: int  # claims so far, this one among them
    reason: str | None
    created_at: datetime
    rung: Way = Way.TEAMS
    tries: Mapping[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    batch: str | None = None

    @property
    def is_for_person(self) -> bool:
        """A recipient with a colon in it is a channel: neither mail nor telephone reaches it."""
        return ":" not in self.recipient


@dataclass(frozen=True, slots=True)
class Ended:
    """A row as it stands in the end, or so far. `sent_as`: the activity's or the mail's id. `phone_at`: since when
    somebody is to phone."""

    id: int
    key: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    ambiguous: bool
    state: OutboxState
    attempts: int
    reason: str | None
    way: Way | None
    sent_as: str | None
    not_before: datetime | None
    created_at: datetime
    finished_at: datetime | None
    phone_at: datetime | None


_COLUMNS = tuple(outbox.c[field.name] for field in fields(Item))
_PUT = insert(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
# What was delivered by a way before stays sent; what must not be sent twice is for a human, who may phone.
_WAS_SENT = outbox.c.finished_at.is_not(None)
_IN_DOUBT = and_(outbox.c.ambiguous, outbox.c.finished_at.is_(None))
_NOW = bindparam("now", type_=outbox.c.finished_at.type)
_LEASE_EXPIRED = "lease_expired"
_MAY_HAVE_GONE = literal({_LEASE_EXPIRED: 1}, outbox.c.tries.type)
_EXPIRE = (
    update(outbox)
    .where(outbox.c.state == OutboxState.CLAIMED, outbox.c.lease_until <= bindparam("machine_now"))
    .values(
        state=case(
            (_IN_DOUBT, OutboxState.UNKNOWN),
            (and_(outbox.c.ambiguous, _WAS_SENT), OutboxState.SENT),
            else_=OutboxState.PENDING,
        ),
        finished_at=case((_IN_DOUBT, _NOW), else_=outbox.c.finished_at),
        phone_at=case((outbox.c.ambiguous, _NOW), else_=outbox.c.phone_at),
        reason=_LEASE_EXPIRED,
        tries=case((outbox.c.tries == {}, _MAY_HAVE_GONE), else_=outbox.c.tries),
        lease_until=None,
    )
    .returning(outbox.c.id, outbox.c.ambiguous, outbox.c.rung)
)
_IS_DUE = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("machine_now"))
# At any time what comes of somebody's act; in office hours the rest, too.
_MAY_GO = and_(
    outbox.c.kind.not_in(bindparam("resting", expanding=True)),
    or_(outbox.c.finished_at.is_(None), bindparam("is_open", type_=Boolean)),
)
_EARLIER = outbox.alias("earlier")


def _under_way_before(*also: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The first row for the same person that was claimed before and is not delivered: it is being sent, or was put off.

    Asked of each row by itself and not as NOT EXISTS, of which PostgreSQL would make a join of all that wait.
    """
    return (
        select(_EARLIER.c.id)
        .where(
            _EARLIER.c.recipient == outbox.c.recipient,
            _EARLIER.c.id < outbox.c.id,
            _EARLIER.c.attempts > literal_column("0"),  # as the index has it
            _EARLIER.c.finished_at.is_(None),
            _EARLIER.c.rung
            == Way.TEAMS,  # a mail server that is down keeps nobody from what is told in Teams
            *also,
        )
        .order_by(_EARLIER.c.id)
        .limit(1)
        .scalar_subquery()
    )


# What waits and is due by now goes before it in the same claim.
_WAITED_FOR = _under_way_before(
    or_(_EARLIER.c.state == OutboxState.CLAIMED, _EARLIER.c.not_before > bindparam("machine_now"))
)
_DUE = (
    select(outbox.c.id, outbox.c.recipient)
    .where(outbox.c.state == OutboxState.PENDING, _IS_DUE, _MAY_GO, _WAITED_FOR.is_(None))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
# What goes before them and is not among them: another process is just taking it, so it was skipped.
_TAKEN_BY_OTHERS = (
    select(outbox.c.recipient, func.min(outbox.c.id).label("first"))
    .where(
        outbox.c.state.in_((OutboxState.PENDING, OutboxState.CLAIMED)),
        outbox.c.finished_at.is_(None),
        outbox.c.id < bindparam("last"),
        outbox.c.id.not_in(bindparam("ids", expanding=True)),
        outbox.c.recipient.in_(bindparam("people", expanding=True)),
        or_(outbox.c.state == OutboxState.CLAIMED, and_(_IS_DUE, _MAY_GO)),
    )
    .group_by(outbox.c.recipient)
)
_TO_FOLLOW_UP = (
    select(outbox.c.id)
    .where(outbox.c.state == OutboxState.SENT, outbox.c.follow_up_at <= bindparam("now"))
    .order_by(outbox.c.follow_up_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=OutboxState.CLAIMED,
        lease_until=bindparam("until"),
        follow_up_at=None,
        attempts=outbox.c.attempts + 1,
    )
    .returning(*_COLUMNS)
)
_OURS = update(outbox).where(
    outbox.c.id == bindparam("item_id"),
    outbox.c.state == OutboxState.CLAIMED,
    outbox.c.attempts == bindparam("claim"),  # not claimed by another since
)
_GO_ON: dict[str, Any] = {
    "rung": bindparam("next_rung"),
    "tries": bindparam("so_far", type_=outbox.c.tries.type),
}
_FINISH = _OURS.values(
    state=bindparam("to"),
    lease_until=None,
    not_before=None,
    reason=bindparam("why"),
    sent_as=bindparam("as_id"),
    way=bindparam("by"),
    finished_at=bindparam("at"),
    follow_up_at=bindparam("next_at"),
    phone_at=bindparam("phone"),
    **_GO_ON,
)
_KEEP = _OURS.values(
    state=OutboxState.SENT, lease_until=None, not_before=None, reason=None, phone_at=bindparam("phone")
)
_PUT_OFF = _OURS.values(
    state=OutboxState.PENDING,
    lease_until=None,
    not_before=bindparam("later"),
    reason=bindparam("why"),
    **_GO_ON,
)
_CLIMB = _OURS.values(reason=bindparam("why"), **_GO_ON)
_OF_KEY = select(*_COLUMNS).where(outbox.c.key == bindparam("wanted"))
_EVERY = select(*(outbox.c[field.name] for field in fields(Ended))).order_by(outbox.c.id)
_IN_STATE = select(*_COLUMNS).where(outbox.c.state == bindparam("wanted")).order_by(outbox.c.id)
_TOLD = (
    select(
        outbox.c.id,
        func.coalesce(person.c.name, outbox.c.recipient).label("person"),
        outbox.c.kind,
        outbox.c.state,
        outbox.c.way,
        outbox.c.reason,
        func.coalesce(outbox.c.finished_at, outbox.c.created_at).label("at"),
        outbox.c.phone_at,
        func.count().over().label("in_all"),
    )
    .select_from(outbox.outerjoin(person, person.c.id == outbox.c.recipient))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)
_SENT_ABOUT = select(func.count()).where(
    outbox.c.state == OutboxState.SENT,
    type_coerce(outbox.c.payload, Text).contains(bindparam("event", type_=Text)),
    type_coerce(outbox.c.payload, Text).contains(bindparam("year", type_=Text)),
)
_ABOUT = _TOLD.where(type_coerce(outbox.c.payload, Text).contains(bindparam("about", type_=Text)))
_TO_PERSON = _TOLD.where(outbox.c.recipient == bindparam("about"))
_OF_BATCH = _TOLD.where(outbox.c.batch == bindparam("about"))
_NEXT_DUE = select(
    func.min(
        case(
            (
                and_(outbox.c.state == OutboxState.PENDING, _under_way_before().is_(None)),
                func.coalesce(outbox.c.not_before, outbox.c.created_at),
            ),
            (outbox.c.state == OutboxState.CLAIMED, outbox.c.lease_until),
            (outbox.c.state == OutboxState.SENT, outbox.c.follow_up_at),
        )
    ),
).where(or_(outbox.c.state == OutboxState.CLAIMED, _MAY_GO))
_NUMBERS = select(outbox.c.state, func.count()).group_by(outbox.c.state)


def put(
    work: Work,
    key: str,
    kind: str,
    recipient: str,
    payload: Mapping[str, Any],
    ambiguous: bool = False,
    not_before: datetime | None = None,
    *,
    expires_at: datetime | None = None,
    batch: str | None = None,
) -> bool:
    """Have something sent, once the transaction is committed and that time has come. False: a row with that key is
    there already.

    `not_before` is of the machine's clock, `expires_at` of the domain's. What is of a batch waits for its release.
    """
    put_in = work.connection.execute(
        _PUT,
        {
            "key": key,
            "kind": kind,
            "recipient": recipient,
            "payload": payload,
            "ambiguous": ambiguous,
            "state": OutboxState.HELD if batch else OutboxState.PENDING,
            "attempts": 0,
            "not_before": not_before,
            "created_at": work.now,
            "expires_at": expires_at,
            "batch": batch,
        },
    )
    return put_in.scalar_one_or_none() is not None


def claim(
    work: Work,
    n: int,
    lease_until: datetime,
    machine_now: datetime,
    resting: Collection[str] | None = None,
) -> tuple[Item, ...]:
    """Take up to `n` rows that are due, in the order they were put in, for nobody else until the lease ends. After
    them come those whose time it is to go by their next way.

    To each person what was put in first goes first: what follows waits until that has ended, also if another process
    has it. What was delivered, and goes on by its next way, holds nothing back.

    `resting`: outside office hours, the kinds that wait for them; nothing goes by its next way then. None: in office
    hours.

    Rows whose lease ended without a word are due again, or unknown where they must not be sent twice.
    """
    times = {"machine_now": machine_now, "now": work.now}
    for row in work.connection.execute(_EXPIRE, times).all():
        if row.ambiguous:
            receipts.add(work, [row.id], Way(row.rung), Outcome.UNSURE, _LEASE_EXPIRED)
    due = _due(work, n, {"machine_now": machine_now, **_of_the_hour(resting)})
    if len(due) < n and resting is None:
        due += work.connection.execute(_TO_FOLLOW_UP, {"now": work.now, "most": n - len(due)}).scalars()
    if not due:
        return ()
    rows = work.connection.execute(_CLAIM, {"ids": due, "until": lease_until})
    return tuple(sorted((_item(row) for row in rows), key=lambda item: item.id))


def _of_the_hour(resting: Collection[str] | None) -> dict[str, object]:
    return {"resting": list(resting or ()), "is_open": resting is None}


def _due(work: Work, n: int, when: Mapping[str, object]) -> list[int]:
    found = work.connection.execute(_DUE, {**when, "most": n}).all()
    if not found:
        return []
    ids, people = zip(*found, strict=True)
    asked = {**when, "last": ids[-1], "ids": ids, "people": people}
    before = {taken.recipient: taken.first for taken in work.connection.execute(_TAKEN_BY_OTHERS, asked)}
    return [each for each, recipient in found if each < before.get(recipient, each + 1)]


def sent(
    work: Work,
    item: Item,
    sent_as: str | None = None,
    way: Way = Way.TEAMS,
    follow_up_at: datetime | None = None,
) -> bool:
    """Delivered, as the activity or mail of that id. This and the next: False when the lease was lost meanwhile.

    `follow_up_at`: when it goes on by the next way.
    """
    following = Way.MAIL if way is Way.TEAMS else Way.PHONE
    values = _ending(item, OutboxState.SENT, way) | {
        "as_id": sent_as,
        "at": work.now,
        "next_at": follow_up_at,
        "next_rung": following if follow_up_at else way,
        "so_far": {},
    }
    return _marked(work, item, _FINISH, values) and _tried(work, item, way, Outcome.SENT, None, sent_as)


def dropped(work: Work, item: Item, reason: str, *, is_phoned: bool = True) -> bool:
    """Not sent because it is no longer wanted; or wanted all the same, and there is no way left but the telephone.

    `is_phoned`, here and below: whether somebody is to phone, if it is for a person.
    """
    if reason != NO_CHAT:
        return _end(work, item, OutboxState.DROPPED, None, reason)
    is_ours = _end(work, item, OutboxState.DROPPED, None, reason, is_phoned=is_phoned)
    return is_ours and _tried(work, item, item.rung, Outcome.MISSED, reason)


def failed(work: Work, item: Item, reason: str, way: Way | None = None, *, is_phoned: bool = True) -> bool:
    """Not sent, and it never will be. `way`: the one that was tried last."""
    is_ours = _end(work, item, OutboxState.FAILED, way, reason, is_phoned=is_phoned)
    return is_ours and _tried(work, item, way or item.rung, Outcome.MISSED, reason)


def unknown(work: Work, item: Item, reason: str, way: Way | None = None, *, is_phoned: bool = True) -> bool:
    """May have been delivered; a human looks."""
    is_ours = _end(work, item, OutboxState.UNKNOWN, way, reason, is_phoned=is_phoned)
    return is_ours and _tried(work, item, way or item.rung, Outcome.UNSURE, reason)


def settled(work: Work, item: Item, *, to_phone: bool = False) -> bool:
    """It was delivered by a way before, and goes by no other; except that somebody is to phone."""
    phone_at = work.now if to_phone else None
    return _marked(work, item, _KEEP, {"phone": phone_at})


def later(work: Work, item: Item, not_before: datetime, reason: str) -> bool:
    """Nothing was sent this time; due again from then on, by the machine's clock."""
    return _put_off(work, item, not_before, reason, item.rung, item.tries)


def went_wrong(work: Work, item: Item, not_before: datetime, reason: str) -> bool:
    """It was tried; due again from then on. The tries are counted by reason."""
    tries = {**item.tries, reason: item.tries.get(reason, 0) + 1}
    return _put_off(work, item, not_before, reason, item.rung, tries)


def _put_off(
    work: Work, item: Item, not_before: datetime, reason: str, rung: Way, tries: Mapping[str, int]
) -> bool:
    values = {"later": not_before, "why": reason, "next_rung": rung, "so_far": tries}
    return _marked(work, item, _PUT_OFF, values)


def later_by_mail(
    work: Work, item: Item, not_before: datetime, reason: str, outcome: Outcome = Outcome.MISSED
) -> bool:
    """Teams is given up; due again from then on, by mail."""
    is_ours = _put_off(work, item, not_before, reason, Way.MAIL, {})
    return is_ours and _tried(work, item, Way.TEAMS, outcome, reason)


def by_mail(work: Work, item: Item, reason: str) -> Item | None:
    """Teams does not reach the person: on to the mail in the same claim. None: the lease was lost meanwhile."""
    following = replace(item, rung=Way.MAIL, tries={})
    values = {"why": reason, "next_rung": following.rung, "so_far": following.tries}
    is_ours = _marked(work, item, _CLIMB, values)
    return following if is_ours and _tried(work, item, Way.TEAMS, Outcome.MISSED, reason) else None


def _end(
    work: Work, item: Item, state: OutboxState, way: Way | None, reason: str, *, is_phoned: bool = False
) -> bool:
    """What was delivered by a way before stays sent, whatever becomes of it by this one."""
    phone_at = work.now if is_phoned and item.is_for_person else None
    if item.finished_at is not None:
        return _marked(work, item, _KEEP, {"phone": phone_at})
    values = _ending(item, state, way) | {"why": reason, "at": work.now, "phone": phone_at}
    return _marked(work, item, _FINISH, values)


def _ending(item: Item, state: OutboxState, way: Way | None) -> dict[str, object]:
    return {
        "to": state,
        "by": way,
        "why": None,
        "as_id": None,
        "next_at": None,
        "phone": None,
        "next_rung": item.rung,
        "so_far": item.tries,
    }


def _marked(work: Work, item: Item, mark: Update, values: Mapping[str, object]) -> bool:
    ours = {"item_id": item.id, "claim": item.attempts, **values}
    return work.connection.execute(mark, ours).rowcount == 1


def _tried(
    work: Work, item: Item, way: Way, outcome: Outcome, reason: str | None, sent_as: str | None = None
) -> bool:
    receipts.add(work, [item.id], way, outcome, reason, sent_as)
    return True


def may_have_gone(item: Item) -> bool:
    """Whether it was tried in a way that leaves open whether it came: no answer, or a process that was killed."""
    return bool(item.tries.keys() & _DOUBTS)


_DOUBTS = frozenset({Fault.AMBIGUOUS.value, _LEASE_EXPIRED})
HAS_SURELY_NOT_GONE = and_(
    *(type_coerce(outbox.c.tries, Text).not_like(f'%"{each}"%') for each in sorted(_DOUBTS))
)
"""The same, the other way about, for a statement."""


def find(connection: Connection, key: str) -> Item | None:
    row = connection.execute(_OF_KEY, {"wanted": key}).one_or_none()
    return _item(row) if row else None


def in_state(connection: Connection, state: OutboxState) -> tuple[Item, ...]:
    """Every row in that state, in the order they were put in."""
    return tuple(_item(row) for row in connection.execute(_IN_STATE, {"wanted": state}))


def every(connection: Connection) -> tuple[Ended, ...]:
    """Every row that was ever put in, in that order: for whoever wants to know the whole story."""
    return tuple(
        Ended(**{**row._mapping, "state": OutboxState(row.state), "way": Way(row.way) if row.way else None})
        for row in connection.execute(_EVERY)
    )


def next_due_at(connection: Connection, resting: Collection[str] | None = None) -> datetime | None:
    """When there is something to do again: a row is due, by its next way too, or a lease ends. None: nothing waits.
    `resting`: as for `claim`."""
    found: datetime | None = connection.execute(_NEXT_DUE, _of_the_hour(resting)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: to whom (by name), and what became of it. `at`: when it ended, else when it was put in. `tried`: what
    became of it by each way. `phone_at`: since when somebody is to phone."""

    person: str
    kind: str
    state: OutboxState
    way: Way | None
    reason: str | None
    at: datetime
    tried: tuple[Receipt, ...] = ()
    phone_at: datetime | None = None


Found = tuple[tuple[Told, ...], int]
"""The newest of them, and how many there are in all."""


def sent_about(connection: Connection, year: int, event: str) -> int:
    """How many messages have told of the event of that year."""
    wanted = {"event": f'"event":"{event}"', "year": f'"year":"{year}"'}  # as JSON is written here
    sent_so_far: int = connection.execute(_SENT_ABOUT, wanted).scalar_one()
    return sent_so_far


def about(connection: Connection, field: str, value: str, most: int) -> Found:
    """The newest notices whose payload has that value in that field, such as `case`."""
    said = orjson.dumps({field: value}).decode()[1:-1]  # as JSON is written here
    return _found(connection, _ABOUT, said, most)


def of_case(connection: Connection, number: str, most: int) -> Found:
    """The newest notices of the case."""
    return about(connection, "case", number, most)


def to_person(connection: Connection, person_id: str, most: int) -> Found:
    """The newest notices to the person."""
    return _found(connection, _TO_PERSON, person_id, most)


def of_batch(connection: Connection, batch_id: str, most: int) -> Found:
    """The newest notices of one message to many."""
    return _found(connection, _OF_BATCH, batch_id, most)


def _found(connection: Connection, asked: Select[Any], what: str, most: int) -> Found:
    rows = connection.execute(asked, {"about": what, "most": most}).all()
    tried = receipts.of(connection, [row.id for row in rows])
    return tuple(_told(row, tried.get(row.id, ())) for row in rows), rows[0].in_all if rows else 0


def _told(row: Row[Any], tried: tuple[Receipt, ...]) -> Told:
    way = Way(row.way) if row.way else None
    state = OutboxState(row.state)
    return Told(row.person, row.kind, state, way, row.reason, row.at, tried, row.phone_at)


def numbers(connection: Connection) -> dict[OutboxState, int]:
    """How many rows are in each state."""
    found = {OutboxState(state): count for state, count in connection.execute(_NUMBERS)}
    return {state: found.get(state, 0) for state in OutboxState}


def _item(row: Row[Any]) -> Item:
    return Item(**{**row._mapping, "state": OutboxState(row.state), "rung": Way(row.rung)})
