"""The times of a meeting that people choose from. For those who arrange it."""

from dialogs.engine import Ask, Becomes, Form, Page
from domain.submissions import DatePoll

FORM = Form(
    "meeting_poll",
    DatePoll,
    pages=(Page("review", (Ask("dates"),)),),
    derive=lambda _, __: {},
    becomes=Becomes.DATE_POLL,
)
