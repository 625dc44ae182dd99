"""What staff do with the register in chat: give, end and look up roles, and take back codes.

The rules are those of a file (`domain.roster_rows`): a command is one row of it. Who and why is kept with every change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dialogs.cards.lists import listing
from dialogs.cards.notes import note
from dialogs.cards.register import FIELDS, LONGEST, VERBS, role_card
from dialogs.desk import Desk, message, say
from dialogs.papers import roster as papers
from dialogs.texts import Texts, languages
from domain.access import Action, RoleKind, may
from domain.forum import Forum
from domain.messages import Message, Pressed, Reply, Said
from domain.parsing import Unreadable, parse_date
from domain.register import Organisation, Person
from domain.roster import HELD_IN_BODIES, Change, HeldRole, Roster, changes
from domain.roster_rows import Fault, Row, Rows, known, read_rows
from store import enrolment, register
from store import roster as rosters
from store.cards import CardInstance
from store.work import Work

_REQUEST = re.compile(
    r"(?P<person>\S+)(?: (?P<role>.+?))??"
    r"(?: (?:fra og med|frå og med|fra|frå|from) (?P<valid_from>.+?))?"
    r"(?: (?:til og med|til|to|until) (?P<valid_to>.+?))?"
    r"(?: (?:fordi|av di|because) (?P<why>.+))?",
    re.IGNORECASE,
)
_AROUND = " \t\n.!?"  # as `commands.fold` takes it off


# A file


def bring_in(
    work: Work, rows: Rows, forum: Forum, on: date, reason: str, *, dry_run: bool
) -> tuple[Change, ...] | tuple[Fault, ...]:
    """Carry out what the rows change, all of it or nothing; or only tell it."""
    before = rosters.read(work.connection)
    after = read_rows(rows, before, known(forum, languages()), on)
    if not isinstance(after, Roster):
        return after
    found = changes(before, after)
    if not dry_run:
        rosters.apply(work, found, reason)
    return found


# Commands


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for, as typed. `kind`: None where no such role is known."""

    person: str
    kind: RoleKind | None
    where: str
    valid_from: str
    valid_to: str
    why: str


def give(desk: Desk, argument: str) -> Reply:
    """`rolle eier-bodo eierkontakt 1804 fra 1.2.2023 fordi …`; without anything, a card to fill in."""
    if not may(desk.actor, Action.KEEP_REGISTER):
        return say(desk.t("say.staff_only"))
    if not argument:
        return Reply((_card(desk, {}),))
    request = _read(desk, argument)
    return say(_given(desk, request).text if request else desk.t("register.said.how"))


def end(desk: Desk, argument: str) -> Reply:
    """`avslutt rolle eier-bodo eierkontakt 1804 til 30.6.2023 fordi …`."""
    if not may(desk.actor, Action.KEEP_REGISTER):
        return say(desk.t("say.staff_only"))
    request = _read(desk, argument) if argument else None
    return say(_ended(desk, request).text if request else desk.t("register.said.how_end"))


def revoke(desk: Desk, person_id: str) -> Reply:
    """Let a code stop working that may be in the wrong hands."""
    if not may(desk.actor, Action.KEEP_REGISTER):
        return say(desk.t("say.staff_only"))
    if not person_id:
        return say(desk.t("register.code.which"))
    return say(revoked(desk.work, person_id, desk.house.machine_now(), desk.t).text)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said, and whether anything was done."""

    text: str
    is_done: bool = False


def revoked(work: Work, person_id: str, machine_now: datetime, t: Texts) -> Outcome:
    person = register.person(work.connection, person_id)
    if person is None:
        return Outcome(t("enrol.no_such_person", person=person_id))
    is_done = enrolment.revoke(work, person_id, machine_now)
    key = "register.code.revoked" if is_done else "register.code.none"
    return Outcome(t(key, name=person.name, person=person_id), is_done)


def _read(desk: Desk, argument: str) -> _Request | None:
    """The request in the words of the message, whose letters the argument no longer has."""
    happening = desk.turn.happening
    words = happening.text.strip(_AROUND).split() if isinstance(happening, Said) else []
    typed = " ".join(words[-len(argument.split()) :])
    match = _REQUEST.fullmatch(typed)
    if match is None:
        return None
    found = {name: text or "" for name, text in match.groupdict().items()}
    kind, where = _kind(desk, found.pop("role").split())
    person = found.pop("person").casefold()
    return _Request(person=person, kind=kind, where=where, **found)


def _kind(desk: Desk, words: list[str]) -> tuple[RoleKind | None, str]:
    """The longest beginning that is the word for a role, and what comes after it."""
    for length in range(len(words), 0, -1):
        key = papers.option_key("roles", "kind", " ".join(words[:length]), desk.house.forum)
        if key in list(RoleKind):
            return RoleKind(key), " ".join(words[length:])
    return None, " ".join(words)


# What giving and ending have in common


def _given(desk: Desk, request: _Request) -> Outcome:
    return _settled(desk, request) or _kept(desk, request, _row(desk, request, request.valid_from or "i dag"))


def _ended(desk: Desk, request: _Request) -> Outcome:
    refused = _settled(desk, request)
    if refused is not None:
        return refused
    held = _held(desk, request)
    if held is None:
        person = register.person(desk.work.connection, request.person)
        name = person.name if person else request.person
        return Outcome(desk.t("register.said.not_held", name=name, person=request.person))
    first = held.valid_from.isoformat() if held.valid_from else ""
    cells = _row(desk, request, first, last=request.valid_to or "i dag")
    return _kept(desk, request, cells | {"organisation": held.organisation or "", "body": held.body or ""})


def _settled(desk: Desk, request: _Request) -> Outcome | None:
    """What must be clear before anything else; None: it is."""
    t = desk.t
    if register.person(desk.work.connection, request.person) is None:
        return Outcome(t("enrol.no_such_person", person=request.person))
    if request.person == desk.actor.person_id:
        return Outcome(t("register.said.not_yourself"))
    if request.kind is None:
        words = (papers.role_word(kind, t) for kind in RoleKind)
        return Outcome(t("register.said.no_role", options=", ".join(words)))
    if request.where and _place(desk, request.kind, request.where) is None:
        return Outcome(t("register.said.no_where", text=request.where))
    if not request.why.strip():
        return Outcome(t("register.said.why"))
    return None


def _place(desk: Desk, kind: RoleKind, text: str) -> tuple[str, str] | None:
    """The column and the key of what the role is held for."""
    if kind in HELD_IN_BODIES:
        key = papers.option_key("roles", "body", text, desk.house.forum)
        return ("body", key) if desk.house.forum.body(key) is not None else None
    found = _organisation(desk, text)
    return ("organisation", found.id) if found else None


def _organisation(desk: Desk, text: str) -> Organisation | None:
    """By its id or its name."""
    every = register.directory(desk.work.connection).organisations
    wanted = papers.fold(text)
    named = (each for each in every.values() if wanted in map(papers.fold, _names(each.name)))
    return every.get(text.casefold()) or next(named, None)


def _names(name: str) -> tuple[str, ...]:
    """`Fauske – Fuossko kommune` is also `Fauske kommune`, `Fauske` and `Fuossko`."""
    place = re.sub(r" (?:fylkes)?kommune$", "", name)
    parts = place.split(" – ")
    return (name, place, *parts, *(name.replace(place, part) for part in parts))


def _row(desk: Desk, request: _Request, first: str, *, last: str | None = None) -> dict[str, str]:
    place = _place(desk, request.kind, request.where) if request.kind and request.where else None
    return {
        "person": request.person,
        "kind": str(request.kind),
        "organisation": "",
        "body": "",
        "valid_from": _day(desk, first),
        "valid_to": _day(desk, request.valid_to if last is None else last),
        **({place[0]: place[1]} if place else {}),
    }


def _day(desk: Desk, text: str) -> str:
    """The day as it is plain to all; what cannot be read goes on as typed, and is refused there."""
    try:
        return parse_date(text, year=desk.on.year, today=desk.on).isoformat()
    except Unreadable:
        return text


def _held(desk: Desk, request: _Request) -> HeldRole | None:
    """The role that is meant, now or to come; None where there is none, or more than one."""
    place = _place(desk, request.kind, request.where) if request.kind and request.where else None
    found = [
        held
        for held in rosters.read(desk.work.connection).roles
        if (held.person, held.kind) == (request.person, request.kind)
        and (held.valid_to is None or held.valid_to >= desk.on)
        and (place is None or place[1] in (held.organisation, held.body))
    ]
    now = [held for held in found if held.role.holds(desk.on)]
    return now[0] if len(now) == 1 else found[0] if len(found) == 1 else None


def _kept(desk: Desk, request: _Request, cells: Mapping[str, str]) -> Outcome:
    rows = {"roles": (Row(0, cells),)}
    found = bring_in(desk.work, rows, desk.house.forum, desk.on, request.why[:LONGEST], dry_run=False)
    t = desk.t
    if not found:
        return Outcome(t("register.said.no_change"))
    match found[0]:
        case Fault() as fault:
            return Outcome(papers.fault_words(fault, desk.house.forum, t))
        case Change(record=HeldRole() as held):
            return Outcome(f"{_told(desk, held)} {t('register.said.kept')}", is_done=True)
    raise AssertionError("a row of the sheet of roles makes a role")


def _told(desk: Desk, held: HeldRole) -> str:
    t = desk.t
    person = register.person(desk.work.connection, held.person)
    details = {
        "name": person.name if person else held.person,
        "role": papers.role_word(held.kind, t),
        "period": _period(held, t),
    }
    where = _where(desk, held)
    return (
        t("register.said.held", where=where, **details) if where else t("register.said.held_alone", **details)
    )


def _where(desk: Desk, held: HeldRole) -> str:
    if held.organisation is not None:
        return register.directory(desk.work.connection).organisations[held.organisation].name
    body = desk.house.forum.body(held.body) if held.body else None
    return body.name.in_(desk.t.language) if body else ""


def _period(held: HeldRole, t: Texts) -> str:
    first, last = held.valid_from, held.valid_to
    if first is not None and last is not None:
        return t("register.said.from_to", first=first, last=last)
    if first is not None:
        return t("register.said.from", first=first)
    return t("register.said.to", last=last) if last is not None else t("register.said.always")


# The card


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """A button on the card. None: neither a button nor an input that it has."""
    inputs = dict(pressed.inputs)
    if pressed.verb not in VERBS or not _is_possible(inputs):
        return None
    if not may(desk.actor, Action.KEEP_REGISTER):
        return say(desk.t("say.staff_only"))
    if not first:
        return Reply((_card(desk, desk.latest(instance).typed),))
    request = _from_card(inputs)
    outcome = _given(desk, request) if pressed.verb == "give" else _ended(desk, request)
    if outcome.is_done:
        return Reply((message(note(outcome.text)),))
    return Reply((_card(desk, inputs, outcome.text, replaces=instance),))


def _is_possible(inputs: Mapping[str, str]) -> bool:
    kinds = {"", *RoleKind}
    return (
        inputs.keys() <= set(FIELDS)
        and all(len(text) <= LONGEST for text in inputs.values())
        and inputs.get("kind", "") in kinds
    )


def _from_card(inputs: Mapping[str, str]) -> _Request:
    text = {field: " ".join(inputs.get(field, "").split()) for field in FIELDS}
    kind = RoleKind(text["kind"]) if text["kind"] else None
    return _Request(
        person=text["person"].casefold(),
        kind=kind,
        where=text["where"],
        valid_from=text["valid_from"],
        valid_to=text["valid_to"],
        why=text["why"],
    )


def _card(
    desk: Desk, typed: Mapping[str, str], refusal: str = "", *, replaces: CardInstance | None = None
) -> Message:
    card_id = desk.new_card("role", typed=dict(typed), replaces=replaces)
    return message(role_card(desk.t, card_id, typed, refusal=refusal))


# Looking up


def holders(desk: Desk, text: str) -> Reply:
    """`hvem er 1804`: who has a role for an organisation or in a body now; of a person, which roles."""
    if not may(desk.actor, Action.KEEP_REGISTER):
        return say(desk.t("say.staff_only"))
    if not text:
        return say(desk.t("register.said.who_how"))
    person = register.person(desk.work.connection, text)
    if person is not None:
        return _roles_of(desk, person)
    organisation = _organisation(desk, text)
    body = desk.house.forum.body(papers.option_key("roles", "body", text, desk.house.forum))
    if organisation is None and body is None:
        return say(desk.t("register.said.who_nobody", text=text))
    key = organisation.id if organisation else body.key if body else ""
    name = organisation.name if organisation else body.name.in_(desk.t.language) if body else ""
    return _holders_of(desk, key, name)


def _now(desk: Desk) -> list[HeldRole]:
    return [held for held in rosters.read(desk.work.connection).roles if held.role.holds(desk.on)]


def _roles_of(desk: Desk, person: Person) -> Reply:
    t = desk.t
    items = [
        (
            _where(desk, held) or papers.role_word(held.kind, t),
            t("register.said.who_about_own", role=papers.role_word(held.kind, t), period=_period(held, t)),
        )
        for held in _now(desk)
        if held.person == person.id
    ]
    return _listed(desk, person.name, items, "register.said.who_person_none")


def _holders_of(desk: Desk, key: str, name: str) -> Reply:
    t = desk.t
    names = {each.id: each.name for each in register.people(desk.work.connection)}
    items = [
        (
            names[held.person],
            t(
                "register.said.who_about",
                role=papers.role_word(held.kind, t),
                person=held.person,
                period=_period(held, t),
            ),
        )
        for held in _now(desk)
        if key in (held.organisation, held.body)
    ]
    return _listed(desk, name, items, "register.said.who_none")


def _listed(desk: Desk, name: str, items: list[tuple[str, str]], none: str) -> Reply:
    if not items:
        return say(desk.t(none, name=name))
    sentence = desk.t("register.said.who_sentence", name=name, count=len(items))
    return Reply((message(listing(desk.t("register.said.who_title"), sentence, items)),))
