"""The SDK's way of a turn: adapter, context, handler; with our own codec and connector under it.

The SDK's CloudAdapter is not used: it answers HTTP 500 to every pressed button and makes two clients and two
blocking token requests for each turn (performance.md, section 0).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from copy import copy
from importlib.metadata import version
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import ActivityTypes, InvokeResponse, ResourceResponse

from bot.teams import codec, inbound, outbound
from bot.teams.codec import Malformed
from bot.teams.connector import Connector
from bot.teams.inbound import Arrival
from domain.errors import Fault, Final, SendFailed
from domain.messages import Joined, Left, Message, Pressed, Reply, Said, Turn

Answer = Callable[[Turn], Awaitable[Reply]]

# A reply is worth one more try where the first was certainly not delivered and the wait is short.
_CERTAINLY_UNSENT = {Fault.THROTTLED, Fault.BUSY, Fault.UNSENT}
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 3.0

SDK_VERSION = "4.17.1"

log = logging.getLogger(__name__)


def check_sdk_version() -> None:
    """The seams were tried with one version; with another nobody knows (threats.md, 46).

    Raises: Final.
    """
    installed = version("botbuilder-core")
    if installed != SDK_VERSION:
        raise Final(f"botbuilder-core is {installed}, and only {SDK_VERSION} has been tried")


class Context(TurnContext):
    """A TurnContext that knows the arrival, and copies outgoing activities only as deep as it changes them."""

    def __init__(self, adapter: "Adapter", activity: Any, arrival: Arrival) -> None:
        super().__init__(adapter, activity)
        self.arrival = arrival

    async def send_activities(self, activities: list[Any]) -> list[Any]:
        reference = TurnContext.get_conversation_reference(self.activity)
        output = [TurnContext.apply_conversation_reference(copy(each), reference) for each in activities]
        send = self.adapter.send_activities(self, output)
        sent: list[Any] = await self._emit(self._on_send_activities, output, send)
        self.responded = True
        return sent


class Adapter(BotAdapter):
    """Runs one turn through the SDK's pipeline and sends over our connector."""

    def __init__(self, connector: Connector, handler: "Handler") -> None:
        super().__init__()
        self._connector = connector
        self._handler = handler
        self._afterwards: set[asyncio.Task[None]] = set()

    async def process(self, arrival: Arrival) -> Any:
        """Run the turn; gives the SDK's InvokeResponse when it was an invoke, else None.

        Raises: Malformed; SendFailed - the turn was done, but a reply did not get out.
        """
        context = Context(self, codec.read(arrival.raw), arrival)
        await self.run_pipeline(context, self._handler.on_turn)
        response = context.turn_state.get(BotAdapter._INVOKE_RESPONSE_KEY)
        return response.value if response else None

    async def send_activities(self, context: Context, activities: list[Any]) -> list[Any]:
        return [await self._send_one(context, activity) for activity in activities]

    async def update_activity(self, context: Context, activity: Any) -> Any:
        body = codec.write(activity)
        await self._connector.put(activity.service_url, activity.conversation.id, activity.id, body)
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: Context, reference: Any) -> None:
        await self._connector.delete(reference.service_url, reference.conversation.id, reference.activity_id)

    def afterwards(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something once the request is answered; `close` waits for it."""
        task = asyncio.create_task(work)
        self._afterwards.add(task)
        task.add_done_callback(self._afterwards.discard)

    async def close(self) -> None:
        await asyncio.gather(*self._afterwards, return_exceptions=True)

    async def _send_one(self, context: Context, activity: Any) -> Any:
        if activity.type == ActivityTypes.invoke_response:
            context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = activity
            return ResourceResponse(id="")
        body = codec.write(activity)
        return ResourceResponse(id=await self._post(activity.service_url, activity.conversation.id, body))

    async def _post(self, service_url: str, conversation_id: str, body: codec.Json) -> str:
        try:
            return await self._connector.post(service_url, conversation_id, body)
        except SendFailed as failure:
            pause = _PAUSE_SECONDS if failure.retry_after is None else failure.retry_after
            if failure.fault not in _CERTAINLY_UNSENT or pause > _LONGEST_PAUSE_SECONDS:
                raise
        await asyncio.sleep(pause)
        return await self._connector.post(service_url, conversation_id, body)


class Handler(ActivityHandler):
    """Tells the SDK's kinds of activities apart. Those that are not named here are nothing to us."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def on_message_activity(self, context: Context) -> None:
        await self._answer_posting(context, inbound.message(context.arrival.raw))

    async def on_installation_update(self, context: Context) -> None:
        await self._answer_posting(context, inbound.installation(context.arrival.raw))

    async def on_conversation_update_activity(self, context: Context) -> None:
        await self._answer_posting(context, inbound.membership(context.arrival.raw))

    async def on_invoke_activity(self, context: Context) -> Any:
        """Answered in the HTTP response; what there is more is posted after it."""
        if context.activity.name != inbound.CARD_ACTION:
            return InvokeResponse(status=501)
        try:
            pressed = inbound.card_action(context.arrival.raw)
        except Malformed:
            return InvokeResponse(status=200, body=outbound.invoke_error("BadRequest", "Unknown card action"))
        reply = await self._reply(context, pressed, invoked=True)
        first, *rest = reply.messages or (None,)
        if rest:
            context.adapter.afterwards(_post_late(context, tuple(rest)))
        return InvokeResponse(status=200, body=outbound.invoke_body(first))

    async def _answer_posting(
        self, context: Context, happening: Said | Pressed | Joined | Left | None
    ) -> None:
        if happening is not None:
            reply = await self._reply(context, happening)
            await _post(context, reply.messages)

    async def _reply(
        self, context: Context, happening: Said | Pressed | Joined | Left, *, invoked: bool = False
    ) -> Reply:
        return await self._answer(inbound.turn(context.arrival, happening, invoked=invoked))


async def _post(context: Context, messages: tuple[Message, ...]) -> None:
    if messages:
        await context.send_activities([outbound.activity(message) for message in messages])


async def _post_late(context: Context, messages: tuple[Message, ...]) -> None:
    try:
        await _post(context, messages)
    except SendFailed as failure:
        extra = {
            "correlation_id": context.arrival.correlation_id,
            "fault": failure.fault,
            "code": failure.code,
        }
        log.warning("reply_not_sent", extra=extra)
