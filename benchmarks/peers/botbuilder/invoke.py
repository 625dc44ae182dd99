"""A card's button on the stock adapter, answered with a card; nothing is kept.

One line is mended: the adapter gives its serializer the body as a dict, which the serializer refuses, so that every
button is answered with HTTP 500.
"""

import peer
from aiohttp import web
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import (
    CloudAdapter,
    ConfigurationBotFrameworkAuthentication,
    cloud_adapter,
)
from botbuilder.schema import AdaptiveCardInvokeResponse
from configured import Config

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "Input.Text", "id": f"field_{number}", "label": f"Felt {number}", "value": "svar " * 10}
        for number in range(5)
    ],
    "actions": [{"type": "Action.Execute", "verb": "next", "title": "Neste", "data": {"card": "1"}}],
}

serialize = cloud_adapter.serializer_helper
cloud_adapter.serializer_helper = lambda body: body if isinstance(body, dict) else serialize(body)


class CardBot(ActivityHandler):
    async def on_adaptive_card_invoke(self, turn_context: TurnContext, invoke_value):
        return AdaptiveCardInvokeResponse(
            status_code=200, type="application/vnd.microsoft.card.adaptive", value=CARD
        )


ADAPTER = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
BOT = CardBot()


async def messages(request: web.Request) -> web.Response:
    return await ADAPTER.process(request, BOT)


peer.serve(messages)
