"""The deadline of the round: when, how long until then, and what happens to drafts after it."""

from datetime import date

from dialogs.desk import Inquiry
from dialogs.offers import last_day
from dialogs.queries import Answer, Query, told
from dialogs.questions import slots_of
from domain.access import WRITING_ROLES
from domain.data import Certainty
from domain.days import end_of
from domain.rounds import NoRound, Round
from store import register


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, now = asked.t, asked.rounds.open_at(asked.at)
    following, year = asked.rounds.next_at(asked.at), slots_of(argument).year
    told_of = now or following
    if year is not None and (told_of is None or year != told_of.cycle_year):
        return _of_year(asked, year)
    own = _own_deadlines(asked)
    more = [t("deadlines.own", owner=name, year=year, day=day) for name, (year, day) in own.items()]
    told_own = {"own": {name: day.isoformat() for name, (_, day) in own.items()}} if own else {}
    if now is None:
        if following is None:
            return told(t("deadlines.title"), t("say.ask_secretariat"), open=False)
        text = t(
            "deadlines.closed",
            opens=following.opens_on,
            deadline=following.deadline_on,
            year=following.cycle_year,
        )
        return told(
            t("deadlines.title"), "\n".join([*more, text]), open=False, **_json(following), **told_own
        )
    left = (now.deadline_on - asked.on).days
    text = t(
        "deadlines.today" if left == 0 else "deadlines.open",
        deadline=now.deadline_on,
        days=left,
        year=now.cycle_year,
    )
    said = "\n".join([text, *more])
    return told(t("deadlines.title"), said, open=True, days_left=left, **_json(now), **told_own)


def _of_year(asked: Inquiry, year: int) -> Answer:
    """The deadline of another year than the one that it is."""
    t = asked.t
    try:
        found = asked.rounds.of(year)
    except NoRound:
        return told(t("deadlines.title"), t("deadlines.no_round", year=year), found=False)
    which = "of_past_year" if found.deadline_on < asked.on else "of_year"
    unsure = "" if found.certainty is Certainty.HIGH else "_unsure"
    text = t(f"deadlines.{which}{unsure}", year=year, deadline=found.deadline_on)
    return told(t("deadlines.title"), text, open=False, **_json(found))


def _own_deadlines(asked: Inquiry) -> dict[str, tuple[int, date]]:
    """Of the owners that the person writes for, those that were given another day than everybody, until it is over:
    name -> (cycle year, day)."""
    latest = asked.rounds.latest_at(asked.at)
    if latest is None:
        return {}
    owners = register.directory(asked.connection).named(asked.actor.organisations(*WRITING_ROLES))
    days = {
        owner.name: last_day(asked.connection, asked.forum.key, latest.cycle_year, owner.id)
        for owner in owners
    }
    return {
        name: (latest.cycle_year, day)
        for name, day in days.items()
        if day != latest.deadline_on and asked.at < end_of(day)
    }


def _json(round_: Round) -> dict[str, object]:
    return {
        "cycle_year": round_.cycle_year,
        "opens_on": round_.opens_on.isoformat(),
        "deadline_on": round_.deadline_on.isoformat(),
        "closes_at": round_.closes_at.isoformat(),
    }


QUERY = Query("deadlines", _answer)
