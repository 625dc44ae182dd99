"""The REST interface that a bot sends through: token, limits, locks, mishaps, and a record of every call.

Paths and bodies are those of the Bot Connector v3; a region's prefix stands before them, as in Teams.
"""

import asyncio
import json
import math
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from play import troubles
from play.limits import Kind as Limit
from play.limits import Limits
from play.operations import Answer, Operations, Request
from play.troubles import Mishap, Mishaps, Refused, thread_of
from play.world import Activity, World

PREFIX = "/emea"


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the bot made, and what it got. `status` 0: it was hung up on."""

    at: datetime
    operation: str
    conversation_id: str  # of a creation: the one that came of it, or empty
    activity_id: str
    activity: Activity | None
    status: int
    code: str = ""


class Connector:
    """`token`: what the bot must show. `latency_seconds`: how long each call takes; the conversation is busy
    meanwhile, and a second call that writes in it is refused with 412."""

    def __init__(
        self,
        world: World,
        *,
        token: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_limited: bool = True,
    ) -> None:
        self.token = token
        self.is_limited = is_limited
        self.limits = Limits(lambda: now().timestamp())
        self.mishaps = Mishaps()
        self.calls: list[Call] = []
        self.latency_seconds = 0.0
        self.most_at_once: Counter[str] = Counter()  # writing calls that overlapped, by thread
        self._busy: Counter[str] = Counter()
        self._operations = Operations(world)
        self._tenant_id = world.tenant_id
        self._now = now
        self._sleep = sleep

    def routes(self) -> list[web.RouteDef]:
        do = self._operations
        conversation = f"{PREFIX}/v3/conversations/{{conversation}}"
        activity = f"{conversation}/activities/{{target}}"
        return [
            web.post(f"{PREFIX}/v3/conversations", self._route("create", Limit.CREATE, do.create)),
            web.post(f"{conversation}/activities", self._route("send", Limit.SEND, do.send)),
            web.post(activity, self._route("reply", Limit.SEND, do.send)),
            web.put(activity, self._route("update", Limit.SEND, do.update)),
            web.delete(activity, self._route("delete", Limit.SEND, do.delete)),
            web.get(f"{conversation}/members", self._route("members", Limit.GET, do.members)),
            web.get(f"{conversation}/members/{{target}}", self._route("member", Limit.GET, do.member)),
            web.get(f"{conversation}/pagedmembers", self._route("page", Limit.GET, do.page)),
            web.get(f"{activity}/members", self._route("members", Limit.GET, do.members)),
        ]

    def _route(
        self, operation: str, limit: Limit, act: Callable[[Request], Answer]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(http: web.Request) -> web.Response:
            request = Request(
                operation=operation,
                limit=limit,
                conversation_id=http.match_info.get("conversation", ""),
                target_id=http.match_info.get("target", ""),
                query=http.query,
            )
            try:
                self._check_token(http)
                request = replace(request, body=await _body(http))
                return self._answered(request, *await self._carry_out(request, act))
            except Refused as refused:
                return self._refused(request, refused)
            except _Spoilt as spoilt:
                return self._spoilt(request, spoilt.mishap, http)

        return handle

    def _check_token(self, http: web.Request) -> None:
        if http.headers.getall("Authorization", []) != [f"Bearer {self.token}"]:
            raise Refused(troubles.NOT_REGISTERED)

    async def _carry_out(self, request: Request, act: Callable[[Request], Answer]) -> Answer:
        thread = thread_of(self._operations.target(request))
        if self.is_limited and (wait := self.limits.take(request.limit, thread, self._tenant_id)):
            raise Refused(troubles.THROTTLED, retry_after=wait)
        async with self._alone_in(thread, request.limit):
            mishap = self.mishaps.next_for(request.operation, thread) or _NONE
            await self._sleep(self.latency_seconds + mishap.late_seconds)
            if mishap.spoils and not mishap.delivered:
                raise _Spoilt(mishap)
            answer = act(request)
            if mishap.spoils:
                raise _Spoilt(mishap)
            return answer

    @asynccontextmanager
    async def _alone_in(self, thread: str, limit: Limit) -> AsyncIterator[None]:
        if limit is Limit.GET:
            yield
            return
        self._busy[thread] += 1
        self.most_at_once[thread] = max(self.most_at_once[thread], self._busy[thread])
        try:
            if self._busy[thread] > 1:
                raise Refused(troubles.CONCURRENT)
            yield
        finally:
            self._busy[thread] -= 1

    def _answered(self, request: Request, status: int, body: Any) -> web.Response:
        made = str(body.get("id") or "") if isinstance(body, Mapping) else ""
        if request.operation == "create":
            self._note(request, status, conversation_id=made, activity_id=str(body.get("activityId") or ""))
        else:
            self._note(request, status, activity_id=made or request.target_id)
        return web.json_response(body, status=status)

    def _refused(self, request: Request, refused: Refused) -> web.Response:
        trouble = refused.trouble
        self._note(request, trouble.status, code=trouble.code)
        body = trouble.body()
        response = web.Response(status=trouble.status) if body is None else _json(body, trouble.status)
        if refused.retry_after is not None:
            response.headers["Retry-After"] = str(math.ceil(refused.retry_after))
        return response

    def _spoilt(self, request: Request, mishap: Mishap, http: web.Request) -> web.Response:
        if mishap.hang_up:
            self._note(request, 0)
            if http.transport is not None:
                http.transport.abort()
            return web.Response()
        if mishap.redirect_to is not None:
            self._note(request, 302)
            return web.Response(status=302, headers={"Location": mishap.redirect_to})
        trouble = mishap.trouble or troubles.SERVICE_ERROR
        return self._refused(request, Refused(trouble, retry_after=mishap.retry_after))

    def _note(
        self,
        request: Request,
        status: int,
        *,
        code: str = "",
        conversation_id: str | None = None,
        activity_id: str | None = None,
    ) -> None:
        activity = request.activity
        self.calls.append(
            Call(
                at=self._now(),
                operation=request.operation,
                conversation_id=request.conversation_id if conversation_id is None else conversation_id,
                activity_id=request.target_id if activity_id is None else activity_id,
                activity=activity if isinstance(activity, dict) else None,
                status=status,
                code=code,
            )
        )


_NONE = Mishap()


class _Spoilt(Exception):  # noqa: N818 - a way out of the call, not an error of ours
    def __init__(self, mishap: Mishap) -> None:
        super().__init__()
        self.mishap = mishap


async def _body(http: web.Request) -> Any:
    raw = await http.read()
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        raise Refused(troubles.BAD_ARGUMENT.because("The body is not JSON.")) from None


def _json(body: Any, status: int) -> web.Response:
    return web.json_response(body, status=status)
