"""Whom staff phone: those whom no message has reached, and those who did not do in time what they owed."""

from datetime import UTC, datetime, timedelta

import pytest

from dialogs.texts import texts
from domain.access import RoleKind
from store import audit, outbox, receipts, register
from store.outbox import NO_CHAT, OutboxState, Way
from store.work import Work
from tests.conversations.dekom import PAGES
from tests.conversations.harness import MACHINE_NOW, Talk, Town, buttons_on
from tests.conversations.test_needs_report import fill_in
from tests.conversations.test_notices_sent import CASE, files

BODO_2, STAFF_2 = "Annen kontakt for Bodø kommune (eksempel)", "Annen i sekretariatet (eksempel)"


async def not_reached(town: Town, *people: str) -> None:
    """The notices of a new case, which do not reach these."""
    await files(town)

    def end(work: Work) -> None:
        for item in outbox.claim(work, 20, MACHINE_NOW + timedelta(minutes=3), MACHINE_NOW):
            if item.recipient in people:
                outbox.dropped(work, item, NO_CHAT)
            else:
                outbox.sent(work, item, "activity")

    await town.work(end)


def lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if " – " in line]


async def listed(staff: Talk) -> list[str]:
    return lines(await staff.says("ringeliste"))


async def test_who_was_not_reached_is_on_it_with_number_what_and_since_when(town: Town) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    phone = (
        await town.store.read(lambda c: register.person(c, "eier-bodo-2"))
    ).phone or "telefonnummeret mangler"  # type: ignore[union-attr]
    said = await staff.says("ringeliste")
    assert said.splitlines()[:2] == [
        "Ringeliste",
        "Personer å ringe: 1. De som har ventet lengst, står øverst.",
    ]
    assert lines(said) == [
        f"1. {BODO_2}, {phone} – Behovsmelding sendt inn ({CASE}). På lista siden 16. januar 2023."
    ]


async def test_without_anybody_it_says_so(town: Town) -> None:
    assert "Det er ingen å ringe nå." in await town.person("sekretariat").says("hvem skal jeg ringe")


async def test_who_was_phoned_is_off_it_and_a_second_press_does_nothing(town: Town) -> None:
    await not_reached(town, "eier-bodo-2", "sekretariat-2")
    staff = town.person("sekretariat")
    await staff.says("ringeliste")
    card = staff.card
    town.at += timedelta(minutes=1)
    said = await staff.presses("Ringt 1", on=card)
    assert said.splitlines()[0] in (f"Notert: {name} er ringt." for name in (BODO_2, STAFF_2))
    assert len(await listed(staff)) == 1
    assert "er allerede notert som ringt." in await staff.presses("Ringt 1", on=card)
    assert len(await listed(staff)) == 1


async def test_it_is_kept_who_phoned_and_there_is_a_receipt(town: Town) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    await staff.says("ringeliste")
    await staff.presses("Ringt 1")
    entries = await town.store.read(lambda c: audit.history(c, "person:eier-bodo-2"))
    assert [(each.actor, each.action) for each in entries][-1:] == [("sekretariat", "phoned")]
    (row,) = await town.store.read(lambda c: outbox.in_state(c, OutboxState.DROPPED))
    kept = await town.store.read(lambda c: receipts.of(c, [row.id]))
    assert [(each.way, each.outcome) for each in kept[row.id]] == [
        (Way.TEAMS, "missed"),
        (Way.PHONE, "phoned"),
    ]
    said = await staff.says(f"varsler {CASE}")
    assert (
        f"{BODO_2} – Behovsmelding sendt inn: ikke i Teams, har ingen chat med meg; "
        "ringt 16. januar 2023 kl. 10.00." in said.splitlines()
    )


@pytest.mark.parametrize("words", ["1", "eier-bodo-2", BODO_2])
async def test_it_can_be_typed(town: Town, words: str) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    await staff.says("hjelp")
    assert f"Notert: {BODO_2} er ringt." in await staff.says(f"ringt {words}")
    assert await listed(staff) == []


async def test_whom_it_does_not_know_it_asks_for(town: Town) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    assert "Hvem har du ringt?" in await staff.says("ringt")
    assert "«ola» står ikke på lista" in await staff.says("ringt ola")
    assert len(await listed(staff)) == 1


async def test_what_came_after_the_card_was_shown_stays(town: Town) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    await staff.says("ringeliste")
    card = staff.card
    town.at += timedelta(minutes=5)

    def one_more(work: Work) -> None:
        about = {"owner": "1804", "number": "2023-REKOM-014"}
        outbox.put(work, "more", "case_moved", "eier-bodo-2", about)
        (item,) = outbox.claim(work, 1, MACHINE_NOW + timedelta(minutes=9), MACHINE_NOW)
        outbox.dropped(work, item, NO_CHAT)

    await town.work(one_more)
    await staff.presses("Ringt 1", on=card)
    (line,) = await listed(staff)
    assert "En sak har fått en annen eier. På lista" in line


async def test_what_is_no_longer_wanted_is_not_on_it(town: Town) -> None:
    await not_reached(town, "eier-bodo-2")
    staff = town.person("sekretariat")
    await town.person("administrator").says("avslutt rolle eier-bodo-2 eierkontakt 1804 fordi hun slutter")
    town.at += timedelta(days=1)
    assert await listed(staff) == []


async def test_many_that_are_no_longer_wanted_hide_nobody(town: Town) -> None:
    await files(town)

    def end(work: Work) -> None:
        over = {"owner": "1833", "number": CASE}  # who does not own it
        for number in range(201):
            outbox.put(work, f"over{number}", "case_moved", "eier-bodo-2", over)
        outbox.put(work, "new", "case_moved", "eier-bodo-2", over | {"owner": "1804"})
        for item in outbox.claim(work, 300, MACHINE_NOW + timedelta(minutes=3), MACHINE_NOW):
            outbox.dropped(work, item, NO_CHAT if item.kind == "case_moved" else "over")

    await town.work(end)
    (line,) = await listed(town.person("sekretariat"))
    assert "En sak har fått en annen eier. På lista" in line


async def test_nobody_is_told_to_phone_themselves(town: Town) -> None:
    await not_reached(town, "sekretariat")
    assert await listed(town.person("sekretariat")) == []
    assert len(await listed(town.person("beslutter"))) == 1


async def test_who_did_not_do_it_in_time_is_on_it_until_phoned(town: Town) -> None:
    """What was begun, and not filed; of an owner both contacts."""
    await fill_in(town.person("eier-bodo"), PAGES[:2])
    staff = town.person("sekretariat")
    assert await listed(staff) == []
    town.at = datetime(2023, 2, 2, 9, tzinfo=UTC)
    first, second = await listed(staff)
    assert first.endswith("(fristen var 1. februar 2023). På lista siden 2. februar 2023.")
    town.at += timedelta(minutes=1)
    await staff.presses("Ringt 1")
    (left,) = await listed(staff)
    assert left.partition(". ")[2] == second.partition(". ")[2]
    town.at += timedelta(days=9)
    assert await listed(staff) == []


async def test_a_long_list_has_five_buttons_and_a_sheet(town: Town) -> None:
    """Twelve are shown; the file has them all."""

    def none_reached(work: Work) -> None:
        for person in register.people_with(work.connection, RoleKind.OWNER_CONTACT, on=town.at.date()):
            actor = register.actor_of(work.connection, person.id, town.at.date())
            assert actor is not None
            about = {"owner": actor.organisations(RoleKind.OWNER_CONTACT)[0], "number": CASE}
            outbox.put(work, f"moved:{person.id}", "case_moved", person.id, about)
        for item in outbox.claim(work, 23, MACHINE_NOW + timedelta(minutes=3), MACHINE_NOW):
            outbox.dropped(work, item, NO_CHAT)

    await town.work(none_reached)
    staff = town.person("sekretariat")
    said = await staff.says("ringeliste")
    assert len(lines(said)) == 12
    assert "Personer å ringe: 15. De som har ventet lengst, står øverst. De 12 første vises." in said
    assert [each["title"] for each in buttons_on(staff.card or {})] == [
        *(f"Ringt {number}" for number in range(1, 6)),
        "Som regneark",
    ]


@pytest.mark.parametrize("person", ["eier-bodo", "uh-nord", "administrator"])
async def test_nobody_else_sees_it(town: Town, person: str) -> None:
    await not_reached(town, "eier-bodo-2")
    other, refused = town.person(person), texts("nb")("say.staff_only")
    assert await other.says("ringeliste") == f"Ringeliste\n{refused}"
    assert await other.says("ringt eier-bodo-2") == refused
    assert len(await listed(town.person("sekretariat"))) == 1
