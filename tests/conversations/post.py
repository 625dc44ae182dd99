"""What the outbox holds is delivered by the real notices, each to where it goes."""

from dataclasses import dataclass
from datetime import timedelta

from dialogs import notices
from domain.messages import Message, Ready, Unwanted
from store import outbox
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Talk, Town


@dataclass(frozen=True, slots=True)
class Delivered:
    """By recipient, in order; `dropped` with the reason."""

    sent: dict[str, list[Message]]
    dropped: dict[str, list[str]]

    def text(self, recipient: str) -> str:
        """The one thing that was sent there."""
        (message,) = self.sent[recipient]
        return message.text


async def deliver(town: Town) -> Delivered:
    """Everything that is due."""
    sent: dict[str, list[Message]] = {}
    dropped: dict[str, list[str]] = {}

    def one(work: Work) -> bool:
        items = outbox.claim(work, 1, MACHINE_NOW + timedelta(days=999), MACHINE_NOW + timedelta(days=998))
        if not items:
            return False
        (item,) = items
        found = notices.prepare(work, town.house, item.kind, item.recipient, item.payload)
        if isinstance(found, Ready):
            sent.setdefault(item.recipient, []).append(found.message)
            outbox.sent(work, item, "activity")
        else:
            assert isinstance(found, Unwanted)
            dropped.setdefault(item.recipient, []).append(found.reason)
            outbox.dropped(work, item, found.reason)
        return True

    while await town.work(one):
        pass
    return Delivered(sent, dropped)


def gets(talk: Talk, delivered: Delivered) -> str:
    """The person has the last message that came before them."""
    message = delivered.sent[talk.person_id][-1]
    talk.card = message.card
    return message.text
