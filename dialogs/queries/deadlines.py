"""The deadline of the round: when, how long until then, and what happens to drafts after it."""

from dialogs.desk import Inquiry
from dialogs.queries import Answer, Query, told
from domain import rounds
from domain.rounds import Round


def _answer(asked: Inquiry, _: str) -> Answer:
    t, now = asked.t, rounds.open_round(asked.forum.key, asked.at)
    if now is None:
        following = rounds.next_round(asked.forum.key, asked.at)
        if following is None:
            return told(t("deadlines.title"), t("say.ask_secretariat"), open=False)
        text = t(
            "deadlines.closed",
            opens=following.opens_on,
            deadline=following.deadline_on,
            year=following.cycle_year,
        )
        return told(t("deadlines.title"), text, open=False, **_json(following))
    left = (now.deadline_on - asked.on).days
    text = t(
        "deadlines.today" if left == 0 else "deadlines.open",
        deadline=now.deadline_on,
        days=left,
        year=now.cycle_year,
    )
    return told(t("deadlines.title"), text, open=True, days_left=left, **_json(now))


def _json(round_: Round) -> dict[str, object]:
    return {
        "cycle_year": round_.cycle_year,
        "opens_on": round_.opens_on.isoformat(),
        "deadline_on": round_.deadline_on.isoformat(),
        "closes_at": round_.closes_at.isoformat(),
    }


QUERY = Query("deadlines", _answer)
