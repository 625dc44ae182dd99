"""The newest messages to many, and what became of each."""

from dialogs import notices
from dialogs.cards.lists import listing
from dialogs.cards.mass import counted
from dialogs.desk import Inquiry
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Offer, Query, sheet_offers, told
from domain.access import Action, may
from domain.days import local_day
from store import batches
from store.batches import Batch

_MOST = 20
_MOST_BUTTONS = 5  # of six; the sheet has the other


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    if not may(asked.actor, Action.SEND_OUT):
        return told(t("mass.name"), t("say.staff_only"), found=False)
    newest = batches.newest(asked.connection, _MOST)
    counts = batches.numbers(asked.connection, *(batch.id for batch in newest))
    sentence = t("mass.sentence", count=len(newest)) if newest else t("mass.none")
    items = [
        (f"{place}. {notices.title(batch.kind, t)}", _about(asked, batch, counts[batch.id]))
        for place, batch in enumerate(newest, start=1)
    ]
    return Answer(
        lambda offers: listing(t("mass.name"), sentence, items, offers=offers),
        {"answer": sentence, "found": True, "batches": [_json(each, counts[each.id]) for each in newest]},
        (
            *(
                Offer(t("button.show_number", number=place), "show_batch", "batch", batch.id, "show_batch")
                for place, batch in enumerate(newest[:_MOST_BUTTONS], start=1)
            ),
            *(sheet_offers(asked, "mass_messages", "") if newest else ()),
        ),
        lambda: Table(
            tuple(Column(t(f"mass.column_{key}")) for key in ("message", "made", "state", "numbers")),
            tuple(
                (
                    notices.title(batch.kind, t),
                    local_day(batch.made_at),
                    t(f"mass.state.{batch.state}"),
                    _numbers(asked, counts[batch.id]),
                )
                for batch in newest
            ),
        ),
    )


def _about(asked: Inquiry, batch: Batch, counts: dict[str, int]) -> str:
    t = asked.t
    state = t(f"mass.state.{batch.state}")
    return t("mass.line", at=batch.made_at, state=state, numbers=_numbers(asked, counts))


def _numbers(asked: Inquiry, counts: dict[str, int]) -> str:
    return ", ".join(f"{name.lower()} {number}" for name, number in counted(asked.t, counts))


def _json(batch: Batch, counts: dict[str, int]) -> dict[str, object]:
    return {
        "id": batch.id,
        "kind": batch.kind,
        "subject": batch.subject,
        "state": batch.state,
        "made_at": batch.made_at.isoformat(),
        "numbers": counts,
    }


QUERY = Query("mass_messages", _answer)
