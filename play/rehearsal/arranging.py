"""What the secretariat does about meetings: which channel is whose, when they are, who is called, what is moved."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from domain.calendar import Event, Precision
from domain.days import is_working_day
from domain.forum import load_forum
from domain.meetings import events_of, meeting_of
from play.rehearsal.hours import at_hour
from play.rehearsal.papers import fills_in
from play.rehearsal.scene import Called, Player, Scene, verb, verb_beginning
from play.rehearsal.stage import FORUM
from play.run import GENERAL
from store import years

_DAY = timedelta(days=1)
_SETTLED_IN = timedelta(minutes=6)
_CALLED_AHEAD = 25 * _DAY
_SET_AHEAD = 35 * _DAY  # of the first day that it may be on
_POLL_AHEAD = 10 * _DAY  # of the call
_ANSWERED_WITHIN = 14 * _DAY
_ROUND = "hele fylket"


async def binds_channels(scene: Scene, staff: Player) -> None:
    """Says in each channel whose it is."""
    for region in load_forum(FORUM).regions:
        channel = scene.teams.world.channel(region.name.nb)
        await scene.says(staff, f"kanal {region.name.nb}", channel)
    await scene.says(staff, f"kanal {_ROUND}", scene.teams.world.channel(GENERAL))


@dataclass(frozen=True, slots=True)
class Arranged:
    """A meeting and what becomes of it. `on`: its day at first; None: it is left to whether there is a need."""

    id: str
    event: Event
    on: date | None
    has_poll: bool = False
    moves: bool = False
    is_cancelled: bool = False


def arranged(scene: Scene, events: tuple[Event, ...], year: int) -> tuple[Arranged, ...]:
    """Of the meetings of the year: every third of those without a day is asked about, one is moved, one cancelled."""
    found = []
    for place, event in enumerate(events):
        on = event.first if event.is_dated else _some_day(scene, event)
        is_open = not event.is_dated and on is not None
        found.append(
            Arranged(
                id=meeting_of(year, event, "nb").id,
                event=event,
                on=on,
                has_poll=is_open and place % 3 == 0,
                moves=is_open and place % 5 == 1,
                is_cancelled=is_open and place % 7 == 2,
            )
        )
    return tuple(found)


def _some_day(scene: Scene, event: Event) -> date | None:
    """A working day in the last month that it may be in."""
    if event.first is None or event.ends_on is None:
        return None
    day = event.ends_on.replace(day=scene.dice.randint(5, 20))
    while not is_working_day(day):
        day += _DAY
    return day


async def settle_in(scene: Scene, staff: Player, year: int) -> None:
    """What was done before it all began: the year was approved, and the channels were given to the regions."""
    begins_at = scene.now() + _SETTLED_IN
    known = await scene.stage.read(lambda connection: years.year_of(connection, FORUM, year))
    if not known.is_approved:
        scene.diary.put(begins_at, partial(approves_year, scene, staff, year))
    scene.diary.put(begins_at, partial(binds_channels, scene, staff))


async def plan(scene: Scene, staff: Player, year: int) -> None:
    """Put into the diary what is done about every meeting of the year, each in its time."""
    known = await scene.stage.read(lambda connection: years.year_of(connection, FORUM, year))
    for each in arranged(scene, events_of(known.year), year):
        for day, act in _steps(each):
            if day.year == year:
                at = at_hour(day, scene.dice.uniform(9.2, 15))
                scene.diary.put(at, partial(act, scene, staff, each))
    for event in known.year.events:
        if event.precision is Precision.SEASON and event.first is not None and event.ends_on is not None:
            at, on = at_hour(_working(event.first - _SET_AHEAD), 14), _working(event.ends_on - 14 * _DAY)
            scene.diary.put(at, partial(sets_season, scene, staff, event.key, on))
    at = at_hour(_working(date(year, 10, 12)), 14)
    scene.diary.put(at, partial(approves_year, scene, staff, year + 1))


Act = Callable[[Scene, Player, Arranged], Awaitable[None]]


def _steps(each: Arranged) -> list[tuple[date, Act]]:
    if each.on is None:
        asked_on = date(int(each.id[:4]), 9, 4)
        return [(asked_on, asks_for_need), (asked_on + _ANSWERED_WITHIN, decides_on_need)]
    called_on = max(_working(each.on - _CALLED_AHEAD), date(each.on.year, 1, 3))
    steps: list[tuple[date, Act]] = [(called_on, calls)]
    if each.has_poll:
        steps.insert(0, (_working(called_on - _POLL_AHEAD), polls))
    elif each.event.first is not None and not each.event.is_dated:
        steps.insert(0, (_working(each.event.first - _SET_AHEAD), sets_day))
    if each.moves:
        steps.append((_working(called_on + 3 * _DAY), moves))
    if each.is_cancelled:
        steps.append((_working(called_on + 5 * _DAY), cancels))
    else:
        steps.append((_working((each.event.ends_on or each.on) + 8 * _DAY), tells_after))
    return steps


def _working(day: date) -> date:
    while not is_working_day(day):
        day += _DAY
    return day


# The year


async def sets_season(scene: Scene, staff: Player, key: str, on: date) -> None:
    """A day for what the calendar has a season for."""
    await scene.says(staff, "flytt dato")
    await fills_in(scene, staff, {"event": key, "first_on": f"{on:%d.%m.%Y}"})
    await _does(scene, staff, "move_yes")


async def approves_year(scene: Scene, staff: Player, year: int) -> None:
    await scene.says(staff, f"årshjul {year}")
    await _does(scene, staff, "approve_year")


# Each meeting in chat, from the list of meetings


async def _opens(scene: Scene, staff: Player, meeting_id: str) -> bool:
    await scene.says(staff, "møte")
    return await _does(scene, staff, "open", {"meeting": meeting_id})


async def _does(scene: Scene, staff: Player, what: str, inputs: Mapping[str, str] | None = None) -> bool:
    """Press that button of the card before them; False: it has none."""
    shown = staff.chat.card
    button = verb(shown, what)
    if button is None:
        return False
    return await scene.presses(staff, button, inputs, shown) is not None


async def _plans(scene: Scene, staff: Player, each: Arranged, on: date) -> None:
    """Meetings of several days, and a place where the calendar has none."""
    last_on = each.event.last if each.event.is_dated else None
    last = f"{last_on:%d.%m.%Y}" if last_on else ""
    if await _does(scene, staff, "plan"):
        await fills_in(scene, staff, {"first_on": f"{on:%d.%m.%Y}", "last_on": last, "hours": "9-15"})


async def sets_day(scene: Scene, staff: Player, each: Arranged) -> None:
    assert each.on is not None
    if await _opens(scene, staff, each.id):
        await _plans(scene, staff, each, each.on)


async def calls(scene: Scene, staff: Player, each: Arranged) -> None:
    """Call people; tomorrow, where it does not work today, since Teams or the bot may be away."""
    assert each.on is not None
    if await _called(scene, staff, each, each.on):
        scene.calls.append(Called(each.event, each.on, scene.now()))
    elif scene.now() + 2 * _DAY < at_hour(each.on, 0):
        scene.diary.put(scene.now() + _DAY, partial(calls, scene, staff, each))


async def _called(scene: Scene, staff: Player, each: Arranged, on: date) -> bool:
    """Set when it is, if it is not set yet, look at the call, and let it go."""
    if not await _opens(scene, staff, each.id):
        return False
    if each.has_poll:
        await _does(scene, staff, verb_beginning(staff.chat.card, "fix_"))
    if verb(staff.chat.card, "call") is None:
        await _plans(scene, staff, each, on)
        await _opens(scene, staff, each.id)
    return await _does(scene, staff, "call") and await _does(scene, staff, "release")


async def polls(scene: Scene, staff: Player, each: Arranged) -> None:
    assert each.on is not None
    if await _opens(scene, staff, each.id) and await _does(scene, staff, "poll"):
        days = (each.on, *(_working(each.on + count * _DAY) for count in (2, 4)))
        lines = "\n".join(f"{day:%d.%m.%Y} 9-15" for day in dict.fromkeys(days))
        await fills_in(scene, staff, {"dates": lines})
        await _does(scene, staff, "release")


async def moves(scene: Scene, staff: Player, each: Arranged) -> None:
    """A week later, and those who were called are told."""
    assert each.on is not None
    if await _opens(scene, staff, each.id):
        await staff.chat.arrives(0)  # what has come until now is read
        await _plans(scene, staff, each, _working(each.on + 7 * _DAY))
        with suppress(TimeoutError):
            await staff.chat.arrives()  # what those who were called are told comes behind
        await _does(scene, staff, "release")


async def cancels(scene: Scene, staff: Player, each: Arranged) -> None:
    if await _opens(scene, staff, each.id) and await _does(scene, staff, "cancel"):
        await _does(scene, staff, "release")


async def tells_after(scene: Scene, staff: Player, each: Arranged) -> None:
    """Who was there, as they had said, and what was said."""
    if await _opens(scene, staff, each.id) and await _does(scene, staff, "attendance"):
        await _does(scene, staff, "attendance")
        await _opens(scene, staff, each.id)
        if await _does(scene, staff, "minutes"):
            await fills_in(scene, staff, {})
            await _does(scene, staff, "release")


async def asks_for_need(scene: Scene, staff: Player, each: Arranged) -> None:
    if await _opens(scene, staff, each.id) and await _does(scene, staff, "ask_need"):
        await _does(scene, staff, "release")


async def decides_on_need(scene: Scene, staff: Player, each: Arranged) -> None:
    """By the toss of a coin: the tally is for people to read."""
    if scene.dice.random() < 0.5:
        if await _opens(scene, staff, each.id):
            await _does(scene, staff, "leave")
        return
    on = _working(scene.now().date() + _CALLED_AHEAD)
    await calls(scene, staff, Arranged(each.id, each.event, on))
