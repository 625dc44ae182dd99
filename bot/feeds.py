"""People's own calendars: `GET /calendar/{token}.ics`, for calendar programs, which ask again and again.

A token is made from the person, a number and our key, so that nothing in it names anybody; the database knows its
digest alone. Whoever has the address has the calendar, so a new one can be had at any time, and the old one leads
nowhere then (threats.md, 28).
"""

import base64
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.teams.limits import Gate, Limits, TooMuch, Window
from dialogs.desk import House
from dialogs.meetings import feeds
from domain.errors import Retryable
from store.work import Store

log = logging.getLogger(__name__)

PATH = "/calendar/{token}.ics"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LIMITS = Limits(per_person=(Window(60, 30),))
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'attachment; filename="samarbeidsforum.ics"',
}


@dataclass(frozen=True, slots=True)
class FeedLinks:
    """Makes the addresses. The same person and number give the same one for as long as the key is the same."""

    public_url: str
    key: str

    def token(self, person_id: str, number: int) -> str:
        made = hmac.digest(self.key.encode(), f"forumbot:feed:{number}:{person_id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def of(self, token: str) -> str:
        return self.public_url.rstrip("/") + PATH.format(token=token)


class Feeds:
    """Answers the addresses. `now` is the domain's clock."""

    def __init__(
        self,
        store: Store,
        house: House,
        now: Callable[[], datetime],
        *,
        limits: Limits = _LIMITS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._house = house
        self._now = now
        self._gate = Gate(limits, seconds)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.get, allow_head=False)]

    async def get(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not _TOKEN.fullmatch(token):
            return _said(404)
        try:
            with self._gate.passing(token):
                return await self._answer(token)
        except TooMuch as much:
            return _said(429, retry_after=much.wait_seconds)
        except Retryable as failure:
            log.error("feed.not_sent", extra={"error": type(failure).__name__})
            return _said(503, retry_after=1)

    async def _answer(self, token: str) -> web.Response:
        now = self._now()
        made = await self._store.read(lambda connection: feeds.content(self._house, connection, token, now))
        if made is None:
            return _said(404)
        return web.Response(body=made, content_type="text/calendar", charset="utf-8", headers=_HEADERS)


def _said(status: int, *, retry_after: float | None = None) -> web.Response:
    """Programs read this, so it is a status and no page."""
    more = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}
    return web.Response(status=status, headers=_HEADERS | more)
