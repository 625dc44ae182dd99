"""Which activities have been answered: Teams sends some twice."""

from datetime import datetime

from sqlalchemy import bindparam, delete

from store.tables import activity, insert
from store.work import Work

_NOTE = insert(activity).on_conflict_do_nothing().returning(activity.c.received_at)
_FORGET = delete(activity).where(activity.c.received_at < bindparam("before"))


def first_time(work: Work, conversation_id: str, activity_id: str) -> bool:
    """Take note of an activity; False if it was noted before, by whichever process."""
    noted = work.connection.execute(
        _NOTE,
        {"conversation_id": conversation_id, "activity_id": activity_id, "received_at": work.now},
    )
    return noted.scalar_one_or_none() is not None


def forget_before(work: Work, at: datetime) -> int:
    """Forget what was received before; returns how many."""
    return work.connection.execute(_FORGET, {"before": at}).rowcount
