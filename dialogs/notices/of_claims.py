"""Notices about what was handed in elsewhere."""

from dialogs import elsewhere
from dialogs.notices.letter import Kind, Letter, Notice
from dialogs.queries import Offer
from domain.messages import Unwanted
from store import claims
from store.claims import ClaimState


def _not_received(letter: Letter) -> Notice | Unwanted:
    """To whoever said that it was handed in, as long as it is not there."""
    what, asked = elsewhere.read(letter.payload["what"]), letter.inquiry
    claim = claims.get(letter.connection, what.year, what.event, what.subject)
    if claim is None or claim.state is not ClaimState.REFUSED:
        return Unwanted("over")
    offers = (Offer(letter.t("button.handed_in"), "handed_in", "elsewhere", str(what)),)
    return letter.says(offers=offers, title=elsewhere.title(asked, what), whose=elsewhere.whose(asked, what))


KINDS = {"not_received": Kind(_not_received)}
