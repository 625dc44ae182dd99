"""Sending to the chat service: one shared session, one send at a time per conversation.

Nothing is tried twice here: who sends knows whether a second try can do harm (teams.md, section 4).
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote
from weakref import WeakValueDictionary

import aiohttp
import orjson
from yarl import URL

from bot.teams import outbound
from bot.teams.codec import Json
from bot.teams.credentials import Credentials
from bot.teams.door import Door, at
from bot.teams.watch import Watch
from domain.errors import Fault, SendFailed
from domain.messages import Address, Message, Scope

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)

_CODES = {
    (403, "BotNotInConversationRoster"): Fault.NOT_INSTALLED,
    (403, "ForbiddenOperationException"): Fault.NOT_INSTALLED,
    (403, "ConversationBlockedByUser"): Fault.BLOCKED,
    (403, "MessageWritesBlocked"): Fault.BLOCKED,
    (403, "BotDisabledByAdmin"): Fault.BLOCKED,
    (403, "InvalidBotApiHost"): Fault.WRONG_HOST,
    (404, "ConversationNotFound"): Fault.CONVERSATION_GONE,
    (404, "ActivityNotFoundInConversation"): Fault.ACTIVITY_GONE,
}
_STATUSES = {
    401: Fault.UNAUTHORISED,
    412: Fault.BUSY,
    413: Fault.TOO_LARGE,
    429: Fault.THROTTLED,
}
_KINDS = {3: Fault.WRONG_HOST, 5: Fault.AMBIGUOUS}  # sent elsewhere; broke while at it
_THREAD = ";messageid="
_ERROR_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def new_session(timeout: aiohttp.ClientTimeout = TIMEOUT) -> aiohttp.ClientSession:
    """The one session of the process: connections are kept, cookies are not."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class Connector:
    """The chat service as seen from here. Every call raises SendFailed when it fails."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        door: Door,
        *,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
        watch: Watch,
    ) -> None:
        self._session = session
        self._credentials = credentials
        self._door = door
        self._now = now
        self._seconds = seconds
        self._watch = watch
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, address: Address, message: Message, *, reply_to: str | None = None) -> str:
        """Post a message; gives its activity id, empty if the service named none. In a channel itself it begins a
        thread."""
        if address.scope is Scope.CHANNEL and _THREAD not in address.conversation_id:
            return await self._begin_thread(address, message)
        body = outbound.addressed(message, address, reply_to)
        return await self.post(address.service_url, address.conversation_id, body)

    async def _begin_thread(self, address: Address, message: Message) -> str:
        channel = address.channel_id or address.conversation_id
        body = {
            "bot": {"id": address.bot_id},
            "isGroup": True,
            "tenantId": address.tenant_id,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": address.tenant_id}},
            "activity": outbound.addressed(message, address),
        }
        answer = await self._in_turn("create", "POST", address.service_url, (), body, lock=channel)
        activity_id = at(answer, "activityId")
        return activity_id if isinstance(activity_id, str) else ""

    async def update(self, address: Address, activity_id: str, message: Message) -> None:
        """Put another message in the place of one of ours."""
        body = outbound.addressed(message, address) | {"id": activity_id}
        await self.put(address.service_url, address.conversation_id, activity_id, body)

    async def open_personal(self, tenant_id: str, member_id: str, service_url: str) -> Address:
        """The personal chat with a person, made if there is none.

        `member_id`: the person's "29:…", or the Entra object id where the app is installed for them.
        """
        body = {
            "bot": {"id": self._door.bot_id},
            "members": [{"id": member_id}],
            "isGroup": False,
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
        }
        answer = await self._in_turn("create", "POST", service_url, (), body, lock=f"{tenant_id} {member_id}")
        if not (conversation_id := _id_of(answer)):
            raise SendFailed(Fault.AMBIGUOUS, code="no_id")
        is_user_id = member_id.startswith("29:")
        return Address(
            tenant_id=tenant_id,
            conversation_id=conversation_id,
            scope=Scope.PERSONAL,
            service_url=service_url,
            bot_id=self._door.bot_id,
            user_id=member_id if is_user_id else None,
            object_id=None if is_user_id else member_id,
        )

    async def post(self, service_url: str, conversation_id: str, body: Json) -> str:
        """Post an activity that is addressed already; gives its id."""
        answer = await self._in_conversation("post", "POST", service_url, conversation_id, (), body)
        return _id_of(answer)

    async def put(self, service_url: str, conversation_id: str, activity_id: str, body: Json) -> None:
        await self._in_conversation("put", "PUT", service_url, conversation_id, (activity_id,), body)

    async def delete(self, service_url: str, conversation_id: str, activity_id: str) -> None:
        await self._in_conversation("delete", "DELETE", service_url, conversation_id, (activity_id,), None)

    async def _in_conversation(
        self,
        operation: str,
        method: str,
        service_url: str,
        conversation_id: str,
        rest: tuple[str, ...],
        body: Json | None,
    ) -> object:
        path = (conversation_id, "activities", *rest)
        # A channel with all its threads takes one at a time.
        thread = conversation_id.partition(";")[0]
        return await self._in_turn(operation, method, service_url, path, body, lock=thread)

    async def _in_turn(
        self,
        operation: str,
        method: str,
        service_url: str,
        path: tuple[str, ...],
        body: Json | None,
        lock: str,
    ) -> object:
        async with self._turns.setdefault(lock, asyncio.Lock()):
            started, outcome = self._seconds(), "sent"
            try:
                return await self._call(method, service_url, path, body)
            except SendFailed as failure:
                outcome = failure.fault.value
                raise
            except BaseException:
                outcome = "broken_off"
                raise
            finally:
                self._watch.sent(operation, outcome, self._seconds() - started)

    async def _call(self, method: str, service_url: str, path: tuple[str, ...], body: Json | None) -> object:
        if not self._door.admits_address(service_url):
            raise SendFailed(Fault.WRONG_HOST)  # looked at again here: our token goes with it
        data = None if body is None else outbound.dump(body)
        token = await self._credentials.token()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            async with self._session.request(
                method, _url(service_url, path), data=data, headers=headers, allow_redirects=False
            ) as response:
                answer = _json(await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendFailed(Fault.UNSENT, code=type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendFailed(Fault.AMBIGUOUS, code=type(error).__name__) from error
        if response.status >= 300:
            if response.status == 401:
                self._credentials.forget(token)
            raise self._failure(response.status, response.headers, answer)
        return answer

    def _failure(self, status: int, headers: Mapping[str, str], answer: object) -> SendFailed:
        code = at(answer, "error", "code")
        is_known = isinstance(code, str) and _ERROR_CODE.fullmatch(code)
        shown = code if is_known else str(status)
        fault = _CODES.get((status, shown)) or _STATUSES.get(status) or _KINDS.get(status // 100)
        retry_after = _seconds_to_wait(headers.get("Retry-After"), self._now())
        return SendFailed(fault or Fault.REJECTED, retry_after=retry_after, code=shown)


def _url(service_url: str, path: tuple[str, ...]) -> URL:
    """Every part is one segment, whatever stands in it."""
    tail = "/".join(quote(part, safe="") for part in path)
    return URL(f"{service_url.rstrip('/')}/v3/conversations/{tail}".rstrip("/"), encoded=True)


def _json(raw: bytes) -> object:
    """Gateways in front of the service answer with nothing or with a page."""
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return None


def _id_of(answer: object) -> str:
    id_ = at(answer, "id")
    return id_ if isinstance(id_, str) else ""


def _seconds_to_wait(retry_after: str | None, now: datetime) -> float | None:
    """`Retry-After` comes as seconds or as a date; anything else counts as not said."""
    if retry_after is None:
        return None
    try:
        if retry_after.strip().isdecimal():
            return float(retry_after)
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
