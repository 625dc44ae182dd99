"""The seam between the stand-in and the bot: here, and nowhere else, the real bot is started."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.errors import Final
from play.run import Plan


class NotWired(Final):
    """The bot cannot be started from here yet."""


@asynccontextmanager
async def start_bot(plan: Plan) -> AsyncIterator[str]:
    """Run the bot by the plan, in this loop, with the demo register enrolled; gives the address of its
    messages (`http://127.0.0.1:3978/api/messages`). Ends the bot when left."""
    raise NotWired("bot.wiring")
    yield
