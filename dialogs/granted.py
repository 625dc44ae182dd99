"""What the year asks of partnerships that hold a grant, and whose they are."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection

from dialogs.cards.forms import whom_to_ask
from dialogs.desk import Inquiry
from dialogs.engine import AnyForm, Becomes
from dialogs.forms import FORMS
from dialogs.texts import Texts
from domain import grants
from domain.access import Action, Actor, Thing, may
from domain.calendar import first_year, planned_year
from domain.forum import Forum
from domain.grants import Asked, Partnership, Subject
from store import grant_reports, years

REPORTS: dict[str, AnyForm] = {
    name: form for name, form in FORMS.items() if form.becomes is Becomes.GRANT_REPORT
}
"""The forms that partnerships fill in, by name. The event of the forum's year that asks for one bears its name."""

FORM_OF = {grants.kind_of(name): name for name in REPORTS}


def asked_in(connection: Connection, forum: Forum, form: str, year: int) -> Asked | None:
    """What that year asks for; None: nothing, or staff have not approved the year."""
    if year < first_year(forum.key).year:
        return None
    known = years.year_of(connection, forum.key, year)
    event, planned = known.year.event(form), planned_year(forum.key, year).year.event(form)
    return grants.asked(event, planned) if event and known.is_approved else None


def asked_for(connection: Connection, forum: Forum, subject: Subject) -> Asked | None:
    """What the report was asked for by."""
    return asked_in(connection, forum, FORM_OF.get(subject.kind, ""), subject.year)


def asked_now(connection: Connection, forum: Forum, form: str, on: date) -> Asked | None:
    """The report that was asked for last, until the next one is. None: none was asked for yet."""
    found = _asked(connection, forum, form, (on.year, on.year - 1))
    return next((asked for asked in found if asked.opens_on <= on), None)


def asked_next(connection: Connection, forum: Forum, form: str, on: date) -> Asked | None:
    found = _asked(connection, forum, form, (on.year, on.year + 1))
    return next((asked for asked in found if on < asked.opens_on), None)


def form_named(argument: str) -> str:
    """The form that an argument begins with; where none is named, the first that there is."""
    word = argument.partition(" ")[0]
    return word if word in REPORTS else next(iter(REPORTS))


def not_yet(asked: Inquiry, form: str) -> str:
    """That nothing is asked for yet, from when it will be, and whom to ask."""
    following = asked_next(asked.connection, asked.forum, form, asked.on)
    said = asked.t(f"{form}.not_yet", opens=following.opens_on) if following else ""
    return f"{said} {whom_to_ask(asked.staff, asked.t)}".strip()


def period(asked: Asked, t: Texts) -> str:
    """`høsten 2023`."""
    year, _, half = asked.period.partition("-")
    return t(f"report.half.{half}", year=year)


def last_days(connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    """The last days in that time of whatever is asked for."""
    for form in REPORTS:
        for asked in _asked(connection, forum, form, range(first.year - 1, last.year + 1)):
            if first <= asked.due_on <= last:
                yield asked.due_on


def _asked(connection: Connection, forum: Forum, form: str, years: Iterable[int]) -> Iterator[Asked]:
    for year in years:
        asked = asked_in(connection, forum, form, year)
        if asked is not None:
            yield asked


def thing(of: Partnership | Subject) -> Thing:
    """The partnership's grant and what is reported on it, as far as rights are concerned."""
    owner, university = of.sides
    return Thing(lead_owner=owner, partners=frozenset({university}))


def sides_of(actor: Actor, of: Partnership | Subject) -> tuple[str, ...]:
    """Whom of the two the person speaks for: the owner first."""
    owner, university = of.sides
    each = ((owner, Thing(lead_owner=owner)), (university, Thing(partners=frozenset({university}))))
    return tuple(side for side, its in each if may(actor, Action.REPORT_GRANT, its))


def partnerships_of(
    connection: Connection, actor: Actor, year: int, action: Action = Action.REPORT_GRANT
) -> tuple[Partnership, ...]:
    """Those of that year's grants to which the person may do this, by title."""
    found = grant_reports.of_year(connection, year)
    return tuple(each for each in found if may(actor, action, thing(each)))
