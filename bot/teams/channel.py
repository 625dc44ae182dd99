"""Everything of this folder, put together: one session, one key source, one credential for the process."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.teams.adapter import Adapter, Answer, Handler, check_sdk_version
from bot.teams.connector import Connector, new_session
from bot.teams.credentials import Credentials, Registration, acquirer
from bot.teams.door import Door
from bot.teams.edge import Edge
from bot.teams.keys import MICROSOFT, KeySource
from bot.teams.limits import Limits
from bot.teams.tokens import Verifier
from bot.teams.watch import Unwatched, Watch


@dataclass(frozen=True, slots=True)
class Channel:
    """`edge` answers what comes in, `connector` sends what goes out, `keys.ready` tells whether anybody can."""

    edge: Edge
    connector: Connector
    keys: KeySource


@asynccontextmanager
async def open_channel(
    door: Door,
    registration: Registration,
    answer: Answer,
    *,
    now: Callable[[], datetime],
    machine_now: Callable[[], datetime],
    new_id: Callable[[], str],
    metadata_url: str = MICROSOFT,
    watch: Watch | None = None,
    limits: Limits | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Channel]:
    """`now` is the domain's clock and gives `received_at`; tokens and waiting go by `machine_now`.

    A key server that does not answer at the start does not stop the bot: until it does, requests get 503.

    Raises: Final - the SDK is of another version than the one that was tried.
    """
    check_sdk_version()
    watch = watch or Unwatched()
    async with new_session() as session:
        keys = KeySource(session, metadata_url, seconds=seconds)
        credentials = Credentials(acquirer(registration), seconds=seconds)
        connector = Connector(session, credentials, door, now=machine_now, seconds=seconds, watch=watch)
        adapter = Adapter(connector, Handler(answer))
        edge = Edge(
            door,
            Verifier(door.app_id, keys, machine_now),
            adapter,
            now=now,
            seconds=seconds,
            new_id=new_id,
            watch=watch,
            limits=limits or Limits(),
        )
        await keys.prefetch()
        try:
            yield Channel(edge, connector, keys)
        finally:
            await adapter.close()
            await keys.close()
            await credentials.close()
