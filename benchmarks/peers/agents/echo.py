"""Microsoft's quickstart of the Agents SDK (samples/python/quickstart): an echo, without a registration."""

import peer
from aiohttp import web
from microsoft_agents.authentication.msal import MsalConnectionManager
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware, start_agent_process
from microsoft_agents.hosting.core import (
    AgentApplication,
    AgentAuthConfiguration,
    MemoryStorage,
    TurnContext,
    TurnState,
)

CONFIGURATION = AgentAuthConfiguration(anonymous_allowed=True)
CONNECTIONS = MsalConnectionManager(connections_configurations={"SERVICE_CONNECTION": CONFIGURATION})
ADAPTER = CloudAdapter(connection_manager=CONNECTIONS)
AGENT_APP = AgentApplication[TurnState](
    storage=MemoryStorage(), adapter=ADAPTER, connection_manager=CONNECTIONS
)


@AGENT_APP.activity("message")
async def on_message(context: TurnContext, _: TurnState):
    await context.send_activity(f"you said: {context.activity.text}")


async def messages(request: web.Request) -> web.Response:
    return await start_agent_process(request, AGENT_APP, ADAPTER)


peer.serve(messages, middlewares=[jwt_authorization_middleware], agent_configuration=CONFIGURATION)
