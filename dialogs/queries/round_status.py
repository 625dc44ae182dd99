"""The round at a glance, for staff: scheme × region × state, with counts and requested sums, and who was not told."""

from dataclasses import replace
from datetime import datetime

from dialogs.cards.rounds import RoundRow, round_status, sentence
from dialogs.desk import Inquiry
from dialogs.hearing import as_json, named, region_name, region_of, said_of, this_round
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.queries.begun import begun_of
from dialogs.queries.notices_sent import why_missed
from dialogs.questions import Slots, slots_of
from dialogs.texts import Texts
from domain.access import Action, may
from domain.cases import GIVEN_UP, State
from domain.rounds import NoRound
from domain.schemes import scheme_order
from store import views
from store.views import Begun, RoundCount, Unreached

_MOST_UNREACHED = 20


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, slots = asked.t, slots_of(argument)
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("round.title"), t("say.staff_only"), found=False)
    year = slots.year or this_round(asked.forum, asked.at)
    counts = tuple(each for each in views.round_counts(asked.connection, year) if _is_asked(each, slots))
    begun = begun_of(asked, slots, year) if slots.state is None else ()
    drafts = sum(each.drafts for each in begun)
    rows = _rows(asked, counts, begun, slots)
    about = named(replace(slots, year=None), asked.forum, asked.directory, t)
    said = said_of(about, sentence(year, drafts, rows, t, in_state=slots.state is not None))
    unreached, more = _unreached(asked, year) if slots == Slots() else ((), 0)
    shown = tuple(_in_words(t, each) for each in unreached)
    return Answer(
        lambda offers: round_status(year, said, rows, t, unreached=shown, more=more, offers=offers),
        {"answer": said, "about": as_json(slots)}
        | _json(year, counts, begun, slots)
        | {"not_reached": [_unreached_json(t, each) for each in unreached], "not_reached_more": more},
        sheet_offers(asked, "round_status", argument),
        lambda: _sheet(rows, t),
    )


def _is_asked(count: RoundCount, slots: Slots) -> bool:
    return (
        slots.scheme in (None, count.scheme)
        and slots.region in (None, count.region)
        and slots.state in (None, count.state)
    )


def _rows(
    asked: Inquiry, counts: tuple[RoundCount, ...], begun: tuple[Begun, ...], slots: Slots
) -> tuple[RoundRow, ...]:
    """By scheme and region; what is begun comes first in each. What has no scheme yet comes last."""
    of_region: dict[tuple[str, str], int] = {}
    for each in begun:
        region = region_of(asked.forum, asked.directory, each.owner, asked.on) or ""
        key = (each.scheme or "", "~" if each.owner is None else region)
        of_region[key] = of_region.get(key, 0) + each.drafts
    rows = {
        (count.scheme, count.region or "", place): _row(asked, count, slots)
        for place, count in enumerate(counts, start=1)
    }
    rows |= {
        (*key, 0): _begun_row(asked, scheme=key[0], region=key[1], drafts=drafts)
        for key, drafts in of_region.items()
    }
    order = scheme_order(asked.forum.key)
    return tuple(rows[key] for key in sorted(rows, key=lambda key: (order.get(key[0], len(order)), *key)))


def _row(asked: Inquiry, count: RoundCount, slots: Slots) -> RoundRow:
    t = asked.t
    return RoundRow(
        scheme=t(f"scheme.{count.scheme}.short"),
        region=region_name(asked.forum, count.region, t),
        state=t(f"state.{count.state}"),
        cases=count.cases,
        owner_nok=count.owner_nok,
        uh_nok=count.uh_nok,
        is_given_up=_is_given_up(count, slots),
    )


def _is_given_up(count: RoundCount, slots: Slots) -> bool:
    """Withdrawn or turned down, and so in no sum; but where it is asked for, it is what is counted."""
    return count.state in GIVEN_UP and slots.state is None


def _begun_row(asked: Inquiry, *, scheme: str, region: str, drafts: int) -> RoundRow:
    t = asked.t
    return RoundRow(
        scheme=t(f"scheme.{scheme}.short") if scheme else t("say.no_scheme"),
        region=t("begun.no_owner") if region == "~" else region_name(asked.forum, region, t),
        state=t(f"state.{State.DRAFT}"),
        cases=drafts,
        owner_nok=0,
        uh_nok=0,
        is_begun=True,
    )


def _sheet(rows: tuple[RoundRow, ...], t: Texts) -> Table:
    titles = (t("case.scheme"), t("case.region"), t("paper.list.state"))
    return Table(
        (
            *(Column(title) for title in titles),
            Column(t("round.cases"), "number"),
            Column(t("begun.what"), "number"),
            Column(t("case.requested_owner"), "nok"),
            Column(t("case.requested_uh"), "nok"),
            Column(t("case.requested"), "nok"),
        ),
        tuple((row.scheme, row.region, row.state, *_counted(row)) for row in rows),
    )


def _counted(row: RoundRow) -> tuple[int | None, ...]:
    """Cases, drafts and the three sums; what is only begun is no case and asks for nothing yet."""
    if row.is_begun:
        return None, row.cases, None, None, None
    return row.cases, None, row.owner_nok, row.uh_nok, row.owner_nok + row.uh_nok


def _unreached(asked: Inquiry, year: int) -> tuple[tuple[Unreached, ...], int]:
    """The newest and how many more. Names of people are for those who let them in, and can help."""
    if not may(asked.actor, Action.INVITE):
        return (), 0
    newest, in_all = views.unreached(asked.connection, _opening(asked, year), _MOST_UNREACHED)
    return newest, in_all - len(newest)


def _opening(asked: Inquiry, year: int) -> datetime:
    try:
        return asked.rounds.of(year).opens_at
    except NoRound:
        return asked.at


def _in_words(t: Texts, missed: Unreached) -> tuple[str, str]:
    title = f"notice.{missed.kind}_title"
    notice = t(title) if t.has(title) else t("unreached.other")
    if not missed.case_number:
        return missed.person, t("unreached.notice_alone", notice=notice, why=_why(t, missed))
    return missed.person, t("unreached.notice", notice=notice, number=missed.case_number, why=_why(t, missed))


def _why(t: Texts, missed: Unreached) -> str:
    return t(f"unreached.why.{why_missed(missed.reason)}")


def _unreached_json(t: Texts, missed: Unreached) -> dict[str, str]:
    return {
        "person": missed.person,
        "notice": missed.kind,
        "case": missed.case_number,
        "reason": missed.reason,
        "why": _why(t, missed),
    }


def _json(
    year: int, counts: tuple[RoundCount, ...], begun: tuple[Begun, ...], slots: Slots
) -> dict[str, object]:
    """Totals are of what is still asked for; withdrawn cases have rows of their own."""
    standing = [count for count in counts if not _is_given_up(count, slots)]
    return {
        "cycle_year": year,
        "drafts_begun": sum(each.drafts for each in begun),
        "rows": [
            {
                "scheme": count.scheme,
                "region": count.region,
                "state": str(count.state),
                "cases": count.cases,
                "requested_owner_nok": count.owner_nok,
                "requested_uh_nok": count.uh_nok,
            }
            for count in counts
        ],
        "cases": sum(count.cases for count in standing),
        "requested_owner_nok": sum(count.owner_nok for count in standing),
        "requested_uh_nok": sum(count.uh_nok for count in standing),
    }


QUERY = Query("round_status", _answer)
