"""A card as text for a terminal, with a number before each input and each button.

Behovsmelding
=============
Side 2 av 6: Behov
[1] Mål *: Bedre lesing
(1) Neste  (2) Tilbake
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from play import cards
from play.cards import Card, Element, Field

WIDTH = 100
_NOTHING: Mapping[str, str] = {}

Lines = list[str]


def draw(
    card: Card, *, filled: Mapping[str, str] = _NOTHING, complaints: Mapping[str, str] = _NOTHING
) -> Lines:
    """`filled`: what the person has put in the inputs since the card came, by id."""
    return _Drawing(cards.visible_fields(card), cards.buttons(card), filled, complaints).inside(card)


def draw_field(number: int, seen: Field, value: str, complaint: str | None = None) -> Lines:
    """One input: its number, label and value, its choices, and what is wrong with it."""
    star = " *" if seen.required else ""
    first, *rest = _readable(seen, value).splitlines() or [""]
    lines = _wrapped(f"[{number}] {seen.label or seen.id}{star}: {first}".rstrip())
    lines += ["      " + line for line in rest]
    lines += _choices(seen, value)
    if not value and seen.placeholder:
        lines += _wrapped(f"({seen.placeholder})", "      ")
    return lines + (_wrapped(f"! {complaint}", "    ") if complaint else [])


def _readable(seen: Field, value: str) -> str:
    if not seen.choices:
        return value
    chosen = value.split(",") if seen.several else [value]
    if seen.kind == "Toggle":
        return "ja" if value == seen.choices[0].value else "nei"
    return ", ".join(choice.title for choice in seen.choices if choice.value in chosen)


def _choices(seen: Field, value: str) -> Lines:
    if seen.kind == "Toggle":
        return []
    titles = [f"{number}={choice.title}" for number, choice in enumerate(seen.choices, 1)]
    # Glued with no-break spaces, so that a line never breaks inside a choice.
    glued = "   ".join(title.replace(" ", "\u00a0") for title in titles)
    lead = "flere av: " if seen.several else "velg: "
    return [line.replace("\u00a0", " ") for line in _wrapped(lead + glued, "      ")] if titles else []


@dataclass(slots=True)
class _Drawing:
    fields: Sequence[Field]
    buttons: Sequence[Element]
    filled: Mapping[str, str]
    complaints: Mapping[str, str]
    _field: int = 0
    _button: int = 0
    _draw: Mapping[str, Callable[[Element], Lines]] = field(init=False)

    def __post_init__(self) -> None:
        self._draw = {
            "TextBlock": _text,
            "RichTextBlock": _rich_text,
            "FactSet": _facts,
            "Image": _image,
            "Media": _image,
            "Table": self._table,
            "ColumnSet": self._columns,
        }

    def inside(self, element: Element) -> Lines:
        lines: Lines = []
        buttons: list[str] = []
        for child in cards.inside(element):
            if not child.get("isVisible", True):
                continue
            kind = str(child["type"])
            if lines and _stands_apart(child):
                lines.append("")
            if kind.startswith("Action."):
                buttons.append(self._one_button(child))
                lines += ["  " + line for line in self.inside(child)]
            elif kind.startswith("Input."):
                lines += self._one_field()
            else:
                lines += self._draw.get(kind, self.inside)(child)
        return lines + _wrapped("  ".join(buttons))

    def _one_field(self) -> Lines:
        seen = self.fields[self._field]
        self._field += 1
        value = self.filled.get(seen.id, seen.value)
        return draw_field(self._field, seen, value, self.complaints.get(seen.id))

    def _one_button(self, action: Element) -> str:
        """A link is not numbered: it is followed in the browser, and the bot counts only what it can be told."""
        if address := action.get("url"):
            return f"{action['title']} <{address}>".replace(" ", "\u00a0")
        self._button += 1
        return f"({self._button}) {action['title']}".replace(" ", "\u00a0")

    def _columns(self, element: Element) -> Lines:
        columns = [self.inside(column) for column in cards.inside(element) if column.get("isVisible", True)]
        if all(len(column) <= 1 for column in columns):
            return ["   ".join(line for column in columns for line in column)]
        return [line for column in columns for line in column]

    def _table(self, element: Element) -> Lines:
        rows = [
            [" / ".join(self.inside(cell)) for cell in cards.inside(row)] for row in cards.inside(element)
        ]
        widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
        lines = [
            " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=False)).rstrip()
            for row in rows
        ]
        if element.get("firstRowAsHeaders", True) and lines:
            lines.insert(1, "-+-".join("-" * width for width in widths))
        return lines


def _stands_apart(element: Element) -> bool:
    return (
        element.get("spacing") in ("Medium", "Large", "ExtraLarge")
        or element.get("style") == "heading"
        or bool(element.get("separator"))
    )


def _text(element: Element) -> Lines:
    lines = _wrapped(str(element["text"]).replace("**", ""))
    if element.get("style") == "heading" and lines:
        lines.append("=" * max(map(len, lines)))
    return lines


def _rich_text(element: Element) -> Lines:
    return _wrapped("".join(_runs(element["inlines"])))


def _runs(inlines: Sequence[Any]) -> Iterator[str]:
    for inline in inlines:
        yield inline if isinstance(inline, str) else str(inline.get("text", ""))


def _facts(element: Element) -> Lines:
    return [line for fact in element["facts"] for line in _wrapped(f"{fact['title']}: {fact['value']}")]


def _image(element: Element) -> Lines:
    return [f"[bilde: {element.get('altText') or 'uten tekst'}]"]


def _wrapped(text: str, indent: str = "") -> Lines:
    """Broken at the width; the person's own line breaks are kept."""
    lines: Lines = []
    wrapper = textwrap.TextWrapper(
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    for line in text.splitlines():
        lines += wrapper.wrap(line)
    return [line.replace("\u00a0", " ") for line in lines]
