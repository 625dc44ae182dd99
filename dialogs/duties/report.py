"""What a partnership owes that holds a grant: the report that the year asks for, and each side's confirmation of it."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from dialogs import granted
from dialogs.desk import Inquiry
from dialogs.duties import Source, confirming
from dialogs.queries import Offer
from domain.access import RoleKind
from domain.confirming import confirm_by
from domain.days import local_day
from domain.duties import Duty
from domain.forum import Forum
from domain.grants import Subject, read_subject
from store import confirmations, grant_reports, owing


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """Of whoever speaks for one of its sides: the report until it is filed, then what the side has not confirmed. For
    that there are some days, however late the report came."""
    own = asked.actor.organisations(RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)
    if not own:
        return
    asked_on = {
        (each.subject, each.organisation): local_day(each.asked_at)
        for each in confirmations.open_of(asked.connection, own)
    }
    for form in granted.REPORTS:
        now = granted.asked_now(asked.connection, asked.forum, form, asked.on)
        if now is None:
            continue
        filed = grant_reports.of_period(asked.connection, form, now.period)
        for each in granted.partnerships_of(asked.connection, asked.actor, now.grant_year):
            subject, mine = now.of(each), granted.sides_of(asked.actor, each)
            its = filed.get(str(subject))
            if its is None:
                yield Duty("report", each.owner, str(subject), now.due_on)
                continue
            waits = [asked_on[its.topic, side] for side in mine if (its.topic, side) in asked_on]
            if waits:
                until = confirm_by(asked.forum.key, now.due_on, min(waits))
                yield Duty("report", each.owner, str(subject), until)


def _words(asked: Inquiry, duty: Duty) -> str:
    subject = read_subject(duty.subject)
    if subject is None:
        return ""
    is_filed = grant_reports.newest(asked.connection, duty.subject) is not None
    partnership = grant_reports.partnership(asked.connection, subject)
    return asked.t(
        f"{granted.FORM_OF[subject.kind]}.{'to_confirm' if is_filed else 'to_file'}",
        title=partnership.title if partnership else subject.reference,
        names=_names(asked, subject),
    )


def _names(asked: Inquiry, subject: Subject) -> str:
    return asked.t.listed(tuple(side.name for side in asked.directory.named(subject.sides)))


def _last_days(connection: Connection, forum: Forum, first: date, last: date) -> Iterator[date]:
    """To file it, and to confirm what was filed."""
    deadlines = tuple(granted.last_days(connection, forum, first - confirming.LONGEST, last))
    yield from (day for day in deadlines if first <= day)
    yield from confirming.last_days(connection, forum, deadlines, first, last)


DUTY = Source(
    "report",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "open", "report", duty.subject),
    owing.GRANT_HOLDERS,
    _last_days,
    lambda known, event: known.is_approved and event.key in granted.REPORTS,
)
