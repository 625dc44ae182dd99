"""Who has begun a needs report and not filed it, by owner, for staff. What is written in drafts is not told."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from dialogs.cards.owners import OwnerRow, owners
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, region_name, region_of, said_of, this_round
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.questions import Slots, slots_of
from dialogs.texts import Texts
from domain.access import Action, may
from store import views
from store.views import Begun


def _answer(asked: Inquiry, argument: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("begun.name"), t("say.staff_only"), found=False)
    slots = slots_of(argument)
    year = slots.year or this_round(asked.forum, asked.at)
    found = begun_of(asked, slots, year)
    rows = tuple(_row(asked, owner, tuple(own)) for owner, own in groupby(found, lambda each: each.owner))
    drafts = sum(each.drafts for each in found)
    about = named(replace(slots, year=None), asked.forum, asked.directory, t)
    key = "begun.sentence" if found else "begun.none"
    sentence = said_of(about, t(key, year=year, drafts=drafts, owners=len(rows)))
    title = t("begun.title", year=year)
    return Answer(
        lambda offers: owners(
            title,
            sentence,
            t("begun.what"),
            rows,
            t,
            note=t("begun.note") if rows else "",
            offers=offers,
        ),
        {
            "answer": sentence,
            "cycle_year": year,
            "about": as_json(slots),
            "drafts_begun": drafts,
            "begun": [_json(each) for each in found],
        },
        sheet_offers(asked, "begun", argument),
        lambda: _sheet(asked, found),
    )


def begun_of(asked: Inquiry, slots: Slots, year: int) -> tuple[Begun, ...]:
    """What is begun in the year, of what is asked about. What has no owner or scheme yet is of none."""
    return tuple(
        each
        for each in views.begun(asked.connection, year)
        if slots.scheme in (None, each.scheme)
        and slots.owner in (None, each.owner)
        and slots.region in (None, region_of(asked.forum, asked.directory, each.owner, asked.on))
    )


def _row(asked: Inquiry, owner: str | None, own: tuple[Begun, ...]) -> OwnerRow:
    t = asked.t
    return OwnerRow(
        _owner(asked, owner),
        _region(asked, owner),
        _schemes(own, t),
        t("begun.saved", at=max(each.saved_at for each in own)),
    )


def _schemes(own: Iterable[Begun], t: Texts) -> str:
    each = (f"{_scheme(one, t)}\u00a0{one.drafts}" for one in own)
    return ", ".join(each)


def _scheme(begun: Begun, t: Texts) -> str:
    return t(f"scheme.{begun.scheme}.short") if begun.scheme else t("say.no_scheme")


def _owner(asked: Inquiry, owner: str | None) -> str:
    found = asked.directory.organisations.get(owner or "")
    return found.name if found else asked.t("begun.no_owner")


def _region(asked: Inquiry, owner: str | None) -> str:
    if owner is None:
        return "–"
    return region_name(asked.forum, region_of(asked.forum, asked.directory, owner, asked.on), asked.t)


def _json(begun: Begun) -> dict[str, object]:
    return {
        "owner": begun.owner,
        "scheme": begun.scheme,
        "drafts": begun.drafts,
        "saved_at": begun.saved_at.isoformat(),
    }


def _sheet(asked: Inquiry, found: tuple[Begun, ...]) -> Table:
    t = asked.t
    return Table(
        (
            Column(t("owners.owner")),
            Column(t("case.region")),
            Column(t("case.scheme")),
            Column(t("begun.what"), "number"),
            Column(t("begun.last_saved"), "moment"),
        ),
        tuple(
            (
                _owner(asked, each.owner),
                _region(asked, each.owner),
                _scheme(each, t),
                each.drafts,
                each.saved_at,
            )
            for each in found
        ),
    )


QUERY = Query("begun", _answer)
