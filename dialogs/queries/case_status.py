"""Where a case is and who has the ball. A case that is not yours is answered like one that does not exist."""

from dialogs.cards import cases as case_cards
from dialogs.cards.cases import CaseView
from dialogs.desk import Inquiry
from dialogs.forms import send_back
from dialogs.offers import offers
from dialogs.queries import Answer, Offer, Query, told
from dialogs.queries.my_cases import case_json
from domain.access import visible_cases
from domain.cases import Case, State
from store import cases, register, views


def _answer(asked: Inquiry, number: str) -> Answer:
    case = views.case(asked.connection, visible_cases(asked.actor), number)
    if case is None:
        return told(asked.t("case.not_found"), asked.t("say.no_such_case", number=number), found=False)
    view = case_view(asked, case)
    offer = Offer(asked.t("button.refresh"), "refresh", "case", case.number, ",".join(view.verbs))
    return Answer(
        lambda offers: case_cards.case(
            view, asked.t, card_id=offers[0][2] if offers else None, has_links=asked.has_links
        ),
        {"found": True, **case_json(case)},
        (offer,),
    )


def case_view(asked: Inquiry, case: Case) -> CaseView:
    """The case with the names that it is shown with."""
    directory = register.directory(asked.connection)
    region = asked.forum.region(case.region) if case.region else None
    return CaseView(
        case=case,
        owners=tuple(o.name for o in directory.named((case.lead_owner, *case.other_owners))),
        partners=tuple(o.name for o in directory.named(case.partners)),
        region=region.name.in_(asked.t.language) if region else None,
        staff=asked.staff,
        verbs=offers(asked, case),
        reasons=_reasons(asked, case),
    )


def _reasons(asked: Inquiry, case: Case) -> tuple[tuple[str, str], ...]:
    """Why the case was sent back, by question; what is said about the whole comes first."""
    returned = cases.last_return(asked.connection, case.number) if case.state is State.RETURNED else None
    found = sorted(returned.reasons.items()) if returned else []
    return tuple((send_back.label(field, asked.t) if field else "", why) for field, why in found)


QUERY = Query("case_status", _answer)
