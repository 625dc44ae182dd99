"""What people do in a year, each thing a small function; who does what when stands in tables."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import cycle

from domain.access import RoleKind
from domain.demo import DemoRegister
from domain.rounds import planned_rounds
from play.cards import Element
from play.rehearsal.hours import at_hour, next_working_hour
from play.rehearsal.papers import fills_in
from play.rehearsal.scene import Character, Player, Scene, verb
from play.rehearsal.stage import FORUM
from play.screen import Shown

_PAGES_OF_HALF = 3
_DAY = timedelta(days=1)

Act = Callable[[Scene, Player], Awaitable[None]]

# Owners come in this order, so that every character is there however few they are.
_CHARACTERS = (
    Character.REMINDED,
    Character.PROMPT,
    Character.SILENT,
    Character.HALF,
    Character.LAST_MINUTE,
    Character.LATE,
)
_LIGHTS = ("red", "green", "yellow")  # of the reports on grants, in turn: each year has a red one
_SCHEMES = ("regional", "decentralised", "competence_lift")


def players_of(scene: Scene, register: DemoRegister) -> dict[str, Player]:
    """Everybody of the register. Who speaks for nobody is prompt: staff do their work."""
    characters = cycle(_CHARACTERS)
    players = {}
    for person in register.people:
        roles = register.roles_of(person.id)
        is_owner = any(role.kind is RoleKind.OWNER_CONTACT for role in roles)
        character = next(characters) if is_owner else Character.PROMPT
        players[person.id] = Player(person.id, scene.teams.chat(person.id), roles, character)
    return players


# Owners write needs reports.


async def begins_a_report(scene: Scene, player: Player) -> None:
    await scene.says(player, "ny behovsmelding")


def _own(scene: Scene, player: Player) -> dict[str, str]:
    """What each answers otherwise than others."""
    place = len(player.handle)
    return {
        "scheme": _SCHEMES[place % len(_SCHEMES)],
        "measure_title": f"Tiltak {player.handle}",
        "status": _LIGHTS[scene.reports_filed % len(_LIGHTS)],
    }


async def files_a_report(scene: Scene, player: Player) -> None:
    await begins_a_report(scene, player)
    await fills_in(scene, player, _own(scene, player))


async def begins_and_leaves(scene: Scene, player: Player) -> None:
    await begins_a_report(scene, player)
    await fills_in(scene, player, _own(scene, player), most_pages=_PAGES_OF_HALF)
    await scene.says(player, "pause")


async def does_nothing(scene: Scene, player: Player) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody does without being asked: so many days before the round's last day, in those hours."""

    act: Act
    days_before: tuple[int, int]
    hours: tuple[int, int] = (8, 16)


OF_OWNERS: Mapping[Character, Own] = {
    Character.PROMPT: Own(files_a_report, (20, 10)),
    Character.REMINDED: Own(does_nothing, (20, 10)),
    Character.LAST_MINUTE: Own(files_a_report, (0, 0), (22, 24)),
    Character.LATE: Own(files_a_report, (-1, -1)),
    Character.HALF: Own(begins_and_leaves, (25, 15)),
    Character.SILENT: Own(does_nothing, (20, 10)),
}


def plan(scene: Scene, year: int) -> None:
    """Put into the diary what everybody does by themselves."""
    deadline = planned_rounds(FORUM).of(year).deadline_on
    for player in scene.players.values():
        if player.is_(RoleKind.OWNER_CONTACT):
            own = OF_OWNERS[player.character]
            day = deadline - _DAY * scene.dice.randint(*sorted(own.days_before))
            at = at_hour(day, scene.dice.uniform(*own.hours) - 0.02)
            scene.diary.put(at, partial(own.act, scene, player))


# Everybody reacts to what the bot writes by itself.

Reaction = Callable[[Scene, Player, Shown, Element], Awaitable[None]]


async def goes_on(scene: Scene, player: Player, shown: Shown, button: Element) -> None:
    """To where the button leads, and to the end of what is done there."""
    if await scene.presses(player, button, on=shown):
        await fills_in(scene, player, _own(scene, player))
        if done := verb(player.chat.card, *_DONE_AT_ONCE):
            await scene.presses(player, done)


async def looks(scene: Scene, player: Player, shown: Shown, button: Element) -> None:
    await scene.presses(player, button, on=shown)


async def chooses(scene: Scene, player: Player, shown: Shown, button: Element) -> None:
    """One of the answers at random."""
    known = [found for each in _ANSWERS if (found := verb(shown, each))]
    await scene.presses(player, scene.dice.choice(known), on=shown)


_DONE_AT_ONCE = ("confirm",)
_ANSWERS = ("comes", "comes_digitally", "comes_not", "need_yes", "need_no", "can_1", "can_2", "none_fits")

REACTIONS: Mapping[str, Reaction] = {
    "open": goes_on,
    "new": goes_on,
    "refresh": looks,
    "confirm": looks,
    "take_over": looks,
    **dict.fromkeys(_ANSWERS, chooses),
}
"""By the verb of a button on what came; the first of these that is on it."""

# How likely somebody reacts to one message at all.
_LIKELY: Mapping[Character, float] = {
    Character.PROMPT: 0.95,
    Character.REMINDED: 0.6,
    Character.LAST_MINUTE: 0.3,
    Character.LATE: 0.1,
    Character.HALF: 0.1,
    Character.SILENT: 0.0,
}


def reads(scene: Scene, player: Player, post_id: str) -> None:
    """Put into the diary what the person makes of a message, if anything."""
    if scene.dice.random() >= _LIKELY[player.character]:
        return
    at = next_working_hour(scene.now() + timedelta(hours=scene.dice.uniform(0.2, 30)))
    scene.diary.put(at, partial(_reacts, scene, player, post_id))


async def _reacts(scene: Scene, player: Player, post_id: str) -> None:
    shown = player.chat.find(post_id)
    for each, react in REACTIONS.items():
        if shown and (button := verb(shown, each)):
            await react(scene, player, shown, button)
            return
