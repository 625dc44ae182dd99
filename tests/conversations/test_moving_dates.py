"""Staff keep the year: they approve a draft, give its events their days, and see first what depends on a date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dialogs.notices import prepare
from domain.calendar import Precision
from domain.demo import demo_register
from domain.forum import load_forum
from domain.messages import Ready, Unwanted
from store import audit, outbox, roster, years
from store.outbox import Item, OutboxState
from tests.conversations.harness import Talk, Town, buttons_on
from tests.conversations.morning import delivered, everybody_comes, morning

IN_NOVEMBER = datetime(2023, 11, 6, 9, tzinfo=UTC)
SEATS = ("medlem-barnehage", "medlem-skole", "medlem-vgo")
NOT_SETTLED = "Året 2024\nÅrshjulet for 2024 er ikke fastsatt ennå. Sekretariatet sier fra når det er klart."


@pytest.fixture
def staff(town: Town) -> Talk:
    return town.person("sekretariat")


def titles(talk: Talk) -> list[str]:
    assert talk.card
    return [button["title"] for button in buttons_on(talk.card)]


async def first_day(town: Town, year: int, key: str) -> date | None:
    event = (await known(town, year)).year.event(key)
    return event.first if event else None


async def known(town: Town, year: int) -> years.KnownYear:
    return await town.store.read(lambda connection: years.year_of(connection, "nordland", year))


async def fill(staff: Talk, event: str, *answers: str, year: str = "") -> str:
    """By typing, up to the summary; what is not answered is passed over."""
    await staff.says(f"flytt dato {year}")
    await staff.says("skriv")
    said = await staff.says(event)
    for answer in answers:
        said = await staff.says(answer)
    while "Spørsmål" in said and "Feil:" not in said:
        said = await staff.says("hopp over")
    return said


async def ask_to_move(staff: Talk, event: str, *answers: str, year: str = "") -> str:
    await fill(staff, event, *answers, year=year)
    return await staff.says("send inn")


async def notices(town: Town) -> list[Item]:
    rows = await town.store.read(lambda connection: outbox.in_state(connection, OutboxState.PENDING))
    return [row for row in rows if row.kind == "event_moved"]


async def prepared(town: Town, item: Item) -> Ready | Unwanted:
    made: Ready | Unwanted = await town.work(
        lambda work: prepare(work, town.house, item.kind, item.recipient, item.payload)
    )
    return made


# A draft


async def test_staff_see_a_draft_with_what_to_look_at_and_others_that_it_is_not_settled(
    town: Town, staff: Talk
) -> None:
    town.at = IN_NOVEMBER
    assert await town.person("eier-bodo").says("årshjul 2024") == NOT_SETTLED
    said = (await staff.says("årshjul 2024")).splitlines()
    assert said[1].startswith("Dette er et utkast til årshjul for 2024. 18 ting å se på først.")
    assert said[2:7] == [
        "Samarbeidsforum: foreløpig innstilling – 17. mars 2024 er helg eller helligdag."
        " Sett en annen dag, helst før 11. mars 2024",
        "Tildelingsbrevene er klare – 1. april 2024 er helg eller helligdag."
        " Dagen står, men se på den senest 21. mars 2024",
        "Nettverk Indre Helgeland: tildelingen 2024 og involvering av eierne – april–mai 2024: sett en dato",
        "Nettverk Salten, barnehage (skole): eiere fra alle kommunene – april–mai 2024: sett en dato",
        "Frist for rapport om midler tildelt i 2023 – 15. juni 2024 er helg eller helligdag,"
        " så fristen er flyttet til 17. juni 2024",
    ]
    assert said[19] == (
        "Merk – «Samarbeidsforum: foreløpig innstilling» kommer etter «Innstillingen skal være hos Statsforvalteren»."
    )
    assert titles(staff)[0] == "Godkjenn"


async def test_a_draft_is_approved_by_its_button_once(town: Town, staff: Talk) -> None:
    town.at = IN_NOVEMBER
    await staff.says("årshjul 2024")
    card = staff.card
    said = await staff.presses("Godkjenn")
    assert said == (
        "Årshjulet for 2024 er godkjent\n"
        "Nå ser alle det med «årshjul 2024», og påminnelser og innkallinger følger det. "
        "Det neste: 10 datoer skal settes. Skriv «flytt dato 2024»."
    )
    assert await staff.presses("Godkjenn", on=card) == "Årshjulet for 2024 er alt godkjent."
    assert "Det neste er" in await town.person("eier-bodo").says("årshjul 2024")
    rows = await town.store.read(lambda connection: audit.history(connection, "year:2024"))
    assert [(row.action, row.actor, row.at) for row in rows] == [
        ("drafted", "sekretariat", IN_NOVEMBER),
        ("approved", "sekretariat", IN_NOVEMBER),
    ]


@pytest.mark.parametrize("words", ["godkjenn årshjulet", "godkjenn årshjulet 2024"])
async def test_a_draft_is_approved_by_typing(town: Town, staff: Talk, words: str) -> None:
    town.at = IN_NOVEMBER
    assert (await staff.says(words)).startswith("Årshjulet for 2024 er godkjent")
    assert (await known(town, 2024)).is_approved


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("godkjenn årshjulet 2023", "Årshjulet for 2023 er alt godkjent."),
        ("godkjenn årshjulet 2022", "Jeg har ingen plan for 2022. Skriv «møter» for å se hva som kommer."),
    ],
)
async def test_what_cannot_be_approved_is_said(staff: Talk, words: str, said: str) -> None:
    assert await staff.says(words) == said


async def test_a_year_that_is_over_is_not_approved(town: Town, staff: Talk) -> None:
    town.at = datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert await staff.says("godkjenn årshjulet 2024") == "Året 2024 er over, og står som det var."
    await staff.says("årshjul 2024")
    assert "Godkjenn" not in titles(staff)


async def test_only_the_secretariat_keeps_the_year(town: Town) -> None:
    for person in ("eier-bodo", "medlem-skole", "beslutter"):
        for words in ("godkjenn årshjulet 2024", "flytt dato"):
            await town.person(person).says(words)
    assert not (await known(town, 2024)).version


async def test_what_was_changed_since_the_card_is_read_before_it_is_approved(town: Town, staff: Talk) -> None:
    town.at = IN_NOVEMBER
    await staff.says("årshjul 2024")
    card = staff.card
    other = town.person("sekretariat-2")
    await ask_to_move(other, "Fagutvala behandlar", "16. februar", year="2024")
    await other.says("ja")
    said = await staff.presses("Godkjenn", on=card)
    assert said.startswith("Årshjulet for 2024 er endret siden kortet ble vist.")
    assert not (await known(town, 2024)).is_approved
    assert (await staff.presses("Godkjenn")).startswith("Årshjulet for 2024 er godkjent")


# Moving


async def test_before_a_date_is_moved_it_is_shown_who_and_what_depends_on_it(staff: Talk) -> None:
    said = await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    assert said.partition("\n\n")[0].splitlines() == [
        "Flytte denne datoen?",
        "Frist for behovsmeldinger",
        "Fra 1. februar 2023 til 8. februar 2023.",
        "Det gjelder 16 personer: eierne og de som skriver for dem.",
        "De er Annen kontakt for Bodø kommune (eksempel), Kontakt for Alstahaug kommune (eksempel), Kontakt for"
        " Bodø kommune (eksempel), Kontakt for Brønnøy kommune (eksempel), Kontakt for Fauske kommune (eksempel),"
        " Kontakt for Meløy kommune (eksempel), Kontakt for Narvik kommune (eksempel), Kontakt for Nordland"
        " fylkeskommune (eksempel), Kontakt for Rana kommune (eksempel), Kontakt for Sortland kommune (eksempel) og 6"
        " til.",
        "Dette henger sammen med den: Fagutvalgene behandler behovsmeldingene: barnehage, skole og videregående"
        " (14. februar 2023).",
        "Ingen meldinger om den er sendt.",
        "Flytter du, får hver av dem én melding om den nye datoen.",
    ]
    assert titles(staff) == ["Flytt", "La stå"]


async def test_a_moved_deadline_counts_everywhere(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    assert (await staff.presses("Flytt")).startswith(
        "Datoen er flyttet\nFrist for behovsmeldinger: 8. februar 2023. 16 personer får melding."
    )
    owner = town.person("eier-bodo")
    town.at = datetime(2023, 2, 6, 9, tzinfo=UTC)
    assert "8. februar 2023" in await owner.says("frister")
    await owner.says("ny behovsmelding")
    assert "frist 8. februar 2023" in await owner.says("oppgaver")
    town.at = datetime(2023, 2, 9, 9, tzinfo=UTC)
    assert "1. februar 2024" in await owner.says("frister")


async def test_a_date_is_left_where_it_is(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    assert (
        await staff.presses("La stå") == "Ingenting er flyttet. Frist for behovsmeldinger: 1. februar 2023."
    )
    assert await notices(town) == []
    assert not (await known(town, 2023)).version
    assert "Ny dato" not in await staff.says("mine saker")


async def test_the_question_is_answered_by_typing(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    assert await staff.says("kanskje") == "Svar «ja» for å flytte datoen, eller «nei» for å la den stå."
    assert (await staff.says("flytt")).startswith("Datoen er flyttet")
    assert await first_day(town, 2023, "needs_report_deadline") == date(2023, 2, 8)


async def test_a_yes_after_something_else_moves_nothing(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    await staff.says("hjelp")
    await staff.says("ja")
    assert await first_day(town, 2023, "needs_report_deadline") == date(2023, 2, 1)


async def test_a_press_that_comes_twice_moves_once(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")
    card = staff.card
    await staff.presses("Flytt")
    await staff.presses("Flytt", on=card)
    await staff.presses("La stå", on=card)
    assert (await known(town, 2023)).versions["needs_report_deadline"] == 2
    assert len({item.recipient for item in await notices(town)}) == len(await notices(town))


async def test_a_month_gets_its_day_hours_and_place(town: Town, staff: Talk) -> None:
    said = await ask_to_move(
        staff, "Nettverk Ytre Helgeland", "11. oktober", "hopp over", "9-15", "Kulturbadet", "digitalt"
    )
    assert said.splitlines()[2] == "Fra oktober 2023 til 11. oktober 2023 kl. 09.00–15.00."
    await staff.says("ja")
    event = (await known(town, 2023)).year.event("region_yh_autumn")
    assert event
    assert (event.precision, event.first, event.place, event.form) == (
        Precision.DAY,
        date(2023, 10, 11),
        "Kulturbadet",
        "digital",
    )
    assert [item.recipient for item in await notices(town)] == ["eier-alstahaug"]


async def test_what_is_held_if_needed_gets_its_days(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Nettverk Lofoten", "12. juni", "13. juni")
    await staff.says("ja")
    event = (await known(town, 2023)).year.event("region_lofoten")
    assert event
    assert (event.first, event.last) == (date(2023, 6, 12), date(2023, 6, 13))


# What is refused, and what is only said


@pytest.mark.parametrize(
    ("event", "day", "why"),
    [
        ("Frist for behovsmeldinger", "30. februar", "Dagen 30.2.2023 finnes ikke. Sjekk dag og måned."),
        (
            "Frist for behovsmeldinger",
            "2. januar 2023",
            "Dagen 2. januar 2023 har vært. Skriv en dag fra i dag og framover.",
        ),
        (
            "Frist for behovsmeldinger",
            "15. februar",
            "Det ville komme etter «Fagutvalgene behandler behovsmeldingene: barnehage, skole og videregående»,"
            " som er 14. februar 2023. Skriv en tidligere dag, eller flytt den andre først.",
        ),
        (
            "Innstillingen skal være",
            "13. februar",
            "Det ville komme før «Fagutvalgene behandler behovsmeldingene: barnehage, skole og videregående»,"
            " som er 14. februar 2023. Skriv en senere dag, eller flytt den andre først.",
        ),
        (
            "Samarbeidsforum: foreløpig",
            "12. april",
            "Det ville komme etter «Tildelingsbrevene er klare», som er 1. april 2023."
            " Skriv en tidligere dag, eller flytt den andre først.",
        ),
        (
            "Frist for behovsmeldinger",
            "3. februar 2024",
            "Dagen må være i 2023. Skriv den med årstall, for eksempel 12. september 2023.",
        ),
    ],
)
async def test_a_day_that_does_not_do_is_refused_and_kept(
    staff: Talk, event: str, day: str, why: str
) -> None:
    await staff.says("flytt dato")
    await staff.says("skriv")
    await staff.says(event)
    said = (await staff.says(day)).splitlines()
    assert f"Feil: {why}" in said
    assert [line for line in said if line.startswith("Nå står det: ")] != []


async def test_what_did_not_fit_together_before_is_said_and_no_reason_to_refuse(
    town: Town, staff: Talk
) -> None:
    said = await ask_to_move(staff, "Samarbeidsforum: foreløpig", "18. mars")
    assert [line for line in said.splitlines() if "18. mars" in line or "kommer etter" in line] == [
        "Fra 17. mars 2023 til 18. mars 2023.",
        "18. mars 2023 er helg eller helligdag.",
        "«Samarbeidsforum: foreløpig innstilling» kommer etter «Innstillingen skal være hos Statsforvalteren».",
    ]
    await staff.says("ja")
    assert await first_day(town, 2023, "forum_meeting_spring") == date(2023, 3, 18)


@pytest.mark.parametrize(("hours", "is_read"), [("9", False), ("25-26", False), ("kl. 9 til 15", True)])
async def test_hours_have_a_beginning_and_an_end(staff: Talk, hours: str, is_read: bool) -> None:
    said = await fill(staff, "Nettverk Ytre Helgeland", "11. oktober", "hopp over", hours)
    why = "Feil: Skriv når det begynner og slutter, for eksempel 9.00–15.00."
    assert (why in said.splitlines()) is not is_read


async def test_the_last_day_is_not_before_the_first(staff: Talk) -> None:
    said = await fill(staff, "Nettverk Ytre Helgeland", "11. oktober", "10. oktober")
    why = "Feil: Siste dag kan ikke være før 11. oktober 2023. Skriv en senere dag, eller la den stå tom."
    assert why in said.splitlines()


@pytest.mark.parametrize("day", ["20. juni", "20.06", "20. juni 2024"])
async def test_a_day_without_a_year_is_of_the_year_that_is_moved(town: Town, staff: Talk, day: str) -> None:
    town.at = IN_NOVEMBER
    said = await ask_to_move(staff, "Frist for rapport", day, year="2024")
    assert said.splitlines()[2] == "Fra 17. juni 2024 til 20. juni 2024."


# Telling of it


async def test_each_person_gets_one_notice_with_the_latest_date(town: Town, staff: Talk) -> None:
    """Two moves before anything is sent: the first notice is no longer wanted, the second says where it is now."""
    for person in SEATS:
        await town.person(person).joins()
    for day in ("16. februar", "21. februar"):
        await ask_to_move(staff, "Fagutvalgene behandler", day)
        await staff.says("ja")
    found: dict[str, list[str]] = {}
    for item in await notices(town):
        made = await prepared(town, item)
        found.setdefault(item.recipient, []).append(
            made.reason if isinstance(made, Unwanted) else made.message.text
        )
    said = (
        "Ny dato\n«Fagutvalgene behandler behovsmeldingene: barnehage, skole og videregående» har fått ny dato: "
        "21. februar 2023. Sted: Teams."
    )
    assert found == {person: ["moved_again", said] for person in SEATS}


async def test_what_has_been_sent_stays_and_is_counted(town: Town, staff: Talk) -> None:
    await ask_to_move(staff, "Fagutvalgene behandler", "16. februar")
    await staff.says("ja")

    def send(work: object) -> None:
        for item in outbox.claim(work, 99, town.at + timedelta(hours=1), town.at):  # type: ignore[arg-type]  # a Work
            outbox.sent(work, item, "activity")  # type: ignore[arg-type]

    await town.work(send)
    said = await ask_to_move(staff, "Fagutvalgene behandler", "21. februar")
    assert "3 meldinger om den er sendt. De blir stående." in said.splitlines()
    await staff.says("ja")
    assert len(await notices(town)) == 3
    sent = await town.store.read(lambda connection: outbox.in_state(connection, OutboxState.SENT))
    assert [item.payload["version"] for item in sent] == ["2", "2", "2"]


async def test_after_the_first_step_staff_read_that_people_may_have_been_reminded(
    town: Town, staff: Talk
) -> None:
    await everybody_comes(town)
    reminded, nothing_sent = (
        "Noen kan ha fått påminnelser om den. De blir stående.",
        "Ingen meldinger om den er sendt.",
    )
    for on, said in ((date(2023, 1, 17), nothing_sent), (date(2023, 1, 18), reminded)):
        await morning(town, on)
        lines = (await ask_to_move(staff, "Frist for behovsmeldinger", "8. februar")).splitlines()
        assert [line for line in lines if line in (reminded, nothing_sent)] == [said]
        await staff.says("nei")


async def test_a_date_of_a_draft_is_told_to_nobody(town: Town, staff: Talk) -> None:
    town.at = IN_NOVEMBER
    said = await ask_to_move(staff, "Fagutvalgene behandler", "16. februar", year="2024")
    assert "Årshjulet er et utkast, så ingen får melding." in said.splitlines()
    await staff.says("ja")
    assert await first_day(town, 2024, "committee_treatment") == date(2024, 2, 16)
    assert await notices(town) == []
    assert await town.person("eier-bodo").says("årshjul 2024") == NOT_SETTLED


async def test_a_deadline_that_people_are_reminded_of_is_told_before_its_year_is_approved(
    town: Town, staff: Talk
) -> None:
    await everybody_comes(town)
    assert "frist 1. februar 2024" in (await morning(town, date(2024, 1, 18)))["eier-rana"]
    town.at = datetime(2024, 1, 19, 9, tzinfo=UTC)
    said = await ask_to_move(staff, "Frist for behovsmeldinger", "23. januar", year="2024")
    assert "Flytter du, får hver av dem én melding om den nye datoen." in said.splitlines()
    assert "16 personer får melding." in await staff.says("ja")
    told = await delivered(town)
    assert told["eier-rana"] == "Ny dato\n«Frist for behovsmeldinger» har fått ny dato: 23. januar 2024."


@pytest.mark.parametrize(("granted_in", "told"), [(2022, []), (2023, ["eier-friskole", "uh-nord"])])
async def test_another_day_for_a_report_is_told_to_those_who_hold_the_money_that_it_is_about(
    town: Town, staff: Talk, granted_in: int, told: list[str]
) -> None:
    grants = tuple(replace(each, year=granted_in) for each in demo_register(load_forum("nordland")).grants)
    await town.work(lambda work: roster.seed_grants(work, grants))
    for person in ("eier-friskole", "uh-nord"):
        await town.person(person).joins()
    await delivered(town)
    town.at = IN_NOVEMBER
    await staff.says("godkjenn årshjulet 2024")
    await ask_to_move(staff, "Frist for rapport", "20. juni 2024", year="2024")
    await staff.says("ja")
    assert sorted(await delivered(town)) == told


async def test_what_is_over_is_not_told(town: Town, staff: Talk) -> None:
    for person in SEATS:
        await town.person(person).joins()
    await ask_to_move(staff, "Fagutvalgene behandler", "16. februar")
    await staff.says("ja")
    items = await notices(town)
    town.at = datetime(2023, 2, 17, 9, tzinfo=UTC)
    assert {made.reason for item in items if isinstance(made := await prepared(town, item), Unwanted)} == {
        "is_over"
    }
