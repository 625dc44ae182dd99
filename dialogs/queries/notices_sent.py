"""Who got which notice, when and by which way, and who did not: for those who can tell them otherwise.

Of a case, of a person, or of one message to many.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dialogs import notices
from dialogs.cards.notices_sent import notices_sent
from dialogs.commands import fold
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import Action, may, visible_cases
from domain.cases import read_case_number
from domain.errors import Fault
from store import batches, outbox, register, views
from store.outbox import NO_CHAT, TOO_LATE, Found, OutboxState, Told, Way
from store.receipts import Outcome, Receipt

_MOST = 40
_WAITS = frozenset({OutboxState.HELD, OutboxState.PENDING, OutboxState.CLAIMED})

_WHY: dict[str, str] = {
    **dict.fromkeys((NO_CHAT, Fault.NOT_INSTALLED, Fault.CONVERSATION_GONE), "no_chat"),
    Fault.BLOCKED: "blocked",
    **dict.fromkeys((Fault.AMBIGUOUS, "lease_expired", "broken"), "unsure"),
    **dict.fromkeys((Fault.THROTTLED, Fault.BUSY, Fault.UNSENT), "no_answer"),
}
_UNWANTED: dict[str, str] = {
    **dict.fromkeys(("no_right_any_more", "no_longer_known"), "no_right"),
    TOO_LATE: "too_late",
    batches.STOPPED: "stopped",
}


@dataclass(frozen=True, slots=True)
class _About:
    """What the notices are of: its name as a heading, and how they are found."""

    title: str
    none: str
    find: Callable[[Inquiry], Found]


def _answer(asked: Inquiry, argument: str) -> Answer:
    t = asked.t
    if not (may(asked.actor, Action.SEE_ROUND) and may(asked.actor, Action.INVITE)):
        return told(t("notices_sent.name"), t("say.staff_only"), found=False)
    if not argument:
        return told(t("notices_sent.name"), t("notices_sent.which"), found=False)
    about = _about(asked, argument)
    if isinstance(about, Answer):
        return about
    newest, in_all = about.find(asked)
    shown = tuple((_to(asked, each), _in_words(t, each)) for each in newest)
    has_missed = any(_outcome(each) in ("missed", "unsure") for each in newest)
    return Answer(
        lambda offers: notices_sent(
            about.title, about.none, shown, in_all, t, has_missed=has_missed, offers=offers
        ),
        {
            "answer": t("notices_sent.sentence", count=in_all) if in_all else about.none,
            "found": True,
            "number": argument,
            "notices": [_json(t, each) for each in newest],
            "notices_more": in_all - len(newest),
        },
        sheet_offers(asked, "notices_sent", argument),
        lambda: Table((Column(t("notices_sent.person")), Column(t("notices_sent.what"))), shown),
    )


def _about(asked: Inquiry, argument: str) -> _About | Answer:
    kind, _, id_ = argument.partition(":")
    if id_ and kind in _OF_ID:
        return _OF_ID[kind](asked, id_)
    if read_case_number(argument) is not None:
        return _of_case(asked, argument)
    return _of_person(asked, argument)


def _of_case(asked: Inquiry, number: str) -> _About | Answer:
    t = asked.t
    if views.case(asked.connection, visible_cases(asked.actor), number) is None:
        return told(t("case.not_found"), t("say.no_such_case", number=number), found=False)
    return _About(
        t("notices_sent.title", number=number),
        t("notices_sent.none"),
        lambda asked: outbox.of_case(asked.connection, number, _MOST),
    )


def _of_person(asked: Inquiry, words: str) -> _About | Answer:
    """By id or name, or a part of a name that only one has."""
    t, everybody = asked.t, register.people(asked.connection)
    found = [each for each in everybody if fold(words) in (fold(each.id), fold(each.name))]
    found = found or [each for each in everybody if fold(words) in fold(each.name)]
    if len(found) != 1:
        names = tuple(person.name for person in found[:5])
        key = "notices_sent.which_person" if found else "notices_sent.nobody"
        said = t(key, names=t.listed(names), name=words)
        return told(t("notices_sent.name"), said, found=False)
    (person,) = found
    return _About(
        t("notices_sent.title_person", name=person.name),
        t("notices_sent.none_person"),
        lambda asked: outbox.to_person(asked.connection, person.id, _MOST),
    )


def _of_batch(asked: Inquiry, batch_id: str) -> _About | Answer:
    t = asked.t
    batch = batches.get(asked.connection, batch_id)
    if batch is None:
        return told(t("notices_sent.name"), t("notices_sent.which"), found=False)
    return _About(
        t("notices_sent.title_batch", notice=notices.title(batch.kind, t), at=batch.made_at),
        t("notices_sent.none_person"),
        lambda asked: outbox.of_batch(asked.connection, batch_id, _MOST),
    )


def _of_meeting(asked: Inquiry, meeting: str) -> _About:
    t = asked.t
    return _About(
        t("notices_sent.title_meeting"),
        t("notices_sent.none_person"),
        lambda asked: outbox.about(asked.connection, "meeting", meeting, _MOST),
    )


_OF_ID: dict[str, Callable[[Inquiry, str], _About | Answer]] = {"batch": _of_batch, "meeting": _of_meeting}


def _to(asked: Inquiry, notice: Told) -> str:
    channel = notices.channel_of(notice.person, asked.t, asked.forum)
    return asked.t("notices_sent.channel", name=channel) if channel else notice.person


def _in_words(t: Texts, notice: Told) -> str:
    """What became of it; where it went by more than one way, or is to, of each of them."""
    name = notices.title(notice.kind, t)
    goes_on = (notice.phone_at and _outcome(notice) in ("teams", "mail")) or (
        notice.tried and _outcome(notice) == "waits"
    )
    if len(notice.tried) < 2 and not goes_on:
        return t(f"notices_sent.{_outcome(notice)}", notice=name, at=notice.at, why=_why(t, notice))
    ways = [_way_in_words(t, each) for each in notice.tried]
    if notice.phone_at is not None and not any(each.way is Way.PHONE for each in notice.tried):
        ways.append(t("notices_sent.way.to_phone", at=notice.phone_at))
    elif _outcome(notice) in ("waits", "unwanted"):
        ways.append(t(f"notices_sent.way.{_outcome(notice)}", why=_why(t, notice)))
    return t("notices_sent.ways", notice=name, ways="; ".join(ways))


def _way_in_words(t: Texts, tried: Receipt) -> str:
    why = _why_by(t, tried.way, tried.reason or "") if tried.outcome is Outcome.MISSED else ""
    return t(f"notices_sent.way.{tried.way}_{tried.outcome}", at=tried.at, why=why)


def _outcome(notice: Told) -> str:
    if notice.state is OutboxState.SENT:
        return "mail" if notice.way is Way.MAIL else "teams"
    if notice.state in _WAITS:
        return "waits"
    if notice.state is OutboxState.UNKNOWN:
        return "unsure"
    is_unwanted = notice.state is OutboxState.DROPPED and notice.reason != NO_CHAT
    return "unwanted" if is_unwanted else "missed"


def _why(t: Texts, notice: Told) -> str:
    """Why it was not sent or did not arrive; empty where there is nothing to explain."""
    outcome, reason = _outcome(notice), notice.reason or ""
    if outcome == "unwanted":
        return t(f"notices_sent.why.{_UNWANTED.get(reason, 'over')}")
    return _why_by(t, notice.way or Way.TEAMS, reason) if outcome == "missed" else ""


def _why_by(t: Texts, way: Way, reason: str) -> str:
    why = why_missed(reason)
    own = f"notices_sent.why.mail_{why}"
    return t(own) if way is Way.MAIL and t.has(own) else t(f"unreached.why.{why}")


def why_missed(reason: str) -> str:
    """Which text below `unreached.why` says the outbox's reason; what is not named went wrong on our side."""
    return _WHY.get(reason, "fault")


def _json(t: Texts, notice: Told) -> dict[str, object]:
    return {
        "person": notice.person,
        "notice": notice.kind,
        "outcome": _outcome(notice),
        "way": notice.way,
        "reason": notice.reason,
        "why": _why(t, notice) or None,
        "at": notice.at.isoformat(),
        "ways": [
            {"way": each.way, "outcome": each.outcome, "reason": each.reason, "at": each.at.isoformat()}
            for each in notice.tried
        ],
    }


QUERY = Query("notices_sent", _answer)
