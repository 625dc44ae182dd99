"""An owner that has filed nothing and begun nothing."""

from collections.abc import Iterator

from dialogs.desk import Inquiry
from dialogs.duties import Source, filing
from dialogs.elsewhere import What
from dialogs.queries import Offer
from domain.access import RoleKind
from domain.duties import Duty
from domain.rounds import DEADLINE
from store import claims, owing, views


def _owed(asked: Inquiry) -> Iterator[Duty]:
    """Of owners that neither lead nor are in anything filed."""
    owners = asked.actor.organisations(RoleKind.OWNER_CONTACT)
    if not owners:
        return
    year = filing.year_of(asked)
    declined = claims.settled(asked.connection, year)
    busy = {owner for owner, _ in views.filers(asked.connection, year)}
    busy |= {begun.owner for begun in views.begun(asked.connection, year) if begun.owner}
    for owner in owners:
        if owner not in busy and (DEADLINE, owner) not in declined:
            yield Duty("nothing", owner, "", filing.due_on(asked, owner))


def _words(asked: Inquiry, duty: Duty) -> str:
    (owner,) = asked.directory.named((duty.owner or "",))
    return asked.t("duties.nothing", owner=owner.name)


def _decline(asked: Inquiry, duty: Duty, title: str) -> Offer:
    what = What(filing.year_of(asked), DEADLINE, duty.owner or "")
    return Offer(title, "not_this_year", "elsewhere", str(what))


DUTY = Source(
    "nothing",
    _owed,
    _words,
    lambda asked, duty, title: Offer(title, "new", "menu", "", "new"),
    owing.WRITERS,
    filing.last_days,
    filing.is_due_by,
    is_phoned=False,  # nobody must report a need
    decline=_decline,
)
