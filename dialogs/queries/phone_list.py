"""Whom to phone, at which number, about what and since when."""

from dialogs import phoning
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.phoning import ToPhone
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from domain.access import Action, may
from domain.days import local_day

_MOST = 12
_MOST_BUTTONS = 5  # of six; the sheet has the other


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.PHONE):
        return told(t("phone_list.name"), t("say.staff_only"), found=False)
    found = phoning.to_phone(asked)
    sentence = t("phone_list.sentence", count=len(found)) if found else t("phone_list.none")
    more = len(found) - _MOST
    if more > 0:
        sentence = f"{sentence} {t('phone_list.first', most=_MOST)}"
    items = [(_who(asked, place, each), _about(asked, each)) for place, each in enumerate(found[:_MOST], 1)]
    return Answer(
        lambda offers: listing(t("phone_list.name"), sentence, items, offers=offers),
        {"answer": sentence, "found": True, "people": [_json(each) for each in found]},
        (
            *(
                Offer(t("button.phoned", number=place), "phoned", "phone", each.person.id)
                for place, each in enumerate(found[:_MOST_BUTTONS], start=1)
            ),
            *(sheet_offers(asked, "phone_list", "") if found else ()),
        ),
        lambda: Table(
            tuple(Column(t(f"phone_list.{key}")) for key in ("person", "phone", "about", "since")),
            tuple(
                (each.person.name, each.person.phone, "; ".join(each.about), local_day(each.since))
                for each in found
            ),
        ),
    )


def _who(asked: Inquiry, place: int, each: ToPhone) -> str:
    return f"{place}. {each.person.name}, {each.person.phone or asked.t('say.no_phone')}"


def _about(asked: Inquiry, each: ToPhone) -> str:
    return asked.t("phone_list.line", about="; ".join(each.about), day=local_day(each.since))


def _json(each: ToPhone) -> dict[str, object]:
    return {
        "name": each.person.name,
        "phone": each.person.phone,
        "about": list(each.about),
        "since": each.since.isoformat(),
    }


QUERY = Query("phone_list", _answer)
