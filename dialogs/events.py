"""The events of the year in words: when one is, how it is held, and what there is to say of it in a new year."""

from dialogs.texts import Texts
from domain.calendar import Conflict, Event, Precision, Said, Year, months_of


def when(event: Event, t: Texts) -> str:
    """`14. februar 2023`, `28.–29. september 2023`, `april–mai 2023`, `høsten 2023`, `etter 15. oktober 2023`."""
    if event.first is None or event.ends_on is None:
        return t("calendar.if_needed")
    if event.precision is Precision.SEASON:
        return t("calendar.autumn", year=event.first.year)
    if event.precision is Precision.MONTH:
        first, *_, last = (*months_of(event), event.ends_on)
        return (
            t.month(first)
            if first.month == last.month
            else t("calendar.months", first=t.month_name(first), last=t.month(last))
        )
    day = t.day(event.first)
    if event.ends_on != event.first:
        if (event.first.year, event.first.month) == (event.ends_on.year, event.ends_on.month):
            return t("calendar.days_of_month", first=event.first.day, last=event.ends_on)
        return t("calendar.days", first=event.first, last=event.ends_on)
    if event.starts and event.ends:
        return t("calendar.hours", day=day, starts=t.hour(event.starts), ends=t.hour(event.ends))
    return t("calendar.after", day=day) if event.is_not_before else day


def about_event(event: Event, t: Texts) -> str:
    """What it is, how and where it is held, and who sees to it."""
    parts = [event.title(t.language)]
    if event.form:
        form = t(f"calendar.form.{event.form}")
        place = event.place_in(t.language)
        parts.append(f"{form} ({place})" if place else form)
    parts.append(t(f"calendar.party.{event.responsible}"))
    return ". ".join(parts)


def conflict(found: Conflict, t: Texts) -> str:
    return t("calendar.conflict", later=found.later.names, earlier=found.earlier.names)


def remark(said: Said, year: Year, t: Texts) -> tuple[str, str]:
    """Which event, and what was moved, is to be set, or should be looked at."""
    event = year.event(said.key)
    assert event is not None
    return event.title(t.language), t(
        f"calendar.remark.{'each_month' if event.is_monthly else said.remark}",
        when=when(event, t),
        day=said.day or "",
        moved_to=said.moved_to or "",
        warn_on=said.warn_on or "",
    )
