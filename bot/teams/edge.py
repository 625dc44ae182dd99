"""The door: every check on the way in, in one place and in one order (teams.md, 2.1).

There is no way around it. Who fails a check gets its status and nothing more.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from bot.teams import outbound
from bot.teams.adapter import Adapter
from bot.teams.codec import Malformed
from bot.teams.door import Door, NotAdmitted, at
from bot.teams.inbound import Arrival
from bot.teams.keys import KeysUnavailable
from bot.teams.limits import Gate, Limits, TooMuch
from bot.teams.tokens import NotAuthentic, Verifier
from bot.teams.watch import Watch
from domain.errors import SendFailed

MOST_BYTES = 256 * 1024
DEEPEST = 32

_STATUSES: Mapping[type[Exception], int] = {
    NotAuthentic: 401,
    KeysUnavailable: 503,
    Malformed: 400,
    NotAdmitted: 403,
    TooMuch: 429,
}
_KINDS = {
    "message": "message",
    "invoke": "invoke",
    "installationUpdate": "installation",
    "conversationUpdate": "membership",
}
_LOGGED_IDS = {
    "conversation_id": ("conversation", "id"),
    "activity_id": ("id",),
    "tenant_id": ("channelData", "tenant", "id"),
    "object_id": ("from", "aadObjectId"),
}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Visit:
    """What is noted about one request. `raw` is empty until the sender is known to be the channel."""

    received_at: datetime
    started: float
    correlation_id: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "answered"
    reason: str = ""

    @property
    def kind(self) -> str:
        return _KINDS.get(str(self.raw.get("type")), "other") if self.raw else "stranger"

    def fields(self) -> dict[str, Any]:
        """For the log, which hashes the ids."""
        ids = {name: at(self.raw, *path) for name, path in _LOGGED_IDS.items()}
        own = {"kind": self.kind, "outcome": self.outcome, "correlation_id": self.correlation_id}
        return ids | own | ({"reason": self.reason} if self.reason else {})


class Edge:
    """Answers POST /api/messages. `now` is the domain's clock, `seconds` a clock for durations only."""

    def __init__(
        self,
        door: Door,
        verifier: Verifier,
        adapter: Adapter,
        *,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
        new_id: Callable[[], str],
        watch: Watch,
        limits: Limits,
    ) -> None:
        self._door = door
        self._verifier = verifier
        self._adapter = adapter
        self._now = now
        self._seconds = seconds
        self._new_id = new_id
        self._watch = watch
        self._gate = Gate(limits, seconds)
        self._turn_seconds = limits.turn_seconds

    async def messages(self, request: web.Request) -> web.Response:
        # The time first: a slow key server must not make anybody late.
        visit = _Visit(self._now(), self._seconds(), self._new_id())
        try:
            async with asyncio.timeout(self._turn_seconds):
                response = await self._turn(visit, await self._authentic(request, visit))
        except web.HTTPException as refusal:
            response = _refused(visit, refusal.status, "request")
        except tuple(_STATUSES) as refusal:
            response = _refused(visit, _STATUSES[type(refusal)], getattr(refusal, "reason", ""))
            if isinstance(refusal, TooMuch):
                response.headers["Retry-After"] = str(math.ceil(refusal.wait_seconds))
        except Exception as error:
            response = _failed(visit, error)
        self._note(visit, response.status)
        return response

    async def _authentic(self, request: web.Request, visit: _Visit) -> Mapping[str, Any]:
        """Steps 1 to 5; gives the activity, which is the channel's and meant for us.

        The header is looked at before the body is read, and the body is read before the signature is checked,
        because the token must name the service address that the body names.
        """
        _check_form(request)
        claimed = self._verifier.read(request.headers.getall("Authorization", []))
        raw = _parsed(await request.read())
        self._door.check(raw)
        await self._verifier.verify(claimed, raw["serviceUrl"])
        visit.raw = raw
        return raw

    async def _turn(self, visit: _Visit, raw: Mapping[str, Any]) -> web.Response:
        person = f"{raw['channelData']['tenant']['id']} {at(raw, 'from', 'aadObjectId') or raw['from']['id']}"
        with self._gate.passing(person):
            response = await self._adapter.process(Arrival(raw, visit.received_at, visit.correlation_id))
        if response is None or response.body is None:
            return web.Response(status=response.status if response else 200)
        body = outbound.dump(response.body)
        return web.Response(status=response.status, body=body, content_type="application/json")

    def _note(self, visit: _Visit, status: int) -> None:
        seconds = self._seconds() - visit.started
        self._watch.turn(visit.kind, visit.outcome, seconds)
        log.info("turn", extra=visit.fields() | {"status": status, "seconds": round(seconds, 4)})


def _check_form(request: web.Request) -> None:
    """The method is the router's to check."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("not JSON") from None
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    if _is_deep(raw):
        raise Malformed("too deep")
    return raw


def _is_deep(value: Any) -> bool:
    """Level by level, since what is nested too deep for us may be so for the interpreter."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _refused(visit: _Visit, status: int, reason: str) -> web.Response:
    visit.outcome, visit.reason = f"refused_{status}", reason
    return web.Response(status=status)


def _failed(visit: _Visit, error: Exception) -> web.Response:
    """The person gets no detail, the log gets it under the correlation id."""
    if isinstance(error, SendFailed):
        visit.outcome, visit.reason = "unsent", error.fault.value
    else:
        visit.outcome = "slow" if isinstance(error, TimeoutError) else "failed"
        log.error("turn_failed", extra=visit.fields(), exc_info=error)
    return web.Response(status=500)
