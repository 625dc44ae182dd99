"""Days and hours of people."""

from datetime import date, datetime, time, timedelta

from domain.days import OSLO, is_working_day

_DAY = timedelta(days=1)


def at_hour(day: date, hour: float) -> datetime:
    return datetime.combine(day, time.min, OSLO) + timedelta(hours=hour)


def next_working_hour(at: datetime) -> datetime:
    """The time, or nine o'clock of the next working day where people do not work then."""
    local = at.astimezone(OSLO)
    day = local.date()
    if is_working_day(day) and time(7) <= local.time() < time(17):
        return at
    day += _DAY if local.time() >= time(7) else timedelta()
    while not is_working_day(day):
        day += _DAY
    return at_hour(day, 9)
