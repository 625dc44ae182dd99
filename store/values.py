"""JSON in and out of columns."""

from typing import Any

import orjson


def dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def load(raw: bytes) -> Any:
    return orjson.loads(raw)
