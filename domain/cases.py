"""A case: its number, its states and who has the ball (domain.md 6.1)."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.access import Thing


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCREENING = "screening"
    RETURNED = "returned"
    COMPLETE = "complete"
    COMMITTEE = "committee"
    FORUM = "forum"
    RECOMMENDED = "recommended"
    DECIDED = "decided"
    LETTER_SENT = "letter_sent"
    ACCEPTED = "accepted"
    RUNNING = "running"
    REPORTED = "reported"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"
    DECLINED_CRITERIA = "declined_criteria"
    APPEALED = "appealed"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.SCREENING, State.WITHDRAWN}),
    State.SCREENING: frozenset({State.RETURNED, State.COMPLETE, State.DECLINED_CRITERIA, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.COMPLETE: frozenset({State.COMMITTEE, State.WITHDRAWN}),
    State.COMMITTEE: frozenset({State.FORUM, State.WITHDRAWN}),
    State.FORUM: frozenset({State.RECOMMENDED, State.WITHDRAWN}),
    State.RECOMMENDED: frozenset({State.DECIDED, State.WITHDRAWN}),
    State.DECIDED: frozenset({State.LETTER_SENT, State.APPEALED}),
    State.LETTER_SENT: frozenset({State.ACCEPTED, State.APPEALED}),
    State.ACCEPTED: frozenset({State.RUNNING}),
    State.RUNNING: frozenset({State.REPORTED}),
    State.REPORTED: frozenset({State.CLOSED, State.FOLLOWED_UP}),
    State.FOLLOWED_UP: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(
        {State.SUBMITTED, State.RETURNED}
    ),  # taken back by the owner; by the secretariat
    State.DECLINED_CRITERIA: frozenset({State.SCREENING}),
    State.APPEALED: frozenset({State.DECIDED}),
}


# Kept and readable, but nothing is asked for any more: they are in no sum.
GIVEN_UP = frozenset({State.WITHDRAWN, State.DECLINED_CRITERIA})


def way(start: State, end: State) -> tuple[State, ...] | None:
    """The states from one to the other, the first left out, over at most one between; None: there is no such way.

    Nothing is withdrawn on the way to something else.
    """
    if end in NEXT[start]:
        return (end,)
    between = sorted(state for state in NEXT[start] - {State.WITHDRAWN} if end in NEXT[state])
    return (between[0], end) if between else None


class Ball(StrEnum):
    """Who must act for the case to move on."""

    OWNER = "owner"
    SECRETARIAT = "secretariat"
    COMMITTEE = "committee"
    FORUM = "forum"
    COUNTY_GOVERNOR = "county_governor"
    PARTNERSHIP = "partnership"  # owner and university together
    NOBODY = "nobody"


BALL: dict[State, Ball] = {
    State.DRAFT: Ball.OWNER,
    State.SUBMITTED: Ball.SECRETARIAT,
    State.SCREENING: Ball.SECRETARIAT,
    State.RETURNED: Ball.OWNER,
    State.COMPLETE: Ball.SECRETARIAT,
    State.COMMITTEE: Ball.COMMITTEE,
    State.FORUM: Ball.FORUM,
    State.RECOMMENDED: Ball.COUNTY_GOVERNOR,
    State.DECIDED: Ball.COUNTY_GOVERNOR,
    State.LETTER_SENT: Ball.OWNER,
    State.ACCEPTED: Ball.COUNTY_GOVERNOR,
    State.RUNNING: Ball.PARTNERSHIP,
    State.REPORTED: Ball.COUNTY_GOVERNOR,
    State.FOLLOWED_UP: Ball.COUNTY_GOVERNOR,
    State.CLOSED: Ball.NOBODY,
    State.WITHDRAWN: Ball.NOBODY,
    State.DECLINED_CRITERIA: Ball.NOBODY,
    State.APPEALED: Ball.COUNTY_GOVERNOR,
}


@dataclass(frozen=True, slots=True, order=True)
class CaseNumber:
    """`2023-REKOM-014`: year of the cycle, short name of the scheme, running number without gaps."""

    year: int
    scheme: str  # the short name, upper case
    running: int

    def __str__(self) -> str:
        return f"{self.year}-{self.scheme}-{self.running:03d}"


_NUMBER = re.compile(r"\s*(\d{4})\s*[-–/ ]\s*([A-Za-z]{4,12})\s*[-–/ ]\s*0*(\d{1,6})\s*")


def read_case_number(text: str) -> CaseNumber | None:
    """A case number as people write it: any case, with or without leading zeros. None: not one."""
    match = _NUMBER.fullmatch(text)
    if match is None or int(match[3]) == 0:
        return None
    return CaseNumber(int(match[1]), match[2].upper(), int(match[3]))


JOURNAL_NUMBER_MAX = 64
_JOURNAL_NUMBER = re.compile(r"(?=.*[0-9])[0-9A-ZÆØÅ][0-9A-ZÆØÅ /.-]*")


def read_journal_number(text: str) -> str | None:
    """A number of an archive, `2023/1234` or `23/1234-5`, in capitals. None: not one, or longer than any is."""
    found = " ".join(text.upper().split())
    return found if len(found) <= JOURNAL_NUMBER_MAX and _JOURNAL_NUMBER.fullmatch(found) else None


@dataclass(frozen=True, slots=True)
class Case:
    """The head of a case; what was filed stands in its versions."""

    number: str
    form: str
    cycle_year: int
    scheme_set: str  # pinned when filed
    scheme: str
    region: str | None  # of the lead owner on the day of filing; None: the whole county
    lead_owner: str
    other_owners: tuple[str, ...]
    partners: tuple[str, ...]
    title: str
    owner_nok: int  # requested, all years
    uh_nok: int
    state: State
    state_since: datetime
    submitted_at: datetime
    submitted_by: str  # person id
    submission: int  # number of the current version, from 1
    version: int  # of the row, for concurrency
    priority: int | None = None  # the network's own, unique per scheme and region
    journal_number: str | None = None  # in the archive of the county governor
    answer_by_on: date | None = None  # the last day to answer, of a case that was returned or reopened

    @property
    def thing(self) -> Thing:
        """As far as rights are concerned."""
        return Thing(
            lead_owner=self.lead_owner,
            other_owners=frozenset(self.other_owners),
            partners=frozenset(self.partners),
        )
