"""A message to many: how it looks and to whom it goes, and how far it has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dialogs.cards.parts import Element, bad, bold, box, button, card, heading, line, subtle
from dialogs.texts import Texts

Looks = tuple[Element, tuple[str, ...]]  # the card, and what stands on its buttons

UNDER_WAY = ("pending", "claimed")
_COUNTED = {
    "sent": ("sent",),
    "waits": UNDER_WAY,
    "not_reached": ("failed", "unknown"),
    "not_sent": ("dropped", "held"),
}


def preview(
    t: Texts,
    card_id: str,
    looks: Looks | None,
    *,
    count: int,
    names: Sequence[str],
    in_channels: Sequence[str],
    by_mail: int,
    unreached: Sequence[str],
) -> Element:
    """`names`: of the people. `unreached`: those to whom no way leads."""
    return card(
        heading(t("mass.preview_title")),
        line(t("mass.preview", count=count)),
        _looks(t, looks) if looks else bad(t("mass.says_nothing")),
        line(t("mass.people", names=t.some(names))) if names else None,
        line(t("mass.in_channels", names=", ".join(in_channels))) if in_channels else None,
        subtle(t("mass.by_mail", count=by_mail)) if by_mail else None,
        bad(t("mass.unreached", names=", ".join(unreached))) if unreached else None,
        subtle(t("mass.how", words=t.words("command.send_out")[0])),
        actions=[
            button(t("button.release", count=count), "release", card_id),
            button(t("button.do_not_send"), "do_not_send", card_id),
        ],
    )


def _looks(t: Texts, looks: Looks) -> Element:
    shown, titles = looks
    buttons = [subtle(t("mass.buttons", titles=" · ".join(titles)))] if titles else []
    return box(*shown["body"], *buttons)


def counted(t: Texts, counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """(what became of them, how many), of what there is."""
    sums = {key: sum(counts.get(state, 0) for state in states) for key, states in _COUNTED.items()}
    return tuple((t(f"mass.{key}"), number) for key, number in sums.items() if number)


def progress(
    t: Texts,
    card_id: str,
    who_id: str,
    *,
    title: str,
    decided_at: datetime | None,
    counted: Sequence[tuple[str, int]],
    is_stopped: bool,
    can_stop: bool,
    refusal: str = "",
) -> Element:
    """`refusal`: why it was stopped instead of let go."""
    key = "mass.stopped_at" if is_stopped else "mass.released_at"
    buttons = [
        button(t("button.show_batch"), "show_batch", card_id),
        button(t("button.who_got_it"), "ask", who_id),
        *([button(t("button.stop_batch"), "stop_batch", card_id)] if can_stop else []),
    ]
    return card(
        heading(title),
        line(t(key, at=decided_at)),
        bad(refusal) if refusal else None,
        *(line(bold(f"{name}: "), str(number), spacing="Small") for name, number in counted),
        actions=buttons,
    )
