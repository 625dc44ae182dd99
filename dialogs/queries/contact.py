"""Whom to call: the secretariat for everybody, and for staff whoever speaks for an owner."""

from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.questions import Slots, slots_of
from domain.access import Action, RoleKind, may, visible_cases
from domain.cases import read_case_number
from domain.register import Person
from store import register, views


def _answer(asked: Inquiry, argument: str) -> Answer:
    """An owner's contacts are named to those who may look them up; everybody else is told the secretariat's."""
    owner = _owner(asked, argument)
    may_know = may(asked.actor, Action.HANDLE_CASE) or may(asked.actor, Action.KEEP_REGISTER)
    if owner is not None and may_know:
        return _of_owner(asked, owner)
    t, staff = asked.t, asked.staff
    if staff is None:
        return told(t("contact.name"), t("say.ask_secretariat"), contacts=[])
    said = t("contact.yours", name=staff.name, phone=staff.phone or t("say.no_phone"))
    return told(t("contact.name"), said, contacts=[_json(staff)])


def _owner(asked: Inquiry, argument: str) -> str | None:
    """The owner that is named, or the one that leads the case that is."""
    if read_case_number(argument) is None:
        return slots_of(argument).owner
    case = views.case(asked.connection, visible_cases(asked.actor), argument)
    return case.lead_owner if case else None


def _of_owner(asked: Inquiry, owner: str) -> Answer:
    t, name = asked.t, asked.directory.named((owner,))[0].name
    people = register.people_with(asked.connection, RoleKind.OWNER_CONTACT, organisation=owner, on=asked.on)
    key = "contact.of_owner" if people else "contact.none_of_owner"
    sentence = t(key, owner=name, count=len(people))
    items = [(person.name, person.phone or t("say.no_phone")) for person in people]
    return Answer(
        lambda offers: listing(t("contact.name"), sentence, items, offers=offers),
        {"answer": sentence, "contacts": [_json(person) for person in people]},
        sheet_offers(asked, "contact", str(Slots(owner=owner))),
        lambda: Table(
            (Column(t("contact.person")), Column(t("contact.phone"))),
            tuple((person.name, person.phone) for person in people),
        ),
    )


def _json(person: Person) -> dict[str, str | None]:
    return {"name": person.name, "phone": person.phone}


QUERY = Query("contact", _answer)
