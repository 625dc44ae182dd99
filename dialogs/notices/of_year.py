"""Notices about the forum's year: what is coming, and what staff have to look at or set."""

from functools import partial
from typing import Any

from dialogs.cards.lists import listing
from dialogs.cards.parts import Element
from dialogs.events import about_event, when
from dialogs.notices.letter import Buttons, Kind, Letter, Notice, Post
from dialogs.queries import Offer
from dialogs.year_work import year_work
from domain.access import Action, may
from domain.calendar import Event, opens_on
from domain.days import is_working_day
from domain.messages import Unwanted
from store import years

_OVER = Unwanted("over")
_MOVED = Unwanted("moved")  # whoever had to know of it was told when it was moved


def _event(letter: Letter | Post) -> Event | None:
    """The event as it is now; None where neither it nor its opening is on that day any more."""
    known = years.year_of(letter.connection, letter.forum.key, int(letter.payload["year"]))
    event = known.year.event(letter.payload["event"])
    days = (event.first, opens_on(event)) if event else ()
    return event if letter.payload.get("first") in [day and day.isoformat() for day in days] else None


def _to_staff(letter: Letter) -> Notice | Unwanted | None:
    if not may(letter.to, Action.SEE_ROUND):
        return None
    event = _event(letter)
    return _MOVED if event is None else letter.says(**_details(letter, event))


def _own_day(letter: Letter) -> Notice | Unwanted | None:
    """A day of the authorities' own. One that is free stays where it is, and staff are told so."""
    said, event = _to_staff(letter), _event(letter)
    if not isinstance(said, Notice) or event is None or event.first is None or is_working_day(event.first):
        return said
    free = letter.t("notice.own_day_free", day=event.first)
    return letter.says(**_details(letter, event, more=f" {free}"))


def _opening(letter: Letter) -> Notice | Unwanted:
    event = _event(letter)
    if event is None:
        return _MOVED
    offers = (Offer(letter.t("button.duties"), "duties", "menu", "", "duties"),)
    return letter.says(offers=offers, **_details(letter, event))


def _posted(post: Post) -> Element | Unwanted:
    event = _event(post)
    if event is None:
        return _MOVED
    return (
        _OVER if event.ends_on is not None and event.ends_on < post.on else post.says(**_details(post, event))
    )


def _details(letter: Letter | Post, event: Event, more: str = "") -> dict[str, Any]:
    return {
        "name": event.title(letter.t.language),
        "when": _when(letter, event),
        "about": about_event(event, letter.t),
        "more": more,
    }


def _when(letter: Letter | Post, event: Event) -> str:
    """Of what has opened, and has a last day by now, that day."""
    if letter.payload.get("first") in (None, str(event.first)):
        return when(event, letter.t)
    return letter.t("duties.by", day=event.ends_on)


def _year_to_do(letter: Letter) -> Notice | Unwanted | None:
    """What the year asks of the secretariat this week; where there is nothing, nothing."""
    if not may(letter.to, Action.SEE_ROUND):
        return None
    t, items = letter.t, list(year_work(letter))
    if not items:
        return _OVER
    card = partial(_listed, t("notice.year_to_do_title"), t("notice.year_to_do"), items)
    offers = tuple(Offer(t(f"button.{verb}"), verb, "menu", "", verb) for verb in ("meeting", "move_event"))
    return Notice(card, t, offers)


def _listed(title: str, sentence: str, items: list[tuple[str, str]], buttons: Buttons) -> Element:
    return listing(title, sentence, items, offers=buttons)


KINDS = {
    "own_day": Kind(_own_day, is_planned=True),
    "nobody_to_tell": Kind(_to_staff, is_planned=True),
    "opening": Kind(_opening, is_planned=True),
    "opening_posted": Kind(post=_posted, is_planned=True),
    "deadline_posted": Kind(post=_posted, is_planned=True),
    "year_to_do": Kind(_year_to_do, is_planned=True),
}
