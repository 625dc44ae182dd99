"""Presses that no card of ours sends, and presses that come too late: the neutral answer, or the present state.

A card carries a random id and nothing else that counts; everything else is on its row (threats.md 8, 9, 18, 20, 21).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from dialogs import pressing, turns, versions
from dialogs.cards import register as role_cards
from domain.messages import Joined, Message, Pressed, Reply, Said
from store import cards
from store.drafts import DraftState
from tests.conversations.harness import Town
from tests.dialogs.bench import (
    CASE,
    IN_PUBLIC,
    NEUTRAL,
    OWNER,
    TITLE,
    Posted,
    T,
    alike,
    answer,
    card_row,
    contents,
    draft_of,
    kept,
    number_of_cases,
    said,
)

# The cards as they are posted, and their buttons.
_PAGE = ("next", "back", "save", "skip", "review", "type", "refresh")
_FIRST_PAGE = ("next", "save", "skip", "review", "type", "refresh")
_REVIEW = ("submit", "goto", "type", "discard", "refresh")
BUTTONS = {
    "page": _PAGE,
    "review": ("paper", "submit", "goto", "type", "let_in", "discard", "refresh"),
    "discard": ("discard_yes", "discard_no"),
    "typing": ("card",),
    "draft": ("open",),
    "case": ("refresh", "paper", "new_version", "withdraw"),
    "withdrawal": ("withdraw_yes", "withdraw_no"),
    "paper": ("paper",),
    "menu": ("new", "continue", "my_cases", "deadlines"),
    "elsewhere": ("not_this_year", "show"),
    "reminders": ("weekly", "last"),
}
# Those of the secretariat.
OF_STAFF = {
    "role": ("give", "end"),
    "staff's case": ("refresh", "paper", "send_back", "correct", "withdraw"),
    "staff's withdrawal": ("withdraw_yes", "withdraw_no"),
    "send_back, fields": _FIRST_PAGE,
    "send_back, reasons": _PAGE,
    "send_back, review": _REVIEW,
    "correction, page": _FIRST_PAGE,
    "correction, review": ("paper", *_REVIEW),
    "on_behalf, page": _FIRST_PAGE,
    "on_behalf, review": ("paper", *_REVIEW),
    "extension": ("submit", "type", "discard", "refresh"),
    "move_event": _REVIEW,
    "move": ("move_yes", "move_no"),
    "year": ("approve_year",),
    "staff's typing": ("card",),
    "staff's discard": ("discard_yes", "discard_no"),
    "answer": ("sheet",),
    "batch": ("release", "do_not_send"),
    "batch, going": ("show_batch", "stop_batch"),
    "batch, who": ("ask",),
    "phone": ("phoned",),
    "meeting_list": ("open",),
    "meeting": ("plan", "poll", "call", "leave"),
    "meeting_attendance": ("attendance",),
}
# Those of whoever a meeting is for.
OF_INVITED = {
    "meeting_need": ("need_yes",),
    "meeting_poll": ("can_1",),
    "invitation": ("comes",),
    "meeting_write": ("substitute", "leave_out"),
}
# Those of a university: of a case that it is a partner of, of its part of it, and of a draft that it was let read; and
# the owner's, of what a university proposes.
OF_PARTNER = {
    "partner's case": ("refresh", "paper", "confirm_part"),
    "part": ("confirm", "correct_part", "see_case"),
    "university_part": ("submit", "type", "discard", "refresh"),
    "reading": ("open", "paper"),
    "proposal": ("take_over",),
    "report": ("confirm_report",),
    "report, change": ("change_report",),
}
EVERY_BUTTON = BUTTONS | OF_STAFF | OF_INVITED | OF_PARTNER
OF_A_FORM = ("page", "review", "discard", "typing")
# Of each of these one may ask how it stands now, which looks at no input.
FORM_CARDS = {*OF_A_FORM, *OF_STAFF, "university_part"} - {
    "role",
    "staff's case",
    "staff's withdrawal",
    "answer",
    "move",
    "year",
    *("batch", "batch, going", "batch, who", "phone"),
    *("meeting_list", "meeting", "meeting_attendance"),
}
REVIEWS = {
    *("review", "send_back, review", "correction, review", "on_behalf, review", "extension"),
    "move_event",
    "university_part",
}
# There is no page before the first. On a review: the one is there once a university was let in, the others stand on
# older cards or in longer forms.
HARMLESS = {
    **{name: {"back"} for name, verbs in EVERY_BUTTON.items() if verbs == _FIRST_PAGE},
    **{name: {"back", "save", "goto"} for name in REVIEWS},
    "review": {"shut_out", "back", "save"},
    "proposal": {"refresh"},
    "answer": {"ask"},
    "batch, who": {"sheet"},
    # Below lists and notices stands "open"; what a row is about may be confirmed and changed by the same person.
    "report": {"open", "change_report"},
    "report, change": {"open", "confirm_report"},
    **{name: {"open"} for name in ("meeting_need", "meeting_poll", "invitation")},
}
VERBS = frozenset(verb for verbs in EVERY_BUTTON.values() for verb in verbs) | {"status", "shut_out"}
NO_VERBS = ("", "SAVE", "save ", "next\n", "invite", "__class__", "x" * 10_000)


async def test_the_table_has_every_kind_of_card_and_every_verb(
    office: Town, dealt: dict[str, Posted]
) -> None:
    rows = await office.store.read(lambda c: [cards.get(c, card.id) for card in dealt.values()])
    assert {row.kind for row in rows if row} == set(turns._BUTTONS)
    of_forms = {verb for verbs in pressing.VERBS.values() for verb in verbs}
    assert {*of_forms, *role_cards.VERBS, *versions.VERBS} - VERBS == NOT_ON_A_CARD_HERE


# For these a case has to be of an earlier year, to have two versions, to be withdrawn.
NOT_ON_A_CARD_HERE = {"copy", "differences", "reopen"}


async def test_cards_have_the_buttons_of_the_table(dealt: dict[str, Posted]) -> None:
    assert {name: card.verbs for name, card in dealt.items()} == EVERY_BUTTON


# Forged: one answer for all of it, and nothing is changed, not even which card is the latest.

Forged = tuple[str, Pressed, Mapping[str, Any]]  # who presses what, and where
FORGERIES: dict[str, Callable[[Posted, str], Forged]] = {
    "another chat": lambda card, verb: (card.holder, card.pressed(verb), {"conversation_id": "a:other"}),
    "unknown id": lambda card, verb: (card.holder, Pressed(verb, "id-none", card.inputs), {}),
    "empty id": lambda card, verb: (card.holder, Pressed(verb, "", card.inputs), {}),
    "id with blanks": lambda card, verb: (card.holder, Pressed(verb, f" {card.id} ", card.inputs), {}),
    "id with SQL": lambda card, verb: (card.holder, Pressed(verb, f"{card.id}' OR '1'='1", card.inputs), {}),
    "id without end": lambda card, verb: (card.holder, Pressed(verb, "9" * 100_000, card.inputs), {}),
}
# Colleagues of those who hold the cards, those who hold the other cards, and somebody of each other kind.
OTHERS = (
    "eier-bodo",
    "eier-bodo-2",
    "eier-rana",
    "sekretariat",
    "sekretariat-2",
    "beslutter",
    "administrator",
    "uh-nord",
    "uh-uit",
    "medlem-forum",
)
FORGED_INPUTS: dict[str, Mapping[str, str]] = {
    "extra field": {"role": "secretariat"},
    "field of another page": {"budget_owner.2023": "1"},
    "field of another year": {"budget_owner.2099": "1"},
    "field of another person": {"person_id": "eier-rana"},
    "field of the row": {"subject": "id-1"},
    "field that staff alone have": {"is_example": "false"},
    "empty name": {"": "x"},
    "more than a field holds": {"goal": "9" * 6_001},
    "more than a reason holds": {"why": "9" * 6_001},
    "role that there is not": {"kind": "king"},
    "more fields than a card has": {f"field{number}": "1" for number in range(200)},
}


def every_button(dealt: dict[str, Posted]) -> Iterator[tuple[str, Posted, str]]:
    yield from ((name, card, verb) for name, card in dealt.items() for verb in card.verbs)


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_press_with_another_card_or_chat(office: Town, dealt: dict[str, Posted], forgery: str) -> None:
    before = await contents(office)
    for name, card, verb in every_button(dealt):
        person_id, pressed, place = FORGERIES[forgery](card, verb)
        assert await answer(office, person_id, pressed, **place) == NEUTRAL, (name, verb)
    assert await contents(office) == before


@pytest.mark.parametrize("person_id", OTHERS)
async def test_press_of_somebody_elses_card(office: Town, dealt: dict[str, Posted], person_id: str) -> None:
    """From their own chat, and from that of the one whose card it is."""
    await answer(office, person_id, Said("språk bokmål"))
    before = await contents(office)
    for name, card, verb in every_button(dealt):
        if card.holder != person_id:
            for place in ({}, {"conversation_id": f"a:{card.holder}"}):
                reply = await answer(office, person_id, card.pressed(verb), **place)
                assert reply == NEUTRAL, (name, verb, place)
    assert await contents(office) == before


@pytest.mark.parametrize("inputs", FORGED_INPUTS.values(), ids=FORGED_INPUTS)
async def test_press_with_inputs_that_the_card_has_not(
    office: Town, dealt: dict[str, Posted], inputs: Mapping[str, str]
) -> None:
    before = await contents(office)
    for name, card, verb in every_button(dealt):
        if name in FORM_CARDS and verb == "refresh":
            continue
        assert await answer(office, card.holder, card.pressed(verb, **inputs)) == NEUTRAL, (name, verb)
    assert await contents(office) == before


async def test_only_a_review_has_a_page_to_go_to(office: Town, dealt: dict[str, Posted]) -> None:
    before = await contents(office)
    for name, card, verb in every_button(dealt):
        if name not in REVIEWS and not (name in FORM_CARDS and verb == "refresh"):
            reply = await answer(office, card.holder, card.pressed(verb, go_to="need"))
            assert reply == NEUTRAL, (name, verb)
    assert await contents(office) == before


@pytest.mark.parametrize("name", EVERY_BUTTON)
async def test_press_of_a_button_that_the_card_never_had(
    office: Town, dealt: dict[str, Posted], name: str
) -> None:
    harmless = HARMLESS.get(name, set()) | ({"refresh"} if name in FORM_CARDS else set())
    before = await contents(office)
    for verb in (VERBS | NOT_ON_A_CARD_HERE | set(NO_VERBS)) - set(EVERY_BUTTON[name]) - harmless:
        assert await answer(office, dealt[name].holder, dealt[name].pressed(verb)) == NEUTRAL, verb
    assert await contents(office) == before


async def test_stranger_gets_nothing_from_a_card(office: Town, dealt: dict[str, Posted]) -> None:
    before = await contents(office)
    for _, card, verb in every_button(dealt):
        assert await answer(office, "nobody", card.pressed(verb)) == Reply((Message(T("enrol.who")),))
    assert await contents(office) == before


@pytest.mark.parametrize("place", IN_PUBLIC.values(), ids=IN_PUBLIC)
async def test_in_public_nothing_is_shown_and_nothing_done(
    office: Town, dealt: dict[str, Posted], place: Mapping[str, Any]
) -> None:
    """Not even to those whose cards and cases they are (threats.md, 18)."""
    before = await contents(office)
    only_in_private = Reply((Message(T("say.only_in_private")),))
    for _, card, verb in every_button(dealt):
        assert await answer(office, card.holder, card.pressed(verb), **place) == only_in_private
    for text in ("mine saker", f"status {CASE}", "fortsett", "ny behovsmelding", "inviter eier-rana", TITLE):
        assert await answer(office, OWNER, Said(text), **place) == only_in_private
        assert await answer(office, "sekretariat", Said(text), **place) == only_in_private
    assert await answer(office, OWNER, Joined(), **place) == Reply()
    assert await contents(office) == before


# Each to its end: what is forged above would have done something.
DOES = {
    ("role", "give"): {"role"},
    ("send_back, review", "submit"): {"case_return"},
    ("correction, review", "submit"): {"case_version"},
    ("extension", "submit"): {"extension"},
    ("move", "move_yes"): {"calendar_event", "calendar_year"},
    ("batch", "release"): {"batch", "outbox"},
    ("batch, going", "stop_batch"): {"batch", "outbox"},
    ("phone", "phoned"): {"phone_call", "receipt"},
    ("year", "approve_year"): {"calendar_event", "calendar_year"},
    ("staff's withdrawal", "withdraw_yes"): {"case_head"},
    ("staff's discard", "discard_yes"): {"draft"},
    ("on_behalf, page", "save"): {"draft"},
    ("correction, page", "save"): {"draft"},
    ("part", "confirm"): {"confirmation"},
    ("university_part", "submit"): {"outbox"},
    ("proposal", "take_over"): {"case_version"},
    ("meeting", "plan"): {"draft"},
    ("meeting_need", "need_yes"): {"meeting_need"},
    ("meeting_poll", "can_1"): {"meeting_vote"},
    ("invitation", "comes"): {"meeting_invitee"},
    ("meeting_write", "substitute"): {"meeting_invitee"},
    ("report", "confirm_report"): {"confirmation"},
    ("report, change", "change_report"): {"draft"},
}


@pytest.mark.parametrize(("name", "verb"), DOES)
async def test_the_same_press_by_the_one_whose_card_it_is_does_it(
    office: Town, dealt: dict[str, Posted], name: str, verb: str
) -> None:
    before = await kept(office)
    await answer(office, dealt[name].holder, dealt[name].pressed(verb))
    after = await kept(office)
    assert DOES[name, verb] <= {table for table in after if after[table] != before[table]}


@pytest.mark.parametrize("name", OF_STAFF)
async def test_row_that_staff_alone_should_have_gives_an_owner_nothing(
    office: Town, dealt: dict[str, Posted], name: str
) -> None:
    """Were there such a row before the owner, the right is asked again. Withdrawing is the owner's too."""
    row = await office.store.read(lambda c: cards.get(c, dealt[name].id))
    assert row is not None
    card = await card_row(office, row.kind, row.subject, page=row.page)
    before = await kept(office)
    for verb in set(dealt[name].verbs) - {"withdraw_yes"}:
        await answer(office, OWNER, Pressed(verb, card, dealt[name].inputs))
    assert await kept(office) == before


# Texts in the fields of a genuine card: kept as typed, or refused whole.

HOSTILE = {
    "number without end": "9" * 5_000,
    "not a number": "NaN",
    "infinity": "Infinity",
    "exponent": "1e999999999",
    "markdown": "[her](https://example.org) **fet** # overskrift `kode`",
    "mention": "<at>everyone</at>",
    "html": "<img src=x onerror=alert(1)>",
    "placeholders": "{title} {0} %s ${x}",
    "list without end": "1804," * 1_000,
    "another's organisation": "1833",
}
FREE_TEXT = "goal"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_text_in_a_field_changes_that_field_alone_and_is_shown_as_text(
    town: Town, shown: dict[str, Posted], text: str
) -> None:
    for field in (FREE_TEXT, "scheme", "lead_owner", "other_owners", "contact_email"):
        before = await draft_of(town)
        reply = await answer(
            town, OWNER, Pressed("save", shown["page"].id, {**shown["page"].inputs, field: text})
        )
        after = await draft_of(town)
        assert {name for name, _ in after.answers.items() ^ before.answers.items()} <= {field}
        assert after.answers[field] in (text, before.answers[field])
        assert [block for block in text_blocks(reply) if text in block] == []
    assert await number_of_cases(town) == 1


def text_blocks(reply: Reply) -> Iterator[str]:
    """What would be read as markdown."""

    def below(element: Any) -> Iterator[str]:
        if isinstance(element, Mapping):
            if element.get("type") == "TextBlock":
                yield element["text"]
            for child in element.values():
                yield from below(child)
        elif isinstance(element, list):
            for child in element:
                yield from below(child)

    for message in reply.messages:
        yield from below(message.card)


@pytest.mark.parametrize("page", ["", "nowhere", "money.2099", "money.NaN", "review", "../who", "9" * 5_000])
async def test_page_to_go_to_may_be_anything(town: Town, shown: dict[str, Posted], page: str) -> None:
    before = await kept(town)
    reply = await answer(town, OWNER, shown["review"].pressed("goto", go_to=page))
    assert TITLE in said(reply)
    assert await kept(town) == before


# Too late: the present state.


async def test_case_was_filed(town: Town, shown: dict[str, Posted]) -> None:
    last = {"declaration": "yes", "declaration_name": "Rådgiver skole"}
    await answer(town, OWNER, shown["page"].pressed("review"))
    filed = await answer(town, OWNER, shown["review"].pressed("submit", **last))
    assert "2023-DEKOM-002" in said(filed)
    before = await kept(town)
    for name in (*OF_A_FORM, "draft"):
        for verb in shown[name].verbs:
            reply = await answer(town, OWNER, shown[name].pressed(verb))
            assert "2023-DEKOM-002" in said(reply), (name, verb)
    assert await kept(town) == before


async def test_draft_was_thrown_away(town: Town, shown: dict[str, Posted]) -> None:
    await answer(town, OWNER, Said("kast utkastet"))
    await answer(town, OWNER, Said("ja"))
    before = await kept(town)
    for name in (*OF_A_FORM, "draft"):
        for verb in shown[name].verbs:
            reply = await answer(town, OWNER, shown[name].pressed(verb))
            assert said(reply) == T("say.was_discarded"), (name, verb)
    assert await kept(town) == before


async def test_another_card_has_come_in_its_place(town: Town, shown: dict[str, Posted]) -> None:
    """Everything was answered on newer cards since, so every old button shows how it is now and changes no answer."""
    await answer(town, OWNER, Said("kort"))
    before = await draft_of(town)
    for name in OF_A_FORM:
        for verb in shown[name].verbs:
            assert await answer(town, OWNER, shown[name].pressed(verb)) != NEUTRAL, (name, verb)
            draft = await draft_of(town)
            assert (draft.state, draft.answers) == (DraftState.OPEN, before.answers), (name, verb)
    assert await number_of_cases(town) == 1


async def test_old_yes_does_not_throw_away_what_was_kept(town: Town, shown: dict[str, Posted]) -> None:
    reply = await answer(town, OWNER, shown["discard"].pressed("discard_yes"))
    assert TITLE in said(reply)
    assert (await draft_of(town)).is_open


async def test_report_that_was_changed_elsewhere_is_shown_before_it_is_filed(
    town: Town, shown: dict[str, Posted]
) -> None:
    town.at += timedelta(minutes=1)
    await answer(town, OWNER, shown["page"].pressed("save", goal="Naturfag"))
    last = {"declaration": "yes", "declaration_name": "Rådgiver skole"}
    reply = await answer(town, OWNER, shown["review"].pressed("submit", **last))
    assert "Naturfag" in said(reply)
    assert await number_of_cases(town) == 1
    (review,) = reply.messages
    assert review.card is not None
    again = Pressed("submit", review.card["actions"][0]["data"]["ci"], last)
    assert "2023-DEKOM-002" in said(await answer(town, OWNER, again))


# Why nothing was filed, that one types from now on, whether to throw the draft away, and a link below the card.
SAID_ONCE = frozenset(
    {
        "submit",
        "type",
        "discard",
        "discard_yes",
        "paper",
        "new_version",
        "withdraw",
        "send_back",
        "correct",
        "take_over",
        "confirm_part",
    }
)
# How each is asked how it stands now. What is typed into a card of the secretariat is saved by the first press.
LOOKS = {
    "case": "refresh",
    "staff's case": "refresh",
    "partner's case": "refresh",
    "reading": "open",
    "proposal": "refresh",
}
LOOKS |= dict.fromkeys(FORM_CARDS, "refresh")


@pytest.mark.parametrize("name", sorted(EVERY_BUTTON.keys() - {"role"}))  # that one in test_registering.py
async def test_same_press_twice_is_done_once(office: Town, dealt: dict[str, Posted], name: str) -> None:
    """The second time it has the same activity id, as when Teams has not heard the answer. It gets the same answer, or
    the card as it is now."""
    card = dealt[name]
    for verb in card.verbs:
        once = await answer(office, card.holder, card.pressed(verb), activity_id=f"again-{verb}")
        after_once = await kept(office)
        again = await answer(office, card.holder, card.pressed(verb), activity_id=f"again-{verb}")
        assert again != NEUTRAL
        assert await kept(office) == after_once, verb
        if name in LOOKS and (verb in SAID_ONCE or name in OF_STAFF):
            once = await answer(office, card.holder, card.pressed(LOOKS[name]))
        assert alike(again) == alike(once), verb
