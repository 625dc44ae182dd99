"""The round at a glance, for staff: scheme × region × state, with counts and requested sums."""

from dialogs.cards.lists import tabled
from dialogs.cards.parts import Element
from dialogs.desk import Inquiry
from dialogs.queries import Answer, Query, told
from domain import rounds
from domain.access import Action, may
from domain.parsing import format_nok
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
    filed, owner_nok, uh_nok = (
        sum(count.cases for count in counts),
        sum(count.owner_nok for count in counts),
        sum(count.uh_nok for count in counts),
    )
    sentence = t(
        "round.sentence",
        year=year,
        cases=filed,
        owner_nok=owner_nok,
        uh_nok=uh_nok,
        total_nok=owner_nok + uh_nok,
        begun=begun,
    )
    header = [t(f"round.{name}") for name in ("scheme", "region", "state", "cases", "owner", "uh", "total")]
    rows = [_row(asked, count) for count in counts]
    if rows:
        rows.append(
            [t("round.sum"), "", "", str(filed), *map(format_nok, (owner_nok, uh_nok, owner_nok + uh_nok))]
        )

    def card(_: list[tuple[str, str, str]]) -> Element:
        return tabled(
            t("round.title_year", year=year),
            sentence,
            header,
            rows,
            right_from=3,
            note=t("round.note") if rows else "",
        )

    return Answer(card, _json(year, counts, begun))


def _row(asked: Inquiry, count: RoundCount) -> list[str]:
    t = asked.t
    region = asked.forum.region(count.region) if count.region else None
    return [
        t(f"scheme.{count.scheme}.short"),
        region.name.in_(t.language) if region else t("say.whole_county"),
        t(f"state.{count.state}"),
        str(count.cases),
        format_nok(count.owner_nok),
        format_nok(count.uh_nok),
        format_nok(count.owner_nok + count.uh_nok),
    ]


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
