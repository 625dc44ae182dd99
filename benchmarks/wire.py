"""As little HTTP/1.1 as a load generator and a stand-in need, so that they cost less than what they measure.

Messages with Content-Length or in chunks, kept connections, no pipelining.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Framed(asyncio.Protocol):
    """Cuts what comes in into messages."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while message := _cut(self._buffer):
            head, body, self._buffer = message
            self.message(head, body)

    def message(self, head: bytes, body: bytes) -> None:
        raise NotImplementedError

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _cut(buffer: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Head, body and the rest; None: not all of it is there yet."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, begin = buffer[:end], end + 4
    if _CHUNKED.search(head):
        return _cut_chunks(head, buffer, begin)
    length = _LENGTH.search(head)
    after = begin + (int(length.group(1)) if length else 0)
    return (head, buffer[begin:after], buffer[after:]) if len(buffer) >= after else None


def _cut_chunks(head: bytes, buffer: bytes, at: int) -> tuple[bytes, bytes, bytes] | None:
    parts = []
    while (line := buffer.find(b"\r\n", at)) >= 0:
        size = int(buffer[at:line].partition(b";")[0], 16)
        after = line + 2 + size
        if len(buffer) < after + 2:
            return None
        parts.append(buffer[line + 2 : after])
        at = after + 2
        if size == 0:
            return head, b"".join(parts), buffer[at:]
    return None


def response(body: bytes, status: bytes = b"200 OK", more: bytes = b"") -> bytes:
    """`more`: header lines, each with its end."""
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (
        status,
        more,
        len(body),
        body,
    )


def wants_to_close(head: bytes) -> bool:
    return _CLOSING.search(head) is not None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class _Connection(Framed):
    def __init__(self) -> None:
        super().__init__()
        self._waiting: asyncio.Future[Answer] | None = None
        self.is_open = True

    async def exchange(self, request: bytes) -> Answer:
        self._waiting = asyncio.get_running_loop().create_future()
        self._write(request)
        return await self._waiting

    def message(self, head: bytes, body: bytes) -> None:
        if wants_to_close(head):
            self.is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("hung up"))


class Caller:
    """Posts JSON to one address, one request at a time, over one connection, which is made anew when it was closed."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        lines = [
            f"POST {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            *([f"Authorization: {authorization}"] if authorization else []),
            "Content-Length: ",
        ]
        self._head = "\r\n".join(lines).encode()
        self._connection: _Connection | None = None

    async def post(self, body: bytes) -> Answer:
        """Raises: ConnectionError - nobody there, or hung up."""
        if self._connection is None or not self._connection.is_open:
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(_Connection, self._host, self._port)
        return await self._connection.exchange(b"%s%d\r\n\r\n%s" % (self._head, len(body), body))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
