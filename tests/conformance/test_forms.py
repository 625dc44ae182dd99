"""Every form: each of its questions is asked, in every language, and an example of it is complete."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from dialogs.asking import shown
from dialogs.commands import ARGUMENTS
from dialogs.engine import Answers, Becomes
from dialogs.forms import FORMS
from dialogs.granted import REPORTS
from dialogs.submitting import _FILED_AS
from dialogs.texts import catalogue, languages, texts
from domain.calendar import first_year
from domain.grants import kind_of
from domain.submissions import Circumstances
from play.examples import COMPLETE, GRANT, HALF_YEAR, YEARS, circumstances

OF_GRANTS = replace(circumstances(), partnership=GRANT, period="2023-2")
NEEDS = FORMS["needs_report"].check(COMPLETE, circumstances()).report
LATER = replace(circumstances(), deadline_on=date(2023, 2, 1))
# Of each form answers that can be filed, in their circumstances; and others by which further questions are asked.
EXAMPLES: Mapping[str, tuple[Circumstances, Answers, tuple[Answers, ...]]] = {
    "needs_report": (
        circumstances(),
        COMPLETE,
        ({"scheme": "competence_lift", "correction_reason": "Feil nummer."},),
    ),
    "send_back": (
        circumstances(),
        {"fields": "goal", "reason.goal": "Si mer.", "message": None, "answer_by_on": "2023-03-01"},
        (),
    ),
    "extension": (LATER, {"owner": "1804", "deadline_on": "2023-02-10", "why": "Sykdom"}, ()),
    "move_event": (
        replace(circumstances(), calendar=first_year("nordland")),
        {
            "event": "region_yh_autumn",
            "first_on": "2023-10-11",
            "last_on": "2023-10-12",
            "hours": "9-15",
            "place": None,
            "form": "digital",
        },
        ({"event": "report_deadline", "link": "https://example.org/skjema"},),
    ),
    "half_year_report": (OF_GRANTS, HALF_YEAR, ()),
    "meeting_plan": (
        circumstances(),
        {
            "first_on": "2023-09-13",
            "last_on": "2023-09-14",
            "hours": "9-15",
            "form": "hybrid",
            "place": "Ørnes hotell, Meløy",
            "food": "yes",
            "join_link": "https://teams.example.org/salten",
            "agenda": "Evalueringen, og hva vi lærte\nNy behovsmelding",
            "practical": "Reiseregningen sendes RKK Lofoten innen 1. oktober.",
        },
        (),
    ),
    "meeting_poll": (circumstances(), {"dates": "12. september 9-15\n28.-29. september"}, ()),
    "meeting_minutes": (
        circumstances(),
        {"minutes": "Vi ble enige om ny behovsmelding.", "practical": "Reiseregningen sendes RKK Lofoten."},
        (),
    ),
    "university_part": (
        replace(circumstances(), filed=NEEDS, partner="nord"),
        {
            "uh_dialogue": "Tre møter, og enighet om innholdet.",
            "uh_dialogue_on": "2022-12-01",
            **{f"budget_uh.nord.{year}": "400 000" for year in YEARS},
            "reason": "Vi har færre timer enn det som står.",
        },
        (),
    ),
}


def test_every_form_has_an_example() -> None:
    assert EXAMPLES.keys() == FORMS.keys()


@pytest.mark.parametrize("name", FORMS)
def test_example_is_complete(name: str) -> None:
    around, answers, _ = EXAMPLES[name]
    checked = FORMS[name].check(answers, around)
    assert (checked.missing, dict(checked.problems)) == (frozenset(), {})
    assert checked.report is not None
    assert type(checked.report).model_validate_json(checked.report.model_dump_json()) == checked.report


@pytest.mark.parametrize("name", FORMS)
def test_every_question_is_asked(name: str) -> None:
    around, answers, others = EXAMPLES[name]
    form = FORMS[name]
    asked = {
        question.ask.field
        for more in ({}, *others)
        for correction in (False, True)
        for question in form.path({**answers, **more}, replace(around, is_correction=correction))
    }
    assert asked == {ask.field for page in form.pages for ask in page.asks}


@pytest.mark.parametrize("name", FORMS)
def test_every_question_is_a_field_of_the_model(name: str) -> None:
    form = FORMS[name]
    assert {ask.field for page in form.pages for ask in page.asks} <= form.model.model_fields.keys()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", FORMS)
def test_form_can_be_asked_in_every_language(name: str, language: str) -> None:
    """Title, pages, questions, choices and buttons; a text that is not there is a KeyError."""
    form, t = FORMS[name], texts(language)
    around, answers, _ = EXAMPLES[name]
    for key in ("title", "untitled", "submit"):
        assert t(f"{name}.{key}")
    assert t.has(f"type.ready.{name}")
    for page in form.pages:
        assert catalogue(language)[f"{name}.page.{page.name}"]
    for question in form.path(answers, around):
        seen = shown(form, question, around, t)
        assert seen.label
        assert seen.help
        assert [title for _, title in seen.choices if not title] == []
    assert [value for _, value in form.known(around, t) if not value] == []


@pytest.mark.parametrize("name", FORMS)
def test_something_becomes_of_it(name: str) -> None:
    assert FORMS[name].becomes in _FILED_AS
    assert set(_FILED_AS) == set(Becomes)


@pytest.mark.parametrize("name", REPORTS)
def test_report_on_a_grant_has_its_event_and_its_words(name: str) -> None:
    """What the calendar and the texts must have, beside the one file of the form."""
    event = first_year("nordland").event(name)
    assert event is not None
    assert event.ends_on is not None
    assert {name, f"{name}_list", f"{name}_missing"} <= ARGUMENTS.keys()
    wanted = ("list", "missing", "receipt", "not_yet", "none", "which", "to_file", "to_confirm")
    assert [key for key in wanted if not texts("nb").has(f"{name}.{key}")] == []
    assert texts("nb").has(f"notice.{kind_of(name)}_red")
