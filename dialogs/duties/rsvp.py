"""A call to a meeting that is not answered yet."""

from collections.abc import Iterator

from dialogs.desk import Inquiry
from dialogs.duties import Source
from dialogs.meetings import known
from dialogs.queries import Offer
from domain.duties import Duty
from domain.meetings import STANDS
from store import meetings


def _owed(asked: Inquiry) -> Iterator[Duty]:
    invited = meetings.invited_to(asked.connection, asked.actor.person_id, asked.on, tuple(STANDS))
    for meeting in invited:
        called = known.called(asked, meeting.id)
        is_open = called is not None and called[1].answer is None and not meeting.is_over(asked.at)
        if is_open and meeting.answer_by_on is not None:
            yield Duty("rsvp", None, meeting.id, meeting.answer_by_on)


def _words(asked: Inquiry, duty: Duty) -> str:
    found = known.find(asked, duty.subject)
    return asked.t("duties.rsvp", title=found.short(asked.t) if found else duty.subject)


DUTY = Source(
    "rsvp",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "open", "invitation", duty.subject),
    meetings.UNANSWERED,
    lambda connection, _, first, last: meetings.answer_days(connection, first, last),
    ladder="rsvp",
)
