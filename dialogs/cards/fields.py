"""The input of a question on a card."""

from dialogs.asking import Shown
from dialogs.cards.parts import Element
from dialogs.engine import Kind


def field(seen: Shown, text: str, *, longest: int, tick: str, within: str = "") -> Element:
    """The input with its label. It never insists on being filled in: a page can be saved half done. `within`: what
    stands in it as long as nothing is typed."""
    common: Element = {"id": seen.field, "label": seen.label, "spacing": "Medium", "value": text}
    if seen.kind is Kind.TICK:
        toggle = {"title": tick, "valueOn": "yes", "valueOff": "", "wrap": True}
        return common | {"type": "Input.Toggle"} | toggle
    if seen.kind in (Kind.CHOICE, Kind.MULTI):
        return common | {
            "type": "Input.ChoiceSet",
            "choices": [{"title": title, "value": value} for value, title in seen.choices],
            "style": "compact" if len(seen.choices) > 5 else "expanded",
            "isMultiSelect": seen.kind is Kind.MULTI,
            "wrap": True,
        }
    # Days too: a client's calendar reads its own language alone, and silently drops the rest that is typed into it.
    hint = {"placeholder": within} if within else {}
    return common | {"type": "Input.Text", "isMultiline": seen.kind is Kind.TEXT, "maxLength": longest} | hint
