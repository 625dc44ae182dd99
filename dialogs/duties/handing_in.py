"""What the duties have in common that are done elsewhere, because the bot has no form for them yet: a link, and
"levert", which staff confirm."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from dialogs import elsewhere
from dialogs.desk import Inquiry
from dialogs.queries import Offer
from domain.calendar import Event, opens_on
from domain.duties import REMEMBERED, Duty
from domain.forum import Forum
from domain.ladders import reminding
from store import claims

Which = Callable[[Event], bool]


def owed(kind: str, which: Which, asked: Inquiry) -> Iterator[Duty]:
    """Of those events: from when it is open, or is near. Nobody hands in in January what is due in June."""
    near = asked.on + timedelta(weeks=reminding(asked.forum.key).elsewhere_weeks_before)
    for year in dict.fromkeys(((asked.on - REMEMBERED).year, asked.on.year)):
        settled = claims.settled(asked.connection, year)
        for event in filter(which, elsewhere.events_of(asked.connection, asked.forum, year)):
            if event.ends_on is None or not (event.ends_on <= near or _is_open(event, asked.on)):
                continue
            for owner, subject in elsewhere.subjects(asked, event, year):
                if (event.key, subject) not in settled:
                    yield Duty(kind, owner, str(elsewhere.What(year, event.key, subject)), event.ends_on)


def _is_open(event: Event, on: date) -> bool:
    opening = opens_on(event)
    return opening is not None and opening <= on


def words(asked: Inquiry, duty: Duty) -> str:
    what = elsewhere.read(duty.subject)
    title, whose = elsewhere.title(asked, what), elsewhere.whose(asked, what)
    return asked.t("duties.elsewhere", title=title, whose=whose)


def offer(asked: Inquiry, duty: Duty, title: str) -> Offer:
    return Offer(title, "show", "elsewhere", duty.subject)


def last_days(which: Which, connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        for event in filter(which, elsewhere.events_of(connection, forum, year)):
            if event.ends_on is not None and first <= event.ends_on <= last:
                yield event.ends_on
