"""People and organisations as the register knows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OrganisationKind(StrEnum):
    MUNICIPALITY = "municipality"
    COUNTY_MUNICIPALITY = "county_municipality"
    KINDERGARTEN_OWNER = "kindergarten_owner"  # private
    SCHOOL_OWNER = "school_owner"  # independent school
    HIGHER_ED_INSTITUTION = "higher_ed_institution"
    COUNTY_GOVERNOR = "county_governor"


OWNER_KINDS = frozenset(
    {
        OrganisationKind.MUNICIPALITY,
        OrganisationKind.COUNTY_MUNICIPALITY,
        OrganisationKind.KINDERGARTEN_OWNER,
        OrganisationKind.SCHOOL_OWNER,
    }
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """`id`: the municipality number for municipalities ("1804"), "18" for the county municipality, else a key
    of lower-case letters, digits and hyphens. It becomes part of input ids and never changes."""

    id: str
    kind: OrganisationKind
    name: str
    municipality_number: str | None = None  # where it lies; None: the whole county
    org_number: str | None = None  # empty until imported
    is_example: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    followup_from: date | None = None  # in the follow-up scheme (oppfølgingsordningen) from … to
    followup_to: date | None = None

    def in_followup(self, on: date) -> bool:
        return self.followup_from is not None and (
            self.followup_from <= on and (self.followup_to is None or on <= self.followup_to)
        )


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is the person's handle in the register ("eier-bodo"). Phone and e-mail are for work only."""

    id: str
    name: str
    language: str | None  # None: the forum's default until the person chooses
    email: str | None = None
    phone: str | None = None
    is_example: bool = False
    enrolled: bool = False  # a Teams identity is bound


class Reminders(StrEnum):
    """How often somebody wants to be reminded."""

    EACH = "each"  # as the ladders say, at most once a day
    WEEKLY = "weekly"  # on the first working day of the week
    LAST = "last"  # on the last day alone


@dataclass(frozen=True, slots=True)
class Directory:
    """Every organisation by id, and where each lies."""

    organisations: Mapping[str, Organisation]

    def named(self, ids: Iterable[str]) -> tuple[Organisation, ...]:
        return tuple(self.organisations[id_] for id_ in ids)

    def of_kind(self, kinds: frozenset[OrganisationKind], on: date) -> tuple[Organisation, ...]:
        """Those of the kinds that exist on the day, in the order of their names."""
        found = (
            organisation
            for organisation in self.organisations.values()
            if organisation.kind in kinds
            and (organisation.valid_from is None or organisation.valid_from <= on)
            and (organisation.valid_to is None or on <= organisation.valid_to)
        )
        return tuple(sorted(found, key=lambda organisation: organisation.name.casefold()))
