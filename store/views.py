"""What lists and overviews show: plain values, filtered by what the person may see."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)

from domain.access import Relation, RoleKind, Visible
from domain.cases import GIVEN_UP, Case, State
from domain.frames import Asked
from store.cases import HEADS, PARTIES, by_year, read
from store.conversations import in_chat
from store.drafts import DraftState, Purpose
from store.outbox import NO_CHAT, OutboxState
from store.register import holds
from store.tables import (
    case_count,
    case_head,
    case_money,
    case_party,
    case_version,
    draft,
    outbox,
    person,
    phone_call,
    role,
)

# Cases that a person may see

_RELATIONS = {
    Relation.LEAD_OWNER: "lead_owners",
    Relation.OTHER_OWNER: "other_owners",
    Relation.PARTNER: "partners",
}
_THEIRS = case_head.c.number.in_(
    select(case_party.c.number).where(
        or_(
            *(
                and_(
                    case_party.c.relation == relation,
                    case_party.c.organisation.in_(bindparam(name, expanding=True)),
                )
                for relation, name in _RELATIONS.items()
            )
        )
    )
)


def _if_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The column is the parameter of that name, where that is given."""
    wanted = bindparam(name, type_=column.type)
    return or_(wanted.is_(None), column == wanted)


_OF_OWNER = or_(
    bindparam("owner", type_=Text).is_(None),
    case_head.c.number.in_(
        select(case_party.c.number).where(
            case_party.c.organisation == bindparam("owner", type_=Text),
            case_party.c.relation != Relation.PARTNER,
        )
    ),
)
_ABOUT = (
    *(_if_given(case_head.c[name], name) for name in ("scheme", "region", "state")),
    _if_given(case_head.c.cycle_year, "year"),
    _OF_OWNER,
)
_NUMBERED = case_head.c.number == bindparam("case_number")

_Pair = tuple[Select[Any], Select[Any]]


def _those(*which: ColumnElement[bool]) -> _Pair:
    """Heads and parties of the newest of these cases, in their order."""
    newest = (case_head.c.submitted_at.desc(), case_head.c.number.desc())
    numbers = select(case_head.c.number).where(*which).order_by(*newest).limit(bindparam("most"))
    heads = HEADS.where(*which).order_by(*newest).limit(bindparam("most"))
    return heads, PARTIES.where(case_party.c.number.in_(numbers))


# By `Visible.everything`.
_CASES: Mapping[bool, _Pair] = {True: _those(*_ABOUT), False: _those(*_ABOUT, _THEIRS)}
_STATES: Mapping[bool, Select[Any]] = {
    everything: select(
        case_head.c.state,
        func.count(),
        cast(func.sum(case_head.c.owner_nok + case_head.c.uh_nok), BigInteger),
    )
    .where(*_ABOUT, *(() if everything else (_THEIRS,)))
    .group_by(case_head.c.state)
    for everything in (True, False)
}
_CASE: Mapping[bool, _Pair] = {True: _those(_NUMBERED), False: _those(_NUMBERED, _THEIRS)}


@dataclass(frozen=True, slots=True)
class About:
    """Which cases are wanted; None: all. `owner`: which it leads or is in beside the leader."""

    scheme: str | None = None
    region: str | None = None
    owner: str | None = None
    state: str | None = None
    year: int | None = None


ALL = 2**31 - 1


def cases(
    connection: Connection,
    visible: Visible,
    *,
    year: int | None = None,
    about: About | None = None,
    most: int = ALL,
) -> tuple[Case, ...]:
    """The newest of the cases that may be seen, of one cycle's year or of all, or of those that are wanted."""
    wanted = {**asdict(about or About(year=year)), "most": most}
    return read(connection, *_CASES[visible.everything], {**wanted, **_parties(visible)})


def states(connection: Connection, visible: Visible, about: About) -> dict[State, tuple[int, int]]:
    """How many cases of those that `cases` gives are in each state, and the kroner that they ask for."""
    wanted = {**asdict(about), **_parties(visible)}
    found = connection.execute(_STATES[visible.everything], wanted)
    return {State(state): (count, nok) for state, count, nok in found}


def case(connection: Connection, visible: Visible, number: str) -> Case | None:
    """The case of that number, if it may be seen. One that may not and one that is not are the same: None."""
    found = read(
        connection, *_CASE[visible.everything], {"case_number": number, "most": 1, **_parties(visible)}
    )
    return found[0] if found else None


def _parties(visible: Visible) -> dict[str, object]:
    if visible.everything:
        return {}
    return {name: sorted(getattr(visible, name)) for name in _RELATIONS.values()}


# The round at a glance


_PRIORITIES = select(case_head.c.scheme, case_head.c.region, case_head.c.priority).where(
    case_head.c.cycle_year == bindparam("year"),
    case_head.c.priority.is_not(None),
    case_head.c.state != State.WITHDRAWN,
)


def priorities(connection: Connection, year: int) -> frozenset[tuple[str, str | None, int]]:
    """(scheme, region, priority) that networks have given to the cases of a cycle."""
    return frozenset(
        (row.scheme, row.region, row.priority) for row in connection.execute(_PRIORITIES, {"year": year})
    )


@dataclass(frozen=True, slots=True)
class RoundCount:
    """How many cases stand where, and what they ask for over all years. `region` None: the whole county."""

    scheme: str
    region: str | None
    state: State
    cases: int
    owner_nok: int
    uh_nok: int


_KEY = (case_count.c.year, case_count.c.scheme, case_count.c.region, case_count.c.state)
_SUMS = (case_count.c.cases, case_count.c.owner_nok, case_count.c.uh_nok)
_KEPT = select(*_KEY, *_SUMS).where(or_(*(column != 0 for column in _SUMS)))
_ROUND = _KEPT.where(case_count.c.year == bindparam("year"))
_HEAD_KEY = (
    case_head.c.cycle_year,
    case_head.c.scheme,
    func.coalesce(case_head.c.region, ""),
    case_head.c.state,
)
_COUNTED = select(
    *_HEAD_KEY,
    func.count(),
    cast(func.sum(case_head.c.owner_nok), BigInteger),
    cast(func.sum(case_head.c.uh_nok), BigInteger),
).group_by(*_HEAD_KEY)
# Of what is begun there is no more than the round has drafts, and an index leads to it; a kept count would cost every
# turn in which an answer is saved.
_BEGUN = (
    select(draft.c.owner, draft.c.scheme, func.count(), func.max(draft.c.saved_at))
    .where(
        draft.c.cycle_year == bindparam("year"),
        draft.c.state == DraftState.OPEN,
        draft.c.about.is_(None),
        draft.c.purpose != Purpose.HANDLING,
    )
    .group_by(draft.c.owner, draft.c.scheme)
)
_FILERS = (
    select(case_party.c.organisation, case_head.c.scheme)
    .join(case_head, case_head.c.number == case_party.c.number)
    .where(
        case_head.c.cycle_year == bindparam("year"),
        case_head.c.state != State.WITHDRAWN,
        case_party.c.relation != Relation.PARTNER,
    )
    .distinct()
)
_SPOKEN_FOR = (
    select(role.c.organisation)
    .where(
        role.c.kind.in_((RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)),
        role.c.organisation.is_not(None),
        holds(),
    )
    .distinct()
)

_ORDER = {state: place for place, state in enumerate(State)}


def round_counts(connection: Connection, year: int) -> tuple[RoundCount, ...]:
    """The filed cases of a cycle by scheme, region and state; where there are none there is no row."""
    counts = (
        RoundCount(scheme, region or None, State(state), *sums)
        for _, scheme, region, state, *sums in connection.execute(_ROUND, {"year": year})
    )
    return tuple(sorted(counts, key=lambda c: (c.scheme, c.region or "", _ORDER[c.state])))


@dataclass(frozen=True, slots=True)
class Begun:
    """How many reports an owner has begun for a scheme and not filed. None: not chosen yet."""

    owner: str | None
    scheme: str | None
    drafts: int
    saved_at: datetime


def begun(connection: Connection, year: int) -> tuple[Begun, ...]:
    """What is begun for that cycle and not filed; next versions of what is filed do not count."""
    found = (Begun(*row) for row in connection.execute(_BEGUN, {"year": year}))
    return tuple(sorted(found, key=lambda each: (each.owner or "", each.scheme or "")))


def filers(connection: Connection, year: int) -> frozenset[tuple[str, str]]:
    """(owner, scheme) of a cycle's cases, the owners beside the leader among them. Withdrawn cases do not count."""
    return frozenset((row.organisation, row.scheme) for row in connection.execute(_FILERS, {"year": year}))


def spoken_for(connection: Connection, on: date) -> frozenset[str]:
    """The owners and universities that have a contact on the day."""
    return frozenset(connection.execute(_SPOKEN_FOR, {"on": on}).scalars())


def check_counts(connection: Connection) -> tuple[dict[str, str], ...]:
    """Where the kept counts are not what the cases add up to: `place`, and cases, owners' and universities' kroner as
    they are `kept` and as they are `counted`."""
    kept = {tuple(row[:4]): tuple(row[4:]) for row in connection.execute(_KEPT)}
    counted = {tuple(row[:4]): tuple(row[4:]) for row in connection.execute(_COUNTED)}
    return _differing(kept, counted)


def _differing(
    kept: Mapping[tuple[Any, ...], tuple[int, ...]], counted: Mapping[tuple[Any, ...], tuple[int, ...]]
) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "place": " ".join(str(part) for part in key if part),
            "kept": _three(kept.get(key)),
            "counted": _three(counted.get(key)),
        }
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key) != counted.get(key)
    )


def _three(sums: tuple[int, ...] | None) -> str:
    return " / ".join(str(each) for each in sums or (0, 0, 0))


# What is asked for in a year

_MONEY_KEY = (case_money.c.cycle_year, case_money.c.scheme, case_money.c.year)
_MONEY = select(*_MONEY_KEY, case_money.c.cases, case_money.c.owner_nok, case_money.c.uh_nok).order_by(
    *_MONEY_KEY
)
_ASKED = _MONEY.where(
    case_money.c.cycle_year.between(bindparam("first"), bindparam("last")), case_money.c.cases != 0
)
_STANDING = (
    select(case_head.c.cycle_year, case_head.c.scheme, case_version.c.report)
    .join(
        case_version,
        and_(
            case_version.c.number == case_head.c.number, case_version.c.submission == case_head.c.submission
        ),
    )
    .where(case_head.c.state.not_in(GIVEN_UP))
)


def asked(connection: Connection, first: int, last: int) -> tuple[Asked, ...]:
    """What the standing cases of these cycles ask for, by cycle, scheme and year. A case counts in each year that it
    asks money for."""
    return tuple(Asked(*row) for row in connection.execute(_ASKED, {"first": first, "last": last}))


def check_money(connection: Connection) -> tuple[dict[str, str], ...]:
    """Where the money kept by year is not what the standing cases add up to; as `check_counts`."""
    sums: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for cycle_year, scheme, report in connection.execute(_STANDING):
        try:
            filed = by_year(report)
        except (ValueError, AttributeError, TypeError):  # no report any more; the check of versions says so
            filed = {}
        for year, (owner_nok, uh_nok) in filed.items():
            key = (cycle_year, scheme, year)
            cases, owner, uh = sums.get(key, (0, 0, 0))
            sums[key] = (cases + bool(owner_nok + uh_nok), owner + owner_nok, uh + uh_nok)
    kept = {tuple(row[:3]): tuple(row[3:]) for row in connection.execute(_MONEY) if any(row[3:])}
    return _differing(kept, {key: each for key, each in sums.items() if any(each)})


# What did not reach people


@dataclass(frozen=True, slots=True)
class Unreached:
    """A notice that somebody did not get, or perhaps did not. `reason` as in the outbox, `person` by name."""

    person: str
    kind: str
    case_number: str
    reason: str


_UNREACHED = (
    select(
        func.coalesce(person.c.name, outbox.c.recipient).label("person"),
        outbox.c.kind,
        outbox.c.payload,
        outbox.c.reason,
        func.count().over().label("in_all"),
    )
    .select_from(outbox.outerjoin(person, person.c.id == outbox.c.recipient))
    .where(
        outbox.c.state.in_((OutboxState.DROPPED, OutboxState.FAILED, OutboxState.UNKNOWN)),
        or_(outbox.c.state != OutboxState.DROPPED, outbox.c.reason == NO_CHAT),
        outbox.c.created_at >= bindparam("since"),
        ~select(phone_call.c.key).where(phone_call.c.key == outbox.c.key).exists(),
    )
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)


def unreached(connection: Connection, since: datetime, most: int) -> tuple[tuple[Unreached, ...], int]:
    """The newest notices put in since then that did not arrive, and how many there are in all.

    What was dropped because it was no longer wanted is not among them, nor what somebody was phoned about.
    """
    rows = connection.execute(_UNREACHED, {"since": since, "most": most}).all()
    found = tuple(
        Unreached(row.person, row.kind, row.payload.get("case", ""), row.reason or "") for row in rows
    )
    return found, rows[0].in_all if rows else 0


# How people are reached


@dataclass(frozen=True, slots=True)
class Reach:
    """A person, and the ways that lead to them."""

    person_id: str
    name: str
    has_chat: bool
    has_mail: bool


_REACH = (
    select(person.c.id, person.c.name, in_chat(person.c.id), func.coalesce(person.c.email, "") != "")
    .where(person.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(person.c.name, person.c.id)
)


def reach(connection: Connection, person_ids: Collection[str]) -> tuple[Reach, ...]:
    """How these people are reached, by name."""
    return tuple(Reach(*row) for row in connection.execute(_REACH, {"ids": list(person_ids)}))
