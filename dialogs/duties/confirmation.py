"""A university's part of a case that it has not confirmed."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from dialogs.duties import Source, confirming
from dialogs.queries import Offer
from dialogs.university_parts import due_on, is_about_case, number_of
from domain.access import Action, visible_cases
from domain.confirming import ASKED_IN
from domain.duties import Duty
from domain.forum import Forum
from domain.rounds import NoRound, Rounds
from store import confirmations, owing, views, years


def _owed(asked: Inquiry) -> Iterator[Duty]:
    visible = visible_cases(asked.actor, Action.CONFIRM_PART)
    waiting = confirmations.open_of(asked.connection, visible.partners) if visible.partners else ()
    about = [each for each in waiting if is_about_case(each)]
    known = {case.number: case for case in views.cases(asked.connection, visible)} if about else {}
    for each in about:
        case = known.get(number_of(each))
        if case is not None and case.state in ASKED_IN and each.organisation in case.partners:
            yield Duty("confirmation", each.organisation, str(each.id), due_on(asked, case, each))


def _words(asked: Inquiry, duty: Duty) -> str:
    confirmation = confirmations.get(asked.connection, int(duty.subject))
    if confirmation is None:
        return ""
    title = confirmation.content.get("measure_title", "")
    return asked.t("duties.confirmation", number=number_of(confirmation), title=title)


def _last_days(connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    deadlines = _deadlines(years.rounds(connection, forum.key), first, last)
    return confirming.last_days(connection, forum, deadlines, first, last)


def _deadlines(rounds: Rounds, first: date, last: date) -> Iterator[date]:
    """Of the rounds from the year before the first day; there was none before the first rule."""
    for year in range(first.year - 1, last.year + 1):
        with suppress(NoRound):
            yield rounds.of(year).deadline_on


DUTY = Source(
    "confirmation",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "open", "part", duty.subject, "open"),
    owing.UNIVERSITIES,
    _last_days,
)
