"""Activities between JSON and the SDK's objects, compiled once from the SDK's own `_attribute_map`.

msrest does this by asking about every type at every call: 130 µs to read an activity where this takes 5, and
1.2 ms to write a card where this takes 3 (performance.md, section 2). The SDK's codec is the oracle in the
tests. Two differences, both on purpose: a value of a wrong type is refused rather than bent into shape, and
properties that the SDK does not know are written too, where it drops them (who is mentioned, for one).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import botbuilder.schema as schema
import orjson
from botbuilder.schema import Activity, ConversationParameters

Json = dict[str, Any]
Convert = Callable[[Any], Any]


class Malformed(ValueError):  # noqa: N818 - an answer at the door, not an error of ours
    """The JSON is not an activity. Says which property, never what stood in it."""


def read(raw: Mapping[str, Any]) -> Any:
    """The SDK's Activity. Unknown properties are kept in `additional_properties`, as the SDK does.

    Raises: Malformed.
    """
    return _READERS[Activity](raw)


def write(model: Any) -> Json:
    """The JSON object of an SDK object, without what is None. Cards and channel data pass untouched."""
    written: Json = _WRITERS[type(model)](model)
    return written


def dump(body: Json) -> bytes:
    return orjson.dumps(body)


# Reading


def _only(*kinds: type) -> Convert:
    def convert(value: Any) -> Any:
        # bool is an int to Python, but not to JSON.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise Malformed("wrong type")
        return value

    return convert


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise Malformed("not an instant")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise Malformed("not an instant") from None


_READ_BASIC: dict[str, Convert] = {
    "str": _only(str),
    "bool": _only(bool),
    "int": _only(int),
    "float": _only(float, int),
    "iso-8601": _instant,
    "object": lambda value: value,
}
_BRACKETS = "[]{}"


def _reader(name: str) -> Convert:
    """The converter for a type as `_attribute_map` names it: "str", "[Entity]", "ChannelAccount"."""
    if name in _READ_BASIC:
        return _READ_BASIC[name]
    if name.startswith("["):
        return _each(_reader(name.strip(_BRACKETS)))
    if name.startswith("{"):
        return _each_value(_reader(name.strip(_BRACKETS)))
    model = getattr(schema, name)
    # Looked up at the call, since models contain one another (an activity relates to a conversation).
    return lambda value: _READERS[model](value)


def _each(convert: Convert) -> Convert:
    def convert_all(values: Any) -> list[Any]:
        if not isinstance(values, list):
            raise Malformed("not a list")
        return [convert(value) for value in values if value is not None]

    return convert_all


def _each_value(convert: Convert) -> Convert:
    def convert_all(values: Any) -> Json:
        if not isinstance(values, Mapping):
            raise Malformed("not an object")
        return {key: convert(value) for key, value in values.items() if value is not None}

    return convert_all


def _model_reader(model: type[Any]) -> Convert:
    known = {
        described["key"]: (name, _reader(described["type"])) for name, described in _attributes(model).items()
    }
    blank = dict.fromkeys(_attributes(model)) | {"additional_properties": None}

    def convert(raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise Malformed(f"{model.__name__}: not an object")
        values = blank.copy()
        values["additional_properties"] = unknown = {}
        for key, value in raw.items():
            if (attribute := known.get(key)) is None:
                unknown[key] = value
            elif value is not None:
                name, to_python = attribute
                try:
                    values[name] = to_python(value)
                except Malformed as fault:
                    raise Malformed(f"{model.__name__}.{key}: {fault}") from None
        read = object.__new__(model)
        read.__dict__ = values
        return read

    return convert


# Writing


def _as_is(value: Any) -> Any:
    return value


def _instant_text(value: datetime) -> str:
    utc = value.astimezone(UTC) if value.tzinfo else value  # as the SDK: without a zone it is UTC
    micros = f"{utc.microsecond:06}".rstrip("0").ljust(3, "0")
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{micros}Z"


_WRITE_BASIC: dict[str, Convert] = {**dict.fromkeys(_READ_BASIC, _as_is), "iso-8601": _instant_text}


def _writer(name: str) -> Convert:
    if name in _WRITE_BASIC:
        return _WRITE_BASIC[name]
    if name.startswith("["):
        one = _writer(name.strip(_BRACKETS))
        return lambda values: [one(value) for value in values]
    if name.startswith("{"):
        each = _writer(name.strip(_BRACKETS))
        return lambda values: {key: each(value) for key, value in values.items()}
    return lambda value: _WRITERS[type(value)](value)


def _model_writer(model: type[Any]) -> Convert:
    known = tuple(
        (name, described["key"], _writer(described["type"])) for name, described in _attributes(model).items()
    )

    def convert(value: Any) -> Json:
        values = value.__dict__
        written = dict(values.get("additional_properties") or {})
        for name, key, to_json in known:
            if (inner := values.get(name)) is not None:
                written[key] = to_json(inner)
        return written

    return convert


# Compiling


def _attributes(model: type[Any]) -> dict[str, dict[str, str]]:
    attributes: dict[str, dict[str, str]] = model._attribute_map
    return attributes


def _reachable(*roots: type[Any]) -> set[type[Any]]:
    """The models that the roots contain, at any depth."""
    found: set[type[Any]] = set()
    waiting = list(roots)
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            names = {described["type"].strip(_BRACKETS) for described in _attributes(model).values()}
            waiting += [getattr(schema, name) for name in names if name not in _READ_BASIC]
    return found


_MODELS = _reachable(Activity, ConversationParameters, schema.Mention, schema.ResourceResponse)
_READERS: dict[type[Any], Convert] = {model: _model_reader(model) for model in _MODELS}
_WRITERS: dict[type[Any], Convert] = {model: _model_writer(model) for model in _MODELS}
