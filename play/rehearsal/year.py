"""One year, day by day: the people act, the bot does what is due, and things go wrong."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from domain.days import end_of, midnight_before
from domain.demo import DemoRegister
from play.people import Person
from play.rehearsal import cast
from play.rehearsal.scene import Scene
from play.rehearsal.stage import on_stage
from play.rehearsal.troubles import HAPPENINGS
from play.world import Change, Kind, Post

_DAY = timedelta(days=1)
_MOMENTS = (0.02, 9.0, 15.0)  # hours of every day at which the bot looks what is due, whatever happens


class Played:
    pass


async def play_year(
    folder: Path, register: DemoRegister, year: int, seed: int, *, has_people: bool = True
) -> Scene:
    dice = Random(seed)
    async with on_stage(folder, register, midnight_before(date(year, 1, 1)), Random(seed + 1)) as stage:
        scene = Scene(stage, dice)
        scene.players = cast.players_of(scene, register)
        if has_people:
            cast.plan(scene, year)
        _plan_troubles(scene, year)
        reader = _Reader(scene)
        for day in _days(year):
            await _play_day(scene, day, reader)
        return scene


async def _play_day(scene: Scene, day: date, reader: "_Reader") -> None:
    for hour in _MOMENTS:
        scene.diary.put(cast.at_hour(day, hour), _nothing)
    while entry := scene.diary.next_until(end_of(day)):
        await scene.stage.quiet(entry.at)
        await entry.act()
        reader.hands_out()
    await scene.stage.quiet(end_of(day))
    reader.hands_out()


async def _nothing() -> None:
    """The bot looks what is due, and nobody does anything."""


def _plan_troubles(scene: Scene, year: int) -> None:
    for happening in HAPPENINGS:
        for _ in range(happening.times):
            at = midnight_before(date(year, 1, 1)) + timedelta(hours=scene.dice.uniform(0, 8760))
            scene.diary.put(at, partial(happening.happens, scene))


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += _DAY


class _Reader:
    """Shows each message that the bot wrote by itself to whom it was written to."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._seen = len(scene.teams.world.journal.events)

    def hands_out(self) -> None:
        events = self._scene.teams.world.journal.events
        for event in events[self._seen :]:
            if event.change is Change.POSTED and event.post is not None and is_unasked(event.post):
                self._show(event.post)
        self._seen = len(events)

    def _show(self, post: Post) -> None:
        conversation = self._scene.teams.world.conversations[post.conversation_id]
        if conversation.kind is Kind.PERSONAL:
            player = self._scene.players.get(conversation.people[0].handle)
            if player is not None:
                cast.reads(self._scene, player, post.id)


def is_unasked(post: Post) -> bool:
    """Whether the bot wrote it by itself, and not in answer to somebody."""
    return not isinstance(post.sender, Person) and not post.activity.get("replyToId")
