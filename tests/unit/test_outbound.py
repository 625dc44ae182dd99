"""From our messages to what Teams wants."""

import html

import pytest

from bot.teams import codec, outbound
from domain.errors import Fault, SendFailed
from domain.messages import Address, Message, Scope

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": []}
THERE = Address(
    "tenant", "a:1", Scope.PERSONAL, "https://smba.trafficmanager.net/emea/", "28:bot", user_id="29:kari"
)


def test_text_is_plain() -> None:
    written = codec.write(outbound.activity(Message("Hei, er «du» der?")))
    assert written == {"type": "message", "text": "Hei, er «du» der?", "textFormat": "plain"}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("to\nlinjer\n\n", "to<br/>linjer<br/><br/>"),
        ("<at>alle</at> & <b>", "&#60;at&#62;alle&#60;/at&#62; &#38; &#60;b&#62;"),
        ("**fet** _x_ ~y~", "&#42;&#42;fet&#42;&#42; &#95;x&#95; &#126;y&#126;"),
        ("[her](https://a.no) `k` # \\", "&#91;her&#93;(https://a.no) &#96;k&#96; &#35; &#92;"),
        ("&amp; &#42;", "&#38;amp; &#38;&#35;42;"),
    ],
)
def test_nothing_is_read_into_a_text_and_its_lines_stay(text: str, sent: str) -> None:
    written = codec.write(outbound.activity(Message(text)))
    assert written == {"type": "message", "text": sent, "textFormat": "xml"}
    assert html.unescape(sent.replace("<br/>", "\n")) == text


def test_a_card_has_its_text_behind_it_and_not_above_it() -> None:
    """Teams makes two messages of a text and a card."""
    assert codec.write(outbound.activity(Message("Alt på kortet", CARD))) == {
        "type": "message",
        "summary": "Alt på kortet",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": CARD | {"fallbackText": "Alt på kortet"},
            }
        ],
    }


def test_the_card_itself_is_not_changed_and_its_own_fallback_stays() -> None:
    card = CARD | {"fallbackText": "eget"}
    written = codec.write(outbound.activity(Message("x", card)))
    assert written["attachments"][0]["content"] == card
    outbound.activity(Message("x", CARD))
    assert "fallbackText" not in CARD


def test_a_summary_is_short() -> None:
    assert len(codec.write(outbound.activity(Message("x" * 5000, CARD)))["summary"]) == 300


def test_addressed() -> None:
    assert outbound.addressed(Message("hei"), THERE, "7") == {
        "type": "message",
        "text": "hei",
        "textFormat": "plain",
        "from": {"id": "28:bot"},
        "recipient": {"id": "29:kari"},
        "conversation": {"id": "a:1", "tenantId": "tenant"},
        "replyToId": "7",
    }


@pytest.mark.parametrize(
    ("message", "kind", "value"),
    [
        (Message("x", CARD), "application/vnd.microsoft.card.adaptive", CARD | {"fallbackText": "x"}),
        (Message("Lagret"), "application/vnd.microsoft.activity.message", "Lagret"),
        (None, "application/vnd.microsoft.activity.message", ""),
    ],
)
def test_invoke_body(message: Message | None, kind: str, value: object) -> None:
    assert outbound.invoke_body(message) == {"statusCode": 200, "type": kind, "value": value}


@pytest.mark.parametrize("char", ["x", "ø", "€", "😀"])
def test_size_is_counted_in_utf_16(char: str) -> None:
    overhead = len('{"text":""}') * 2
    bytes_each = len(char.encode("utf-16-le"))
    most = (outbound.MOST_BYTES - overhead) // bytes_each
    outbound.dump({"text": char * most})
    with pytest.raises(SendFailed) as refused:
        outbound.dump({"text": char * (most + 1)})
    assert refused.value.fault is Fault.TOO_LARGE
