"""Every card in every language: the published schema, Teams' limits, and what person-written text may not do."""

import inspect
import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any

import adaptive_cards
import jsonschema
import pytest

from bot.teams import codec, outbound
from bot.teams.inbound import cleaned
from dialogs import cards
from dialogs.asking import LONGEST_ANSWER
from dialogs.cards.parts import Element
from dialogs.cards.plain import IN_WORDS, as_text, pressable
from dialogs.desk import message
from dialogs.texts import languages, texts
from domain.parsing import format_nok
from play.examples import EVERY, USER, written
from tests.conformance.teams_extras import published

EVERYWHERE = [(language, name) for language in languages() for name in EVERY]
MOST_ACTIONS, MOST_COLUMNS = 6, 3
PIECES = {"parts", "fields"}  # what cards are made of


@cache
def schema() -> jsonschema.Draft6Validator:
    text = files(adaptive_cards).joinpath("schemas/schema-1.5.json").read_text(encoding="utf-8")
    return jsonschema.Draft6Validator(json.loads(text))


@cache
def card(language: str, name: str) -> Element:
    return EVERY[name](texts(language))


def parts(element: Any) -> Iterator[Element]:
    """Every object of the card, the card itself first; fallbacks too."""
    if isinstance(element, dict):
        yield element
    for inner in element.values() if isinstance(element, dict) else element:
        if isinstance(inner, dict | list):
            yield from parts(inner)


def of_type(card: Element, prefix: str) -> list[Element]:
    return [part for part in parts(card) if str(part.get("type", "")).startswith(prefix)]


def visible(card: Element) -> Iterator[str]:
    """Everything that a person reads on the card, input values among it."""
    for part in parts({**card, "refresh": {}}):
        yield from (part[key] for key in ("title", "label") if key in part)
        if part.get("type") == "TextBlock":
            yield part["text"]
        if part.get("type") == "RichTextBlock":
            yield "".join(run["text"] for run in part["inlines"])
        if part.get("type") in ("Input.Text", "Input.Date"):
            yield part["value"]


def builders() -> set[str]:
    """Every public function in `dialogs.cards` that makes a whole card."""
    modules = {
        module.name: import_module(f"{cards.__name__}.{module.name}")
        for module in iter_modules(cards.__path__)
    }
    return {
        f"{name}.{function.__name__}"
        for name, module in modules.items()
        if name not in PIECES
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not function.__name__.startswith("_")
        if function.__annotations__.get("return") is Element
    }


def test_every_card_has_an_example() -> None:
    assert {name.partition("/")[0] for name in EVERY} == builders()


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_card_keeps_to_the_published_schema(language: str, name: str) -> None:
    errors = list(schema().iter_errors(published(card(language, name))))
    assert [jsonschema.exceptions.best_match([error]).message for error in errors] == []


def test_the_schema_objects() -> None:
    """What is looked for is found: an unknown property, and a Teams extra without its fallback."""
    wrong = {**card("nb", "cases.case/status"), "body": [{"type": "TextBlock", "text": "x", "colour": "red"}]}
    assert not schema().is_valid(published(wrong))
    badge = {"type": "Badge", "fallback": {"type": "TextBlock", "text": "x", "colour": "red"}}
    assert not schema().is_valid(published({**wrong, "body": [badge]}))


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_card_keeps_to_teams_limits(language: str, name: str) -> None:
    made = card(language, name)
    assert len(made.get("actions", ())) <= MOST_ACTIONS
    assert [part for part in parts(made) if len(part.get("columns", ())) > MOST_COLUMNS] == []
    assert of_type(made, "Image") == of_type(made, "FactSet") == []
    refresh = made.get("refresh", {})
    assert refresh.get("userIds", [USER]) == [USER]


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_every_button_has_its_like_for_clients_that_only_submit(language: str, name: str) -> None:
    """But for those that open an address, which every client can."""
    buttons = of_type(card(language, name), "Action.Execute")
    buttons = [button for button in buttons if "title" in button]  # a refresh is no button
    assert [button["fallback"] for button in buttons] == [
        {"type": "Action.Submit", "title": button["title"], "data": button["data"]} for button in buttons
    ]
    assert [set(button["data"]) for button in buttons] == [{"v", "ci", "verb"}] * len(buttons)
    assert [button["verb"] for button in buttons] == [button["data"]["verb"] for button in buttons]


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_every_input_has_a_label_and_an_id_of_its_own(language: str, name: str) -> None:
    inputs = of_type(card(language, name), "Input.")
    assert [each["id"] for each in inputs if not each.get("label")] == []
    assert len({each["id"] for each in inputs}) == len(inputs)
    assert [each["id"] for each in inputs if not isinstance(each["value"], str)] == []


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_text_twin_says_everything_that_the_card_says(language: str, name: str) -> None:
    made = card(language, name)
    said = as_text(made)
    assert [text for text in visible(made) if text not in said] == []


# Buttons of cards with something to fill in, which say how it is written instead.
WRITTEN = {"type", "give", "open", "leave_out", "attendance"}


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_every_button_can_be_answered_in_words(language: str, name: str) -> None:
    """By its number or title; a card with something to fill in has a command for that, which the card names; and what
    cannot be undone is asked in words, or has words of its own."""
    made = card(language, name)
    said, numbered = as_text(made), pressable(made)
    for number, action in enumerate(numbered, start=1):
        assert f"{number}. [{action['title']}]" in said
    buttons = [each for each in of_type(made, "Action.Execute") if "title" in each]
    verbs = {each["verb"] for each in buttons}
    if "release" in verbs:
        assert texts(language).words("command.send_out")[0] in said
    elif verbs & IN_WORDS:
        assert texts(language)("type.yes_or_no") in said
    elif not numbered and buttons:
        assert of_type(made, "Input.")
        assert verbs & WRITTEN


def in_its_row(name: str, number: int, said: str) -> bool:
    """Of `Rekom, ramme`: the row of the table that begins with `Rekom` has the amount."""
    row = f"{name.partition(', ')[0]} | "
    return any(line.startswith(row) and format_nok(number) in line for line in said.splitlines())


@pytest.mark.parametrize(("language", "name"), EVERYWHERE)
def test_what_a_chart_shows_is_said_too(language: str, name: str) -> None:
    """Every name with its number, and nothing is put in the chart's place."""
    made = card(language, name)
    said = as_text(made)
    for chart in of_type(made, "Chart."):
        assert chart["fallback"] == "drop"
        shown = [(bar["x"], bar["y"]) for bar in chart["data"]]
        assert [
            (name, number)
            for name, number in shown
            if f"{name} {number}" not in said
            and f"{name} {format_nok(number)}" not in said
            and not (", " in name and in_its_row(name, number, said))
        ] == []


# What people write.

LONG = ('Vi ser at mange elever leser "for lite", og at de strever.\n' * 200)[:LONGEST_ANSWER]
LONGEST = {"text": LONG, "two units a letter": "🙂" * LONGEST_ANSWER, "one word": "x" * LONGEST_ANSWER}


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST)
@pytest.mark.parametrize("language", languages())
def test_card_has_room_for_the_longest_texts(language: str, text: str) -> None:
    """In either way that it is sent. Raises: SendFailed - TOO_LARGE."""
    for _, make in written(text):
        sent = message(make(texts(language)))
        outbound.dump(outbound.invoke_body(sent))
        outbound.dump(codec.write(outbound.activity(sent)))


HOSTILE = {
    "link": "[Trykk her](https://example.org/felle)",
    "bold": "**fet** __under__ _kursiv_ ~~strøket~~",
    "heading": "# Overskrift\n## En til",
    "list": "- en\n- to\n1. tre",
    "code": "`kode` ```\nmer\n```",
    "picture": "![bilde](https://example.org/x.png)",
    "mention": '<at>everyone</at> <at id="0">Kari</at>',
    "markup": '<b onclick="x">fet</b><script>x</script> &lt;i&gt; &amp;',
    "time": "{{DATE(2023-01-16T00:00:00Z, SHORT)}} ${title} {title} %s",
    "right to left": "abc \u202egnirts\u202c \u2066x\u2069 \u200fy",
    "unseen": "p\u200bq\u00adr\ufeffs\x00t\x1bu",
}


LITERAL = ("TextRun", "Input.Text")
UNSEEN = set("\x00\x1b\u00ad\u200b\u200f\u202c\u202e\u2066\u2069\ufeff")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_people_write_stands_there_literally_and_only_where_nothing_is_read_into_it(text: str) -> None:
    """In runs and in the values of inputs, as it came through the door (threats.md, 22 to 24)."""
    given = cleaned(text)
    assert not set(given) & UNSEEN
    for name, make in written(given):
        made = make(texts("nb"))
        assert any(given in each for each in strings(made, literal=True)), name
        assert [each for each in strings(made, literal=False) if given in each] == [], name
        assert set(made.get("msteams", {})) <= {"width"}


def strings(element: Any, *, literal: bool) -> Iterator[str]:
    """The texts that are shown as they are, or all the others."""
    for part in parts(element):
        shown = {"text", "value"} if part.get("type") in LITERAL else set()
        yield from (
            value for key, value in part.items() if isinstance(value, str) and (key in shown) is literal
        )
