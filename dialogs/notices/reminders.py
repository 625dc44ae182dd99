"""Reminders: all that a person owes, in one message, as it is when it is sent."""

from datetime import date, timedelta
from functools import partial

from dialogs import duties
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.lists import listing
from dialogs.cards.parts import Element
from dialogs.duties import sources
from dialogs.notices.letter import Buttons, Kind, Letter, Notice
from dialogs.queries import Offer
from domain.access import Action, may
from domain.days import is_first_of_week
from domain.duties import Duty
from domain.ladders import Ladder, reminding, step_on
from domain.messages import Unwanted
from domain.register import Reminders
from store import occasions, register

_HOURS = timedelta(hours=24)
_SUPERSEDED = "newer_waits"


def _reminder(letter: Letter) -> Notice | Unwanted:
    """Of what has a step on the day, and with it of everything else that is near. Who owes nothing hears nothing. Where
    several days wait, since nothing could be sent, the newest is told for all of them."""
    day, asked = date.fromisoformat(letter.payload["day"]), letter.inquiry
    waiting = _waiting(letter)
    if any(day < each for each in waiting):
        return Unwanted(_SUPERSEDED)
    days = {day, *waiting}
    how = register.reminders_of(letter.connection, letter.to.person_id)
    near = [duty for duty in duties.with_those_over(asked) if any(_is_near(letter, duty, on) for on in days)]
    if not any(_rings(letter, duty, on, how) for duty in near for on in days):
        return Unwanted("nothing_owed")
    return _listed(letter, near)


def _waiting(letter: Letter) -> set[date]:
    """The days whose reminders to the person wait, or waited for this one."""
    found = occasions.waiting(
        letter.connection, letter.kind, letter.to.person_id, letter.payload, _SUPERSEDED
    )
    return {date.fromisoformat(payload["day"]) for payload in found}


def _ladder(letter: Letter, duty: Duty) -> Ladder:
    return reminding(letter.forum.key).ladder(sources()[duty.kind].ladder)


def _is_near(letter: Letter, duty: Duty, day: date) -> bool:
    """From the first step of the ladder on, which a free day takes further back; what is over is told of at its last
    step alone."""
    ladder = _ladder(letter, duty)
    if duty.is_over(letter.on):
        return day in ladder.steps(duty.due_on)
    return step_on(duty.due_on, max(ladder.days_before)) <= day


def _rings(letter: Letter, duty: Duty, day: date, how: Reminders) -> bool:
    if how is Reminders.WEEKLY:
        return is_first_of_week(day)
    if how is Reminders.LAST:
        return day == step_on(duty.due_on, 0)
    return day in _ladder(letter, duty).steps(duty.due_on)


def _listed(letter: Letter, near: list[Duty]) -> Notice:
    t, asked = letter.t, letter.inquiry
    open_ones = [duty for duty in near if not duty.is_over(letter.on)]
    shown = [*open_ones, *(duty for duty in near if duty.is_over(letter.on))]
    items = [(duties.words(asked, duty), _by(letter, duty)) for duty in shown]
    if open_ones:
        sentence = t("notice.reminder", count=len(open_ones), day=min(duty.due_on for duty in open_ones))
    else:
        sentence = f"{t('notice.reminder_over')} {whom_to_ask(asked.staff, t)}"
    card = partial(_card, t("notice.reminder_title"), sentence, items)
    return Notice(card, t, duties.offers(asked, open_ones))


def _by(letter: Letter, duty: Duty) -> str:
    return letter.t("duties.was_due" if duty.is_over(letter.on) else "duties.by", day=duty.due_on)


def _card(title: str, sentence: str, items: list[tuple[str, str]], buttons: Buttons) -> Element:
    return listing(title, sentence, items, offers=buttons)


def _to_phone(letter: Letter) -> Notice | Unwanted | None:
    """Staff: how many did not do in time what they owed."""
    if not may(letter.to, Action.SEE_ROUND):
        return None
    count = len({person.id for person, _ in duties.missed(letter.inquiry)})
    if not count:
        return Unwanted("nothing_owed")
    offers = (Offer(letter.t("button.phone_list"), "phone_list", "menu", "", "phone_list"),)
    return letter.says(offers=offers, count=count, day=date.fromisoformat(letter.payload["day"]))


# Not each step leads to the telephone: who has not done it in time after the last one is phoned (`duties.missed`).
KINDS = {
    "reminder": Kind(_reminder, mail_after=_HOURS, is_phoned=False, is_planned=True),
    "to_phone": Kind(_to_phone, is_planned=True),
}
