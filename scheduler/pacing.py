"""How fast we may send: below Microsoft's limits, per conversation and per tenant (teams.md, section 4)."""

from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` sends in any `seconds`."""

    count: int
    seconds: float


# Microsoft takes 7 in one second and 8 in two. A send arrives a little after it is noted here, but before the next
# one to the same conversation is, so that at most one more than these arrives in any such time.
PER_CONVERSATION = (Limit(5, 1), Limit(7, 2), Limit(45, 30), Limit(1500, 3600))
IN_TENANT = (Limit(20, 1),)  # of 50, which replies share


@dataclass(slots=True)
class Window:
    """The sends to one conversation or tenant, as far back as the limits look. Times are seconds of one clock."""

    limits: tuple[Limit, ...]
    sent: deque[float] = field(default_factory=deque)

    def free_at(self, now: float) -> float:
        """The first moment, now or later, at which one more send keeps every limit."""
        moments = [now]
        for limit in self.limits:
            if len(self.sent) >= limit.count:
                moments.append(self.sent[-limit.count] + limit.seconds)
        return max(moments)

    def note(self, now: float) -> None:
        self.sent.append(now)
        longest = max(limit.count for limit in self.limits)
        while len(self.sent) > longest:
            self.sent.popleft()


class Pace:
    """Answers when a conversation may get its next message, and takes note of what was sent.

    A channel with all its threads is one conversation. Microsoft counts each tenant for itself.
    """

    def __init__(self) -> None:
        self._tenants: dict[str, Window] = defaultdict(lambda: Window(IN_TENANT))
        self._each: dict[str, Window] = defaultdict(lambda: Window(PER_CONVERSATION))
        self._paused: dict[str, float] = {}

    def free_at(self, tenant_id: str, conversation_id: str, now: float) -> float:
        thread = _thread(conversation_id)
        return max(
            self._tenants[tenant_id].free_at(now),
            self._each[thread].free_at(now),
            self._paused.get(thread, now),
        )

    def note(self, tenant_id: str, conversation_id: str, now: float) -> None:
        self._tenants[tenant_id].note(now)
        self._each[_thread(conversation_id)].note(now)

    def pause(self, conversation_id: str, until: float) -> None:
        """The service wants nothing more there before that."""
        thread = _thread(conversation_id)
        self._paused[thread] = max(until, self._paused.get(thread, until))


def _thread(conversation_id: str) -> str:
    return conversation_id.partition(";")[0]
