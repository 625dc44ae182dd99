"""An example of every card that the product can show, by `module.function/variant`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from dialogs.cards import (
    calendar,
    cases,
    confirming,
    elsewhere,
    forms,
    frames,
    lists,
    mass,
    meetings,
    notes,
    owners,
    papers,
    register,
    reports,
    rounds,
)
from dialogs.cards.calendar import Consequences
from dialogs.cards.cases import CaseView
from dialogs.cards.confirming import PartView, ProposalView
from dialogs.cards.forms import DraftView, News, SeenBy
from dialogs.cards.frames import FramesView
from dialogs.cards.history import history
from dialogs.cards.meetings import MeetingView
from dialogs.cards.notices_sent import notices_sent
from dialogs.cards.owners import OwnerRow
from dialogs.cards.parts import Element
from dialogs.cards.reports import ReportRow, ReportView
from dialogs.cards.rounds import RoundRow
from dialogs.comparing import Difference
from dialogs.engine import Answers
from dialogs.forms import half_year_report
from dialogs.forms.needs_report import FORM
from dialogs.hearing import said_of
from dialogs.texts import Texts
from domain.calendar import Year, beside, conflicts, first_year, free_days, on_day
from domain.cases import Case, State
from domain.deck import deck
from domain.forum import load_forum
from domain.frames import Asked
from domain.frames import frames as frames_of
from domain.grants import Partnership
from domain.meetings import Meeting, MeetingForm, MeetingState
from domain.register import Directory, Organisation, OrganisationKind, Person
from domain.schemes import scheme_set
from domain.submissions import Circumstances

Make = Callable[[Texts], Element]

SAVED_AT = datetime(2023, 1, 16, 9, 5, tzinfo=UTC)
CARD = "0123456789abcdef0123456789abcdef"
USER = "29:example"
STAFF = Person("stab", "Rådgiver hos Statsforvalteren (eksempel)", None, phone="00 00 00 30")
YEARS = ("2023", "2024", "2025")
UNIVERSITIES = ("nord", "uit")

ABOUT: dict[str, str | None] = {
    "scheme": "decentralised",
    "measure_title": "Lesing i alle fag på tvers av tre kommuner",
    "lead_owner": "1804",
    "other_owners": "1841,1837",
    "contact_name": "Rådgiver skole (eksempel)",
    "contact_email": "skole@example.org",
    "contact_phone": "00 00 00 01",
    "units": "Skole A\nSkole B\nSkole C",
    "participants_staff": "42",
    "private_invited": "yes",
    "private_invited_how": "Alle ble spurt i brev, og to deltar.",
    "service_mix": "kindergarten,school",
    "need_description": "Vi ser at mange elever leser for lite og forstår for lite av det de leser. "
    "Kartleggingen viser det samme på alle skolene, og lærerne ber om felles måter å arbeide med lesing på i "
    "alle fag, også der tekstene er lange og ordene nye.",
    "need_evidence": "Kartleggingen høsten 2022.",
    "plan_anchor": "Oppvekstplanen, vedtatt i 2021.",
    "special_challenge": None,
    "sami_perspective": "Lulesamiske tekster er med i alle fag.",
    "staff_involved": "Drøftet i personalmøte på alle skolene, to ganger i høst.",
    "union_involved": "yes",
    "union_involved_on": "15.11",
    "union_involved_text": "De støtter tiltaket.",
    "goal": "Elevene leser mer og forstår mer.",
    "measures": "Fire samlinger i året, og utprøving mellom dem.",
    "collective_process": "Hele personalet leser, prøver ut og deler.",
    "reach_to_classroom": "Lærerne observerer hverandre.",
    "evaluation_plan": "Ny kartlegging hver høst.",
    "parallel_measures": "4",
    "parallel_measures_text": "Realfagskommune, og tre til.",
    "coordinator": "yes",
    "coordinator_reason": "Tre kommuner skal holdes sammen.",
    "coordinator_cost_nok": "150'",
    "followup_scheme": "Det samme laget står bak begge.",
    "priority_by_network": "1",
    "uh_partner": ",".join(UNIVERSITIES),
    "uh_dialogue": "To møter med instituttene, enighet om innholdet.",
    "uh_dialogue_on": "1. desember 2022",
    "duration_years": "3",
    "prior_commitment": "Brev fra 2021",
    "attachments": "Kartlegging https://example.org/kartlegging",
}
MONEY: dict[str, str | None] = {
    key: text
    for year in YEARS
    for key, text in {
        f"budget_owner.{year}": "700 000,-",
        f"budget_uh.nord.{year}": "0,5 mill",
        f"budget_uh.uit.{year}": "120'",
        f"own_contribution.{year}": "210 000",
        f"own_contribution_kind.{year}": "cash,working_hours",
    }.items()
}
DECLARED: dict[str, str | None] = {"declaration": "yes", "declaration_name": "Rådgiver skole (eksempel)"}
COMPLETE: dict[str, str | None] = ABOUT | MONEY | DECLARED
BEGUN: dict[str, str | None] = {
    "lead_owner": "1804",
    "other_owners": None,
    "contact_name": "Rådgiver skole (eksempel)",
}
# What decides which questions are asked; every other answer may be anything.
DECIDING = frozenset(
    {
        "scheme",
        "lead_owner",
        "other_owners",
        "private_invited",
        "union_involved",
        "parallel_measures",
        "coordinator",
        "uh_partner",
        "duration_years",
    }
)


def answered_with(text: str) -> dict[str, str | None]:
    """The same text in every answer that does not decide what is asked."""
    return {field: known if field in DECIDING else text for field, known in COMPLETE.items()}


def circumstances() -> Circumstances:
    forum = load_forum("nordland")
    organisations = {organisation.id: organisation for organisation in forum.organisations()}
    organisations["1837"] = replace(
        organisations["1837"], followup_from=date(2022, 1, 1), followup_to=date(2024, 12, 31)
    )
    private = Organisation(
        "eksempel", OrganisationKind.KINDERGARTEN_OWNER, "Privat eier (eksempel)", "1804", is_example=True
    )
    return Circumstances(
        forum,
        scheme_set("nordland", date(2023, 1, 1)),
        2023,
        date(2023, 1, 16),
        Directory(organisations | {private.id: private}),
        may_lead=("1804", "1841"),
        own_cases=(filed("Lesing i alle fag på tvers av tre kommuner"),),
    )


def draft(answers: Answers, *, late: bool = False, staff: Person | None = STAFF) -> DraftView:
    around = circumstances()
    return DraftView(
        form=FORM,
        answers=answers,
        checked=FORM.check(answers, around),
        circumstances=around,
        saved_at=SAVED_AT,
        deadline_on=date(2023, 2, 1),
        is_closed=late,
        staff=staff,
    )


def page(view: DraftView, name: str, *, typed: Answers | None = None, done: bool = False) -> Make:
    """`done`: the person was done with the page, and it was not complete."""
    texts = {field: text or "" for field, text in (typed or {}).items()}
    missed = frozenset(question.field for question in view.checked.on_page(name)) if done else frozenset()
    return lambda t: forms.form_page(
        view, name, t, CARD, user_id=USER, typed=texts, saved=not done, missed=missed
    )


def shared(view: DraftView) -> DraftView:
    """A draft that others write and read, changed by somebody else, of a case that is filed already."""
    seen_by = SeenBy(
        "Bodø kommune", ("Fauske – Fuossko kommune", "Nord universitet"), let_in=("Nord universitet",)
    )
    every = frozenset(question.field for question in view.checked.path)
    news = (News("Annen kontakt for Bodø kommune (eksempel)", every),)
    return replace(view, seen_by=seen_by, news=news, about="2023-DEKOM-001")


def taken_over() -> DraftView:
    """Every answer comes from an earlier case and is to be looked at again."""
    view = draft(COMPLETE)
    return replace(view, checked=FORM.check(COMPLETE, view.circumstances, COMPLETE.keys()))


def of_reading() -> Iterator[tuple[str, Make]]:
    yield "a draft to read", lambda t: forms.reading(shared(draft(COMPLETE)), t, CARD)
    yield "a draft to download", lambda t: forms.reading(shared(draft(COMPLETE)), t, CARD, has_links=True)


def review(view: DraftView, *, typed: Answers | None = None, refused: bool = False) -> Make:
    texts = {field: text or "" for field, text in (typed or {}).items()}
    return lambda t: forms.review(
        view,
        t,
        CARD,
        user_id=USER,
        typed=texts,
        saved=not refused,
        missed=view.checked.missing if refused else (),
        refusal=t("card.not_ready", count=2) if refused else "",
        has_links=True,
    )


def pages(view: DraftView) -> tuple[str, ...]:
    return tuple(name for name in view.checked.pages() if name != "review")


def written(text: str) -> Iterator[tuple[str, Make]]:
    """Every card on which something stands that people write, with this text for it."""
    seen = draft(answered_with(text))
    for name in pages(seen):
        yield f"page {name}", page(seen, name, done=True)
        yield f"page {name} over a change", page(seen, name, typed=answered_with(text))
    yield "review", review(seen, refused=True)
    yield "review over a change", review(seen, typed=answered_with(text))
    yield "late", review(draft(answered_with(text), late=True))
    yield "discard", lambda t: forms.confirm_discard(seen, t, CARD)
    yield "unsaved", lambda t: forms.with_unsaved(cases.case(case(), t, card_id=CARD), (text, text), t)
    yield "receipt", lambda t: cases.case(case(text[:120]), t, card_id=CARD, receipt=True)
    yield "my cases", lambda t: my_cases(t, text[:120])
    yield "not everybody was told", not_told(text[:120])
    yield "notices", sent_notices(text[:120])
    for builder, variants in of_meetings(text[:1500]).items():
        if builder == "meetings.choose":
            continue  # nothing stands on it that people write
        yield from ((f"{builder} {variant}", make) for variant, make in variants)
    yield "history", events(text[:120], text[:120])
    yield "role", role_card(text[:120], refused=True)
    yield "a university's part", part_card(words=text, was_confirmed=True)
    yield "what a university proposes", proposed("what_happens", text)
    yield "half-year", review(half_year(HALF_YEAR | dict.fromkeys(WORDS_OF_HALF_YEAR, text)), refused=True)
    yield "half-year, filed", reported(text[:700])
    yield "half-year, all", all_reports(text[:100])
    for kind in NOTICES:
        yield kind, notice(kind, text[:120])


def of_form_pages() -> Iterator[tuple[str, Make]]:
    """Every page: as it is first seen, filled in, wrong and missing, over a change made elsewhere, too late."""
    begun, complete, wrong = draft(BEGUN), draft(COMPLETE), draft(answered_with("31.02. eller så"))
    lifted = draft(COMPLETE | {"scheme": "competence_lift", "private_invited": "no"})
    for name in pages(complete):
        yield f"shared, with news, {name}", page(shared(complete), name)
        yield f"taken over, {name}", page(taken_over(), name)
    yield "shared, review", review(shared(complete))
    for name in pages(begun):
        yield f"begun, {name}", page(begun, name)
        yield f"missing, {name}", page(begun, name, done=True)
    for name in pages(complete):
        yield f"complete, {name}", page(complete, name)
        yield f"wrong, {name}", page(wrong, name, done=True)
        yield f"clash, {name}", page(complete, name, typed=answered_with("Noe annet"))
    yield "competence lift, units", page(lifted, "units")
    yield "late, who", page(draft(COMPLETE, late=True), "who")
    yield "late and nobody to ask, who", page(draft(COMPLETE, late=True, staff=None), "who")


def of_reviews() -> Iterator[tuple[str, Make]]:
    complete = draft(COMPLETE)
    warned = draft(COMPLETE | {"goal": "Barnet med nummer 019010 00081 leser mer."})
    yield "complete", review(complete)
    yield "not declared", review(draft(ABOUT | MONEY), refused=True)
    yield "incomplete", review(draft(BEGUN), refused=True)
    yield "money missing", review(draft(ABOUT | DECLARED | {"budget_owner.2023": "500 000"}))
    yield "wrong", review(draft(answered_with("31.02. eller så")), refused=True)
    yield "clash", review(complete, typed={"declaration_name": "En annen"})
    yield "warned", review(warned)
    yield "late", review(draft(COMPLETE, late=True))
    yield "saved on another day", review(replace(complete, saved_at=SAVED_AT - timedelta(days=3)))
    yield "half-year, begun", review(half_year({}))
    yield "half-year, answered", review(half_year(HALF_YEAR))
    yield "half-year, wrong", review(half_year(HALF_YEAR | {"unspent_nok": "2 mill"}), refused=True)


HALF_YEAR: dict[str, str | None] = {
    "status": "yellow",
    "activities": "To samlinger, og arbeid i team mellom dem.",
    "participants_staff": "ca. 40",
    "deviation": "Den tredje samlingen er utsatt til januar.",
    "unspent_risk": "yes",
    "unspent_nok": "100 000",
    "help_needed": None,
}
WORDS_OF_HALF_YEAR = ("activities", "deviation", "help_needed")
GRANT = Partnership(
    "Eksempel 2022/1", "1804", "nord", "regional", "Språkmiljø i barnehagen", 2022, 300_000, 400_000
)


def half_year(answers: Answers) -> DraftView:
    """The report of a partnership, in the autumn."""
    form, given = half_year_report.FORM, {"measure_title": GRANT.title, **answers}
    around = replace(circumstances(), partnership=GRANT, period="2023-2")
    return DraftView(
        form=form,
        answers=given,
        checked=form.check(given, around),
        circumstances=around,
        saved_at=SAVED_AT,
        deadline_on=date(2023, 11, 30),
        is_closed=False,
        staff=STAFF,
        seen_by=SeenBy("Bodø kommune", partner="Nord universitet"),
    )


def reported(words: str = "To samlinger, og arbeid i team mellom dem.", **more: Any) -> Make:
    """What the other party is asked to confirm, for the second time."""

    def make(t: Texts) -> Element:
        label, title = t("half_year_report.field.activities.label"), t("half_year_report.title")
        view = ReportView(
            title=title,
            measure=words,
            known=half_year_report.FORM.known(half_year(HALF_YEAR).circumstances, t),
            answers=((t("half_year_report.field.status.label"), words), (label, words)),
            filed=t("report.filed", at=SAVED_AT, name="Kari", submission=2),
            stands=t("report.waits_for", names="Nord universitet"),
            said=t("notice.report_confirm_again", by="Kari"),
            changed=((label, t("changes.from_to", before=words, after=words)),),
        )
        buttons = [(t(f"button.{verb}"), verb, CARD) for verb in ("confirm_report", "change_report")]
        return reports.report(replace(view, **more), t, offers=buttons)

    return make


def of_reported() -> Iterator[tuple[str, Make]]:
    yield "to be confirmed again", reported()
    yield "confirmed", reported(changed=(), said="")


def all_reports(words: str = "Den tredje samlingen er utsatt til januar.", count: int = 50) -> Make:
    """More than a card shows."""

    def make(t: Texts) -> Element:
        title = t(
            "reports.title",
            name=t("half_year_report.list"),
            period=t("report.half.2", year=2023),
            year=2022,
        )
        said = t(
            "reports.sentence", filed=count, count=60, red=1, yellow=9, green=count, at_risk_nok=2_400_000
        )
        row = ReportRow("1. Bodø kommune og Nord universitet", words, t("reports.light.red"), (words,))
        return reports.reports(
            title, said, (row,) * count, t, offers=[(t("report.number", number=1), "open", CARD)]
        )

    return make


def filed(title: str, *, region: str | None = "SALTEN") -> Case:
    return Case(
        number="2023-DEKOM-014",
        form="needs_report",
        cycle_year=2023,
        scheme_set="nordland-2021-2025",
        scheme="decentralised",
        region=region,
        lead_owner="1804",
        other_owners=("1841", "1837"),
        partners=UNIVERSITIES,
        title=title,
        owner_nok=2_100_000,
        uh_nok=1_860_000,
        state=State.SUBMITTED,
        state_since=SAVED_AT,
        submitted_at=SAVED_AT,
        submitted_by="eier-bodo",
        submission=1,
        version=1,
    )


def case(title: str = "Lesing i alle fag", *, region: str | None = "SALTEN") -> CaseView:
    head = filed(title, region=region)
    names = {key: organisation.name for key, organisation in circumstances().directory.organisations.items()}
    return CaseView(
        case=head,
        owners=tuple(names[key] for key in (head.lead_owner, *head.other_owners)),
        partners=tuple(names[key] for key in head.partners),
        region="Salten" if region else None,
        staff=STAFF,
    )


def with_state(state: State, **more: Any) -> CaseView:
    view = case()
    return replace(view, case=replace(view.case, state=state, **more), verbs=("send_back", "correct"))


def sent_back() -> CaseView:
    """To be changed in every answer, by an owner who may do what owners may."""
    view = with_state(State.RETURNED, answer_by_on=date(2023, 3, 1), journal_number="2023/1234", submission=2)
    reasons = (
        ("", "Se over hele meldingen."),
        *(("Mål", "Skriv hva som skal bli annerledes.") for _ in range(20)),
    )
    return replace(view, reasons=reasons, verbs=("new_version", "withdraw", "differences"))


def half_confirmed(t: Texts) -> CaseView:
    given = t("part.given", name="Kontakt for Nord universitet (eksempel)", at=SAVED_AT)
    rows = (
        ("Nord universitet", given),
        ("UiT Norges arktiske universitet", t("part.waits", at=SAVED_AT)),
    )
    return replace(case(), confirmations=rows)


def differences_of_a_part(t: Texts, words: str = "To møter med instituttet.") -> tuple[Difference, ...]:
    label = t("needs_report.field.budget_uh.label", partner="Nord universitet", year=2023)
    return (
        Difference("uh_dialogue", t("needs_report.field.uh_dialogue.label"), "Ett møte.", words),
        Difference("budget_uh.nord.2023", label, "500 000 kr", "450 000 kr", -50_000),
    )


def a_part(t: Texts, words: str = "Fire samlinger i året, og utprøving mellom dem.") -> PartView:
    fields = ("need_description", "measures", "uh_dialogue")
    money = (
        (t("needs_report.field.budget_uh.label", partner="Nord universitet", year=year), "500 000 kr")
        for year in YEARS
    )
    return PartView(
        number="2023-DEKOM-014",
        title="Lesing i alle fag",
        university="Nord universitet",
        owner="Bodø kommune",
        rows=(*((t(f"needs_report.field.{name}.label"), words) for name in fields), *money),
        due_on=date(2023, 2, 8),
        staff=STAFF,
    )


def part_buttons(t: Texts, *verbs: str) -> list[tuple[str, str, str]]:
    return [(t(f"button.{verb}"), verb, CARD) for verb in verbs]


def part_card(*, said: str = "", words: str = "Fire samlinger i året.", **changes: Any) -> Make:
    """`was_confirmed`: something has changed since, or since it was asked."""
    verbs = (
        ("correct_part", "see_case") if "confirmed" in changes else ("confirm", "correct_part", "see_case")
    )

    def make(t: Texts) -> Element:
        changed = differences_of_a_part(t) if "was_confirmed" in changes else ()
        view = replace(a_part(t, words), changed=changed, **changes)
        refusal = t(said, changes=t("needs_report.field.uh_dialogue.label")) if said else ""
        return confirming.part(view, t, part_buttons(t, *verbs), said=refusal)

    return make


def of_parts() -> Iterator[tuple[str, Make]]:
    yield "asked", part_card()
    yield "changed since it was asked", part_card(was_confirmed=False)
    yield "changed since it was confirmed", part_card(was_confirmed=True)
    yield "an old card was pressed", part_card(said="part.outdated", was_confirmed=True)
    yield "confirmed", part_card(confirmed=("Kontakt for Nord universitet (eksempel)", SAVED_AT))
    yield "without buttons", lambda t: confirming.part(a_part(t), t, [])


def proposed(then: str, words: str = "Timene ble færre.") -> Make:
    verbs = ("take_over", "see_case") if then == "what_happens" else ("see_case",)
    return lambda t: confirming.proposal(
        ProposalView(
            "2023-DEKOM-014",
            "Lesing i alle fag",
            "Nord universitet",
            differences_of_a_part(t, words),
            words,
            then,
        ),
        t,
        part_buttons(t, *verbs),
    )


def of_proposals() -> Iterator[tuple[str, Make]]:
    yield "in time", proposed("what_happens")
    yield "too late", proposed("too_late")
    yield "the owner has no contact", proposed("no_contact")


def waiting(t: Texts) -> CaseView:
    by = t("case.by_plan", day=date(2023, 2, 14))
    following = f"{t('case.may_change', day=date(2023, 2, 1))} {t('case.next.submitted', when=by)}"
    waited = t("case.waited.longer", since=date(2023, 2, 1), days=12, usual=8)
    return replace(case(), following=following, waited=waited)


def of_cases() -> Iterator[tuple[str, Make]]:
    yield "receipt", lambda t: cases.case(case(), t, card_id=CARD, receipt=True, has_links=True)
    yield "status", lambda t: cases.case(case(), t, card_id=CARD, has_links=True)
    yield "status without downloads", lambda t: cases.case(case(), t, card_id=CARD)
    yield (
        "everything an owner may do",
        lambda t: cases.case(
            replace(case(), verbs=("new_version", "copy", "withdraw", "differences")),
            t,
            card_id=CARD,
            has_links=True,
        ),
    )
    yield "sent back", lambda t: cases.case(sent_back(), t, card_id=CARD, has_links=True)
    yield "confirmed by one of two", lambda t: cases.case(half_confirmed(t), t, card_id=CARD, has_links=True)
    yield "withdrawn", lambda t: cases.case(with_state(State.WITHDRAWN), t, card_id=CARD)
    yield "longer than usual", lambda t: cases.case(waiting(t), t, card_id=CARD, has_links=True)
    yield "whole county, without a button", lambda t: cases.case(case(region=None), t, card_id=None)


def menu(verbs: tuple[str, ...], key: str, details: dict[str, str]) -> Make:
    return lambda t: lists.menu(t, CARD, title=t("menu.title"), text=t(key, **details), verbs=verbs)


def a_link(what: str) -> Make:
    address = "https://forum.example.org/files/" + "x" * 300
    links = [(name, address) for name in ("bokmål", "nynorsk", "English")]
    named = {"number": "2023-DEKOM-014", "version": "2"}
    return lambda t: papers.link_card(t(f"paper.link.{what}", **named), links, t, CARD, minutes=15)


def of_links() -> Iterator[tuple[str, Make]]:
    for what in ("draft", "version", "list"):
        yield what, a_link(what)


def of_menus() -> Iterator[tuple[str, Make]]:
    for role, verbs in {
        "owner": ("new", "continue", "my_cases", "deadlines"),
        "staff": ("status", "deadlines"),
    }.items():
        for text, details in {"hello": {"name": "Kari"}, "help": {}}.items():
            yield f"{role}, {text}", menu(verbs, f"menu.{text}", details)


def my_cases(t: Texts, title: str = "Lesing i alle fag", count: int = 20) -> Element:
    seen = t(
        "my_cases.case",
        title=title,
        state=t("state.screening"),
        total_nok=1_700_000,
        ball=cases.ball(State.SCREENING, t),
    )
    drafts = [(f"{number}. {title}", t("my_cases.draft", at=SAVED_AT)) for number in range(1, 6)]
    items = [*drafts, *[("2023-DEKOM-014", seen)] * count]
    offers = [(t("button.continue_draft", number=number), "open", CARD) for number in range(1, 6)]
    return lists.listing(
        t("my_cases.title"), t("my_cases.sentence", drafts=5, cases=count), items, offers=offers
    )


def of_listings() -> Iterator[tuple[str, Make]]:
    yield "my cases", my_cases
    yield (
        "nothing yet",
        lambda t: lists.listing(t("my_cases.title"), t("my_cases.none"), ()),
    )
    yield (
        "deadline",
        lambda t: lists.listing(
            t("deadlines.title"), t("deadlines.open", year=2023, deadline=date(2023, 2, 1), days=16), ()
        ),
    )
    yield (
        "no such case",
        lambda t: lists.listing(t("case.not_found"), t("say.no_such_case", number="2023-DEKOM-099"), ()),
    )


NOTICES = ("receipt_copy", "case_filed", "code_locked", "discarded")


def notice(kind: str, title: str = "Lesing i alle fag") -> Make:
    details = {
        "by": "Kari",
        "title": title,
        "owner": "Bodø kommune",
        "number": "2023-DEKOM-014",
        "scheme": "Dekom",
        "total_nok": 3_960_000,
        "name": title,
        "person": "eier-bodo",
    }
    if kind == "discarded":
        return lambda t: notes.note(t("say.discarded", title=title))
    return lambda t: notes.note(t(f"notice.{kind}", **details), title=t(f"notice.{kind}_title"))


def of_notes() -> Iterator[tuple[str, Make]]:
    for kind in NOTICES:
        yield kind, notice(kind)


def elsewhere_card(address: str | None, *verbs: str, words: str = "Lesing i alle fag") -> Make:
    def make(t: Texts) -> Element:
        stands = t("elsewhere.to_do" if address else "elsewhere.to_do_unlinked", day=date(2023, 6, 15))
        offers = [(t(f"button.{verb}"), verb, CARD) for verb in verbs]
        return elsewhere.handed_in(t("notice.reminder_title"), words, stands, address, offers, t)

    return make


def of_elsewhere() -> Iterator[tuple[str, Make]]:
    yield "with a link", elsewhere_card("https://example.org/skjema", "handed_in")
    yield "without one", elsewhere_card(None, "handed_in", "not_this_year")
    yield "over", elsewhere_card(None)


def round_rows(t: Texts, regions: int, states: tuple[State, ...]) -> tuple[RoundRow, ...]:
    names = [region.name.in_(t.language) for region in circumstances().forum.regions]
    return tuple(
        RoundRow(t(f"scheme.{scheme}.short"), region, t(f"state.{state}"), 3, 12_100_000, 1_860_000)
        for scheme in ("regional", "decentralised", "competence_lift")
        for region in [*names, t("say.whole_county")][:regions]
        for state in states
    )


def of_rounds() -> Iterator[tuple[str, Make]]:
    two = (State.SUBMITTED, State.SCREENING)
    yield "nothing yet", lambda t: a_round((), t)
    yield "some", lambda t: a_round(round_rows(t, 3, two), t)
    yield "everything", lambda t: a_round(round_rows(t, 8, tuple(State)), t)
    yield "not everybody was told", not_told("Kontakt for Bodø kommune (eksempel)")
    yield "one region, with what is begun", one_region


def one_region(t: Texts) -> Element:
    begun = RoundRow("Dekom", "Salten", t("state.draft"), 4, 0, 0, is_begun=True)
    rows = (begun, RoundRow("Dekom", "Salten", t("state.submitted"), 3, 12_100_000, 1_860_000))
    sheet = (t("button.sheet"), "sheet", CARD)
    said = said_of("Dekom, Salten", rounds.sentence(2023, 4, rows, t))
    return rounds.round_status(2023, said, rows, t, offers=[sheet])


def a_round(rows: tuple[RoundRow, ...], t: Texts, **more: Any) -> Element:
    return rounds.round_status(2023, rounds.sentence(2023, 7, rows, t), rows, t, **more)


def missing(count: int) -> Make:
    """Owners of several regions, more than a card shows, one without anybody who speaks for it."""

    def make(t: Texts) -> Element:
        regions = [region.name.in_(t.language) for region in circumstances().forum.regions]
        rows = tuple(
            OwnerRow(
                f"Privat barnehageeier {place} (eksempel)",
                regions[place % len(regions)],
                t("missing.nothing") if place else t("missing.begun", count=2),
                "" if place else t("missing.no_contact"),
            )
            for place in range(count)
        )
        key = "missing.sentence" if count else "missing.none"
        said = t(key, year=2023, owners=count, begun=1, nothing=count - 1)
        sheet = (t("button.sheet"), "sheet", CARD)
        note = t("missing.note") if count else ""
        title, column = t("missing.title", year=2023), t("missing.stands")
        return owners.owners(title, said, column, rows, t, note=note, offers=[sheet])

    return make


def of_owners() -> Iterator[tuple[str, Make]]:
    yield "many", missing(90)
    yield "none", missing(0)


def not_told(person: str) -> Make:
    def make(t: Texts) -> Element:
        notice, why = t("notice.receipt_copy_title"), t("unreached.why.no_chat")
        about = t("unreached.notice", notice=notice, number="2023-DEKOM-014", why=why)
        rows = round_rows(t, 8, tuple(State))
        return a_round(rows, t, unreached=[(person, about)] * 20, more=13)

    return make


def sent_notices(person: str = "Kontakt for Bodø kommune (eksempel)", count: int = 40) -> Make:
    """One line of each outcome, and more of the last."""

    def make(t: Texts) -> Element:
        details = {
            "notice": t("notice.receipt_copy_title"),
            "at": SAVED_AT,
            "why": t("unreached.why.no_chat"),
        }
        outcomes = ("teams", "mail", "waits", "unsure", "unwanted", "missed")
        lines = [(person, t(f"notices_sent.{outcome}", **details)) for outcome in outcomes]
        shown = [*lines, *[lines[-1]] * (count - len(lines))]
        title = t("notices_sent.title", number="2023-DEKOM-014")
        return notices_sent(title, "", shown, count + 3, t, has_missed=True)

    return make


def no_notices(t: Texts) -> Element:
    title = t("notices_sent.title", number="2023-DEKOM-014")
    return notices_sent(title, t("notices_sent.none"), (), 0, t, has_missed=False)


def of_sent_notices() -> Iterator[tuple[str, Make]]:
    yield "many", sent_notices()
    yield "none", no_notices


def of_messages_to_many() -> Iterator[tuple[str, Make]]:
    people = [f"Kontakt for kommune {number} (eksempel)" for number in range(44)]

    def waits(t: Texts) -> Element:
        looks = notice("case_filed")(t), (t("button.duties"),)
        return mass.preview(
            t,
            CARD,
            looks,
            count=46,
            names=people,
            in_channels=["Salten", t("mass.general_channel")],
            by_mail=3,
            unreached=people[:1],
        )

    def says_nothing(t: Texts) -> Element:
        return mass.preview(t, CARD, None, count=1, names=people[:1], in_channels=[], by_mail=0, unreached=[])

    yield "waits", waits
    yield "says nothing", says_nothing


def of_batches() -> Iterator[tuple[str, Make]]:
    counts = {"sent": 30, "pending": 12, "failed": 1, "dropped": 3}

    def how_far(
        kind: str, counts: Mapping[str, int], *, is_stopped: bool = False, refusal: str | None = None
    ) -> Make:
        return lambda t: mass.progress(
            t,
            CARD,
            CARD,
            title=t(f"notice.{kind}_title"),
            decided_at=SAVED_AT,
            counted=mass.counted(t, counts),
            is_stopped=is_stopped,
            can_stop=not is_stopped,
            refusal=t(refusal) if refusal else "",
        )

    yield "under way", how_far("case_filed", counts)
    yield "stopped", how_far("case_filed", counts | {"pending": 0, "dropped": 15}, is_stopped=True)
    moved_on = how_far("meeting_called", {"dropped": 46}, is_stopped=True, refusal="meeting.not_sent")
    yield "not sent, since the meeting has changed", moved_on


def events(
    title: str = "Lesing i alle fag",
    who: str = "Kontakt for Bodø kommune (eksempel)",
    reason: str = "Målet mangler. " * 40,
) -> Make:
    """As many as a card shows, the last with what somebody wrote."""

    def make(t: Texts) -> Element:
        often = t("history.did.saved_often", who=who, times=12, clock=t.clock(SAVED_AT))
        because = t("history.detail.reason", value=reason)
        returned = f"{t('history.did.returned', who=who)} {because}"
        return history("2023-DEKOM-014", title, [(SAVED_AT, often), (SAVED_AT, returned)] * 20, 55, t)

    return make


def of_histories() -> Iterator[tuple[str, Make]]:
    yield "long", events()
    yield (
        "short",
        lambda t: history("2023-DEKOM-014", "T", [(SAVED_AT, t("history.did.created", who="K"))], 1, t),
    )


def role_card(text: str, *, refused: bool = False) -> Make:
    typed = dict.fromkeys(register.FIELDS, text) | {"kind": "owner_contact"}
    return lambda t: register.role_card(t, CARD, typed, refusal=t("register.said.why") if refused else "")


def of_role_cards() -> Iterator[tuple[str, Make]]:
    yield "empty", lambda t: register.role_card(t, CARD, {})
    yield "refused", role_card("eier-bodo", refused=True)


def the_frames(year: int, scheme: str | None = None, *, sums: bool = True, asked: int = 0) -> Make:
    """`asked`: what each scheme asks for here, in this round and the two before, in each of three years."""
    filed_here = [
        Asked(cycle, each, cycle + later, 1234, asked, asked)
        for cycle in range(year - 2, year + 1)
        for each in ("regional", "decentralised", "competence_lift")
        for later in range(3)
    ]
    rules = scheme_set("nordland", date(year, 2, 1))
    found = frames_of(year, rules, deck("nordland"), filed_here if asked else ())
    view = FramesView(found, scheme, sums, date(2023, 3, 17), Fraction(3, 10))
    return lambda t: frames.frames(view, t)


def of_frames() -> Iterator[tuple[str, Make]]:
    yield "of the slides", the_frames(2023)
    yield "of the slides and of the largest cases", the_frames(2023, asked=999_999_999_999)
    yield "of a year whose frame is not known", the_frames(2024, asked=1_000)
    yield "of a year of which the pot is known", the_frames(2022)
    yield "of one scheme", the_frames(2024, "decentralised")
    yield "after the schemes have changed", the_frames(2026, asked=1_000)
    yield "for an owner", the_frames(2023, sums=False)


def a_move(key: str, day: date, *, people: int = 41, sent: int = 0, is_told: bool = True) -> Consequences:
    year: Year = first_year("nordland")
    before = next(event for event in year.events if event.key == key)
    after = on_day(before, day)
    return Consequences(
        before=before,
        after=after,
        people=tuple(f"Kontakt for kommune {number} (eksempel)" for number in range(people)),
        beside=beside(year, before),
        states=(State.SUBMITTED, State.SCREENING, State.COMPLETE) if key == "committee_treatment" else (),
        sent=sent,
        free=free_days(after),
        conflicts=tuple(each for each in conflicts(year) if key in (each.earlier.key, each.later.key)),
        is_told=is_told,
    )


def of_moves() -> Iterator[tuple[str, Make]]:
    treated = a_move("committee_treatment", date(2023, 2, 18), sent=3)
    yield "on a free day", lambda t: calendar.confirm_move(treated, t, CARD)
    meeting = a_move("forum_meeting_spring", date(2023, 3, 20), people=0, is_told=False)
    yield "that does not fit", lambda t: calendar.confirm_move(meeting, t, CARD)


def of_moved() -> Iterator[tuple[str, Make]]:
    found = a_move("region_lofoten", date(2023, 6, 12))
    yield "with notices", lambda t: calendar.moved(found.after, 7, t)
    yield "of a draft", lambda t: calendar.moved(found.after, 0, t)


def of_dates_left() -> Iterator[tuple[str, Make]]:
    found = a_move("region_lofoten", date(2023, 6, 12))
    yield "an event", lambda t: calendar.left(found.before, t)
    yield "of none", lambda t: calendar.left(None, t)


def a_meeting(text: str = "Ørnes hotell, Meløy", **changes: Any) -> MeetingView:
    meeting = Meeting(
        "2023-region_salten_autumn",
        2023,
        "region_salten_autumn",
        MeetingForm.HYBRID,
        state=MeetingState.CALLED,
        region="SALTEN",
        first_on=date(2023, 9, 13),
        starts=time(9),
        ends=time(15),
        place=text[:120],
        join_link="https://teams.example.org/salten",
        agenda=(text[:120], "Ny behovsmelding ut fra evalueringen"),
        answer_by_on=date(2023, 9, 6),
        agenda_by_on=date(2023, 8, 30),
        has_food=True,
        practical=text,
        minutes=text,
        sequence=1,
    )
    return MeetingView(
        replace(meeting, **changes),
        "Nettverk Salten, skole: ny behovsmelding ut fra evalueringen",
        "13. september 2023 kl. 09.00–15.00",
        (f"{text[:300]} (Kontakt for Fauske kommune (eksempel))",),
    )


def of_meetings(
    text: str = "Reiseregningen sendes RKK Lofoten innen 1. oktober.",
) -> dict[str, Iterator[tuple[str, Make]]]:
    def buttons(t: Texts, *keys: str) -> list[tuple[str, str, str]]:
        return [(t(f"button.{key}"), key, CARD) for key in keys]

    answers = ("comes", "comes_digitally", "comes_not", "substitute", "point", "to_calendar")
    people = [
        ("eier-bodo", "1. Kontakt for Bodø (eksempel)"),
        ("eier-fauske", "2. Kontakt for Fauske (eksempel)"),
    ]
    return {
        "meetings.invitation": iter(
            [
                (
                    "called",
                    lambda t: meetings.invitation(
                        a_meeting(text),
                        t,
                        buttons(t, *answers),
                        head=t("notice.meeting_called_title"),
                        asks=True,
                    ),
                ),
                (
                    "answered",
                    lambda t: meetings.invitation(
                        a_meeting(text),
                        t,
                        buttons(t, *answers),
                        head=t("meeting.invitation"),
                        said=t(
                            "meeting.answered", answer=t("meeting.answer.substitute", substitute=text[:300])
                        ),
                        refusal=t("meeting.points_over", day=date(2023, 8, 30)),
                        asks=True,
                    ),
                ),
                (
                    "cancelled in a channel",
                    lambda t: meetings.invitation(
                        a_meeting(text),
                        t,
                        (),
                        head=t("notice.meeting_cancelled_title"),
                        said=t("notice.meeting_cancelled"),
                    ),
                ),
            ]
        ),
        "meetings.question": iter(
            [
                (
                    "need",
                    lambda t: meetings.question(
                        a_meeting(text),
                        t,
                        buttons(t, "need_yes", "need_no", "word"),
                        head=t("notice.meeting_need_title"),
                        text=t("notice.meeting_need"),
                        said=t("meeting.need_said.yes"),
                        word=text[:300],
                    ),
                ),
                (
                    "dates",
                    lambda t: meetings.question(
                        a_meeting(text),
                        t,
                        [
                            (t("button.cannot", number=1), "cannot_1", CARD),
                            (t("button.can", number=2), "can_2", CARD),
                            *buttons(t, "none_fits"),
                        ],
                        head=t("notice.meeting_poll_title"),
                        text=t("notice.meeting_poll"),
                        items=("1. 12. september 2023 kl. 09.00–15.00 ✓", "2. 28.–29. september 2023"),
                        said=t("meeting.chosen", days="12. september 2023"),
                        word=text[:300],
                    ),
                ),
            ]
        ),
        "meetings.write": iter(
            [
                (
                    "a name",
                    lambda t: meetings.write(
                        t,
                        CARD,
                        head=t("meeting.ask.substitute_title"),
                        text=t("meeting.ask.substitute", title="Nettverk Salten"),
                        field="substitute",
                        value=text[:300],
                        longest=300,
                        refusal=t("error.missing"),
                    ),
                )
            ]
        ),
        "meetings.minutes": iter([("sent", lambda t: meetings.minutes(a_meeting(text), t, ()))]),
        "meetings.choose": iter(
            [
                (
                    "the year",
                    lambda t: meetings.choose(
                        t,
                        CARD,
                        year=2023,
                        how=t("meeting.list_help"),
                        rows=[
                            ("2023-region_lofoten", "12. Nettverk Lofoten", "etter behov"),
                            ("2023-region_salten_autumn", "7. Nettverk Salten", "13. september 2023"),
                        ],
                        refusal=t("meeting.choose_one"),
                    ),
                )
            ]
        ),
        "meetings.arranging": iter(
            [
                (
                    "called",
                    lambda t: meetings.arranging(
                        a_meeting(text),
                        t,
                        [
                            (t("button.meeting_status"), "status", CARD),
                            (t("button.plan_more"), "plan", CARD),
                            (t("button.meeting_cancel"), "cancel", CARD),
                            (t("button.meeting_tell"), "tell", CARD),
                        ],
                        tally=[(t("meeting.count.comes"), "4"), (t("meeting.diets"), text[:300])],
                        remark=t("meeting.nobody"),
                    ),
                )
            ]
        ),
        "meetings.attendance": iter(
            [
                (
                    "after it",
                    lambda t: meetings.attendance(
                        a_meeting(text),
                        t,
                        CARD,
                        rows=people,
                        there=["eier-fauske"],
                        instead=[text[:300]],
                        refusal=t("meeting.attendance_again"),
                    ),
                )
            ]
        ),
    }


def every() -> dict[str, Make]:
    groups: dict[str, Iterator[tuple[str, Make]]] = {
        "forms.form_page": of_form_pages(),
        "forms.review": of_reviews(),
        "forms.reading": of_reading(),
        "forms.confirm_discard": iter([("title", lambda t: forms.confirm_discard(draft(COMPLETE), t, CARD))]),
        "forms.switched": iter([("to typing", lambda t: forms.switched(t, CARD))]),
        "forms.with_unsaved": iter(
            [
                (
                    "case",
                    lambda t: forms.with_unsaved(cases.case(case(), t, card_id=CARD), ("Nytt mål", "42"), t),
                )
            ]
        ),
        "cases.case": of_cases(),
        "confirming.part": of_parts(),
        "confirming.proposal": of_proposals(),
        "papers.link_card": of_links(),
        "cases.confirm_withdrawal": iter(
            [("a case", lambda t: cases.confirm_withdrawal(filed("Lesing i alle fag"), t, CARD))]
        ),
        "lists.menu": of_menus(),
        "lists.listing": of_listings(),
        **of_meetings(),
        "notes.note": of_notes(),
        "elsewhere.handed_in": of_elsewhere(),
        "rounds.round_status": of_rounds(),
        "owners.owners": of_owners(),
        "register.role_card": of_role_cards(),
        "history.history": of_histories(),
        "reports.report": of_reported(),
        "reports.reports": iter([("many", all_reports()), ("none", all_reports(count=0))]),
        "notices_sent.notices_sent": of_sent_notices(),
        "mass.preview": of_messages_to_many(),
        "mass.progress": of_batches(),
        "frames.frames": of_frames(),
        "calendar.confirm_move": of_moves(),
        "calendar.moved": of_moved(),
        "calendar.left": of_dates_left(),
    }
    return {f"{builder}/{variant}": make for builder, found in groups.items() for variant, make in found}


EVERY = every()
