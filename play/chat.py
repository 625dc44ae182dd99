"""What one person does in one conversation on one device, and what a client makes of the bot's answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.errors import Final
from play import activities, cards
from play.card_faults import REFRESHABLE_PEOPLE, faults
from play.cards import Card, Element
from play.courier import PATIENCE_SECONDS, Courier
from play.people import Person
from play.screen import Screen, Shown
from play.world import Activity, Conversation, Kind, World

GENERIC_FAILURE = "Noe gikk galt. Prøv igjen."
MESSAGE_RESULT = "application/vnd.microsoft.activity.message"
ERROR_RESULT = "application/vnd.microsoft.error"
REFRESH_AFTER = timedelta(minutes=1)


class CannotDo(Final):
    """A client would not let the person do it; the text says why."""


@dataclass(frozen=True, slots=True)
class Device:
    """Clients differ. `executes`: knows Action.Execute, else falls back to Action.Submit. `sends_blanks`:
    sends inputs left empty as "" rather than not at all."""

    name: str = "pc"
    executes: bool = True
    sends_blanks: bool = False
    patience_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one thing that a person did.

    `activity` is empty when the client sent nothing: `complaints` (by input id) or `notice` may say why.
    """

    activity: Activity = field(default_factory=dict)
    status: int | None = None  # None: no answer from the bot, or none in time
    body: Any = None
    card: Shown | None = None  # what now stands in the place of the pressed card
    notice: str | None = None  # a line that the client shows for a moment
    failed: bool = False
    messages: tuple[Shown, ...] = ()  # from the bot, arrived here meanwhile
    complaints: Mapping[str, str] = field(default_factory=dict)


class Chat:
    def __init__(
        self, world: World, courier: Courier, conversation: Conversation, person: Person, device: Device
    ) -> None:
        self.conversation = conversation
        self.person = person
        self.device = device
        self._world = world
        self._courier = courier
        self._screen = Screen(conversation)
        self._refreshed: dict[str, datetime] = {}

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Every message, oldest first."""
        return self._screen.shown

    def find(self, message_id: str) -> Shown | None:
        """The message as it stands now; None: it is gone."""
        return self._screen.find(message_id)

    @property
    def card(self) -> Shown | None:
        """The card before the person: the last that came, or that an answer put in place."""
        return self._screen.card

    async def arrives(self, count: int = 1, *, within: float = 2.0) -> tuple[Shown, ...]:
        """Messages from the bot that no answer has given yet; waits for that many.

        Raises: TimeoutError - fewer came in time.
        """
        async with asyncio.timeout(within):
            while self._screen.unread < count:
                await self._world.journal.rings()
        return self._screen.take()

    async def says(self, text: str, *, mentions_bot: bool | None = None) -> Answer:
        """Type a text. In a group or channel the bot is mentioned unless told not to; unmentioned it hears
        nothing. In a channel this begins a new thread.

        Raises: CannotDo - the bot is not here, or blocked.
        """
        is_personal = self.conversation.kind is Kind.PERSONAL
        mentioned = not is_personal if mentions_bot is None else mentions_bot
        if is_personal and not self.conversation.installed:
            raise CannotDo("Appen er ikke installert her.")
        if self.conversation.blocked:
            raise CannotDo("Samtalen er blokkert.")
        post = self._world.say(self.conversation, self.person, {"type": "message", "text": text})
        if not (is_personal or mentioned):
            return Answer()
        scene = self._courier.scene(self.person, self._world.conversations[post.conversation_id])
        return await self.sends(activities.message(scene, post.id, text, mentions_bot=mentioned))

    async def presses(
        self,
        button: str | Element,
        inputs: Mapping[str, str] | None = None,
        *,
        on: Shown | None = None,
        is_forced: bool = False,
    ) -> Answer:
        """Fill in and press. `button`: its title, or the action itself. `on`: another card than `card`.

        Forced: unknown inputs and values that the card forbids go too, as from a forger.
        Raises: CannotDo - there is no such button or input.
        """
        shown = on or self.card
        if shown is None or shown.card is None:
            raise CannotDo("Det står ikke noe kort her.")
        action = _button(shown, button) if isinstance(button, str) else button
        if action["type"] == "Action.ToggleVisibility":
            return Answer(card=self._screen.replace(shown.id, cards.toggled(shown.card, action)))
        if action["type"] not in ("Action.Execute", "Action.Submit"):
            return Answer(notice=action.get("url"))
        given = self._filled(shown.card, action, inputs or {}, is_forced=is_forced)
        complaints = {} if is_forced else _complaints(shown.card, action, given)
        return Answer(complaints=complaints) if complaints else await self._press(shown, action, given)

    async def opens(self) -> tuple[Answer, ...]:
        """Come back to the chat: each card that asks for it is refreshed, once a minute at most."""
        due = [shown for shown in self.shown if shown.card and self._is_due(shown.id, shown.card)]
        return tuple([await self._refresh(shown, shown.card or {}) for shown in due])

    async def installs(self) -> Answer:
        """Add the app here. Two events travel side by side and arrive in any order."""
        self.conversation.installed = True
        scene, courier = self._scene(), self._courier
        return await self._sends_both(
            activities.installation(scene, courier.event_id(), "add"),
            activities.bot_added(scene, courier.event_id()),
        )

    async def uninstalls(self) -> Answer:
        self.conversation.installed = False
        scene, courier = self._scene(), self._courier
        removal = activities.installation(scene, courier.event_id(), "remove")
        if self.conversation.kind is Kind.PERSONAL:
            return await self.sends(removal)
        return await self._sends_both(removal, activities.bot_removed(scene, courier.event_id()))

    def blocks(self) -> None:
        """Block the bot. It is not told; it is refused the next time it sends."""
        self.conversation.blocked = True

    def unblocks(self) -> None:
        self.conversation.blocked = False

    async def repeats(self, answer: Answer) -> Answer:
        """The channel sends the same activity again, with the same id."""
        return await self.sends(answer.activity)

    async def sends(self, activity: Activity) -> Answer:
        """Send any activity at all, signed."""
        before = self._screen.unread
        is_invoke = activity.get("type") == "invoke"
        patience = self.device.patience_seconds if is_invoke else PATIENCE_SECONDS
        delivered = await self._courier.deliver(activity, within=patience)
        answer = Answer(
            activity=activity,
            status=delivered.status,
            body=delivered.body,
            failed=not _is_success(delivered.status),
            messages=self._screen.take(before),
        )
        return self._concluded(answer) if is_invoke else answer

    async def _sends_both(self, *both: Activity) -> Answer:
        before = self._screen.unread
        delivered = await asyncio.gather(*(self._courier.deliver(activity) for activity in both))
        failures = [each for each in delivered if not _is_success(each.status)]
        status = (failures or delivered)[0].status
        messages = self._screen.take(before)
        return Answer(activity=both[0], status=status, failed=bool(failures), messages=messages)

    async def _press(self, shown: Shown, action: Element, given: Mapping[str, str]) -> Answer:
        scene = self._scene(shown)
        if action["type"] == "Action.Execute" and self.device.executes:
            pressed = _on_wire(action, given)
            return await self.sends(
                activities.execution(scene, self._courier.event_id(), pressed, card_id=shown.id)
            )
        submit = action if action["type"] == "Action.Submit" else action.get("fallback")
        if not isinstance(submit, Mapping):
            raise CannotDo("Denne klienten kan ikke vise knappen.")
        data = _data(submit, given)
        return await self.sends(
            activities.submission(scene, self._courier.event_id(), data, card_id=shown.id)
        )

    async def _refresh(self, shown: Shown, card: Card) -> Answer:
        self._refreshed[shown.id] = self._courier.now()
        activity = activities.execution(
            self._scene(shown),
            self._courier.event_id(),
            _on_wire(card["refresh"]["action"], {}),
            card_id=shown.id,
            is_automatic=True,
        )
        return await self.sends(activity)

    def _is_due(self, post_id: str, card: Card) -> bool:
        refresh = card.get("refresh")
        if not refresh or not self.device.executes:
            return False
        last = self._refreshed.get(post_id)
        if last is not None and self._courier.now() - last <= REFRESH_AFTER:
            return False
        if "userIds" in refresh:
            return self.person.user_id in refresh["userIds"]
        return len(self.conversation.members) <= REFRESHABLE_PEOPLE

    def _scene(self, shown: Shown | None = None) -> activities.Scene:
        conversation = self._world.conversations[shown.conversation_id] if shown else self.conversation
        return self._courier.scene(self.person, conversation)

    def _filled(
        self, card: Card, action: Element, inputs: Mapping[str, str], *, is_forced: bool
    ) -> dict[str, str]:
        """What the client sends for the inputs: what stands in each, with what the person has changed."""
        if action.get("associatedInputs") == "none":
            return dict(inputs) if is_forced else {}
        filled = {each.id: _standing(each) for each in cards.fields(card)}
        if not is_forced and (unknown := inputs.keys() - filled.keys()):
            raise CannotDo(f"Kortet har ikke feltene {sorted(unknown)}, bare {sorted(filled)}.")
        filled |= inputs
        return {id_: value for id_, value in filled.items() if value or self.device.sends_blanks}

    def _concluded(self, answer: Answer) -> Answer:
        """What a client makes of the response to an invoke."""
        body = answer.body if answer.status == 200 and isinstance(answer.body, Mapping) else {}
        kind, value, is_good = body.get("type"), body.get("value"), body.get("statusCode") == 200
        if kind == cards.CONTENT_TYPE and is_good and isinstance(value, Mapping) and not faults(value):
            is_automatic = answer.activity["value"].get("trigger") == "automatic"
            card_id = str(answer.activity.get("replyToId"))
            return replace(answer, card=self._screen.replace(card_id, value, looks_there=not is_automatic))
        if kind == MESSAGE_RESULT and is_good and isinstance(value, str):
            return replace(answer, notice=value)
        if kind == ERROR_RESULT and isinstance(value, Mapping):
            return replace(answer, notice=str(value.get("message")), failed=True)
        return replace(answer, notice=GENERIC_FAILURE, failed=True)


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _button(shown: Shown, title: str) -> Element:
    for action in cards.buttons(shown.card or {}):
        if action["title"] == title:
            return action
    raise CannotDo(f"Ingen knapp heter «{title}»; kortet har {list(shown.buttons)}.")


def _standing(field_: cards.Field) -> str:
    # A toggle that nobody touched comes as "false", whatever its own word for no is (playground.md).
    return field_.value or ("false" if field_.kind == "Toggle" else "")


def _complaints(card: Card, action: Element, given: Mapping[str, str]) -> dict[str, str]:
    if action.get("associatedInputs") == "none":
        return {}
    found = {each.id: each.complaint(given.get(each.id, "")) for each in cards.fields(card)}
    return {id_: complaint for id_, complaint in found.items() if complaint}


def _on_wire(action: Element, given: Mapping[str, str]) -> dict[str, Any]:
    known = {key: action[key] for key in ("type", "id", "title", "verb") if key in action}
    return known | {"data": _data(action, given)}


def _data(action: Element, given: Mapping[str, str]) -> dict[str, Any]:
    data = action.get("data")
    return {**data, **given} if isinstance(data, Mapping) else dict(given)
