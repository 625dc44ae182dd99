"""Presses that no card of ours sends, and presses that come too late: the neutral answer, or the present state.

A card carries a random id and nothing else that counts; everything else is on its row (threats.md 8, 9, 18, 20, 21).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from dialogs import pressing, turns
from domain.messages import Joined, Message, Pressed, Reply, Said
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
    contents,
    draft_of,
    kept,
    number_of_cases,
    said,
)

# The cards as they are posted, and their buttons.
BUTTONS = {
    "page": ("next", "back", "save", "skip", "review", "type", "refresh"),
    "review": ("paper", "submit", "goto", "type", "let_in", "discard", "refresh"),
    "discard": ("discard_yes", "discard_no"),
    "typing": ("card",),
    "draft": ("open",),
    "case": ("refresh", "paper", "new_version", "withdraw"),
    "withdrawal": ("withdraw_yes", "withdraw_no"),
    "paper": ("paper",),
    "menu": ("new", "continue", "my_cases", "deadlines"),
}
OF_STAFF = {"role"}  # in tests/conversations/test_registering.py
OF_A_FORM = ("page", "review", "discard", "typing")
VERBS = frozenset(verb for verbs in BUTTONS.values() for verb in verbs) | {"status", "shut_out"}
NO_VERBS = ("", "SAVE", "save ", "next\n", "invite", "__class__", "x" * 10_000)


def test_the_table_has_every_kind_of_card_and_every_verb() -> None:
    assert {"form" if name == "page" else name for name in BUTTONS} == set(turns._BUTTONS) - OF_STAFF
    assert {verb for verbs in pressing.VERBS.values() for verb in verbs} <= VERBS


async def test_cards_have_the_buttons_of_the_table(shown: dict[str, Posted]) -> None:
    assert {name: card.verbs for name, card in shown.items()} == BUTTONS


# Forged: one answer for all of it, and nothing is changed, not even which card is the latest.

Forged = tuple[str, Pressed, Mapping[str, Any]]  # who presses what, and where
FORGERIES: dict[str, Callable[[Posted, str], Forged]] = {
    "colleague": lambda card, verb: ("eier-bodo-2", card.pressed(verb), {}),
    "secretariat": lambda card, verb: ("sekretariat", card.pressed(verb), {}),
    "colleague in the owner's chat": lambda card, verb: (
        "eier-bodo-2",
        card.pressed(verb),
        {"conversation_id": f"a:{OWNER}"},
    ),
    "owner in another chat": lambda card, verb: (OWNER, card.pressed(verb), {"conversation_id": "a:other"}),
    "unknown id": lambda card, verb: (OWNER, Pressed(verb, "id-none", card.inputs), {}),
    "empty id": lambda card, verb: (OWNER, Pressed(verb, "", card.inputs), {}),
    "id with blanks": lambda card, verb: (OWNER, Pressed(verb, f" {card.id} ", card.inputs), {}),
    "id with SQL": lambda card, verb: (OWNER, Pressed(verb, f"{card.id}' OR '1'='1", card.inputs), {}),
    "id without end": lambda card, verb: (OWNER, Pressed(verb, "9" * 100_000, card.inputs), {}),
}
FORGED_INPUTS: dict[str, Mapping[str, str]] = {
    "extra field": {"role": "secretariat"},
    "field of another page": {"budget_owner.2023": "1"},
    "field of another year": {"budget_owner.2099": "1"},
    "field of another person": {"person_id": "eier-rana"},
    "field of the row": {"subject": "id-1"},
    "empty name": {"": "x"},
    "more than a field holds": {"goal": "9" * 6_001},
    "more fields than a card has": {f"field{number}": "1" for number in range(200)},
}


def every_button(shown: dict[str, Posted]) -> Iterator[tuple[str, Posted, str]]:
    yield from ((name, card, verb) for name, card in shown.items() for verb in card.verbs)


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_press_with_another_card_person_or_chat(
    town: Town, shown: dict[str, Posted], forgery: str
) -> None:
    before = await contents(town)
    for name, card, verb in every_button(shown):
        person_id, pressed, place = FORGERIES[forgery](card, verb)
        assert await answer(town, person_id, pressed, **place) == NEUTRAL, (name, verb)
    assert await contents(town) == before


@pytest.mark.parametrize("inputs", FORGED_INPUTS.values(), ids=FORGED_INPUTS)
async def test_press_with_inputs_that_the_card_has_not(
    town: Town, shown: dict[str, Posted], inputs: Mapping[str, str]
) -> None:
    before = await contents(town)
    for name, card, verb in every_button(shown):
        if name in OF_A_FORM and verb == "refresh":
            continue  # it looks at no input
        assert await answer(town, OWNER, card.pressed(verb, **inputs)) == NEUTRAL, (name, verb)
    assert await contents(town) == before


async def test_only_the_review_has_a_page_to_go_to(town: Town, shown: dict[str, Posted]) -> None:
    before = await contents(town)
    for name, card, verb in every_button(shown):
        if name != "review" and not (name in OF_A_FORM and verb == "refresh"):
            assert await answer(town, OWNER, card.pressed(verb, go_to="need")) == NEUTRAL, (name, verb)
    assert await contents(town) == before


@pytest.mark.parametrize("name", BUTTONS)
async def test_press_of_a_button_that_the_card_never_had(
    town: Town, shown: dict[str, Posted], name: str
) -> None:
    harmless = {"refresh"} if name in OF_A_FORM else set()
    # On the review: the one is there once a university was let in, the others stand on older cards.
    harmless |= {"shut_out", "back", "save"} if name == "review" else set()
    before = await contents(town)
    for verb in (VERBS | set(NO_VERBS)) - set(BUTTONS[name]) - harmless:
        assert await answer(town, OWNER, shown[name].pressed(verb)) == NEUTRAL, verb
    assert await contents(town) == before


async def test_stranger_gets_nothing_from_a_card(town: Town, shown: dict[str, Posted]) -> None:
    before = await contents(town)
    for _, card, verb in every_button(shown):
        assert await answer(town, "nobody", card.pressed(verb)) == Reply((Message(T("enrol.who")),))
    assert await contents(town) == before


@pytest.mark.parametrize("place", IN_PUBLIC.values(), ids=IN_PUBLIC)
async def test_in_public_nothing_is_shown_and_nothing_done(
    town: Town, shown: dict[str, Posted], place: Mapping[str, Any]
) -> None:
    """Not even to the owner, whose cards and cases they are (threats.md, 18)."""
    before = await contents(town)
    only_in_private = Reply((Message(T("say.only_in_private")),))
    for _, card, verb in every_button(shown):
        assert await answer(town, OWNER, card.pressed(verb), **place) == only_in_private
    for text in ("mine saker", f"status {CASE}", "fortsett", "ny behovsmelding", "inviter eier-rana", TITLE):
        assert await answer(town, OWNER, Said(text), **place) == only_in_private
        assert await answer(town, "sekretariat", Said(text), **place) == only_in_private
    assert await answer(town, OWNER, Joined(), **place) == Reply()
    assert await contents(town) == before


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
SAID_ONCE = frozenset({"submit", "type", "discard", "paper", "new_version", "withdraw"})


@pytest.mark.parametrize("name", BUTTONS)
async def test_same_press_twice_is_done_once(town: Town, shown: dict[str, Posted], name: str) -> None:
    """The second time it has the same activity id, as when Teams has not heard the answer. It gets the same answer, or
    the card as it is now."""
    for verb in shown[name].verbs:
        once = await answer(town, OWNER, shown[name].pressed(verb), activity_id=f"again-{verb}")
        after_once = await kept(town)
        again = await answer(town, OWNER, shown[name].pressed(verb), activity_id=f"again-{verb}")
        assert again != NEUTRAL
        assert await kept(town) == after_once, verb
        if verb in SAID_ONCE and "refresh" in shown[name].verbs:
            once = await answer(town, OWNER, shown[name].pressed("refresh"))
        assert alike(again) == alike(once), verb
