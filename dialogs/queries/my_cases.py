"""What a person has begun and what has been filed: drafts to go on with, and cases with their state."""

from collections.abc import Mapping

from dialogs.asking import title_of
from dialogs.cards.cases import ball
from dialogs.cards.lists import listing
from dialogs.cards.parts import Element
from dialogs.desk import Inquiry
from dialogs.forms import FORMS
from dialogs.hearing import as_json, capitalised, named
from dialogs.papers.lists import Listed, cases_table
from dialogs.papers.tables import Table
from dialogs.queries import Answer, Offer, Query, sheet_offers
from dialogs.questions import Slots, slots_of
from dialogs.texts import Texts
from domain.access import Action, RoleKind, may, visible_cases
from domain.cases import BALL, GIVEN_UP, Case, State
from store import cases, register, views
from store.drafts import Draft

_MOST_CASES = 20
_MOST_OFFERS = 5
MOST_READ = 500  # of a list for a card or a program; a sheet has them all


def _answer(asked: Inquiry, argument: str) -> Answer:
    """All that is theirs; or, where something is asked about, the cases alone that it goes for."""
    slots = slots_of(argument)
    return _everything(asked) if slots == Slots() else _those(asked, slots)


def cases_about(asked: Inquiry, slots: Slots, most: int = views.ALL) -> tuple[Case, ...]:
    """The newest cases that the person may see, of those that are asked about."""
    return views.cases(asked.connection, visible_cases(asked.actor), about=_wanted(slots), most=most)


def states_about(asked: Inquiry, slots: Slots) -> dict[State, tuple[int, int]]:
    """How many of them are in each state, and the kroner that they ask for."""
    return views.states(asked.connection, visible_cases(asked.actor), _wanted(slots))


def _wanted(slots: Slots) -> views.About:
    return views.About(slots.scheme, slots.region, slots.owner, slots.state, slots.year)


def _those(asked: Inquiry, slots: Slots) -> Answer:
    """What is not there and what may not be seen is answered alike."""
    t, found, states = asked.t, cases_about(asked, slots, MOST_READ), states_about(asked, slots)
    in_all = sum(count for count, _ in states.values())
    about = named(slots, asked.forum, asked.directory, t)
    sentence = (
        _sentence_about(t, capitalised(about), states, slots)
        if found
        else t("my_cases.none_about", about=about)
    )
    if in_all > _MOST_CASES:
        sentence = f"{sentence} {t('my_cases.newest', most=_MOST_CASES)}"
    items = [(case.number, _about(asked, case)) for case in found[:_MOST_CASES]]
    return Answer(
        lambda offers: listing(_title(asked), sentence, items, offers=offers),
        {
            "answer": sentence,
            "about": as_json(slots),
            "requested_nok": sum(nok for _, nok in _standing(states, slots)),
            "cases_in_all": in_all,
            "cases": [case_json(case) for case in found],
        },
        sheet_offers(asked, "my_cases", str(slots)),
        lambda: sheet(asked, cases_about(asked, slots)),
    )


def _title(asked: Inquiry) -> str:
    return asked.t("my_cases.title_all" if may(asked.actor, Action.SEE_ROUND) else "my_cases.title")


def _standing(states: Mapping[State, tuple[int, int]], slots: Slots) -> list[tuple[int, int]]:
    """Those whose money counts: what was given up only where it is asked for."""
    return [each for state, each in states.items() if slots.state or state not in GIVEN_UP]


def _sentence_about(t: Texts, about: str, states: Mapping[State, tuple[int, int]], slots: Slots) -> str:
    standing, in_all = _standing(states, slots), sum(count for count, _ in states.values())
    total_nok = sum(nok for _, nok in standing)
    sentence = t("my_cases.about", about=about, count=in_all, total_nok=total_nok)
    given_up = in_all - sum(count for count, _ in standing)
    return f"{sentence} {t('my_cases.given_up', count=given_up)}" if given_up else sentence


def _everything(asked: Inquiry) -> Answer:
    t = asked.t
    begun = asked.drafts
    to_read = asked.drafts_to_read
    visible = cases_about(asked, Slots(), MOST_READ)
    in_all = sum(count for count, _ in states_about(asked, Slots()).values())
    items = [
        (f"{place}. {title_of(draft.form, draft.answers, t)}", _about_draft(asked, draft))
        for place, draft in enumerate(begun[:_MOST_CASES], start=1)
    ]
    items += [
        (t("my_cases.to_read", place=place), title_of(draft.form, draft.answers, t))
        for place, draft in enumerate(to_read[:_MOST_OFFERS], start=1)
    ]
    items += [(case.number, _about(asked, case)) for case in visible[:_MOST_CASES]]
    sentence = _sentence(t, len(begun), in_all)

    def card(offers: list[tuple[str, str, str]]) -> Element:
        return listing(_title(asked), sentence, items, offers=offers)

    return Answer(
        card,
        {
            "answer": sentence,
            "drafts": len(begun),
            "cases_in_all": in_all,
            "cases": [case_json(case) for case in visible],
        },
        tuple(
            Offer(t("button.continue_draft", number=place), "open", "draft", draft.id)
            for place, draft in enumerate(begun[:_MOST_OFFERS], start=1)
        )
        + tuple(
            Offer(t("button.read_draft", number=place), "open", "draft", draft.id)
            for place, draft in enumerate(to_read[:_MOST_OFFERS], start=1)
        ),
        lambda: sheet(asked, cases_about(asked, Slots())),
    )


def _sentence(t: Texts, drafts: int, cases: int) -> str:
    if not drafts and not cases:
        return t("my_cases.none")
    sentence = t("my_cases.sentence", drafts=drafts, cases=cases)
    return f"{sentence} {t('my_cases.newest', most=_MOST_CASES)}" if cases > _MOST_CASES else sentence


def sheet(asked: Inquiry, found: tuple[Case, ...]) -> Table:
    """The cases as rows, with what they ask for year by year."""
    return cases_table(tuple(_listed(asked, case) for case in found), asked.t)


def _listed(asked: Inquiry, case: Case) -> Listed:
    lead, *others = (owner.name for owner in asked.directory.named((case.lead_owner, *case.other_owners)))
    region = asked.forum.region(case.region) if case.region else None
    version = cases.version(asked.connection, case.number, case.submission)
    report = FORMS[case.form].model.model_validate_json(version.report) if version else None
    return Listed(
        case,
        region.name.in_(asked.t.language) if region else None,
        lead,
        tuple(others),
        tuple(partner.name for partner in asked.directory.named(case.partners)),
        {year: report.total_nok(year) for year in report.years} if report else {},
    )


def _about_draft(asked: Inquiry, draft: Draft) -> str:
    """When it was saved last, and by whom, if by somebody else."""
    saver = max(draft.writers.values(), key=lambda mark: mark[1], default=(draft.author, ""))[0]
    if saver == asked.actor.person_id:
        return asked.t("my_cases.draft", at=draft.saved_at)
    person = register.person(asked.connection, saver)
    return asked.t("my_cases.draft_of", at=draft.saved_at, name=person.name if person else saver)


def _about(asked: Inquiry, case: Case) -> str:
    """Whose the case is, too, where it is not the person's own."""
    t = asked.t
    said = t(
        "my_cases.case",
        title=case.title,
        state=t(f"state.{case.state}"),
        total_nok=case.owner_nok + case.uh_nok,
        ball=ball(case.state, t),
    )
    if case.lead_owner in asked.actor.organisations(RoleKind.OWNER_CONTACT):
        return said
    return f"{', '.join(owner.name for owner in asked.directory.named((case.lead_owner,)))}: {said}"


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
