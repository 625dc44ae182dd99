"""Who is there, where they talk and what was said: the state behind the stand-in."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from play.people import TENANT, Bot, Person, stable_id

Activity = dict[str, Any]


class Kind(StrEnum):
    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(slots=True)
class Post:
    """One message in a conversation. `version` goes up when the bot changes it."""

    id: str
    conversation_id: str
    sender: Person | Bot
    activity: Activity
    at: datetime
    version: int = 1
    deleted: bool = False


class Change(StrEnum):
    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    TYPING = "typing"


@dataclass(frozen=True, slots=True)
class Event:
    change: Change
    conversation_id: str
    post: Post | None = None  # None: somebody types


@dataclass(slots=True)
class Team:
    id: str
    name: str
    group_id: str
    members: list[Person]
    installed: bool = False


@dataclass(slots=True)
class Conversation:
    """A chat, a channel, or one thread in a channel (`root` is its first post). A channel has no
    posts of its own: they stand in its threads."""

    id: str
    kind: Kind
    name: str
    people: list[Person] = field(default_factory=list)
    team: Team | None = None
    root: str | None = None
    app_added: bool = False
    blocked: bool = False
    posts: dict[str, Post] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)  # of a channel: also those of its threads

    @property
    def members(self) -> list[Person]:
        return self.team.members if self.team else self.people

    @property
    def installed(self) -> bool:
        return self.team.installed if self.team else self.app_added

    @installed.setter
    def installed(self, installed: bool) -> None:
        if self.team:
            self.team.installed = installed
        else:
            self.app_added = installed

    @property
    def channel_id(self) -> str:
        return self.id.partition(";")[0]


class Journal:
    """Every event in order, and a way to wait for the next."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._bell = asyncio.Event()

    def add(self, event: Event) -> None:
        self.events.append(event)
        self.ring()

    def ring(self) -> None:
        """Wake whoever waits, for an event or for something that comes by another way."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def rings(self) -> None:
        """Wait for the next event."""
        await self._bell.wait()


class World:
    def __init__(self, bot: Bot, now: Callable[[], datetime], *, tenant_id: str = TENANT) -> None:
        self.bot = bot
        self.tenant_id = tenant_id
        self.journal = Journal()
        self.people: dict[str, Person] = {}
        self.conversations: dict[str, Conversation] = {}
        self._now = now
        self._by_member_id: dict[str, Person] = {}
        self._personal: dict[str, Conversation] = {}  # by handle
        self._lost = 0
        self._last_post_id = 0

    def add(self, person: Person) -> Person:
        known = self.people.setdefault(person.handle, person)
        self._by_member_id[known.user_id] = known
        if known.object_id:
            self._by_member_id[known.object_id] = known
        return known

    def personal(self, person: Person) -> Conversation:
        """The person's own chat with the bot; its id is the same after a restart."""
        if person.handle not in self._personal:
            lost = (str(self._lost),) if self._lost else ()
            id_ = f"a:{stable_id('personal', self.bot.app_id, person.handle, *lost)}"
            chat = Conversation(id=id_, kind=Kind.PERSONAL, name=person.name, people=[person])
            self._personal[person.handle] = self._keep(chat)
        return self._personal[person.handle]

    def group(self, name: str, people: Iterable[Person]) -> Conversation:
        id_ = f"19:{stable_id('group', name)}@thread.v2"
        return self._keep(Conversation(id=id_, kind=Kind.GROUP, name=name, people=list(people)))

    def team(self, name: str, channels: Sequence[str], people: Iterable[Person]) -> list[Conversation]:
        """A team with a channel of each name; the first is the general one, whose id is the team's."""
        ids = [f"19:{stable_id('channel', name, channel)}@thread.tacv2" for channel in channels]
        team = Team(ids[0], name, stable_id("team", name), list(people))
        return [
            self._keep(Conversation(id=id_, kind=Kind.CHANNEL, name=channel, team=team))
            for id_, channel in zip(ids, channels, strict=True)
        ]

    def channel(self, name: str) -> Conversation:
        return next(
            conversation
            for conversation in self.conversations.values()
            if conversation.kind is Kind.CHANNEL and conversation.name == name and not conversation.root
        )

    def new_thread(self, channel: Conversation) -> Conversation:
        root = self._new_post_id()
        return self._keep(
            Conversation(
                id=f"{channel.id};messageid={root}",
                kind=Kind.CHANNEL,
                name=channel.name,
                team=channel.team,
                root=root,
            )
        )

    def seen_by(self, person: Person) -> list[Conversation]:
        return [
            conversation for conversation in self.conversations.values() if person in conversation.members
        ]

    def person_with(self, member_id: str) -> Person | None:
        return self._by_member_id.get(member_id)

    def lose(self, conversation: Conversation) -> None:
        """The chat is gone for good; the same people meet again under another id."""
        del self.conversations[conversation.id]
        self._personal = {key: kept for key, kept in self._personal.items() if kept is not conversation}
        self._lost += 1

    def say(self, conversation: Conversation, sender: Person | Bot, activity: Activity) -> Post:
        """Add a message. In a channel it begins a new thread."""
        if conversation.kind is Kind.CHANNEL and conversation.root is None:
            conversation = self.new_thread(conversation)
        is_first = conversation.root is not None and not conversation.posts
        post_id = conversation.root if is_first and conversation.root else self._new_post_id()
        post = Post(post_id, conversation.id, sender, activity, self._now())
        conversation.posts[post_id] = post
        self._tell(Change.POSTED, conversation, post)
        return post

    def edit(self, conversation: Conversation, post: Post, activity: Activity) -> None:
        post.activity = activity
        post.version += 1
        self._tell(Change.EDITED, conversation, post)

    def delete(self, conversation: Conversation, post: Post) -> None:
        post.deleted = True
        self._tell(Change.DELETED, conversation, post)

    def type(self, conversation: Conversation) -> None:
        self._tell(Change.TYPING, conversation)

    def _tell(self, change: Change, conversation: Conversation, post: Post | None = None) -> None:
        event = Event(change, conversation.id, post)
        conversation.events.append(event)
        if conversation.root is not None:
            self.conversations[conversation.channel_id].events.append(event)
        self.journal.add(event)

    def _keep(self, conversation: Conversation) -> Conversation:
        return self.conversations.setdefault(conversation.id, conversation)

    def _new_post_id(self) -> str:
        # As in Teams: milliseconds since 1970, and never the same twice.
        self._last_post_id = max(self._last_post_id + 1, int(self._now().timestamp() * 1000))
        return str(self._last_post_id)
