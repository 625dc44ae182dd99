"""What those who play work with: the stage, the diary, the players and the dice."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from random import Random

from domain.access import Role, RoleKind
from domain.calendar import Event
from play.cards import Element, buttons
from play.chat import Answer, CannotDo, Chat
from play.rehearsal.diary import Diary
from play.rehearsal.stage import Stage
from play.screen import Shown
from play.teams import Teams
from play.world import Conversation

_SECONDS_BETWEEN_ACTS = (15, 40)  # people read before they press


class Character(StrEnum):
    """How somebody is."""

    PROMPT = "prompt"
    REMINDED = "reminded"  # does it when told to
    LAST_MINUTE = "last_minute"
    LATE = "late"  # tries when it is over
    HALF = "half"  # begins and does not end
    SILENT = "silent"  # reads nothing, does nothing


@dataclass(slots=True)
class Player:
    handle: str
    chat: Chat
    roles: tuple[Role, ...]
    character: Character

    def is_(self, *kinds: RoleKind) -> bool:
        return any(role.kind in kinds for role in self.roles)


@dataclass(frozen=True, slots=True)
class Called:
    """A call to a meeting that staff have let go. `on`: the day of the meeting."""

    event: Event
    on: date
    at: datetime


@dataclass(slots=True)
class Scene:
    """`failed`: what a turn failed with, which is never right. `calls`: what staff have called people to.
    `reports_filed`: how many reports on grants."""

    stage: Stage
    dice: Random
    diary: Diary
    players: dict[str, Player] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    reports_filed: int = 0

    @property
    def teams(self) -> Teams:
        return self.stage.teams

    def now(self) -> datetime:
        return self.stage.clock.now()

    def somebody(self) -> Player:
        return self.players[self.dice.choice(sorted(self.players))]

    async def says(self, player: Player, text: str, where: Conversation | None = None) -> Answer | None:
        """In the chat with the bot, or in a channel."""
        chat = self.teams.chat(player.handle, where) if where else player.chat
        return await self._done(player, text, lambda: chat.says(text))

    async def presses(
        self,
        player: Player,
        button: Element,
        inputs: Mapping[str, str] | None = None,
        on: Shown | None = None,
    ) -> Answer | None:
        what = f"{button.get('verb')}"
        return await self._done(player, what, lambda: player.chat.presses(button, inputs, on=on))

    async def _done(self, player: Player, what: str, act: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """None: the person cannot, since the bot is not there for them."""
        self.stage.clock.passes(self.dice.uniform(*_SECONDS_BETWEEN_ACTS))
        calls_before = len(self.teams.connector.calls)
        try:
            answer = await act()
        except CannotDo:
            return None
        went_well = all(200 <= call.status < 300 for call in self.teams.connector.calls[calls_before:])
        if answer.failed and went_well:
            self.failed.append(f"{self.now():%Y-%m-%d %H:%M} {player.handle} {what}: {answer.status}")
        return answer


def verb(shown: Shown | None, *wanted: str) -> Element | None:
    """The first button of one of these verbs on the card."""
    found = buttons(shown.card) if shown and shown.card else ()
    return next((each for each in found if each.get("verb") in wanted), None)


def verb_beginning(shown: Shown | None, beginning: str) -> str:
    """The verb of the first button whose verb begins so; empty: there is none."""
    found = buttons(shown.card) if shown and shown.card else ()
    verbs = (str(each.get("verb")) for each in found)
    return next((each for each in verbs if each.startswith(beginning)), "")
