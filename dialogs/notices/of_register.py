"""Notices to those who keep the register."""

from dialogs.notices.letter import Kind, Letter, Notice
from domain.access import Action, may
from store import register


def _code_locked(letter: Letter) -> Notice | None:
    person = register.person(letter.connection, letter.payload["person"])
    if person is None or not may(letter.to, Action.INVITE):
        return None
    return letter.says(name=person.name, person=person.id)


KINDS = {"code_locked": Kind(_code_locked)}
