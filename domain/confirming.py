"""What of a needs report is a university's own part, until when it is asked to confirm it, and what it may correct."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from domain.cases import State
from domain.data import Evidence, check_forum, read, strict
from domain.days import is_working_day
from domain.submissions import NeedsReport

# What it sees, in the order of telling; besides these its own amounts, year by year. A change of anything else leaves
# its confirmation as it is.
PART = (
    *("measure_title", "lead_owner", "need_description", "measures"),
    *("uh_dialogue", "uh_dialogue_on", "duration_years"),
)
BUDGET = "budget_uh"
# What of it the university may propose otherwise; the rest is the owner's.
CORRECTABLE = ("uh_dialogue", "uh_dialogue_on", BUDGET)

# Where a case is when there is something to confirm: before it is decided and while it stands.
ASKED_IN = frozenset(
    {
        *(State.SUBMITTED, State.SCREENING, State.RETURNED, State.COMPLETE),
        *(State.COMMITTEE, State.FORUM, State.RECOMMENDED),
    }
)


def part_of(report: NeedsReport, partner: str) -> dict[str, str]:
    """What the university is asked to confirm: field -> text, as the answers of the report have it."""
    filed = report.model_dump(mode="json", include=set(PART))
    amounts = report.budget_uh.get(partner, {})
    return {field: str(filed[field]) for field in PART} | {
        f"{BUDGET}.{partner}.{year}": str(nok) for year, nok in sorted(amounts.items())
    }


def may_correct(field: str) -> bool:
    return field.partition(".")[0] in CORRECTABLE


@strict
@dataclass(frozen=True, slots=True)
class Time:
    """How long a university has: so many working days from the deadline of the round, or from when it was asked."""

    working_days: Annotated[int, Field(ge=1)]
    evidence: Evidence
    source: str


@cache
def time_to_confirm(forum_key: str) -> Time:
    """Raises: UnknownForum, BadData."""
    check_forum(forum_key)
    return read(Time, f"{forum_key}/confirmation.toml")


def confirm_by(forum_key: str, deadline_on: date, asked_on: date) -> date:
    """The last day to confirm, of what was asked on a day in a round with that deadline.

    Source: inferred; in 2023 it leaves three working days before the committees treat the case.
    """
    day = max(deadline_on, asked_on)
    for _ in range(time_to_confirm(forum_key).working_days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day
