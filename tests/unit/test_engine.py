"""The form engine on the needs report: path, problems, sums, and what a card may change."""

from dataclasses import replace
from datetime import date

from dialogs.engine import Checked, Question, digest, merge
from dialogs.forms.needs_report import FORM
from domain.forum import load_forum
from domain.register import Directory
from domain.schemes import scheme_set
from domain.submissions import Circumstances, NeedsReport

COMPLETE: dict[str, str | None] = {
    "scheme": "decentralised",
    "measure_title": "Lesing i alle fag",
    "lead_owner": "1804",
    "other_owners": "1841,1837",
    "contact_name": "Rådgiver skole",
    "contact_email": "skole@example.org",
    "contact_phone": "00 00 00 01",
    "units": "Skole A\nSkole B",
    "participants_staff": "42",
    "private_invited": None,
    "need_description": "Vi ser at mange elever leser for lite. " * 6,
    "need_evidence": "Kartlegging høsten 2022",
    "plan_anchor": "Oppvekstplan 2021",
    "special_challenge": None,
    "sami_perspective": None,
    "staff_involved": "Drøftet i personalmøte på begge skolene, to ganger i høst.",
    "union_involved": "yes",
    "union_involved_on": "15.11",
    "union_involved_text": None,
    "goal": "Elevene leser mer.",
    "measures": "Fire samlinger og arbeid mellom.",
    "collective_process": "Hele personalet leser og prøver ut.",
    "reach_to_classroom": "Lærerne observerer hverandre.",
    "evaluation_plan": "Ny kartlegging.",
    "parallel_measures": "0",
    "coordinator": None,
    "priority_by_network": None,
    "uh_partner": "nord",
    "uh_dialogue": "Møte med instituttet.",
    "uh_dialogue_on": "1. desember 2022",
    "duration_years": "2",
    "prior_commitment": None,
    "attachments": None,
    "budget_owner.2023": "700 000,-",
    "budget_uh.nord.2023": "0,5 mill",
    "own_contribution.2023": "210'",
    "own_contribution_kind.2023": "cash,working_hours",
    "budget_owner.2024": "100 000",
    "budget_uh.nord.2024": "0",
    "own_contribution.2024": "30 000",
    "own_contribution_kind.2024": "cash",
    "declaration": "yes",
    "declaration_name": "Rådgiver skole",
}


def circumstances() -> Circumstances:
    forum = load_forum("nordland")
    directory = Directory({organisation.id: organisation for organisation in forum.organisations()})
    return Circumstances(
        forum,
        scheme_set("nordland", date(2023, 1, 1)),
        2023,
        date(2023, 1, 16),
        directory,
        may_lead=("1804",),
    )


def checked(**changes: str | None) -> Checked[NeedsReport]:
    answers = {**COMPLETE, **{name.replace("__", "."): text for name, text in changes.items()}}
    return FORM.check(answers, circumstances())


def test_complete_draft_is_a_report_with_exact_sums() -> None:
    done = checked()
    assert (done.missing, dict(done.problems)) == (frozenset(), {})
    assert done.report is not None
    assert (done.report.owner_nok, done.report.uh_nok, done.report.total_nok(2023)) == (
        800_000,
        500_000,
        1_200_000,
    )
    assert done.report.union_involved_on == date(2022, 11, 15)


def test_report_reads_its_own_json_back() -> None:
    report = checked().report
    assert report is not None
    assert NeedsReport.read(report.model_dump_json().encode()) == report


def test_own_contribution_below_the_formula_is_refused_for_its_year() -> None:
    found = checked(own_contribution__2023="209 999")
    problem = found.problems["own_contribution.2023"]
    assert (list(found.problems), problem.key) == (["own_contribution.2023"], "own_contribution_too_small")
    assert problem.details["least_nok"] == 210_000


def test_unreadable_amount_is_asked_again_with_its_own_error() -> None:
    found = checked(budget_owner__2024="litt penger")
    question = found.next()
    assert (list(found.problems), question and question.field) == (["budget_owner.2024"], "budget_owner.2024")


def test_first_year_must_ask_for_something() -> None:
    changes = {"budget_owner__2023": "0", "budget_uh__nord__2023": "0", "own_contribution__2023": "0"}
    found = checked(**changes)
    assert [(field, problem.key) for field, problem in found.problems.items()] == [
        ("budget_uh.nord.2023", "nothing_requested")
    ]


def test_answers_off_the_path_stay_out_of_the_report() -> None:
    report = checked(duration_years="1").report
    assert report is not None
    assert list(report.budget_owner) == [2023]


def test_sums_carry_the_own_contribution() -> None:
    sums = FORM.sums(COMPLETE, circumstances())
    assert [(year.year, year.total_nok, year.least_own_nok) for year in sums] == [
        (2023, 1_200_000, 210_000),
        (2024, 100_000, 30_000),
    ]


def on_card(_: Question, text: str | None) -> str:
    return text or ""


def title_question() -> tuple[Question, ...]:
    return tuple(q for q in checked().path if q.field == "measure_title")


def test_card_text_that_did_not_change_changes_nothing() -> None:
    shown = {"measure_title": digest("Gammelt")}
    result = merge(
        {"measure_title": "Nytt"},
        title_question(),
        shown,
        {"measure_title": "Gammelt"},
        on_card=on_card,
        page_done=True,
    )
    assert (result.answers, result.changed, result.clashes) == ({"measure_title": "Nytt"}, (), {})


def test_tick_that_nobody_touched_is_no_answer() -> None:
    ticks = tuple(q for q in checked().path if q.field == "declaration")
    shown = {"declaration": digest("")}
    given = {
        text: merge({}, ticks, shown, {"declaration": text}, on_card=on_card, page_done=True).answers
        for text in ("false", "", "yes")
    }
    assert given == {"false": {}, "": {}, "yes": {"declaration": "yes"}}


def test_card_text_over_a_change_is_a_clash_and_is_kept() -> None:
    shown = {"measure_title": digest("Gammelt")}
    result = merge(
        {"measure_title": "Nytt"},
        title_question(),
        shown,
        {"measure_title": "Mitt"},
        on_card=on_card,
        page_done=True,
    )
    assert (result.answers, result.clashes) == ({"measure_title": "Nytt"}, {"measure_title": "Mitt"})


def test_priority_is_one_case_in_a_region_and_scheme() -> None:
    taken = replace(circumstances(), taken_priorities=frozenset({("decentralised", "SALTEN", 1)}))
    found = FORM.check(COMPLETE | {"priority_by_network": "1"}, taken)
    assert [(field, problem.key) for field, problem in found.problems.items()] == [
        ("priority_by_network", "priority_taken")
    ]
    assert FORM.check(COMPLETE | {"priority_by_network": "2"}, taken).report is not None
