"""What each call to the connector does to the world, once it has been let through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from play import troubles
from play.card_faults import faults
from play.cards import CONTENT_TYPE
from play.limits import Kind as Limit
from play.people import Person
from play.troubles import Refused
from play.world import Activity, Conversation, Post, World

LARGEST_BYTES = 100 * 1024  # counted in UTF-16
PAGE_OF_MEMBERS = 500

Answer = tuple[int, Any]  # status, body


@dataclass(frozen=True, slots=True)
class Request:
    """A call as read from the wire. `target_id`: the activity or member in the path."""

    operation: str
    limit: Limit
    conversation_id: str
    target_id: str
    query: Mapping[str, str]
    body: Any = None

    @property
    def activity(self) -> Any:
        if self.operation == "create":
            return _dig(self.body, "activity")
        return self.body


class Operations:
    """Each gives the status and the body of the answer. Raises: Refused."""

    def __init__(self, world: World) -> None:
        self._world = world

    def target(self, request: Request) -> str:
        """The conversation that a call goes to; a creation's is known by whom it is for."""
        if request.operation != "create":
            return request.conversation_id
        if channel := _channel_of(request.body):
            return channel
        person = self._world.person_with(_only_member(request.body))
        return self._world.personal(person).id if person else ""

    def send(self, request: Request) -> Answer:
        conversation = self._writable(request.conversation_id)
        activity = _checked(request.body)
        if activity["type"] == "typing":
            self._world.type(conversation)
            return 202, {}
        return 201, self._say(conversation, activity)

    def _say(self, conversation: Conversation, activity: Activity) -> dict[str, str]:
        if activity.get("text") and activity.get("attachments"):
            # Teams makes two messages of text and card together, and then gives no id (teams.md, source 12).
            first = self._world.say(conversation, self._world.bot, activity | {"attachments": []})
            thread = self._world.conversations[first.conversation_id]
            self._world.say(thread, self._world.bot, activity | {"text": ""})
            return {}
        return {"id": self._world.say(conversation, self._world.bot, activity).id}

    def update(self, request: Request) -> Answer:
        conversation = self._writable(request.conversation_id)
        post = self._own_post(conversation, request.target_id)
        self._world.edit(conversation, post, _checked(request.body))
        return 200, {"id": post.id}

    def delete(self, request: Request) -> Answer:
        conversation = self._writable(request.conversation_id)
        self._world.delete(conversation, self._own_post(conversation, request.target_id))
        return 200, {}

    def create(self, request: Request) -> Answer:
        wanted = request.body
        if not isinstance(wanted, dict):
            raise Refused(troubles.BAD_ARGUMENT)
        if _channel_of(wanted):
            return self._create_thread(wanted)
        if wanted.get("isGroup"):
            raise Refused(troubles.BAD_ARGUMENT.because("A bot cannot create a group chat."))
        return self._create_personal(wanted)

    def _create_thread(self, wanted: Mapping[str, Any]) -> Answer:
        channel = self._writable(_channel_of(wanted))
        activity = _checked(wanted.get("activity"))
        thread = self._world.new_thread(channel)
        return 201, {"id": thread.id, "activityId": self._say(thread, activity).get("id")}

    def _create_personal(self, wanted: Mapping[str, Any]) -> Answer:
        member = _only_member(wanted)
        person = self._world.person_with(member)
        if person is None:
            raise Refused(troubles.BAD_ARGUMENT.because("The member is not known."))
        if _tenant_of(wanted) != person.tenant_id:
            raise Refused(troubles.BAD_ARGUMENT.because("The tenant is missing or another."))
        chat = self._world.personal(person)
        # Where the app is not installed, a team in common is enough, but only for the 29: id.
        if not chat.installed and (member == person.object_id or not self._meets_in_a_team(person)):
            raise Refused(troubles.NOT_INSTALLED)
        chat.installed = True
        if wanted.get("activity"):
            self._say(self._writable(chat.id), _checked(wanted["activity"]))
        return 201, {"id": chat.id}

    def _meets_in_a_team(self, person: Person) -> bool:
        return any(
            conversation.team is not None and conversation.installed
            for conversation in self._world.seen_by(person)
        )

    def members(self, request: Request) -> Answer:
        return 200, [person.member() for person in self._readable(request.conversation_id).members]

    def page(self, request: Request) -> Answer:
        members = [person.member() for person in self._readable(request.conversation_id).members]
        try:
            size = min(int(request.query.get("pageSize", PAGE_OF_MEMBERS)), PAGE_OF_MEMBERS)
            start = int(request.query.get("continuationToken") or 0)
        except ValueError:
            raise Refused(troubles.BAD_ARGUMENT) from None
        page: dict[str, Any] = {"members": members[start : start + size]}
        return 200, page | ({"continuationToken": str(start + size)} if start + size < len(members) else {})

    def member(self, request: Request) -> Answer:
        for person in self._readable(request.conversation_id).members:
            if person.answers_to(request.target_id):
                return 200, person.member()
        raise Refused(troubles.NO_MEMBER)

    def _readable(self, conversation_id: str) -> Conversation:
        conversation = self._world.conversations.get(conversation_id)
        if conversation is None:
            raise Refused(troubles.NO_CONVERSATION)
        if not conversation.installed:
            raise Refused(troubles.NOT_IN_ROSTER)
        return conversation

    def _writable(self, conversation_id: str) -> Conversation:
        conversation = self._readable(conversation_id)
        if conversation.blocked:
            raise Refused(troubles.BLOCKED_BY_USER)
        return conversation

    def _own_post(self, conversation: Conversation, post_id: str) -> Post:
        post = conversation.posts.get(post_id)
        if post is None or post.deleted or post.sender != self._world.bot:
            raise Refused(troubles.NO_ACTIVITY)
        return post


def _checked(activity: Any) -> Activity:
    """The activity, if Teams would take it."""
    if not isinstance(activity, dict):
        raise Refused(troubles.BAD_ARGUMENT.because("The activity is missing."))
    if activity.get("type") not in ("message", "typing"):
        raise Refused(troubles.BAD_ARGUMENT.because(f"Type {activity.get('type')!r} cannot be sent."))
    if utf16_bytes(activity) > LARGEST_BYTES:
        raise Refused(troubles.TOO_BIG)
    attachments = activity.get("attachments") or []
    if activity["type"] == "message" and not (activity.get("text") or attachments):
        raise Refused(troubles.BAD_ARGUMENT.because("A message needs a text or an attachment."))
    for attachment in attachments:
        if attachment.get("contentType") == CONTENT_TYPE and (found := faults(attachment.get("content"))):
            raise Refused(troubles.BAD_ARGUMENT.because("; ".join(found)))
    return activity


def utf16_bytes(activity: Any) -> int:
    """The size that Teams' limit for messages goes by."""
    return len(json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))


def _channel_of(wanted: Any) -> str:
    return str(_dig(wanted, "channelData", "channel", "id") or "")


def _tenant_of(wanted: Mapping[str, Any]) -> str:
    return str(_dig(wanted, "channelData", "tenant", "id") or wanted.get("tenantId") or "")


def _only_member(wanted: Any) -> str:
    members = _dig(wanted, "members")
    if isinstance(members, list) and len(members) == 1 and isinstance(members[0], dict):
        return str(members[0].get("id") or "")
    return ""


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
