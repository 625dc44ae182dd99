"""The text twin of a card: the same words, for clients without cards, notifications and the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Numbers = Mapping[int, int]  # id of an action -> its number


def as_text(card: Mapping[str, Any]) -> str:
    """Everything the card says and asks, line by line. Buttons come last, in square brackets.

    Where there is nothing to fill in, each has the number that can be typed in its place.
    """
    numbers = {id(action): number for number, action in enumerate(pressable(card), start=1)}
    lines = list(_lines(card.get("body", ()), numbers))
    if card.get("actions"):
        lines += ["", _buttons(card["actions"], numbers)]
    return "\n".join(lines).strip()


# What is not done by a number, which may be about an older card: these are answered with a word of their own.
IN_WORDS = frozenset({"withdraw_yes", "withdraw_no", "discard_yes", "discard_no", "release"})


def pressable(card: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The buttons that can be pressed by typing, in their order; none where there is something to fill in, for which
    there are other words."""
    elements = list(_walk(card.get("body", ())))
    if any(element["type"].startswith("Input.") for element in elements):
        return ()
    sets = [*(element.get("actions", ()) for element in elements), card.get("actions", ())]
    return tuple(
        action for actions in sets for action in actions if action.get("verb", "") not in {"", *IN_WORDS}
    )


def _walk(elements: Any) -> Iterator[Mapping[str, Any]]:
    for element in elements:
        yield element
        yield from _walk(element.get("items", ()))


def _buttons(actions: Sequence[Mapping[str, Any]], numbers: Numbers) -> str:
    return "  ".join(_button(action, numbers.get(id(action))) for action in actions)


def _button(action: Mapping[str, Any], number: int | None) -> str:
    """An address stands behind its button, for those who have no other way to it."""
    title = f"[{action['title']}]"
    if "url" in action:
        return f"{title} {action['url']}"
    return title if number is None else f"{number}. {title}"


def _lines(elements: Any, numbers: Numbers) -> Iterator[str]:
    for element in elements:
        yield from _SHOWN[element["type"]](element, numbers)


def _text_block(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield element["text"]


def _rich_text(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield "".join(run["text"] for run in element["inlines"])


def _container(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield from _lines(element["items"], numbers)


def _table(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    for row in element["rows"]:
        yield " | ".join("; ".join(_lines(cell["items"], numbers)) for cell in row["cells"])


def _picture(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    """What a chart shows stands in words beside it; here it is only named."""
    yield f"({element['title']})"


def _actions(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield _buttons(element["actions"], numbers)


def _input(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield f"{_asked(element)} {element.get('value', '')}".rstrip()


def _asked(element: Mapping[str, Any]) -> str:
    return as_question(element["label"])


def as_question(label: str) -> str:
    """The label of something to fill in, as a line that asks for it."""
    return label if label.endswith(("?", ".")) else f"{label}:"


def _toggle(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    ticked = element.get("value") == element["valueOn"]
    yield _asked(element)
    yield f"[{'x' if ticked else ' '}] {element['title']}"


def _choices(element: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    chosen = element.get("value", "").split(",")
    yield _asked(element)
    for number, choice in enumerate(element["choices"], start=1):
        yield f"  {number}. {choice['title']}{' ✓' if choice['value'] in chosen else ''}"


_SHOWN = {
    "TextBlock": _text_block,
    "RichTextBlock": _rich_text,
    "Container": _container,
    "Table": _table,
    "Chart.HorizontalBar": _picture,
    "ActionSet": _actions,
    "Input.Text": _input,
    "Input.Number": _input,
    "Input.Date": _input,
    "Input.Toggle": _toggle,
    "Input.ChoiceSet": _choices,
}
