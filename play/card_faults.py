"""What makes Teams refuse a card, or draw it wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from play.cards import INSIDE, KNOWN, Element, fields

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
REFRESHABLE_PEOPLE = 60

REQUIRED: dict[str, tuple[tuple[str, type], ...]] = {
    "TextBlock": (("text", str),),
    "RichTextBlock": (("inlines", list),),
    "FactSet": (("facts", list),),
    "Image": (("url", str),),
    "ImageSet": (("images", list),),
    "Media": (("sources", list),),
    "Container": (("items", list),),
    "ActionSet": (("actions", list),),
    "Input.Text": (("id", str),),
    "Input.Number": (("id", str),),
    "Input.Date": (("id", str),),
    "Input.Time": (("id", str),),
    "Input.Toggle": (("id", str), ("title", str)),
    "Input.ChoiceSet": (("id", str),),
    "Action.Execute": (("title", str),),
    "Action.Submit": (("title", str),),
    "Action.OpenUrl": (("title", str), ("url", str)),
    "Action.ShowCard": (("title", str), ("card", dict)),
    "Action.ToggleVisibility": (("title", str), ("targetElements", list)),
}


def faults(card: Any) -> list[str]:
    """What makes Teams refuse the card or draw it wrong, each with its place; empty: well-formed."""
    if not isinstance(card, Mapping) or card.get("type") != "AdaptiveCard":
        return ["the content is not an AdaptiveCard"]
    found = []
    if card.get("version") not in VERSIONS:
        found.append(f"version {card.get('version')!r} is not drawn by Teams")
    found += _faults_inside(card, "card")
    if found:
        return found
    ids = [each.id for each in fields(card)]
    found += [f"two inputs are called {id_!r}" for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1})]
    return found + _refresh_faults(card.get("refresh"))


def _faults_inside(element: Element, place: str) -> list[str]:
    found: list[str] = []
    for key, default_type in INSIDE.get(str(element.get("type")), ()):
        inner = element.get(key) or ()
        for number, child in enumerate([inner] if isinstance(inner, Mapping) else inner):
            found += _faults_of(child, f"{place}.{key}[{number}]", default_type)
    return found


def _faults_of(element: Any, place: str, default_type: str) -> list[str]:
    if not isinstance(element, Mapping):
        return [f"{place} is not an object"]
    kind = element.get("type", default_type)
    if kind not in KNOWN:
        fallback = element.get("fallback")
        if fallback == "drop":
            return []
        return (
            _faults_of(fallback, f"{place}.fallback", "") if fallback else [f"{place}: {kind!r} is unknown"]
        )
    found = [
        f"{place}: {kind} without a proper {key!r}"
        for key, wanted in REQUIRED.get(kind, ())
        if not isinstance(element.get(key), wanted)
    ]
    if kind == "Input.ChoiceSet":
        found += _choice_faults(element, place)
    if isinstance(element.get("fallback"), Mapping):
        found += _faults_of(element["fallback"], f"{place}.fallback", "")
    return found + _faults_inside({**element, "type": kind}, place)


def _choice_faults(element: Element, place: str) -> list[str]:
    choices = element.get("choices")
    if not isinstance(choices, Sequence):
        return [] if "choices.data" in element else [f"{place}: Input.ChoiceSet without choices"]
    return [
        f"{place}.choices[{number}] lacks title or value"
        for number, choice in enumerate(choices)
        if not (isinstance(choice.get("title"), str) and isinstance(choice.get("value"), str))
    ]


def _refresh_faults(refresh: Any) -> list[str]:
    if refresh is None:
        return []
    found = []
    if refresh.get("action", {}).get("type") != "Action.Execute":
        found.append("refresh needs an Action.Execute")
    if len(refresh.get("userIds") or ()) > REFRESHABLE_PEOPLE:
        found.append(f"refresh for more than {REFRESHABLE_PEOPLE} people")
    return found
