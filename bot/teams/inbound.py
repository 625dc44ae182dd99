"""From a raw activity to what happened, as plain values.

Works on the JSON itself: the SDK's objects lose the tenant, the mentions and the trigger of a button. All of
it is what a client sent, so whatever does not look as expected is refused here or becomes unknown.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.teams.codec import Malformed
from bot.teams.door import at
from domain.messages import Address, Identity, Joined, Left, Pressed, Said, Scope, Turn

CARD_ACTION = "adaptiveCard/action"
CARD_DATA_VERSION = 1
MOST_INPUTS = 200

Raw = Mapping[str, Any]

_OURS = {"v", "ci", "verb"}
_TEAMS_OWN = {"msteams", "action"}
_SCOPES = {scope.value: scope for scope in Scope}
_INSTALLED: Mapping[str, Joined | Left] = {
    "add": Joined(),
    "add-upgrade": Joined(),
    "remove": Left(),
    "remove-upgrade": Left(),
}
_NEUTRAL_PRESS = Pressed(verb="", card="")

# Everything that is not seen but changes what is seen or compared: control characters, soft hyphens, marks
# that turn or join letters, tags. Line ends of every kind become one first.
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One authenticated activity as it came."""

    raw: Raw
    received_at: datetime
    correlation_id: str


def turn(arrival: Arrival, happening: Said | Pressed | Joined | Left, *, invoked: bool = False) -> Turn:
    """Raises: Malformed - without an id it cannot be told from its repetition."""
    activity_id = arrival.raw.get("id")
    if not isinstance(activity_id, str) or not activity_id:
        raise Malformed("Activity.id: missing")
    return Turn(
        activity_id=activity_id,
        received_at=arrival.received_at,
        identity=identity(arrival.raw),
        address=address(arrival.raw),
        happening=happening,
        correlation_id=arrival.correlation_id,
        invoked=invoked,
    )


def identity(raw: Raw) -> Identity | None:
    """Tenant and Entra object id; nothing else says who somebody is (teams.md, section 6)."""
    tenant, person = _text(raw, "channelData", "tenant", "id"), _text(raw, "from", "aadObjectId")
    return Identity(tenant.lower(), person.lower()) if tenant and person else None


def address(raw: Raw) -> Address:
    """A conversation of an unknown kind is a group: nothing about a case or a person is said there."""
    who = identity(raw)
    return Address(
        tenant_id=(_text(raw, "channelData", "tenant", "id") or "").lower(),
        conversation_id=raw["conversation"]["id"],
        scope=_SCOPES.get(_text(raw, "conversation", "conversationType") or "", Scope.GROUP),
        service_url=raw["serviceUrl"],
        bot_id=_bot_id(raw),
        user_id=_text(raw, "from", "id"),
        object_id=who.object_id if who else None,
        team_id=_text(raw, "channelData", "team", "id"),
        channel_id=_text(raw, "channelData", "channel", "id"),
        locale=_text(raw, "locale"),
    )


def message(raw: Raw) -> Said | Pressed:
    """A typed message, or a press of a button that came as a message. Attachments are not looked at."""
    if raw.get("value") is None:
        return Said(said(raw))
    try:
        return _pressed(raw["value"])
    except Malformed:
        return _NEUTRAL_PRESS


def card_action(raw: Raw) -> Pressed:
    """Raises: Malformed."""
    value = raw.get("value")
    action = at(value, "action")
    if at(action, "type") != "Action.Execute":
        raise Malformed("not Action.Execute")
    press = _pressed(at(action, "data"), automatic=at(value, "trigger") == "automatic")
    if at(action, "verb") != press.verb:
        raise Malformed("two verbs")
    return press


def installation(raw: Raw) -> Joined | Left | None:
    return _INSTALLED.get(_text(raw, "action") or "")


def membership(raw: Raw) -> Joined | Left | None:
    """Joined or left, when it was the bot itself. Others come and go without us."""
    if _names_bot(raw, "membersAdded"):
        return Joined()
    return Left() if _names_bot(raw, "membersRemoved") else None


def said(raw: Raw) -> str:
    """The text without our own mention; other people's mentions are left as their names."""
    text = raw.get("text") or ""
    for mention, name in _mentions(raw):
        text = text.replace(mention, name, 1)
    return cleaned(html.unescape(text)).strip()


def cleaned(text: str) -> str:
    """NFC, one kind of line end, nothing invisible."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)))


def _pressed(data: object, *, automatic: bool = False) -> Pressed:
    """The data of a card of ours: version, card instance and verb, all else is typed input."""
    if not isinstance(data, dict):
        raise Malformed("no card data")
    version, card, verb = data.get("v"), data.get("ci"), data.get("verb")
    if type(version) is not int or version != CARD_DATA_VERSION:
        raise Malformed("card data of another version")
    if not (isinstance(card, str) and card and isinstance(verb, str) and verb):
        raise Malformed("no card instance or verb")
    inputs = {key: value for key, value in data.items() if key not in _OURS | _TEAMS_OWN}
    if len(inputs) > MOST_INPUTS or not all(isinstance(value, str) for value in inputs.values()):
        raise Malformed("inputs that no card of ours has")
    # PostgreSQL takes no text with a zero byte, so not even a forged id may have one.
    return Pressed(verb, cleaned(card), {key: cleaned(value) for key, value in inputs.items()}, automatic)


def _mentions(raw: Raw) -> Iterator[tuple[str, str]]:
    """Each mention as it stands in the text, with what is to stand there instead."""
    entities = raw.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        text = _text(entity, "text")
        if text and str(at(entity, "type")).lower() == "mention":
            is_us = at(entity, "mentioned", "id") == _bot_id(raw)
            yield text, "" if is_us else _text(entity, "mentioned", "name") or ""


def _names_bot(raw: Raw, key: str) -> bool:
    members = raw.get(key)
    return isinstance(members, list) and any(at(member, "id") == _bot_id(raw) for member in members)


def _bot_id(raw: Raw) -> str:
    bot_id = _text(raw, "recipient", "id")
    if not bot_id:
        raise Malformed("Activity.recipient: missing")
    return bot_id


def _text(value: object, *path: str) -> str | None:
    text = at(value, *path)
    return text if isinstance(text, str) else None
