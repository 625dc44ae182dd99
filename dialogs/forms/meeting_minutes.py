"""What was said at a meeting, and what people need to know after it. For those who arrange it."""

from dialogs.engine import Ask, Becomes, Form, Page, never
from domain.submissions import MeetingMinutes

FORM = Form(
    "meeting_minutes",
    MeetingMinutes,
    pages=(Page("review", (Ask("minutes"), Ask("practical", required=never))),),
    derive=lambda _, __: {},
    becomes=Becomes.MINUTES,
)
