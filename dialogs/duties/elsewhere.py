"""What must be handed in elsewhere."""

from functools import partial

from dialogs.duties import Source, handing_in
from dialogs.elsewhere import need_not_be
from domain.calendar import Event
from store import owing


def _is_asked(event: Event) -> bool:
    return event.is_elsewhere and not need_not_be(event)


DUTY = Source(
    "elsewhere",
    partial(handing_in.owed, "elsewhere", _is_asked),
    handing_in.words,
    handing_in.offer,
    owing.HAND_IN,
    partial(handing_in.last_days, _is_asked),
    lambda _, event: _is_asked(event),
)
