"""Activities as the Teams channel sends them to a bot."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from play.people import Bot, Person
from play.world import Activity, Conversation, Kind

ZONE = "Europe/Oslo"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something where and when, over which connector."""

    person: Person
    conversation: Conversation
    bot: Bot
    service_url: str
    at: datetime


def message(scene: Scene, activity_id: str, text: str, *, mentions_bot: bool) -> Activity:
    """Typed text. Teams adds an HTML twin of it as an attachment."""
    entities = _client(scene)
    if mentions_bot:
        tag = f"<at>{scene.bot.name}</at>"
        text = f"{tag} {text}"
        entities = [{"type": "mention", "text": tag, "mentioned": scene.bot.account()}, *entities]
    return _activity(scene, "message", activity_id) | {
        "textFormat": "plain",
        "text": text,
        "attachments": [{"contentType": "text/html", "content": f"<p>{html.escape(text, quote=False)}</p>"}],
        "entities": entities,
    }


def submission(scene: Scene, activity_id: str, data: Mapping[str, Any], *, card_id: str) -> Activity:
    """A press on Action.Submit: a message without text."""
    return _activity(scene, "message", activity_id) | {
        "textFormat": "plain",
        "value": dict(data),
        "replyToId": card_id,
        "entities": _client(scene),
    }


def execution(
    scene: Scene, activity_id: str, action: Mapping[str, Any], *, card_id: str, is_automatic: bool = False
) -> Activity:
    """A press on Action.Execute, or a refresh that the client asks for by itself."""
    return _activity(scene, "invoke", activity_id) | {
        "name": "adaptiveCard/action",
        "value": {"action": dict(action), "trigger": "automatic" if is_automatic else "manual"},
        "replyToId": card_id,
        "entities": _client(scene),
    }


def installation(scene: Scene, activity_id: str, action: str) -> Activity:
    """`action`: add, remove, add-upgrade or remove-upgrade."""
    return _activity(scene, "installationUpdate", activity_id) | {"action": action}


def bot_added(scene: Scene, activity_id: str) -> Activity:
    return _membership(scene, activity_id, "teamMemberAdded", membersAdded=[{"id": scene.bot.id}])


def bot_removed(scene: Scene, activity_id: str) -> Activity:
    return _membership(scene, activity_id, "teamMemberRemoved", membersRemoved=[{"id": scene.bot.id}])


def _membership(
    scene: Scene, activity_id: str, event: str, **members: Iterable[Mapping[str, str]]
) -> Activity:
    activity = _activity(scene, "conversationUpdate", activity_id) | members
    if scene.conversation.team:
        activity["channelData"]["eventType"] = event
    # Such events name nobody, only ids.
    activity["from"] = {key: value for key, value in scene.person.account().items() if key != "name"}
    return activity


def _activity(scene: Scene, kind: str, activity_id: str) -> Activity:
    local = scene.at.astimezone(ZoneInfo(ZONE))
    return {
        "type": kind,
        "id": activity_id,
        "timestamp": scene.at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "localTimestamp": local.isoformat(timespec="milliseconds"),
        "localTimezone": ZONE,
        "channelId": "msteams",
        "serviceUrl": scene.service_url,
        "from": scene.person.account(),
        "recipient": scene.bot.account(),
        "conversation": _conversation(scene),
        "channelData": _channel_data(scene),
        "locale": scene.person.locale,
    }


def _conversation(scene: Scene) -> dict[str, Any]:
    kind = scene.conversation.kind
    known = {
        "id": scene.conversation.id,
        "conversationType": str(kind),
        "tenantId": scene.person.tenant_id,
    }
    return known if kind is Kind.PERSONAL else known | {"isGroup": True}


def _channel_data(scene: Scene) -> dict[str, Any]:
    tenant: dict[str, Any] = {"tenant": {"id": scene.person.tenant_id}}
    team = scene.conversation.team
    if team is None:
        return tenant
    channel_id = scene.conversation.channel_id
    return tenant | {
        "team": {"id": team.id, "aadGroupId": team.group_id},
        "channel": {"id": channel_id},
        "teamsTeamId": team.id,
        "teamsChannelId": channel_id,
    }


def _client(scene: Scene) -> list[dict[str, Any]]:
    locale = scene.person.locale
    return [
        {
            "type": "clientInfo",
            "locale": locale,
            "country": locale.partition("-")[2],
            "platform": "Windows",
            "timezone": ZONE,
        }
    ]
