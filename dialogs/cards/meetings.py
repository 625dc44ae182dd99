"""Cards about a meeting: for those who are invited, and for those who arrange it.

What people wrote, the place and the practical words among it, stands in plain runs. Nobody's name stands on what goes
to a channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from dialogs.cards.parts import Element, bad, bold, box, button, card, facts, heading, line, subtle
from dialogs.texts import Texts
from domain.meetings import Answer, DateOption, Meeting, MeetingForm, MeetingState

Buttons = Sequence[tuple[str, str, str]]  # (title, verb, card id)
ATTENDED = "attended"
WHICH = "meeting"


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting as it is shown. `title`: what its event is called. `when`: in words, also where there is no day yet.

    `points`: what those who are invited want on the agenda, each with a name or without.
    """

    meeting: Meeting
    title: str
    when: str
    points: tuple[str, ...] = ()

    def called_off(self) -> "MeetingView":
        """Which meeting it was to be, without what was to happen there."""
        meeting = replace(self.meeting, agenda=(), practical="", has_food=False, join_link="")
        return replace(self, meeting=meeting, points=())


def on_days(t: Texts, first_on: date, last_on: date | None, starts: time | None, ends: time | None) -> str:
    """`12. september 2023 kl. 09.00–15.00`, `28.–29. september 2023 kl. 10.00–15.00`, `12. september 2023`."""
    day = t.day(first_on)
    if last_on and last_on != first_on:
        same_month = (first_on.year, first_on.month) == (last_on.year, last_on.month)
        day = (
            t("calendar.days_of_month", first=first_on.day, last=last_on)
            if same_month
            else t("calendar.days", first=first_on, last=last_on)
        )
    if starts and ends:
        return t("calendar.hours", day=day, starts=t.hour(starts), ends=t.hour(ends))
    return day


def of_option(option: DateOption, t: Texts) -> str:
    return on_days(t, option.first_on, option.last_on, option.starts, option.ends)


# For those who are invited


def invitation(
    view: MeetingView,
    t: Texts,
    buttons: Buttons,
    *,
    head: str,
    lead: str = "",
    said: str = "",
    refusal: str = "",
    asks: bool = False,
) -> Element:
    """A call, a change or a cancellation, and what the person has answered. `head`: a text of our own. `asks`: an
    answer is wanted."""
    meeting = view.meeting
    return card(
        heading(head),
        line(bold(view.title)),
        line(lead) if lead else None,
        facts(_facts(view, t)),
        *_agenda(view, t),
        line(meeting.practical) if meeting.practical else None,
        box(line(said)) if said else None,
        bad(refusal) if refusal else None,
        line(t("meeting.answer_by", day=meeting.answer_by_on)) if asks and meeting.answer_by_on else None,
        subtle(t("meeting.points_until", day=meeting.agenda_by_on))
        if asks and meeting.agenda_by_on
        else None,
        actions=[button(*each) for each in buttons],
    )


def _facts(view: MeetingView, t: Texts) -> list[tuple[str, str]]:
    meeting = view.meeting
    rows = [
        (t("calendar.when"), view.when),
        (t("calendar.how"), t(f"meeting.form.{meeting.form}")),
        (t("calendar.place"), meeting.place),
        (t("meeting.link"), "" if meeting.form is MeetingForm.PHYSICAL else meeting.join_link),
        (t("meeting.food"), t("meeting.food_served") if meeting.has_food else ""),
    ]
    return [(name, text) for name, text in rows if text]


def _agenda(view: MeetingView, t: Texts) -> list[Element]:
    items = (*view.meeting.agenda, *view.points)
    if not items:
        return []
    numbered = (line(f"{number}. {item}", spacing="Small") for number, item in enumerate(items, start=1))
    return [line(bold(t("meeting.agenda"))), *numbered]


def question(
    view: MeetingView,
    t: Texts,
    buttons: Buttons,
    *,
    head: str,
    text: str,
    items: Sequence[str] = (),
    said: str = "",
    word: str = "",
) -> Element:
    """Something asked about a meeting that is not called yet. `items`: what there is to choose from. `word`: what the
    person has written."""
    return card(
        heading(head),
        line(bold(view.title)),
        line(text),
        *(line(item, spacing="Small") for item in items),
        box(line(said)) if said else None,
        line(word) if word else None,
        actions=[button(*each) for each in buttons],
    )


def write(
    t: Texts,
    card_id: str,
    *,
    head: str,
    text: str,
    field: str,
    value: str = "",
    longest: int,
    refusal: str = "",
) -> Element:
    """One thing to write; it can be written as a message as well."""
    return card(
        heading(head),
        line(text),
        subtle(t("meeting.or_write")),
        bad(refusal) if refusal else None,
        {
            "type": "Input.Text",
            "id": field,
            "label": t(f"meeting.write.{field}"),
            "value": value,
            "maxLength": longest,
            "spacing": "Medium",
        },
        actions=[
            button(t("button.save"), field, card_id),
            button(t("button.leave_out"), "leave_out", card_id),
        ],
    )


def minutes(view: MeetingView, t: Texts, buttons: Buttons) -> Element:
    """What was said at a meeting, and what those who were there need to know."""
    meeting = view.meeting
    return card(
        heading(t("notice.meeting_minutes_title")),
        line(bold(view.title)),
        subtle(view.when),
        line(t("notice.meeting_minutes")),
        line(meeting.minutes),
        *([line(bold(t("meeting.practical"))), line(meeting.practical)] if meeting.practical else []),
        actions=[button(*each) for each in buttons],
    )


# For those who arrange it


def choose(
    t: Texts, card_id: str, *, year: int, how: str, rows: Sequence[tuple[str, str, str]], refusal: str = ""
) -> Element:
    """The meetings of a year: (id, what it is, when and in which state). `how` one is named by its number."""
    return card(
        heading(t("meeting.list_title", year=year)),
        line(how),
        bad(refusal) if refusal else None,
        {
            "type": "Input.ChoiceSet",
            "id": WHICH,
            "label": t("meeting.which"),
            "style": "expanded",
            "wrap": True,
            "choices": [{"title": f"{title} – {about}", "value": id_} for id_, title, about in rows],
            "value": "",
        },
        actions=[button(t("button.open_meeting"), "open", card_id)],
    )


def arranging(
    view: MeetingView, t: Texts, buttons: Buttons, *, tally: Sequence[tuple[str, str]] = (), remark: str = ""
) -> Element:
    """The meeting for staff: where it stands, what has come in, and what can be done now."""
    meeting = view.meeting
    return card(
        heading(t("meeting.title")),
        line(bold(view.title)),
        subtle(t(f"meeting.state.{meeting.state}")),
        facts(_facts(view, t)),
        *_agenda(view, t),
        line(meeting.practical) if meeting.practical else None,
        facts(tally) if tally else None,
        box(line(remark), style="warning") if remark else None,
        actions=[button(*each) for each in buttons],
    )


def attendance(
    view: MeetingView,
    t: Texts,
    card_id: str,
    *,
    rows: Sequence[tuple[str, str]],
    there: Sequence[str],
    instead: Sequence[str] = (),
    refusal: str = "",
) -> Element:
    """Who was there: (person id, name). `instead`: who was to come for whom, in words; a choice reads more into a text
    than stands in it, so names that people wrote are no part of it."""
    return card(
        heading(t("meeting.attendance_title")),
        line(bold(view.title)),
        subtle(view.when),
        line(t("meeting.attendance_help")),
        *(line(each, spacing="Small") for each in instead),
        bad(refusal) if refusal else None,
        {
            "type": "Input.ChoiceSet",
            "id": ATTENDED,
            "label": t("meeting.attendance_label"),
            "style": "expanded",
            "isMultiSelect": True,
            "wrap": True,
            "choices": [{"title": name, "value": id_} for id_, name in rows],
            "value": ",".join(there),
        },
        actions=[button(t("button.save_attendance"), "attendance", card_id)],
    )


def answer_in_words(answer: Answer | None, substitute: str | None, t: Texts) -> str:
    """`kommer`, `Kari kommer i stedet`, `har ikke svart`."""
    if answer is None:
        return t("meeting.answer.none")
    return t(f"meeting.answer.{answer}", substitute=substitute or t("meeting.somebody"))


def is_to_come(meeting: Meeting, at: datetime) -> bool:
    """Whether people can still say something about it."""
    return meeting.state is not MeetingState.HELD and not meeting.is_over(at)
