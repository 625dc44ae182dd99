"""A meeting from the question whether there is a need to its minutes, by all who have to do with it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dialogs.notices import prepare
from domain.messages import Ready, Scope
from store import audit, cards, meetings, outbox, years
from store.cards import CardInstance
from store.outbox import Item, OutboxState
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Card, Talk, Town, buttons_on
from tests.conversations.post import deliver, gets

LOFOTEN, SALTEN = "2023-region_lofoten", "2023-region_salten_autumn"
COMMITTEES = "2023-committee_monthly-09"
HOURS = "Skriv når det begynner og slutter, for eksempel 9.00–15.00."
IN_AUGUST = datetime(2023, 8, 15, 9, tzinfo=UTC)
PLAN = {"first_on": "13. september", "hours": "9-15", "form": "physical"}
WHERE = {"place": "Ørnes hotell, Meløy", "food": "yes"}
WHAT = {
    "agenda": "Evalueringen\nNy behovsmelding",
    "practical": "Reiseregningen sendes RKK Lofoten innen 1. oktober.",
}


@pytest.fixture
async def august(town: Town) -> Town:
    """Everybody has a chat with the bot, and Salten has its channel."""
    town.at = IN_AUGUST
    for person in (
        "eier-bodo",
        "eier-fauske",
        "eier-vagan",
        "rkk-salten",
        "medlem-skole",
        "medlem-barnehage",
    ):
        await town.person(person).says("språk bokmål")
    channel = Talk(town, "sekretariat", Scope.CHANNEL)
    assert await channel.says("kanal Salten") == "Denne kanalen får nå meldinger for Salten."
    return town


async def release(staff: Talk, *, on: Card | None = None) -> str:
    """Let go what is looked at; its button says to how many."""
    card = on or staff.card
    assert card is not None
    title = next(each["title"] for each in buttons_on(card) if each["verb"] == "release")
    return await staff.presses(title, on=card)


async def open_meeting(town: Town, meeting_id: str) -> Talk:
    staff = town.person("sekretariat")
    await staff.says("møte")
    await staff.presses("Åpne møtet", {"meeting": meeting_id})
    return staff


async def plan(town: Town, meeting_id: str, **changes: str) -> Talk:
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", {**PLAN, **{k: v for k, v in changes.items() if k in PLAN}})
    await staff.presses("Neste", {**WHERE, **{k: v for k, v in changes.items() if k not in PLAN}})
    await staff.presses("Lagre møtet", WHAT)
    return staff


async def call(town: Town, meeting_id: str = SALTEN, **changes: str) -> Talk:
    staff = await plan(town, meeting_id, **changes)
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Kall inn")
    await release(staff)
    return staff


async def called(town: Town, person_id: str) -> Talk:
    """The person before the call."""
    delivered = await deliver(town)
    talk = town.person(person_id)
    gets(talk, delivered)
    return talk


async def answers(
    town: Town, meeting_id: str = SALTEN
) -> dict[str, tuple[str | None, str | None, str | None]]:
    found = await town.store.read(lambda connection: meetings.invitees(connection, meeting_id))
    return {each.person_id: (each.answer, each.substitute, each.diet) for each in found}


async def state(town: Town, meeting_id: str = SALTEN) -> Any:
    return await town.store.read(lambda connection: meetings.get(connection, meeting_id))


async def test_a_network_is_asked_chooses_a_date_is_called_and_hears_of_change_and_cancellation(
    august: Town,
) -> None:
    """Lofoten meets if there is a need: the whole way of one meeting."""
    town = august
    staff = await open_meeting(town, LOFOTEN)
    assert "Ikke innkalt ennå" in staff.texts[0]
    await staff.presses("Spør om behov")
    assert "Kontakt for Vågan kommune" in staff.texts[0]
    assert (await deliver(town)).sent == {}  # nothing goes before it is released
    assert (await state(town, LOFOTEN)).state == "planned"
    await release(staff)
    assert (await state(town, LOFOTEN)).state == "need_asked"

    owner = await called(town, "eier-vagan")
    assert await owner.presses("Ja, det er behov") != ""
    assert "Du har svart ja" in owner.texts[0]
    await owner.presses("Legg til et ord")
    await owner.says("Vi har mange nye styrere")
    assert "«Vi har mange nye styrere»" in owner.texts[0]

    staff = await open_meeting(town, LOFOTEN)
    assert "Behov: 1 ja, 0 nei" in staff.texts[0]
    assert "Vågan kommune: Ja – «Vi har mange nye styrere»" in staff.texts[0]
    await staff.presses("Legg ut datoer")
    await staff.presses("Gå videre", {"dates": "12. september 9-11\n14. september 9-11\n19. september"})
    await release(staff)
    assert (await state(town, LOFOTEN)).state == "poll"

    owner = await called(town, "eier-vagan")
    await owner.presses("Dato 2 passer")
    await owner.presses("Dato 3 passer")
    assert "2. 14. september 2023 kl. 09.00–11.00 ✓" in owner.texts[0]
    assert "Du kan komme 14. september 2023 kl. 09.00–11.00 og 19. september 2023." in owner.texts[0]

    staff = await open_meeting(town, LOFOTEN)
    assert "2. 14. september 2023 kl. 09.00–11.00: 1 av 1 kan" in staff.texts[0]
    await staff.presses("Velg dato 2")
    assert "Når: 14. september 2023 kl. 09.00–11.00" in staff.texts[0]
    year = await town.store.read(lambda connection: years.year_of(connection, "nordland", 2023))
    event = year.year.event("region_lofoten")
    assert event is not None
    assert event.first == (await state(town, LOFOTEN)).first_on  # the calendar follows

    await staff.presses("Kall inn")
    await release(staff)
    assert (await state(town, LOFOTEN)).state == "called"
    owner = await called(town, "eier-vagan")
    await owner.presses("Kommer")
    assert (await answers(town, LOFOTEN))["eier-vagan"] == ("comes", None, None)

    town.at += timedelta(minutes=1)
    staff = await open_meeting(town, LOFOTEN)
    await staff.presses("Endre")
    await staff.presses("Neste", {"first_on": "15. september"})
    await staff.presses("Neste", {"join_link": "https://teams.example.org/møte"})
    await staff.presses("Lagre møtet")
    assert "Møtet er endret." in staff.texts[0]
    assert (await answers(town, LOFOTEN))["eier-vagan"] == (None, None, None)  # another day is asked again
    await staff.says("send ut")
    owner = await called(town, "eier-vagan")
    await owner.presses("Kommer ikke")

    staff = await open_meeting(town, LOFOTEN)
    await staff.presses("Avlys")
    await release(staff)
    delivered = await deliver(town)
    assert "Møtet er avlyst." in delivered.text("eier-vagan")
    history = await town.store.read(lambda connection: audit.history(connection, f"meeting:{LOFOTEN}"))
    assert [(entry.detail or {})["state"] for entry in history if "state" in (entry.detail or {})] == [
        "need_asked",
        "poll",
        "planned",
        "called",
        "changed",
        "cancelled",
    ]


async def put_out(town: Town, dates: str) -> Talk:
    """Dates for Lofoten, looked at and not let go yet."""
    staff = await open_meeting(town, LOFOTEN)
    await staff.presses("Legg ut datoer")
    await staff.presses("Gå videre", {"dates": dates})
    return staff


async def test_dates_that_nobody_has_let_go_do_not_take_the_place_of_those_that_are_out(
    august: Town,
) -> None:
    await release(await put_out(august, "12. september 9-11\n14. september 9-11"))
    owner = await called(august, "eier-vagan")
    sent = owner.card
    await owner.presses("Dato 2 passer")
    staff = await put_out(august, "25. september 9-11\n28. september 9-11")
    assert "1. 25. september 2023 kl. 09.00–11.00" in staff.texts[0]  # the preview
    await staff.presses("Ikke send")

    staff = await open_meeting(august, LOFOTEN)
    assert "2. 14. september 2023 kl. 09.00–11.00: 1 av 1 kan" in staff.texts[0]
    assert "1. 12. september 2023 kl. 09.00–11.00 ✓" in await owner.presses("Dato 1 passer", on=sent)
    staff = await open_meeting(august, LOFOTEN)
    assert "1. 12. september 2023 kl. 09.00–11.00: 1 av 1 kan" in staff.texts[0]
    await staff.presses("Velg dato 2")
    assert "Når: 14. september 2023 kl. 09.00–11.00" in staff.texts[0]


async def test_a_button_to_fix_a_date_fixes_the_date_that_stood_there_or_none(august: Town) -> None:
    await release(await put_out(august, "12. september 9-11\n14. september 9-11"))
    staff = await open_meeting(august, LOFOTEN)
    before = staff.card
    await release(await put_out(august, "25. september 9-11\n28. september 9-11"))
    said = await staff.presses("Velg dato 2", on=before)
    assert "2. 28. september 2023 kl. 09.00–11.00: 0 av 0 kan" in said
    assert (await state(august, LOFOTEN)).state == "poll"
    assert (await state(august, LOFOTEN)).first_on is None


async def test_dates_that_others_have_replaced_before_they_went_are_not_sent(august: Town) -> None:
    await release(await put_out(august, "12. september 9-11\n14. september 9-11"))
    await release(await put_out(august, "25. september 9-11\n28. september 9-11"))
    delivered = await deliver(august)
    assert "25. september 2023" in delivered.text("eier-vagan")
    assert "meeting_moved_on" in delivered.dropped["eier-vagan"]


async def test_a_form_that_was_left_does_not_move_a_meeting_back(august: Town) -> None:
    """A time is written and left; the date is chosen by vote, and people are called to it."""
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", PLAN)
    await release(await put_out(august, "19. september 12-14\n21. september 12-14"))
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Velg dato 2")
    await staff.presses("Kall inn")
    await release(staff)

    staff = await open_meeting(august, LOFOTEN)
    said = await staff.presses("Endre")
    assert said.splitlines()[:5] == [
        "Møtet er endret siden du begynte på dette skjemaet, så det er fylt ut på nytt slik møtet står nå. "
        "Dette var skrevet før, og er ikke tatt med:",
        "Dag: 13. september 2023",
        "Klokkeslett: 9-15",
        "Form: Fysisk",
        "Tid og sted for møtet",
    ]
    await staff.presses("Neste")
    await staff.presses("Neste", {"join_link": "https://teams.example.org/m"})
    assert "Møtet er endret. De som er kalt inn" in await staff.presses("Lagre møtet")
    meeting = await state(august, LOFOTEN)
    assert (meeting.first_on, meeting.form) == (date(2023, 9, 21), "digital")


async def test_what_was_filled_in_before_a_colleague_saved_is_not_saved_over_it(august: Town) -> None:
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", PLAN)
    await staff.presses("Neste", WHERE)
    last = staff.card
    poll = august.person("sekretariat")
    await poll.says("møte")
    await poll.presses("Åpne møtet", {"meeting": SALTEN})
    await poll.presses("Legg ut datoer")
    await poll.presses("Gå videre", {"dates": "19. september 12-14"})
    await release(poll)
    poll = await open_meeting(august, SALTEN)
    await poll.presses("Velg dato 1")

    said = await staff.presses("Lagre møtet", WHAT, on=last)
    assert "Møtet er endret siden du begynte på dette skjemaet" in said
    assert "Sted: Ørnes hotell, Meløy" in said
    assert "Saksliste: Evalueringen\nNy behovsmelding" in said
    assert (await state(august)).first_on == date(2023, 9, 19)
    await staff.presses("Neste")  # and it can be saved as it stands now
    await staff.presses("Neste", WHERE)
    await staff.presses("Lagre møtet", WHAT)
    assert (await state(august)).first_on == date(2023, 9, 19)
    assert (await state(august)).place == "Ørnes hotell, Meløy"


async def test_a_form_is_gone_on_with_while_its_meeting_is_as_it_was(august: Town) -> None:
    """That somebody was asked about the need changes nothing of what stands in it."""
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", PLAN)
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Spør om behov")
    await release(staff)
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", WHERE)
    await staff.presses("Lagre møtet", WHAT)
    assert (await state(august, LOFOTEN)).first_on == date(2023, 9, 13)


async def test_the_call_says_when_where_how_and_what_and_goes_to_the_channel_without_names(
    august: Town,
) -> None:
    await call(august)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-bodo", "eier-fauske", "rkk-salten"}
    said = delivered.text("eier-bodo")
    assert said.splitlines() == [
        "Innkalling til møte",
        "Nettverk Salten, skole: ny behovsmelding ut fra evalueringen",
        "Du er invitert til dette møtet.",
        "Når: 13. september 2023 kl. 09.00–15.00",
        "Form: Fysisk",
        "Sted: Ørnes hotell, Meløy",
        "Mat: Det blir servert mat",
        "Saksliste",
        "1. Evalueringen",
        "2. Ny behovsmelding",
        "Reiseregningen sendes RKK Lofoten innen 1. oktober.",
        "Svar senest 6. september 2023.",
        "Saker til møtet kan meldes til og med 30. august 2023.",
        "",
        "1. [Kommer]  2. [Kommer ikke]  3. [En annen kommer]  4. [Meld en sak]  5. [Til kalenderen]",
    ]
    posted = delivered.text("channel:SALTEN")
    assert "Ørnes hotell, Meløy" in posted
    assert "[" not in posted  # no buttons in a channel
    assert "Kontakt" not in posted
    assert "(eksempel)" not in posted


async def test_those_who_have_no_chat_are_dropped_with_the_reason(august: Town) -> None:
    await call(august)
    delivered = await deliver(august)
    assert set(delivered.dropped) == set(await answers(august)) - {"eier-bodo", "eier-fauske", "rkk-salten"}
    assert delivered.dropped
    assert {reason for reasons in delivered.dropped.values() for reason in reasons} == {"no_chat"}


async def test_answers_are_pressed_typed_and_changed(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("Kommer")
    assert "Du har svart: kommer." in owner.texts[0]
    assert "Er det mat vi må ta hensyn til?" in owner.texts[1]
    await owner.says("Glutenfri, takk")
    assert "Mat: «Glutenfri, takk»" in owner.texts[0]
    assert (await answers(august))["eier-bodo"] == ("comes", None, "Glutenfri, takk")
    await owner.says("En annen kommer")
    assert "Hvem kommer i stedet?" in owner.texts[0]
    await owner.says("Kari Nordmann")
    assert (await answers(august))["eier-bodo"] == ("substitute", "Kari Nordmann", None)
    await owner.says("hopp over")  # what she eats
    assert "Du har svart: Kari Nordmann kommer i stedet." in owner.texts[0]
    await owner.says("2")
    assert (await answers(august))["eier-bodo"] == ("comes_not", None, None)


async def test_pressing_twice_answers_once(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("Kommer ikke")
    before = await answers(august)
    first = await august.store.read(lambda c: audit.history(c, f"meeting:{SALTEN}"))
    await owner.repeats()
    assert "Du har svart: kommer ikke." in owner.texts[0]
    assert await answers(august) == before
    assert await august.store.read(lambda c: audit.history(c, f"meeting:{SALTEN}")) == first


async def test_a_card_with_a_field_answers_as_well(august: Town) -> None:
    await call(august, form="hybrid", join_link="https://teams.example.org/m")
    owner = await called(august, "eier-bodo")
    await owner.presses("Kommer digitalt")
    assert (await answers(august))["eier-bodo"] == ("comes_digitally", None, None)
    assert len(owner.texts) == 1  # no food on a screen
    await owner.presses("En annen kommer")
    await owner.presses("Lagre", {"substitute": "  "})
    assert "Her mangler det et svar." in owner.texts[0]
    await owner.presses("Lagre", {"substitute": "Kari"})
    assert (await answers(august))["eier-bodo"] == ("substitute", "Kari", None)


async def moved(town: Town, meeting_id: str = SALTEN, first_on: str = "20. september") -> Talk:
    """To another day, and nobody is told of it yet."""
    town.at += timedelta(minutes=1)
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Endre")
    await staff.presses("Neste", {"first_on": first_on})
    await staff.presses("Neste")
    await staff.presses("Lagre møtet")
    return staff


async def test_an_old_call_takes_no_answer_to_a_meeting_that_has_moved(august: Town) -> None:
    """Who says no to the 13th has not said no to the 20th, and is asked about it."""
    await call(august)
    owner = await called(august, "eier-bodo")
    old = owner.card
    staff = await moved(august)
    said = await owner.presses("Kommer ikke", on=old)
    assert "Når: 20. september 2023 kl. 09.00–15.00" in said
    assert "Møtet er endret siden du ble spurt, så svaret er ikke tatt imot." in said
    assert (await answers(august))["eier-bodo"] == (None, None, None)
    await staff.says("send ut")
    said = (await deliver(august)).text("eier-bodo")
    assert "Svaret du ga før, gjelder ikke lenger. Svar en gang til." in said
    await owner.presses("Kommer ikke")  # on the card that shows the 20th
    assert (await answers(august))["eier-bodo"] == ("comes_not", None, None)


async def test_a_name_that_was_asked_for_before_the_meeting_moved_is_not_taken(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    asked = owner.card
    await moved(august)
    assert "Møtet er endret siden du ble spurt" in await owner.presses(
        "Lagre", {"substitute": "Kari"}, on=asked
    )
    assert (await answers(august))["eier-bodo"] == (None, None, None)


async def test_a_card_that_does_not_say_what_it_showed_counts_until_the_meeting_is_changed(
    august: Town,
) -> None:
    """As the cards of earlier versions are."""
    await call(august)
    owner = await called(august, "eier-bodo")

    async def presses_an_earlier_card(verb: str) -> str:
        row = CardInstance(
            august.new_id(), "invitation", SALTEN, verb, "eier-bodo", "a:eier-bodo", {}, {}, august.at
        )
        await august.work(lambda work: cards.add(work, row))
        action = {"type": "Action.Execute", "title": verb, "verb": verb, "data": {"ci": row.id}}
        return await owner.presses(verb, on={"body": [], "actions": [action]})

    assert "Du har svart: kommer." in await presses_an_earlier_card("comes")
    await moved(august)
    assert "Møtet er endret siden du ble spurt" in await presses_an_earlier_card("comes_not")
    assert (await answers(august))["eier-bodo"] == (None, None, None)


async def test_what_a_substitute_eats_is_never_told_as_the_persons_own(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    await owner.says("Kari Nordmann")
    await owner.says("glutenfri")
    assert "Mat: «glutenfri»." in owner.texts[0]
    said = await owner.presses("Kommer")
    assert "Du har svart: kommer." in said
    assert "glutenfri»." not in said
    assert (await answers(august))["eier-bodo"] == ("comes", None, None)


async def test_nor_when_the_meeting_has_moved_meanwhile(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    await owner.says("Kari Nordmann")
    await owner.says("glutenfri")
    other = august.person("eier-fauske")
    await other.says("innkallinger")
    await other.presses("Kommer")
    await other.says("nøttefri")
    await moved(august)
    await owner.says("innkallinger")
    await owner.presses("Kommer")
    assert (await answers(august))["eier-bodo"] == ("comes", None, None)
    await other.says("innkallinger")
    await other.presses("Kommer")  # who need not say it twice
    assert (await answers(august))["eier-fauske"] == ("comes", None, "nøttefri")


@pytest.mark.parametrize("is_typed", [True, False])
async def test_what_one_eats_can_be_taken_away(august: Town, is_typed: bool) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("Kommer")
    assert "tøm feltet" not in owner.texts[1]  # nothing stands there
    await owner.says("Glutenfri")
    await owner.presses("Kommer")
    assert "Vil du ta bort det som står her, så tøm feltet og lagre" in owner.texts[1]
    if is_typed:
        await owner.says("hopp over")
        assert (await answers(august))["eier-bodo"] == ("comes", None, "Glutenfri")
        await owner.presses("Kommer")
        said = await owner.says("tøm")
    else:
        said = await owner.presses("Lagre", {"diet": ""}, on=owner.cards[1])
    assert "Du har svart: kommer." in said
    assert "Glutenfri" not in said
    assert (await answers(august))["eier-bodo"] == ("comes", None, None)


async def test_somebody_of_another_region_sees_nothing_of_it(august: Town) -> None:
    await call(august)
    invited = await called(august, "eier-bodo")
    stranger = august.person("eier-vagan")
    assert await stranger.says("innkallinger") == (
        "Ingen møter venter på svar fra deg. Skriv «årshjul» for å se hva som kommer."
    )
    stranger.card = invited.card
    assert await stranger.presses("Kommer") == (await stranger.presses("Kommer ikke"))
    assert "eier-vagan" not in await answers(august)
    assert "(eksempel)" not in (await stranger.says(f"hvem kommer {SALTEN}")).partition("Snakk med")[0]
    assert "Fauske" not in stranger.texts[0]


async def test_invitations_are_listed_for_those_who_look_for_them(august: Town) -> None:
    await call(august)
    await deliver(august)
    owner = august.person("eier-fauske")
    await owner.says("innkallinger")
    assert "Innkalling til møte" in owner.texts[0]
    await owner.says("1")
    assert (await answers(august))["eier-fauske"][0] == "comes"


async def test_staff_see_who_comes_and_who_is_silent(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("Kommer")
    await owner.says("nøttefri")
    staff = august.person("sekretariat")
    said = await staff.says("hvem kommer salten")
    invited = len(await answers(august))
    assert f"{invited} invitert, 1 kommer, {invited - 1} har ikke svart." in said
    assert "Mat å ta hensyn til – 1 × «nøttefri»" in said
    assert "Som regneark" in said
    assert "nøttefri" not in said.partition("Kommer –")[0]  # beside nobody's name


async def test_a_change_reaches_those_who_were_called_and_nobody_else(august: Town) -> None:
    """The call to one is stopped: of a meeting that one never heard of, one hears no change."""
    staff = await call(august)
    await deliver(august)
    august.at += timedelta(minutes=1)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Endre")
    await staff.presses("Neste", {"hours": "10-15"})
    await staff.presses("Neste")
    await staff.presses("Lagre møtet")
    assert "De som er kalt inn, får vite det når du sender meldingen under." in staff.texts[0]
    batch = staff.texts[1]
    assert "Et møte er endret" in batch
    assert (await state(august)).sequence == 2
    assert (await deliver(august)).sent == {}
    await staff.says("send ut")
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-bodo", "eier-fauske", "rkk-salten"}
    assert "Når: 13. september 2023 kl. 10.00–15.00" in delivered.text("eier-bodo")
    # Those without a chat never got the call.
    assert {reason for reasons in delivered.dropped.values() for reason in reasons} <= {"no_chat"}


async def test_a_cancellation_is_looked_at_first_and_ends_the_meeting(august: Town) -> None:
    await call(august)
    await deliver(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Avlys")
    assert (await state(august)).state == "called"
    await staff.presses("Ikke send")
    assert (await state(august)).state == "called"
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Avlys")
    await release(staff)
    assert ((await state(august)).state, (await state(august)).sequence) == ("cancelled", 2)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-bodo", "eier-fauske", "rkk-salten"}
    for recipient in ("eier-bodo", "channel:SALTEN"):
        assert "Møtet er avlyst. Du trenger ikke gjøre noe." in delivered.text(recipient)
        assert "Saksliste" not in delivered.text(recipient)
        assert "Reiseregningen" not in delivered.text(recipient)
    owner = august.person("eier-bodo")
    assert "Ingen møter venter" in await owner.says("innkallinger")
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Planlegg på nytt")
    assert (await state(august)).state == "planned"
    assert (await state(august)).first_on is None


async def test_a_call_that_is_held_back_calls_nobody(august: Town) -> None:
    await plan(august, SALTEN)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    said = staff.texts[0]
    assert "Du er invitert til dette møtet." in said  # what people get, before what the channel gets
    assert "Svar senest 6. september 2023." in said
    await staff.presses("Ikke send")
    assert (await state(august)).state == "planned"
    assert await answers(august) == {}
    assert (await deliver(august)).sent == {}


async def test_a_call_is_released_once(august: Town) -> None:
    await plan(august, SALTEN)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    preview = staff.card
    await release(staff, on=preview)
    await release(staff, on=preview)
    await staff.repeats()
    assert (await state(august)).sequence == 1
    delivered = await deliver(august)
    assert all(len(messages) == 1 for messages in delivered.sent.values())


async def test_a_call_that_is_stopped_before_it_goes_has_called_nobody(august: Town) -> None:
    staff = await call(august)
    await staff.says("stopp utsending")
    assert (await deliver(august)).sent == {}
    owner = august.person("eier-bodo")
    assert "Svar på innkallingen" not in await owner.says("oppgaver")
    assert "Ingen møter venter på svar fra deg." in await owner.says("innkallinger")
    assert "0 invitert, 0 kommer, 0 har ikke svart." in await staff.says("hvem kommer salten")
    assert await answers(august) == {}

    august.at += timedelta(minutes=1)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn nye")
    await release(staff)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-bodo", "eier-fauske", "rkk-salten"}
    await owner.says("innkallinger")
    await owner.presses("Kommer ikke")
    assert (await answers(august))["eier-bodo"] == ("comes_not", None, None)


async def test_who_got_the_call_before_it_was_stopped_is_called_and_the_others_can_be(august: Town) -> None:
    staff = await call(august)

    def one_goes(work: Work) -> str:
        while True:
            (item,) = outbox.claim(
                work, 1, MACHINE_NOW + timedelta(days=999), MACHINE_NOW + timedelta(days=998)
            )
            outbox.sent(work, item, "activity")
            if item.is_for_person:
                return item.recipient

    reached = await august.work(one_goes)
    await staff.says("stopp utsending")
    assert set(await answers(august)) == {reached}
    august.at += timedelta(minutes=1)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn nye")
    await release(staff)
    sent = set((await deliver(august)).sent)
    assert sent == {"eier-bodo", "eier-fauske", "rkk-salten"} - {reached}  # and the channel has it


async def test_of_a_call_that_was_stopped_nobody_is_told_anything_and_it_can_be_moved(august: Town) -> None:
    staff = await call(august)
    await staff.says("stopp utsending")
    staff = await open_meeting(august, SALTEN)
    titles = [each["title"] for each in buttons_on(staff.card or {})]
    assert "Meld endringen igjen" not in titles
    assert "Kall inn nye" in titles
    await staff.presses("Endre")
    await staff.presses("Neste", {"first_on": "20. september"})
    await staff.presses("Neste")
    said = await staff.presses("Lagre møtet")
    assert "får vite" not in said
    assert (await state(august)).first_on.day == 20
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn nye")
    await release(staff)
    assert "20. september" in (await deliver(august)).text("eier-bodo")


async def test_a_preview_that_is_older_than_the_meeting_is_not_sent(august: Town) -> None:
    await plan(august, SALTEN)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    preview = staff.card
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Ikke behov")
    assert "Ingenting er sendt, for møtet er endret" in await release(staff, on=preview)
    assert (await state(august)).state == "not_needed"
    assert (await deliver(august)).sent == {}


async def test_a_call_is_not_released_with_another_day_than_was_looked_at(august: Town) -> None:
    """A colleague has saved the 20th since; the preview said the 13th."""
    staff = await plan(august, SALTEN)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    assert "13. september 2023" in staff.texts[0]
    preview = staff.card
    colleague = await open_meeting(august, SALTEN)
    await colleague.presses("Sett tid og sted")
    await colleague.presses("Neste", {"first_on": "20. september"})
    await colleague.presses("Neste")
    await colleague.presses("Lagre møtet")
    said = await release(staff, on=preview)
    assert "Ingenting er sendt, for møtet er endret siden du så på meldingen. Skriv «møte»" in said
    assert (await state(august)).state == "planned"
    assert (await deliver(august)).sent == {}

    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    await release(staff)
    assert "Når: 20. september 2023" in (await deliver(august)).text("eier-bodo")


async def test_points_stand_on_the_agenda_until_the_day(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    said = await owner.says("sak til møtet Overgangen fra barnehage til Skole")
    assert "Saken er meldt: «Overgangen fra barnehage til Skole»." in said
    await owner.says("sak til møtet Overgangen fra barnehage til Skole")
    await owner.presses("Meld en sak", on=None)
    await owner.says("Koordinator")
    other = august.person("eier-fauske")
    await other.says("innkallinger")
    assert "3. Overgangen fra barnehage til Skole (" in other.texts[0]
    assert "4. Koordinator (" in other.texts[0]
    assert "\n5. " not in other.texts[0].partition("Reiseregningen")[0]
    staff = await open_meeting(august, SALTEN)
    assert "4. Koordinator (" in staff.texts[0]
    august.at = datetime(2023, 8, 31, 9, tzinfo=UTC)
    assert "Du er ikke invitert til noe møte som tar imot saker nå." in await other.says(
        "sak til møtet For sent"
    )
    await other.says("innkallinger")
    await other.presses("Meld en sak")
    assert "Fristen for å melde saker var 30. august 2023." in other.texts[0]


async def test_it_is_noted_who_was_there_and_the_minutes_go_out(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    await owner.says("Kari Nordmann")
    await owner.says("glutenfri")
    staff = await open_meeting(august, SALTEN)
    assert "Før oppmøtet" not in staff.texts[0]
    august.at = datetime(2023, 9, 14, 9, tzinfo=UTC)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Før oppmøtet")
    assert "Kari Nordmann i stedet for " in staff.texts[0]
    await staff.presses("Lagre oppmøtet", {"attended": "eier-bodo,rkk-salten"})
    assert "Holdt" in staff.texts[0]
    found = await august.store.read(lambda connection: meetings.invitees(connection, SALTEN))
    presence = {each.person_id: each.presence for each in found}
    assert (presence["eier-bodo"], presence["rkk-salten"], presence["eier-fauske"]) == (
        "substitute",
        "self",
        "nobody",
    )
    assert {each.diet for each in found} == {None}  # eaten and forgotten
    await staff.presses("Skriv referat")
    await staff.presses("Gå videre", {"minutes": "Vi ble enige om ny behovsmelding.", "practical": ""})
    await release(staff)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"eier-bodo", "eier-fauske", "rkk-salten"}  # and never the channel
    assert "Vi ble enige om ny behovsmelding." in delivered.text("eier-fauske")


async def noting_attendance(town: Town) -> Talk:
    await call(town)
    await deliver(town)
    town.at = datetime(2023, 9, 14, 9, tzinfo=UTC)
    staff = await open_meeting(town, SALTEN)
    await staff.presses("Før oppmøtet")
    return staff


async def noted(town: Town) -> tuple[set[int], int]:
    """The places of those who were there, and how many were called."""
    found = await town.store.read(lambda connection: meetings.invitees(connection, SALTEN))
    return {place for place, each in enumerate(found, start=1) if each.presence == "self"}, len(found)


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("alle", None),
        ("ingen", set()),
        ("1 og 2", {1, 2}),
        ("1-3", {1, 2, 3}),
        ("1, 3 – 4.", {1, 3, 4}),
        ("alle unntatt 1", None),
        ("Alle, unntatt 1", None),
    ],
)
async def test_who_was_there_can_be_written(august: Town, typed: str, there: set[int] | None) -> None:
    staff = await noting_attendance(august)
    await staff.says("de fleste")
    assert "Jeg forstod ikke hvem som var der." in staff.texts[0]
    said = await staff.says(typed)
    present, called = await noted(august)
    everybody = set(range(1, called + 1))
    expected = everybody - ({1} if "unntatt" in typed else set()) if there is None else there
    assert present == expected
    counted = f"{len(expected)} av {called} var der: " if expected else f"Ingen av {called} var der."
    assert counted in said


@pytest.mark.parametrize(
    "typed",
    [
        "alle unntatt Kontakt for Bodø",
        "alle unntatt",
        "alle unntatt 1 og Kari",
        "ikke alle",
        "nesten alle",
        "alle 1",
        "ingen andre enn 1",
        "ikke 1",
        "3-1",
        "1-99",
        "0",
        "2023",
        "og",
    ],
)
async def test_what_says_more_than_is_understood_notes_nobody(august: Town, typed: str) -> None:
    staff = await noting_attendance(august)
    assert "Jeg forstod ikke hvem som var der." in await staff.says(typed)
    assert (await noted(august))[0] == set()
    assert (await state(august)).state == "called"


async def test_who_was_noted_stands_on_the_card(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    await owner.says("Kari Nordmann")
    august.at = datetime(2023, 9, 14, 9, tzinfo=UTC)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Før oppmøtet")
    said = await staff.presses("Lagre oppmøtet", {"attended": "eier-bodo,rkk-salten"})
    names = {
        each.person_id: each.name
        for each in await august.store.read(lambda connection: meetings.invitees(connection, SALTEN))
    }
    there = sorted((names["eier-bodo"], names["rkk-salten"]))
    shown = " og ".join(
        f"Kari Nordmann i stedet for {name}" if name == names["eier-bodo"] else name for name in there
    )
    assert f"Oppmøte: 2 av {len(names)} var der: {shown}." in said


async def test_a_question_is_nobodys_name(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    await owner.presses("En annen kommer")
    assert "Et spørsmål er ikke et navn, så ingenting er lagret." in await owner.says("når er møtet?")
    assert (await answers(august))["eier-bodo"] == (None, None, None)
    await owner.says("Kari Nordmann")
    assert (await answers(august))["eier-bodo"] == ("substitute", "Kari Nordmann", None)


async def test_the_committees_meet_the_same_way(august: Town) -> None:
    staff = await open_meeting(august, COMMITTEES)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", {"first_on": "20. september", "hours": "12-13", "form": "digital"})
    await staff.presses("Neste", {"join_link": "https://teams.example.org/fagutvalg"})
    await staff.presses("Lagre møtet")
    staff = await open_meeting(august, COMMITTEES)
    await staff.presses("Kall inn")
    await release(staff)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"medlem-barnehage", "medlem-skole"}
    assert "Lenke: https://teams.example.org/fagutvalg" in delivered.text("medlem-skole")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"first_on": "31. september"}, "Dagen 31.9.2023 finnes ikke."),
        ({"first_on": "1. august"}, "Dagen 1. august 2023 har vært."),
        ({"hours": "15-9"}, HOURS),
        ({"hours": "9"}, HOURS),
        ({"first_on": "13. september", "last_on": "12. september"}, "Slutten kommer før begynnelsen."),
    ],
)
async def test_a_time_that_cannot_be_is_refused_with_the_reason(
    august: Town, fields: dict[str, str], why: str
) -> None:
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", {**PLAN, **fields})
    assert why in staff.texts[0]


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        ("", "Her mangler det et svar."),
        ("1. august", "Dagen 1. august 2023 har vært."),
        ("12. september\n12. september", "Dagen 12. september 2023 står to ganger."),
        ("\n".join(f"{day}. september" for day in range(11, 17)), "Det er for mange: høyst 5."),
    ],
)
async def test_a_choice_of_dates_that_is_none_is_refused(august: Town, dates: str, why: str) -> None:
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Legg ut datoer")
    await staff.presses("Gå videre", {"dates": dates})
    assert why in staff.texts[0]
    assert await state(august, LOFOTEN) is None


async def test_a_meeting_for_nobody_is_said_and_nothing_breaks(august: Town) -> None:
    """In Ofoten everybody's role has ended."""
    staff = august.person("sekretariat")
    await staff.says("avslutt rolle eier-narvik eierkontakt 1806 fordi hun har sluttet")
    august.at += timedelta(days=1)
    staff = await open_meeting(august, "2023-region_narvik")
    await staff.presses("Spør om behov")
    assert "Ingen i registeret hører til dette møtet, så ingenting er sendt." in staff.texts[0]
    rows = await august.store.read(lambda connection: outbox.numbers(connection))
    assert rows[outbox.OutboxState.HELD] == 0


async def test_only_staff_say_which_channel_is_whose_and_nobody_is_named_there(august: Town) -> None:
    owner = Talk(august, "eier-bodo", Scope.CHANNEL)
    assert "privat" in await owner.says("kanal Lofoten")
    staff = Talk(august, "sekretariat", Scope.CHANNEL)
    assert await staff.says("kanal hele fylket") == "Denne kanalen får nå meldinger for hele fylket."
    assert "Jeg kjenner ikke regionen." in await staff.says("kanal Bergen")
    private = august.person("sekretariat")
    said = await private.says("kanal")
    assert "Salten" not in said.partition("Har ingen kanal ennå")[2]
    assert "Lofoten" in said


async def test_a_person_has_a_calendar_that_can_be_renewed(august: Town) -> None:
    owner = august.person("eier-bodo")
    first = await owner.says("kalender")
    assert "https://bot.example.org/calendar/eier-bodo-1.ics" in first
    assert await owner.says("kalender") == first
    assert "eier-bodo-2.ics" in await owner.says("ny kalenderlenke")
    assert "eier-bodo-2.ics" in await owner.says("kalender")


async def test_the_call_is_a_duty_until_it_is_answered(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    said = await owner.says("oppgaver")
    assert "Svar på innkallingen til Nettverk Salten, skole, 13. september 2023 kl. 09.00–15.00" in said
    await owner.says("innkallinger")
    await owner.presses("Kommer ikke")
    assert "Svar på innkallingen" not in await owner.says("oppgaver")
    august.at += timedelta(days=30)
    assert "Svar på innkallingen" not in await august.person("eier-fauske").says("oppgaver")


async def test_what_people_are_called_to_is_moved_with_its_call(august: Town) -> None:
    """`flytt dato` would leave the call and its calendar file as they were."""
    staff = await call(august)
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "region_salten_autumn"})
    shown = await staff.presses("Se hva det betyr", {"first_on": "20. september"})
    assert "Skriv «møte» for å flytte det." in shown


async def test_a_meeting_that_is_begun_is_moved_on_its_own_card(august: Town) -> None:
    """Told the one date as the new one, people would be called to the other."""
    staff = await plan(august, SALTEN)
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "region_salten_autumn"})
    shown = await staff.presses("Se hva det betyr", {"first_on": "20. september"})
    assert (
        "Sekretariatet er i gang med dette møtet, så dagen blir satt der. Skriv «møte» og åpne det." in shown
    )
    assert (await deliver(august)).sent == {}


async def test_a_meeting_that_is_called_before_the_answer_is_not_moved(august: Town) -> None:
    """One is asked whether to move it, another sends the call, and the first says yes."""
    other = august.person("sekretariat-2")
    await other.says("språk bokmål")
    await other.says("flytt dato")
    await other.presses("Neste", {"event": "region_salten_autumn"})
    await other.presses("Se hva det betyr", {"first_on": "20. september"})
    question = other.card
    await call(august)
    assert "Folk er kalt inn til dette møtet." in await other.presses("Flytt", on=question)
    delivered = await deliver(august)
    assert "Når: 13. september 2023" in delivered.text("eier-bodo")
    year = await august.store.read(lambda connection: years.year_of(connection, "nordland", 2023))
    event = year.year.event("region_salten_autumn")
    assert event is not None
    assert event.first == (await state(august)).first_on
    assert "Ingenting er flyttet." in await other.presses("Flytt", on=question)


async def test_a_day_that_does_not_fit_into_the_year_is_said_on_the_card(august: Town) -> None:
    august.at = datetime(2024, 1, 15, 9, tzinfo=UTC)
    forum_meeting = "2024-forum_meeting_spring"
    staff = await plan(august, forum_meeting, first_on="2. april", hours="9-11")
    late = (
        "«Samarbeidsforum: foreløpig innstilling» kommer etter «Innstillingen skal være hos Statsforvalteren». "
        "«Samarbeidsforum: foreløpig innstilling» kommer etter «Tildelingsbrevene er klare»."
    )
    assert late in staff.texts[1]
    staff = await open_meeting(august, forum_meeting)
    await staff.presses("Legg ut datoer")
    await staff.presses("Gå videre", {"dates": "3. april 9-11\n12. mars 9-11"})
    await release(staff)
    staff = await open_meeting(august, forum_meeting)
    fixed = staff.card
    assert late in await staff.presses("Velg dato 1", on=fixed)


async def test_a_new_day_that_does_not_fit_into_the_year_is_said_before_it_is_told(august: Town) -> None:
    august.at = datetime(2024, 1, 15, 9, tzinfo=UTC)
    forum_meeting = "2024-forum_meeting_spring"
    await call(august, forum_meeting, first_on="12. mars", hours="9-11")
    august.at += timedelta(minutes=1)
    staff = await open_meeting(august, forum_meeting)
    await staff.presses("Endre")
    await staff.presses("Neste", {"first_on": "14. mars"})
    await staff.presses("Neste")
    await staff.presses("Lagre møtet")
    assert "kommer etter" not in staff.texts[0]
    staff = await open_meeting(august, forum_meeting)
    await staff.presses("Endre")
    await staff.presses("Neste", {"first_on": "18. mars"})
    await staff.presses("Neste")
    await staff.presses("Lagre møtet")
    assert "kommer etter «Innstillingen skal være hos Statsforvalteren»." in staff.texts[0]


async def takes(town: Town, how: Callable[[Work, Item], object], person: str = "eier-bodo") -> None:
    """What is due goes out, and that happens to what goes to the person."""

    def go(work: Work) -> None:
        for item in outbox.claim(work, 99, MACHINE_NOW + timedelta(minutes=3), MACHINE_NOW):
            if item.recipient == person:
                how(work, item)
            else:
                outbox.sent(work, item, "activity")

    await town.work(go)


async def cancel(town: Town, meeting_id: str = SALTEN) -> None:
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Avlys")
    await release(staff)


def _in_doubt(work: Work, item: Item) -> None:
    outbox.went_wrong(work, item, MACHINE_NOW + timedelta(minutes=65), "ambiguous")


@pytest.mark.parametrize(
    "what_became_of_the_call",
    [
        lambda work, item: outbox.dropped(work, item, outbox.NO_CHAT),  # staff phone
        lambda work, item: outbox.failed(work, item, "rejected"),  # staff phone
        _in_doubt,  # 502: it may have arrived, and is tried again later
        lambda work, item: outbox.unknown(work, item, "ambiguous"),
    ],
)
async def test_whoever_may_know_of_a_meeting_hears_that_it_is_cancelled(
    august: Town, what_became_of_the_call: Callable[[Work, Item], object]
) -> None:
    await call(august)
    await takes(august, what_became_of_the_call)
    await cancel(august)
    delivered = await deliver(august)
    assert "Møtet er avlyst." in gets(august.person("eier-bodo"), delivered)


async def test_who_was_not_reached_and_came_to_teams_later_hears_that_it_is_cancelled(august: Town) -> None:
    await call(august)
    await deliver(august)
    await august.person("eier-meloy").says("språk bokmål")
    await cancel(august)
    assert "Møtet er avlyst." in (await deliver(august)).text("eier-meloy")


async def test_who_got_the_call_and_is_to_get_it_by_mail_too_hears_that_it_is_cancelled(august: Town) -> None:
    """The mail waits; after a restart, or in another process, nothing holds the cancellation back behind it."""
    await call(august)
    await takes(
        august, lambda work, item: outbox.sent(work, item, "a", follow_up_at=work.now + timedelta(days=3))
    )
    august.at += timedelta(days=3, hours=1)
    await takes(
        august, lambda work, item: outbox.later(work, item, MACHINE_NOW + timedelta(minutes=5), "unsent")
    )
    await cancel(august)
    found: dict[str, object] = {}

    def look(work: Work, item: Item) -> None:
        found[item.kind] = prepare(work, august.house, item.kind, item.recipient, item.payload)

    await takes(august, look)
    assert isinstance(found["meeting_cancelled"], Ready)


async def test_who_surely_never_heard_of_the_call_hears_of_no_cancellation(august: Town) -> None:
    """It was cancelled before anything went out."""
    await call(august)
    await cancel(august)
    delivered = await deliver(august)
    assert delivered.dropped["eier-bodo"] == ["meeting_moved_on", "never_called"]


async def test_of_a_call_that_was_stopped_before_it_went_nobody_hears_more(august: Town) -> None:
    staff = await call(august)
    await staff.says("stopp utsending")
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Avlys")
    await release(staff)
    assert set((await deliver(august)).sent) == {"channel:SALTEN"}


async def cancelled_and_planned_again(town: Town, **changes: str) -> None:
    """Before anything of the cancellation is delivered."""
    await call(town)
    await deliver(town)
    await cancel(town)
    staff = await open_meeting(town, SALTEN)
    await staff.presses("Planlegg på nytt")
    if changes:
        town.at += timedelta(minutes=1)
        await plan(town, SALTEN, **changes)


@pytest.mark.parametrize("changes", [{}, {"first_on": "20. september", "place": "Fauske hotell"}])
async def test_a_cancellation_arrives_though_the_meeting_is_planned_again(
    august: Town, changes: dict[str, str]
) -> None:
    """And tells of the day on which it was to be."""
    await cancelled_and_planned_again(august, **changes)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-bodo", "eier-fauske", "rkk-salten"}
    for recipient in delivered.sent:
        said = delivered.text(recipient)
        assert "Møtet er avlyst. Du trenger ikke gjøre noe." in said
        assert "Når: 13. september 2023 kl. 09.00–15.00" in said
        assert "Sted: Ørnes hotell, Meløy" in said


async def test_who_is_called_anew_before_the_cancellation_came_gets_the_call_alone(august: Town) -> None:
    await cancelled_and_planned_again(august, first_on="20. september")
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    await release(staff)
    delivered = await deliver(august)
    for recipient in ("channel:SALTEN", "eier-bodo"):
        assert "Når: 20. september 2023 kl. 09.00–15.00" in delivered.text(recipient)
        assert "avlyst" not in delivered.text(recipient)


async def test_who_is_not_called_anew_hears_that_it_was_cancelled(august: Town) -> None:
    await cancelled_and_planned_again(august, first_on="20. september")
    await august.person("administrator").says("avslutt rolle eier-fauske eierkontakt 1841 fordi hun slutter")
    august.at += timedelta(days=1)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Kall inn")
    await release(staff)
    delivered = await deliver(august)
    assert "Møtet er avlyst." in delivered.text("eier-fauske")
    assert "Når: 13. september 2023" in delivered.text("eier-fauske")


async def test_a_post_of_a_call_that_is_taken_back_is_not_made(august: Town) -> None:
    await call(august)
    await cancel(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Planlegg på nytt")
    assert [message.text.splitlines()[0] for message in (await deliver(august)).sent["channel:SALTEN"]] == [
        "Et møte er avlyst"
    ]


async def leaves(town: Town, person: str = "eier-bodo", owner: str = "1804") -> None:
    """The person's only role ends."""
    said = await town.person("administrator").says(
        f"avslutt rolle {person} eierkontakt {owner} fordi hun slutter"
    )
    assert "til og med" in said
    town.at += timedelta(days=1)


async def test_a_call_does_not_go_to_whom_the_meeting_is_for_no_longer(august: Town) -> None:
    await call(august)
    await leaves(august)
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-fauske", "rkk-salten"}
    assert delivered.dropped["eier-bodo"] == ["no_right_any_more"]


async def test_whom_a_meeting_is_for_no_longer_sees_nothing_of_it_on_the_old_card(august: Town) -> None:
    await call(august)
    owner = await called(august, "eier-bodo")
    card = owner.card
    await leaves(august)
    shown = [await owner.presses(title, on=card) for title in ("Kommer", "Meld en sak", "Til kalenderen")]
    assert shown == ["Du er ikke invitert til dette møtet. Snakk med sekretariatet hvis det er feil."] * 3
    assert (await answers(august))["eier-bodo"] == (None, None, None)
    for words in ("innkallinger", "oppgaver", "sak til møtet Et punkt"):
        assert "Salten" not in await owner.says(words)
    assert "Fauske" not in await owner.says("innkallinger")


async def test_whom_a_meeting_is_for_no_longer_hears_of_no_change_and_gets_no_minutes(august: Town) -> None:
    staff = await call(august)
    await deliver(august)
    await leaves(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Endre")
    await staff.presses("Neste", {"hours": "10-15"})
    await staff.presses("Neste")
    await staff.presses("Lagre møtet")
    await staff.says("send ut")
    delivered = await deliver(august)
    assert set(delivered.sent) == {"channel:SALTEN", "eier-fauske", "rkk-salten"}
    august.at = datetime(2023, 9, 14, 9, tzinfo=UTC)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Før oppmøtet")
    await staff.presses("Lagre oppmøtet", {"attended": "rkk-salten"})
    await staff.presses("Skriv referat")
    await staff.presses("Gå videre", {"minutes": "Vi ble enige.", "practical": ""})
    await release(staff)
    assert set((await deliver(august)).sent) == {"eier-fauske", "rkk-salten"}


async def test_a_change_and_minutes_are_looked_at_again_when_they_are_sent(august: Town) -> None:
    """The role ends after they were let go."""
    staff = await call(august)
    await deliver(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Meld endringen igjen")
    await release(staff)
    await leaves(august)
    assert (await deliver(august)).dropped["eier-bodo"] == ["no_right_any_more"]
    august.at = datetime(2023, 9, 14, 9, tzinfo=UTC)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Før oppmøtet")
    await staff.presses("Lagre oppmøtet", {"attended": "rkk-salten"})
    await staff.presses("Skriv referat")
    await staff.presses("Gå videre", {"minutes": "Vi ble enige.", "practical": ""})
    await release(staff)
    await leaves(august, "eier-fauske", "1841")
    assert (await deliver(august)).dropped["eier-fauske"] == ["no_right_any_more"]


async def test_whom_a_meeting_is_for_no_longer_hears_that_it_is_cancelled(august: Town) -> None:
    """They may stand there otherwise."""
    await call(august)
    await deliver(august)
    await leaves(august)
    await cancel(august)
    owner, delivered = august.person("eier-bodo"), await deliver(august)
    assert "Møtet er avlyst." in gets(owner, delivered)
    said = await owner.presses("Til kalenderen")
    assert "Møtet er avlyst." in said
    assert "Evalueringen" not in said


async def test_a_meeting_that_is_planned_again_has_no_day_on_an_old_card(august: Town) -> None:
    """What it is planned for is told with the call."""
    await call(august)
    owner = await called(august, "eier-bodo")
    card = owner.card
    await cancel(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Planlegg på nytt")
    august.at += timedelta(minutes=1)
    await plan(august, SALTEN, first_on="20. september")
    no_day = "Møtet har ingen dag nå. Du får beskjed når det er bestemt."
    assert await owner.presses("Kommer", on=card) == no_day
    assert await owner.presses("Til kalenderen", on=card) == no_day


def titles(talk: Talk) -> list[str]:
    assert talk.card is not None
    return [button["title"] for button in buttons_on(talk.card)]


async def poll_for(town: Town, dates: str) -> Talk:
    staff = await open_meeting(town, LOFOTEN)
    await staff.presses("Legg ut datoer")
    await staff.presses("Gå videre", {"dates": dates})
    await release(staff)
    return await open_meeting(town, LOFOTEN)


async def test_a_choice_of_dates_has_a_way_out_when_its_days_are_over(august: Town) -> None:
    staff = await poll_for(august, "12. september 9-11\n14. september 9-11")
    assert titles(staff) == [
        "Velg dato 1",
        "Velg dato 2",
        "Planlegg på nytt",
        "Legg ut datoer",
        "Ikke behov",
    ]
    before = staff.card
    august.at = datetime(2023, 9, 13, 9, tzinfo=UTC)
    staff = await open_meeting(august, LOFOTEN)
    assert titles(staff) == ["Velg dato 2", "Planlegg på nytt", "Legg ut datoer", "Ikke behov"]
    await staff.presses("Velg dato 1", on=before)
    assert (await state(august, LOFOTEN)).state == "poll"
    august.at += timedelta(days=30)
    staff = await open_meeting(august, LOFOTEN)
    assert titles(staff) == ["Planlegg på nytt", "Legg ut datoer", "Ikke behov"]
    await staff.presses("Planlegg på nytt")
    assert (await state(august, LOFOTEN)).state == "planned"
    assert titles(staff) == ["Sett tid og sted", "Spør om behov", "Legg ut datoer", "Ikke behov"]


async def test_of_five_dates_one_can_be_chosen_or_it_is_planned_again(august: Town) -> None:
    staff = await poll_for(august, "\n".join(f"{day}. september" for day in range(11, 16)))
    assert titles(staff) == [*(f"Velg dato {number}" for number in range(1, 6)), "Planlegg på nytt"]


async def test_a_meeting_that_nobody_needs_after_all_is_left_from_the_choice_of_dates(august: Town) -> None:
    staff = await poll_for(august, "12. september 9-11")
    await staff.presses("Ikke behov")
    assert (await state(august, LOFOTEN)).state == "not_needed"


async def test_a_meeting_is_cancelled_until_its_day_is_over(august: Town) -> None:
    """A storm: it should have begun, and nobody is there."""
    await call(august)
    await deliver(august)
    august.at = datetime(2023, 9, 13, 7, 5, tzinfo=UTC)
    staff = await open_meeting(august, SALTEN)
    assert titles(staff) == ["Hvem kommer", "Før oppmøtet", "Avlys"]
    await staff.presses("Avlys")
    await release(staff)
    assert (await state(august)).state == "cancelled"
    rows = await august.store.read(lambda connection: outbox.in_state(connection, OutboxState.PENDING))
    assert {row.expires_at for row in rows} == {datetime(2023, 9, 13, 22, tzinfo=UTC)}  # midnight in Oslo
    assert "Møtet er avlyst." in (await deliver(august)).text("eier-bodo")


async def test_a_meeting_of_yesterday_is_cancelled_no_more(august: Town) -> None:
    await call(august)
    august.at = datetime(2023, 9, 13, 22, tzinfo=UTC)
    assert titles(await open_meeting(august, SALTEN)) == ["Hvem kommer", "Før oppmøtet"]


async def test_a_need_that_is_asked_again_is_answered_again(august: Town) -> None:
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Spør om behov")
    await release(staff)
    owner = await called(august, "eier-vagan")
    await owner.presses("Nei, ikke nå")
    staff = await open_meeting(august, LOFOTEN)
    assert "Behov: 0 ja, 1 nei" in staff.texts[0]
    await staff.presses("Ikke behov")
    await staff.presses("Planlegg på nytt")
    august.at += timedelta(days=40)
    staff = await open_meeting(august, LOFOTEN)
    await staff.presses("Spør om behov")
    await release(staff)
    staff = await open_meeting(august, LOFOTEN)
    assert "Behov: 0 ja, 0 nei" in staff.texts[0]
    owner = await called(august, "eier-vagan")
    await owner.presses("Ja, det er behov")
    staff = await open_meeting(august, LOFOTEN)
    assert "Behov: 1 ja, 0 nei" in staff.texts[0]


async def call_digitally(town: Town, meeting_id: str, link: str) -> None:
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", {"first_on": "20. september", "hours": "12-13", "form": "digital"})
    await staff.presses("Neste", {"join_link": link})
    await staff.presses("Lagre møtet")
    staff = await open_meeting(town, meeting_id)
    await staff.presses("Kall inn")
    await release(staff)


async def test_the_link_of_a_committee_stands_in_no_channel(august: Town) -> None:
    """Whoever has it comes in."""
    await Talk(august, "sekretariat", Scope.CHANNEL).says("kanal hele fylket")
    await call_digitally(august, COMMITTEES, "https://teams.example.org/fagutvalg")
    delivered = await deliver(august)
    assert "Lenke: https://teams.example.org/fagutvalg" in delivered.text("medlem-skole")
    assert "Når: 20. september 2023" in delivered.text("channel:")
    assert "https://" not in delivered.text("channel:")


async def test_the_link_of_a_network_stands_in_the_channel_of_its_region(august: Town) -> None:
    await call_digitally(august, SALTEN, "https://teams.example.org/salten")
    delivered = await deliver(august)
    assert "Lenke: https://teams.example.org/salten" in delivered.text("channel:SALTEN")


async def test_a_meeting_of_the_next_year_is_named_with_its_year(august: Town) -> None:
    august.at = datetime(2023, 12, 5, 9, tzinfo=UTC)
    staff = august.person("sekretariat")
    said = await staff.says("møte 2024")
    assert "Velg et møte, eller skriv «møte 2024» og nummeret." in said
    assert "5. Fagutvalgene evaluerer årets tildeling og deler erfaringer – 23. mai 2024" in said
    chosen = await staff.presses("Åpne møtet")
    assert "Møtene i 2024" in chosen
    assert "Velg et møte i lista." in chosen
    said = await staff.says("møte 2024 5")
    assert "Når: 23. mai 2024 kl. 09.00–15.00" in said
    assert "Når: 23. mai 2023 kl. 09.00–15.00" in await staff.says("møte 5")
    for words in ("møte 2024 99", "møte 1999 5"):
        assert f"Jeg finner ikke noe møte for «{words.partition(' ')[2]}»." in await staff.says(words)


async def test_a_need_of_the_next_year_is_found_by_those_who_are_asked(august: Town) -> None:
    august.at = datetime(2023, 12, 5, 9, tzinfo=UTC)
    staff = august.person("sekretariat")
    said = await staff.says("møte 2024 12")
    assert "Nettverk Lofoten" in said
    await staff.presses("Spør om behov")
    await release(staff)
    await deliver(august)
    owner = august.person("eier-vagan")
    assert "Er det behov for et møte?" in await owner.says("innkallinger")
    await owner.presses("Ja, det er behov")
    needs = await august.store.read(lambda connection: meetings.needs(connection, "2024-region_lofoten"))
    assert [each.is_needed for each in needs] == [True]


async def test_who_comes_is_asked_about_a_meeting_of_the_next_year(august: Town) -> None:
    august.at = datetime(2023, 12, 5, 9, tzinfo=UTC)
    staff = august.person("sekretariat")
    await staff.says("møte 2024 2")
    await staff.presses("Sett tid og sted")
    await staff.presses("Neste", {"first_on": "12. mars 2024", "hours": "9-11", "form": "digital"})
    await staff.presses("Neste", {"join_link": "https://teams.example.org/forum"})
    await staff.presses("Lagre møtet")
    await staff.says("møte 2024 2")
    await staff.presses("Kall inn")
    await release(staff)
    for words in ("hvem kommer", "hvem kommer 2024 2"):
        assert "Samarbeidsforum, 12. mars 2024" in await staff.says(words)
