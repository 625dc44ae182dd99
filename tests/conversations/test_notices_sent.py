"""Staff ask who got which notice of a case. Nobody else is told, and nothing of it in a channel."""

from datetime import timedelta

import pytest

from dialogs.texts import languages, texts
from domain.errors import Fault
from domain.messages import Scope
from store import outbox, register
from store.outbox import NO_CHAT, Item, Way
from store.work import Work
from tests.conversations.dekom import LAST
from tests.conversations.harness import IN_JANUARY, Talk, Town
from tests.conversations.test_needs_report import fill_in

CASE = "2023-DEKOM-001"


async def files(town: Town) -> None:
    owner = town.person("eier-bodo")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)


async def end(town: Town, **ends: tuple[str, str, Way | None]) -> None:
    """Let the notices end, by recipient: (state, reason, way)."""

    def job(work: Work) -> None:
        until = IN_JANUARY + timedelta(minutes=3)
        for item in outbox.claim(work, 20, until, IN_JANUARY):
            finish(work, item, *ends.get(item.recipient.replace("-", "_"), ("sent", "", Way.TEAMS)))

    await town.work(job)


def finish(work: Work, item: Item, state: str, reason: str, way: Way | None) -> None:
    match state:
        case "sent":
            outbox.sent(work, item, "1", way or Way.TEAMS)
        case "dropped":
            outbox.dropped(work, item, reason)
        case "failed":
            outbox.failed(work, item, reason, way)
        case "unknown":
            outbox.unknown(work, item, reason, way)


async def lines(staff: Talk) -> list[str]:
    said = (await staff.says(f"varsler {CASE}")).splitlines()
    return [line.partition(" (eksempel) – ")[2] for line in said if " – " in line]


async def test_before_anything_is_sent_it_waits(town: Town) -> None:
    await files(town)
    said = await lines(town.person("sekretariat"))
    assert len(said) == 5  # the owner's other contact, the secretariat and the universities
    assert {line.partition(", ")[2] for line in said} == {
        "venter på å bli sendt siden 16. januar 2023 kl. 10.00."
    }


ENDED: dict[str, tuple[tuple[str, str, Way | None], str]] = {
    "in Teams": (("sent", "", Way.TEAMS), "i Teams 16. januar 2023 kl. 10.00."),
    "by mail": (("sent", "", Way.MAIL), "på e-post 16. januar 2023 kl. 10.00."),
    "no chat": (("dropped", NO_CHAT, None), "kom ikke fram: har ingen chat med meg."),
    "blocked": (("failed", Fault.BLOCKED, Way.TEAMS), "kom ikke fram: tar ikke imot meldinger fra meg."),
    "no such address": (("failed", Fault.BLOCKED, Way.MAIL), "kom ikke fram: e-postadressen tok ikke imot."),
    "no server": (("failed", Fault.UNSENT, Way.MAIL), "kom ikke fram: e-posttjeneren tok ikke imot."),
    "no Teams": (("failed", Fault.UNSENT, Way.TEAMS), "kom ikke fram: det kom ikke av gårde."),
    "our fault": (("failed", Fault.REJECTED, Way.MAIL), "kom ikke fram: noe gikk galt hos oss."),
    "perhaps": (
        ("unknown", Fault.AMBIGUOUS, Way.MAIL),
        "usikkert om det kom fram 16. januar 2023 kl. 10.00.",
    ),
    "no right": (("dropped", "no_right_any_more", None), "ikke sendt: har ikke lenger tilgang til saken."),
    "over": (("dropped", "over", None), "ikke sendt: er ikke aktuelt lenger."),
}
TELL_OTHERWISE = {"no chat", "blocked", "no such address", "no server", "no Teams", "our fault", "perhaps"}


@pytest.mark.parametrize("name", ENDED)
async def test_each_end_is_said_in_words(town: Town, name: str) -> None:
    """And what to do about it, where somebody was not told."""
    ended, words = ENDED[name]
    await files(town)
    await end(town, eier_bodo_2=ended)
    staff = town.person("sekretariat")
    assert f"Behovsmelding sendt inn, {words}" in await lines(staff)
    assert ("Gi beskjed på en annen måte" in staff.texts[-1]) is (name in TELL_OTHERWISE)


async def test_what_came_in_teams_and_goes_on_by_mail_is_said_to_have_come(town: Town) -> None:
    await files(town)
    an_hour = timedelta(hours=1)

    def came(work: Work) -> None:
        for item in outbox.claim(work, 20, IN_JANUARY + an_hour, IN_JANUARY):
            outbox.sent(work, item, "1", follow_up_at=IN_JANUARY + an_hour)

    def does_not_get_away(work: Work) -> None:
        for item in outbox.claim(work, 20, IN_JANUARY + 3 * an_hour, IN_JANUARY + 2 * an_hour):
            outbox.later(work, item, IN_JANUARY + 3 * an_hour, Fault.UNSENT)

    await town.work(came)
    town.at += 2 * an_hour
    await town.work(does_not_get_away)
    assert set(await lines(town.person("sekretariat"))) == {
        "Behovsmelding sendt inn: i Teams 16. januar 2023 kl. 10.00; venter på neste forsøk.",
        "Bekreft deres del av en behovsmelding: i Teams 16. januar 2023 kl. 10.00; venter på neste forsøk.",
        "Ny behovsmelding: i Teams 16. januar 2023 kl. 10.00; venter på neste forsøk.",
    }


async def test_without_a_number_it_asks_for_one_and_what_is_not_there_is_said(town: Town) -> None:
    staff = town.person("sekretariat")
    assert "«varsler 2023-DEKOM-001»" in await staff.says("varsler")
    assert "2023-DEKOM-099" in await staff.says("varsler 2023-dekom-99")


@pytest.mark.parametrize("person", ["eier-bodo", "eier-fauske", "beslutter", "uh-nord"])
async def test_nobody_else_is_told(town: Town, person: str) -> None:
    """Not even the owner of the case, nor who decides it: names of people are for those who let them in."""
    await files(town)
    said = await town.person(person).says(f"varsler {CASE}")
    assert "Dette ser bare de som har det som oppgave hos Statsforvalteren." in said
    assert "Annen" not in said


async def test_in_a_channel_nothing_is_said(town: Town) -> None:
    await files(town)
    said = await Talk(town, "sekretariat", scope=Scope.CHANNEL).says(f"varsler {CASE}")
    assert said == "Saker snakker vi om i en privat chat. Åpne en chat med meg, så svarer jeg der."


async def test_a_case_without_notices(town: Town) -> None:
    await files(town)
    await town.work(lambda work: work.connection.exec_driver_sql("DELETE FROM outbox") and None)
    assert "Ingen har fått varsel i denne saken ennå." in await town.person("sekretariat").says(
        f"varsler {CASE}"
    )


@pytest.mark.parametrize("language", languages())
async def test_the_words_of_every_language_ask_it(town: Town, language: str) -> None:
    await files(town)
    staff = town.person("sekretariat")
    await town.work(lambda work: register.set_language(work, "sekretariat", language))
    for phrase in texts(language).words("command.notices_sent"):
        assert (await staff.says(f"{phrase} {CASE}")).startswith(
            texts(language)("notices_sent.title", number=CASE)
        )
