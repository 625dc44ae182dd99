"""Notices about a case."""

from dialogs.asking import quoted
from dialogs.notices.letter import Kind, Letter, Notice
from domain.access import RoleKind, visible_cases
from domain.days import local_day
from store import cases, views


def _of_case(letter: Letter) -> Notice | None:
    """About a case that the person may see. Money and reasons are no more than the case shows them."""
    case = views.case(letter.connection, visible_cases(letter.to), letter.payload["case"])
    if case is None:
        return None
    version = cases.version(letter.connection, case.number, case.submission)
    return letter.says(
        number=case.number,
        title=case.title,
        owner=letter.owner_name(case.lead_owner),
        by=letter.name(case.submitted_by),
        scheme=letter.t(f"scheme.{case.scheme}.short"),
        total_nok=case.owner_nok + case.uh_nok,
        day=case.answer_by_on or local_day(case.state_since),
        reason=quoted((version.reason if version else None) or ""),
    )


def _case_moved(letter: Letter) -> Notice | None:
    """For those who spoke for the owner that the case was taken from; it says no more than the number they know."""
    owner = letter.payload["owner"]
    if owner not in letter.to.organisations(RoleKind.OWNER_CONTACT):
        return None
    return letter.says(number=letter.payload["number"], owner=letter.owner_name(owner))


KINDS = {
    **{
        kind: Kind(_of_case)
        for kind in (
            *("receipt_copy", "case_filed", "case_withdrawn", "case_reopened", "case_returned"),
            "case_corrected",
        )
    },
    "case_moved": Kind(_case_moved),
}
