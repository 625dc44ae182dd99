"""What one person sees of one conversation on one device."""

import html
from dataclasses import dataclass
from datetime import datetime

from play import cards
from play.cards import Card
from play.people import Bot
from play.world import Activity, Change, Conversation, Post


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on the screen at one moment. Keep it to press an old card again."""

    id: str
    conversation_id: str
    sender: str  # the name that is shown
    sender_handle: str | None  # None: the bot
    text: str
    card: Card | None
    at: datetime

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(str(each["title"]) for each in cards.buttons(self.card)) if self.card else ()


@dataclass(frozen=True, slots=True)
class _View:
    """A card that this screen alone shows in the place of a post, until the bot changes the post."""

    card: Card
    version: int


class Screen:
    """Of a channel: all its threads."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._posts: dict[str, Post] = {}
        self._views: dict[str, _View] = {}
        self._unread: list[Post] = []
        self._seen = 0  # events of the conversation
        self._current: Post | None = None
        self._catch_up()
        self._unread.clear()

    @property
    def shown(self) -> tuple[Shown, ...]:
        self._catch_up()
        return tuple(self._draw(post) for post in self._posts.values())

    def find(self, post_id: str) -> Shown | None:
        self._catch_up()
        post = self._posts.get(post_id)
        return self._draw(post) if post else None

    @property
    def card(self) -> Shown | None:
        """The card before the person: the last that came, or that an answer put in place."""
        self._catch_up()
        return self._draw(self._current) if self._current else None

    @property
    def unread(self) -> int:
        """How many of the bot's messages have come that `take` has not given."""
        self._catch_up()
        return len(self._unread)

    def take(self, after: int = 0) -> tuple[Shown, ...]:
        """Read the unread messages, except the first `after` of them."""
        self._catch_up()
        taken, self._unread = self._unread[after:], self._unread[:after]
        return tuple(self._draw(post) for post in taken)

    def replace(self, post_id: str, card: Card, *, looks_there: bool = True) -> Shown | None:
        """Show the card in the place of the post. None: the post is gone."""
        self._catch_up()
        post = self._posts.get(post_id)
        if post is None:
            return None
        self._views[post_id] = _View(card, post.version)
        if looks_there:
            self._current = post
        return self._draw(post)

    def _draw(self, post: Post) -> Shown:
        view = self._views.get(post.id)
        holds = view is not None and view.version == post.version
        return Shown(
            id=post.id,
            conversation_id=post.conversation_id,
            sender=post.sender.name,
            sender_handle=None if isinstance(post.sender, Bot) else post.sender.handle,
            text=_words(post.activity),
            card=view.card if view and holds else cards.card_of(post.activity),
            at=post.at,
        )

    def _catch_up(self) -> None:
        events = self._conversation.events
        for event in events[self._seen :]:
            if event.post is not None:
                self._notice(event.change, event.post)
        self._seen = len(events)

    def _notice(self, change: Change, post: Post) -> None:
        if change is Change.DELETED:
            self._posts.pop(post.id, None)
            self._unread = [each for each in self._unread if each is not post]
            self._current = None if self._current is post else self._current
        elif change is Change.POSTED:
            self._posts[post.id] = post
            if isinstance(post.sender, Bot):
                self._unread.append(post)
                self._current = post if cards.card_of(post.activity) is not None else self._current


def _words(activity: Activity) -> str:
    text = str(activity.get("text") or "")
    return html.unescape(text.replace("<br/>", "\n")) if activity.get("textFormat") == "xml" else text
