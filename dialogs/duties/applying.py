"""What an owner may apply for elsewhere, and need not."""

from functools import partial

from dialogs.desk import Inquiry
from dialogs.duties import Source, handing_in
from dialogs.elsewhere import need_not_be
from dialogs.queries import Offer
from domain.calendar import Event
from domain.duties import Duty
from store import owing


def _is_asked(event: Event) -> bool:
    return event.is_elsewhere and need_not_be(event)


def _decline(asked: Inquiry, duty: Duty, title: str) -> Offer:
    return Offer(title, "not_this_year", "elsewhere", duty.subject)


DUTY = Source(
    "applying",
    partial(handing_in.owed, "applying", _is_asked),
    handing_in.words,
    handing_in.offer,
    owing.HAND_IN,
    partial(handing_in.last_days, _is_asked),
    lambda _, event: _is_asked(event),
    is_phoned=False,
    decline=_decline,
)
