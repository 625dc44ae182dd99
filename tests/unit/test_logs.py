"""A log line holds what is on the list, hashes what names somebody, and stays one line."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from bot import logs

KEY = b"a-key-for-tests"
log = logging.getLogger("dialogs.turns")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logging as the bot configures it, put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    stream = io.StringIO()
    logs.configure(KEY, stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line(stream: io.StringIO) -> None:
    log.info("turn", extra={"kind": "message", "seconds": 0.25, "status": 200})
    (line,) = lines(stream)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "event": "turn",
        "logger": "dialogs.turns",
        "kind": "message",
        "seconds": 0.25,
        "status": 200,
    }


def test_fields_that_are_not_listed_are_left_out(stream: io.StringIO) -> None:
    log.info(
        "turn", extra={"text": "hemmelig", "person_name": "Kari", "card": {"x": 1}, "token": "eyJ", "data": 1}
    )
    assert set(lines(stream)[0]) == {"at", "level", "event", "logger"}


@pytest.mark.parametrize("name", sorted(logs.HASHED))
def test_ids_are_hashed_with_the_key(stream: io.StringIO, name: str) -> None:
    for value in ("29:kari", "29:kari", "29:ola"):
        log.info("turn", extra={name: value})
    first, second, third = (line[name] for line in lines(stream))
    assert first == second == logs.hashed(KEY, "29:kari") != third
    assert first != logs.hashed(b"another key", "29:kari")
    assert "kari" not in stream.getvalue()


def test_what_is_none_is_left_out(stream: io.StringIO) -> None:
    log.info("turn", extra={"object_id": None, "kind": None})
    assert not {"object_id", "kind"} & set(lines(stream)[0])


@pytest.mark.parametrize("text", ["a\nb", 'a\r\n{"event": "forged"}', "a\u2028b", "\x1b[31m"])
def test_a_line_stays_a_line(stream: io.StringIO, text: str) -> None:
    log.info("turn", extra={"kind": text})
    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue())["kind"] == text


def test_long_values_are_cut(stream: io.StringIO) -> None:
    log.info("turn", extra={"reason": "x" * 5000})
    assert len(lines(stream)[0]["reason"]) == 200


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], object(), 2**70])
def test_any_value_is_written(stream: io.StringIO, value: object) -> None:
    log.info("turn", extra={"reason": value})
    assert "reason" in lines(stream)[0]


def test_an_event_is_a_key_and_never_a_text(stream: io.StringIO) -> None:
    log.info("Kari Nordmann skrev %s", "hemmelig")
    log.info("turn", {"text": "hemmelig"})
    assert [line["event"] for line in lines(stream)] == ["unnamed", "turn"]
    assert "Kari" not in stream.getvalue()
    assert "hemmelig" not in stream.getvalue()


def test_of_an_exception_the_type_and_the_place_are_kept(stream: io.StringIO) -> None:
    try:
        try:
            int("hemmelig")
        except ValueError as error:
            raise RuntimeError("Kari skrev hemmelig") from error
    except RuntimeError:
        log.exception("turn_failed")
    (line,) = lines(stream)
    assert (line["exception"], line["cause"]) == ("RuntimeError", "ValueError")
    assert line["where"][-1].endswith("test_of_an_exception_the_type_and_the_place_are_kept")
    assert "hemmelig" not in stream.getvalue()


def test_of_other_peoples_lines_only_the_writer_is_kept(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request from Kari", extra={"kind": "hemmelig"})
    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("library", "aiohttp.server", "error")
    assert "Kari" not in stream.getvalue()
    assert "hemmelig" not in stream.getvalue()


@pytest.mark.parametrize(
    "name", ["botbuilder.core", "msrest.serialization", "msal.token_cache", "urllib3", "aiohttp.access"]
)
def test_libraries_are_quiet_below_warning(stream: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("x")
    assert stream.getvalue() == ""


def test_warnings_become_lines(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("hemmelig", UserWarning, stacklevel=1)
    assert [line["logger"] for line in lines(stream)] == ["py.warnings"]
    assert "hemmelig" not in stream.getvalue()
