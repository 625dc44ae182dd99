"""What people say they have handed in elsewhere and nobody has looked after yet, for staff."""

from dialogs import elsewhere
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.elsewhere import What
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from domain.access import Action, may
from store import claims, register
from store.claims import Claim

_MOST = 40


def _answer(asked: Inquiry, argument: str) -> Answer:
    """With buttons to confirm the oldest, or to say that it is not there; then comes the next."""
    t = asked.t
    if not may(asked.actor, Action.HANDLE_CASE):
        return told(t("claims.title"), t("say.staff_only"), found=False)
    found = claims.to_confirm(asked.connection)
    sentence = t("claims.sentence" if found else "claims.none", count=len(found))
    rows = [(_whose(asked, claim), _about(asked, claim)) for claim in found]
    offers = [
        Offer(t(f"button.{verb}"), verb, "elsewhere", str(_what(claim)))
        for claim in found[:1]
        for verb in ("is_there", "is_not_there")
    ]
    return Answer(
        lambda buttons: listing(t("claims.title"), sentence, rows[:_MOST], offers=buttons),
        {"answer": sentence, "claims": [_json(claim) for claim in found]},
        (*offers, *(sheet_offers(asked, "claims", argument) if found else ())),
        lambda: Table((Column(t("claims.whose")), Column(t("claims.what"))), tuple(rows)),
    )


def _what(claim: Claim) -> What:
    return What(claim.year, claim.event, claim.subject)


def _whose(asked: Inquiry, claim: Claim) -> str:
    return elsewhere.whose(asked, _what(claim))


def _about(asked: Inquiry, claim: Claim) -> str:
    person = register.person(asked.connection, claim.said_by)
    name = person.name if person else claim.said_by
    return asked.t("claims.about", title=elsewhere.title(asked, _what(claim)), name=name, at=claim.said_at)


def _json(claim: Claim) -> dict[str, object]:
    return {
        "year": claim.year,
        "event": claim.event,
        "subject": claim.subject,
        "said_by": claim.said_by,
        "said_at": claim.said_at.isoformat(),
    }


QUERY = Query("claims", _answer)
