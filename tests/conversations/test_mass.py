"""One message to many: looked at before it goes, let go once, and stopped as far as it has not gone."""

from datetime import timedelta

import pytest

from dialogs import mass
from dialogs.desk import Desk
from dialogs.texts import texts
from domain.messages import Reply, Said, Turn
from store import audit, batches, channels, outbox, register
from store.batches import BatchState
from store.outbox import OutboxState
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Talk, Town, buttons_on, identity_of

KIND = "case_moved"  # says no more than what its payload holds
PAYLOAD = {"owner": "1804", "number": "2023-REKOM-014"}
EVERYBODY = ("eier-bodo", "eier-bodo-2", "eier-rana")


async def propose(
    staff: Talk, *recipients: str, subject: str = "møtet", payload: dict[str, str] = PAYLOAD
) -> str:
    """As a command of another part of the bot does; gives what stands on the card that is shown then."""

    def job(work: Work) -> Reply:
        town = staff.town
        turn = Turn(town.new_id(), town.at, identity_of(staff.person_id), staff.address, Said(""), "c")
        actor = register.actor_of(work.connection, staff.person_id, town.at.date())
        assert actor is not None
        desk = Desk(town.house, work.by(actor.person_id), turn, actor, texts(actor.language or "nb"))
        return Reply((mass.propose(desk, KIND, subject, recipients or EVERYBODY, payload),))

    reply = await staff.town.work(job)
    staff.card = reply.messages[0].card
    return str(reply.messages[0].text)


async def everybody_but_rana_comes(town: Town) -> Talk:
    for person_id in ("eier-bodo", "eier-bodo-2"):
        await town.person(person_id).says("hjelp")
    return town.person("sekretariat")


async def states(town: Town) -> dict[str, OutboxState]:
    rows = await town.store.read(
        lambda c: [row for state in OutboxState for row in outbox.in_state(c, state)]
    )
    return {row.recipient: row.state for row in rows if row.kind == KIND}


async def batch_state(town: Town) -> BatchState:
    return (await town.store.read(lambda c: batches.newest(c, 1)))[0].state


async def sends(town: Town, count: int) -> None:
    def job(work: Work) -> None:
        until = MACHINE_NOW + timedelta(minutes=3)
        for item in outbox.claim(work, count, until, MACHINE_NOW):
            outbox.sent(work, item, "activity")

    await town.work(job)


HELD, PENDING, SENT, DROPPED = (
    OutboxState.HELD,
    OutboxState.PENDING,
    OutboxState.SENT,
    OutboxState.DROPPED,
)


async def test_it_is_shown_as_it_looks_and_to_whom_before_it_goes(town: Town) -> None:
    """Those whom nothing reaches are named, and nothing is sent."""
    staff = await everybody_but_rana_comes(town)
    await town.work(lambda work: work.connection.exec_driver_sql("UPDATE person SET email = NULL") and None)
    assert (await propose(staff)).splitlines() == [
        "Se over før det går ut",
        "Dette er ikke sendt. Mottakere: 3. Slik ser meldingen ut:",
        "En sak har fått en annen eier",
        "Sekretariatet har rettet hvem som eier sak 2023-REKOM-014. Den ligger ikke lenger hos Bodø kommune. "
        "Snakk med sekretariatet hvis det er feil.",
        "Til Annen kontakt for Bodø kommune (eksempel), Kontakt for Bodø kommune (eksempel) og "
        "Kontakt for Rana kommune (eksempel).",
        "Når ikke fram til Kontakt for Rana kommune (eksempel): verken chat eller e-postadresse. "
        "Gi beskjed på en annen måte.",
        "Du kan også skrive «send ut».",
        "",
        "[Send til 3]  1. [Ikke send]",
    ]
    assert await states(town) == dict.fromkeys(EVERYBODY, HELD)


async def test_staff_read_it_in_their_own_language(town: Town) -> None:
    staff = town.person("sekretariat-2")  # who has chosen nynorsk
    assert "Sekretariatet har retta kven som eig sak 2023-REKOM-014." in await propose(staff)


async def test_channels_are_named_and_many_people_counted(town: Town) -> None:
    people = [each.id for each in await town.store.read(register.people) if each.id.startswith("eier-")]
    said = await propose(town.person("sekretariat"), *people, channels.recipient("SALTEN"), "channel:")
    assert f"og {len(people) - 10} til." in said
    assert "I kanalene: Salten, Generelt." in said
    assert f"Mottakere: {len(people) + 2}." in said


async def test_it_goes_once_however_often_it_is_pressed(town: Town) -> None:
    staff = await everybody_but_rana_comes(town)
    await propose(staff)
    preview = staff.card
    await staff.presses("Send til 3")
    assert await states(town) == dict.fromkeys(EVERYBODY, PENDING)
    await sends(town, 2)
    for _ in range(2):
        assert "Sendt: 2\nVenter: 1" in await staff.presses("Send til 3", on=preview)
    assert sorted((await states(town)).values()) == [PENDING, SENT, SENT]
    assert "Sendt: 2" in await staff.repeats()


async def test_it_can_be_let_go_by_typing_and_not_by_a_number(town: Town) -> None:
    """A "1" may be meant for an older card."""
    staff = await everybody_but_rana_comes(town)
    await staff.says("status")
    await propose(staff)
    assert "Venter: 3" in await staff.says("send ut")
    assert await batch_state(town) is BatchState.RELEASED
    assert "Ikke sendt: 3" in await staff.says("stopp utsending")


async def test_it_is_not_sent_if_staff_do_not_want_it(town: Town) -> None:
    staff = await everybody_but_rana_comes(town)
    await propose(staff)
    preview = staff.card
    assert "Ikke sendt: 3" in await staff.presses("Ikke send")
    assert "Ikke sendt: 3" in await staff.presses("Send til 3", on=preview)
    assert set((await states(town)).values()) == {DROPPED}


async def test_what_has_not_gone_is_stopped(town: Town) -> None:
    staff = await everybody_but_rana_comes(town)
    await propose(staff)
    preview = staff.card
    await staff.presses("Send til 3")
    await sends(town, 1)
    assert "Sendt: 1\nIkke sendt: 2" in await staff.presses("Stopp")
    assert [each["title"] for each in buttons_on(staff.card or {})] == ["Vis på nytt", "Hvem fikk den"]
    await staff.presses("Ikke send", on=preview)
    await staff.presses("Send til 3", on=preview)
    assert sorted((await states(town)).values()) == [DROPPED, DROPPED, SENT]


async def test_an_old_do_not_send_stops_nothing_that_was_let_go(town: Town) -> None:
    staff = await everybody_but_rana_comes(town)
    await propose(staff)
    preview = staff.card
    await staff.presses("Send til 3")
    assert "Venter: 3" in await staff.presses("Ikke send", on=preview)
    assert await batch_state(town) is BatchState.RELEASED


async def test_who_got_it_is_told_person_by_person(town: Town) -> None:
    staff = await everybody_but_rana_comes(town)
    await propose(staff)
    await staff.presses("Send til 3")
    await sends(town, 1)
    await staff.presses("Stopp")
    said = await staff.presses("Hvem fikk den")
    assert [line for line in said.splitlines() if " – " in line] == [
        "Kontakt for Rana kommune (eksempel) – En sak har fått en annen eier, ikke sendt: utsendingen ble stoppet.",
        "Annen kontakt for Bodø kommune (eksempel) – En sak har fått en annen eier, "
        "ikke sendt: utsendingen ble stoppet.",
        "Kontakt for Bodø kommune (eksempel) – En sak har fått en annen eier, i Teams 16. januar 2023 kl. 10.00.",
    ]


async def test_what_concerns_nobody_any_more_is_said(town: Town) -> None:
    said = await propose(town.person("sekretariat"), payload=PAYLOAD | {"owner": "nobody"})
    assert "Den er ikke aktuell for noen av dem." in said


async def test_all_of_them_are_listed(town: Town) -> None:
    staff = town.person("sekretariat")
    assert "Ingenting er sendt til mange ennå." in await staff.says("utsendinger")
    await propose(staff, subject="en")
    await propose(staff, subject="to")
    await staff.presses("Send til 3")
    said = await staff.says("utsendinger")
    assert "laget 16. januar 2023 kl. 10.00, venter på deg. ikke sendt 3." in said
    assert "laget 16. januar 2023 kl. 10.00, sluppet. venter 3." in said
    overview = staff.card
    shown = [await staff.presses(f"Vis {number}", on=overview) for number in (1, 2)]
    assert sorted("Slik ser meldingen ut" in each for each in shown) == [False, True]


async def test_what_else_happens_when_it_is_let_go_happens_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[str]()
    monkeypatch.setitem(mass.RELEASED, KIND, lambda desk, batch: done.append(batch.subject))
    staff = town.person("sekretariat")
    await propose(staff)
    preview = staff.card
    for _ in range(2):
        await staff.presses("Send til 3", on=preview)
    assert done == ["møtet"]


async def test_it_is_kept_who_did_what(town: Town) -> None:
    staff = town.person("sekretariat")
    await propose(staff)
    await staff.presses("Send til 3")
    await town.person("sekretariat-2").says("stopp utsendinga")
    (batch,) = await town.store.read(lambda c: batches.newest(c, 9))
    entries = await town.store.read(lambda c: audit.history(c, f"batch:{batch.id}"))
    assert [(each.actor, each.action) for each in entries] == [
        ("sekretariat", "proposed"),
        ("sekretariat", "released"),
        ("sekretariat-2", "stopped"),
    ]


async def test_by_typing_nobody_lets_go_what_another_wrote(town: Town) -> None:
    one, other = town.person("sekretariat"), town.person("sekretariat-2")
    await propose(one, subject="mitt")
    town.at += timedelta(seconds=5)
    await propose(other, subject="et annet")
    await one.says("send ut")
    assert {each.subject: each.state for each in await town.store.read(lambda c: batches.newest(c, 9))} == {
        "mitt": BatchState.RELEASED,
        "et annet": BatchState.HELD,
    }


async def test_a_channel_is_called_by_its_name(town: Town) -> None:
    staff = town.person("sekretariat")
    await propose(staff, "channel:SALTEN", "channel:")
    await staff.presses("Send til 2")
    said = await staff.presses("Hvem fikk den")
    assert {line.partition(" – ")[0] for line in said.splitlines() if " – " in line} == {
        "Kanalen Salten",
        "Kanalen Generelt",
    }


@pytest.mark.parametrize("person", ["eier-bodo", "beslutter", "uh-nord"])
async def test_nobody_else_lets_anything_go(town: Town, person: str) -> None:
    await propose(town.person("sekretariat"))
    other = town.person(person)
    for said in ("utsendinger", "send ut", "stopp utsending"):
        await other.says(said)
        assert texts("nb")("say.staff_only") in other.texts[0]
    assert await propose(other) == texts("nb")("say.staff_only")
    assert await batch_state(town) is BatchState.HELD
