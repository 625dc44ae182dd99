"""What a partnership owes that holds a grant: the report that the year asks for, and each side's confirmation of it."""

from collections.abc import Iterator

from dialogs import granted
from dialogs.desk import Inquiry
from dialogs.duties import Source
from dialogs.queries import Offer
from domain.access import RoleKind
from domain.duties import Duty
from domain.grants import Subject, read_subject
from store import confirmations, grant_reports, owing


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """Of whoever speaks for one of its sides: the report until it is filed, then what the side has not confirmed."""
    own = asked.actor.organisations(RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT)
    if not own:
        return
    waiting = {(each.subject, each.organisation) for each in confirmations.open_of(asked.connection, own)}
    for form in granted.REPORTS:
        now = granted.asked_now(asked.connection, asked.forum, form, asked.on)
        if now is None:
            continue
        filed = grant_reports.of_period(asked.connection, form, now.period)
        for each in granted.partnerships_of(asked.connection, asked.actor, now.grant_year):
            subject, mine = now.of(each), granted.sides_of(asked.actor, each)
            its = filed.get(str(subject))
            if its is None or any((its.topic, side) in waiting for side in mine):
                yield Duty("report", each.owner, str(subject), now.due_on)


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


DUTY = Source(
    "report",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "open", "report", duty.subject),
    owing.GRANT_HOLDERS,
    granted.last_days,
    lambda known, event: known.is_approved and event.key in granted.REPORTS,
)
