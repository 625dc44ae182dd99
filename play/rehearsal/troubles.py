"""What goes wrong around the bot in a year: one row a trouble, as often as a year has it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from domain.days import midnight_before
from play import post_office, troubles
from play.rehearsal.scene import Scene
from play.troubles import Mishap, Trouble

_HOUR = timedelta(hours=1)
_AWAY = timedelta(days=5)
_HOURS_OF_YEAR = (1, 8750)


@dataclass(frozen=True, slots=True)
class Happening:
    """`times`: how often in a year; every second time when many are being told something, the others at any time."""

    name: str
    times: int
    happens: Callable[[Scene], Awaitable[None]]


def plan(scene: Scene, year: int, busy: Sequence[datetime]) -> None:
    """Put into the diary when what goes wrong. `busy`: the moments at which many are told something."""
    begins_at = midnight_before(date(year, 1, 1))
    for happening in HAPPENINGS:
        for count in range(happening.times):
            at = begins_at + timedelta(hours=scene.dice.uniform(*_HOURS_OF_YEAR))
            if count % 2 and busy:
                at = scene.dice.choice(busy)
            scene.diary.put(at, partial(happening.happens, scene))
    for changes_at in _changes_of_the_clock(year):
        for at in (changes_at - _HOUR / 2, changes_at + _HOUR / 2):
            scene.diary.put(at, partial(_restarted, scene))


def _changes_of_the_clock(year: int) -> Iterator[datetime]:
    """To summer time and back: on the last Sunday of March and of October at 01:00 UTC."""
    for month in (3, 10):
        last = date(year, month, 31)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        yield datetime.combine(sunday, time(1), UTC)


def _calls(what: Trouble | Mishap, times: int = 1) -> Callable[[Scene], Awaitable[None]]:
    """The next messages that the bot sends by itself run into it."""

    async def happens(scene: Scene) -> None:
        scene.teams.connector.mishaps.plan(what, times=times, operation="send")

    return happens


def _letters(mishap: post_office.Mishap) -> Callable[[Scene], Awaitable[None]]:
    async def happens(scene: Scene) -> None:
        scene.teams.post_office.plan(mishap)

    return happens


async def _dead_for_an_hour(scene: Scene) -> None:
    mishaps = scene.teams.connector.mishaps
    mishaps.plan(troubles.UNAVAILABLE, times=1_000_000)

    async def is_back() -> None:
        mishaps.clear()

    scene.diary.put(scene.now() + _HOUR, is_back)


async def _blocked(scene: Scene) -> None:
    """Somebody blocks the bot, and lets it in again some days later by writing to it."""
    player = scene.somebody()
    player.chat.blocks()

    async def unblocks() -> None:
        player.chat.unblocks()
        await scene.says(player, "hei")

    scene.diary.put(scene.now() + _AWAY, unblocks)


async def _uninstalled(scene: Scene) -> None:
    player = scene.somebody()
    await player.chat.uninstalls()

    async def installs() -> None:
        await player.chat.installs()

    scene.diary.put(scene.now() + _AWAY, installs)


async def _restarted(scene: Scene) -> None:
    await scene.stage.restart()


async def _killed(scene: Scene) -> None:
    await scene.stage.dies_in_a_tick()


HAPPENINGS = (
    Happening("throttled", 6, _calls(Mishap(troubles.THROTTLED, retry_after=7), times=2)),
    Happening("busy", 6, _calls(troubles.CONCURRENT, times=2)),
    Happening("bad_gateway", 4, _calls(troubles.BAD_GATEWAY)),
    Happening("answer_lost", 4, _calls(Mishap(troubles.BAD_GATEWAY, delivered=True))),
    Happening("hung_up", 4, _calls(Mishap(hang_up=True))),
    Happening("slow", 4, _calls(Mishap(late_seconds=9.0))),
    Happening("dead", 2, _dead_for_an_hour),
    Happening("blocked", 2, _blocked),
    Happening("uninstalled", 2, _uninstalled),
    Happening("mail_refused", 2, _letters(post_office.NOT_NOW)),
    Happening("restarted", 4, _restarted),
    Happening("killed", 8, _killed),
)
