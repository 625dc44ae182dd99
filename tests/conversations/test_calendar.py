"""The forum's year as people ask for it, as programs read it, and as a calendar file that another program reads."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import vobject

from bot.cli import main
from dialogs.papers.ics import year_ics
from dialogs.texts import languages, texts
from domain.calendar import first_year, planned_year
from store.migrations import migrate
from tests.conversations.harness import Town

MADE = datetime(2026, 11, 30, 12, tzinfo=UTC)


def plain(said: str) -> list[str]:
    return said.partition("\n\n")[0].splitlines()


async def test_what_comes_is_told_and_what_was_is_not(town: Town) -> None:
    said = plain(await town.person("eier-bodo").says("møter"))
    assert said[1] == "Det neste er: Frist for behovsmeldinger, 1. februar 2023."
    assert "30. august 2022" not in "\n".join(said)
    assert said[-1] == (
        "Merk – «Samarbeidsforum: foreløpig innstilling» kommer etter «Innstillingen skal være hos Statsforvalteren»."
    )
    town.at = datetime(2023, 9, 21, 9, tzinfo=UTC)
    said = plain(await town.person("eier-bodo").says("møter"))
    assert said[1].endswith("erfaringsdeling, 28.–29. september 2023.")


async def test_a_region_has_its_own(town: Town) -> None:
    said = plain(await town.person("eier-vagan").says("møte i lofoten"))
    assert said[2:] == ["etter behov – Nettverk Lofoten. Digitalt (Teams). Statsforvaltaren har ansvaret"]


async def test_a_year_that_is_not_planned_says_what_to_write(town: Town) -> None:
    assert "Skriv «møter»" in await town.person("sekretariat").says("årshjul 2019")


@pytest.mark.parametrize("language", languages())
def test_the_file_is_read_by_another_program(language: str) -> None:
    """Every dated event with its day, its place, and an id of its own."""
    t = texts(language)
    year = first_year("nordland")
    read = vobject.readOne(year_ics("nordland", year, t, MADE).decode())
    found = {entry.uid.value: entry for entry in read.vevent_list}
    dated = [event for event in year.events if event.is_dated]
    assert len(found) == len(dated)
    for event in dated:
        entry = found[f"{event.key}.2023@nordland.forumbot"]
        assert entry.summary.value == event.title(language)
        begins = entry.dtstart.value
        assert (begins.date() if isinstance(begins, datetime) else begins) == event.first
    joint = found["committee_evaluation.2023@nordland.forumbot"]
    assert (joint.dtstart.value.hour, joint.dtend.value.hour) == (9, 15)
    assert joint.dtstart.value.utcoffset().total_seconds() == 2 * 3600  # summer time
    gathering = found["autumn_gathering.2023@nordland.forumbot"]
    assert (gathering.dtstart.value, gathering.dtend.value) == (date(2023, 9, 28), date(2023, 9, 30))


def test_the_program_gives_the_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'forumbot.db'}"
    monkeypatch.setenv("FORUMBOT_ENV", "test")
    monkeypatch.setenv("FORUMBOT_DATABASE_URL", url)
    migrate(url)
    assert main(["calendar", "--year", "2024", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["draft"] is True
    assert [each["key"] for each in told["events"]] == [
        event.key
        for event in sorted(
            planned_year("nordland", 2024).year.events,
            key=lambda event: (event.first or date.max, event.ends_on or date.max),
        )
    ]
    report = next(each for each in told["events"] if each["key"] == "report_deadline")
    assert (report["first"], report["name"]) == ("2024-06-17", "Frist for rapport om midler tildelt i 2023")
    assert main(["calendar", "--year", "2024"]) == 0
    assert "Dette er et utkast til årshjul for 2024." in capfd.readouterr().out
    assert main(["calendar", "--year", "2024", "--ics"]) == 0
    assert capfd.readouterr().out.startswith("BEGIN:VCALENDAR")
    assert main(["calendar", "--year", "2019", "--ics"]) == 1
    assert "2019" in capfd.readouterr().err
