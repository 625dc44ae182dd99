"""The pieces that cards are made of (Adaptive Cards 1.5).

A `TextBlock` reads markdown, so only headings of our own are TextBlocks. Everything else, and every word that a
person wrote, is a `TextRun`, which shows what it holds (threats.md, 22 and 23).
"""

from collections.abc import Sequence
from typing import Any

Element = dict[str, Any]


def heading(text: str, *, level: int = 1) -> Element:
    """A heading that screen readers find. For texts of our own only."""
    size = {1: "Large", 2: "Medium"}[level]
    return {
        "type": "TextBlock",
        "text": text,
        "size": size,
        "weight": "Bolder",
        "wrap": True,
        "style": "heading",
    }


def line(*runs: str | Element, spacing: str = "Default") -> Element:
    """A paragraph of plain runs."""
    return {
        "type": "RichTextBlock",
        "spacing": spacing,
        "inlines": [run(part) if isinstance(part, str) else part for part in runs],
    }


def run(text: str, **style: object) -> Element:
    return {"type": "TextRun", "text": text, **style}


def bold(text: str) -> Element:
    return run(text, weight="Bolder")


def subtle(text: str, *, spacing: str = "Small") -> Element:
    return line(run(text, isSubtle=True, size="Small"), spacing=spacing)


def bad(text: str, *, spacing: str = "Small") -> Element:
    """Something wrong; the words say so too, since colour alone says nothing to some."""
    return line(run(text, color="Attention", weight="Bolder"), spacing=spacing)


def box(*items: Element, style: str = "emphasis") -> Element:
    return {"type": "Container", "style": style, "items": list(items)}


def facts(rows: Sequence[tuple[str, str]]) -> Element:
    """Names and values below each other; values are shown as they are."""
    return {
        "type": "Container",
        "items": [line(bold(f"{name}: "), value, spacing="Small") for name, value in rows],
    }


def table(
    widths: Sequence[int],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: bool = True,
) -> Element:
    """A table of at most three columns, which is what a phone has room for. `numbers`: every column but the first holds
    numbers and stands to the right. Further lines of a cell are small."""
    return {
        "type": "Table",
        "columns": [{"width": width} for width in widths],
        "rows": [
            _row([[bold(name)] for name in header], right=numbers),
            *(_row([*map(_lines, row)], right=numbers) for row in rows),
        ],
    }


def bars(title: str, values: Sequence[tuple[str, int]]) -> Element:
    """A picture of (name, number) in Teams; other clients leave it out. What it shows must be said beside it. `title`:
    what the numbers are, with their unit."""
    return {
        "type": "Chart.HorizontalBar",
        "title": title,
        "displayMode": "AbsoluteWithAxis",
        "data": [{"x": name, "y": value} for name, value in values],
        "fallback": "drop",
    }


def _lines(cell: str) -> list[Element]:
    first, *more = cell.split("\n")
    return [run(first), *(run(text, isSubtle=True, size="Small") for text in more)]


def _row(cells: Sequence[Sequence[Element]], *, right: bool) -> Element:
    return {
        "type": "TableRow",
        "cells": [
            {"type": "TableCell", "items": [_in_cell(part, right=right and place > 0) for part in cell]}
            for place, cell in enumerate(cells)
        ],
    }


def _in_cell(part: Element, *, right: bool) -> Element:
    block = line(part, spacing="None")
    return {**block, "horizontalAlignment": "Right"} if right else block


def button(title: str, verb: str, card_id: str) -> Element:
    """An Action.Execute; clients without it send the same as a message (Action.Submit)."""
    data = {"v": 1, "ci": card_id, "verb": verb}
    submit = {"type": "Action.Submit", "title": title, "data": data}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": data, "fallback": submit}


def link(title: str, address: str) -> Element:
    """Opens the address in the browser; every client can."""
    return {"type": "Action.OpenUrl", "title": title, "url": address}


def more_actions(*actions: Element) -> Element:
    """Buttons within the card, where those at its end are as many as Teams shows."""
    return {"type": "ActionSet", "actions": list(actions), "spacing": "Medium"}


def card(
    *body: Element | None,
    actions: Sequence[Element] = (),
    refresh: tuple[str, str] | None = None,
    wide: bool = False,
) -> Element:
    """The whole card. `refresh` is (card id, the person's id in the chat): reopening shows the present state."""
    made: Element = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "body": [element for element in body if element is not None],
    }
    if actions:
        made["actions"] = list(actions)
    if refresh is not None:
        card_id, user_id = refresh
        made["refresh"] = {
            "action": {
                "type": "Action.Execute",
                "verb": "refresh",
                "data": {"v": 1, "ci": card_id, "verb": "refresh"},
            },
            "userIds": [user_id],
        }
    if wide:
        made["msteams"] = {"width": "Full"}
    return made
