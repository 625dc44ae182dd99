"""Which activities have been done: Teams sends some of them twice."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from store.tables import activity
from store.work import Work


def first_time(work: Work, conversation_id: str, activity_id: str) -> bool:
    """Take note of the activity; False when it was known."""
    known = select(activity.c.activity_id).where(
        activity.c.conversation_id == conversation_id, activity.c.activity_id == activity_id
    )
    if work.connection.execute(known).first() is not None:
        return False
    row = {"conversation_id": conversation_id, "activity_id": activity_id, "received_at": work.now}
    try:
        with work.connection.begin_nested():
            work.connection.execute(activity.insert().values(row))
    except IntegrityError:  # another replica was faster
        return False
    return True


def forget_before(work: Work, at: datetime) -> None:
    work.connection.execute(delete(activity).where(activity.c.received_at < at))
