"""What is counted: turns and sends with their outcome and how long they took. No ids, no texts."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Serves as the edge's Watch."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._turns = Counter(
            "forumbot_turns", "Requests at the edge", ("kind", "outcome"), registry=registry
        )
        self._turn_seconds = Histogram(
            "forumbot_turn_seconds", "How long each took", ("kind",), registry=registry, buckets=_SECONDS
        )
        self._sends = Counter(
            "forumbot_sends", "Calls to the chat service", ("operation", "outcome"), registry=registry
        )
        self._send_seconds = Histogram(
            "forumbot_send_seconds", "How long each took", ("operation",), registry=registry, buckets=_SECONDS
        )
        self._outbox = Gauge("forumbot_outbox", "Outbox rows by state", ("state",), registry=registry)

    def turn(self, kind: str, outcome: str, seconds: float) -> None:
        self._turns.labels(kind, outcome).inc()
        self._turn_seconds.labels(kind).observe(seconds)

    def sent(self, operation: str, outcome: str, seconds: float) -> None:
        self._sends.labels(operation, outcome).inc()
        self._send_seconds.labels(operation).observe(seconds)

    def outbox(self, rows: Mapping[str, int]) -> None:
        """The rows there are now; a state that is not named has none."""
        self._outbox.clear()
        for state, count in rows.items():
            self._outbox.labels(state).set(count)

    def page(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
