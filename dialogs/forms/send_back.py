"""Sending a case back to its owner: which answers, why, and until when. For the secretariat."""

from collections.abc import Mapping
from functools import partial

from dialogs.asking import quoted
from dialogs.engine import Answers, Ask, Becomes, Form, Kind, Option, Page, never
from dialogs.forms import needs_report
from dialogs.texts import Texts
from domain.submissions import Circumstances, SendBack


def label(field: str, t: Texts) -> str:
    """What a question of the needs report is called, whatever year or university it is about."""
    return t(
        f"needs_report.field.{field}.label", year=t("send_back.any_year"), partner=t("send_back.any_partner")
    )


def in_words(reasons: Mapping[str, str], t: Texts) -> str:
    """Why a case was sent back: what is said about the whole first, then answer by answer."""
    said = "; ".join(
        f"{label(field, t)}: {quoted(why)}" if field else quoted(why)
        for field, why in sorted(reasons.items())
    )
    return said.replace(".; ", "; ")  # what people write ends with a full stop, or does not


def _fields(_: Circumstances) -> tuple[Option, ...]:
    asks = (ask for page in needs_report.FORM.pages for ask in page.asks if page.name != "review")
    return tuple(Option(ask.field, partial(label, ask.field)) for ask in asks)


def _chosen(answers: Answers, _: Circumstances) -> tuple[str, ...]:
    known = {option.value for option in _fields(_)}
    return tuple(field for field in needs_report.listed(answers.get("fields")) if field in known)


def _names_nothing(answers: Answers, _: Circumstances) -> bool:
    return not answers.get("fields")


FORM = Form(
    "send_back",
    SendBack,
    pages=(
        Page("what", (Ask("fields", Kind.MULTI, required=never, options=_fields),)),
        Page(
            "why", (Ask("reason", each=_chosen, suffix_name=label), Ask("message", required=_names_nothing))
        ),
        Page("review", (Ask("answer_by_on", Kind.DAY_TO_COME),)),
    ),
    derive=lambda _, __: {},
    becomes=Becomes.RETURN,
)
