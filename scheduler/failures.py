"""What to do when a message could not be sent: the error table of teams.md, section 4."""

from datetime import timedelta
from enum import StrEnum

from domain.errors import Fault
from domain.messages import Message
from store.conversations import ConversationState


class Step(StrEnum):
    STOP = "stop"  # our credential was refused: nothing goes to Teams until it is mended
    AGAIN = "again"
    REOPEN = "reopen"  # make the personal chat anew and send there
    SHRINK = "shrink"  # send the words without the card
    UNKNOWN = "unknown"  # may have been delivered: a human looks
    GIVE_UP = "give_up"


_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0  # seconds; each wait is four times the one before
_AFTER_DOUBT = 3_900.0
_MOST_WORDS = 4_000  # characters; less than 50 KB in UTF-16, if every one of them is markup to be written out

# Each is tried once; in both cases nothing was delivered yet.
_REMEDIES = {Fault.CONVERSATION_GONE: Step.REOPEN, Fault.TOO_LARGE: Step.SHRINK}

# How often a row is tried when this goes wrong. What is not here is tried once.
_MOST_TRIES = {
    Fault.THROTTLED: 6,
    Fault.BUSY: 6,
    Fault.UNSENT: 300,  # about a day: the service cannot be reached, and certainly nothing was delivered
    Fault.AMBIGUOUS: 2,
}
_TRIES_OF_OLD = 5  # of what has waited for a day already, behind others: these minutes are no hiccup, then

A_DAY = timedelta(days=1)

UNREACHABLE = {
    Fault.NOT_INSTALLED: ConversationState.NOT_INSTALLED,
    Fault.BLOCKED: ConversationState.BLOCKED,
    Fault.CONVERSATION_GONE: ConversationState.GONE,
}
"""Faults that say that nothing at all reaches that conversation any more."""

OURS = frozenset({Fault.REJECTED, Fault.TOO_LARGE, Fault.WRONG_HOST})
"""Faults of the message or of the settings: whoever runs the bot is to mend something."""


def next_step(
    fault: Fault, tries: int, *, must_not_double: bool, done: frozenset[Step], waited: timedelta = timedelta()
) -> Step:
    """`tries`: how often this went wrong with the row, this time among them. `done`: what was tried about it now.
    `waited`: since it was put in; what could not be reached for so long is given up sooner."""
    if fault is Fault.UNAUTHORISED:
        return Step.STOP
    if fault is Fault.AMBIGUOUS:
        return Step.UNKNOWN if must_not_double or tries >= _MOST_TRIES[fault] else Step.AGAIN
    most = _MOST_TRIES.get(fault, 1)
    if tries < (min(most, _TRIES_OF_OLD) if waited >= A_DAY else most):
        return Step.AGAIN
    remedy = _REMEDIES.get(fault, Step.GIVE_UP)
    return Step.GIVE_UP if remedy in done else remedy


def seconds_to_wait(fault: Fault, tries: int, retry_after: float | None, dice: float) -> float:
    """What the service said, else longer each time; with up to a quarter more, so that not all come back at once.

    What may have been delivered is tried only once more, so late that an outage of an hour is over by then,
    whatever the service said.
    """
    doubled = min(_FIRST_WAIT * 4 ** (tries - 1), _LONGEST_WAIT)
    said = doubled if retry_after is None else retry_after
    return (max(said, _AFTER_DOUBT) if fault is Fault.AMBIGUOUS else said) * (1 + dice / 4)


def of_reopening(fault: Fault) -> Fault:
    """The same fault when it came of making a chat anew: no message was under way, and a chat made twice is one."""
    return {Fault.AMBIGUOUS: Fault.UNSENT, Fault.REJECTED: Fault.CONVERSATION_GONE}.get(fault, fault)


def shrunk(message: Message) -> Message:
    """The words alone, which say what the card says, and no more of them than there is room for."""
    text = message.text
    return Message(text if len(text) <= _MOST_WORDS else f"{text[: _MOST_WORDS - 1]}…")
