"""Notices about the dates of the year."""

from dialogs.events import when
from dialogs.notices.letter import Kind, Letter, Notice
from domain.messages import Unwanted
from store import audience, years


def _event_moved(letter: Letter) -> Notice | Unwanted | None:
    """For those whom the event is for still: when it is now. A later move has a notice of its own."""
    year, key = int(letter.payload["year"]), letter.payload["event"]
    known = years.year_of(letter.connection, letter.forum.key, year)
    event = known.year.event(key)
    if event is None or str(known.versions.get(key)) != letter.payload["version"]:
        return Unwanted("moved_again")
    if event.ends_on is None or event.ends_on < letter.on:
        return Unwanted("is_over")
    if letter.to.person_id not in audience.people(
        letter.connection, letter.forum.key, year, event, letter.on
    ):
        return None
    place = event.place_in(letter.t.language)
    where = letter.t("notice.event_where", place=place) if place else ""
    return letter.says(name=event.names, when=when(event, letter.t), where=where)


KINDS = {"event_moved": Kind(_event_moved)}
