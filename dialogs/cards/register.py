"""The card on which staff give somebody a role, or end it."""

from collections.abc import Mapping

from dialogs.cards.parts import Element, bad, button, card, heading, line
from dialogs.texts import Texts
from domain.access import RoleKind

FIELDS = ("person", "kind", "where", "valid_from", "valid_to", "why")
VERBS = ("give", "end")
LONGEST = 500


def role_card(t: Texts, card_id: str, typed: Mapping[str, str], *, refusal: str = "") -> Element:
    """What was typed stands there again, with why it was refused."""
    return card(
        heading(t("register.role_card.title")),
        line(t("register.role_card.help")),
        bad(t("card.error", text=refusal)) if refusal else None,
        *(_field(field, t, typed.get(field, "")) for field in FIELDS),
        actions=[button(t(f"register.role_card.{verb}"), verb, card_id) for verb in VERBS],
    )


def _field(field: str, t: Texts, text: str) -> Element:
    common: Element = {
        "id": field,
        "label": t(f"register.role_card.{field}"),
        "value": text,
        "spacing": "Medium",
    }
    if field == "kind":
        kinds = [{"title": t.words(f"register.role.{kind}")[0], "value": str(kind)} for kind in RoleKind]
        return common | {"type": "Input.ChoiceSet", "choices": kinds, "style": "compact", "wrap": True}
    return common | {"type": "Input.Text", "maxLength": LONGEST, "isMultiline": field == "why"}
