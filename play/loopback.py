"""Small servers on the loopback address, and nowhere else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from bot.teams.door import is_loopback
from domain.errors import Final

HOST = "127.0.0.1"


class NotLoopback(Final):
    """The stand-in lets anybody be anybody, so it must not be reachable from another machine."""


@asynccontextmanager
async def serving(app: web.Application, *, host: str = HOST, port: int = 0) -> AsyncIterator[str]:
    """Serve the app in this loop; gives the base address without a slash at its end. Port 0: any free one.

    Raises: NotLoopback; OSError - the port is taken.
    """
    if not is_loopback(host):
        raise NotLoopback(host)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextmanager
def serving_in_thread(app: web.Application) -> Iterator[str]:
    """Serve the app in a thread with a loop of its own, so that whoever blocks the main loop is noticed."""
    started: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        try:
            async with serving(app) as url:
                stop = asyncio.Event()
                started.set_result((url, asyncio.get_running_loop(), stop))
                await stop.wait()
        except OSError as error:
            started.set_exception(error)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="loopback", daemon=True)
    thread.start()
    url, loop, stop = started.result(timeout=10)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
