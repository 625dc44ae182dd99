"""Partnerships that hold a grant, and the reports that the year asks them for.

An owner and a university that were granted money by one decision are a partnership. Its reports are no cases: nobody
applies, screens or decides, a partnership has one for each period and grant, and case numbers and counts are those of
needs reports. A report is named by what it is about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.calendar import Event
from domain.cases import read_case_number
from domain.register import Directory, OrganisationKind
from domain.roster import PriorGrant

_FIRST_OF_AUTUMN = 7  # the month


@dataclass(frozen=True, slots=True)
class Partnership:
    """`year`: of the money. `owner_nok`: to the lead owner and the owners with it; `uh_nok`: to this university."""

    reference: str
    owner: str
    university: str
    scheme: str
    title: str
    year: int
    owner_nok: int
    uh_nok: int

    @property
    def decision(self) -> tuple[str, str]:
        """By which the owner was granted its part, whoever its universities are."""
        return self.reference, self.owner

    @property
    def sides(self) -> tuple[str, str]:
        """Those who answer for its reports together."""
        return self.owner, self.university


def partnerships(
    grants: Iterable[PriorGrant], directory: Directory, partners_of: Mapping[str, tuple[str, ...]]
) -> tuple[Partnership, ...]:
    """Those of one year's grants, by title. Where no university was granted anything, the universities are those of the
    case that the decision names (`partners_of`, by number); where there is none, there is no partnership. Whoever was
    set to nothing is in none: so a grant is taken away.
    """
    found = (
        partnership
        for rows in _decisions(grants).values()
        for partnership in _of_decision(rows, directory, partners_of)
    )
    return tuple(sorted(found, key=lambda each: (each.title.casefold(), each.reference, *each.sides)))


def without_university(
    grants: Iterable[PriorGrant], directory: Directory, partners_of: Mapping[str, tuple[str, ...]]
) -> tuple[PriorGrant, ...]:
    """One row of each decision of which nobody can be asked: no university is known."""
    return tuple(
        granted[0]
        for _, rows in sorted(_decisions(grants).items())
        if (granted := _granted(rows)) and not any(_of_decision(rows, directory, partners_of))
    )


def _decisions(grants: Iterable[PriorGrant]) -> dict[tuple[str, str], list[PriorGrant]]:
    by_decision: dict[tuple[str, str], list[PriorGrant]] = defaultdict(list)
    for grant in grants:
        by_decision[grant.reference, grant.lead_owner].append(grant)
    return by_decision


def _granted(rows: list[PriorGrant]) -> list[PriorGrant]:
    """What is granted still."""
    return [row for row in rows if row.nok]


def _of_decision(
    rows: list[PriorGrant], directory: Directory, partners_of: Mapping[str, tuple[str, ...]]
) -> Iterator[Partnership]:
    granted, named = _granted(rows), {row.recipient for row in rows}
    if not granted:
        return
    first = granted[0]
    to_uh = {row.recipient: row.nok for row in granted if _is_university(row.recipient, directory)}
    owner_nok = sum(row.nok for row in granted if row.recipient not in to_uh)
    of_case = partners_of.get(case_named(first.reference) or "", ())
    universities = to_uh or [university for university in of_case if university not in named]
    for university in sorted(universities):
        yield Partnership(
            first.reference,
            first.lead_owner,
            university,
            first.scheme,
            first.title,
            first.year,
            owner_nok,
            to_uh.get(university, 0),
        )


def counted_once(reported: Sequence[tuple[Partnership, int]]) -> tuple[int, ...]:
    """What of each report's unspent kroner counts in the sum of all, in their order.

    The universities of a decision report on the same owner's money. What one of them reports beyond its own grant must
    be the owner's; the most of that counts, with the first of them, and of the others only what goes beyond it. What
    was reported before a grant was made smaller counts as it was reported.
    """
    of_owner: dict[tuple[str, str], int] = {}
    for each, nok in reported:
        least = min(max(nok - each.uh_nok, 0), each.owner_nok)
        of_owner[each.decision] = max(of_owner.get(each.decision, 0), least)
    own = (max(nok - of_owner[each.decision], 0) for each, nok in reported)
    left = dict(of_owner)
    return tuple(nok + left.pop(each.decision, 0) for (each, _), nok in zip(reported, own, strict=True))


def _is_university(organisation: str, directory: Directory) -> bool:
    found = directory.organisations.get(organisation)
    return found is not None and found.kind is OrganisationKind.HIGHER_ED_INSTITUTION


def case_named(reference: str) -> str | None:
    """The number of the case that a decision's reference is; None: it is the reference of a letter."""
    number = read_case_number(reference)
    return str(number) if number else None


@dataclass(frozen=True, slots=True)
class Subject:
    """Which report of which partnership: `half_year:<reference>:<owner>:<university>:2023-2`.

    A decision's reference is whatever people call it; the other parts have no colon in them.
    """

    kind: str
    reference: str
    owner: str
    university: str
    period: str

    def __str__(self) -> str:
        return ":".join((self.kind, self.reference, self.owner, self.university, self.period))

    @property
    def year(self) -> int:
        """In which it is asked for."""
        return int(self.period[:4])

    @property
    def grant_year(self) -> int:
        """Of the money that is reported: of what was granted the year before (the slides, Rapportering)."""
        return self.year - 1

    @property
    def sides(self) -> tuple[str, str]:
        return self.owner, self.university


def read_subject(text: str | None) -> Subject | None:
    """None: it is the subject of something else."""
    kind, _, rest = (text or "").partition(":")
    parts = rest.rsplit(":", 3)
    if len(parts) != 4 or not parts[3][:4].isdecimal():
        return None
    return Subject(kind, *parts)


def kind_of(form: str) -> str:
    """What the subjects of a form's reports begin with: `half_year` of `half_year_report`."""
    return form.removesuffix("_report")


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that the year asks for: from the first day on, and until the last, both of them in it.

    `period`: the half of the year, `2023-2`.
    """

    form: str
    period: str
    opens_on: date
    due_on: date

    @property
    def year(self) -> int:
        return int(self.period[:4])

    @property
    def grant_year(self) -> int:
        return self.year - 1

    def of(self, partnership: Partnership) -> Subject:
        """The report of one partnership."""
        return Subject(kind_of(self.form), partnership.reference, *partnership.sides, self.period)


def asked(event: Event, planned: Event | None = None) -> Asked | None:
    """What the event asks for; an event bears the name of the form that it asks for. None: it has no time.

    Where staff have fixed a day, that is the last one, and the first stays that of the season as it is `planned`.
    """
    if event.first is None or event.ends_on is None:
        return None
    first = min(event.first, planned.first) if planned and planned.first else event.first
    half = 2 if first.month >= _FIRST_OF_AUTUMN else 1
    return Asked(event.key, f"{first.year}-{half}", first, event.ends_on)
