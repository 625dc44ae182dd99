"""Our codec against the SDK's own, which is the oracle: it may know more, never less and never other."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
    Entity,
    Mention,
    ResourceResponse,
)
from hypothesis import given
from hypothesis import strategies as st
from msrest.serialization import Model

from bot.teams import codec
from bot.teams.codec import Malformed

Json = dict[str, Any]

MESSAGE: Json = {
    "type": "message",
    "id": "1485983408511",
    "timestamp": "2023-01-16T10:00:00.1234567Z",
    "localTimestamp": "2023-01-16T11:00:00.123+01:00",
    "localTimezone": "Europe/Oslo",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "from": {"id": "29:1abc", "name": "Åse Ødegård", "aadObjectId": "6b1f"},
    "conversation": {"conversationType": "personal", "tenantId": "72f9", "id": "a:17I0"},
    "recipient": {"id": "28:5f0a", "name": "Samarbeidsforum"},
    "entities": [
        {
            "type": "mention",
            "mentioned": {"id": "28:5f0a", "name": "Samarbeidsforum"},
            "text": "<at>Samarbeidsforum</at>",
        },
        {"type": "clientInfo", "locale": "nb-NO", "country": "NO", "platform": "Windows"},
    ],
    "attachments": [{"contentType": "text/html", "content": "<p>hei</p>"}],
    "channelData": {"tenant": {"id": "72f9"}, "source": {"name": "compose"}},
    "textFormat": "plain",
    "text": "<at>Samarbeidsforum</at> hei",
    "locale": "nb-NO",
}
INVOKE: Json = MESSAGE | {
    "type": "invoke",
    "name": "adaptiveCard/action",
    "value": {"action": {"type": "Action.Execute", "verb": "next", "data": {"v": 1}}, "trigger": "manual"},
    "replyToId": "1485983408510",
}
MEMBERS: Json = MESSAGE | {
    "type": "conversationUpdate",
    "membersAdded": [{"id": "28:5f0a"}, {"id": "29:2", "aadObjectId": "x"}],
    "reactionsAdded": [{"type": "like"}],
    "relatesTo": {
        "activityId": "7",
        "user": {"id": "29:1"},
        "conversation": {"id": "a:1", "isGroup": False},
        "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
    },
    "suggestedActions": {"to": ["29:1"], "actions": [{"type": "imBack", "title": "Ja", "value": "ja"}]},
    "semanticAction": {"id": "x", "entities": {"place": {"type": "Place", "name": "Bodø"}}},
    "listenFor": ["a", "b"],
    "textHighlights": [{"text": "hei", "occurrence": 2}],
    "expiration": "2023-02-01T22:59:59Z",
    "historyDisclosed": True,
}
SAMPLES = {"message": MESSAGE, "invoke": INVOKE, "members": MEMBERS, "empty": {}}


def values(model: Any) -> Any:
    """All that an SDK object holds, as plain values. What is unknown may be {} or None to the SDK."""
    if isinstance(model, Model):
        held = {name: values(value) for name, value in vars(model).items()}
        return {name: value for name, value in held.items() if value not in (None, {})}
    if isinstance(model, list):
        return [values(each) for each in model]
    return {key: values(value) for key, value in model.items()} if isinstance(model, dict) else model


@pytest.mark.parametrize("name", SAMPLES)
def test_read_gives_what_the_sdk_reads(name: str) -> None:
    ours, theirs = codec.read(SAMPLES[name]), Activity.deserialize(SAMPLES[name])
    assert values(ours) == values(theirs)
    assert ours.serialize() == theirs.serialize()


@pytest.mark.parametrize("name", SAMPLES)
def test_write_gives_what_the_sdk_writes_and_what_it_drops(name: str) -> None:
    read = Activity.deserialize(SAMPLES[name])
    assert contains(codec.write(read), read.serialize())
    # Instants are written in UTC with at most six digits; all else is as it came.
    ours = {
        key: value
        for key, value in codec.write(read).items()
        if "imestamp" not in key and key != "expiration"
    }
    came = {key: value for key, value in SAMPLES[name].items() if key in ours}
    assert ours == came


def contains(more: Any, less: Any) -> bool:
    if isinstance(less, dict):
        return all(key in more and contains(more[key], value) for key, value in less.items())
    if isinstance(less, list):
        return len(more) == len(less) and all(map(contains, more, less))
    return bool(more == less)


def test_what_the_sdk_loses_is_kept() -> None:
    written = codec.write(codec.read(MESSAGE))
    assert written["conversation"]["tenantId"] == "72f9"
    assert written["entities"] == MESSAGE["entities"]
    assert written["channelData"] == MESSAGE["channelData"]


OUTGOING = {
    "text": Activity(type="message", text="hei", text_format="plain", reply_to_id="1"),
    "card": Activity(
        type="message",
        summary="Status",
        attachments=[
            Attachment(
                content_type="application/vnd.microsoft.card.adaptive",
                content={
                    "type": "AdaptiveCard",
                    "body": [{"type": "Input.Text", "id": "mål", "isRequired": True}],
                },
            )
        ],
    ),
    "addressed": Activity(
        type="message",
        from_property=ChannelAccount(id="28:1", name="Bot"),
        conversation=ConversationAccount(id="a:1", is_group=False),
        timestamp=datetime(2023, 1, 16, 9, 0, 0, 120, tzinfo=UTC),
        expiration=datetime(2023, 1, 16, 9),  # noqa: DTZ001 - without a zone, as the SDK allows
    ),
    "mention": Activity(
        type="message",
        entities=[
            Mention(mentioned=ChannelAccount(id="29:1", name="Kari"), text="<at>Kari</at>", type="mention")
        ],
    ),
}


@pytest.mark.parametrize("name", OUTGOING)
def test_outgoing_activities_are_written_as_the_sdk_does(name: str) -> None:
    activity = OUTGOING[name]
    theirs = activity.serialize()
    if name == "mention":
        # The SDK takes a list of entities for entities only, and drops who is mentioned.
        theirs["entities"] = [activity.entities[0].serialize()]
    assert codec.write(activity) == theirs


@pytest.mark.parametrize(
    "model",
    [
        ConversationParameters(
            is_group=False, bot=ChannelAccount(id="28:1"), members=[ChannelAccount(id="29:1")], tenant_id="t"
        ),
        ConversationReference(activity_id="1", conversation=ConversationAccount(id="a:1")),
        ResourceResponse(id="1"),
        Entity(type="clientInfo"),
    ],
)
def test_other_models_are_written_as_the_sdk_does(model: Any) -> None:
    assert codec.write(model) == model.serialize()


def test_cards_pass_untouched() -> None:
    card: dict[str, object] = {"type": "AdaptiveCard", "body": [], "additional_properties": None, "n": None}
    attachment = Attachment(content_type="x", content=card)
    assert (
        codec.write(Activity(type="message", attachments=[attachment]))["attachments"][0]["content"] is card
    )


WRONG: tuple[Json, ...] = (
    {"text": 5},
    {"text": True},
    {"historyDisclosed": 1},
    {"from": "29:1"},
    {"from": {"id": 29}},
    {"conversation": {"isGroup": "yes"}},
    {"membersAdded": {}},
    {"membersAdded": ["29:1"]},
    {"attachments": [{"contentType": 1}]},
    {"timestamp": "soon"},
    {"timestamp": 1673863200},
    {"textHighlights": [{"occurrence": True}]},
    {"semanticAction": {"entities": []}},
)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_type_is_refused_without_its_value(wrong: Json) -> None:
    with pytest.raises(Malformed) as refused:
        codec.read(MESSAGE | wrong)
    assert str(refused.value).startswith("Activity.")
    assert "soon" not in str(refused.value)


@pytest.mark.parametrize("raw", [None, [], "x", 7])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(Malformed):
        codec.read(raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*MEMBERS, "value", "name", "unknown"]), JSON))
def test_any_json_is_read_or_refused(changes: Json) -> None:
    try:
        activity = codec.read(MESSAGE | changes)
    except Malformed:
        return
    assert isinstance(activity, Activity)
    # A year may be one that its own zone moves out of the calendar; such are never written by us.
    if not {"timestamp", "localTimestamp", "expiration"} & changes.keys():
        orjson.dumps(codec.write(activity))


@given(text=st.text(), name=st.text(), value=JSON)
def test_what_is_read_is_what_the_sdk_reads(text: str, name: str, value: Any) -> None:
    raw = MESSAGE | {"text": text, "from": {"id": "29:1", "name": name}, "value": value}
    assert values(codec.read(raw)) == values(Activity.deserialize(raw))
