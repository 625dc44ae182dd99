"""Reading cards: what is on them, what a client lets through, and what Teams would not draw."""

from typing import Any

import pytest

from play.card_faults import faults
from play.cards import Choice, buttons, fields, toggled, visible_fields

Json = dict[str, Any]


def a_card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def an_input(kind: str, id_: str, **more: Any) -> Json:
    return {"type": f"Input.{kind}", "id": id_, **more}


NESTED = a_card(
    {"type": "Container", "items": [an_input("Text", "goal", label="Mål", value="Bedre lesing")]},
    {"type": "ColumnSet", "columns": [{"items": [an_input("Number", "units")]}]},
    {"type": "Table", "rows": [{"type": "TableRow", "cells": [{"items": [an_input("Date", "from")]}]}]},
    {
        "type": "ActionSet",
        "actions": [
            {
                "type": "Action.ShowCard",
                "title": "Mer",
                "card": {"type": "AdaptiveCard", "body": [an_input("Text", "more")]},
            }
        ],
    },
    actions=[{"type": "Action.Execute", "title": "Neste", "verb": "next"}],
)


def test_inputs_and_buttons_are_found_however_deep_and_in_reading_order() -> None:
    assert [each.id for each in fields(NESTED)] == ["goal", "units", "from", "more"]
    assert [each["title"] for each in buttons(NESTED)] == ["Mer", "Neste"]
    assert faults(NESTED) == []


def test_what_is_hidden_is_an_input_but_cannot_be_seen() -> None:
    card = a_card({"type": "Container", "isVisible": False, "items": [an_input("Text", "hidden")]})
    assert [each.id for each in fields(card)] == ["hidden"]
    assert visible_fields(card) == ()


def test_unknown_elements_are_drawn_as_their_fallback() -> None:
    chart = {"type": "Chart.Donut", "fallback": an_input("Text", "instead")}
    dropped = {"type": "Badge", "fallback": "drop"}
    card = a_card(chart, dropped)
    assert [each.id for each in fields(card)] == ["instead"]
    assert faults(card) == []


def test_a_field_knows_its_label_value_and_choices() -> None:
    choices = [{"title": "Salten", "value": "salten"}, {"title": "Lofoten", "value": "lofoten"}]
    region, agreed = fields(
        a_card(
            an_input(
                "ChoiceSet", "region", label="Region", value="salten", choices=choices, isMultiSelect=True
            ),
            an_input("Toggle", "agreed", title="Vi er enige", valueOn="yes", valueOff="no"),
        )
    )
    assert (region.label, region.value, region.several) == ("Region", "salten", True)
    assert region.choices == (Choice("Salten", "salten"), Choice("Lofoten", "lofoten"))
    assert (agreed.label, agreed.value, agreed.choices) == (
        "Vi er enige",
        "",
        (Choice("Ja", "yes"), Choice("Nei", "no")),
    )


@pytest.mark.parametrize(
    ("element", "good", "bad"),
    [
        (an_input("Text", "a", isRequired=True), "x", ""),
        (an_input("Text", "a", maxLength=3), "abc", "abcd"),
        (an_input("Text", "a", regex="^[0-9]+$"), "12", "12a"),
        (an_input("Number", "a", min=1, max=5), "5", "6"),
        (an_input("Number", "a"), "1.5", "halvannen"),
        (an_input("Date", "a", min="2023-01-01"), "2023-01-01", "2022-12-31"),
        (an_input("Date", "a"), "2023-02-28", "28.02.2023"),
        (an_input("Time", "a", max="16:00"), "15:30", "16:30"),
        (an_input("ChoiceSet", "a", choices=[{"title": "En", "value": "1"}]), "1", "2"),
        (an_input("Toggle", "a", title="Ja", isRequired=True), "true", "false"),
    ],
)
def test_the_client_stops_what_breaks_the_inputs_own_rules(element: Json, good: str, bad: str) -> None:
    (field,) = fields(a_card({**element, "errorMessage": "Se på denne."}))
    assert field.complaint(good) is None
    assert field.complaint(bad) == "Se på denne."


def test_an_optional_input_may_be_left_empty() -> None:
    (field,) = fields(a_card(an_input("Number", "a", min=1)))
    assert field.complaint("") is None


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("text", "the content is not an AdaptiveCard"),
        (a_card() | {"version": "1.6"}, "version '1.6' is not drawn by Teams"),
        (a_card({"type": "TextBlock"}), "card.body[0]: TextBlock without a proper 'text'"),
        (a_card({"type": "Badge"}), "card.body[0]: 'Badge' is unknown"),
        (a_card({"type": "Container", "items": ["x"]}), "card.body[0].items[0] is not an object"),
        (a_card(an_input("ChoiceSet", "a")), "card.body[0]: Input.ChoiceSet without choices"),
        (
            a_card(an_input("ChoiceSet", "a", choices=[{"title": "En", "value": 1}])),
            "card.body[0].choices[0] lacks title or value",
        ),
        (a_card(an_input("Text", "a"), an_input("Date", "a")), "two inputs are called 'a'"),
        (
            a_card(actions=[{"type": "Action.Execute", "verb": "x"}]),
            "card.actions[0]: Action.Execute without a proper 'title'",
        ),
        (a_card(refresh={"action": {"type": "Action.Submit"}}), "refresh needs an Action.Execute"),
    ],
)
def test_what_teams_would_not_draw_is_named_with_its_place(card: Any, said: str) -> None:
    assert faults(card) == [said]


def test_toggling_turns_what_is_named_and_leaves_the_card_as_it_was() -> None:
    card = a_card(
        {"type": "TextBlock", "id": "why", "text": "Fordi", "isVisible": False},
        {"type": "Container", "items": [{"type": "TextBlock", "id": "how", "text": "Slik"}]},
    )
    action = {
        "type": "Action.ToggleVisibility",
        "title": "Vis",
        "targetElements": ["why", {"elementId": "how", "isVisible": True}],
    }
    turned = toggled(card, action)
    assert turned["body"][0]["isVisible"] is True
    assert turned["body"][1]["items"][0]["isVisible"] is True
    assert card["body"][0]["isVisible"] is False
