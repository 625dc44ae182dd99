"""What waits for the person, the most urgent first, with a button to each."""

from dialogs import duties
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.queries import Answer, Query
from domain.duties import Duty


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, found = asked.t, duties.duties_of(asked)
    sentence = t("duties.sentence" if found else "duties.none", count=len(found))
    items = [(duties.words(asked, duty), t("duties.by", day=duty.due_on)) for duty in found]
    return Answer(
        lambda buttons: listing(t("duties.title"), sentence, items, offers=buttons),
        {"answer": sentence, "duties": [_json(duty) for duty in found]},
        duties.offers(asked, found),
    )


def _json(duty: Duty) -> dict[str, str | None]:
    return {
        "kind": duty.kind,
        "owner": duty.owner,
        "subject": duty.subject or None,
        "due_on": duty.due_on.isoformat(),
    }


QUERY = Query("duties", _answer)
