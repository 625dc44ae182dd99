"""What the edge tells whoever counts: the metrics in the running bot, nobody in most tests."""

from typing import Protocol


class Watch(Protocol):
    def turn(self, kind: str, outcome: str, seconds: float) -> None:
        """One request was answered. Both words come from small closed lists."""

    def sent(self, operation: str, outcome: str, seconds: float) -> None:
        """One call to the chat service ended: `outcome` is "sent" or the fault."""


class Unwatched:
    def turn(self, kind: str, outcome: str, seconds: float) -> None: ...

    def sent(self, operation: str, outcome: str, seconds: float) -> None: ...
