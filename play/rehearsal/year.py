"""One year, day by day: the people act, the bot does what is due, and things go wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from dialogs.desk import Inquiry
from dialogs.duties import duties_of
from dialogs.texts import texts
from domain.calendar import Event, Form, planned_year
from domain.days import end_of, is_working_day, midnight_before
from domain.demo import DemoRegister
from domain.duties import Duty
from domain.forum import load_forum
from domain.ladders import days_between
from play.rehearsal import arranging, cast, troubles
from play.rehearsal.breakage import breakages
from play.rehearsal.diary import Diary
from play.rehearsal.expected import Expected, of_calls, of_cases, of_grant_reports
from play.rehearsal.hours import at_hour
from play.rehearsal.owed import STEPS, Reminded, reminded
from play.rehearsal.record import Book, is_unasked
from play.rehearsal.scene import Called, Scene
from play.rehearsal.stage import FORUM, on_stage
from play.world import Change, Kind, Post
from store import outbox, receipts, register, years
from store.outbox import Ended

_HANDED_IN = (Form.DIGITAL_FORM, Form.TEXT, Form.UPLOAD)
_ARRANGES = "sekretariat"
_MORNING = 9.0  # the hour at which, as at midnight, the bot looks every day what is due, whatever happens
_JUST_BEFORE, _NOON = 8.99, 12.0


@dataclass(frozen=True, slots=True)
class Played:
    """A year that was played. `owing`: who owed something that could be told of on the day. `calls`: what staff have
    called people to. `deaths`: when the bot was killed. `failed`: turns that went wrong by themselves. `broken`: what
    broke and was caught."""

    year: int
    seed: int
    register: DemoRegister
    book: Book
    events: tuple[Event, ...]
    open_duties: tuple[tuple[str, Duty], ...]
    expected: tuple[Expected, ...]
    owing: frozenset[Reminded]
    calls: tuple[Called, ...]
    ended_at: datetime
    deaths: tuple[datetime, ...]
    restarts: int
    failed: tuple[str, ...]
    broken: tuple[str, ...]


@dataclass(slots=True)
class _Notes:
    """What is noted on the way. `owing`, `owing_still`: who is to be reminded, just before they are, and when all of
    them should have been."""

    broken: list[str]
    seen: int  # of the journal's events
    owing: set[Reminded] = field(default_factory=set)
    owing_still: set[Reminded] = field(default_factory=set)


async def play_year(
    folder: Path,
    people: DemoRegister,
    year: int,
    seed: int,
    *,
    days: tuple[date, date] | None = None,
    has_people: bool = True,
    has_troubles: bool = True,
    meddle: Callable[[Scene], None] = lambda scene: None,
) -> Played:
    """Play the year from its first minute to its last, or of its days those from the first to the last given.
    `has_people`: whether they do anything by themselves. `meddle` may put more into the diary.

    Raises: what the bot raises where it should not.
    """
    first, last = days or (date(year, 1, 1), date(year, 12, 31))
    begins_at = midnight_before(first)
    with breakages() as broken:
        async with on_stage(folder, people, begins_at, _dice(f"stage {seed}")) as stage:
            scene = Scene(stage, _dice(f"people {seed}"), Diary(begins_at))
            scene.players = cast.players_of(scene, people)
            await arranging.settle_in(scene, scene.players[_ARRANGES], year)
            if has_people:
                cast.plan(scene, year)
                await arranging.plan(scene, scene.players[_ARRANGES], year)
            if has_troubles:
                troubles.plan(scene, year, _busy(year))
            meddle(scene)
            notes = _Notes(broken, seen=len(scene.teams.world.journal.events))
            for day in days_between(first, last):
                scene.diary.put(at_hour(day, _JUST_BEFORE), partial(_note, scene, people, day, notes))
                await _play_day(scene, day, notes, is_read=has_people)
            return await _played(scene, people, year, seed, notes)


async def _play_day(scene: Scene, day: date, notes: _Notes, *, is_read: bool) -> None:
    scene.diary.put(at_hour(day, _MORNING), _nothing)
    while entry := scene.diary.next_until(end_of(day)):
        await scene.stage.quiet(entry.at)
        await entry.act()
        if is_read:
            _hand_out(scene, notes)
    await scene.stage.quiet(end_of(day))
    if is_read:
        _hand_out(scene, notes)


def _dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the same seed is to give the same year


async def _nothing() -> None:
    """The bot looks what is due, and nobody does anything."""


def _busy(year: int) -> list[datetime]:
    """When people are reminded of what is to be handed in."""
    days = [
        step.day_for(event.first)
        for event in planned_year(FORUM, year).year.events
        if event.is_dated and event.first is not None and event.form in _HANDED_IN
        for step in STEPS
    ]
    return [at_hour(day, _MORNING) for day in days if day.year == year]


async def _note(scene: Scene, people: DemoRegister, day: date, notes: _Notes) -> None:
    """Note who is to be reminded; and at noon, by when an hour without Teams is over, who has not done it meanwhile."""

    async def owing() -> frozenset[Reminded]:
        return await scene.stage.read(lambda connection: reminded(connection, people, day.year, day))

    async def note_again() -> None:
        notes.owing_still |= await owing()

    if is_working_day(day):
        now = await owing()
        notes.owing |= now
        if now:
            scene.diary.put(at_hour(day, _NOON), note_again)


def _hand_out(scene: Scene, notes: _Notes) -> None:
    """Show each message that the bot wrote by itself to whom it was written to."""
    events = scene.teams.world.journal.events
    for event in events[notes.seen :]:
        if event.change is Change.POSTED and event.post is not None and is_unasked(event.post):
            _show(scene, event.post)
    notes.seen = len(events)


def _show(scene: Scene, post: Post) -> None:
    conversation = scene.teams.world.conversations[post.conversation_id]
    if conversation.kind is Kind.PERSONAL:
        player = scene.players.get(conversation.people[0].handle)
        if player is not None:
            cast.reads(scene, player, post.id)


async def _played(scene: Scene, people: DemoRegister, year: int, seed: int, notes: _Notes) -> Played:
    stage = scene.stage
    return Played(
        year=year,
        seed=seed,
        register=people,
        book=Book(scene.teams, people, *await stage.read(_rows)),
        events=(await stage.read(lambda connection: years.year_of(connection, FORUM, year))).year.events,
        open_duties=await stage.read(lambda connection: _open_duties(connection, people, scene.now())),
        expected=(
            *(
                Expected("reminder", each.person, each.day, each.day, (each.says,))
                for each in sorted(notes.owing & notes.owing_still)
            ),
            *await stage.read(lambda connection: of_cases(connection, year)),
            *await stage.read(lambda connection: of_grant_reports(connection, people, year)),
            *of_calls(scene.calls, people),
        ),
        owing=frozenset(notes.owing | notes.owing_still),
        calls=tuple(scene.calls),
        ended_at=scene.now(),
        deaths=tuple(stage.deaths),
        restarts=stage.restarts,
        failed=tuple(scene.failed),
        broken=tuple(notes.broken),
    )


def _rows(connection: Connection) -> tuple[tuple[Ended, ...], dict[str, Ended]]:
    """Every row of the outbox, and by the ids of activities and mails which they went out as."""
    rows = outbox.every(connection)
    tried = receipts.of(connection, [row.id for row in rows])
    return rows, {each.sent_as: row for row in rows for each in tried.get(row.id, ()) if each.sent_as}


def _open_duties(connection: Connection, people: DemoRegister, at: datetime) -> tuple[tuple[str, Duty], ...]:
    """What is still owed, by whom, when the year is over."""
    forum, t, found = load_forum(FORUM), texts(None), []
    for person in people.people:
        actor = register.actor_of(connection, person.id, at.date())
        if actor is not None:
            found += [(person.id, duty) for duty in duties_of(Inquiry(connection, actor, t, forum, at))]
    return tuple(found)
