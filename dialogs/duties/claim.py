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


def _waiting(connection: Connection) -> list[date]:
    """The last day of each that waits, the oldest first."""
    return [roll_forward(local_day(each.said_at) + _DAYS) for each in claims.to_confirm(connection)]


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """All of them are one duty."""
    waiting = _waiting(asked.connection) if may(asked.actor, Action.HANDLE_CASE) else []
    if waiting:
        yield Duty("claim", None, "", max(waiting[0], asked.on))  # it is owed as long as it waits


def _last_days(connection: Connection, _: Forum, first: date, last: date) -> Iterator[date]:
    return (day for day in _waiting(connection) if first <= day <= last)


DUTY = Source(
    "claim",
    _owed,
    lambda asked, duty: asked.t("duties.claim", count=len(claims.to_confirm(asked.connection))),
    lambda asked, duty, title: Offer(title, "claims", "menu", "", "claims"),
    owing.STAFF,
    _last_days,
    is_phoned=False,
)
