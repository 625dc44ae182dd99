"""The round at a glance, for staff: scheme × region × state, with counts and requested sums, and who was not told."""

from datetime import datetime

from dialogs.cards.rounds import RoundRow, round_status
from dialogs.desk import Inquiry
from dialogs.queries import Answer, Query, told
from dialogs.queries.notices_sent import why_missed
from dialogs.texts import Texts
from domain import rounds
from domain.access import Action, may
from domain.cases import GIVEN_UP
from store import views
from store.views import RoundCount, Unreached

_MOST_UNREACHED = 20


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("round.title"), t("say.staff_only"), found=False)
    now = rounds.open_round(asked.forum.key, asked.at) or rounds.latest_round(asked.forum.key, asked.at)
    year = now.cycle_year if now else asked.on.year
    counts = views.round_counts(asked.connection, year)
    begun = views.drafts_begun(asked.connection, year)
    rows = tuple(_row(asked, count) for count in counts)
    unreached, more = _unreached(asked, now.opens_at if now else asked.at)
    shown = tuple(_in_words(t, each) for each in unreached)
    return Answer(
        lambda _: round_status(year, begun, rows, t, unreached=shown, more=more),
        _json(year, counts, begun)
        | {"not_reached": [_unreached_json(t, each) for each in unreached], "not_reached_more": more},
    )


def _row(asked: Inquiry, count: RoundCount) -> RoundRow:
    t = asked.t
    region = asked.forum.region(count.region) if count.region else None
    return RoundRow(
        scheme=t(f"scheme.{count.scheme}.short"),
        region=region.name.in_(t.language) if region else t("say.whole_county"),
        state=t(f"state.{count.state}"),
        cases=count.cases,
        owner_nok=count.owner_nok,
        uh_nok=count.uh_nok,
        is_given_up=count.state in GIVEN_UP,
    )


def _unreached(asked: Inquiry, since: datetime) -> tuple[tuple[Unreached, ...], int]:
    """The newest and how many more. Names of people are for those who let them in, and can help."""
    if not may(asked.actor, Action.INVITE):
        return (), 0
    newest, in_all = views.unreached(asked.connection, since, _MOST_UNREACHED)
    return newest, in_all - len(newest)


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


def _json(year: int, counts: tuple[RoundCount, ...], begun: int) -> dict[str, object]:
    """Totals are of what is still asked for; withdrawn cases have rows of their own."""
    standing = [count for count in counts if count.state not in GIVEN_UP]
    return {
        "cycle_year": year,
        "drafts_begun": begun,
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
