"""What is handed in elsewhere, because the bot has no form for it yet: a link, and "levert", which staff confirm."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from dialogs import elsewhere
from dialogs.desk import Inquiry
from dialogs.duties import Source
from dialogs.queries import Offer
from domain.duties import REMEMBERED, Duty
from domain.forum import Forum
from domain.ladders import reminding
from store import claims, owing


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """Nobody hands in in January what is due in June."""
    near = asked.on + timedelta(weeks=reminding(asked.forum.key).elsewhere_weeks_before)
    for year in dict.fromkeys(((asked.on - REMEMBERED).year, asked.on.year)):
        settled = claims.settled(asked.connection, year)
        for event in elsewhere.events_of(asked.connection, asked.forum, year):
            for owner, subject in elsewhere.subjects(asked, event, year):
                if (
                    event.ends_on is not None
                    and event.ends_on <= near
                    and (event.key, subject) not in settled
                ):
                    yield Duty(
                        "elsewhere", owner, str(elsewhere.What(year, event.key, subject)), event.ends_on
                    )


def _words(asked: Inquiry, duty: Duty) -> str:
    what = elsewhere.read(duty.subject)
    title, whose = elsewhere.title(asked, what), elsewhere.whose(asked, what)
    return asked.t("duties.elsewhere", title=title, whose=whose)


def _last_days(connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        for event in elsewhere.events_of(connection, forum, year):
            if event.ends_on is not None and first <= event.ends_on <= last:
                yield event.ends_on


DUTY = Source(
    "elsewhere",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "show", "elsewhere", duty.subject),
    owing.HAND_IN,
    _last_days,
    lambda _, event: event.is_elsewhere,
)
