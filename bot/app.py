"""The HTTP side: four addresses and what the wiring adds to them; nothing else answers."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from prometheus_client import CONTENT_TYPE_LATEST

from bot.metrics import Metrics
from bot.teams.edge import MOST_BYTES, Edge

Ready = Callable[[], Awaitable[Mapping[str, bool]]]
OutboxRows = Callable[[], Awaitable[Mapping[str, int]]]

MESSAGES_PATH = "/api/messages"

log = logging.getLogger(__name__)


async def _no_rows() -> Mapping[str, int]:
    return {}


def create_app(
    edge: Edge,
    metrics: Metrics,
    ready: Ready,
    *,
    outbox_rows: OutboxRows = _no_rows,
    more_routes: Iterable[web.RouteDef] = (),
) -> web.Application:
    """`ready` names the parts that must work and whether they do; `outbox_rows` counts them by state."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        parts = await ready()
        return web.json_response(dict(parts), status=200 if all(parts.values()) else 503)

    async def metrics_page(_: web.Request) -> web.Response:
        metrics.outbox(await outbox_rows())
        return web.Response(body=metrics.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes(
        [
            web.post(MESSAGES_PATH, edge.messages),
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics_page),
            *more_routes,
        ]
    )
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve in this loop; gives the base address. Requests under way are finished before it ends.

    Raises: OSError - the address cannot be used.
    """
    runner = web.AppRunner(app, access_log_class=AccessLog, shutdown_timeout=15)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class AccessLog(AbstractAccessLogger):
    """Which route, not which address: paths and queries may hold names and signatures. Turns have a line of their own,
    which says more."""

    @property
    def enabled(self) -> bool:
        return True

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        route = _route(request)
        if route == MESSAGES_PATH:
            return
        fields = {
            "method": request.method,
            "route": route,
            "status": response.status,
            "seconds": round(time, 4),
        }
        log.info("request", extra=fields)


def _route(request: web.BaseRequest) -> str:
    if not isinstance(request, web.Request) or request.match_info.route.resource is None:
        return "none"
    return request.match_info.route.resource.canonical
