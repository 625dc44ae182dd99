"""The places where we lean on the SDK. They break here, loudly, if another version is put in (teams.md, 12.3)."""

import ast
import inspect
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from botbuilder.core import ActivityHandler, Bot, BotAdapter, TurnContext
from botbuilder.schema import Activity, ActivityTypes, InvokeResponse, ResourceResponse
from msrest.serialization import Model

import bot.teams
from bot.teams import adapter as adapter_module
from bot.teams import codec
from bot.teams.adapter import SDK_VERSION, Adapter, Context, check_sdk_version
from bot.teams.inbound import Arrival
from domain.errors import Final
from tests.http.conftest import DOMAIN_NOW

RAW = {
    "type": "message",
    "id": "1",
    "channelId": "msteams",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "conversation": {"id": "a:1", "tenantId": "t"},
    "from": {"id": "29:1", "name": "Kari"},
    "recipient": {"id": "28:1", "name": "Bot"},
    "locale": "nb-NO",
}


class Recorder(BotAdapter):
    """An adapter with as little of its own as the SDK allows."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    async def send_activities(self, context: Any, activities: list[Any]) -> list[Any]:
        self.sent += activities
        for activity in activities:
            if activity.type == ActivityTypes.invoke_response:
                context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] = activity
        return [ResourceResponse(id=str(number)) for number, _ in enumerate(activities)]

    async def update_activity(self, context: Any, activity: Any) -> None: ...

    async def delete_activity(self, context: Any, reference: Any) -> None: ...


def context_of(raw: dict[str, Any], adapter: Any = None) -> Context:
    return Context(adapter or Recorder(), codec.read(raw), Arrival(raw, DOMAIN_NOW, "c"))


def test_the_version_is_the_one_that_was_tried() -> None:
    packages = ("botbuilder-core", "botbuilder-schema", "botframework-connector", "botframework-streaming")
    assert {version(name) for name in packages} == {SDK_VERSION} == {"4.17.1"}
    check_sdk_version()


def test_another_version_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "version", lambda name: "4.18.0")
    with pytest.raises(Final, match=r"4\.18\.0"):
        check_sdk_version()


def test_the_adapter_is_whole() -> None:
    assert BotAdapter.__abstractmethods__ == {"send_activities", "update_activity", "delete_activity"}
    assert Adapter.__abstractmethods__ == frozenset()
    assert BotAdapter._INVOKE_RESPONSE_KEY == TurnContext._INVOKE_RESPONSE_KEY


def test_models_are_plain_objects_with_an_attribute_map() -> None:
    """The codec makes them without their constructor, so all that they hold must stand in `__dict__`."""
    made = Activity()
    assert set(vars(made)) == set(Activity._attribute_map) | {"additional_properties"}
    assert isinstance(made, Model)
    assert not any(hasattr(base, "__slots__") for base in Activity.__mro__ if base is not object)
    assert all(set(described) == {"key", "type"} for described in Activity._attribute_map.values())


async def test_the_handler_tells_kinds_apart() -> None:
    class Kinds(ActivityHandler):
        def __init__(self) -> None:
            self.seen: list[str] = []

        async def on_message_activity(self, turn_context: Any) -> None:
            self.seen.append("message")

        async def on_installation_update(self, turn_context: Any) -> None:
            self.seen.append("installation")

        async def on_conversation_update_activity(self, turn_context: Any) -> None:
            self.seen.append("membership")

        async def on_invoke_activity(self, turn_context: Any) -> Any:
            self.seen.append("invoke")
            return InvokeResponse(status=200, body={"x": 1})

    handler = Kinds()
    assert isinstance(handler, Bot)
    for kind in ("message", "installationUpdate", "conversationUpdate", "invoke", "typing", "unheard-of"):
        await handler.on_turn(context_of(RAW | {"type": kind}))
    assert handler.seen == ["message", "installation", "membership", "invoke"]


async def test_an_invoke_response_goes_through_the_adapter() -> None:
    class Invoked(ActivityHandler):
        async def on_invoke_activity(self, turn_context: Any) -> Any:
            return InvokeResponse(status=200, body={"x": 1})

    recorder = Recorder()
    context = context_of(RAW | {"type": "invoke"}, recorder)
    await recorder.run_pipeline(context, Invoked().on_turn)
    (sent,) = recorder.sent
    assert (sent.type, sent.value.body) == ("invokeResponse", {"x": 1})
    assert context.turn_state[BotAdapter._INVOKE_RESPONSE_KEY] is sent


async def test_errors_of_a_turn_come_through_the_pipeline_unchanged() -> None:
    async def fails(context: Any) -> None:
        raise PermissionError("x")

    with pytest.raises(PermissionError):
        await Recorder().run_pipeline(context_of(RAW), fails)


async def test_middleware_runs_around_the_turn() -> None:
    seen = []

    class Around:
        async def on_turn(self, context: Any, logic: Any) -> None:
            seen.append("before")
            await logic()
            seen.append("after")

    async def turn(context: Any) -> None:
        seen.append("turn")

    await Recorder().use(Around()).run_pipeline(context_of(RAW), turn)
    assert seen == ["before", "turn", "after"]


async def test_our_context_addresses_a_reply_as_the_sdks_does() -> None:
    """The SDK's copies deeply and adds an input hint, which Teams ignores; all else is the same."""
    theirs, ours = Recorder(), Recorder()
    await TurnContext(theirs, codec.read(RAW)).send_activities([Activity(type="message", text="hei")])
    await context_of(RAW, ours).send_activities([Activity(type="message", text="hei")])
    (sdk,), (own,) = theirs.sent, ours.sent
    assert codec.write(sdk) == codec.write(own) | {"inputHint": "acceptingInput"}


async def test_our_context_copies_no_deeper_than_it_changes() -> None:
    recorder, card = Recorder(), {"type": "AdaptiveCard"}
    activity = Activity(type="message", attachments=[card])
    context = context_of(RAW, recorder)
    await context.send_activities([activity])
    assert recorder.sent[0].attachments is activity.attachments
    assert (activity.conversation, activity.recipient) == (None, None)
    assert context.responded


async def test_send_hooks_still_run() -> None:
    recorder, seen = Recorder(), []

    async def hook(context: Any, activities: list[Any], following: Any) -> None:
        seen.append([activity.text for activity in activities])
        await following()

    context = context_of(RAW, recorder)
    context.on_send_activities(hook)
    await context.send_activity("hei")
    assert (seen, len(recorder.sent)) == ([["hei"]], 1)


def test_the_sdks_own_connector_is_not_imported_by_us() -> None:
    """Of the SDK only the schema and four names of the core are used: the smaller the seam, the easier a move."""
    used = set()
    for file in Path(bot.teams.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("bot" + "builder", "botframework")
            ):
                used |= {f"{node.module}.{alias.name}" for alias in node.names}
    assert {name for name in used if not name.startswith("botbuilder.schema")} == {
        "botbuilder.core.ActivityHandler",
        "botbuilder.core.BotAdapter",
        "botbuilder.core.TurnContext",
    }


def test_signatures_that_we_override() -> None:
    assert list(inspect.signature(BotAdapter.send_activities).parameters) == ["self", "context", "activities"]
    assert list(inspect.signature(BotAdapter.run_pipeline).parameters) == ["self", "context", "callback"]
    assert list(inspect.signature(TurnContext.send_activities).parameters) == ["self", "activities"]
    for name in (
        "on_message_activity",
        "on_installation_update",
        "on_conversation_update_activity",
        "on_invoke_activity",
    ):
        assert list(inspect.signature(getattr(ActivityHandler, name)).parameters) == ["self", "turn_context"]
