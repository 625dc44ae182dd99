"""The universities of a case confirm their parts: asked, confirmed, changed, asked again, corrected."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dialogs import notices
from dialogs.duties import sources
from domain.access import Role, RoleKind
from domain.messages import Unwanted
from store import audit, cases, checks, confirmations, outbox, register, views
from store.confirmations import Confirmation
from store.outbox import OutboxState
from store.work import Work
from tests.conversations.dekom import LAST, NEED
from tests.conversations.harness import MACHINE_NOW, Talk, Town, buttons_on
from tests.conversations.test_duties import waits
from tests.conversations.test_needs_report import fill_in

CASE = "2023-DEKOM-001"
NORD, UIT = "Nord universitet", "UiT Norges arktiske universitet"


@pytest.fixture
async def owner(town: Town) -> Talk:
    """Has filed the case, in which there are two universities that have a chat with the bot."""
    for person in ("uh-nord", "uh-uit", "eier-bodo-2", "sekretariat"):
        await town.person(person).joins()
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    town.at += timedelta(days=1)
    return owner


async def gets(town: Town, talk: Talk) -> list[str]:
    """What is sent to the person now, as Teams would bring it; the last card is before them."""

    def deliver(work: Work) -> list[str]:
        texts = []
        for item in outbox.claim(work, 100, MACHINE_NOW + timedelta(minutes=1), MACHINE_NOW):
            if item.recipient != talk.person_id:
                outbox.later(work, item, MACHINE_NOW, "not yet")
                continue
            ready = notices.prepare(work, town.house, item.kind, item.recipient, item.payload)
            if isinstance(ready, Unwanted):
                outbox.dropped(work, item, ready.reason)
                continue
            outbox.sent(work, item)
            talk.card = ready.message.card
            texts.append(ready.message.text.replace("\xa0", " "))
        return texts

    found: list[str] = await town.work(deliver)
    return found


async def asked(town: Town, person: str) -> Talk:
    """The person with the question to confirm before them."""
    talk = town.person(person)
    assert "Bekreft deres del av en behovsmelding" in (await gets(town, talk))[-1]
    return talk


async def standing(town: Town) -> dict[str, Confirmation]:
    return await town.store.read(lambda c: confirmations.standing(c, f"case:{CASE}"))


async def given(town: Town) -> dict[str, str | None]:
    return {key: each.confirmed_by for key, each in (await standing(town)).items()}


async def change(owner: Talk, page: str, **answers: str) -> str:
    """File the case anew with these answers on one page otherwise."""
    await owner.says(CASE)
    await owner.presses("Endre og send inn på nytt")
    await owner.presses("Gå til siden", {"go_to": page})
    save = "Regn ut og lagre" if page.startswith("money") else "Lagre"
    await owner.presses(save, {field.replace("__", "."): text for field, text in answers.items()})
    await owner.presses("Oppsummering")
    return await owner.presses("Send inn", LAST)


def titles(talk: Talk) -> list[str]:
    assert talk.card is not None
    return [button["title"] for button in buttons_on(talk.card)]


async def second_contact(town: Town) -> Talk:
    def add(work: Work) -> None:
        register.add_role(work, "eier-rana", Role(RoleKind.UNIVERSITY_CONTACT, "nord"))

    await town.work(add)
    return town.person("eier-rana")


# Asking and confirming


async def test_each_university_is_asked_about_its_own_part(town: Town, owner: Talk) -> None:
    (text,) = await gets(town, town.person("uh-nord"))
    assert text.splitlines()[:4] == [
        "Bekreft deres del av en behovsmelding",
        "Lesing i alle fag",
        f"Bodø kommune har meldt inn dette med dere som partner. Sak {CASE}.",
        f"{NORD} bes bekrefte det som står her, senest 8. februar 2023.",
    ]
    assert text.splitlines()[4:13] == [
        "Ansvarlig eier: Bodø kommune",
        f"Lokalt definert behov: {NEED}",
        "Beskrivelse av tiltaket: Fire samlinger i året, og utprøving i klassene mellom samlingene.",
        "Dialog og partnerskap: Møter med begge; enige om innhold og arbeidsdeling.",
        "Når snakket dere sammen sist? 1. desember 2022",
        "Varighet: 3 år",
        f"Søkt til {NORD} i 2023 (kr): 500 000 kr",
        f"Søkt til {NORD} i 2024 (kr): 400 000 kr",
        f"Søkt til {NORD} i 2025 (kr): 0 kr",
    ]
    (other,) = await gets(town, town.person("uh-uit"))
    assert "500 000" not in other
    assert f"Søkt til {UIT} i 2023 (kr): 150 000 kr" in other


async def test_university_confirms_and_owner_and_staff_see_it(town: Town, owner: Talk) -> None:
    nord, staff = await asked(town, "uh-nord"), town.person("sekretariat")
    shown = await nord.presses("Bekreft")
    assert f"{NORD} har bekreftet dette, ved Kontakt for Nord universitet (eksempel), " in shown
    assert titles(nord) == ["Foreslå en retting", "Vis saken"]
    assert await given(town) == {"nord": "uh-nord", "uit": None}
    for talk in (owner, staff):
        said = (await talk.says(CASE)).splitlines()
        place = said.index("Bekreftet av universitet eller høgskole")
        assert said[place + 1 : place + 3] == [
            f"{NORD}: bekreftet 17. januar 2023 kl. 10.00 av Kontakt for Nord universitet (eksempel)",
            f"{UIT}: ikke bekreftet ennå, spurt 16. januar 2023 kl. 10.00",
        ]


async def test_university_sees_of_the_others_nothing(town: Town, owner: Talk) -> None:
    await (await asked(town, "uh-nord")).presses("Bekreft")
    said = await town.person("uh-uit").says(CASE)
    assert f"{UIT}: ikke bekreftet ennå" in said
    assert f"{NORD}: bekreftet" not in said
    assert "Bekreftet av universitet" not in await town.person("eier-fauske").says(CASE)


async def test_pressed_twice_is_confirmed_once(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    card = nord.card
    await nord.presses("Bekreft")
    await nord.repeats()
    town.at += timedelta(hours=1)
    assert "har bekreftet dette" in await nord.presses("Bekreft", on=card)
    (row,) = await town.store.read(
        lambda c: [each for each in audit.history(c, f"case:{CASE}") if each.action == "confirmed"]
    )
    assert row.actor == "uh-nord"
    assert (await standing(town))["nord"].confirmed_at == row.at


async def test_it_can_be_typed(town: Town, owner: Talk) -> None:
    nord = town.person("uh-nord")
    assert "Gjelder det sak 2023-DEKOM-001" in await nord.says("bekreft")
    assert f"{NORD} bes bekrefte" in await nord.says(f"bekreft {CASE}")
    assert "har bekreftet dette" in await nord.says("bekreft")
    assert await given(town) == {"nord": "uh-nord", "uit": None}
    assert "Jeg finner ingen sak der du kan gjøre dette nå." in await nord.says("bekreft")


async def test_what_the_university_is_asked_waits_for_it(town: Town, owner: Talk) -> None:
    nord = town.person("uh-nord")
    assert (await waits(nord))[1:] == [
        f"Bekreft deres del av sak {CASE}, «Lesing i alle fag» – frist 8. februar 2023"
    ]
    assert f"{NORD} bes bekrefte" in await nord.presses("Gjør nr. 1")
    await nord.presses("Bekreft")
    assert await waits(nord) == ["Ingenting venter på deg nå."]
    assert len(await waits(town.person("uh-uit"))) == 2


async def test_one_of_two_contacts_is_enough(town: Town, owner: Talk) -> None:
    other = await second_contact(town)
    await other.says(f"bekreft {CASE}")
    card = other.card
    await (await asked(town, "uh-nord")).presses("Bekreft")
    shown = await other.presses("Bekreft", on=card)
    assert f"{NORD} har bekreftet dette, ved Kontakt for Nord universitet (eksempel), " in shown
    assert await given(town) == {"nord": "uh-nord", "uit": None}


async def test_who_has_been_overtaken_by_a_colleague_is_not_asked_any_more(town: Town, owner: Talk) -> None:
    nord = town.person("uh-nord")
    await nord.says(f"bekreft {CASE}")
    await nord.presses("Bekreft")
    assert await gets(town, nord) == []


async def test_others_are_told_whose_it_is(town: Town, owner: Talk) -> None:
    said = await owner.says(f"bekreft {CASE}")
    assert said.startswith(f"Det er {NORD} og {UIT} som bekrefter dette. Spør ")
    said = await town.person("sekretariat").says("bekreft")
    assert said.startswith("Det er universitetet eller høgskolen som er partner som bekrefter dette.")
    assert await given(town) == {"nord": None, "uit": None}


async def test_who_has_lost_the_role_confirms_nothing(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await town.resigns("uh-nord")
    assert await nord.presses("Bekreft") == (
        f"Jeg finner ingen sak {CASE} som du kan se. Sjekk nummeret, eller skriv «mine saker»."
    )
    assert await given(town) == {"nord": None, "uit": None}
    assert await waits(nord) == ["Ingenting venter på deg nå."]


async def test_of_a_university_without_a_contact_staff_are_told_and_all_lists_say_so(town: Town) -> None:
    await town.resigns("uh-nord")
    owner, staff = town.person("eier-bodo"), town.person("sekretariat")
    await staff.joins()
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    (text,) = [each for each in await gets(town, staff) if "Ingen å spørre" in each]
    assert text == (
        f"Ingen å spørre\n{NORD} skal bekrefte sin del av sak {CASE}, men har ingen kontakt i registeret. Gi noen "
        "rollen med «rolle», og si fra til dem."
    )
    for talk in (owner, staff):
        assert (
            f"{NORD}: ikke bekreftet, har ingen kontakt i registeret" in (await talk.says(CASE)).splitlines()
        )
    said = await staff.says("hvem har ikke bekreftet")
    assert (
        f"{CASE} Lesing i alle fag; ikke bekreftet, har ingen kontakt i registeret; frist 8. februar 2023"
        in said
    )


async def test_of_a_withdrawn_case_nothing_is_asked(town: Town, owner: Talk) -> None:
    nord, uit = await asked(town, "uh-nord"), town.person("uh-uit")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    assert f"sak {CASE} er trukket" in await nord.presses("Bekreft")
    assert await gets(town, uit) == []
    assert await waits(uit) == ["Ingenting venter på deg nå."]
    await owner.says(f"angre trekking {CASE}")
    assert len(await waits(uit)) == 2


async def test_what_was_withdrawn_before_the_question_went_is_asked_about_when_it_is_reopened(
    town: Town, owner: Talk
) -> None:
    nord = town.person("uh-nord")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    assert await gets(town, nord) == []
    await owner.says(f"angre trekking {CASE}")
    assert "Bekreft deres del av en behovsmelding" in "".join(await gets(town, nord))
    assert await gets(town, nord) == []
    await nord.presses("Bekreft")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    await owner.says(f"angre trekking {CASE}")
    assert await gets(town, nord) == []  # it has answered
    (_,) = await gets(town, town.person("uh-uit"))  # its question has waited all the time


async def withdraws_and_takes_it_back(owner: Talk) -> None:
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    await owner.says(f"angre trekking {CASE}")


async def test_however_often_a_case_is_reopened_the_same_question_waits_once(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    for _ in range(2):
        await withdraws_and_takes_it_back(owner)
    (again,) = await gets(town, nord)
    assert "Bekreft deres del av en behovsmelding" in again
    await withdraws_and_takes_it_back(owner)
    await town.person("sekretariat").says(f"journalnummer {CASE} 2023/17")
    (_,) = await gets(town, nord)  # whatever else happens to the case until then


async def test_however_often_a_case_is_reopened_staff_are_told_once_that_nobody_can_be_asked(
    town: Town,
) -> None:
    await town.resigns("uh-nord")
    owner, staff = town.person("eier-bodo"), town.person("sekretariat")
    await staff.joins()
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    for _ in range(2):
        await withdraws_and_takes_it_back(owner)
    assert len([each for each in await gets(town, staff) if "Ingen å spørre" in each]) == 1


async def test_what_staff_send_back_though_it_was_withdrawn_is_asked_about(town: Town, owner: Talk) -> None:
    nord, staff = town.person("uh-nord"), town.person("sekretariat")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    assert await gets(town, nord) == []
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Skriv målet tydeligere."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    (_,) = await gets(town, nord)


# Changes


async def test_what_changes_elsewhere_leaves_the_confirmation(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await nord.presses("Bekreft")
    before = await standing(town)
    await change(owner, "measure", goal="Elevene leser mer.")
    assert await standing(town) == before
    await change(owner, "money.2023", budget_uh__uit__2023="160 000")
    assert (await standing(town))["nord"] == before["nord"]
    assert await gets(town, nord) == []


async def test_a_change_of_its_part_voids_it_says_what_changed_and_asks_again(
    town: Town, owner: Talk
) -> None:
    nord = await asked(town, "uh-nord")
    old = nord.card
    await nord.presses("Bekreft")
    await change(owner, "money.2023", budget_uh__nord__2023="450 000")
    assert await given(town) == {"nord": None, "uit": None}
    (text,) = await gets(town, nord)
    told = text.splitlines()
    place = told.index("Dette er endret siden dere bekreftet. Bekreftelsen gjelder derfor ikke lenger:")
    assert told[place + 1] == (f"Søkt til {NORD} i 2023 (kr): fra «500 000 kr» til «450 000 kr» (−50 000 kr)")
    shown = (await nord.presses("Bekreft", on=old)).replace("\xa0", " ")
    assert f"Dette er endret siden da: Søkt til {NORD} i 2023 (kr)." in shown
    assert await given(town) == {"nord": None, "uit": None}
    assert "har bekreftet dette" in await nord.presses("Bekreft")
    assert await given(town) == {"nord": "uh-nord", "uit": None}
    history = await owner.says(f"historikk {CASE}")
    for said in (
        "Kontakt for Nord universitet (eksempel) bekreftet sin del av saken. Gjelder partneren: Nord universitet.",
        "endret noe som partneren skal bekrefte, så bekreftelsen må gis på nytt.",
    ):
        assert said in history


async def test_a_correction_by_the_secretariat_asks_again_too(town: Town, owner: Talk) -> None:
    nord, staff = await asked(town, "uh-nord"), town.person("sekretariat")
    await nord.presses("Bekreft")
    await staff.says(f"rett sak {CASE}")
    await staff.presses("Gå til siden", {"go_to": "partner"})
    await staff.presses("Lagre", {"uh_dialogue": "Ett møte med Nord."})
    await staff.presses("Oppsummering")
    await staff.presses("Lagre rettingen", {"correction_reason": "Skrivefeil"})
    (text,) = await gets(town, nord)
    assert (
        "Dialog og partnerskap: fra «Møter med begge; enige om innhold og arbeidsdeling.» til «Ett møte"
        in text
    )


async def test_what_is_changed_back_is_asked_again_without_a_difference(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await nord.presses("Bekreft")
    await change(owner, "money.2023", budget_uh__nord__2023="450 000")
    await change(owner, "money.2023", budget_uh__nord__2023="500 000")
    (text,) = await gets(town, nord)
    assert "Dette er endret" not in text
    assert await given(town) == {"nord": None, "uit": None}


async def test_a_university_that_is_no_partner_any_more_is_told_so(town: Town, owner: Talk) -> None:
    uit = await asked(town, "uh-uit")
    card = uit.card
    await change(owner, "partner", uh_partner="nord")
    assert (await gets(town, uit)) == [
        f"Ikke lenger partner i en sak\n{UIT} står ikke lenger som partner i sak {CASE}, "
        "så det er ikke noe å bekrefte der. Snakk med eieren hvis det er feil."
    ]
    assert await uit.presses("Bekreft", on=card) == (
        f"Jeg finner ingen sak {CASE} som du kan se. Sjekk nummeret, eller skriv «mine saker»."
    )
    assert set(await standing(town)) == {"nord"}


# Corrections by a university


async def proposes(nord: Talk, **answers: str) -> str:
    await nord.presses("Foreslå en retting")
    return await nord.presses(
        "Send forslaget til eieren",
        {
            "reason": "Timene ble færre.",
            **{field.replace("__", "."): text for field, text in answers.items()},
        },
    )


async def test_owner_takes_over_what_the_university_proposes(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    shown = await proposes(nord, budget_uh__nord__2023="450'", uh_dialogue="To møter med Nord.")
    assert f"Forslaget til retting er sendt til eieren av sak {CASE}." in shown
    (text,) = [each for each in await gets(town, town.person("eier-bodo-2")) if "foreslår" in each]
    assert text.splitlines()[:6] == [
        "Et universitet foreslår en retting",
        "Lesing i alle fag",
        f"{NORD} vil ha dette annerledes i sin del av sak {CASE}:",
        "Dialog og partnerskap: fra «Møter med begge; enige om innhold og arbeidsdeling.» til «To møter med Nord.»",
        f"Søkt til {NORD} i 2023 (kr): fra «500 000 kr» til «450 000 kr» (−50 000 kr)",
        "Begrunnelse: Timene ble færre.",
    ]
    await gets(town, owner)
    assert titles(owner) == ["Ta over rettingen og send inn", "Vis saken"]
    taking = owner.card
    assert "har fått nummer" in await owner.presses("Ta over rettingen og send inn")
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    assert (case.submission, case.uh_nok, case.owner_nok) == (2, 1_150_000, 2_300_001)
    assert await town.store.read(views.check_counts) == ()
    assert await town.store.read(views.check_money) == ()
    assert await given(town) == {"nord": None, "uit": None}  # the words about the dialogue are both's
    (again,) = await gets(town, nord)
    assert "Dette er endret siden dere ble spurt sist:" in again
    assert "har bekreftet dette" in await nord.presses("Bekreft")
    # Pressed again: overtaken, and nothing is filed.
    assert "Rettingen er ikke tatt over" in await owner.presses("Ta over rettingen og send inn", on=taking)
    assert len(await town.store.read(lambda c: cases.versions(c, CASE))) == 2


async def test_a_proposal_with_nothing_otherwise_is_refused(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    assert "Ingenting er endret ennå" in await proposes(nord)
    assert await gets(town, owner) == []


async def test_a_proposal_can_be_typed(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await nord.says("foreslå en retting")
    await nord.presses("Svar ved å skrive")
    await nord.says("endre 3")
    await nord.says("450 000")
    await nord.says("Timene ble færre.")
    assert "Forslaget til retting er sendt" in await nord.says("send forslaget til eieren")


async def test_both_contacts_of_a_university_write_one_proposal(town: Town, owner: Talk) -> None:
    nord, other = await asked(town, "uh-nord"), await second_contact(town)
    await nord.presses("Foreslå en retting")
    await nord.presses("Svar ved å skrive")
    await nord.says("endre 6")
    await nord.says("Vi har færre timer.")
    await other.says(f"bekreft {CASE}")
    assert "Vi har færre timer." in await other.presses("Foreslå en retting")


async def test_a_proposal_from_before_a_change_is_not_taken_over(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await proposes(nord, budget_uh__nord__2023="450 000")
    await gets(town, owner)
    card = owner.card
    await change(owner, "money.2024", budget_uh__nord__2024="390 000")
    shown = await owner.presses("Ta over rettingen og send inn", on=card)
    assert f"denne delen av sak {CASE} er endret siden forslaget kom" in shown
    assert len(await town.store.read(lambda c: cases.versions(c, CASE))) == 2


async def test_what_the_owner_changes_meanwhile_comes_into_what_the_university_writes(
    town: Town, owner: Talk
) -> None:
    nord = await asked(town, "uh-nord")
    await nord.presses("Foreslå en retting")
    await change(owner, "money.2024", budget_uh__nord__2024="390 000")
    town.at += timedelta(minutes=1)
    await nord.says("fortsett")
    await nord.presses(
        "Send forslaget til eieren", {"budget_uh.nord.2023": "450 000", "reason": "Timene ble færre."}
    )
    await gets(town, owner)
    await owner.presses("Ta over rettingen og send inn")
    version = await town.store.read(lambda c: cases.version(c, CASE, 3))
    assert version is not None
    assert b'"nord":{"2023":450000,"2024":390000,"2025":0}' in version.report


async def test_a_version_that_is_begun_takes_the_proposal_in(town: Town, owner: Talk) -> None:
    """What else the owner has begun is not filed by the way."""
    nord = await asked(town, "uh-nord")
    await proposes(nord, budget_uh__nord__2023="450 000")
    await owner.says(f"endre sak {CASE}")
    await gets(town, owner)
    shown = await owner.presses("Ta over rettingen og send inn")
    assert "Rettingen er lagt inn i den nye versjonen av «Lesing i alle fag»" in shown
    assert len(await town.store.read(lambda c: cases.versions(c, CASE))) == 1
    await owner.says("oppsummering")
    await owner.presses("Send inn", LAST)
    case = await town.store.read(lambda c: cases.get(c, CASE))
    assert case is not None
    assert case.uh_nok == 1_150_000


async def test_after_the_deadline_the_secretariat_hears_of_it_and_the_owner_waits(
    town: Town, owner: Talk
) -> None:
    nord, staff = await asked(town, "uh-nord"), town.person("sekretariat")
    town.at = datetime(2023, 2, 3, 9, tzinfo=UTC)
    shown = await proposes(nord, budget_uh__nord__2023="450 000")
    assert (
        f"Forslaget til retting er sendt til eieren av sak {CASE} og til sekretariatet, for eieren kan ikke sende "
        "inn på nytt nå."
    ) in shown
    text = (await gets(town, staff))[-1]
    assert "Sekretariatet kan sende saken tilbake til eieren" in text
    assert titles(staff) == ["Vis saken"]
    await gets(town, owner)
    card = owner.card
    shown = await owner.presses("Ta over rettingen og send inn")
    assert f"sak {CASE} kan ikke sendes inn på nytt. Be sekretariatet sende saken tilbake" in shown
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste", {"fields": "budget_uh"})
    await staff.presses("Neste", {"reason.budget_uh": "Ta over rettingen fra Nord."})
    await staff.presses("Send tilbake", {"answer_by_on": "1. mars"})
    assert "har fått nummer" in await owner.presses("Ta over rettingen og send inn", on=card)


async def test_where_the_owner_has_no_contact_the_secretariat_gets_the_proposal(
    town: Town, owner: Talk
) -> None:
    nord, staff = await asked(town, "uh-nord"), town.person("sekretariat")
    await gets(town, staff)
    await town.resigns("eier-bodo", "eier-bodo-2")
    shown = await proposes(nord, budget_uh__nord__2023="450 000")
    assert (
        f"Forslaget til retting er sendt til sekretariatet, for eieren av sak {CASE} har ingen kontakt i registeret."
    ) in shown
    (text,) = await gets(town, staff)
    assert text.splitlines()[0] == "Et universitet foreslår en retting"
    assert (
        "Eieren har ingen kontakt i registeret som kan ta over rettingen. Gi noen rollen med «rolle», eller rett saken "
        f"selv: Skriv «rett sak {CASE}»."
    ) in text.splitlines()
    assert titles(staff) == ["Vis saken"]


async def test_only_the_owner_takes_over(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await proposes(nord, budget_uh__nord__2023="450 000")
    await gets(town, owner)
    await town.resigns("eier-bodo")
    assert "Jeg finner ingen sak" in await owner.presses("Ta over rettingen og send inn")
    assert len(await town.store.read(lambda c: cases.versions(c, CASE))) == 1


# What follows from it


async def test_everything_holds_together_afterwards(town: Town, owner: Talk) -> None:
    nord = await asked(town, "uh-nord")
    await nord.presses("Bekreft")
    await proposes(nord, budget_uh__nord__2023="450 000")
    await gets(town, owner)
    await owner.presses("Ta over rettingen og send inn")
    assert (await town.store.read(checks.verify)).faults == ()
    pending = await town.store.read(lambda c: outbox.in_state(c, OutboxState.PENDING))
    assert {row.kind for row in pending} >= {"confirmation_asked"}


async def test_who_is_asked_late_has_five_working_days(town: Town, owner: Talk) -> None:
    """A version after the deadline, of an owner that was given more time."""
    town.at = datetime(2023, 2, 6, 9, tzinfo=UTC)
    staff, nord = town.person("sekretariat"), town.person("uh-nord")
    await staff.says("utsett frist")
    await staff.presses("Gi ny frist", {"owner": "1804", "deadline_on": "20. februar 2023", "why": "Sykdom"})
    await change(owner, "money.2023", budget_uh__nord__2023="450 000")
    assert (await waits(nord))[1].endswith("frist 13. februar 2023")
    days = await town.store.read(
        lambda c: list(
            sources()["confirmation"].last_days(c, town.house.forum, date(2023, 2, 1), date(2023, 2, 28))
        )
    )
    assert days == [date(2023, 2, 8), date(2023, 2, 13)]


@pytest.mark.parametrize("kind", sources())
async def test_days_before_the_first_round_are_no_ones_last(town: Town, kind: str) -> None:
    """In January of the first year the days of a ladder reach into a year that has no round."""
    found = await town.store.read(
        lambda c: list(sources()[kind].last_days(c, town.house.forum, date(2022, 12, 20), date(2023, 1, 20)))
    )
    assert found == []


async def test_staff_see_which_universities_have_not_confirmed(town: Town, owner: Talk) -> None:
    staff = town.person("sekretariat")
    await (await asked(town, "uh-nord")).presses("Bekreft")
    said = (await staff.says("hvem har ikke bekreftet")).splitlines()
    assert said[:2] == [
        "Ikke bekreftet i 2023",
        "1 bekreftelse mangler i 2023, fra 1 universitet eller høgskole.",
    ]
    assert said[2:4] == [
        "Universitet eller høgskole | Sak",
        f"{UIT}; Salten | {CASE} Lesing i alle fag; ikke bekreftet ennå, spurt 16. januar 2023 kl. 10.00; "
        "frist 8. februar 2023",
    ]
    assert "Som regneark" in titles(staff)
    for of_none in ("i lofoten", "på rekom", "nord universitet", "for 2024"):
        assert "Ingen bekreftelser mangler" in await staff.says(f"hvem har ikke bekreftet {of_none}"), of_none
    assert f"{UIT}: 1 bekreftelse mangler" in await staff.says("hvem har ikke bekreftet uit")
    assert "Dette ser bare de" in await owner.says("ubekreftet")
    await owner.says(f"trekk {CASE}")
    await owner.says("ja")
    assert "Ingen bekreftelser mangler" in await staff.says("ubekreftet")
