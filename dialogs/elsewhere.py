"""What is handed in elsewhere: which events ask for it, for whom a person hands it in, saying so, and confirming it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from dialogs import granted
from dialogs.cards.elsewhere import handed_in
from dialogs.cards.notes import note
from dialogs.desk import Desk, Inquiry, message
from domain.access import Action, RoleKind, may
from domain.calendar import Event, Party, first_year
from domain.forum import Forum
from domain.messages import Pressed, Reply
from store import claims, outbox, years
from store.cards import CardInstance
from store.claims import Claim, ClaimState


@dataclass(frozen=True, slots=True)
class What:
    """Something that is handed in: the year and event that ask for it, and for whom (`owner`, `body`, or a
    partnership's reference, owner and university). As a text it is the subject of a duty and of a card."""

    year: int
    event: str
    subject: str

    def __str__(self) -> str:
        return f"{self.year}|{self.event}|{self.subject}"


def read(text: str) -> What:
    """Raises: ValueError - it is none."""
    year, event, subject = text.split("|", 2)
    return What(int(year), event, subject)


def events_of(connection: Connection, forum: Forum, year: int) -> Iterator[Event]:
    """The events of the year by which something is handed in elsewhere; of years before the first there are none."""
    if year < first_year(forum.key).year:
        return
    for event in years.year_of(connection, forum.key, year).year.events:
        if event.is_elsewhere and event.ends_on is not None:
            yield event


def event_of(asked: Inquiry, what: What) -> Event | None:
    return years.year_of(asked.connection, asked.forum.key, what.year).year.event(what.event)


def subjects(asked: Inquiry, event: Event, year: int) -> Iterator[tuple[str | None, str]]:
    """For whom this person hands it in: (owner, subject)."""
    if event.responsible is Party.PARTNERSHIP:
        for each in granted.partnerships_of(asked.connection, asked.actor, year - 1):
            yield each.owner, f"{each.reference}|{each.owner}|{each.university}"
    elif event.responsible is Party.OWNERS:
        for owner in asked.actor.organisations(RoleKind.OWNER_CONTACT):
            yield owner, owner
    else:
        seats = (role.body for role in asked.actor.roles if role.kind is RoleKind.SEAT and role.body)
        for body in dict.fromkeys(seats):
            yield None, body


def need_not_be(event: Event) -> bool:
    """Whether it is no fault if nothing comes: owners need not apply, so they can say that they will not."""
    return event.responsible is Party.OWNERS


def title(asked: Inquiry, what: What) -> str:
    event = event_of(asked, what)
    return event.title(asked.t.language) if event else what.event


def whose(asked: Inquiry, what: What) -> str:
    """For whom it is handed in, by name."""
    body = asked.forum.body(what.subject)
    if body is not None:
        return body.name.in_(asked.t.language)
    *reference, owner, university = what.subject.split("|") if "|" in what.subject else (what.subject, "")
    known = asked.directory.organisations
    names = asked.t.listed(tuple(known[key].name for key in (owner, university) if key in known))
    return ", ".join((names, *reference))


# By buttons


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """On a card about one thing that is handed in: to say so, or for staff to confirm it."""
    if pressed.verb not in _VERBS or pressed.inputs:
        return None
    what = read(instance.subject)
    if not first:  # what was said since stands
        return _settled(desk, what) if pressed.verb in ("is_there", "is_not_there") else _show(desk, what)
    return _VERBS[pressed.verb](desk, what)


def _show(desk: Desk, what: What) -> Reply:
    asked = desk.inquiry
    event = event_of(asked, what)
    if event is None or event.ends_on is None or not _is_theirs(asked, event, what):
        return Reply((message(note(desk.t("elsewhere.not_yours"))),))
    claim = claims.get(asked.connection, what.year, what.event, what.subject)
    verbs = () if claim and claim.state in claims.COUNTS else _verbs(event)
    card_id = desk.new_card("elsewhere", str(what))
    shown = handed_in(
        title(asked, what),
        whose(asked, what),
        _stands(desk, event, claim),
        event.link,
        [(desk.t(f"button.{verb}"), verb, card_id) for verb in verbs],
        desk.t,
    )
    return Reply((message(shown),))


def _verbs(event: Event) -> tuple[str, ...]:
    """What is handed in here is handed in by its form."""
    handed_in = ("handed_in",) if event.is_elsewhere else ()
    return (*handed_in, "not_this_year") if need_not_be(event) else handed_in


def _is_theirs(asked: Inquiry, event: Event, what: What) -> bool:
    return any(subject == what.subject for _, subject in subjects(asked, event, what.year))


def _stands(desk: Desk, event: Event, claim: Claim | None) -> str:
    """Until when it is to be handed in, or who has said that it is."""
    if claim is None or claim.state is ClaimState.REFUSED:
        key = "refused" if claim else "to_do" if event.link else "to_do_unlinked"
        return desk.t(f"elsewhere.{key}", day=event.ends_on)
    return desk.t(f"elsewhere.{claim.state}", at=claim.settled_at or claim.said_at)


def _say(desk: Desk, what: What, verb: str) -> Reply:
    event = event_of(desk.inquiry, what)
    if event is not None and verb in _verbs(event) and _is_theirs(desk.inquiry, event, what):
        claims.say(desk.work, what.year, what.event, what.subject, _SAYS[verb])
    return _show(desk, what)


def _settle(desk: Desk, what: What, *, is_there: bool) -> Reply:
    """Staff have looked. Where it is not there, those who said so are told, and it is owed again."""
    if not may(desk.actor, Action.HANDLE_CASE):
        return Reply((message(note(desk.t("say.staff_only"))),))
    claim = claims.get(desk.work.connection, what.year, what.event, what.subject)
    if claim is not None and claims.settle(desk.work, claim, is_there=is_there) and not is_there:
        outbox.put(
            desk.work,
            key=f"not_received:{what}:{claim.said_at.isoformat()}",
            kind="not_received",
            recipient=claim.said_by,
            payload={"what": str(what)},
        )
    return _settled(desk, what)


def _settled(desk: Desk, what: What) -> Reply:
    """For staff: what has become of it, whoever has looked."""
    if not may(desk.actor, Action.HANDLE_CASE):
        return Reply((message(note(desk.t("say.staff_only"))),))
    claim = claims.get(desk.work.connection, what.year, what.event, what.subject)
    if claim is None:
        return Reply((message(note(desk.t("elsewhere.not_yours"))),))
    key = _SETTLED_AS.get(claim.state, claim.state)
    said = desk.t(f"elsewhere.{key}", title=title(desk.inquiry, what), at=claim.said_at)
    return Reply((message(note(said)),))


_SETTLED_AS = {ClaimState.CONFIRMED: "settled", ClaimState.REFUSED: "asked_again"}
_SAYS = {"handed_in": ClaimState.SAID, "not_this_year": ClaimState.NOT_THIS_YEAR}
_VERBS: dict[str, Callable[[Desk, What], Reply]] = {
    "show": _show,
    "handed_in": lambda desk, what: _say(desk, what, "handed_in"),
    "not_this_year": lambda desk, what: _say(desk, what, "not_this_year"),
    "is_there": lambda desk, what: _settle(desk, what, is_there=True),
    "is_not_there": lambda desk, what: _settle(desk, what, is_there=False),
}
