"""What a person has begun and what has been filed: drafts to go on with, and cases with their state."""

from dialogs.asking import title_of
from dialogs.cards.lists import listing
from dialogs.cards.parts import Element
from dialogs.desk import Inquiry
from dialogs.queries import Answer, Offer, Query
from dialogs.texts import Texts
from domain.access import visible_cases
from domain.cases import BALL, Case
from store import register, views
from store.drafts import Draft

_MOST_CASES = 20
_MOST_OFFERS = 5


def _answer(asked: Inquiry, _: str) -> Answer:
    t = asked.t
    begun = asked.drafts
    to_read = asked.drafts_to_read
    visible = views.cases(asked.connection, visible_cases(asked.actor))
    cases = visible[:_MOST_CASES]
    items = [
        (f"{place}. {title_of(draft.form, draft.answers, t)}", _about_draft(asked, draft))
        for place, draft in enumerate(begun[:_MOST_CASES], start=1)
    ]
    items += [
        (t("my_cases.to_read", place=place), title_of(draft.form, draft.answers, t))
        for place, draft in enumerate(to_read[:_MOST_OFFERS], start=1)
    ]
    items += [(case.number, _about(asked, case)) for case in cases]
    sentence = _sentence(t, len(begun), len(visible))

    def card(offers: list[tuple[str, str, str]]) -> Element:
        return listing(t("my_cases.title"), sentence, items, offers=offers)

    return Answer(
        card,
        {"drafts": len(begun), "cases": [case_json(case) for case in visible]},
        tuple(
            Offer(t("button.continue_draft", number=place), "open", "draft", draft.id)
            for place, draft in enumerate(begun[:_MOST_OFFERS], start=1)
        )
        + tuple(
            Offer(t("button.read_draft", number=place), "open", "draft", draft.id)
            for place, draft in enumerate(to_read[:_MOST_OFFERS], start=1)
        ),
    )


def _sentence(t: Texts, drafts: int, cases: int) -> str:
    if not drafts and not cases:
        return t("my_cases.none")
    sentence = t("my_cases.sentence", drafts=drafts, cases=cases)
    return f"{sentence} {t('my_cases.newest', most=_MOST_CASES)}" if cases > _MOST_CASES else sentence


def _about_draft(asked: Inquiry, draft: Draft) -> str:
    """When it was saved last, and by whom, if by somebody else."""
    saver = max(draft.writers.values(), key=lambda mark: mark[1], default=(draft.author, ""))[0]
    if saver == asked.actor.person_id:
        return asked.t("my_cases.draft", at=draft.saved_at)
    person = register.person(asked.connection, saver)
    return asked.t("my_cases.draft_of", at=draft.saved_at, name=person.name if person else saver)


def _about(asked: Inquiry, case: Case) -> str:
    t = asked.t
    return t(
        "my_cases.case", title=case.title, state=t(f"state.{case.state}"), ball=t(f"ball.{BALL[case.state]}")
    )


def case_json(case: Case) -> dict[str, object]:
    """A case for programs: money in whole kroner, times with their offset."""
    return {
        "number": case.number,
        "cycle_year": case.cycle_year,
        "scheme": case.scheme,
        "region": case.region,
        "lead_owner": case.lead_owner,
        "title": case.title,
        "state": case.state.value,
        "state_since": case.state_since.isoformat(),
        "ball": BALL[case.state].value,
        "submitted_at": case.submitted_at.isoformat(),
        "requested_owner_nok": case.owner_nok,
        "requested_uh_nok": case.uh_nok,
    }


QUERY = Query("my_cases", _answer)
