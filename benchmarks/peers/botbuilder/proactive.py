"""Microsoft's proactive sample on the stock adapter (samples/python/16.proactive-messages), which is an echo as well.

Prints the address of its messages. Then it takes lines, and answers each with how many messages were sent, as JSON:

    send N     to each of the first N people, one after the other as in the sample
    begin N    the same, and answer at once
    end        stop that

The conversations, which the sample keeps in memory, are all at the connector BENCH_SERVICE_URL.
"""

import asyncio
import json
import os
import sys

import peer
from aiohttp import web
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import ChannelAccount, ConversationAccount, ConversationReference
from configured import Config

TEXT = "Bodø kommune kan sende inn behovsmeldinger for 2023 til og med onsdag 8. februar 2023."


class ProactiveBot(ActivityHandler):
    async def on_message_activity(self, turn_context: TurnContext):
        return await turn_context.send_activity(f"Echo: {turn_context.activity.text}")


ADAPTER = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
BOT = ProactiveBot()


class Loop:
    def __init__(self) -> None:
        self.sent = 0
        self._task: asyncio.Task | None = None

    async def send(self, number: str) -> None:
        for place in range(int(number)):
            await ADAPTER.continue_conversation(
                reference(place), lambda context: context.send_activity(TEXT), Config.APP_ID
            )
            self.sent += 1

    async def begin(self, number: str) -> None:
        self._task = asyncio.create_task(self.send(number))

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def reference(place: int) -> ConversationReference:
    return ConversationReference(
        user=ChannelAccount(id=f"29:recipient-{place}"),
        bot=ChannelAccount(id="28:bot"),
        conversation=ConversationAccount(id=f"a:recipient-{place}", conversation_type="personal"),
        channel_id="msteams",
        service_url=os.environ["BENCH_SERVICE_URL"],
    )


async def messages(request: web.Request) -> web.Response:
    return await ADAPTER.process(request, BOT)


async def main() -> None:
    serving = asyncio.create_task(peer.serving(messages))
    loop = Loop()
    while line := await asyncio.to_thread(sys.stdin.readline):
        what, *more = line.split()
        await getattr(loop, what)(*more)
        sent, loop.sent = loop.sent, 0
        print(json.dumps({"sent": sent}), flush=True)
    serving.cancel()


asyncio.run(main())
