"""From our messages to activities and to the bodies that answer a pressed button."""

import re
from collections.abc import Mapping
from typing import Any

from botbuilder.schema import Activity, ActivityTypes, Attachment

from bot.teams import codec
from bot.teams.codec import Json
from domain.errors import Fault, SendFailed
from domain.messages import Address, Message

CARD = "application/vnd.microsoft.card.adaptive"
NOTICE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"

MOST_BYTES = 80_000  # counted in UTF-16 as Teams counts; its own limit is about 100 KB
_LONGEST_SUMMARY = 300
_READ_INTO = re.compile(r"[\n\\`*_~\[\]<>&#]")
_LONGEST_FALLBACK = (
    2_000  # of a card that a client is too old for; it may be long and has to leave the card its room
)


def activity(message: Message) -> Any:
    """The SDK's Activity, not addressed yet.

    With a card the text stands behind it, as the card's `fallbackText` and as the summary in notifications:
    Teams would show a text of its own above the card, and everything twice.
    """
    if message.card is None:
        return Activity(type=ActivityTypes.message, **_words(message.text))
    return Activity(
        type=ActivityTypes.message,
        summary=message.text[:_LONGEST_SUMMARY],
        attachments=[Attachment(content_type=CARD, content=_with_fallback(message))],
    )


def _words(text: str) -> dict[str, str]:
    """Lines, and what could be taken for markup, go as markup that holds nothing but the lines' ends.

    There are clients that run the lines of a plain text together, and that read markdown and tags into it.
    """
    if not _READ_INTO.search(text):
        return {"text": text, "text_format": "plain"}
    return {"text": _READ_INTO.sub(_literal, text), "text_format": "xml"}


def _literal(found: re.Match[str]) -> str:
    return "<br/>" if found[0] == "\n" else f"&#{ord(found[0])};"


def addressed(message: Message, address: Address, reply_to: str | None = None) -> Json:
    """The JSON of a message to a conversation that is not answered in its own turn."""
    recipient = {"recipient": {"id": address.user_id}} if address.user_id else {}
    reply = {"replyToId": reply_to} if reply_to else {}
    return (
        codec.write(activity(message))
        | {
            "from": {"id": address.bot_id},
            "conversation": {"id": address.conversation_id, "tenantId": address.tenant_id},
        }
        | recipient
        | reply
    )


def invoke_body(message: Message | None) -> Json:
    """What answers a pressed button: a card in place of the pressed one, or a notice.

    Raises: SendFailed - TOO_LARGE.
    """
    if message is not None and message.card is not None:
        return _answer(200, CARD, _with_fallback(message))
    return _answer(200, NOTICE, message.text if message else "")


def invoke_error(code: str, message: str) -> Json:
    return _answer(400, ERROR, {"code": code, "message": message})


def dump(body: Json) -> bytes:
    """Raises: SendFailed - TOO_LARGE."""
    dumped = codec.dump(body)
    # UTF-16 takes at most twice the bytes of UTF-8, so small ones need not be counted.
    if 2 * len(dumped) > MOST_BYTES and len(dumped.decode().encode("utf-16-le")) > MOST_BYTES:
        raise SendFailed(Fault.TOO_LARGE, code=str(len(dumped)))
    return dumped


def _answer(status: int, kind: str, value: object) -> Json:
    return {"statusCode": status, "type": kind, "value": value}


def _with_fallback(message: Message) -> Mapping[str, Any]:
    return {"fallbackText": message.text[:_LONGEST_FALLBACK], **(message.card or {})}
