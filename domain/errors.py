"""Failures. What a person can cause is a value with a text key, not one of these."""

from enum import StrEnum


class Failure(Exception):  # noqa: N818 - the root; its children name what failed
    """Root of all failures of our own."""


class Retryable(Failure):
    """Doing the same again later may work."""


class Final(Failure):
    """Doing the same again will fail again."""


class StoreUnavailable(Retryable):
    """The database is locked, full or gone. Nothing of the job was saved."""


class Stale(Retryable):
    """The row was changed by another since it was read; the job is run again from the start."""


class Fault(StrEnum):
    """Why a message could not be sent; one per row of the error table (teams.md, section 4)."""

    THROTTLED = "throttled"  # 429
    BUSY = "busy"  # 412, another operation on the same conversation
    UNSENT = "unsent"  # no connection was made: certainly not delivered
    AMBIGUOUS = "ambiguous"  # 5xx or time-out after the request left: may have been delivered
    REJECTED = "rejected"  # 400
    TOO_LARGE = "too_large"  # 413, or refused by ourselves before sending
    UNAUTHORISED = "unauthorised"  # 401: our credential
    NOT_INSTALLED = "not_installed"  # 403 BotNotInConversationRoster, ForbiddenOperationException
    BLOCKED = "blocked"  # 403 ConversationBlockedByUser, MessageWritesBlocked, BotDisabledByAdmin
    WRONG_HOST = "wrong_host"  # 403 InvalidBotApiHost, or a host outside our own list
    CONVERSATION_GONE = "conversation_gone"  # 404 ConversationNotFound
    ACTIVITY_GONE = "activity_gone"  # 404 ActivityNotFoundInConversation


class SendFailed(Failure):
    """A send to the chat service failed; `retry_after` in seconds where the service named it."""

    def __init__(self, fault: Fault, *, retry_after: float | None = None, code: str = "") -> None:
        super().__init__(f"{fault}: {code}" if code else str(fault))
        self.fault = fault
        self.retry_after = retry_after
        self.code = code
