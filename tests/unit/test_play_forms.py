"""What is typed for an input becomes what a client sends, or is refused with what would do."""

from typing import Any

import pytest

from play.cards import Field, fields
from play.forms import Unfit, value_for

REGIONS = [
    {"title": "Salten", "value": "salten"},
    {"title": "Indre Salten, øst", "value": "inner"},
    {"title": "2023", "value": "y3"},
    {"title": "Sør-Helgeland", "value": "south"},
]


def a_field(kind: str, **more: Any) -> Field:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": f"Input.{kind}", "id": "a", **more}]}
    (field,) = fields(card)
    return field


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1", "salten"),
        ("salten", "salten"),
        ("SØR", "south"),
        ("inner", "inner"),
        ("2023", "y3"),  # a title goes before a number
        ("Indre Salten, øst", "inner"),
    ],
)
def test_a_choice_by_number_title_or_beginning(typed: str, value: str) -> None:
    assert value_for(a_field("ChoiceSet", choices=REGIONS), typed) == value


@pytest.mark.parametrize("typed", ["5", "0", "Lofoten", "s"])
def test_what_is_no_choice_or_several_is_refused(typed: str) -> None:
    with pytest.raises(Unfit, match=typed):
        value_for(a_field("ChoiceSet", choices=REGIONS), typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1, 4", "salten,south"),
        ("Salten; Indre Salten, øst", "salten,inner"),
        ("Indre Salten, øst", "inner"),
        ("2", "inner"),
    ],
)
def test_several_choices(typed: str, value: str) -> None:
    assert value_for(a_field("ChoiceSet", choices=REGIONS, isMultiSelect=True), typed) == value


def test_a_toggle_takes_yes_and_no() -> None:
    toggle = a_field("Toggle", title="Enige", valueOn="yes", valueOff="")
    assert [value_for(toggle, typed) for typed in ("ja", "J", "nei")] == ["yes", "yes", ""]
    with pytest.raises(Unfit):
        value_for(toggle, "kanskje")


def test_a_date_becomes_iso() -> None:
    assert value_for(a_field("Date"), "1.2.2023") == value_for(a_field("Date"), "2023-02-01") == "2023-02-01"
    with pytest.raises(Unfit):
        value_for(a_field("Date"), "30.2.2023")


def test_text_is_sent_as_typed() -> None:
    assert value_for(a_field("Text"), "14 825 160,-") == "14 825 160,-"
