"""How often a person wants to be reminded: shown, and chosen by a button or a word."""

from dialogs.cards.notes import note
from dialogs.commands import fold
from dialogs.desk import Desk, message, say
from domain.messages import Pressed, Reply
from domain.register import Reminders
from store import register
from store.cards import CardInstance


def reminders(desk: Desk, argument: str) -> Reply:
    """What is chosen now, with the choices; or choose, if the words name one."""
    if not argument:
        now = register.reminders_of(desk.work.connection, desk.actor.person_id)
        return _shown(desk, "now", now)
    named = next(
        (how for how in Reminders if argument in map(fold, desk.t.words(f"reminders.words_{how}"))), None
    )
    return say(desk.t("reminders.which")) if named is None else _choose(desk, named)


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb not in tuple(Reminders) or pressed.inputs:
        return None
    how = Reminders(pressed.verb)
    now = register.reminders_of(desk.work.connection, desk.actor.person_id)
    if not first and how is not now:  # something else was chosen since
        return _shown(desk, "now", now)
    return _choose(desk, how)


def _choose(desk: Desk, how: Reminders) -> Reply:
    if how is not register.reminders_of(desk.work.connection, desk.actor.person_id):
        register.set_reminders(desk.work, desk.actor.person_id, how)
    return _shown(desk, "set", how)


def _shown(desk: Desk, key: str, how: Reminders) -> Reply:
    t = desk.t
    said = t(f"reminders.{key}", how=t(f"reminders.{how}"))
    card_id = desk.new_card("reminders")
    offers = [(t(f"button.reminders_{each}"), each.value, card_id) for each in Reminders if each is not how]
    return Reply((message(note(said, title=t("reminders.title"), offers=offers)),))
