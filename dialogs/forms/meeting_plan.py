"""When and where a meeting is, how one takes part, and what it is about. For those who arrange it."""

from functools import partial

from dialogs.engine import Answers, Ask, Becomes, Form, Kind, Option, Page, never
from dialogs.texts import Texts
from domain.meetings import MeetingForm
from domain.submissions import Circumstances, MeetingPlan


def _form_name(form: MeetingForm, t: Texts) -> str:
    return t(f"meeting.form.{form}")


def _yes_no(value: str, t: Texts) -> str:
    return t(f"meeting.{value}")


def _forms(_: Circumstances) -> tuple[Option, ...]:
    return tuple(Option(str(form), partial(_form_name, form)) for form in MeetingForm)


def _yes_or_no(_: Circumstances) -> tuple[Option, ...]:
    return tuple(Option(value, partial(_yes_no, value)) for value in ("yes", "no"))


def has_room(answers: Answers, _: Circumstances) -> bool:
    """People meet somewhere, so it has a place and there may be food."""
    return answers.get("form") in (MeetingForm.PHYSICAL, MeetingForm.HYBRID)


def has_link(answers: Answers, _: Circumstances) -> bool:
    """One can take part from elsewhere."""
    return answers.get("form") in (MeetingForm.DIGITAL, MeetingForm.HYBRID)


FORM = Form(
    "meeting_plan",
    MeetingPlan,
    pages=(
        Page(
            "when",
            (
                Ask("first_on", Kind.DAY_TO_COME),
                Ask("last_on", Kind.DAY_TO_COME, required=never),
                Ask("hours", Kind.LINE),
                Ask("form", Kind.CHOICE, options=_forms),
            ),
        ),
        Page(
            "where",
            (
                Ask("place", Kind.LINE, when=has_room),
                Ask("food", Kind.CHOICE, when=has_room, options=_yes_or_no),
                Ask("join_link", Kind.LINE, when=has_link, required=never),
            ),
        ),
        Page("review", (Ask("agenda", required=never), Ask("practical", required=never))),
    ),
    derive=lambda _, __: {},
    becomes=Becomes.MEETING,
)
