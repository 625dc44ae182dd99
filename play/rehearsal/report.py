"""What a year that was played looked like: for people, month by month, and as one document."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any

from dialogs.events import about_event, when
from dialogs.texts import Texts
from domain.days import OSLO, local_day
from play.rehearsal.record import Told
from play.rehearsal.verdict import Fault, faults, left_to_humans, told_of_events
from play.rehearsal.year import Played
from store.outbox import OutboxState

Json = dict[str, Any]
_MOST_PEOPLE = 10


def as_text(played: Played, t: Texts) -> str:
    """Every message by month, the calendar, what is still owed, the counts, and what is wrong. People by their id."""
    return "\n".join(_lines(played, t))


def _lines(played: Played, t: Texts) -> Iterator[str]:
    yield t("rehearsal.title", year=played.year, seed=str(played.seed))
    for month, told in _months(played):
        yield f"\n{t.month(month).capitalize()}"
        yield from (_line(each, t) for each in told)
    yield f"\n{t('rehearsal.calendar')}"
    yield from _calendar(played, t)
    yield f"\n{t('rehearsal.open', count=len(played.open_duties))}"
    yield from (
        f"  {t('duties.by', day=duty.due_on)}: {person}, {duty.kind} {duty.owner or ''} {duty.subject}".rstrip()
        for person, duty in played.open_duties
    )
    yield f"\n{t('rehearsal.counts')}"
    yield from _counts(played, t)
    yield ""
    yield from _wrong(faults(played), t)


def _months(played: Played) -> Iterator[tuple[date, list[Told]]]:
    for month, told in groupby(played.book.told, key=lambda each: local_day(each.at).replace(day=1)):
        yield month, list(told)


def _line(told: Told, t: Texts) -> str:
    role = t.words(f"register.role.{told.role}")[0] if told.role else ""
    again = t("rehearsal.again", times=told.times) if told.times > 1 else ""
    who = f"{told.recipient} ({role})" if role else told.recipient
    parts = (f"{told.at.astimezone(OSLO):%d.%m. %H:%M}", told.kind, who, told.region, told.way, again)
    return "  " + "  ".join(part for part in parts if part)


def _calendar(played: Played, t: Texts) -> Iterator[str]:
    of = told_of_events(played)
    for event in played.events:
        region = f" [{event.region}]" if event.region else ""
        yield f"  {when(event, t)}{region}: {about_event(event, t)} – {t('rehearsal.told', count=len(of[event.key]))}"


def _counts(played: Played, t: Texts) -> Iterator[str]:
    counts = _numbers(played)
    for name in ("messages", "doubled", "dropped", "left_to_humans", "restarts", "killed"):
        yield f"  {t(f'rehearsal.count.{name}')}: {counts[name]}"
    if counts["busiest"]:
        busiest = counts["busiest"]
        yield f"  {t('rehearsal.busiest', day=date.fromisoformat(busiest['day']), count=busiest['messages'])}"
    yield f"  {t('rehearsal.by_kind')}"
    yield from (f"    {kind}: {count}" for kind, count in counts["by_kind"].items())
    yield f"  {t('rehearsal.by_person')}"
    yield from (f"    {who}: {count}" for who, count in list(counts["by_person"].items())[:_MOST_PEOPLE])


def _numbers(played: Played) -> Json:
    told = played.book.told
    days = Counter(local_day(each.at) for each in told)
    busiest = max(days.items(), key=lambda item: item[1]) if days else None
    dropped = Counter(row.reason or "" for row in played.book.rows if row.state is OutboxState.DROPPED)
    return {
        "messages": len(told),
        "doubled": sum(each.times > 1 for each in told),
        "dropped": dropped.total(),
        "dropped_by_reason": dict(dropped.most_common()),
        "left_to_humans": left_to_humans(played),
        "by_kind": dict(Counter(each.kind for each in told).most_common()),
        "by_person": dict(Counter(each.recipient for each in told).most_common()),
        "busiest": {"day": busiest[0].isoformat(), "messages": busiest[1]} if busiest else None,
        "restarts": played.restarts,
        "killed": len(played.deaths),
    }


def _wrong(found: tuple[Fault, ...], t: Texts) -> Iterator[str]:
    yield t("rehearsal.wrong_in_all", count=len(found)) if found else t("rehearsal.nothing_wrong")
    for wrong, those in groupby(found, key=lambda fault: fault.wrong):
        yield f"  {t(f'rehearsal.wrong.{wrong}')}"
        for fault in those:
            day = t.day(fault.on) if fault.on else ""
            yield "    " + "  ".join(
                part for part in (day, fault.kind, fault.recipient, fault.detail) if part
            )


def as_json(played: Played, language: str) -> Json:
    """One document. Times in Oslo's, with their offset."""
    found = faults(played)
    of = told_of_events(played)
    return {
        "year": played.year,
        "seed": played.seed,
        "months": [
            {"month": f"{month:%Y-%m}", "messages": [_message_json(each) for each in told]}
            for month, told in _months(played)
        ],
        "calendar": [
            {
                "key": event.key,
                "precision": event.precision,
                "first": event.first.isoformat() if event.first else None,
                "last": event.last.isoformat() if event.last else None,
                "form": event.form,
                "place": event.place_in(language),
                "region": event.region,
                "messages": len(of[event.key]),
            }
            for event in played.events
        ],
        "open_duties": [
            {"person": person, "kind": duty.kind, "owner": duty.owner, "due_on": duty.due_on.isoformat()}
            for person, duty in played.open_duties
        ],
        "counts": _numbers(played),
        "faults": [
            {
                "wrong": fault.wrong,
                "on": fault.on.isoformat() if fault.on else None,
                "kind": fault.kind,
                "recipient": fault.recipient,
                "detail": fault.detail,
            }
            for fault in found
        ],
        "is_good": not found,
    }


def _message_json(told: Told) -> Json:
    return {
        "at": _local(told.at),
        "kind": told.kind,
        "recipient": told.recipient,
        "role": told.role or None,
        "region": told.region or None,
        "way": told.way,
        "times": told.times,
    }


def _local(at: datetime) -> str:
    return at.astimezone(OSLO).isoformat(timespec="seconds")
