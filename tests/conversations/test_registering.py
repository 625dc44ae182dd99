"""Staff and the register in chat: roles given, ended and looked up, codes taken back, and who and why kept."""

from datetime import date, timedelta

import pytest

from dialogs import notices
from dialogs.enrolling import issue
from dialogs.texts import texts
from domain.access import RoleKind
from domain.messages import Pressed, Ready, Unwanted
from store import audit, cards, enrolment, outbox, register
from store.audit import Entry
from store.cards import CardInstance
from store.outbox import Item, OutboxState
from store.work import Work
from tests.conversations.harness import MACHINE_NOW, Town

TODAY = date(2023, 1, 16)


async def history(town: Town, person_id: str) -> tuple[Entry, ...]:
    return await town.store.read(lambda connection: audit.history(connection, f"person:{person_id}"))


async def holders(town: Town, kind: RoleKind, on: date, **place: str) -> list[str]:
    found = await town.store.read(lambda connection: register.people_with(connection, kind, on=on, **place))
    return [person.id for person in found]


async def test_role_is_given_with_who_and_why(town: Town) -> None:
    staff = town.person("sekretariat")
    said = await staff.says(
        "Rolle eier-rana eierkontakt Bodø fra 1.2.2023 til 31.7.2024 fordi Hun vikarierer i Bodø."
    )
    assert said == (
        "Kontakt for Rana kommune (eksempel) er eierkontakt for Bodø kommune, fra 1. februar 2023 til og med "
        "31. juli 2024. Begrunnelsen er lagret."
    )
    entry = (await history(town, "eier-rana"))[-1]
    assert (entry.actor, entry.action, entry.at) == ("sekretariat", "role_added", town.at)
    assert entry.detail is not None
    assert (entry.detail["organisation"], entry.detail["reason"]) == ("1804", "Hun vikarierer i Bodø")
    assert await holders(town, RoleKind.OWNER_CONTACT, date(2023, 1, 31), organisation="1804") == [
        "eier-bodo",
        "eier-bodo-2",
    ]
    assert "eier-rana" in await holders(town, RoleKind.OWNER_CONTACT, date(2024, 7, 31), organisation="1804")
    assert "eier-rana" not in await holders(
        town, RoleKind.OWNER_CONTACT, date(2024, 8, 1), organisation="1804"
    )
    assert "ny behovsmelding" in await town.person("eier-rana").says("hjelp")


async def test_role_ends_by_its_last_day(town: Town) -> None:
    staff = town.person("administrator")
    said = await staff.says("avslutt rolle eier-bodo eierkontakt fordi hun slutter")
    assert said == (
        "Kontakt for Bodø kommune (eksempel) er eierkontakt for Bodø kommune, fra 1. januar 2022 til og med "
        "16. januar 2023. Begrunnelsen er lagret."
    )
    assert "eier-bodo" in await holders(town, RoleKind.OWNER_CONTACT, TODAY, organisation="1804")
    tomorrow = TODAY + timedelta(days=1)
    assert "eier-bodo" not in await holders(town, RoleKind.OWNER_CONTACT, tomorrow, organisation="1804")
    entry = (await history(town, "eier-bodo"))[-1]
    assert (entry.actor, entry.action) == ("administrator", "role_ended")
    assert entry.detail is not None
    assert (entry.detail["last_day"], entry.detail["reason"]) == ("2023-01-16", "hun slutter")


@pytest.mark.parametrize(
    ("person", "request_", "answer"),
    [
        (
            "sekretariat",
            "Gi rolle eier-rana nettverksinnmelder 1841 fordi RKK skriver",
            "nettverksinnmelder for Fauske – Fuossko kommune",
        ),
        (
            "sekretariat",
            "rolle eier-rana medlem fagutvalg skole fra i dag av di ho er vald",
            "medlem for Fagutvalg skole",
        ),
        (
            "sekretariat",
            "rolle eier-rana sekretariat because of leave",
            "er sekretariat, fra 16. januar 2023.",
        ),
        (
            "sekretariat-2",
            "rolle eier-rana eigarkontakt eksempel-friskole fordi X",
            "er eigarkontakt for Friskole i Vestvågøy",
        ),
    ],
)
async def test_requests_are_understood(town: Town, person: str, request_: str, answer: str) -> None:
    assert answer in await town.person(person).says(request_)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (
            "rolle eier-rana eierkontakt 1804",
            "Skriv også hvorfor. I chatten står det til slutt, etter «fordi».",
        ),
        ("rolle eier-rana fordi hun", "Jeg kjenner ikke den rollen. Skriv en av disse: eierkontakt"),
        ("rolle ingen eierkontakt 1804 fordi x", "Jeg finner ingen «ingen» i registeret."),
        ("rolle eier-rana eierkontakt fordi x", "Denne rollen hører til en organisasjon."),
        ("rolle eier-rana eierkontakt Oslo fordi x", "Jeg finner ikke «Oslo»."),
        ("rolle eier-rana eierkontakt nord fordi x", "Nord universitet kan ikke ha en slik rolle."),
        ("rolle eier-bodo eierkontakt 1804 fordi x", "Dette gjelder allerede fra 1. januar 2022."),
        ("rolle eier-rana eierkontakt 1804 fra 31.2.2023 fordi x", "Dagen 31.2.2023 finnes ikke."),
        (
            "rolle eier-rana eierkontakt 1804 fra 1.2.2023 til 1.1.2023 fordi x",
            "Slutten kommer før begynnelsen.",
        ),
        (
            "rolle sekretariat administrator fordi x",
            "Din egen rolle kan du ikke endre. Be en kollega om å gjøre det.",
        ),
        ("avslutt rolle", "Skriv for eksempel «avslutt rolle eier-bodo"),
        ("avslutt rolle eier-bodo eierkontakt 1804", "Skriv også hvorfor."),
        (
            "avslutt rolle eier-bodo eierkontakt 1804 til 15.1.2023 fordi x",
            "Siste dag har vært. Skriv dagen i dag",
        ),
        (
            "avslutt rolle eier-bodo beslutter fordi x",
            "Kontakt for Bodø kommune (eksempel) har ikke den rollen nå.",
        ),
        ("avslutt rolle eier-saltdal-tidligere eierkontakt fordi x", "har ikke den rollen nå."),
        ("avslutt rolle rkk-salten eierkontakt fordi x", "har ikke den rollen nå."),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do(town: Town, request_: str, answer: str) -> None:
    before = await town.store.read(audit.verify), len(await history(town, "eier-bodo"))
    assert answer in await town.person("sekretariat").says(request_)
    assert (await town.store.read(audit.verify), len(await history(town, "eier-bodo"))) == before
    assert await holders(town, RoleKind.OWNER_CONTACT, TODAY, organisation="1804") == [
        "eier-bodo",
        "eier-bodo-2",
    ]


async def test_card_gives_and_ends_a_role(town: Town) -> None:
    staff = town.person("sekretariat")
    await staff.says("rolle")
    typed = {"person": "eier-rana", "kind": "owner_contact", "where": "Fauske kommune"}
    assert "Feil: Skriv også hvorfor." in await staff.presses("Gi rollen", typed)
    card = staff.card
    said = await staff.presses("Gi rollen", {"why": "Ny i jobben"})
    assert "er eierkontakt for Fauske – Fuossko kommune, fra 16. januar 2023." in said
    assert "Det er slik fra før" in await staff.presses("Gi rollen", {"why": "Ny i jobben"}, on=card)
    said = await staff.presses("Avslutt rollen", {"valid_to": "30.6.2023", "why": "Feil person"}, on=card)
    assert "fra 16. januar 2023 til og med 30. juni 2023" in said
    reasons = [entry.detail["reason"] for entry in (await history(town, "eier-rana"))[-2:] if entry.detail]
    assert reasons == ["Ny i jobben", "Feil person"]


async def test_press_that_comes_twice_is_done_once(town: Town) -> None:
    staff = town.person("sekretariat")
    await staff.says("rolle")
    given = {"person": "eier-rana", "kind": "owner_contact", "where": "1841", "why": "x"}
    await staff.presses("Gi rollen", given)
    rows = len(await history(town, "eier-rana"))
    assert "Gi eller avslutt en rolle" in await staff.repeats()
    assert len(await history(town, "eier-rana")) == rows


FORGED = {
    "another verb": ("submit", {}),
    "another field": ("give", {"valid_from": "", "person_id": "sekretariat"}),
    "another kind": ("give", {"kind": "king"}),
    "more than a field holds": ("give", {"why": "x" * 501}),
}


@pytest.mark.parametrize(("verb", "inputs"), FORGED.values(), ids=FORGED)
async def test_forged_press_gets_the_neutral_answer(town: Town, verb: str, inputs: dict[str, str]) -> None:
    staff = town.person("sekretariat")
    await staff.says("rolle")
    assert staff.card is not None
    card_id = staff.card["actions"][0]["data"]["ci"]
    whole = {"person": "eier-rana", "kind": "owner_contact", "where": "1841", "why": "x"} | inputs
    said = await staff._does(Pressed(verb, card_id, whole), invoked=True)
    assert said == texts("nb")("say.unknown_card")
    assert "eier-rana" not in await holders(town, RoleKind.OWNER_CONTACT, TODAY, organisation="1841")


@pytest.mark.parametrize("person", ["eier-bodo", "uh-nord", "medlem-forum", "beslutter", "rkk-salten"])
async def test_others_keep_their_hands_off(town: Town, person: str) -> None:
    """By words, and on a card that should not be before them."""
    talk = town.person(person)
    for words in (
        "rolle",
        f"rolle {person} sekretariat fordi x",
        "avslutt rolle eier-bodo eierkontakt 1804 fordi x",
        "trekk kode eier-bodo",
        "hvem er 1804",
    ):
        assert (
            await talk.says(words) == "Dette ser bare de som har det som oppgave hos Statsforvalteren. "
            "Skriv «mine saker» for å se dine egne saker."
        )
    row = CardInstance("id-x", "role", "", "", person, talk.address.conversation_id, {}, {}, town.at)
    await town.work(lambda work: cards.add(work, row))
    given = {"person": "eier-rana", "kind": "administrator", "why": "x"}
    assert (await talk._does(Pressed("give", "id-x", given), invoked=True)).startswith(
        "Dette ser bare de som har det som oppgave"
    )
    assert await holders(town, RoleKind.ADMINISTRATOR, TODAY) == ["administrator"]


async def test_who_has_a_role(town: Town) -> None:
    staff = town.person("sekretariat")
    said = await staff.says("hvem er 1804?")
    assert "Bodø kommune: 2 roller." in said
    assert "Kontakt for Bodø kommune (eksempel) – eierkontakt (eier-bodo), fra 1. januar 2022" in said
    assert await staff.says("hvem er Fagutvalg skole") == (
        "Roller nå\nFagutvalg skole: 1 rolle.\n"
        "Medlem av fagutvalg skole (eksempel) – medlem (medlem-skole), fra 1. januar 2022"
    )
    assert "Rådgiver ved RKK Salten (eksempel): 9 roller." in await staff.says("hvem er rkk-salten")
    assert "har ingen roller nå" in await staff.says("hvem er eier-saltdal-tidligere")
    assert "Ingen har en rolle for Leirfjord kommune nå" in await staff.says("hvem er Leirfjord")
    assert "Jeg finner ikke «kongen»" in await staff.says("hvem er kongen")


async def test_code_is_taken_back(town: Town) -> None:
    staff = town.person("sekretariat")
    assert "har ingen kode som gjelder" in await staff.says("trekk kode eier-bodo")
    await staff.says("inviter eier-bodo")
    assert "virker ikke lenger" in await staff.says("trekk kode eier-bodo")
    assert "har ingen kode som gjelder" in await staff.says("trekk kode eier-bodo")
    assert "Jeg finner ingen «ingen»" in await staff.says("trekk kode ingen")
    assert "Skriv kortnavnet" in await staff.says("trekk kode")
    assert [entry.action for entry in await history(town, "eier-bodo")][-2:] == [
        "code_issued",
        "code_revoked",
    ]
    code = "BBBBBBBBBB"
    await town.work(lambda work: issue(work, "eier-rana", code, b"salt", MACHINE_NOW))
    assert await town.work(lambda work: enrolment.revoke(work, "eier-rana", MACHINE_NOW)) is True
    assert "Den koden virker ikke" in await town.person("ukjent").says(code)


async def told(town: Town) -> tuple[Item, ...]:
    found = await town.store.read(lambda connection: outbox.in_state(connection, OutboxState.PENDING))
    return tuple(item for item in found if item.kind == "code_locked")


async def test_code_tried_six_times_is_locked_and_staff_are_told_once(town: Town) -> None:
    code = "BCDEFGHJKM"
    await town.work(lambda work: issue(work, "eier-rana", code, b"salt", MACHINE_NOW))
    wrong = "BCDEKKKKK"
    for number in range(2, 7):
        assert await told(town) == ()
        stranger = town.person(f"gjetter-{number}")
        assert "Den koden virker ikke" in await stranger.says(f"{wrong}{number}")
    assert [(item.recipient, item.payload) for item in await told(town)] == [
        (staff, {"person": "eier-rana"}) for staff in ("sekretariat", "sekretariat-2")
    ]
    assert "Den koden virker ikke" in await town.person("gjetter-7").says(code)
    assert len(await told(town)) == 2
    assert (await history(town, "eier-rana"))[-1].action == "code_locked"


async def test_staff_are_told_in_words_while_they_are_staff(town: Town) -> None:
    await town.person("sekretariat").says("hjelp")
    about = {"person": "eier-rana"}

    def prepared(work: Work) -> Ready | Unwanted:
        return notices.prepare(work, town.house, "code_locked", "sekretariat", about)

    ready = await town.work(prepared)
    assert isinstance(ready, Ready)
    words = texts("nb")("notice.code_locked", name="Kontakt for Rana kommune (eksempel)", person="eier-rana")
    assert ready.message.text.splitlines()[1:] == [words]
    await town.person("administrator").says("avslutt rolle sekretariat sekretariat fordi hun slutter")
    town.at += timedelta(days=1)
    assert await town.work(prepared) == Unwanted("no_right_any_more")
