"""What somebody takes over who speaks for an owner from now on: drafts, cases with who has the ball, what is to be
answered and why, and the deadline."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dialogs.asking import quoted, title_of
from dialogs.cards.cases import ball
from dialogs.cards.lists import listing
from dialogs.desk import Inquiry
from dialogs.forms import send_back
from dialogs.queries import Answer, Query, told
from dialogs.texts import Texts
from domain.access import WRITING_ROLES, Action, Actor, Visible, drafts_within
from domain.cases import Case, State
from store import cases, drafts, register, views

_MOST = 15


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What an owner's contact has from now on."""

    sentence: str
    items: tuple[tuple[str, str], ...]
    drafts: int
    cases: tuple[str, ...]


def taken_over(
    connection: Connection, actor: Actor, owners: tuple[str, ...], t: Texts, on: date
) -> TakenOver:
    """The drafts and cases of these owners, which the actor speaks or writes for."""
    names = tuple(owner.name for owner in register.directory(connection).named(owners))
    begun = drafts.open_of(connection, drafts_within(actor, Action.WRITE_DRAFT), on)
    own = [draft for draft in begun if draft.owner is None or draft.owner in owners]
    filed = views.cases(connection, Visible(lead_owners=frozenset(owners)))
    items = [
        (title_of(draft.form, draft.answers, t), t("handover.draft", at=draft.saved_at))
        for draft in own[:_MOST]
    ]
    items += [
        (f"{case.number} – {quoted(case.title)}", _about(connection, case, t)) for case in filed[:_MOST]
    ]
    sentence = t("handover.sentence", owners=t.listed(names), drafts=len(own), cases=len(filed))
    return TakenOver(sentence, tuple(items), len(own), tuple(case.number for case in filed))


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    owners = asked.actor.organisations(*WRITING_ROLES)
    if not owners:
        return told(t("handover.title"), t("handover.no_owner"), owners=[])
    found = taken_over(asked.connection, asked.actor, owners, t, asked.on)
    now = asked.rounds.open_at(asked.at)
    deadline = t("handover.deadline", year=now.cycle_year, day=now.deadline_on) if now else ""
    sentence = f"{found.sentence} {deadline}".rstrip()
    return Answer(
        lambda offers: listing(t("handover.title"), sentence, found.items),
        {"owners": list(owners), "drafts": found.drafts, "cases": list(found.cases)},
    )


def _about(connection: Connection, case: Case, t: Texts) -> str:
    """Where it is; what it was sent back for, and until when it is to be answered."""
    where = t("handover.case", state=t(f"state.{case.state}"), ball=ball(case.state, t))
    returned = cases.last_return(connection, case.number) if case.state is State.RETURNED else None
    if returned is None:
        return where
    why = send_back.in_words(returned.reasons, t)
    return f"{where} {t('handover.answer_by', day=returned.answer_by_on, why=why)}"


QUERY = Query("handover", _answer)
