"""Reading Adaptive Cards 1.5: what is on them, what can be filled in and what can be pressed.

Cards are plain JSON. Elements that 1.5 does not know are replaced by their `fallback`, as old clients do.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

Card = Mapping[str, Any]
Element = Mapping[str, Any]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"

# Where an element keeps those inside it, and what they are when they do not say so themselves.
INSIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "AdaptiveCard": (("body", ""), ("actions", "")),
    "Container": (("items", ""),),
    "ColumnSet": (("columns", "Column"),),
    "Column": (("items", ""),),
    "Table": (("rows", "TableRow"),),
    "TableRow": (("cells", "TableCell"),),
    "TableCell": (("items", ""),),
    "ActionSet": (("actions", ""),),
    "ImageSet": (("images", "Image"),),
    "Action.ShowCard": (("card", "AdaptiveCard"),),
}

KNOWN = frozenset(INSIDE) | {
    "TextBlock",
    "RichTextBlock",
    "FactSet",
    "Image",
    "Media",
    "Input.Text",
    "Input.Number",
    "Input.Date",
    "Input.Time",
    "Input.Toggle",
    "Input.ChoiceSet",
    "Action.Execute",
    "Action.Submit",
    "Action.OpenUrl",
    "Action.ToggleVisibility",
}


@dataclass(frozen=True, slots=True)
class Choice:
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `value`: what stands there when the card is drawn; several choices are joined by commas."""

    id: str
    kind: str  # "Text", "Number", "Date", "Time", "Toggle", "ChoiceSet"
    label: str = ""
    value: str = ""
    placeholder: str = ""
    choices: tuple[Choice, ...] = ()
    several: bool = False
    multiline: bool = False
    required: bool = False
    error: str = ""
    element: Element = field(default_factory=dict)

    def complaint(self, value: str) -> str | None:
        """What the client says, instead of sending, about a value that breaks the input's own rules."""
        if not value:
            return (self.error or "Må fylles ut.") if self.required else None
        return None if self._fits(value) else (self.error or "Ugyldig verdi.")

    def _fits(self, value: str) -> bool:
        longest, pattern = self.element.get("maxLength"), self.element.get("regex")
        if longest is not None and len(value) > longest:
            return False
        if pattern is not None and re.search(pattern, value) is None:
            return False
        if self.kind == "Toggle":
            return not self.required or value == self.choices[0].value
        if self.kind == "ChoiceSet":
            known = {choice.value for choice in self.choices}
            return not known or set(value.split(",") if self.several else [value]) <= known
        if self.kind in _READERS:
            return self._is_between(value)
        return True

    def _is_between(self, value: str) -> bool:
        read = _READERS[self.kind]
        try:
            least, number, most = (
                read(text) if text is not None else None
                for text in (self.element.get("min"), value, self.element.get("max"))
            )
        except ValueError:
            return False
        return (least is None or least <= number) and (most is None or number <= most)


_READERS: dict[str, Callable[[Any], Any]] = {
    "Number": float,
    "Date": date.fromisoformat,
    "Time": time.fromisoformat,
}


def card_of(activity: Mapping[str, Any]) -> Card | None:
    """The first Adaptive Card among the attachments."""
    for attachment in activity.get("attachments") or ():
        if attachment.get("contentType") == CONTENT_TYPE:
            content: Card = attachment["content"]
            return content
    return None


def inside(element: Element) -> Iterator[Element]:
    """The elements and actions directly inside, in reading order, after fallback."""
    for key, default_type in INSIDE.get(str(element.get("type")), ()):
        found = element.get(key) or ()
        for child in [found] if isinstance(found, Mapping) else found:
            drawn = drawable(child, default_type)
            if drawn is not None:
                yield drawn


def drawable(element: Element, default_type: str = "") -> Element | None:
    """The element itself, or what to draw in its place; None: nothing."""
    if "type" not in element and default_type:
        return {**element, "type": default_type}
    if element.get("type") in KNOWN:
        return element
    fallback = element.get("fallback")
    return drawable(fallback) if isinstance(fallback, Mapping) else None


def elements(element: Element) -> Iterator[Element]:
    """Everything inside, however deep, in reading order; what is hidden too."""
    for child in inside(element):
        yield child
        yield from elements(child)


def fields(card: Card) -> tuple[Field, ...]:
    return tuple(_field(element) for element in elements(card) if str(element["type"]).startswith("Input."))


def visible_fields(card: Card) -> tuple[Field, ...]:
    return tuple(_field(element) for element in _visible(card) if str(element["type"]).startswith("Input."))


def buttons(card: Card) -> tuple[Element, ...]:
    """The actions that can be seen, in reading order."""
    return tuple(element for element in _visible(card) if str(element["type"]).startswith("Action."))


def _visible(element: Element) -> Iterator[Element]:
    for child in inside(element):
        if child.get("isVisible", True):
            yield child
            yield from _visible(child)


def _field(element: Element) -> Field:
    kind = str(element["type"]).removeprefix("Input.")
    choices = tuple(Choice(str(each["title"]), str(each["value"])) for each in element.get("choices") or ())
    if kind == "Toggle":
        on, off = str(element.get("valueOn", "true")), str(element.get("valueOff", "false"))
        choices = (Choice("Ja", on), Choice("Nei", off))
    value = element.get("value")
    return Field(
        id=str(element["id"]),
        kind=kind,
        label=str(element.get("label") or element.get("title") or ""),
        value="" if value is None else str(value),
        placeholder=str(element.get("placeholder") or ""),
        choices=choices,
        several=bool(element.get("isMultiSelect")),
        multiline=bool(element.get("isMultiline")),
        required=bool(element.get("isRequired")),
        error=str(element.get("errorMessage") or ""),
        element=element,
    )


def toggled(card: Card, action: Element) -> Card:
    """The card after a press on Action.ToggleVisibility."""
    targets: dict[str, bool | None] = {}
    for target in action["targetElements"]:
        if isinstance(target, str):
            targets[target] = None
        else:
            targets[target["elementId"]] = target.get("isVisible")

    def turned(value: Any) -> Any:
        if isinstance(value, Mapping):
            copy = {key: turned(each) for key, each in value.items()}
            if "type" in value and value.get("id") in targets:
                wanted = targets[value["id"]]
                copy["isVisible"] = not value.get("isVisible", True) if wanted is None else wanted
            return copy
        return [turned(each) for each in value] if isinstance(value, list) else value

    changed: Card = turned(card)
    return changed
