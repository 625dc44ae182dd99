"""Another day for an event of the year, or the first that it gets. For the secretariat."""

from functools import partial

from dialogs.engine import Answers, Ask, Becomes, Form, Kind, Option, Page, never
from dialogs.events import when
from dialogs.texts import Texts
from domain.calendar import MEETS, Event, conflicts, free_days, movable
from domain.criteria import Warning
from domain.submissions import Circumstances, MovedEvent, named_event


def _title(event: Event, t: Texts) -> str:
    return f"{event.title(t.language)} ({when(event, t)})"


def _events(circumstances: Circumstances) -> tuple[Option, ...]:
    year, on = circumstances.calendar, circumstances.on
    return tuple(Option(event.key, partial(_title, event)) for event in movable(year, on)) if year else ()


def _ways(_: Circumstances) -> tuple[Option, ...]:
    return tuple(Option(way, partial(_way, way)) for way in ("physical", "digital"))


def _way(way: str, t: Texts) -> str:
    return t(f"calendar.form.{way}")


def _is_met_at(answers: Answers, circumstances: Circumstances) -> bool:
    found = named_event(answers.get("event"), circumstances)
    return found is not None and found.form in MEETS


def _is_elsewhere(answers: Answers, circumstances: Circumstances) -> bool:
    found = named_event(answers.get("event"), circumstances)
    return found is not None and found.is_elsewhere


def _warn(moved: MovedEvent, circumstances: Circumstances) -> tuple[Warning, ...]:
    """Free days, and what did not fit together before and does not now."""
    year, event = circumstances.calendar, named_event(moved.event, circumstances)
    if year is None or event is None:
        return ()
    free = tuple(Warning("free_day", {"day": day}) for day in free_days(moved.applied(event))[:1])
    apart = tuple(
        Warning("calendar_conflict", {"later": each.later.names, "earlier": each.earlier.names})
        for each in conflicts(year)
        if event.key in (each.later.key, each.earlier.key)
    )
    return (*free, *apart)


FORM = Form(
    "move_event",
    MovedEvent,
    pages=(
        Page("what", (Ask("event", Kind.CHOICE, options=_events),)),
        Page(
            "review",
            (
                Ask("first_on", Kind.DAY_TO_COME),
                Ask("last_on", Kind.DAY_TO_COME, required=never),
                Ask("hours", Kind.LINE, when=_is_met_at, required=never),
                Ask("place", Kind.LINE, when=_is_met_at, required=never),
                Ask("form", Kind.CHOICE, when=_is_met_at, required=never, options=_ways),
                Ask("link", Kind.LINE, when=_is_elsewhere, required=never),
            ),
        ),
    ),
    derive=lambda _, __: {},
    warn=_warn,
    becomes=Becomes.MOVE,
)
