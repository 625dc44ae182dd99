"""What a person may do to a case now, and until when its owner may."""

from datetime import date

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from domain.access import Action, may
from domain.cases import NEXT, Case, State, way
from domain.confirming import ASKED_IN
from domain.days import end_of
from store import extensions, years

STILL_OPEN = frozenset({State.SUBMITTED, State.RETURNED})  # a new version may still come


def offers(asked: Inquiry, case: Case) -> tuple[str, ...]:
    """The verbs of the case's buttons, for this person at this time."""
    is_owner = may(asked.actor, Action.CHANGE_CASE, case.thing)
    is_staff = may(asked.actor, Action.HANDLE_CASE)
    in_time = _is_in_time(asked, case)
    now = asked.rounds.open_at(asked.at)
    possible = {
        "new_version": case.state in STILL_OPEN
        and ((is_owner and in_time) or (is_staff and case.state is State.RETURNED)),
        "copy": is_owner and now is not None and now.cycle_year != case.cycle_year,
        "send_back": is_staff and way(case.state, State.RETURNED) is not None,
        "correct": is_staff and case.state is not State.WITHDRAWN,
        "withdraw": State.WITHDRAWN in NEXT[case.state]
        and (is_staff or (is_owner and in_time and case.state in STILL_OPEN)),
        "reopen": is_owner and in_time and case.state is State.WITHDRAWN,
        "differences": case.submission > 1,
        "confirm_part": may(asked.actor, Action.CONFIRM_PART, case.thing) and case.state in ASKED_IN,
    }
    return tuple(verb for verb, is_possible in possible.items() if is_possible)


def owner_may_file(asked: Inquiry, case: Case) -> bool:
    """Whether the owner can still file a new version, whoever asks."""
    return case.state in STILL_OPEN and _is_in_time(asked, case)


def _is_in_time(asked: Inquiry, case: Case) -> bool:
    until = last_day(asked.connection, asked.forum.key, case.cycle_year, case.lead_owner, case.answer_by_on)
    return asked.at < end_of(until)


def last_day(
    connection: Connection,
    forum_key: str,
    cycle_year: int,
    owner: str | None,
    answer_by_on: date | None = None,
) -> date:
    """The last day on which the owner may file: the round's deadline, the owner's own if it was given a later one, or
    the day until which a case that was sent back is to be answered."""
    days = (
        years.rounds(connection, forum_key).of(cycle_year).deadline_on,
        extensions.deadline(connection, cycle_year, owner),
        answer_by_on,
    )
    return max(day for day in days if day is not None)
