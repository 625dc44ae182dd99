"""A case's year, from two who write at once to the last version, with a paper copy at each step, as one transcript."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

from docx import Document

from dialogs import paper
from dialogs.desk import Wanted
from dialogs.papers import File
from domain.access import Role, RoleKind
from store import audit, cases, drafts, register, views
from store.work import Work
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Talk, Town
from tests.conversations.test_needs_report import fill_in, turn_pages

CASE = "2023-DEKOM-001"


async def on_paper(town: Town, talk: Talk, what: str, subject: str) -> str:
    """The document as the person gets it by its link, opened again; with the audit row that a download writes."""
    wanted = Wanted(what, subject, talk.person_id, "nb")
    file = await town.store.read(lambda c: paper.fetch(town.house, c, wanted, town.at))
    assert isinstance(file, File)
    await town.work(lambda work: paper.record(work.by(talk.person_id), wanted))
    document = Document(BytesIO(file.make()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).replace("\xa0", " ")


async def the_draft(town: Town, talk: Talk) -> drafts.Draft:
    focus = await town.store.read(lambda c: drafts.focus(c, talk.person_id))
    assert focus is not None
    draft = await town.store.read(lambda c: drafts.get(c, focus.subject))
    assert draft is not None
    return draft


async def two_write_at_once(town: Town, one: Talk, other: Talk) -> None:
    await fill_in(one, PAGES[:4])
    town.at += timedelta(minutes=1)
    await other.says("fortsett")
    town.at += timedelta(minutes=1)
    await other.presses("Lagre", {"goal": "Målet som den andre skrev."})
    town.at += timedelta(minutes=1)
    shown = await one.presses("Lagre", {"goal": "Målet som den ene skrev.", "measures": "Fire samlinger."})
    assert "Målet som den ene skrev." in shown
    assert "Målet som den andre skrev." in shown
    await one.presses("Lagre", {"goal": PAGES[4]["goal"]})
    await turn_pages(one, PAGES[4:])
    assert PAGES[4]["goal"] in await on_paper(town, one, "draft", (await the_draft(town, one)).id)


async def is_handed_over(town: Town, leaving: Talk, coming: Talk) -> None:
    town.at = datetime(2023, 1, 20, 9, tzinfo=UTC)

    def change(work: Work) -> None:
        (role_id,) = register.roles(work.connection, leaving.person_id)
        register.end_role(work, role_id, town.at.date() - timedelta(days=1))
        register.add_role(work, coming.person_id, Role(RoleKind.OWNER_CONTACT, "1804"))

    await town.work(change)
    assert "Du har ikke lenger tilgang til dette utkastet." in await leaving.presses("Send inn", LAST)
    await coming.says("fortsett")
    if "Send inn" not in coming.texts[0]:
        await coming.presses("Oppsummering")
    assert "har fått nummer 2023-DEKOM-001" in await coming.presses("Send inn", LAST)
    assert CASE in await on_paper(town, coming, "version", f"{CASE}/1")


async def is_sent_back_with_two_fields_named(town: Town, staff: Talk) -> None:
    town.at = datetime(2023, 2, 10, 9, tzinfo=UTC)
    await staff.says(f"send tilbake {CASE}")
    await staff.presses("Neste", {"fields": "goal,measures"})
    await staff.presses("Neste", {"reason.goal": "Si hva som blir annerledes.", "reason.measures": "Når?"})
    assert "Eieren har fått beskjed" in "".join(
        (await staff.presses("Send tilbake", {"answer_by_on": "1. mars"}),)
    )


async def gets_more_time(town: Town, staff: Talk) -> None:
    town.at = datetime(2023, 2, 28, 9, tzinfo=UTC)
    await staff.says("utsett frist")
    given = {"owner": "1804", "deadline_on": "10. mars", "why": "Kontakten er ny."}
    assert "til og med 10. mars 2023" in await staff.presses("Gi ny frist", given)


async def answers_with_a_new_version(town: Town, owner: Talk, staff: Talk) -> None:
    town.at = datetime(2023, 3, 8, 9, tzinfo=UTC)
    shown = await owner.says(CASE)
    assert "Mål: Si hva som blir annerledes." in shown
    await owner.presses("Endre og send inn på nytt")
    await owner.presses("Gå til siden", {"go_to": "measure"})
    await owner.presses(
        "Lagre", {"goal": "Alle leser sammen hver dag.", "measures": "Samlinger i mars og oktober."}
    )
    draft = await the_draft(town, owner)
    assert "Alle leser sammen hver dag." in await on_paper(town, owner, "draft", draft.id)
    await owner.presses("Oppsummering")
    assert "har fått nummer" in await owner.presses("Send inn", LAST)
    shown = await staff.says(f"endringer {CASE}")
    assert "til «Alle leser sammen hver dag.»" in shown
    assert "Samlinger i mars og oktober." in await on_paper(town, owner, "version", f"{CASE}/2")


async def is_withdrawn(town: Town, owner: Talk) -> None:
    town.at = datetime(2023, 3, 9, 9, tzinfo=UTC)
    await owner.says(f"trekk {CASE}")
    assert "Saken er trukket" in await owner.presses("Ja, trekk saken")
    assert "Samlinger i mars og oktober." in await on_paper(town, owner, "version", f"{CASE}/2")


async def test_a_cases_year(town: Town) -> None:
    one, other, new = town.person("eier-bodo"), town.person("eier-bodo-2"), town.person("eier-rana")
    staff = town.person("sekretariat")
    await two_write_at_once(town, one, other)
    await is_handed_over(town, one, new)
    await is_sent_back_with_two_fields_named(town, staff)
    await gets_more_time(town, staff)
    await answers_with_a_new_version(town, new, staff)
    await is_withdrawn(town, new)
    told = await staff.says(f"historikk {CASE}")
    places = [told.index(words) for words in IN_ORDER]
    assert places == sorted(places), told
    versions = await town.store.read(lambda c: cases.versions(c, CASE))
    assert [version.submission for version in versions] == [1, 2]
    assert await town.store.read(views.check_counts) == ()
    assert await town.store.read(views.check_money) == ()
    assert await town.store.read(audit.verify) == ()


# What the history says, first to last.
IN_ORDER = (
    "Kontakt for Bodø kommune (eksempel) begynte på utkastet.",
    "Annen kontakt for Bodø kommune (eksempel) lagret utkastet.",
    "ga noen rett til å handle for eieren. Til: Kontakt for Rana kommune (eksempel).",
    "Kontakt for Rana kommune (eksempel) sendte inn behovsmeldingen. Versjon 1.",
    "sendte saken tilbake til eieren. Gjelder: Mål og Beskrivelse av tiltaket. Frist: 1. mars 2023.",
    "Sekretariat for samarbeidsforum (eksempel) ga eieren en egen frist. Frist: 10. mars 2023.",
    "Kontakt for Rana kommune (eksempel) sendte inn behovsmeldingen. Versjon 2.",
    "Kontakt for Rana kommune (eksempel) trakk saken.",
)
