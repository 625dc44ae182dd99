"""Which owners have filed nothing, for staff: who has begun, who has nothing, and whom nobody speaks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dialogs.cards.owners import OwnerRow, owners
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, region_name, region_of, said_of, this_round
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.queries.begun import begun_of
from dialogs.questions import Slots, slots_of
from domain.access import Action, may
from domain.register import Organisation
from domain.schemes import owner_kinds
from store import views


@dataclass(frozen=True, slots=True)
class _Missing:
    owner: Organisation
    region: str | None
    begun: int
    has_contact: bool


def _answer(asked: Inquiry, argument: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("missing.name"), t("say.staff_only"), found=False)
    slots = slots_of(argument)
    year = slots.year or this_round(asked.forum, asked.at)
    found = _missing(asked, slots, year)
    begun = sum(each.begun > 0 for each in found)
    about = named(replace(slots, year=None), asked.forum, asked.directory, t)
    key = "missing.sentence" if found else "missing.none"
    sentence = said_of(about, t(key, year=year, owners=len(found), begun=begun, nothing=len(found) - begun))
    title = t("missing.title", year=year)
    rows = tuple(_row(asked, each) for each in found)
    return Answer(
        lambda offers: owners(
            title,
            sentence,
            t("missing.stands"),
            rows,
            t,
            note=t("missing.note") if rows else "",
            offers=offers,
        ),
        {
            "answer": sentence,
            "cycle_year": year,
            "about": as_json(slots),
            "owners": [_json(each) for each in found],
            "begun": begun,
            "nothing": len(found) - begun,
        },
        sheet_offers(asked, "missing", argument),
        lambda: _sheet(asked, found),
    )


def _missing(asked: Inquiry, slots: Slots, year: int) -> tuple[_Missing, ...]:
    """Those that have begun first, then by region and name. An owner that is in another's report has filed."""
    filed = {
        owner for owner, scheme in views.filers(asked.connection, year) if slots.scheme in (None, scheme)
    }
    begun: dict[str | None, int] = {}
    for each in begun_of(asked, Slots(scheme=slots.scheme), year):
        begun[each.owner] = begun.get(each.owner, 0) + each.drafts
    spoken_for = views.spoken_for(asked.connection, asked.on)
    found = (
        _Missing(owner, region, begun.get(owner.id, 0), owner.id in spoken_for)
        for owner, region in _owners(asked, slots).items()
        if owner.id not in filed
    )
    return tuple(sorted(found, key=lambda each: (not each.begun, each.region or "~", each.owner.name)))


def _owners(asked: Inquiry, slots: Slots) -> Mapping[Organisation, str | None]:
    """The owners that are asked about and could file, and the region that each lies in."""
    every = {
        owner: region_of(asked.forum, asked.directory, owner.id, asked.on)
        for owner in asked.directory.of_kind(owner_kinds(asked.forum.key, slots.scheme), asked.on)
        if slots.owner in (None, owner.id)
    }
    return {owner: region for owner, region in every.items() if slots.region in (None, region)}


def _row(asked: Inquiry, missing: _Missing) -> OwnerRow:
    t = asked.t
    return OwnerRow(
        missing.owner.name,
        region_name(asked.forum, missing.region, t),
        _stands(asked, missing),
        "" if missing.has_contact else t("missing.no_contact"),
    )


def _stands(asked: Inquiry, missing: _Missing) -> str:
    return asked.t("missing.begun", count=missing.begun) if missing.begun else asked.t("missing.nothing")


def _json(missing: _Missing) -> dict[str, object]:
    return {
        "owner": missing.owner.id,
        "name": missing.owner.name,
        "region": missing.region,
        "drafts_begun": missing.begun,
        "has_contact": missing.has_contact,
    }


def _sheet(asked: Inquiry, found: tuple[_Missing, ...]) -> Table:
    t = asked.t
    yes, no = t("say.yes"), t("missing.no")
    return Table(
        (
            Column(t("owners.owner")),
            Column(t("case.region")),
            Column(t("begun.what"), "number"),
            Column(t("missing.contact")),
        ),
        tuple(
            (
                each.owner.name,
                region_name(asked.forum, each.region, t),
                each.begun,
                yes if each.has_contact else no,
            )
            for each in found
        ),
    )


QUERY = Query("missing", _answer)
