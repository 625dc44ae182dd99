"""The forum's year: what comes, when, how and where; of one region or of all."""

from datetime import date

from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, said_of
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.questions import Slots, slots_of
from dialogs.texts import Texts
from domain.calendar import Event, Precision, Year, conflicts, months_of, planned_year

_MOST = 40


def _answer(asked: Inquiry, argument: str) -> Answer:
    """Of the year that is named, everything; without one, what is still to come."""
    t, slots = asked.t, slots_of(argument)
    number = slots.year or asked.on.year
    try:
        year = planned_year(asked.forum.key, number).year
    except ValueError:
        return told(t("calendar.title", year=number), t("calendar.no_year", year=number), found=False)
    found = tuple(
        each for each in year.events if _is_asked(each, slots) and (slots.year or _is_to_come(each, asked.on))
    )
    about = named(Slots(region=slots.region), asked.forum, asked.directory, t)
    sentence = said_of(about, _sentence(found, number, asked.on, t))
    items = [(when(event, t), about_event(event, t)) for event in _in_order(found)[:_MOST]]
    items += [(t("calendar.note"), said) for said in _conflicts(year, found, t)]
    return Answer(
        lambda offers: listing(t("calendar.title", year=number), sentence, items, offers=offers),
        {
            "answer": sentence,
            "year": number,
            "about": as_json(slots),
            "events": [event_json(event, t.language) for event in _in_order(found)],
        },
        sheet_offers(asked, "calendar", argument),
        lambda: _sheet(found, t),
    )


def _is_asked(event: Event, slots: Slots) -> bool:
    return slots.region in (None, event.region)


def _is_to_come(event: Event, on: date) -> bool:
    return event.ends_on is None or on <= event.ends_on


def _in_order(events: tuple[Event, ...]) -> list[Event]:
    """By day; what has none comes last."""
    return sorted(events, key=lambda event: (event.first or date.max, event.ends_on or date.max))


def _sentence(events: tuple[Event, ...], year: int, on: date, t: Texts) -> str:
    following = next(
        (each for each in _in_order(events) if each.first is not None and on <= each.first), None
    )
    if not events:
        return t("calendar.nothing", year=year)
    if following is None:
        return t("calendar.count", year=year, count=len(events))
    return t("calendar.next", name=following.title(t.language), when=when(following, t))


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


def _conflicts(year: Year, shown: tuple[Event, ...], t: Texts) -> list[str]:
    return [
        t(
            "calendar.conflict",
            later=each.later.title(t.language),
            earlier=each.earlier.title(t.language),
        )
        for each in conflicts(year)
        if each.later in shown
    ]


def event_json(event: Event, language: str) -> dict[str, object]:
    """For programs: days as ISO dates, null where none is set."""
    return {
        "key": event.key,
        "name": event.title(language),
        "precision": event.precision,
        "first": event.first.isoformat() if event.first else None,
        "last": event.ends_on.isoformat() if event.ends_on else None,
        "starts": event.starts.isoformat("minutes") if event.starts else None,
        "ends": event.ends.isoformat("minutes") if event.ends else None,
        "not_before": event.is_not_before,
        "monthly": event.is_monthly,
        "form": event.form,
        "place": event.place_in(language),
        "region": event.region,
        "responsible": event.responsible,
        "audience": event.audience,
    }


def _sheet(events: tuple[Event, ...], t: Texts) -> Table:
    return Table(
        (
            Column(t("calendar.when")),
            Column(t("calendar.from"), "day"),
            Column(t("calendar.to"), "day"),
            Column(t("calendar.what")),
            Column(t("calendar.how")),
            Column(t("calendar.place")),
            Column(t("calendar.who")),
        ),
        tuple(
            (
                when(event, t),
                event.first,
                event.ends_on,
                event.title(t.language),
                t(f"calendar.form.{event.form}") if event.form else None,
                event.place_in(t.language),
                t(f"calendar.party.{event.responsible}"),
            )
            for event in _in_order(events)
        ),
    )


QUERY = Query("calendar", _answer)
