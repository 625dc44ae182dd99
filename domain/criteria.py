"""The three allocation criteria as questions of the form, and the warnings that stand before submitting.

All three criteria must be met before a needs report can be assessed (seed deck, "Tildelingskriterier"). The bot
says only whether the questions behind a criterion are answered; whether it is met is for the secretariat.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from domain.privacy import has_identity_number
from domain.submissions import Circumstances, NeedsReport

# Which questions speak for which criterion (domain.md 5.1, the tags "criterion 1" to "criterion 3").
QUESTIONS: dict[str, tuple[str, ...]] = {
    "local_need": ("need_description", "need_evidence", "plan_anchor", "staff_involved", "union_involved"),
    "unit_based": ("units", "measures", "collective_process", "reach_to_classroom"),
    "partnership": ("uh_partner", "uh_dialogue", "uh_dialogue_on"),
}


def unanswered(criterion: str, open_fields: Collection[str]) -> tuple[str, ...]:
    """Those of the criterion's questions that are open: missing, or objected to."""
    return tuple(question for question in QUESTIONS[criterion] if question in open_fields)


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that the owner should know before submitting. It never stops a submission."""

    key: str
    details: dict[str, object] = field(default_factory=dict)


def warnings(report: NeedsReport, circumstances: Circumstances) -> tuple[Warning, ...]:
    """The warnings that stand for the report. Source: domain.md 1.4 (considerations 4, 6, 7) and 5.1."""
    return tuple(_warnings(report, circumstances))


def _warnings(report: NeedsReport, circumstances: Circumstances) -> Iterator[Warning]:
    rules, scheme = circumstances.scheme_set, circumstances.scheme(report.scheme)
    if report.parallel_measures >= rules.parallel_measures_limit:
        yield Warning("parallel_measures", {"count": report.parallel_measures})
    municipalities = len(circumstances.municipalities(report.owners))
    if report.coordinator == "yes" and municipalities < rules.coordinator_min_municipalities:
        yield Warning("coordinator_alone", {"least": rules.coordinator_min_municipalities})
    if circumstances.in_followup(report.owners):
        yield Warning("followup_scheme")
    if report.private_invited == "no":
        yield Warning("private_not_invited")
    if scheme and scheme.asks_service_mix and len(set(report.service_mix)) < 3:
        yield Warning("service_mix")
    if len({circumstances.region_key(owner) for owner in report.owners}) > 1:
        yield Warning("several_regions")
    if report.measure_title.casefold() in _titles(report, circumstances):
        yield Warning("title_taken", {"title": report.measure_title})
    if has_identity_number(report.model_dump_json()):
        yield Warning("identity_number")


def _titles(report: NeedsReport, circumstances: Circumstances) -> frozenset[str]:
    """What the owner's other reports of the round are called."""
    own = circumstances.cases_of(report.lead_owner)
    return frozenset(case.title.casefold() for case in own if case.cycle_year == report.cycle_year)
