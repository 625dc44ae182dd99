"""What staff have to look after: somebody says that something was handed in elsewhere."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from dialogs.duties import Source
from dialogs.queries import Offer
from domain.access import Action, may
from domain.days import local_day, roll_forward
from domain.duties import Duty
from domain.forum import Forum
from store import claims, owing

_DAYS = timedelta(days=7)  # within a week of its being said; inferred


def _last_day(connection: Connection) -> date | None:
    """Of the oldest."""
    waiting = claims.to_confirm(connection)
    return roll_forward(local_day(waiting[0].said_at) + _DAYS) if waiting else None


def _owed(asked: Inquiry) -> Iterator[Duty]:
    due_on = _last_day(asked.connection) if may(asked.actor, Action.HANDLE_CASE) else None
    if due_on is not None:
        yield Duty("claim", None, "", max(due_on, asked.on))  # it is owed as long as it waits


def _last_days(connection: Connection, _: Forum, first: date, last: date) -> Iterator[date]:
    due_on = _last_day(connection)
    if due_on is not None and first <= due_on <= last:
        yield due_on


DUTY = Source(
    "claim",
    _owed,
    lambda asked, duty: asked.t("duties.claim", count=len(claims.to_confirm(asked.connection))),
    lambda asked, duty, title: Offer(title, "claims", "menu", "", "claims"),
    owing.STAFF,
    _last_days,
    is_phoned=False,
)
