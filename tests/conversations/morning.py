"""A morning of the forum's year: what is due is planned, checked again and shown, as the bot would do it by itself."""

from datetime import UTC, date, datetime, time, timedelta

from bot.wiring import what_is_due
from dialogs import notices
from domain.days import OSLO
from domain.ladders import reminding
from domain.messages import Ready
from scheduler.planner import Planner, Timekeeper
from store import outbox
from store.outbox import Item
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Talk, Town

_AFTER_NINE = time(9, 5)


def planner(town: Town, timekeeper: Timekeeper | None = None) -> Planner:
    forum = town.house.forum
    return Planner(
        town.store, what_is_due(forum), reminding(forum.key), now=lambda: town.at, timekeeper=timekeeper
    )


async def morning(town: Town, day: date) -> dict[str, str]:
    """What each person, or channel, is told on that day, as text; its buttons can be pressed then."""
    town.at = datetime.combine(day, _AFTER_NINE, OSLO).astimezone(UTC)
    await planner(town).tick()
    return await delivered(town)


async def delivered(town: Town) -> dict[str, str]:
    """Everything that waits in the outbox, sent; by recipient."""
    until = MACHINE_NOW + timedelta(minutes=3)
    told = dict[str, str]()
    while items := await town.work(lambda work: outbox.claim(work, 50, until, MACHINE_NOW)):
        for item in items:
            text = await town.work(lambda work, item=item: _send(work, town, item))
            if text is not None:
                told[item.recipient] = "\n\n".join(filter(None, (told.get(item.recipient), text)))
    return told


def _send(work: Work, town: Town, item: Item) -> str | None:
    if item.expires_at is not None and item.expires_at <= town.at:
        outbox.dropped(work, item, outbox.TOO_LATE)
        return None
    found = notices.prepare(work, town.house, item.kind, item.recipient, item.payload)
    if isinstance(found, Ready):
        outbox.sent(work, item, town.new_id())
        town.cards[item.recipient] = found.message.card
        return found.message.text
    outbox.dropped(work, item, found.reason)
    return None


async def everybody_comes(town: Town) -> None:
    """Everybody has a chat with the bot."""
    for person_id in ("eier-bodo", "eier-bodo-2", "eier-rana", "eier-fauske", "sekretariat", "sekretariat-2"):
        await town.person(person_id).says("hjelp")


def before(talk: Talk) -> Talk:
    """The person with the last notice before them."""
    talk.card = talk.town.cards[talk.person_id]
    return talk
