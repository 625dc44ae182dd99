"""The text twin of a card: the same words, for clients without cards, notifications and the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def as_text(card: Mapping[str, Any]) -> str:
    """Everything the card says and asks, line by line. Buttons come last, in square brackets."""
    lines = list(_lines(card.get("body", ())))
    if card.get("actions"):
        lines += ["", _buttons(card["actions"])]
    return "\n".join(lines).strip()


def _buttons(actions: Sequence[Mapping[str, Any]]) -> str:
    """An address stands behind its button, for those who have no other way to it."""
    return "  ".join(
        f"[{action['title']}] {action['url']}" if "url" in action else f"[{action['title']}]"
        for action in actions
    )


def _lines(elements: Any) -> Iterator[str]:
    for element in elements:
        yield from _SHOWN[element["type"]](element)


def _text_block(element: Mapping[str, Any]) -> Iterator[str]:
    yield element["text"]


def _rich_text(element: Mapping[str, Any]) -> Iterator[str]:
    yield "".join(run["text"] for run in element["inlines"])


def _container(element: Mapping[str, Any]) -> Iterator[str]:
    yield from _lines(element["items"])


def _table(element: Mapping[str, Any]) -> Iterator[str]:
    for row in element["rows"]:
        yield " | ".join(", ".join(_lines(cell["items"])) for cell in row["cells"])


def _actions(element: Mapping[str, Any]) -> Iterator[str]:
    yield _buttons(element["actions"])


def _input(element: Mapping[str, Any]) -> Iterator[str]:
    yield f"{_asked(element)} {element.get('value', '')}".rstrip()


def _asked(element: Mapping[str, Any]) -> str:
    label: str = element["label"]
    return label if label.endswith(("?", ".")) else f"{label}:"


def _toggle(element: Mapping[str, Any]) -> Iterator[str]:
    ticked = element.get("value") == element["valueOn"]
    yield _asked(element)
    yield f"[{'x' if ticked else ' '}] {element['title']}"


def _choices(element: Mapping[str, Any]) -> Iterator[str]:
    chosen = element.get("value", "").split(",")
    yield _asked(element)
    for number, choice in enumerate(element["choices"], start=1):
        yield f"  {number}. {choice['title']}{' ✓' if choice['value'] in chosen else ''}"


_SHOWN = {
    "TextBlock": _text_block,
    "RichTextBlock": _rich_text,
    "Container": _container,
    "Table": _table,
    "ActionSet": _actions,
    "Input.Text": _input,
    "Input.Number": _input,
    "Input.Date": _input,
    "Input.Toggle": _toggle,
    "Input.ChoiceSet": _choices,
}
