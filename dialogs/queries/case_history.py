"""Who did what with a case, and when, in plain words: the audit as people read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dialogs.cards.history import history
from dialogs.desk import Inquiry
from dialogs.forms import send_back
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import OPERATOR, Action, visible_cases
from domain.cases import Case
from domain.days import local_day
from domain.register import Directory
from store import audit, cases, register, views
from store.audit import Entry

_MOST = 40


@dataclass(frozen=True, slots=True)
class Event:
    """One line: what somebody did, or did `times` on one day, the last time `until`."""

    at: datetime
    who: str
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    until: datetime | None = None


def _answer(asked: Inquiry, number: str) -> Answer:
    t = asked.t
    if not number:
        return told(t("history.name"), t("history.which"), found=False)
    case = views.case(asked.connection, visible_cases(asked.actor, Action.SEE_HISTORY), number)
    if case is None:
        return told(t("case.not_found"), t("say.no_such_case", number=number), found=False)
    events = _with_reasons(t, _events(t, audit.of_case(asked.connection, case)), case, asked.connection)
    names = _names(asked, {str(event.detail["person"]) for event in events if "person" in event.detail})
    said = _Sayer(t, register.directory(asked.connection), case.form, names)
    words = [said.sentence(event) for event in events]
    shown = [(event.at, text) for event, text in zip(events, words, strict=True)][-_MOST:]
    return Answer(
        lambda offers: history(case.number, case.title, shown, len(events), t, offers=offers),
        {
            "answer": t("history.sentence", title=case.title, count=len(events)),
            "found": True,
            "number": case.number,
            "events": [_json(event, text) for event, text in zip(events, words, strict=True)],
        },
        sheet_offers(asked, "history", number),
        lambda: Table(
            (Column(t("history.at"), "moment"), Column(t("history.happened"))),
            tuple((event.at, text) for event, text in zip(events, words, strict=True)),
        ),
    )


def _with_reasons(t: Texts, events: list[Event], case: Case, connection: Connection) -> list[Event]:
    """What a case was sent back for stands with the return; the audit says only which answers."""
    whys = {returned.returned_at: returned.reasons for returned in cases.returns(connection, case.number)}
    return [
        replace(event, detail={**event.detail, "why": send_back.in_words(whys[event.at], t)})
        if event.action in ("returned", "reopened") and event.at in whys
        else event
        for event in events
    ]


def _names(asked: Inquiry, person_ids: Iterable[str]) -> dict[str, str]:
    found = (register.person(asked.connection, person_id) for person_id in person_ids)
    return {person.id: person.name for person in found if person is not None}


def _events(t: Texts, entries: Iterable[tuple[Entry, str | None]]) -> list[Event]:
    """One for each entry, but one a day for all that a person saved with nothing else in between."""
    events = list[Event]()
    saved = dict[tuple[str, str, date], int]()  # (draft, person, day) -> its place among the events
    for entry, name in entries:
        if entry.action == "submitted" and entry.subject.startswith("draft:"):
            continue  # the case says so itself
        event = Event(entry.at, name or _nobody(t, entry.actor), _action(entry), entry.detail or {})
        key = (entry.subject, entry.actor, local_day(entry.at))
        if event.action != "saved":
            saved.clear()
        elif key in saved:
            place = saved[key]
            events[place] = replace(events[place], times=events[place].times + 1, until=entry.at)
            continue
        else:
            saved[key] = len(events)
        events.append(event)
    return events


def _action(entry: Entry) -> str:
    """A draft that is saved with other readers is let in on or closed, and that is what matters."""
    if entry.action == "saved" and "readers" in (entry.detail or {}):
        return "shared" if (entry.detail or {})["readers"] else "unshared"
    return entry.action


def _nobody(t: Texts, actor: str) -> str:
    """Those who act and are no people of the register."""
    if actor == OPERATOR.person_id:
        return t("history.operator")
    return t("history.bot") if actor == "forumbot" else t("history.somebody")


@dataclass(frozen=True, slots=True)
class _Sayer:
    """Puts events in words, in one language and with the register's names."""

    t: Texts
    directory: Directory
    form: str
    names: Mapping[str, str]  # of the people that details name

    def sentence(self, event: Event) -> str:
        """What was done, and of the details those that have words: the audit holds more than people need."""
        known = event.detail.keys() & _DETAILS.keys()
        details = (self._detail(name, event.detail[name]) for name in sorted(known, key=_PLACES.index))
        return " ".join([self._did(event), *filter(None, details)])

    def _did(self, event: Event) -> str:
        if event.times > 1 and event.until is not None:
            clock = self.t.clock(event.until)
            return self.t("history.did.saved_often", who=event.who, times=event.times, clock=clock)
        key = f"history.did.{event.action}"
        if not self.t.has(key):
            return self.t("history.did.other", who=event.who, action=event.action)
        return self.t(key, who=event.who)

    def _detail(self, name: str, value: Any) -> str:
        if not value:
            return ""
        key, shown = _DETAILS[name]
        return self.t(f"history.detail.{key}", value=shown(self, value))

    def day(self, value: str) -> str:
        return self.t.day(date.fromisoformat(value))

    def state(self, value: str) -> str:
        key = f"state.{value}"
        return self.t(key) if self.t.has(key) else value

    def organisation(self, value: str) -> str:
        known = self.directory.organisations.get(value)
        return known.name if known else value

    def person(self, value: str) -> str:
        return self.names.get(value, value)

    def organisations(self, values: Iterable[str]) -> str:
        return self.t.listed(tuple(self.organisation(each) for each in values))

    def fields(self, values: Iterable[str]) -> str:
        """Labels; of questions that are asked for each year and university, one for each."""
        return self.t.listed(tuple(dict.fromkeys(self._field(each) for each in values)))

    def _field(self, name: str) -> str:
        base, *more = name.split(".")
        key = f"{self.form}.field.{base}.label"
        if not self.t.has(key):
            return name
        partner, year = more[0] if more else "", more[-1] if more else ""
        return self.t(key, partner=self.organisation(partner), year=year)


# Detail of an entry -> its text below `history.detail`, and how its value is shown, in the order of telling.
# What a person wrote may end as it likes, so nothing stands after it.
_DETAILS: Mapping[str, tuple[str, Callable[[_Sayer, Any], str]]] = {
    "submission": ("submission", lambda _, value: str(value)),
    "to": ("state", _Sayer.state),
    "fields": ("fields", _Sayer.fields),
    "reasons": ("fields", _Sayer.fields),
    "deadline_on": ("deadline", _Sayer.day),
    "answer_by_on": ("deadline", _Sayer.day),
    "readers": ("readers", _Sayer.organisations),
    "journal_number": ("journal", lambda _, value: str(value)),
    "owner": ("owner", _Sayer.organisation),
    "organisation": ("organisation", _Sayer.organisation),
    "person": ("person", _Sayer.person),
    "begins_on": ("begins", _Sayer.day),
    "why": ("reason", lambda _, value: str(value)),
    "reason": ("reason", lambda _, value: str(value)),
}
_PLACES = tuple(_DETAILS)


def _json(event: Event, text: str) -> dict[str, object]:
    return {
        "at": event.at.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "times": event.times,
        "who": event.who,
        "action": event.action,
        "text": text,
    }


QUERY = Query("history", _answer)
