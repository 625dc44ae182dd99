"""What the connector answers when it refuses, and mishaps that a test can order.

The codes and messages are those of Microsoft's table of status codes for bots (teams.md, section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Trouble:
    status: int
    code: str = ""
    message: str = ""

    def body(self) -> Mapping[str, Any] | None:
        """As the connector writes it. Gateways in front of it (503, 504) write nothing."""
        return {"error": {"code": self.code, "message": self.message}} if self.code else None

    def because(self, message: str) -> "Trouble":
        return replace(self, message=message)


BAD_ARGUMENT = Trouble(400, "Bad Argument", "Invalid request payload.")
NOT_REGISTERED = Trouble(401, "BotNotRegistered", "No registration found for this bot.")
DISABLED_BY_ADMIN = Trouble(403, "BotDisabledByAdmin", "The tenant admin disabled this bot")
NOT_IN_ROSTER = Trouble(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
BLOCKED_BY_USER = Trouble(403, "ConversationBlockedByUser", "User blocked the conversation with the bot.")
WRITES_BLOCKED = Trouble(403, "MessageWritesBlocked", "Thread is blocked from message writes.")
NOT_INSTALLED = Trouble(403, "ForbiddenOperationException", "Bot is not installed in user's personal scope")
WRONG_HOST = Trouble(403, "InvalidBotApiHost", "Invalid bot api host.")
NO_CONVERSATION = Trouble(404, "ConversationNotFound", "Conversation not found.")
NO_ACTIVITY = Trouble(404, "ActivityNotFoundInConversation", "Conversation not found.")
NO_MEMBER = Trouble(404, "MemberNotFoundInConversation", "Member not found in conversation.")
CONCURRENT = Trouble(412, "PreconditionFailed", "Precondition failed, please try again.")
TOO_BIG = Trouble(413, "MessageSizeTooBig", "Message size too large.")
THROTTLED = Trouble(429, "Throttled", "Too many requests.")
SERVICE_ERROR = Trouble(500, "ServiceError", "Internal server error.")
BAD_GATEWAY = Trouble(502, "ServiceError", "Service dependency issue.")
UNAVAILABLE = Trouble(503)
GATEWAY_TIMEOUT = Trouble(504)


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    def __init__(self, trouble: Trouble, *, retry_after: float | None = None) -> None:
        super().__init__(trouble.code or trouble.status)
        self.trouble = trouble
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Mishap:
    """One call goes wrong: late, refused, hung up on, or several of these.

    `delivered`: the call is carried out all the same, as when the answer is lost on the way back.
    """

    trouble: Trouble | None = None
    delivered: bool = False
    retry_after: float | None = None
    late_seconds: float = 0.0
    hang_up: bool = False
    redirect_to: str | None = None

    @property
    def spoils(self) -> bool:
        """Whether more goes wrong than that the answer is late."""
        return self.trouble is not None or self.hang_up or self.redirect_to is not None


@dataclass(slots=True)
class _Planned:
    mishap: Mishap
    left: int
    operation: str | None
    thread: str | None


@dataclass(slots=True)
class Mishaps:
    """What is to go wrong, first planned first. Calls that nothing is planned for go well."""

    _planned: list[_Planned] = field(default_factory=list)

    def plan(
        self,
        what: Mishap | Trouble,
        *,
        times: int = 1,
        operation: str | None = None,
        conversation_id: str | None = None,
    ) -> None:
        """The next `times` calls go wrong; of one operation, or in one conversation, if named."""
        mishap = Mishap(what) if isinstance(what, Trouble) else what
        thread = conversation_id and thread_of(conversation_id)
        self._planned.append(_Planned(mishap, times, operation, thread))

    def next_for(self, operation: str, thread: str) -> Mishap | None:
        for planned in self._planned:
            if planned.operation in (None, operation) and planned.thread in (None, thread):
                planned.left -= 1
                if planned.left == 0:
                    self._planned.remove(planned)
                return planned.mishap
        return None

    def clear(self) -> None:
        self._planned.clear()


def thread_of(conversation_id: str) -> str:
    """What limits and locks go by: the chat, or the whole channel."""
    return conversation_id.partition(";")[0]
