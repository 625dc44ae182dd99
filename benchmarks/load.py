"""Turns, sent to a bot over as many connections at once as there are queues of people."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter

import orjson

from benchmarks.alternate import Figures
from benchmarks.machine import cpu_seconds
from benchmarks.owners import Owner
from benchmarks.wire import Answer, Caller


class WentWrong(Exception):  # noqa: N818 - says what happened
    """A turn was not answered as it should be, so nothing that is measured counts."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of turn: what a person sends, and what is looked at and kept of the answer."""

    sent: Callable[[Owner], bytes]
    taken: Callable[[Owner, Answer], None]


def _typed(owner: Owner) -> bytes:
    return orjson.dumps(owner.types())


def _pressed(owner: Owner) -> bytes:
    return orjson.dumps(owner.presses())


def _is_answered(_: Owner, answer: Answer) -> None:
    if answer.status not in (200, 201, 202):
        raise WentWrong(f"{answer.status} {answer.body[:200]!r}")


def _keeps_card(owner: Owner, answer: Answer) -> None:
    _is_answered(owner, answer)
    owner.card = orjson.loads(answer.body)["value"]
    if "actions" not in owner.card:
        raise WentWrong(f"{answer.body[:200]!r}")


def _has_card(owner: Owner, answer: Answer) -> None:
    _is_answered(owner, answer)
    if b"AdaptiveCard" not in answer.body:
        raise WentWrong(f"{answer.body[:200]!r}")


def _is_refused(_: Owner, answer: Answer) -> None:
    if answer.status != 401:
        raise WentWrong(f"a forged request got {answer.status}")


TYPED = Kind(_typed, _is_answered)
PRESSED = Kind(_pressed, _keeps_card)
SAME_PRESS = Kind(_pressed, _has_card)  # of a card that is always the same
FORGED = Kind(_typed, _is_refused)


@dataclass(slots=True)
class Load:
    """Turns of one kind on one bot. `authorization`: of every request; None: no such header."""

    url: str
    pid: int
    queues: Sequence[Sequence[Owner]]
    kind: Kind
    authorization: str | None = None

    async def run(
        self, seconds: float = float("inf"), *, pause: float = 0.0, most: int | None = None
    ) -> Figures:
        """Send for so long, or so many in all; each queue its next turn when the last is answered, or a pause later.

        The pause is in seconds too.
        """
        began, cpu = perf_counter(), cpu_seconds(self.pid)
        each_most = None if most is None else -(-most // len(self.queues))
        callers = [Caller(self.url, self.authorization) for _ in self.queues]
        try:
            times = await asyncio.gather(
                *(
                    self._work(caller, queue, began + seconds, pause, each_most)
                    for caller, queue in zip(callers, self.queues, strict=True)
                )
            )
        finally:
            for caller in callers:
                caller.close()
        took, used = perf_counter() - began, cpu_seconds(self.pid) - cpu
        every = sorted(time for each in times for time in each)
        return {
            "turns": len(every),
            "per_second": len(every) / took,
            "cpu_ms": 1000 * used / len(every),
            "p50_ms": 1000 * _at(every, 0.5),
            "p99_ms": 1000 * _at(every, 0.99),
        }

    async def send(self, owner: Owner, body: bytes) -> None:
        """One turn outside of a run."""
        caller = Caller(self.url, self.authorization)
        try:
            _is_answered(owner, await caller.post(body))
        finally:
            caller.close()

    async def _work(
        self, caller: Caller, queue: Sequence[Owner], until: float, pause: float, most: int | None
    ) -> list[float]:
        times: list[float] = []
        for owner in cycle(queue):
            body, began = self.kind.sent(owner), perf_counter()
            if times and (began >= until or len(times) == most):
                return times
            answer = await caller.post(body)
            times.append(perf_counter() - began)
            self.kind.taken(owner, answer)
            if pause:
                await asyncio.sleep(pause)
        raise AssertionError("a queue has people")


def _at(ascending: Sequence[float], share: float) -> float:
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)]


def queued(crowd: Sequence[Owner], connections: int) -> list[Sequence[Owner]]:
    return [crowd[place::connections] for place in range(connections)]
