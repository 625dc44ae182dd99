"""A card as text: everything that can be read, filled in and pressed, with numbers to do it by."""

from typing import Any

from play.render import draw

Json = dict[str, Any]


def a_card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


FORM = a_card(
    {"type": "TextBlock", "text": "Behovsmelding", "style": "heading"},
    {"type": "RichTextBlock", "inlines": ["Side 2 av 6: ", {"type": "TextRun", "text": "Behov"}]},
    {"type": "Input.Text", "id": "goal", "label": "Mål", "isRequired": True, "value": "Bedre lesing"},
    {
        "type": "Input.Text",
        "id": "why",
        "label": "Hvorfor",
        "isMultiline": True,
        "placeholder": "Noen linjer",
    },
    {
        "type": "Input.ChoiceSet",
        "id": "region",
        "label": "Region",
        "value": "lofoten",
        "choices": [{"title": "Salten", "value": "salten"}, {"title": "Lofoten", "value": "lofoten"}],
    },
    {
        "type": "Input.ChoiceSet",
        "id": "owners",
        "label": "Eiere",
        "isMultiSelect": True,
        "value": "1804,1805",
        "choices": [{"title": "Bodø", "value": "1804"}, {"title": "Narvik", "value": "1805"}],
    },
    {"type": "Input.Toggle", "id": "agreed", "title": "Vi er enige", "valueOn": "yes"},
    {"type": "Container", "isVisible": False, "items": [{"type": "TextBlock", "text": "skjult"}]},
    actions=[
        {"type": "Action.Execute", "title": "Neste", "verb": "next"},
        {"type": "Action.OpenUrl", "title": "Les mer", "url": "https://example.test/"},
    ],
)


def test_a_form_is_drawn_with_numbers() -> None:
    assert draw(FORM) == [
        "Behovsmelding",
        "=============",
        "Side 2 av 6: Behov",
        "[1] Mål *: Bedre lesing",
        "[2] Hvorfor:",
        "      (Noen linjer)",
        "[3] Region: Lofoten",
        "      velg: 1=Salten   2=Lofoten",
        "[4] Eiere: Bodø, Narvik",
        "      flere av: 1=Bodø   2=Narvik",
        "[5] Vi er enige: nei",
        "(1) Neste  Les mer <https://example.test/>",
    ]


def test_what_was_filled_in_and_what_is_wrong_with_it_stand_there() -> None:
    lines = draw(FORM, filled={"why": "en\nto", "agreed": "yes"}, complaints={"goal": "For kort."})
    assert lines[3:8] == [
        "[1] Mål *: Bedre lesing",
        "    ! For kort.",
        "[2] Hvorfor: en",
        "      to",
        "[3] Region: Lofoten",
    ]
    assert "[5] Vi er enige: ja" in lines


def test_tables_facts_and_columns_are_laid_out() -> None:
    def row(*texts: str) -> Json:
        cells = [{"items": [{"type": "TextBlock", "text": text}]} for text in texts]
        return {"type": "TableRow", "cells": cells}

    card = a_card(
        {"type": "Table", "firstRowAsHeaders": True, "rows": [row("Region", "Saker"), row("Ofoten", "12")]},
        {"type": "FactSet", "facts": [{"title": "Frist", "value": "1. februar"}]},
        {
            "type": "ColumnSet",
            "columns": [{"items": [{"type": "TextBlock", "text": text}]} for text in ("venstre", "høyre")],
        },
        {"type": "Image", "url": "https://example.test/x.png", "altText": "Kart"},
    )
    assert draw(card) == [
        "Region | Saker",
        "-------+------",
        "Ofoten | 12",
        "Frist: 1. februar",
        "venstre   høyre",
        "[bilde: Kart]",
    ]


def test_a_card_in_a_card_is_drawn_open_and_its_inputs_keep_the_count() -> None:
    inner = a_card({"type": "Input.Text", "id": "b", "label": "To"}, actions=[execute("Send")])
    card = a_card(
        {"type": "Input.Text", "id": "a", "label": "En"},
        {"type": "ActionSet", "actions": [{"type": "Action.ShowCard", "title": "Mer", "card": inner}]},
        {"type": "Input.Text", "id": "c", "label": "Tre"},
        actions=[execute("Ferdig")],
    )
    assert draw(card) == ["[1] En:", "  [2] To:", "  (2) Send", "(1) Mer", "[3] Tre:", "(3) Ferdig"]


def execute(title: str) -> Json:
    return {"type": "Action.Execute", "title": title}


def test_long_texts_are_broken_between_words_and_choices_never_inside() -> None:
    choices = [{"title": f"Kommune nummer {number}", "value": str(number)} for number in range(8)]
    lines = draw(
        a_card(
            {"type": "RichTextBlock", "inlines": ["ord " * 40]},
            {"type": "Input.ChoiceSet", "id": "a", "label": "Hvor", "choices": choices},
        )
    )
    assert all(len(line) <= 100 for line in lines)
    assert " ".join(lines[:2]).split() == ["ord"] * 40
    assert all(line.strip().startswith(("velg: 1=", "5=")) for line in lines[3:])


def test_what_stands_apart_on_the_card_stands_apart_here() -> None:
    def text(words: str, **more: str) -> Json:
        return {"type": "TextBlock", "text": words, **more}

    card = a_card(text("En", spacing="Medium"), text("To"), text("Tre", style="heading"), text("Fire"))
    assert draw(card) == ["En", "To", "", "Tre", "===", "Fire"]


def test_unknown_elements_are_drawn_as_their_fallback() -> None:
    chart = {"type": "Chart.Donut", "fallback": {"type": "TextBlock", "text": "12 av 41"}}
    assert draw(a_card(chart)) == ["12 av 41"]
