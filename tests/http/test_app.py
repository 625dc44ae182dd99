"""The other addresses, the metrics, and what the logs show of all of it."""

import json
import logging
from collections.abc import Iterator, Mapping

import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from bot.app import AccessLog, create_app, serving
from bot.logs import HASHED, JsonLines
from domain.messages import Message, Reply, Turn
from play import troubles
from play.troubles import Mishap
from tests.http.conftest import House, a_house


def counted(page: bytes, name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
        if sample.name == name
    }


async def test_health(house: House) -> None:
    got = await house.get("/healthz")
    assert (got.status, got.json) == (200, {"alive": True})


@pytest.mark.parametrize(("store", "status"), [(True, 200), (False, 503)])
async def test_ready_is_red_when_a_part_is(store: bool, status: int) -> None:
    async def ready() -> Mapping[str, bool]:
        return {"store": store, "keys": True}

    async with a_house(ready=ready) as house:
        got = await house.get("/readyz")
        assert (got.status, got.json) == (status, {"store": store, "keys": True})
        assert (await house.get("/healthz")).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/messages/", "/api/messages/x", "/docs", "/.env", "/metrics/x"]
)
async def test_nothing_else_answers(house: House, path: str) -> None:
    assert (await house.get(path)).status == 404


async def test_metrics_count_turns_and_sends(house: House) -> None:
    await house.kari.says("hei")
    await house.post(headers={})
    await house.post(house.activity(channelId="emulator"))
    await house.post(house.activity(type="x" * 500))
    house.teams.connector.mishaps.plan(Mishap(trouble=troubles.BLOCKED_BY_USER))
    await house.kari.says("hei")
    got = await house.get("/metrics")
    assert got.headers["Content-Type"].startswith("text/plain")
    assert counted(got.body, "forumbot_turns_total") == {
        ("message", "answered"): 1,
        ("stranger", "refused_401"): 1,
        ("stranger", "refused_403"): 1,
        ("other", "answered"): 1,
        ("message", "unsent"): 1,
    }
    assert counted(got.body, "forumbot_sends_total") == {("post", "sent"): 1, ("post", "blocked"): 1}
    assert counted(got.body, "forumbot_turn_seconds_count") == {
        ("message",): 2,
        ("stranger",): 2,
        ("other",): 1,
    }
    assert counted(got.body, "forumbot_send_seconds_count") == {("post",): 2}


async def test_metrics_show_the_outbox_as_it_is(house: House) -> None:
    rows = {"waiting": 3, "failed": 1}

    async def outbox_rows() -> Mapping[str, int]:
        return rows

    app = create_app(house.channel.edge, house.metrics, _ready, outbox_rows=outbox_rows)
    async with serving(app, "127.0.0.1", 0) as url:
        async with house.http.get(f"{url}/metrics") as response:
            assert counted(await response.read(), "forumbot_outbox") == {("waiting",): 3, ("failed",): 1}
        del rows["failed"]
        async with house.http.get(f"{url}/metrics") as response:
            assert counted(await response.read(), "forumbot_outbox") == {("waiting",): 3}


async def _ready() -> Mapping[str, bool]:
    return {}


async def test_more_routes_can_be_added(house: House) -> None:
    async def calendar(request: web.Request) -> web.Response:
        return web.Response(text="BEGIN:VCALENDAR")

    routes = [web.get("/calendar/{key}", calendar)]
    app = create_app(house.channel.edge, house.metrics, _ready, more_routes=routes)
    async with serving(app, "127.0.0.1", 0) as url, house.http.get(f"{url}/calendar/x") as response:
        assert await response.text() == "BEGIN:VCALENDAR"


# Logs.


class Lines(logging.Handler):
    """Every record of every logger, raw and as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.written: list[str] = []
        self.setFormatter(JsonLines(b"key"))

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.written]

    def of(self, event: str) -> list[dict[str, object]]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


async def test_one_line_for_each_turn(house: House, lines: Lines) -> None:
    await house.kari.says("hei")
    (line,) = lines.of("turn")
    del line["at"], line["seconds"]
    assert {name for name in line if name in HASHED} == {
        "activity_id",
        "conversation_id",
        "tenant_id",
        "object_id",
    }
    assert {name: value for name, value in line.items() if name not in HASHED} == {
        "level": "info",
        "event": "turn",
        "logger": "bot.teams.edge",
        "kind": "message",
        "outcome": "answered",
        "status": 200,
        "correlation_id": "correlation-1",
    }


async def test_a_refusal_says_why_in_the_log_and_names_nobody(house: House, lines: Lines) -> None:
    await house.post(headers={})
    await house.post(token=house.issuer.sign(house.claims(aud="x")))
    await house.post(house.activity(channelId="emulator"))
    turns = lines.of("turn")
    assert [(line["status"], line["reason"]) for line in turns] == [
        (401, "header"),
        (401, "audience"),
        (403, "channel"),
    ]
    assert all(not set(line) & HASHED for line in turns)


async def test_a_bug_can_be_found_by_its_correlation_id(house: House, lines: Lines) -> None:
    def fails(turn: Turn) -> Reply:
        raise KeyError("hemmelig")

    house.bot.reply = fails
    await house.post()
    (failed,), (turn,) = lines.of("turn_failed"), lines.of("turn")
    assert failed["correlation_id"] == turn["correlation_id"] == "correlation-1"
    assert (failed["level"], failed["exception"]) == ("error", "KeyError")
    assert str(failed["where"]).count("fails") == 1


async def test_nothing_that_anybody_wrote_or_is_called_gets_into_a_log(house: House, lines: Lines) -> None:
    """Names, texts, typed inputs, cards, tokens and ids are planted, and everything goes well and wrong."""
    planted = ["Kari Eier", "hemmelig", "Nordland barnehage", str(house.kari.person.object_id)]
    planted += [house.kari.person.user_id, house.kari.conversation.id, house.teams.bot.name]
    card = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [{"type": "TextBlock", "text": "Nordland barnehage"}],
    }
    house.bot.reply = lambda turn: Reply((Message("Nordland barnehage", card),))
    await house.kari.says("hemmelig behov")
    data = {"v": 1, "ci": "hemmelig-kort", "verb": "save", "goal": "hemmelig mål"}
    press = {"action": {"type": "Action.Execute", "verb": "save", "data": data}}
    await house.post(house.invoke(press))
    await house.post(house.invoke("hemmelig"))
    await house.post(house.activity(text=["hemmelig"]))
    await house.post(house.activity(channelId="hemmelig"))
    await house.post(data=b'{"hemmelig')
    await house.post(token=house.issuer.sign(house.claims(), kid="hemmelig"))
    await house.post(headers={"Authorization": "Basic hemmelig"})
    await house.get("/healthz?hemmelig=1")
    await house.get("/hemmelig")
    for trouble in (troubles.SERVICE_ERROR, troubles.BLOCKED_BY_USER, troubles.NOT_REGISTERED):
        house.teams.connector.mishaps.plan(trouble)
        await house.kari.says("hemmelig")
    house.issuer.down = True
    await house.post(token=house.issuer.sign(house.claims(), kid="hemmelig2"))

    def fails(turn: Turn) -> Reply:
        raise ValueError(f"Kari Eier skrev {turn}")

    house.bot.reply = fails
    await house.kari.says("hemmelig")
    planted += ["Bearer", "Authorization", "eyJ", "constant-token", "AdaptiveCard"]
    written = "\n".join(lines.written)
    assert len(lines.of("turn")) == 13
    assert [word for word in planted if word in written] == []


async def test_the_access_log_names_the_route_and_not_the_address(house: House, lines: Lines) -> None:
    await house.get("/healthz?name=kari")
    await house.get("/nowhere/kari")
    access = [line for line in lines.of("request") if line["logger"] == "bot.app"]
    assert [(line["method"], line["route"], line["status"]) for line in access] == [
        ("GET", "/healthz", 200),
        ("GET", "none", 404),
    ]


def test_the_access_log_is_ours() -> None:
    assert AccessLog(logging.getLogger("x"), "").enabled
