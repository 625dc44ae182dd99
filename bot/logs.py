"""Logs: one JSON object per line on stderr, with the fields listed here and no others.

Nothing that a person wrote or is called gets into a log, and no token: a field that is not listed is left
out, ids of people and conversations are hashed with a key, of an exception only its type and place are kept,
and of other people's log lines only who wrote them, because their texts may hold anything.
"""

import hashlib
import hmac
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

OURS = ("bot", "dialogs", "domain", "play", "scheduler", "store")

PLAIN = frozenset(
    {
        "attempt",
        "attempts",
        "code",
        "correlation_id",
        "count",
        "due",
        "env",
        "error",
        "event_kind",
        "fault",
        "forum",
        "job",
        "kind",
        "language",
        "method",
        "operation",
        "outcome",
        "port",
        "reason",
        "retry_after",
        "revision",
        "round",
        "route",
        "scheme",
        "seconds",
        "state",
        "status",
        "version",
        "year",
    }
)
HASHED = frozenset(
    {
        "activity_id",
        "actor",
        "card_id",
        "case_number",
        "conversation_id",
        "draft_id",
        "object_id",
        "outbox_id",
        "person_id",
        "team_id",
        "tenant_id",
        "user_id",
    }
)

_EVENT = re.compile(r"[a-z][a-z0-9_.]*")
_LONGEST = 200
_FRAMES = 12
_QUIET = ("aiohttp", "asyncio", "botbuilder", "botframework", "msal", "msrest", "urllib3", "requests")


def configure(log_key: bytes, *, stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send everything that is logged to the stream, as the only handler there is."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(log_key))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    def __init__(self, log_key: bytes) -> None:
        super().__init__()
        self._key = log_key

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(dict(self._line(record)))

    def _line(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        yield "at", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        yield "level", record.levelname.lower()
        yield "event", _event(record)
        yield "logger", record.name
        if _is_ours(record):
            yield from self._fields(record)
        if record.exc_info and record.exc_info[1]:
            yield from _failure(record.exc_info[1])

    def _fields(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        for name, value in vars(record).items():
            if value is not None and name in PLAIN:
                yield name, value if isinstance(value, (bool, int, float)) else str(value)[:_LONGEST]
            elif value is not None and name in HASHED:
                yield name, hashed(self._key, value)


def hashed(key: bytes, value: object) -> str:
    """The same for the same id and key, so that lines can be put together; of no use without the key."""
    return hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()[:16]


def _event(record: logging.LogRecord) -> str:
    """Ours log a stable key; others a text, which stays out."""
    if not _is_ours(record):
        return "library"
    return record.msg if isinstance(record.msg, str) and _EVENT.fullmatch(record.msg) else "unnamed"


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _failure(error: BaseException) -> Iterator[tuple[str, Any]]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    yield "exception", type(error).__name__
    yield "where", [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    if cause := error.__cause__ or error.__context__:
        yield "cause", type(cause).__name__


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-3:])
