"""The round at a glance, for staff: scheme × region × state, with counts and requested sums."""

from dialogs.cards.rounds import RoundRow, round_status
from dialogs.desk import Inquiry
from dialogs.queries import Answer, Query, told
from domain import rounds
from domain.access import Action, may
from store import views
from store.views import RoundCount


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEE_ROUND):
        return told(t("round.title"), t("say.staff_only"), found=False)
    now = rounds.open_round(asked.forum.key, asked.at) or rounds.latest_round(asked.forum.key, asked.at)
    year = now.cycle_year if now else asked.on.year
    counts = views.round_counts(asked.connection, year)
    begun = views.drafts_begun(asked.connection, year)
    rows = tuple(_row(asked, count) for count in counts)
    return Answer(lambda _: round_status(year, begun, rows, t), _json(year, counts, begun))


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
    )


def _json(year: int, counts: tuple[RoundCount, ...], begun: int) -> dict[str, object]:
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
        "cases": sum(count.cases for count in counts),
        "requested_owner_nok": sum(count.owner_nok for count in counts),
        "requested_uh_nok": sum(count.uh_nok for count in counts),
    }


QUERY = Query("round_status", _answer)
