"""Whatever is typed, wherever: there is an answer, and it is kept as typed or not at all."""

import pytest

from domain.messages import Said
from store import drafts
from store.drafts import Draft, Focus
from tests.conversations.harness import Town
from tests.dialogs.bench import OWNER, Posted, T, answer, draft_of, kept, said

HOSTILE = {
    "nothing": "",
    "blanks": " \n\t ",
    "superscript": "²",
    "digits of another script": "٣",
    "digits without end": "9" * 5_000,
    "words without end": "e " * 50_000,
    "items without end": "e," * 50_000,
    "not a number": "NaN",
    "infinity": "-Infinity",
    "exponent": "1e400",
    "markdown": "[her](https://example.org) **fet** # overskrift `kode`",
    "mention": "<at>everyone</at>",
    "html": "<script>alert(1)</script>&amp;",
    "placeholders": "{title} {0} {} %s ${x}",
    "quotes": "' OR 1=1 --",
    "commas": ",;\n,",
    "an id of the machine": "id-1",
    "people": "👩‍👩‍👧‍👦" * 50,
    "one letter": "e",
}
FIELDS = (
    "scheme",
    "measure_title",
    "other_owners",
    "participants_staff",
    "uh_dialogue_on",
    "budget_owner.2024",
)


async def ask_about(town: Town, field: str | None) -> Draft:
    """Have the question of that field open, or none."""
    draft = await draft_of(town)
    await town.work(lambda work: drafts.set_focus(work, OWNER, Focus(draft.id, field)))
    return draft


@pytest.mark.parametrize("field", [None, "discard?", *FIELDS])
async def test_typed_text_is_kept_as_it_is_or_not_at_all(
    town: Town, shown: dict[str, Posted], field: str | None
) -> None:
    for name, text in HOSTILE.items():
        before = await ask_about(town, field)
        reply = await answer(town, OWNER, Said(text))
        after = await draft_of(town)
        assert said(reply), name
        assert {changed for changed, _ in after.answers.items() ^ before.answers.items()} <= {field}, name


async def test_answer_that_could_not_be_shown_again_is_not_kept_and_the_question_stands(
    town: Town, shown: dict[str, Posted]
) -> None:
    """The person still has it in the chat, where it was sent from."""
    await ask_about(town, "need_description")
    before = await kept(town)
    asked_again = said(await answer(town, OWNER, Said("å" * 6001)))
    assert asked_again.startswith(T("error.too_long", most=6000, length=6001))
    assert T("needs_report.field.need_description.label") in asked_again
    assert await kept(town) == before


@pytest.mark.parametrize("command", ["fortsett", "endre", "status", "språk", "inviter"])
async def test_argument_of_a_command_may_be_anything(
    town: Town, shown: dict[str, Posted], command: str
) -> None:
    await answer(town, OWNER, Said("kort"))
    before = await kept(town)
    for name, text in HOSTILE.items():
        assert said(await answer(town, OWNER, Said(f"{command} {text}"))), name
    assert await kept(town) == before
