"""From a raw activity to what happened. The bodies are as Teams sends them, or as nobody should."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams import inbound
from bot.teams.codec import Malformed
from bot.teams.inbound import Arrival
from domain.messages import Address, Identity, Joined, Left, Pressed, Said, Scope

Json = dict[str, Any]

BOT = {"id": "28:bot", "name": "Tilskudd"}


def an_activity(**changes: Any) -> Json:
    activity: Json = {
        "type": "message",
        "id": "1",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "channelId": "msteams",
        "from": {"id": "29:kari", "name": "Kari", "aadObjectId": "AAAA-1111"},
        "recipient": BOT,
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "TTTT"},
        "channelData": {"tenant": {"id": "TTTT"}},
        "text": "hei",
        "locale": "nn-NO",
    }
    return {key: value for key, value in (activity | changes).items() if value is not None}


def mention(text: str = "<at>Tilskudd</at>", **account: Any) -> Json:
    return {"type": "mention", "text": text, "mentioned": BOT | account}


def said(text: Any, *entities: Any) -> str:
    return inbound.said(an_activity(text=text, entities=list(entities)))


# Text.


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("hei", [], "hei"),
        (None, [], ""),
        ("  hei \n", [], "hei"),
        ("<at>Tilskudd</at> status", [mention()], "status"),
        ("<at>Tilskudd</at>&nbsp;status", [mention()], "status"),
        ("status <at>Tilskudd</at>", [mention()], "status"),
        # The bot's name in the sentence stays; the SDK's own remover takes it too.
        ("<at>Tilskudd</at> Tilskudd til skole", [mention()], "Tilskudd til skole"),
        ("<at>Tilskudd</at> <at>Tilskudd</at> x", [mention(), mention()], "x"),
        (
            "<at>Kari Nordmann</at> er kontakt",
            [mention("<at>Kari Nordmann</at>", id="29:2", name="Kari Nordmann")],
            "Kari Nordmann er kontakt",
        ),
        # Without an entity it is text, whatever it looks like.
        ("<at>Tilskudd</at> hei", [], "<at>Tilskudd</at> hei"),
        ("hei", [mention("")], "hei"),
        ("hei", [{"type": "mention"}, {}, None, "x", {"type": 7, "text": "hei"}], "hei"),
        ("hei", [{"type": "clientInfo", "text": "hei"}], "hei"),
        ("hei", [{"type": "mention", "text": "hei", "mentioned": "28:bot"}], ""),
    ],
)
def test_said(text: str | None, entities: list[Any], expected: str) -> None:
    assert said(text, *entities) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        # Once only: what the person typed as an entity stays as typed.
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&lt;at&gt;alle&lt;/at&gt;", "<at>alle</at>"),
    ],
)
def test_html_entities_are_undone_once(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bodo\u0308", "Bod\u00f6"),
        ("A\u030a", "Å"),
        ("en\r\nto\rtre\u2028fire", "en\nto\ntre\nfire"),
        ("a\tb", "a\tb"),
        ("a\x00b\x07c\x1bd\x7fe\x9bf", "abcdef"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066a\u2069", "a"),
        ("pass\u200bord\ufeff", "passord"),
        ("s\u00adkole", "skole"),
        ("x\U000e0041\U000e0042", "x"),
        ("14\u00a0825", "14\u00a0825"),
    ],
)
def test_cleaned(text: str, expected: str) -> None:
    assert inbound.cleaned(text) == expected


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = inbound.cleaned(text)
    assert inbound.cleaned(once) == once


@given(st.text())
def test_nothing_unseen_is_left(text: str) -> None:
    left = inbound.cleaned(text)
    controls = {char for char in left if unicodedata.category(char) == "Cc"}
    assert controls <= {"\n", "\t"}
    assert {unicodedata.bidirectional(char) for char in left} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    } == set()


# Who and where.


def test_turn() -> None:
    at = datetime(2023, 1, 16, 9, tzinfo=UTC)
    turn = inbound.turn(Arrival(an_activity(), at, "c-1"), Said("hei"))
    assert (turn.activity_id, turn.received_at, turn.correlation_id) == ("1", at, "c-1")
    assert turn.identity == Identity("tttt", "aaaa-1111")
    assert turn.address == Address(
        tenant_id="tttt",
        conversation_id="a:1",
        scope=Scope.PERSONAL,
        service_url="https://smba.trafficmanager.net/emea/",
        bot_id="28:bot",
        user_id="29:kari",
        object_id="aaaa-1111",
        locale="nn-NO",
    )


@pytest.mark.parametrize("sender", [{}, {"aadObjectId": ""}, {"aadObjectId": None}, {"aadObjectId": 7}])
def test_no_object_id_is_nobody(sender: Json) -> None:
    activity = an_activity(**{"from": {"id": "29:kari"} | sender})
    assert inbound.identity(activity) is None
    assert inbound.address(activity).object_id is None


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("personal", Scope.PERSONAL),
        ("groupChat", Scope.GROUP),
        ("channel", Scope.CHANNEL),
        ("Personal", Scope.GROUP),
        ("meeting", Scope.GROUP),
        (None, Scope.GROUP),
        (["personal"], Scope.GROUP),
    ],
)
def test_a_conversation_is_personal_only_when_it_says_so(kind: Any, scope: Scope) -> None:
    activity = an_activity(conversation={"id": "a:1", "conversationType": kind})
    assert inbound.address(activity).scope is scope


def test_a_channel() -> None:
    where = inbound.address(
        an_activity(
            conversation={"id": "19:x@thread.tacv2;messageid=1", "conversationType": "channel"},
            channelData={
                "tenant": {"id": "T"},
                "team": {"id": "19:t"},
                "channel": {"id": "19:x@thread.tacv2"},
            },
        )
    )
    assert (where.team_id, where.channel_id) == ("19:t", "19:x@thread.tacv2")
    assert where.conversation_id == "19:x@thread.tacv2;messageid=1"


# Comings and goings.


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("add", Joined()),
        ("add-upgrade", Joined()),
        ("remove", Left()),
        ("remove-upgrade", Left()),
        ("update", None),
        (None, None),
        (7, None),
    ],
)
def test_installation(action: Any, expected: Joined | Left | None) -> None:
    assert inbound.installation(an_activity(type="installationUpdate", action=action)) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"membersAdded": [{"id": "29:x"}, {"id": "28:bot"}]}, Joined()),
        ({"membersRemoved": [{"id": "28:bot"}]}, Left()),
        ({"membersAdded": [{"id": "29:x"}]}, None),
        ({"membersAdded": []}, None),
        ({"membersAdded": ["28:bot"]}, None),
        ({}, None),
    ],
)
def test_membership(members: Json, expected: Joined | Left | None) -> None:
    assert inbound.membership(an_activity(type="conversationUpdate", **members)) == expected


# Buttons.


def data(**changes: Any) -> Json:
    return {"v": 1, "ci": "card", "verb": "next"} | changes


def test_inputs_are_what_is_left_when_ours_and_teams_own_are_gone() -> None:
    sent = data(goal="Lese\r\nmer\u200b", msteams={"type": "x"}, action="submit", budget_uh="1,5 mill")
    expected = Pressed("next", "card", {"goal": "Lese\nmer", "budget_uh": "1,5 mill"})
    assert inbound.message(an_activity(text=None, value=sent)) == expected


def test_input_text_is_not_html() -> None:
    assert inbound.message(an_activity(value=data(goal="a &amp; b"))) == Pressed(
        "next", "card", {"goal": "a &amp; b"}
    )


@pytest.mark.parametrize(
    "value", [{}, [], "", 0, False, "next", {"v": 1}, data(v=1.0), data(x=1), data(ci="")]
)
def test_a_malformed_press_as_a_message_is_neutral(value: Any) -> None:
    assert inbound.message(an_activity(value=value)) == Pressed("", "")


def test_a_forged_card_id_can_be_looked_up_in_any_database() -> None:
    assert inbound.message(an_activity(value=data(ci="card\x00"))) == Pressed("next", "card")


def test_a_text_with_a_value_is_a_press() -> None:
    assert inbound.message(an_activity(text="Neste", value=data())) == Pressed("next", "card")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.just("Action.Execute"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["action", "type", "verb", "data", "trigger", "v", "ci", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_value_is_a_press_or_malformed(value: Any) -> None:
    try:
        pressed = inbound.card_action(an_activity(value=value))
    except Malformed:
        return
    assert pressed.verb
    assert pressed.card
    assert all(isinstance(typed, str) for typed in pressed.inputs.values())
