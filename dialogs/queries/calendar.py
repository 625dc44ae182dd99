"""The forum's year: what comes, when, how and where; of one region or of all."""

from datetime import date

from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.events import about_event, conflict, remark, when
from dialogs.hearing import as_json, named, said_of
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from dialogs.questions import Slots, slots_of
from dialogs.texts import Texts
from domain.access import Action, may
from domain.calendar import Event, Year, conflicts, still_to_say
from store import years
from store.years import KnownYear

_MOST = 40


def _answer(asked: Inquiry, argument: str) -> Answer:
    """Of the year that is named, everything; without one, what is still to come."""
    t, slots = asked.t, slots_of(argument)
    number = slots.year or asked.on.year
    try:
        known = years.year_of(asked.connection, asked.forum.key, number)
    except ValueError:
        return told(t("calendar.title", year=number), t("calendar.no_year", year=number), found=False)
    is_keeper = may(asked.actor, Action.KEEP_CALENDAR)
    if not known.is_approved and not is_keeper:
        return told(
            t("calendar.title", year=number), t("calendar.not_settled", year=number), year=number, draft=True
        )
    year = known.year
    found = tuple(
        each for each in year.events if _is_asked(each, slots) and (slots.year or _is_to_come(each, asked.on))
    )
    about = named(Slots(region=slots.region), asked.forum, asked.directory, t)
    sentence = said_of(about, _sentence(found, number, asked.on, t))
    notes = [(t("calendar.note"), said) for said in _conflicts(year, found, t)]
    items = [(when(event, t), about_event(event, t)) for event in _in_order(found)[:_MOST]]
    if known.is_approved:
        items += notes
    else:
        remarks = [remark(said, year, t) for said in still_to_say(year) if year.event(said.key) in found]
        sentence = t("calendar.draft", year=number, count=len(remarks) + len(notes))
        items = [*remarks, *notes, *items]
    return Answer(
        lambda offers: listing(t("calendar.title", year=number), sentence, items, offers=offers),
        {
            "answer": sentence,
            "year": number,
            "draft": not known.is_approved,
            "about": as_json(slots),
            "events": [event_json(event, t.language) for event in _in_order(found)],
        },
        (*_approval(asked, number, known), *sheet_offers(asked, "calendar", argument)),
        lambda: _sheet(found, t),
    )


def _approval(asked: Inquiry, number: int, known: KnownYear) -> tuple[Offer, ...]:
    """The button that approves the draft as it is shown; what has been needs no approval any more."""
    if known.is_approved or number < asked.on.year:
        return ()
    return (Offer(asked.t("button.approve_year"), "approve_year", "year", str(number), str(known.version)),)


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


def _conflicts(year: Year, shown: tuple[Event, ...], t: Texts) -> list[str]:
    return [conflict(each, t) for each in conflicts(year) if each.later in shown]


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
