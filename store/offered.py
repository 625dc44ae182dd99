"""The buttons of the last card that a person was shown, in their order, for those who answer by typing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from store.tables import insert, offered
from store.work import Work


@dataclass(frozen=True, slots=True)
class Button:
    """`card`: the id of the card row that the button belongs to."""

    title: str
    verb: str
    card: str


_LAST = select(offered.c.buttons).where(offered.c.person_id == bindparam("person_id"))
_KEEP = insert(offered)
_KEEP = _KEEP.on_conflict_do_update(index_elements=["person_id"], set_={"buttons": _KEEP.excluded["buttons"]})


def keep(work: Work, person_id: str, buttons: Sequence[Button]) -> None:
    """In place of those that were offered before."""
    rows = [[button.title, button.verb, button.card] for button in buttons]
    work.connection.execute(_KEEP, {"person_id": person_id, "buttons": rows})


def last(connection: Connection, person_id: str) -> tuple[Button, ...]:
    found = connection.execute(_LAST, {"person_id": person_id}).scalar_one_or_none()
    return tuple(Button(*row) for row in found or ())
