"""What waits for the person: what is begun and not filed, what was sent back, and owners that have filed nothing."""

from datetime import date

from dialogs.asking import title_of
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.hearing import this_round
from dialogs.offers import last_day
from dialogs.queries import Answer, Offer, Query
from domain import rounds
from domain.access import RoleKind, Visible
from domain.cases import State
from domain.days import end_of
from domain.duties import Duty, DutyKind
from store import views
from store.drafts import Draft, Purpose

_MOST_OFFERS = 5


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, duties, drafts = asked.t, duties_of(asked), {draft.id: draft for draft in asked.drafts}
    key = "duties.sentence" if duties else "duties.none"
    sentence = t(key, count=len(duties))
    items = [(_what(asked, duty, drafts), t("duties.by", day=duty.due_on)) for duty in duties]
    offers = tuple(_offer(asked, duty, place) for place, duty in enumerate(duties[:_MOST_OFFERS], start=1))
    return Answer(
        lambda buttons: listing(t("duties.title"), sentence, items, offers=buttons),
        {"answer": sentence, "duties": [_json(duty) for duty in duties]},
        offers,
    )


def duties_of(asked: Inquiry) -> tuple[Duty, ...]:
    """What the person and their owners owe now, the most urgent first. What is over is owed no more."""
    year = this_round(asked.forum, asked.at)
    found = [*_drafts(asked, year), *_returned(asked), *_nothing(asked, year)]
    return tuple(
        sorted((duty for duty in found if asked.at < end_of(duty.due_on)), key=lambda duty: duty.due_on)
    )


def _drafts(asked: Inquiry, year: int) -> list[Duty]:
    """New reports that are begun; what is written about a case is told with the case."""
    return [
        Duty(DutyKind.DRAFT, draft.owner, draft.id, _last_day(asked, year, draft.owner))
        for draft in asked.drafts
        if draft.purpose is Purpose.REPORT and not draft.about and draft.cycle_year == year
    ]


def _returned(asked: Inquiry) -> list[Duty]:
    owners = frozenset(asked.actor.organisations(RoleKind.OWNER_CONTACT))
    about = views.About(state=State.RETURNED)
    cases = views.cases(asked.connection, Visible(lead_owners=owners), about=about) if owners else ()
    return [
        Duty(
            DutyKind.RETURNED,
            case.lead_owner,
            case.number,
            case.answer_by_on or _last_day(asked, case.cycle_year, case.lead_owner),
        )
        for case in cases
    ]


def _nothing(asked: Inquiry, year: int) -> list[Duty]:
    """Owners that neither lead nor are in anything filed, and have begun nothing, while the round is open."""
    if rounds.open_round(asked.forum.key, asked.at) is None:
        return []
    busy = {owner for owner, _ in views.filers(asked.connection, year)}
    busy |= {begun.owner for begun in views.begun(asked.connection, year) if begun.owner}
    return [
        Duty(DutyKind.NOTHING, owner, "", _last_day(asked, year, owner))
        for owner in asked.actor.organisations(RoleKind.OWNER_CONTACT)
        if owner not in busy
    ]


def _last_day(asked: Inquiry, year: int, owner: str | None) -> date:
    return last_day(asked.connection, asked.forum.key, year, owner)


def _what(asked: Inquiry, duty: Duty, drafts: dict[str, Draft]) -> str:
    t = asked.t
    if duty.kind is DutyKind.DRAFT:
        draft = drafts[duty.subject]
        return t("duties.draft", title=title_of(draft.form, draft.answers, t))
    if duty.kind is DutyKind.RETURNED:
        return t("duties.returned", number=duty.subject)
    (owner,) = asked.directory.named((duty.owner or "",))
    return t("duties.nothing", owner=owner.name)


def _offer(asked: Inquiry, duty: Duty, place: int) -> Offer:
    """Where the duty is done: the draft, the case, or a new report."""
    title = asked.t("duties.do", number=place)
    if duty.kind is DutyKind.DRAFT:
        return Offer(title, "open", "draft", duty.subject)
    if duty.kind is DutyKind.RETURNED:
        return Offer(title, "refresh", "case", duty.subject)
    return Offer(title, "new", "menu", "", "new")


def _json(duty: Duty) -> dict[str, str | None]:
    return {
        "kind": duty.kind,
        "owner": duty.owner,
        "subject": duty.subject or None,
        "due_on": duty.due_on.isoformat(),
    }


QUERY = Query("duties", _answer)
