"""Who got which notice of a case, when and by which way, and who did not: for those who can tell them otherwise."""

from dialogs.cards.notices_sent import notices_sent
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import Action, may, visible_cases
from domain.errors import Fault
from store import outbox, views
from store.outbox import NO_CHAT, OutboxState, Told, Way

_MOST = 40
_WAITS = frozenset({OutboxState.PENDING, OutboxState.CLAIMED})

_WHY: dict[str, str] = {
    **dict.fromkeys((NO_CHAT, Fault.NOT_INSTALLED, Fault.CONVERSATION_GONE), "no_chat"),
    Fault.BLOCKED: "blocked",
    **dict.fromkeys((Fault.AMBIGUOUS, "lease_expired", "broken"), "unsure"),
    **dict.fromkeys((Fault.THROTTLED, Fault.BUSY, Fault.UNSENT), "no_answer"),
}
_NO_RIGHT = frozenset({"no_right_any_more", "no_longer_known"})


def _answer(asked: Inquiry, number: str) -> Answer:
    t = asked.t
    if not (may(asked.actor, Action.SEE_ROUND) and may(asked.actor, Action.INVITE)):
        return told(t("notices_sent.name"), t("say.staff_only"), found=False)
    if not number:
        return told(t("notices_sent.name"), t("notices_sent.which"), found=False)
    if views.case(asked.connection, visible_cases(asked.actor), number) is None:
        return told(t("case.not_found"), t("say.no_such_case", number=number), found=False)
    newest, in_all = outbox.of_case(asked.connection, number, _MOST)
    shown = tuple((each.person, _in_words(t, each)) for each in newest)
    has_missed = any(_outcome(each) in ("missed", "unsure") for each in newest)
    return Answer(
        lambda offers: notices_sent(number, shown, in_all, t, has_missed=has_missed, offers=offers),
        {
            "answer": t("notices_sent.sentence", count=in_all) if in_all else t("notices_sent.none"),
            "found": True,
            "number": number,
            "notices": [_json(t, each) for each in newest],
            "notices_more": in_all - len(newest),
        },
        sheet_offers(asked, "notices_sent", number),
        lambda: Table((Column(t("notices_sent.person")), Column(t("notices_sent.what"))), shown),
    )


def _in_words(t: Texts, notice: Told) -> str:
    title = f"notice.{notice.kind}_title"
    name = t(title) if t.has(title) else t("unreached.other")
    return t(f"notices_sent.{_outcome(notice)}", notice=name, at=notice.at, why=_why(t, notice))


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
        return t("notices_sent.why.no_right" if reason in _NO_RIGHT else "notices_sent.why.over")
    if outcome != "missed":
        return ""
    why = why_missed(reason)
    own = f"notices_sent.why.mail_{why}"
    return t(own) if notice.way is Way.MAIL and t.has(own) else t(f"unreached.why.{why}")


def why_missed(reason: str) -> str:
    """Which text below `unreached.why` says the outbox's reason; what is not named went wrong on our side."""
    return _WHY.get(reason, "fault")


def _json(t: Texts, notice: Told) -> dict[str, str | None]:
    return {
        "person": notice.person,
        "notice": notice.kind,
        "outcome": _outcome(notice),
        "way": notice.way,
        "reason": notice.reason,
        "why": _why(t, notice) or None,
        "at": notice.at.isoformat(),
    }


QUERY = Query("notices_sent", _answer)
