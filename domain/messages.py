"""What comes in from a chat and what goes out, as plain values.

Only `bot/teams` knows how these look on the wire; only `dialogs` knows what they mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """The kind of conversation. Anything about a case or a person is said in PERSONAL only."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who wrote: tenant and Entra object id of the authenticated activity, and nothing else."""

    tenant_id: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a conversation is reached, as last seen on an authenticated activity."""

    tenant_id: str
    conversation_id: str  # in a channel thread with its ";messageid=…"
    scope: Scope
    service_url: str
    bot_id: str  # "28:…"
    user_id: str | None = None  # "29:…", per bot and person
    object_id: str | None = None
    team_id: str | None = None
    channel_id: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A typed message, with our own mention removed. May be empty (an attachment alone)."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on a card of ours. `inputs` holds what stood in the card's fields, as typed.

    Everything here is what a client sent: hostile until checked against the card's row.
    """

    verb: str
    card: str  # the card-instance id
    inputs: Mapping[str, str] = field(default_factory=dict)
    automatic: bool = False  # a refresh that the client asked for by itself


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was installed, or added to the conversation."""


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was uninstalled, or removed from the conversation."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One authenticated happening in a chat."""

    activity_id: str
    received_at: datetime  # taken at the edge before anything else; aware, UTC, the domain's clock
    identity: Identity | None  # None: the channel named no Entra object id; treated as unknown
    address: Address
    happening: Said | Pressed | Joined | Left
    correlation_id: str
    invoked: bool = False  # the answer goes into the HTTP response


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to show. `text` says everything that the card says, for clients without cards."""

    text: str
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a turn, in order.

    Invoked: the first message is the HTTP response (a card replaces the pressed card for this person, a
    text alone becomes a notice); the rest are posted. Not invoked: all are posted.
    """

    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A notice that is still wanted when it is about to be sent: where it goes and what it says."""

    address: Address
    message: Message


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Why a notice is not sent after all."""

    reason: str
