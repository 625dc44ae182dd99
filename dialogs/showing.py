"""A case or a report in a message, with the card rows that let it be shown anew."""

from dialogs.cards import cases as case_cards
from dialogs.desk import Desk, message
from dialogs.queries import report, shown
from dialogs.queries.case_status import case_view
from domain.access import visible_cases
from domain.messages import Message
from store import grant_reports, views


def case_message(desk: Desk, number: str, *, receipt: bool = False) -> Message:
    """The case as it stands, for a person who may see it; for others it does not exist."""
    case = views.case(desk.work.connection, visible_cases(desk.actor), number)
    if case is None:
        return Message(desk.t("say.no_such_case", number=number))
    asked = desk.inquiry
    seen = case_view(asked, case)
    card_id = desk.new_card("case", number, ",".join(seen.verbs))
    return message(case_cards.case(seen, desk.t, card_id=card_id, receipt=receipt, has_links=asked.has_links))


def report_message(desk: Desk, subject: str, *, said: str = "") -> Message:
    """What a partnership has reported, for a person who may see it, below what is `said` of it now."""
    filed = grant_reports.newest(desk.work.connection, subject)
    return shown(desk, report.answer_of(desk.inquiry, filed, said=said))
