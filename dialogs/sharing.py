"""Who writes and reads a draft beside the one who began it: the owner's contacts, the other owners of the measure, and
the universities that the owner lets in."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dialogs.cards.forms import News, SeenBy
from dialogs.desk import Desk
from domain.access import RoleKind
from domain.register import Person
from domain.submissions import Circumstances
from store import drafts, outbox, register
from store.drafts import Draft, Purpose


def seen_by(around: Circumstances, draft: Draft) -> SeenBy | None:
    """Who else sees the draft, by name of organisation; None: nobody."""
    if draft.owner is None:
        return None
    known = around.directory.organisations
    names = {key: known[key].name for key in (draft.owner, *draft.readers) if key in known}
    partners = [key for key in _list(draft.answers.get("uh_partner")) if key in known]
    return SeenBy(
        owner=names.get(draft.owner, draft.owner),
        partner=known[draft.partner].name if draft.partner and draft.partner in known else None,
        readers=tuple(names[key] for key in draft.readers if key in names),
        waiting=tuple(known[key].name for key in partners if key not in draft.readers),
        let_in=tuple(known[key].name for key in partners if key in draft.readers),
    )


def news(desk: Desk, draft: Draft, since: datetime | None) -> tuple[News, ...]:
    """What others have changed since then, by person."""
    changed: dict[str, list[str]] = {}
    for field, (who, at) in draft.writers.items():
        if since is not None and who != desk.actor.person_id and datetime.fromisoformat(at) > since:
            changed.setdefault(who, []).append(field)
    return tuple(News(name_of(desk, who), frozenset(fields)) for who, fields in sorted(changed.items()))


def name_of(desk: Desk, person_id: str) -> str:
    person = register.person(desk.work.connection, person_id)
    return person.name if person else person_id


def settled(desk: Desk, draft: Draft, may_lead: Collection[str]) -> Draft:
    """Whose the draft is and who reads it, as the answers say now: the measure's other owners, and of its
    universities those that were let in."""
    if draft.purpose in (Purpose.CORRECTION, Purpose.HANDLING, Purpose.PART):
        return draft  # the secretariat's own, or a university's
    lead = draft.answers.get("lead_owner")
    owner = lead if lead in may_lead else draft.owner
    partners = _list(draft.answers.get("uh_partner"))
    let_in = [key for key in draft.readers if key in partners]
    known = register.directory(desk.work.connection).organisations
    others = [key for key in _list(draft.answers.get("other_owners")) if key in known and key != owner]
    return replace(draft, owner=owner, readers=tuple(dict.fromkeys((*others, *let_in))))


def let_universities_in(desk: Desk, draft: Draft, *, allowed: bool) -> Draft:
    """Let the universities of the draft read it, or close it to them."""
    partners = _list(draft.answers.get("uh_partner"))
    others = tuple(key for key in draft.readers if key not in partners)
    readers = tuple(dict.fromkeys((*others, *(partners if allowed else ()))))
    if readers == draft.readers:
        return draft
    new = set(readers) - set(draft.readers)
    for person in _contacts(desk, new):
        outbox.put(
            desk.work,
            key=f"draft_shared:{draft.id}:{draft.version}:{person.id}",
            kind="draft_shared",
            recipient=person.id,
            payload={"draft": draft.id},
        )
    return drafts.save(desk.work, draft, replace(draft, readers=readers))


def _contacts(desk: Desk, universities: Collection[str]) -> tuple[Person, ...]:
    found = (
        person
        for key in sorted(universities)
        for person in register.people_with(
            desk.work.connection, RoleKind.UNIVERSITY_CONTACT, organisation=key, on=desk.on
        )
    )
    return tuple(dict.fromkeys(found))


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
