"""The whole bot beside its mail server: who is told by which way, and staff who see it."""

import asyncio
from collections.abc import Callable

from play.bot import start_bot
from play.chat import Chat
from play.post_office import NO_SUCH_PERSON
from play.run import playing
from tests.conftest import NewDatabase
from tests.http.test_delivery import files_a_case, unreached


async def test_whom_teams_does_not_reach_gets_a_mail_and_staff_see_it(new_sqlite: NewDatabase) -> None:
    """One has removed the bot, and one has blocked it."""
    async with playing(start_bot, database_url=new_sqlite(), port=0, bot_port=0) as teams:
        await teams.chat("eier-bodo-2").uninstalls()
        teams.chat("sekretariat-2").blocks()
        await files_a_case(teams.chat("eier-bodo"))
        await teams.chat("sekretariat").arrives(within=10)
        async with asyncio.timeout(10):
            while len(teams.post_office.letters) < 2:  # noqa: ASYNC110 - in another task
                await asyncio.sleep(0.05)
        (letter,) = teams.post_office.to("eier-bodo-2@example.org")
        assert letter.subject == "Behovsmelding sendt inn (2023-DEKOM-001)"
        assert letter.text.splitlines()[2] == (
            "Kontakt for Bodø kommune (eksempel) har sendt inn «Lesing i alle fag» for Bodø kommune. "
            "Saken har nummer 2023-DEKOM-001. Skriv «status 2023-DEKOM-001» for å se den."
        )
        (letter,) = teams.post_office.to("sekretariat-2@example.org")
        assert letter.subject == "Ny behovsmelding (2023-DEKOM-001)"
        said = await _notices_sent(teams.chat("sekretariat"), lambda said: "venter" not in said)
        assert [(who, how.partition(" 16. januar")[0]) for who, how in said] == [
            ("Kontakt for UiT (eksempel)", "Bekreft deres del av en behovsmelding, i Teams"),
            ("Kontakt for Nord universitet (eksempel)", "Bekreft deres del av en behovsmelding, i Teams"),
            (
                "Annen kontakt for Bodø kommune (eksempel)",
                "Behovsmelding sendt inn: ikke i Teams, har ingen chat med meg; på e-post",
            ),
            (
                "Annen i sekretariatet (eksempel)",
                "Ny behovsmelding: ikke i Teams, tar ikke imot meldinger fra meg; på e-post",
            ),
            ("Sekretariat for samarbeidsforum (eksempel)", "Ny behovsmelding, i Teams"),
        ]


async def test_staff_see_whose_address_was_refused(new_sqlite: NewDatabase) -> None:
    async with playing(start_bot, database_url=new_sqlite(), port=0, bot_port=0) as teams:
        await teams.chat("eier-bodo-2").uninstalls()
        teams.post_office.plan(NO_SUCH_PERSON)
        await files_a_case(teams.chat("eier-bodo"))
        await teams.chat("sekretariat").arrives(within=10)
        said = await _notices_sent(teams.chat("sekretariat"), lambda said: "venter" not in said)
        assert (
            "Annen kontakt for Bodø kommune (eksempel)",
            "Behovsmelding sendt inn: ikke i Teams, har ingen chat med meg; "
            "ikke på e-post, e-postadressen tok ikke imot; på ringelista fra",
        ) in [(who, how.partition(" 16. januar")[0]) for who, how in said]
        assert (await unreached(teams.chat("sekretariat")))[1] == (
            "Annen kontakt for Bodø kommune (eksempel) – Behovsmelding sendt inn, sak 2023-DEKOM-001: "
            "tar ikke imot meldinger fra meg."
        )


async def _notices_sent(staff: Chat, is_enough: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Who and how, once enough of it is there."""
    async with asyncio.timeout(10):
        while True:
            (answer,) = (await staff.says("varsler 2023-DEKOM-001")).messages
            assert answer.card is not None
            if is_enough(said := str(answer.card["fallbackText"])):
                lines = [line.partition(" – ") for line in said.splitlines()]
                return [(who, how) for who, dash, how in lines if dash]
            await asyncio.sleep(0.1)
