"""The half-year report: asked for by the year, written on one card, confirmed by owner and university."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from dialogs import notices
from dialogs.desk import Inquiry
from dialogs.queries.reports import QUERY
from dialogs.texts import texts
from domain.access import Reach
from domain.demo import demo_register
from domain.forum import load_forum
from domain.roster import changes
from store import audit, checks, confirmations, drafts, grant_reports, outbox, register, roster
from store.outbox import Way
from store.work import Work
from tests.conversations.harness import Talk, Town, buttons_on, standing_in
from tests.conversations.morning import delivered, morning
from tests.conversations.test_writing_together import told

IN_SEPTEMBER = datetime(2023, 9, 4, 9, tzinfo=UTC)
SUBJECT = "half_year:Eksempel 2022/3:eksempel-friskole:nord:2023-2"
GRANT = ("Eksempel 2022/3", "nord")
GREEN = {
    "status": "green",
    "activities": "To samlinger, og arbeid i team mellom dem.",
    "participants_staff": "ca. 40",
    "unspent_risk": "no",
}
RED = GREEN | {
    "status": "red",
    "deviation": "Prosjektlederen har sluttet, og ingen har tatt over.",
    "unspent_risk": "yes",
    "unspent_nok": "250 000",
    "help_needed": "Vi trenger en samtale om veien videre.",
}


@pytest.fixture(autouse=True)
async def granted(town: Town) -> None:
    """The grants of the demo register, in the first days of the season."""
    await town.work(lambda work: roster.seed_grants(work, demo_register(load_forum("nordland")).grants))
    town.at = IN_SEPTEMBER


def titles(talk: Talk) -> list[str]:
    assert talk.card is not None
    return [button["title"] for button in buttons_on(talk.card)]


async def filed(town: Town, answers: dict[str, str] = GREEN, *, by: str = "eier-friskole") -> Talk:
    talk = town.person(by)
    await talk.says("halvårsrapport")
    if "Nr. 1" in titles(talk):
        await talk.presses("Nr. 2")
    await talk.presses("Send inn halvårsrapporten", answers)
    town.at += timedelta(minutes=5)
    return talk


async def corrected(town: Town, **fields: object) -> None:
    """The grant is otherwise in the register from now on."""

    def bring_in(work: Work) -> None:
        before = roster.read(work.connection)
        grants = tuple(
            replace(grant, **fields) if grant.reference == "Eksempel 2022/3" else grant  # type: ignore[arg-type]
            for grant in before.grants
        )
        roster.apply(work, changes(before, replace(before, grants=grants)), "feil eier")

    await town.work(bring_in)
    town.at += timedelta(minutes=1)


async def added_up(town: Town) -> dict[str, int]:
    """The sums of the columns with money in the sheet of all reports."""

    def sums(connection: Connection) -> dict[str, int]:
        actor = register.actor_of(connection, "sekretariat", town.at.date())
        assert actor is not None
        answer = QUERY.answer(Inquiry(connection, actor, texts("nb"), town.house.forum, town.at), "")
        assert answer.sheet is not None
        table = answer.sheet()
        return {
            column.title: sum(row[place] or 0 for row in table.rows)  # type: ignore[misc]
            for place, column in enumerate(table.columns)
            if column.kind == "nok"
        }

    found: dict[str, int] = await town.store.read(sums)
    return found


async def stands(town: Town) -> dict[str, bool]:
    """Who is asked, and has confirmed what stands now."""
    found = await town.store.read(lambda c: confirmations.standing(c, f"report:{SUBJECT}"))
    return {side: each.holds for side, each in found.items()}


async def submissions(town: Town) -> list[tuple[int, str]]:
    found = await town.store.read(lambda c: grant_reports.versions(c, SUBJECT))
    return [(version.submission, version.submitted_by) for version in found]


async def press_in_notice(town: Town, talk: Talk, kind: str) -> str:
    """Send what the outbox has of that kind for the person, and let them have its card before them."""
    rows = await town.store.read(lambda c: outbox.in_state(c, outbox.OutboxState.PENDING))
    row = [each for each in rows if (each.kind, each.recipient) == (kind, talk.person_id)][-1]
    ready = await town.work(
        lambda work: notices.prepare(work, town.house, row.kind, row.recipient, row.payload)
    )
    talk.card = ready.message.card
    return str(ready.message.text)


async def test_one_card_is_filled_in_and_the_other_party_confirms_it(town: Town) -> None:
    owner, university = town.person("eier-friskole"), town.person("uh-nord")
    await university.says("hei")
    shown = await owner.says("halvårsrapport")
    assert "Friskole i Vestvågøy (eksempel) og Nord universitet" in shown
    assert (
        "Dekom, tilskudd 2022: 500 000 kr til eier, 600 000 kr til universitet og høgskole"
        in shown.replace("\xa0", " ")
    )
    assert owner.card is not None
    assert list(standing_in(owner.card)) == [
        *("status", "activities", "participants_staff", "deviation"),
        *("unspent_risk", "unspent_nok", "help_needed"),
    ]
    shown = await owner.presses("Send inn halvårsrapporten", GREEN)
    assert "Takk, halvårsrapporten er sendt inn." in shown
    assert "Bekreftet av Friskole i Vestvågøy (eksempel). Mangler bekreftelse fra Nord universitet." in shown
    assert await stands(town) == {"eksempel-friskole": True, "nord": False}
    asked = await press_in_notice(town, university, "report_confirm")
    assert "Stemmer det? Bekreft, eller endre det som er feil." in asked
    assert "To samlinger, og arbeid i team mellom dem." in asked
    shown = await university.presses("Bekreft")
    assert "Bekreftet av Friskole i Vestvågøy (eksempel) og Nord universitet." in shown
    assert titles(university) == ["Endre rapporten"]
    assert await stands(town) == {"eksempel-friskole": True, "nord": True}
    assert await submissions(town) == [(1, "eier-friskole")]
    assert await town.store.read(audit.verify) == ()


async def test_university_may_write_it_and_then_the_owner_confirms(town: Town) -> None:
    await town.person("eier-friskole").says("hei")
    university = await filed(town, by="uh-nord")
    assert university.texts[0].startswith("Halvårsrapport")
    owner = town.person("eier-friskole")
    await press_in_notice(town, owner, "report_confirm")
    await owner.presses("Bekreft")
    assert await stands(town) == {"eksempel-friskole": True, "nord": True}
    assert await submissions(town) == [(1, "uh-nord")]


async def test_a_change_voids_the_confirmation_and_says_what_changed(town: Town) -> None:
    university = town.person("uh-nord")
    await university.says("hei")
    owner = await filed(town)
    await press_in_notice(town, university, "report_confirm")
    seen_before = university.card
    await university.presses("Bekreft")
    await owner.says("halvårsrapport")
    await owner.presses("Endre rapporten")
    await owner.presses(
        "Send inn halvårsrapporten", {"status": "yellow", "deviation": "En samling er utsatt."}
    )
    assert await stands(town) == {"eksempel-friskole": True, "nord": False}
    assert await submissions(town) == [(1, "eier-friskole"), (2, "eier-friskole")]
    asked = await press_in_notice(town, university, "report_confirm")
    assert "har endret rapporten. Stemmer den nå?" in asked
    assert "Hvordan går det? fra «Grønt – i rute» til «Gult – noe forsinket»" in asked
    assert "Hva går ikke som planlagt? fra «står tomt» til «En samling er utsatt.»" in asked
    shown = await university.presses("Bekreft", on=seen_before)
    assert "Ikke bekreftet: Rapporten er endret siden du så den." in shown
    assert await stands(town) == {"eksempel-friskole": True, "nord": False}
    await university.presses("Bekreft")
    assert await stands(town) == {"eksempel-friskole": True, "nord": True}


async def test_whoever_corrects_the_other_has_confirmed_and_asks_back(town: Town) -> None:
    university, owner = town.person("uh-nord"), await filed(town)
    await university.says("halvårsrapport")
    await university.presses("Nr. 2")
    await university.presses("Endre rapporten")
    await university.presses("Send inn halvårsrapporten", {"participants_staff": "35"})
    assert await stands(town) == {"eksempel-friskole": False, "nord": True}
    assert "fra «ca. 40»" not in await owner.says("halvårsrapport")
    assert titles(owner) == ["Bekreft", "Endre rapporten"]


async def test_filing_again_without_a_change_asks_nobody_anew(town: Town) -> None:
    owner = await filed(town)
    await owner.says("halvårsrapport")
    await owner.presses("Endre rapporten")
    assert "Ingenting er endret" in await owner.presses("Send inn halvårsrapporten")
    assert await submissions(town) == [(1, "eier-friskole")]
    assert (await town.store.read(checks.verify)).faults == ()


async def test_a_press_that_comes_twice_does_nothing_the_second_time(town: Town) -> None:
    university, owner = town.person("uh-nord"), await filed(town)
    assert "Bekreftet av" in await owner.repeats()
    assert await submissions(town) == [(1, "eier-friskole")]
    await university.says("hei")
    await press_in_notice(town, university, "report_confirm")
    await university.presses("Bekreft")
    before = await town.store.read(lambda c: audit.history(c, f"report:{SUBJECT}"))
    assert "Bekreftet av" in await university.repeats()
    assert await town.store.read(lambda c: audit.history(c, f"report:{SUBJECT}")) == before


async def test_a_red_one_reaches_the_secretariat_at_once(town: Town) -> None:
    await filed(town, RED)
    for staff in ("sekretariat", "sekretariat-2"):
        assert len(await told(town, staff)) == 1
    (said,) = await told(town, "sekretariat")
    assert said.replace("\xa0", " ") == (
        "En halvårsrapport er rød\nFriskole i Vestvågøy (eksempel) og Nord universitet er i vansker med "
        "«Lesing på mellomtrinnet (eksempel)». Avvik: Prosjektlederen har sluttet, og ingen har tatt over. Ring "
        "Kontakt for friskole i Vestvågøy (eksempel), telefon 00 00 00 15."
    )
    staff_talk = town.person("sekretariat")
    await staff_talk.says("hei")
    await press_in_notice(town, staff_talk, "half_year_red")
    assert "Vi trenger en samtale om veien videre." in await staff_talk.presses("Åpne rapporten")
    assert titles(staff_talk) == []


async def test_a_yellow_one_shows_in_the_list_alone(town: Town) -> None:
    await filed(town, GREEN | {"status": "yellow", "deviation": "En samling er utsatt."})
    assert await told(town, "sekretariat") == []
    shown = await town.person("sekretariat").says("halvårsrapporter")
    assert "Gult: noe forsinket\nEn samling er utsatt.\nikke bekreftet av Nord universitet" in shown


async def test_what_is_not_on_track_needs_a_word_about_it(town: Town) -> None:
    owner = town.person("eier-friskole")
    await owner.says("halvårsrapport")
    shown = await owner.presses("Send inn halvårsrapporten", GREEN | {"status": "red", "unspent_risk": "yes"})
    assert "Ikke sendt inn. Svar som mangler eller må rettes: 3." in shown
    shown = await owner.presses("Send inn halvårsrapporten", RED | {"unspent_nok": "2 millioner"})
    assert "Det er mer enn tilskuddet på 1 100 000 kr." in shown.replace("\xa0", " ")
    shown = await owner.presses("Send inn halvårsrapporten", {"unspent_nok": "0"})
    assert "Skriv omtrent hvor mye, eller svar at alt blir brukt." in shown
    assert await submissions(town) == []


async def test_it_can_be_answered_by_typing_alone(town: Town) -> None:
    owner = town.person("eier-friskole")
    await owner.says("halvårsrapport")
    shown = await owner.presses("Svar ved å skrive")
    assert "Partnerskap: Friskole i Vestvågøy (eksempel) og Nord universitet" in shown
    assert "Hva er gjort siden sist?" in await owner.says("rødt")
    assert "Hvor mange ansatte har deltatt?" in await owner.says("Fire samlinger.")
    assert "Hva går ikke som planlagt?" in await owner.says("42")
    assert "Kan noe av tilskuddet bli ubrukt?" in await owner.says("Vi er for få.")
    assert "Omtrent hvor mye" in await owner.says("ja")
    assert "Trenger dere hjelp til noe?" in await owner.says("100 000")
    assert "Skriv «send inn halvårsrapporten»" in await owner.says("Ring oss.")
    assert "Takk, halvårsrapporten er sendt inn." in await owner.says("send inn halvårsrapporten")
    assert await submissions(town) == [(1, "eier-friskole")]


async def test_typing_does_not_ask_for_an_amount_where_there_is_no_risk(town: Town) -> None:
    owner = town.person("eier-friskole")
    await owner.says("halvårsrapport")
    await owner.presses("Svar ved å skrive")
    for answer in ("grønt", "To samlinger.", "40", "ingen"):
        await owner.says(answer)
    assert "Trenger dere hjelp til noe?" in await owner.says("nei, alt blir brukt")


async def test_whoever_holds_several_grants_is_asked_which(town: Town) -> None:
    owner = town.person("eier-barnehage")
    shown = await owner.says("halvårsrapport")
    assert "Du har 3 tilskudd å rapportere på, med frist 30. november 2023." in shown
    assert "3. Språkmiljø i barnehagen (eksempel)" in shown
    assert titles(owner) == ["Nr. 1", "Nr. 2", "Nr. 3"]
    assert "Språkmiljø i barnehagen (eksempel)" in await owner.says("halvårsrapport 3")
    await owner.says("avbryt")
    assert "UiT" in await owner.says("halvårsrapport 2")
    assert "Du har 3 tilskudd" in await owner.says("halvårsrapport 4")


async def test_one_draft_of_a_report_whoever_of_the_two_writes_it(town: Town) -> None:
    owner, university = town.person("eier-friskole"), town.person("uh-nord")
    await owner.says("halvårsrapport")
    await owner.presses("Svar ved å skrive")
    await owner.says("grønt")
    await owner.says("kort")
    town.at += timedelta(minutes=1)
    await university.says("halvårsrapport")
    shown = await university.presses("Nr. 2")
    assert "Alle som skriver for Friskole i Vestvågøy (eksempel) og Nord universitet" in shown
    (begun,) = await town.store.read(lambda c: drafts.about(c, SUBJECT))
    assert (begun.author, begun.answers["status"]) == ("eier-friskole", "green")
    reach = Reach(owners=frozenset({"1804"}), partners=frozenset({"uit"}), author="eier-bodo")
    assert await town.store.read(lambda c: drafts.open_of(c, reach, date(2023, 9, 4))) == ()


async def test_it_is_a_duty_of_both_until_both_have_confirmed(town: Town) -> None:
    owner, university = town.person("eier-friskole"), town.person("uh-nord")
    wanted = (
        "Send inn halvårsrapporten for «Lesing på mellomtrinnet (eksempel)» (Friskole i Vestvågøy (eksempel) og "
        "Nord universitet) – frist 30. november 2023"
    )
    assert wanted in await owner.says("oppgaver")
    assert wanted in await university.says("oppgaver")
    await filed(town)
    assert "halvårsrapporten" not in await owner.says("oppgaver")
    shown = await university.says("oppgaver")
    assert wanted not in shown
    assert "Se over og bekreft halvårsrapporten for «Lesing på mellomtrinnet (eksempel)»" in shown
    await university.says("halvårsrapport 2")
    await university.presses("Bekreft")
    assert "mellomtrinnet" not in await university.says("oppgaver")


async def test_who_is_asked_on_the_last_day_has_some_days_is_reminded_and_then_phoned(town: Town) -> None:
    university, staff = town.person("uh-nord"), town.person("sekretariat")
    await university.says("hei")
    town.at = datetime(2023, 11, 30, 20, tzinfo=UTC)
    await filed(town)
    await delivered(town)
    to_confirm = (
        "Se over og bekreft halvårsrapporten for «Lesing på mellomtrinnet (eksempel)» (Friskole i Vestvågøy (eksempel) "
        "og Nord universitet)"
    )
    town.at = datetime(2023, 12, 1, 9, tzinfo=UTC)
    assert f"{to_confirm} – frist 7. desember 2023" in await university.says("oppgaver")
    assert to_confirm not in await staff.says("ringeliste")
    assert f"{to_confirm} – frist 7. desember 2023" in (await morning(town, date(2023, 12, 5)))["uh-nord"]
    assert to_confirm not in await staff.says("ringeliste")
    assert to_confirm in (await morning(town, date(2023, 12, 8)))["uh-nord"]
    assert to_confirm in await staff.says("ringeliste")
    await university.says("halvårsrapport 2")
    await university.presses("Bekreft")
    assert to_confirm not in await staff.says("ringeliste")


async def test_of_a_late_report_the_other_side_is_reminded_too(town: Town) -> None:
    university = town.person("uh-nord")
    await university.says("hei")
    town.at = datetime(2024, 1, 15, 9, tzinfo=UTC)
    await filed(town)
    await delivered(town)
    assert "– frist 22. januar 2024" in await university.says("oppgaver")
    assert "– frist 22. januar 2024" in (await morning(town, date(2024, 1, 19)))["uh-nord"]


def test_whoever_does_not_react_to_the_question_gets_it_by_mail() -> None:
    assert notices.patience("report_confirm", Way.TEAMS) == timedelta(days=3)


async def test_the_dutys_button_leads_to_the_card(town: Town) -> None:
    owner = town.person("eier-friskole")
    waiting = (await owner.says("oppgaver")).splitlines()[2:]
    place = next(place for place, each in enumerate(waiting, start=1) if "halvårsrapporten" in each)
    assert "Hvordan går det?" in await owner.presses(f"Gjør nr. {place}")


async def test_nothing_is_asked_before_the_season_and_a_late_report_is_welcome(town: Town) -> None:
    owner = town.person("eier-friskole")
    town.at = datetime(2023, 8, 31, 9, tzinfo=UTC)
    said = await owner.says("halvårsrapport")
    assert said == (
        "Halvårsrapporten kan skrives fra 1. september 2023. Spør Sekretariat for samarbeidsforum (eksempel), "
        "telefon 00 00 00 28."
    )
    assert "halvårsrapporten" not in await owner.says("oppgaver")
    town.at = datetime(2024, 1, 15, 9, tzinfo=UTC)
    await filed(town)
    assert await submissions(town) == [(1, "eier-friskole")]


async def test_of_a_grant_that_was_corrected_meanwhile_nothing_that_was_written_is_lost(town: Town) -> None:
    university = town.person("uh-nord")
    await university.says("halvårsrapport 2")
    await university.presses("Svar ved å skrive")
    await university.says("grønt")
    await university.says("kort")
    await corrected(town, lead_owner="1865")
    refusal = (
        "Ikke sendt inn: Tilskuddet er endret i registeret siden rapporten ble begynt. Skriv «halvårsrapport» for å "
        "rapportere på det som står der nå. Svarene følger med hvis universitetet eller høgskolen er den samme. Spør "
        "Sekretariat for samarbeidsforum (eksempel), "
        "telefon 00 00 00 28."
    )
    assert refusal in await university.presses("Send inn halvårsrapporten", GREEN)
    old = university.card
    await university.presses("Svar ved å skrive")
    await university.says("hopp over")
    assert "Det mangler 0 svar" not in await university.says("hopp over")
    assert refusal in await university.says("send inn halvårsrapporten")
    await university.says("halvårsrapport")
    shown = await university.presses("Nr. 2")
    assert "Svarene er fra rapporten som var begynt før tilskuddet ble endret. Se over dem." in shown
    assert "Vågan kommune og Nord universitet" in shown
    assert university.card is not None
    assert standing_in(university.card)["activities"] == GREEN["activities"]
    assert "Dette utkastet er kastet." in await university.presses("Send inn halvårsrapporten", on=old)
    await university.says("fortsett")
    assert "Takk, halvårsrapporten er sendt inn." in await university.presses("Send inn halvårsrapporten")
    reports = await town.store.read(lambda c: grant_reports.of_period(c, "half_year_report", "2023-2"))
    assert list(reports) == [SUBJECT.replace("eksempel-friskole", "1865")]


async def test_of_a_grant_that_was_corrected_afterwards_the_answers_are_known(town: Town) -> None:
    await filed(town, by="uh-nord")
    await corrected(town, lead_owner="1865")
    university = town.person("uh-nord")
    await university.says("halvårsrapport")
    shown = await university.presses("Nr. 2")
    assert "Svarene er fra rapporten som var begynt før tilskuddet ble endret. Se over dem." in shown
    assert university.card is not None
    assert standing_in(university.card)["activities"] == GREEN["activities"]


async def test_a_grant_that_was_given_to_the_wrong_university_is_taken_away_by_a_file(town: Town) -> None:
    owner, nord, uit = (town.person(each) for each in ("eier-friskole", "uh-nord", "uh-uit"))
    await owner.says("halvårsrapport")

    def bring_in(work: Work) -> None:
        before = roster.read(work.connection)
        (wrong,) = [each for each in before.grants if (each.reference, each.recipient) == GRANT]
        rows = (replace(wrong, nok=0), replace(wrong, recipient="uit"))
        roster.apply(work, changes(before, replace(before, grants=rows)), "feil mottaker")

    await town.work(bring_in)
    title = "Lesing på mellomtrinnet (eksempel)"
    assert title not in await nord.says("oppgaver")
    assert title in await uit.says("oppgaver")
    assert (await owner.says("oppgaver")).count(title) == 1
    assert "Friskole i Vestvågøy (eksempel) og UiT Norges arktiske universitet" in await owner.says(
        "halvårsrapport"
    )


@pytest.mark.parametrize("is_filed", [False, True])
@pytest.mark.parametrize("instead", [(), ("samisk",)], ids=["taken_away", "given_to_another"])
async def test_what_was_written_with_one_university_is_not_shown_to_another(
    town: Town, is_filed: bool, instead: tuple[str, ...]
) -> None:
    """Of a decision with two universities one is taken away; the other was there all along."""
    owner, reference = town.person("eier-barnehage"), "Eksempel 2022/2"
    await owner.says("halvårsrapport 1")
    await owner.presses(
        "Send inn halvårsrapporten" if is_filed else "Svar ved å skrive", RED if is_filed else {}
    )
    if not is_filed:
        await owner.says("rødt")
        await owner.says("Samarbeid med Nord.")

    def bring_in(work: Work) -> None:
        before = roster.read(work.connection)
        (wrong,) = [each for each in before.grants if (each.reference, each.recipient) == (reference, "nord")]
        rows = (replace(wrong, nok=0), *(replace(wrong, recipient=each) for each in instead))
        roster.apply(work, changes(before, replace(before, grants=rows)), "feil mottaker")

    await town.work(bring_in)
    for place in range(1, 2 + len(instead)):
        shown = await owner.says(f"halvårsrapport {place}")
        assert "Inkluderende praksis (eksempel)" in shown
        assert "Svarene er fra" not in shown
        assert owner.card is not None
        assert set(standing_in(owner.card).values()) == {""}
    begun = await town.store.read(
        lambda c: drafts.about(c, f"half_year:{reference}:eksempel-barnehage:nord:2023-2")
    )
    assert len(begun) == (0 if is_filed else 1)  # what was begun is there still


async def test_who_holds_no_grant_is_told_whom_to_ask(town: Town) -> None:
    said = await town.person("eier-bodo").says("halvårsrapport")
    assert said == (
        "Jeg finner ikke noe tilskudd for 2022 som du skal rapportere på. Er det feil, kan sekretariatet rette "
        "registeret. Spør Sekretariat for samarbeidsforum (eksempel), telefon 00 00 00 28."
    )


@pytest.mark.parametrize("person", ["eier-bodo", "uh-uit", "medlem-forum", "rkk-salten"])
async def test_others_do_not_see_it(town: Town, person: str) -> None:
    await filed(town)
    talk = town.person(person)
    for words in ("halvårsrapporter", "hvem mangler halvårsrapport"):
        assert "mellomtrinnet" not in await talk.says(words)


@pytest.mark.parametrize(
    "words",
    [
        "hvem mangler halvårsrapport",
        "Hvem har ikke levert halvårsrapporten?",
        "hvilke halvårsrapporter mangler?",
    ],
)
async def test_staff_ask_who_is_missing(town: Town, words: str) -> None:
    await filed(town)
    shown = await town.person("sekretariat").says(words)
    assert (
        "3 av 4 har ikke sendt inn. Sendt inn, men ikke bekreftet av begge: 1. Fristen er 30. november 2023."
    ) in shown
    assert "1 tilskudd står i registeret uten universitet eller høgskole, så ingen er spurt." in shown
    assert "sendt inn, ikke bekreftet av Nord universitet" in shown


async def test_what_may_be_left_is_added_up_and_the_red_ones_come_first(town: Town) -> None:
    await filed(town, RED)
    owner = town.person("eier-barnehage")
    for place, nok in ((1, "100 000"), (2, "50 000")):
        await owner.says(f"halvårsrapport {place}")
        await owner.presses("Send inn halvårsrapporten", GREEN | {"unspent_risk": "yes", "unspent_nok": nok})
    staff = town.person("sekretariat")
    shown = (await staff.says("halvårsrapporter")).replace("\xa0", " ")
    assert (
        "3 av 4 har sendt inn. I vansker: 1. Noe forsinket: 0. I rute: 2. Kan bli ubrukt i alt: 400 000 kr."
    ) in shown
    assert "1. Friskole i Vestvågøy (eksempel) og Nord universitet" in shown
    assert "Takk" not in await staff.presses("Nr. 1")
    assert "Prosjektlederen har sluttet" in staff.texts[0]


async def test_a_report_on_a_grant_that_was_corrected_afterwards_stays_in_the_lists(town: Town) -> None:
    await filed(town, RED)
    await corrected(town, lead_owner="1865")
    staff = town.person("sekretariat")
    lines = (await staff.says("halvårsrapporter")).replace("\xa0", " ").splitlines()
    assert lines[1:6] == [
        "0 av 4 har sendt inn. I vansker: 0. Noe forsinket: 0. I rute: 0. Kan bli ubrukt i alt: 0 kr. I tillegg: "
        "1 rapport på tilskudd som er endret i registeret etterpå. I vansker: 1. Kan bli ubrukt: 250 000 kr.",
        "1. Friskole i Vestvågøy (eksempel) og Nord universitet Lesing på mellomtrinnet (eksempel)",
        "Rødt: i vansker",
        "Prosjektlederen har sluttet, og ingen har tatt over.",
        "kan bli ubrukt: 250 000 kr",
    ]
    assert "tilskuddet er endret etterpå" in lines
    assert "Prosjektlederen har sluttet" in await staff.presses("Nr. 1")
    missing = await staff.says("hvem mangler halvårsrapport")
    assert "4 av 4 har ikke sendt inn." in missing
    assert (
        "1 rapport er sendt inn på tilskudd som er endret i registeret etterpå. Se lista over rapporter."
    ) in missing


async def test_the_owners_money_is_added_up_once_and_the_list_says_so(town: Town) -> None:
    owner = town.person("eier-barnehage")
    for place, nok in ((1, "250 000"), (2, "150 000")):
        await owner.says(f"halvårsrapport {place}")
        await owner.presses("Send inn halvårsrapporten", GREEN | {"unspent_risk": "yes", "unspent_nok": nok})
    staff = town.person("sekretariat")
    shown = (await staff.says("halvårsrapporter")).replace("\xa0", " ")
    assert "Kan bli ubrukt i alt: 250 000 kr." in shown
    assert (
        "Der flere universiteter rapporterer på samme tilskudd, er eierens del av det regnet med én gang."
    ) in shown
    assert await added_up(town) == {
        "Kan bli ubrukt, kr": 400_000,
        "Regnet med i summen, kr": 250_000,
        "Tilskudd til eier, kr": 150_000,
        "Tilskudd til universitet, kr": 350_000,
    }


async def test_what_was_reported_counts_whole_though_the_grant_is_smaller_by_now(town: Town) -> None:
    await filed(town, RED)
    await corrected(town, nok=50_000)
    lines = (await town.person("sekretariat").says("halvårsrapporter")).replace("\xa0", " ").splitlines()
    assert lines[1] == (
        "1 av 4 har sendt inn. I vansker: 1. Noe forsinket: 0. I rute: 0. Kan bli ubrukt i alt: 250 000 kr."
    )
    assert "kan bli ubrukt: 250 000 kr" in lines
    assert (await added_up(town))["Regnet med i summen, kr"] == 250_000


async def test_where_the_other_side_has_no_contact_staff_are_told_and_all_lists_say_so(town: Town) -> None:
    await town.resigns("uh-nord")
    owner, staff = await filed(town), town.person("sekretariat")
    assert owner.texts[0].splitlines()[2] == (
        "Takk, halvårsrapporten er sendt inn. Nord universitet har ingen kontakt i registeret som kan bekrefte den. "
        "Sekretariatet har fått beskjed."
    )
    assert await told(town, "sekretariat") == [
        "Ingen å spørre\nNord universitet skal bekrefte rapporten fra Friskole i Vestvågøy (eksempel) for «Lesing på "
        "mellomtrinnet (eksempel)», men har ingen kontakt i registeret. Gi noen rollen med «rolle», og si fra til dem."
    ]
    assert "ikke bekreftet av Nord universitet (ingen kontakt i registeret)" in await staff.says(
        "halvårsrapporter"
    )
    assert "ikke bekreftet av Nord universitet (ingen kontakt i registeret)" in await staff.says(
        "hvem mangler halvårsrapport"
    )
