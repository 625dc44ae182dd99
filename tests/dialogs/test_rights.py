"""Rights as they are met in a chat: by every kind of person, for every command, and again at every press."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs import drafting, submitting, turns
from dialogs.cards.forms import DraftView
from dialogs.desk import Desk, House
from dialogs.queries import Answer
from domain.access import Actor, Role, RoleKind
from domain.forum import load_forum
from domain.messages import Pressed, Reply, Said, Turn
from store import register
from store.work import Work
from tests.conversations.harness import IN_JANUARY, MACHINE_NOW, Town, identity_of
from tests.dialogs.bench import (
    CASE,
    NEUTRAL,
    OWNER,
    TITLE,
    Posted,
    T,
    add_person,
    alike,
    answer,
    card_row,
    contents,
    draft_of,
    end_roles,
    kept,
    number_of_cases,
    said,
)

STAFF = "Spør Sekretariat for samarbeidsforum (eksempel), telefon 00 00 00 28."
OUT_OF_REACH = f"{T('say.out_of_reach')} {STAFF}"
TODAY = IN_JANUARY.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

# Who may begin a report, see the case (by number, in a list) and what has happened to it, see the round, make a code
# for somebody, and see who has which role. The case is led by Bodø, with Fauske and Meløy beside it, and with Nord and
# UiT as partners. The last of the owners have roles that hold on one day, that have ended, and that have not begun.
TABLE = """
person                  begin  see  list  history  round  invite  roles
eier-bodo               yes    yes  yes   yes      -      -       -
eier-bodo-2             yes    yes  yes   yes      -      -       -
eier-fauske             yes    yes  yes   -        -      -       -
rkk-salten              yes    yes  yes   -        -      -       -
eier-rana               yes    -    -     -        -      -       -
eier-barnehage          yes    -    -     -        -      -       -
eier-bodo-i-dag         yes    yes  yes   yes      -      -       -
eier-bodo-før           -      -    -     -        -      -       -
eier-bodo-siden         -      -    -     -        -      -       -
uh-nord                 -      yes  yes   -        -      -       -
uh-uit                  -      yes  yes   -        -      -       -
uh-innlandet            -      -    -     -        -      -       -
medlem-barnehage        -      yes  yes   -        -      -       -
medlem-forum            -      yes  yes   -        -      -       -
vara-forum              -      yes  yes   -        -      -       -
sekretariat             -      yes  yes   yes      yes    yes     yes
sekretariat-før         -      -    -     -        -      -       -
beslutter               -      yes  yes   yes      yes    -       -
administrator           -      -    -     yes      -      yes     yes
uten-rolle              -      -    -     -        -      -       -
"""
HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())

MORE_PEOPLE = {
    "eier-bodo-i-dag": Role(RoleKind.OWNER_CONTACT, "1804", valid_from=TODAY, valid_to=TODAY),
    "eier-bodo-før": Role(RoleKind.OWNER_CONTACT, "1804", valid_to=YESTERDAY),
    "eier-bodo-siden": Role(RoleKind.OWNER_CONTACT, "1804", valid_from=TOMORROW),
    "sekretariat-før": Role(RoleKind.SECRETARIAT, valid_to=YESTERDAY),
}


async def what_they_may(town: Town, person_id: str) -> dict[str, str]:
    """Tried out, and judged by what is changed or shown."""

    async def tried(text: str) -> tuple[set[str], str]:
        before = await contents(town)
        reply = await answer(town, person_id, Said(text))
        after = await contents(town)
        return {name for name in after if len(after[name]) > len(before[name])}, said(reply)

    begun, _ = await tried("ny behovsmelding")
    _, seen = await tried(f"status {CASE}")
    _, listed = await tried("mine saker")
    _, happened = await tried(f"historikk {CASE}")
    _, glance = await tried("status")
    invited, _ = await tried("inviter eier-rana")
    _, holders = await tried("hvem er 1833")
    return {
        "begin": "yes" if "draft" in begun else "-",
        "see": "yes" if "Lesing i alle fag" in seen else "-",
        "list": "yes" if CASE in listed else "-",
        "history": "yes" if T("history.title", number=CASE) in happened else "-",
        "round": "yes" if T("round.title_year", year=2023) in glance else "-",
        "invite": "yes" if "enrolment_code" in invited else "-",
        "roles": "yes" if "Kontakt for Rana" in holders else "-",
    }


async def test_everybody_may_what_the_table_says(town: Town, shown: dict[str, Posted]) -> None:
    for person_id, role in MORE_PEOPLE.items():
        await add_person(town, person_id, role)
    await add_person(town, "uten-rolle")
    for person_id, *cells in ROWS:
        expected = dict(zip(HEAD[1:], cells, strict=True))
        assert (person_id, await what_they_may(town, person_id)) == (person_id, expected)


# Between showing and pressing.


async def test_whose_role_has_ended_gets_nothing_from_any_card(town: Town, shown: dict[str, Posted]) -> None:
    """Every button of every card that the owner still has before them; the day after the role's last day."""
    await end_roles(town, OWNER, TODAY)
    town.at += timedelta(days=1)
    before = await kept(town)
    for name, card in shown.items():
        for verb in card.verbs:
            reply = await answer(town, OWNER, card.pressed(verb))
            assert "alle fag" not in said(reply), (name, verb)
            assert await kept(town) == before, (name, verb)


async def test_role_counts_for_its_whole_last_day(town: Town, shown: dict[str, Posted]) -> None:
    await end_roles(town, OWNER, TODAY)
    assert TITLE in said(await answer(town, OWNER, shown["page"].pressed("save")))
    assert CASE in said(await answer(town, OWNER, shown["case"].pressed("refresh")))


DRAFT_COMMANDS = (
    "fortsett",
    "fortsett 1",
    "oppsummering",
    "endre 2",
    "tilbake",
    "hopp over",
    "skriv",
    "kort",
    "dokument",
    f"dokument {CASE}",
    "avbryt",
    "send inn",
    "kast utkastet",
    "ja",
    "Et svar på det som ble spurt om sist",
    "mine saker",
    f"status {CASE}",
)


@pytest.mark.parametrize("typed", [True, False], ids=["typing", "on cards"])
async def test_whose_role_has_ended_gets_nothing_by_typing(
    town: Town, shown: dict[str, Posted], typed: bool
) -> None:
    """While a question is open, and while a card is before the person."""
    await answer(town, OWNER, Said("fortsett"))
    await answer(town, OWNER, Said("endre 2" if typed else "kort"))
    await end_roles(town, OWNER, YESTERDAY)
    before = await kept(town)
    for text in DRAFT_COMMANDS:
        reply = await answer(town, OWNER, Said(text))
        assert "alle fag" not in said(reply), text
        assert await kept(town) == before, text


async def test_owner_of_another_owner_does_not_file_for_the_one_they_have_left(
    town: Town, shown: dict[str, Posted]
) -> None:
    """The draft is its owner's, and stays with the owner."""
    await end_roles(town, OWNER, YESTERDAY)
    await town.work(lambda work: register.add_role(work, OWNER, Role(RoleKind.OWNER_CONTACT, "1833")))
    reply = await answer(
        town, OWNER, shown["review"].pressed("submit", declaration="yes", declaration_name="A")
    )
    assert said(reply) == OUT_OF_REACH
    assert (await draft_of(town)).is_open


async def test_owner_of_another_owner_does_not_see_what_they_filed_for_the_one_they_have_left(
    town: Town, shown: dict[str, Posted]
) -> None:
    last = {"declaration": "yes", "declaration_name": "A"}
    assert "2023-DEKOM-002" in said(await answer(town, OWNER, shown["review"].pressed("submit", **last)))
    await end_roles(town, OWNER, YESTERDAY)
    await town.work(lambda work: register.add_role(work, OWNER, Role(RoleKind.OWNER_CONTACT, "1833")))
    for name in ("page", "review", "draft"):
        for verb in shown[name].verbs:
            reply = await answer(town, OWNER, shown[name].pressed(verb))
            assert said(reply) == OUT_OF_REACH, (name, verb)


async def test_commands_ask_again_whatever_led_to_them(town: Town, shown: dict[str, Posted]) -> None:
    """Were a way to them left open, they would hold by themselves: filing, and the round at a glance."""
    draft = await draft_of(town)
    answers = {**draft.answers, "declaration": "yes", "declaration_name": "A"}
    complete = replace(draft, answers=answers)

    def file_without_right(work: Work) -> tuple[DraftView, tuple[str, Reply | None], Answer]:
        owner = register.actor_of(work.connection, OWNER, TODAY)
        assert owner is not None
        desk = a_desk(town, work, owner)
        seen = drafting.view(desk, complete)
        nobody = replace(desk, actor=replace(owner, roles=()))
        filed = submitting.submit(nobody, complete, seen, not_ready="card.not_ready")
        return seen, filed, turns.QUERIES["round_status"].answer(nobody.inquiry, "")

    seen, (refusal, receipt), glance = await town.work(file_without_right)
    assert seen.checked.report is not None
    assert refusal.startswith("Det er kontakten for Bodø kommune som sender inn.")
    assert (receipt, glance.json["found"]) == (None, False)
    assert await number_of_cases(town) == 1


def a_desk(town: Town, work: Work, actor: Actor) -> Desk:
    turn = Turn("id", town.at, identity_of(OWNER), town.person(OWNER).address, Said(""), "c")
    house = House(load_forum("nordland"), lambda: MACHINE_NOW, town.new_id, town.new_code, "nb")
    return Desk(house, work, turn, actor, T)


async def test_secretariat_does_not_press_for_an_owner(town: Town, shown: dict[str, Posted]) -> None:
    before = await contents(town)
    for person_id in ("sekretariat", "beslutter", "administrator"):
        for card in shown.values():
            for verb in card.verbs:
                assert await answer(town, person_id, card.pressed(verb)) == NEUTRAL
    assert await contents(town) == before


@pytest.mark.parametrize("person_id", ["eier-rana", "uh-nord", "sekretariat", "administrator"])
async def test_nobody_else_reaches_a_draft_by_typing(
    town: Town, shown: dict[str, Posted], person_id: str
) -> None:
    before = (await kept(town))["draft"]
    for text in DRAFT_COMMANDS[:-2]:
        assert TITLE not in said(await answer(town, person_id, Said(text))), text
    assert (await kept(town))["draft"] == before


# What is not yours is like what is not.


@pytest.mark.parametrize("person_id", ["eier-rana", "uh-innlandet", "administrator"])
async def test_case_that_is_not_yours_is_answered_like_one_that_is_not(
    town: Town, shown: dict[str, Posted], person_id: str
) -> None:
    for text in ("status {}", "{}", "sak {}"):
        others = await answer(town, person_id, Said(text.format(CASE)))
        none = await answer(town, person_id, Said(text.format("2023-DEKOM-999")))
        assert alike(others, CASE) == alike(none, "2023-DEKOM-999")


@pytest.mark.parametrize("person_id", ["eier-rana", "eier-fauske", "uh-nord", "medlem-forum"])
async def test_history_that_is_not_yours_is_answered_like_that_of_no_case(
    town: Town, shown: dict[str, Posted], person_id: str
) -> None:
    """To those who may see the case too, if they do not lead it."""
    others = await answer(town, person_id, Said(f"historikk {CASE}"))
    none = await answer(town, person_id, Said("historikk 2023-DEKOM-999"))
    assert alike(others, CASE) == alike(none, "2023-DEKOM-999")


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        ("draft", "open"),
        ("form", "save"),
        ("form", "refresh"),
        ("review", "submit"),
        ("discard", "discard_yes"),
    ],
)
async def test_card_about_a_draft_that_is_not_yours_is_answered_like_one_about_none(
    town: Town, shown: dict[str, Posted], kind: str, verb: str
) -> None:
    """A row that should not be: were there one, it would give nothing away."""
    await answer(town, "eier-rana", Said("ny behovsmelding"))
    subjects = [(await draft_of(town, "eier-rana")).id, "no-draft"]
    cards = [await card_row(town, kind, subject, page="who") for subject in subjects]
    before = await contents(town)
    others, none = [await answer(town, OWNER, Pressed(verb, card)) for card in cards]
    assert alike(others) == alike(none)
    assert await contents(town) == before


async def test_card_about_a_case_that_is_not_yours_is_answered_like_one_about_none(
    town: Town, shown: dict[str, Posted]
) -> None:
    await end_roles(town, OWNER, YESTERDAY)
    cards = [await card_row(town, "case", number) for number in (CASE, "2023-DEKOM-999")]
    others, none = [await answer(town, OWNER, Pressed("refresh", card)) for card in cards]
    assert alike(others, CASE) == alike(none, "2023-DEKOM-999")
