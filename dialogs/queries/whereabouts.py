"""Where is my case: the one there is as `case_status` tells it; of several, where each is and who has the ball."""

from dialogs.asking import quoted
from dialogs.cards.cases import where
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, said_of
from dialogs.queries import Answer, Query, case_status, my_cases, sheet_offers
from dialogs.queries.case_status import following, waiting
from dialogs.questions import slots_of
from domain.cases import BALL, GIVEN_UP, Ball, Case, State

_MOST = 10
_MOST_TOLD = 50  # to a program
_OVER = GIVEN_UP | {State.CLOSED}


def _answer(asked: Inquiry, argument: str) -> Answer:
    """Cases that are over are left out, as long as there are others."""
    t, slots = asked.t, slots_of(argument)
    every, states = (
        my_cases.cases_about(asked, slots, my_cases.MOST_READ),
        my_cases.states_about(asked, slots),
    )
    going = {state: count for state, (count, _) in states.items() if state not in _OVER}
    counts = going or {state: count for state, (count, _) in states.items()}
    found = tuple(case for case in every if case.state in counts)
    if not found:
        return my_cases.QUERY.answer(asked, argument)
    if len(found) == 1:
        return case_status.QUERY.answer(asked, found[0].number)
    in_all = sum(counts.values())
    with_owner = sum(
        count for state, count in counts.items() if BALL[state] in (Ball.OWNER, Ball.PARTNERSHIP)
    )
    about = named(slots, asked.forum, asked.directory, t)
    sentence = said_of(about, t("whereabouts.sentence", count=in_all, owner=with_owner))
    if in_all > _MOST:
        sentence = f"{sentence} {t('my_cases.newest', most=_MOST)}"
    items = [(f"{case.number} – {quoted(case.title)}", _about(asked, case)) for case in found[:_MOST]]
    return Answer(
        lambda offers: listing(t("whereabouts.title"), sentence, items, offers=offers),
        {
            "answer": sentence,
            "about": as_json(slots),
            "cases_in_all": in_all,
            "cases": [case_status.where_json(asked, case) for case in found[:_MOST_TOLD]],
        },
        sheet_offers(asked, "my_cases", argument),
        lambda: my_cases.sheet(asked, my_cases.cases_about(asked, slots)),
    )


def _about(asked: Inquiry, case: Case) -> str:
    """Where it is, what comes next, and whether that takes longer than the plan has for it."""
    parts = (where(case, asked.t), following(asked, case), waiting(asked, case))
    return " ".join(part for part in parts if part)


QUERY = Query("whereabouts", _answer)
