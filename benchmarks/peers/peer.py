"""What every Python peer needs to be measured, and nothing else: an address to print, and names that lead to loopback.

Runs in the peers' environments, so it may import nothing but the standard library and aiohttp.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Messages = Callable[[web.Request], Awaitable[web.StreamResponse]]


def lead_to_loopback() -> None:
    """Have Microsoft's two login hosts found at BENCH_LOGIN_PORT of this machine; TLS is checked as ever."""
    login_port = os.environ.get("BENCH_LOGIN_PORT")
    if login_port is None:
        return
    look_up: Any = socket.getaddrinfo

    def found(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host in ("login.microsoftonline.com", "login.botframework.com"):
            return look_up("127.0.0.1", int(login_port), *more, **named)
        return look_up(host, port, *more, **named)

    socket.getaddrinfo = found


def serve(messages: Messages, **parts: Any) -> None:
    """Serve POST /api/messages on a free port, and print the address."""
    asyncio.run(serving(messages, **parts))


async def serving(messages: Messages, middlewares: Any = (), **items: Any) -> None:
    app = web.Application(middlewares=middlewares)
    for name, value in items.items():
        app[name] = value
    app.router.add_post("/api/messages", messages)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages", flush=True)
    await asyncio.Event().wait()
