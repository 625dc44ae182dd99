"""A case that was sent back and is to be filed again."""

from collections.abc import Iterator

from dialogs.desk import Inquiry
from dialogs.duties import Source
from dialogs.offers import last_day
from dialogs.queries import Offer
from domain.access import RoleKind, Visible
from domain.cases import State
from domain.duties import Duty
from store import owing, views


def _owed(asked: Inquiry) -> Iterator[Duty]:
    owners = frozenset(asked.actor.organisations(RoleKind.OWNER_CONTACT))
    about = views.About(state=State.RETURNED)
    for case in views.cases(asked.connection, Visible(lead_owners=owners), about=about) if owners else ():
        until = case.answer_by_on or last_day(
            asked.connection, asked.forum.key, case.cycle_year, case.lead_owner
        )
        yield Duty("returned", case.lead_owner, case.number, until)


DUTY = Source(
    "returned",
    _owed,
    lambda asked, duty: asked.t("duties.returned", number=duty.subject),
    lambda asked, duty, title: Offer(title, "refresh", "case", duty.subject),
    owing.RETURNED,
    lambda connection, _, first, last: owing.returned_days(connection, first, last),
)
