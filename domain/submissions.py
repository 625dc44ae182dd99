"""What is filed: one pydantic model per form.

A model reads what a person typed (money, days, lists as people write them) and objects field by field; it reads
its own JSON back to an equal value. Objections are pydantic errors whose type is a text key. A rule between two
fields objects at the later one, so that the question to ask again is always a single one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Annotated, Any, Literal, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from domain import calendar
from domain.calendar import Event, Year
from domain.cases import Case, read_case_number
from domain.forum import Forum
from domain.grants import Partnership
from domain.meetings import MOST_OPTIONS, DateOption, read_options
from domain.parsing import Unreadable, parse_date, parse_nok, parse_times, parse_whole_number
from domain.register import Directory
from domain.roster import PriorGrant
from domain.schemes import Scheme, SchemeSet, own_contribution_nok

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a report is checked against: the rules of its round, the register, and the day.

    `own_cases` are those of the lead owner, if the person writes for it. `taken_priorities`: (scheme, region,
    priority) of the round's cases. `filed` and `partner`: the report of a case and the university whose part of it is
    looked at.
    """

    forum: Forum
    scheme_set: SchemeSet
    cycle_year: int
    on: date
    directory: Directory
    may_lead: tuple[str, ...]
    own_cases: tuple[Case, ...] = ()
    prior_grants: tuple[PriorGrant, ...] = ()  # of the lead owner, from before the bot came
    taken_priorities: frozenset[tuple[str, str | None, int]] = field(default=frozenset())
    of_scheme: str | None = None  # a next version stays in the scheme of its case
    is_correction: bool = False
    filed: "NeedsReport | None" = None
    partner: str | None = None
    calendar: Year | None = None  # the year of which a date is moved
    deadline_on: date | None = None  # the owner's, of a case that is sent back; otherwise the round's
    partnership: Partnership | None = None  # whose grant is reported on
    period: str | None = None  # of the report, "2023-2"

    def scheme(self, key: str | None) -> Scheme | None:
        return next((scheme for scheme in self.scheme_set.schemes if scheme.key == key), None)

    def cases_of(self, owner: str | None) -> tuple[Case, ...]:
        return tuple(case for case in self.own_cases if case.lead_owner == owner)

    def region_key(self, organisation_id: str | None) -> str | None:
        """The region that the organisation lies in on the day; None for the whole county or unknown."""
        organisation = self.directory.organisations.get(organisation_id or "")
        if organisation is None or organisation.municipality_number is None:
            return None
        region = self.forum.region_of(organisation.municipality_number, self.on)
        return region.key if region else None

    def municipalities(self, organisation_ids: Iterable[str]) -> frozenset[str]:
        """The municipality numbers that the organisations lie in."""
        found = (self.directory.organisations.get(id_) for id_ in organisation_ids)
        return frozenset(o.municipality_number for o in found if o and o.municipality_number)

    def in_followup(self, organisation_ids: Iterable[str]) -> bool:
        """Whether one of the owners, or the municipality it lies in, is in the follow-up scheme that day."""
        concerned = self.municipalities(organisation_ids) | set(organisation_ids)
        found = (self.directory.organisations.get(id_) for id_ in concerned)
        return any(o.in_followup(self.on) for o in found if o)


def _refuse(key: str, **details: object) -> NoReturn:
    """Object to a field. Where the field is one per year or partner, `at` names which ("2024", "nord.2024")."""
    raise PydanticCustomError(key, key, details)


def _reads(parse: Callable[..., T]) -> Callable[[Any, ValidationInfo], Any]:
    """A validator that reads text with one of the domain's parsers and lets other values through."""

    def read(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return parse(value, info.context)
        except Unreadable as unreadable:
            _refuse(unreadable.key, **unreadable.details)

    return read


def _past_day(text: str, circumstances: Circumstances | None) -> date:
    """A day that has been: without a year it is the latest such day, so in January `15.11` is last November."""
    if circumstances is None:
        return date.fromisoformat(text)
    on = circumstances.on
    day: date = parse_date(text, year=circumstances.cycle_year, not_after=on, today=on)
    return day


def _not_in_future(value: date, info: ValidationInfo) -> date:
    if info.context is not None and value > info.context.on:
        _refuse("date_in_future", day=value)
    return value


_ITEM_SEPARATOR = re.compile(r"[\n;,]+")
_URL = re.compile(r"https://[^\s<>\"']+")


def _items(value: Any) -> Any:
    """`a, b; c` or one item a line."""
    if not isinstance(value, str):
        return value
    return tuple(item for part in _ITEM_SEPARATOR.split(value) if (item := part.strip(" \t-•*")))


def _without_doubles(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value))


class Link(BaseModel):
    """A titled https link to a document. Files stay where they are; nothing is fetched."""

    model_config = ConfigDict(frozen=True)
    title: str
    url: str


def _links(value: Any) -> Any:
    """One link a line, the title before or after the address: `Kartlegging 2022 https://…`."""
    if not isinstance(value, str):
        return value
    return tuple(_link(line) for line in value.splitlines() if line.strip())


def _link(line: str) -> Link:
    match = _URL.search(line)
    if match is None:
        _refuse("link_missing", line=line.strip()[:80])
    title = (line[: match.start()] + line[match.end() :]).strip(" \t-–:|")
    if not title:
        _refuse("link_untitled", line=match[0][:80])
    return Link(title=title, url=match[0])


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[Words, Field(max_length=120)]
ShortText = Annotated[Words, Field(max_length=300)]
Text = Annotated[Words, Field(max_length=1500)]
Nok = Annotated[
    int, BeforeValidator(_reads(lambda text, _: parse_nok(text))), Field(ge=0, le=1_000_000_000, strict=True)
]
Count = Annotated[
    int,
    BeforeValidator(_reads(lambda text, _: parse_whole_number(text))),
    Field(ge=0, le=100_000, strict=True),
]
Estimate = Annotated[
    int,
    BeforeValidator(_reads(lambda text, _: parse_whole_number(text, may_be_estimate=True))),
    Field(ge=0, le=100_000, strict=True),
]
PastDay = Annotated[date, BeforeValidator(_reads(_past_day)), AfterValidator(_not_in_future)]
Items = Annotated[tuple[Line, ...], BeforeValidator(_items), AfterValidator(_without_doubles)]
Ids = Annotated[tuple[str, ...], BeforeValidator(_items), AfterValidator(_without_doubles)]


def _not_past(value: date, info: ValidationInfo) -> date:
    if info.context is not None and value < info.context.on:
        _refuse("date_in_past", day=value)
    return value


def day_to_come(text: str, circumstances: Circumstances) -> date:
    """A day from today on: in December `15. februar` is in the next year. Where a date of a year is moved, it is in
    that year.

    Raises: Unreadable.
    """
    on, moved = circumstances.on, circumstances.calendar
    day: date = parse_date(
        text, year=moved.year if moved else on.year, not_before=None if moved else on, today=on
    )
    return day


def _read_day_to_come(text: str, circumstances: Circumstances | None) -> date:
    return day_to_come(text, circumstances) if circumstances else date.fromisoformat(text)


DayToCome = Annotated[date, BeforeValidator(_reads(_read_day_to_come)), AfterValidator(_not_past)]
YesNo = Literal["yes", "no"]
Service = Literal["kindergarten", "school", "ppt"]

_PHONE = re.compile(r"\+?\d{8,15}")


class NeedsReport(BaseModel):
    """Behovsmelding. Keys are frozen (contract.md); rules from domain.md 5.1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cycle_year: int
    region: str | None = None  # derived: the lead owner's
    scheme: str
    measure_title: Line
    lead_owner: str
    other_owners: Ids = ()
    contact_name: Line
    contact_email: EmailStr
    contact_phone: Line
    units: Items = Field(min_length=1, max_length=100)
    participants_staff: Estimate
    private_invited: Literal["yes", "no", "none_exist"] | None = None
    private_invited_how: Text | None = None
    service_mix: Annotated[tuple[Service, ...], BeforeValidator(_items)] = ()

    need_description: Annotated[Words, Field(min_length=200, max_length=3000)]
    need_evidence: Text
    plan_anchor: Text
    staff_involved: Annotated[Words, Field(min_length=50, max_length=1500)]
    union_involved: YesNo
    union_involved_on: PastDay | None = None
    union_involved_text: Text | None = None
    special_challenge: Text | None = None
    sami_perspective: Text | None = None

    goal: Text
    measures: Annotated[Words, Field(max_length=4000)]
    collective_process: Text
    reach_to_classroom: Text | None = None
    evaluation_plan: Text
    parallel_measures: Count
    parallel_measures_text: Text | None = None
    coordinator: YesNo | None = None
    coordinator_reason: Text | None = None
    coordinator_cost_nok: Nok | None = None
    followup_scheme: Text | None = None
    priority_by_network: Annotated[Count, Field(ge=1, le=99)] | None = None

    uh_partner: Ids = Field(min_length=1)
    uh_dialogue: Text
    uh_dialogue_on: PastDay

    duration_years: Annotated[Count, Field(ge=1, le=3)]
    prior_commitment: Line | None = None
    attachments: Annotated[tuple[Link, ...], BeforeValidator(_links), Field(max_length=10)] = ()
    budget_owner: dict[int, Nok]
    budget_uh: dict[str, dict[int, Nok]]
    own_contribution: dict[int, Nok] = Field(default_factory=dict)
    own_contribution_kind: dict[int, Ids] = Field(default_factory=dict)
    declaration: Literal["yes"]
    declaration_name: Line
    correction_reason: Text | None = Field(default=None, exclude=True)  # kept beside the version

    # What follows from the answers.

    @property
    def owners(self) -> tuple[str, ...]:
        return (self.lead_owner, *self.other_owners)

    @property
    def is_network(self) -> bool:
        """More than one owner (contract.md, frozen keys)."""
        return bool(self.other_owners)

    @property
    def years(self) -> range:
        return range(self.cycle_year, self.cycle_year + self.duration_years)

    @property
    def owner_nok(self) -> int:
        return sum(self.budget_owner.values())

    @property
    def uh_nok(self) -> int:
        return sum(nok for per_year in self.budget_uh.values() for nok in per_year.values())

    def total_nok(self, year: int) -> int:
        """`budget_total[y]` = owner + all universities."""
        return self.budget_owner[year] + sum(per_year[year] for per_year in self.budget_uh.values())

    # Rules that need the round, the register or an earlier answer.

    @field_validator("scheme")
    @classmethod
    def _scheme_is_active(cls, value: str, info: ValidationInfo) -> str:
        if info.context is not None and info.context.scheme(value) is None:
            _refuse("not_an_option")
        if info.context is not None and info.context.of_scheme not in (None, value):
            _refuse("scheme_fixed")
        return value

    @field_validator("lead_owner")
    @classmethod
    def _speaks_for_lead(cls, value: str, info: ValidationInfo) -> str:
        if info.context is not None and value not in info.context.may_lead:
            _refuse("not_an_option")
        return value

    @field_validator("other_owners", "uh_partner")
    @classmethod
    def _organisations_exist(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.context is not None and any(id_ not in info.context.directory.organisations for id_ in value):
            _refuse("not_an_option")
        return value

    @field_validator("other_owners")
    @classmethod
    def _others_are_others(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("lead_owner") in value:
            _refuse("lead_among_others")
        return value

    @field_validator("contact_phone")
    @classmethod
    def _phone_is_a_number(cls, value: str) -> str:
        if not _PHONE.fullmatch(re.sub(r"[\s().-]", "", value)):
            _refuse("phone")
        return value

    @field_validator("prior_commitment")
    @classmethod
    def _prior_case_is_own(cls, value: str | None, info: ValidationInfo) -> str | None:
        """A number of this register must be a case of the same owner (domain.md 5.1); cases from before the
        register are written as people know them."""
        number = read_case_number(value) if value else None
        if number and info.context is not None:
            own = {case.number for case in info.context.cases_of(info.data.get("lead_owner"))}
            if str(number) not in own:
                _refuse("prior_not_found", number=str(number))
        return value

    @field_validator("priority_by_network")
    @classmethod
    def _priority_is_free(cls, value: int | None, info: ValidationInfo) -> int | None:
        """Unique per region and scheme (domain.md 5.1)."""
        place = (info.data.get("scheme"), info.data.get("region"), value)
        if info.context is not None and place in info.context.taken_priorities:
            _refuse("priority_taken", priority=value)
        return value

    @field_validator("budget_uh")
    @classmethod
    def _first_year_asks_for_something(
        cls, value: dict[str, dict[int, int]], info: ValidationInfo
    ) -> dict[str, dict[int, int]]:
        year: int = info.data.get("cycle_year", 0)
        owner = info.data.get("budget_owner", {})
        partners = info.data.get("uh_partner", ())
        amounts = [owner.get(year), *(value.get(partner, {}).get(year) for partner in partners)]
        if None not in amounts and sum(amounts) == 0:
            _refuse("nothing_requested", at=f"{partners[0]}.{year}", year=year)
        return value

    @field_validator("own_contribution", mode="after")
    @classmethod
    def _own_contribution_is_enough(cls, value: dict[int, int], info: ValidationInfo) -> dict[int, int]:
        """At least the scheme's formula of what the owner asks for, rounded up (domain.md 1.6)."""
        for year, nok in sorted(value.items()):
            least = least_own_contribution_nok(info.data, year, info.context)
            if least is not None and nok < least:
                _refuse("own_contribution_too_small", at=str(year), least_nok=least, year=year)
        return value

    @field_validator("own_contribution_kind", mode="after")
    @classmethod
    def _kinds_are_the_schemes(
        cls, value: dict[int, tuple[str, ...]], info: ValidationInfo
    ) -> dict[int, tuple[str, ...]]:
        known = () if info.context is None else info.context.scheme_set.contribution_kinds
        for year, kinds in sorted(value.items()):
            if info.context is not None and not set(kinds) <= set(known):
                _refuse("not_an_option", at=str(year))
        return value

    @classmethod
    def read(cls, text: bytes) -> Self:
        """A stored version; it is not judged again."""
        return cls.model_validate_json(text)


class UniversityPart(BaseModel):
    """What a university proposes for its own part of a case, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uh_dialogue: Text
    uh_dialogue_on: PastDay
    budget_uh: dict[str, dict[int, Nok]]
    reason: Text

    @field_validator("budget_uh")
    @classmethod
    def _first_year_asks_for_something(
        cls, value: dict[str, dict[int, int]], info: ValidationInfo
    ) -> dict[str, dict[int, int]]:
        """With what the owner and the other universities ask for."""
        filed, partner = _filed_part(info)
        proposed = value.get(partner, {})
        if filed is not None and filed.cycle_year in proposed:
            year = filed.cycle_year
            if filed.total_nok(year) - filed.budget_uh[partner][year] + proposed[year] == 0:
                _refuse("nothing_requested", at=f"{partner}.{year}", year=year)
        return value

    @field_validator("reason")
    @classmethod
    def _something_is_otherwise(cls, value: str, info: ValidationInfo) -> str:
        filed, partner = _filed_part(info)
        known = {name: info.data.get(name) for name in ("uh_dialogue", "uh_dialogue_on")}
        proposed = info.data.get("budget_uh", {}).get(partner)
        if filed is not None and (known, proposed) == (
            {name: getattr(filed, name) for name in known},
            filed.budget_uh.get(partner),
        ):
            _refuse("nothing_changed")
        return value


def _filed_part(info: ValidationInfo) -> tuple[NeedsReport | None, str]:
    """The report that the university is a partner in, and which of them it is."""
    around: Circumstances | None = info.context
    return (around.filed, around.partner or "") if around is not None else (None, "")


Light = Literal["green", "yellow", "red"]  # on track, some delay, in trouble


class GrantReport(BaseModel):
    """What every report of a grant says of what it is about: known beforehand, and asked of nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: str
    reference: str
    owner: str
    university: str
    scheme: str
    grant_year: int
    owner_granted_nok: int
    uh_granted_nok: int

    @classmethod
    def about(cls, circumstances: Circumstances) -> dict[str, object]:
        """These fields, for the partnership that reports; nothing where it holds no grant any more."""
        partnership = circumstances.partnership
        if partnership is None:
            return {}
        return {
            "period": circumstances.period,
            "reference": partnership.reference,
            "owner": partnership.owner,
            "university": partnership.university,
            "scheme": partnership.scheme,
            "grant_year": partnership.year,
            "owner_granted_nok": partnership.owner_nok,
            "uh_granted_nok": partnership.uh_nok,
        }

    @property
    def light(self) -> Light | None:
        """How it goes; None: that is not asked."""
        return None

    @property
    def is_red(self) -> bool:
        """Whether the secretariat must know at once."""
        return self.light == "red"

    @property
    def trouble(self) -> str:
        """What is not as planned, in the partnership's words."""
        return ""

    @property
    def at_risk_nok(self) -> int:
        """What may be left unspent, as far as an amount is known."""
        return 0

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """A stored version; it is not judged again."""
        return cls.model_validate_json(text)


class HalfYearReport(GrantReport):
    """Halvårsrapport: six questions, the fifth with an amount. Rules from domain.md 5.6; the rest is known."""

    status: Light
    activities: Text
    participants_staff: Estimate
    deviation: ShortText | None = None
    unspent_risk: Literal["no", "yes", "unsure"]
    unspent_nok: Nok | None = None
    help_needed: ShortText | None = None

    @property
    def light(self) -> Light:
        return self.status

    @property
    def trouble(self) -> str:
        return self.deviation or ""

    @property
    def at_risk_nok(self) -> int:
        return self.unspent_nok or 0

    @field_validator("unspent_nok")
    @classmethod
    def _unspent_was_granted(cls, value: int | None, info: ValidationInfo) -> int | None:
        """No more can be left than owner and university were granted together."""
        granted = info.data.get("owner_granted_nok", 0) + info.data.get("uh_granted_nok", 0)
        if value is not None and granted and value > granted:
            _refuse("more_than_granted", granted_nok=granted)
        if value == 0 and info.data.get("unspent_risk") == "yes":
            _refuse("unspent_how_much")
        return value


class SendBack(BaseModel):
    """What the secretariat asks an owner to change, field by field, and until when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: Ids = ()
    reason: dict[str, Text] = Field(default_factory=dict)
    message: Text | None = None
    answer_by_on: DayToCome

    @field_validator("answer_by_on")
    @classmethod
    def _is_not_sooner(cls, value: date, info: ValidationInfo) -> date:
        """An owner whose case is sent back has at least the time that it had."""
        until = info.context.deadline_on if info.context is not None else None
        if until is not None and value < until:
            _refuse("sooner_than_deadline", day=until)
        return value

    @field_validator("fields")
    @classmethod
    def _fields_are_questions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Questions of the needs report, by their names: a reason is asked for each."""
        if not set(value) <= NeedsReport.model_fields.keys():
            _refuse("not_an_option")
        return value


class Extension(BaseModel):
    """A later deadline for one owner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str
    deadline_on: DayToCome
    why: Text

    @field_validator("owner")
    @classmethod
    def _owner_is_known(cls, value: str, info: ValidationInfo) -> str:
        if info.context is not None and value not in info.context.may_lead:
            _refuse("not_an_option")
        return value

    @field_validator("deadline_on")
    @classmethod
    def _is_later(cls, value: date, info: ValidationInfo) -> date:
        """Later than everybody's deadline, or it would be none."""
        known = info.context.deadline_on if info.context is not None else None
        if known is not None and value <= known:
            _refuse("not_later", day=known)
        return value


def _hours(text: str, _: Circumstances | None) -> tuple[time, time]:
    with suppress(Unreadable):
        read = parse_times(text)
        if read.ends is not None:
            return read.begins, read.ends
    _refuse("not_hours")


Hours = Annotated[tuple[time, time], BeforeValidator(_reads(_hours))]


def _is_address(value: str) -> str:
    """It is shown as it is and never opened here."""
    if not _URL.fullmatch(value):
        _refuse("link_missing", line=value[:80])
    return value


Address = Annotated[Words, Field(max_length=500), AfterValidator(_is_address)]


class MovedEvent(BaseModel):
    """Another day for an event of the year, or the first that it gets. What is left open about how it is held stays as
    it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    first_on: DayToCome
    last_on: DayToCome | None = None
    hours: Hours | None = None
    place: Line | None = None
    form: Literal["physical", "digital"] | None = None
    link: Address | None = None

    @field_validator("event")
    @classmethod
    def _event_can_be_moved(cls, value: str, info: ValidationInfo) -> str:
        if info.context is not None and named_event(value, info.context) is None:
            _refuse("not_an_option")
        return value

    @field_validator("first_on", "last_on")
    @classmethod
    def _fits_into_the_year(cls, value: date | None, info: ValidationInfo) -> date | None:
        """In its own year, and not after what must not come before it (domain.md 3.3). What did not fit together
        before is said and no reason to refuse."""
        around: Circumstances | None = info.context
        if around is None or around.calendar is None or value is None:
            return value
        year, event = around.calendar, named_event(info.data.get("event"), around)
        first = info.data.get("first_on", value)
        if first is None or event is None:
            return value
        if value.year != year.year:
            _refuse("not_in_year", year=str(year.year))
        if value < first:
            _refuse("last_before_first", day=first)
        conflict = calendar.new_conflict(year, calendar.on_day(event, first, value))
        if conflict is not None and conflict.later.key == event.key:
            _refuse("after_successor", other=conflict.earlier.names, day=conflict.earlier.ends_on)
        if conflict is not None:
            _refuse("before_predecessor", other=conflict.later.names, day=conflict.later.ends_on)
        return value

    def applied(self, event: Event) -> Event:
        """The event as it would be."""
        moved = calendar.on_day(event, self.first_on, self.last_on)
        starts, ends = self.hours or (event.starts, event.ends)
        return replace(
            moved,
            starts=starts,
            ends=ends,
            place=self.place or event.place,
            form=calendar.Form(self.form) if self.form else event.form,
            link=self.link or event.link,
        )


def named_event(key: str | None, circumstances: Circumstances) -> Event | None:
    """The event of that key, if it can be moved."""
    year, on = circumstances.calendar, circumstances.on
    return next((each for each in calendar.movable(year, on) if each.key == key), None) if year else None


def _agenda(value: Any) -> Any:
    """One item a line; commas stand within it."""
    if not isinstance(value, str):
        return value
    return tuple(item for line in value.splitlines() if (item := line.strip(" \t-•*")))


class MeetingPlan(BaseModel):
    """When and where a meeting is, how one takes part, and what it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_on: DayToCome
    last_on: DayToCome | None = None
    hours: Hours
    form: Literal["physical", "digital", "hybrid"]
    place: Line | None = None
    join_link: Address | None = None
    food: YesNo | None = None
    agenda: Annotated[tuple[Line, ...], BeforeValidator(_agenda), Field(max_length=20)] = ()
    practical: Text | None = None

    @field_validator("last_on")
    @classmethod
    def _does_not_end_before_it_begins(cls, value: date | None, info: ValidationInfo) -> date | None:
        first_on = info.data.get("first_on")
        if value is not None and first_on is not None and value < first_on:
            _refuse("ends_before_it_begins")
        return None if value == first_on else value


def _options(text: str, circumstances: Circumstances | None) -> tuple[DateOption, ...]:
    year = circumstances.cycle_year if circumstances else date.max.year
    return read_options(text, year=year, today=circumstances.on if circumstances else date.min)


class DatePoll(BaseModel):
    """The times that people choose from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dates: Annotated[tuple[DateOption, ...], BeforeValidator(_reads(_options))]

    @field_validator("dates")
    @classmethod
    def _there_are_some_to_come(
        cls, value: tuple[DateOption, ...], info: ValidationInfo
    ) -> tuple[DateOption, ...]:
        if not value:
            _refuse("missing")
        if len(value) > MOST_OPTIONS:
            _refuse("too_many", most=MOST_OPTIONS)
        times = [(each.first_on, each.last_on, each.starts, each.ends) for each in value]
        for each, when in zip(value, times, strict=True):
            if info.context is not None and each.first_on <= info.context.on:
                _refuse("date_in_past", day=each.first_on)
            if times.count(when) > 1:
                _refuse("date_twice", day=each.first_on)
        return value


class MeetingMinutes(BaseModel):
    """What was said at a meeting, and what those who were called need to know after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: Annotated[Words, Field(max_length=4000)]
    practical: Text | None = None


def least_own_contribution_nok(
    values: Mapping[str, Any], year: int, circumstances: Circumstances | None
) -> int | None:
    """What the owner must put in that year by the scheme's formula; None where there is none or money is missing.

    Source: the scheme set's own_contribution (variant A: 30 % of the owner's grant), domain.md 1.6.
    """
    scheme = circumstances.scheme(values.get("scheme")) if circumstances else None
    owner_nok = values.get("budget_owner", {}).get(year)
    if scheme is None or scheme.own_contribution is None or owner_nok is None:
        return None
    uh_nok = sum(per_year.get(year, 0) for per_year in values.get("budget_uh", {}).values())
    return own_contribution_nok(scheme.own_contribution, owner_nok, uh_nok)


@dataclass(frozen=True, slots=True)
class YearSum:
    """What is asked for in a year; None where an amount is missing or cannot be read."""

    year: int
    owner_nok: int | None
    uh_nok: int | None
    least_own_nok: int | None = None  # by the scheme's formula

    @property
    def total_nok(self) -> int | None:
        return None if self.owner_nok is None or self.uh_nok is None else self.owner_nok + self.uh_nok
