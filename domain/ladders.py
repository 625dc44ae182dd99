"""When people are reminded: the steps of a ladder before and after a last day, and the hours in which it is done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from domain.data import BadData, check_forum, read, strict
from domain.days import OSLO, is_working_day, local_day, roll_forward
from domain.rounds import DayOfYear

_DAY = timedelta(days=1)
_REACH = timedelta(days=10)  # further than any step is moved by free days
_KEPT = timedelta(days=4)  # so long a message that is the last of its kind is still worth sending


@strict
@dataclass(frozen=True, slots=True)
class Ladder:
    """`days_before`: days before the last day, the first step first; negative after it."""

    key: str
    days_before: tuple[int, ...]

    def steps(self, due_on: date) -> tuple[date, ...]:
        """The days on which somebody is reminded of that last day, in order; all are working days."""
        return tuple(dict.fromkeys(step_on(due_on, before) for before in self.days_before))

    def due_on(self, day: date) -> Iterator[date]:
        """The last days of which somebody is reminded on that day."""
        first, last = (
            day + timedelta(min(self.days_before)) - _REACH,
            day + timedelta(max(self.days_before)) + _REACH,
        )
        return (due for due in days_between(first, last) if day in self.steps(due))

    def next_after(self, day: date, due_on: date) -> date:
        """The step after that day; after the last one, the day until which it was worth while."""
        return next((step for step in self.steps(due_on) if step > day), day + _KEPT)


@strict
@dataclass(frozen=True, slots=True)
class StaffTimes:
    """When staff are told of the year's own days, and asked for what it lacks."""

    own_day_working_days_before: tuple[int, ...]
    date_to_set_weeks_before: int
    need_asked: DayOfYear
    next_year_from: DayOfYear


@strict
@dataclass(frozen=True, slots=True)
class ChannelTimes:
    """When the channels are told of a deadline."""

    days_before: tuple[int, ...]


@strict
@dataclass(frozen=True, slots=True)
class Reminding:
    """The forum's rules for reminders. The hours are local; the office is open from `office_opens` and until
    `office_closes`."""

    sent_at: time
    office_opens: time
    office_closes: time
    elsewhere_weeks_before: int
    ladders: tuple[Ladder, ...]
    staff: StaffTimes
    channels: ChannelTimes

    def ladder(self, key: str) -> Ladder:
        """The ladder of that kind of duty; the default, where it has none of its own."""
        known = {ladder.key: ladder for ladder in self.ladders}
        return known.get(key) or known["default"]

    def moment(self, day: date) -> datetime:
        """When what is due on the day goes out, as an instant."""
        return datetime.combine(day, self.sent_at, OSLO)

    def is_office_time(self, at: datetime) -> bool:
        return (
            is_working_day(local_day(at))
            and self.office_opens <= at.astimezone(OSLO).time() < self.office_closes
        )

    def office_from(self, at: datetime) -> datetime:
        """That moment, or the next one at which the office opens."""
        if self.is_office_time(at):
            return at
        day = local_day(at)
        if at.astimezone(OSLO).time() >= self.office_opens:
            day += _DAY
        return datetime.combine(roll_forward(day), self.office_opens, OSLO).astimezone(UTC)


@cache
def reminding(forum_key: str) -> Reminding:
    """Raises: UnknownForum. BadData - there is no default ladder, or one without steps."""
    check_forum(forum_key)
    found = read(Reminding, f"{forum_key}/reminders.toml")
    if "default" not in {ladder.key for ladder in found.ladders} or not all(
        each.days_before for each in found.ladders
    ):
        raise BadData(f"{forum_key}/reminders.toml: a default ladder is needed, and steps in each")
    return found


def step_on(due_on: date, days_before: int) -> date:
    """The day of a step: on a free day it is taken on the working day before, after the last day on the one after."""
    day = due_on - timedelta(days=days_before)
    return roll_forward(day) if days_before < 0 else roll_back(day)


def roll_back(day: date) -> date:
    """The day, or the last working day before it."""
    while not is_working_day(day):
        day -= _DAY
    return day


def days_between(first: date, last: date) -> Iterable[date]:
    """Both of them in it."""
    return (first + timedelta(days=place) for place in range((last - first).days + 1))
