"""Documents and lists under signed links: `GET /files/{token}` (threats.md, 28 and 48).

A token says what it is for, for whom, in which language, and until when. It is a key to nothing but the question:
whether the person may have the file is asked again when the link is followed, by the rights of that day.

Within its minutes a link works as often as it is followed. Browsers ask twice, and mail filters and previews follow a
link before the person does; a link that worked once would be used up by them. What is sent is the same for the same
person, and each time is noted in the audit. A link that was passed on is good for those minutes, and the audit names
the one who had it.
"""

import asyncio
import html
import logging
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.teams.limits import Gate, Limits, TooMuch, Window
from dialogs import paper
from dialogs.desk import House, Wanted
from dialogs.paper import LINK_MINUTES, Refused
from dialogs.papers import File
from dialogs.texts import texts
from domain.errors import Retryable
from store.work import Store

log = logging.getLogger(__name__)

PATH = "/files/{token}"
_ALGORITHM, _PURPOSE = "HS256", "forumbot:files"
_LONGEST_TOKEN = 2_000
_AT_ONCE = (
    2  # making one takes a processor for a tenth of a second, or for seconds where somebody wrote a book
)
_LIMITS = Limits(per_person=(Window(60, 30),))
_STATUS = {"gone": 410, "no_right": 403}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class NoSuchLink(Exception):  # noqa: N818 - an answer at the door, not an error of ours
    """Not a link of ours, or not as we made it: one answer for both, which helps nobody to guess."""


class Expired(Exception):  # noqa: N818 - an answer at the door, not an error of ours
    """`language`: what to say so in."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language


class _Claims(BaseModel):
    """What stands in a token."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    aud: str
    exp: int
    jti: str
    sub: str
    what: str
    of: str
    lang: str


class Links:
    """Makes and reads the addresses. Time is the machine's, as for every token."""

    def __init__(
        self, public_url: str, key: str, *, machine_now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._address = public_url.rstrip("/") + PATH
        self._key = key.encode()
        self._now = machine_now
        self._new_id = new_id

    def __call__(self, wanted: Wanted) -> str:
        until = self._now() + timedelta(minutes=LINK_MINUTES)
        claims = _Claims(
            aud=_PURPOSE,
            exp=int(until.timestamp()),
            jti=self._new_id(),
            sub=wanted.person_id,
            what=wanted.what,
            of=wanted.subject,
            lang=wanted.language,
        )
        token = jwt.encode(claims.model_dump(), self._key, _ALGORITHM)
        return self._address.format(token=token)

    def read(self, token: str) -> tuple[Wanted, str]:
        """What the link is for, and its own id.

        Raises: NoSuchLink, Expired.
        """
        claims = self._claims(token)
        if claims.exp <= self._now().timestamp():
            raise Expired(claims.lang)
        return Wanted(claims.what, claims.of, claims.sub, claims.lang), claims.jti

    def _claims(self, token: str) -> _Claims:
        if len(token) > _LONGEST_TOKEN:
            raise NoSuchLink
        try:
            read = jwt.decode(
                token, self._key, [_ALGORITHM], audience=_PURPOSE, options={"verify_exp": False}
            )  # by our clock, in `read`
            return _Claims.model_validate(read)
        except (jwt.PyJWTError, ValidationError):
            raise NoSuchLink from None


class Files:
    """Answers the links. `now` is the domain's clock, by whose day rights are asked."""

    def __init__(
        self,
        store: Store,
        house: House,
        links: Links,
        now: Callable[[], datetime],
        *,
        limits: Limits = _LIMITS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._house = house
        self._links = links
        self._now = now
        self._gate = Gate(limits, seconds)
        self._making = asyncio.Semaphore(_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self.get, allow_head=False)]

    async def get(self, request: web.Request) -> web.Response:
        try:
            wanted, link_id = self._links.read(request.match_info["token"])
        except NoSuchLink:
            return _page(404, self._house.default_language, "no_such_link")
        except Expired as expired:
            return _page(410, expired.language, "expired")
        try:
            with self._gate.passing(wanted.person_id):
                return await self._answer(wanted, link_id)
        except TooMuch as much:
            return _page(429, wanted.language, "too_often", retry_after=much.wait_seconds)
        except Retryable as failure:
            log.error("file.not_sent", extra={"kind": wanted.what, "error": type(failure).__name__})
            return _page(503, wanted.language, "unavailable", retry_after=1)

    async def _answer(self, wanted: Wanted, link_id: str) -> web.Response:
        """Asked of a reading connection, so that nothing waits for it; noted before anything is sent."""
        now = self._now()
        found = await self._store.read(lambda connection: paper.fetch(self._house, connection, wanted, now))
        if isinstance(found, Refused):
            return _said(_STATUS[found.why], wanted.language, found.text)
        await self._store.work(
            lambda work: paper.record(work, wanted), actor=wanted.person_id, cause=f"link:{link_id}", now=now
        )
        async with self._making:
            content = await asyncio.to_thread(found.make)
        return _file(found, content)


def _file(found: File, content: bytes) -> web.Response:
    """Names are made of our own words and numbers; what else might get into one is left out."""
    name = re.sub(r"[^A-Za-z0-9.-]", "-", found.name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=found.media_type, headers=_HEADERS | disposition)


def _page(status: int, language: str, key: str, *, retry_after: float | None = None) -> web.Response:
    more = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}
    return _said(status, language, texts(language)(f"paper.{key}"), more)


def _said(status: int, language: str, text: str, more: dict[str, Any] | None = None) -> web.Response:
    """A page with one sentence or two: what is the matter and what to do."""
    t = texts(language)
    page = (
        f'<!doctype html><html lang="{t.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(t('paper.page_title'))}</title></head>"
        f"<body><h1>{html.escape(t('paper.page_title'))}</h1><p>{html.escape(text)}</p></body></html>"
    )
    return web.Response(text=page, status=status, content_type="text/html", headers=_HEADERS | (more or {}))
