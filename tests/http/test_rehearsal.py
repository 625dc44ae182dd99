"""A whole year with the real bot against the stand-in, on a clock that is moved."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot import wiring
from bot.cli import main
from domain.calendar import Precision, Year
from domain.demo import DemoRegister, demo_register
from domain.forum import Forum, load_forum
from domain.meetings import events_of
from play.rehearsal import cast, command
from play.rehearsal.people import few
from play.rehearsal.report import as_json
from play.rehearsal.scene import Scene
from play.rehearsal.verdict import Fault, Wrong, faults
from play.rehearsal.year import Played, play_year
from scheduler import events
from scheduler.planner import DueOn
from store.occasions import Occasion
from store.outbox import OutboxState
from store.tables import outbox
from store.work import Work


@pytest.fixture(scope="module")
def people() -> DemoRegister:
    """One owner in each region, and everybody else."""
    return few(demo_register(load_forum("nordland")), 1)


async def quietly(tmp_path: Path, people: DemoRegister, year: int = 2023, **changes: Any) -> Played:
    """A year in which nobody does anything and nothing goes wrong by itself."""
    return await play_year(tmp_path, people, year, 1, has_people=False, has_troubles=False, **changes)


def of(played: Played, wrong: Wrong) -> list[Fault]:
    return [fault for fault in faults(played) if fault.wrong is wrong]


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_wrong_in_a_year_with_people_and_troubles(
    tmp_path: Path, people: DemoRegister, seed: int
) -> None:
    """The bot is restarted four times at random, on both sides of both changes of the clock, and killed eight times."""
    played = await play_year(tmp_path, people, 2023, seed)
    assert faults(played) == ()
    assert (played.restarts, len(played.deaths)) == (16, 8)
    arranged = events_of(Year(2023, played.events))
    called = {call.event.key for call in played.calls}
    if_needed = {each.key for each in arranged if each.own or each.precision is Precision.IF_NEEDED}
    assert {each.key for each in arranged} - called <= if_needed


async def test_nothing_is_wrong_in_a_later_year_in_which_nobody_does_anything(
    tmp_path: Path, people: DemoRegister
) -> None:
    """It has free days where 2023 has none."""
    played = await quietly(tmp_path, people, 2024)
    assert faults(played) == ()
    days = {event.key: event.first for event in played.events}
    assert (days["report_deadline"], days["letters_ready"]) == (date(2024, 6, 17), date(2024, 4, 1))


async def test_the_same_number_gives_the_same_year_with_a_red_report(
    tmp_path: Path, people: DemoRegister
) -> None:
    autumn, documents = (date(2023, 9, 15), date(2023, 11, 30)), []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        played = await play_year(tmp_path / name, people, 2023, 3, days=autumn)
        documents.append(as_json(played, "nb"))
    once, again = documents
    assert once == again
    assert (once["counts"]["restarts"], once["counts"]["killed"]) != (0, 0)
    assert once["counts"]["by_kind"]["half_year_red"] >= 2  # of the secretariat are two


# A fault is found


async def test_an_event_that_nobody_is_told_of_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tuple(each for each in events.EVENTS if not each.kind.startswith("opening"))
    monkeypatch.setattr(events, "EVENTS", told)
    (fault,) = [
        each
        for each in of(await quietly(tmp_path, people), Wrong.ROW_MISSED)
        if each.kind == "individual_open"
    ]
    assert (fault.on, fault.recipient) == (date(2023, 8, 15), "")


async def test_a_second_time_that_nothing_explains_is_found(tmp_path: Path, people: DemoRegister) -> None:
    """A row that was sent is put back, as by a fault in the store."""

    def put_back(work: Work) -> None:
        sent = (outbox.c.state == OutboxState.SENT) & (outbox.c.kind == "own_day")
        work.connection.execute(
            update(outbox).where(sent).values(state=OutboxState.PENDING, finished_at=None)
        )

    def meddle(scene: Scene) -> None:
        at = datetime(2023, 3, 8, 12, tzinfo=UTC)  # own_day of 15 March has gone
        scene.diary.put(at, partial(scene.stage.work, put_back, "somebody"))

    found = of(await quietly(tmp_path, people, meddle=meddle), Wrong.DOUBLE)
    assert {(fault.on, fault.kind) for fault in found} == {(date(2023, 3, 8), "own_day")}


async def test_what_breaks_is_found_and_keeps_back_nothing_else(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due_on(connection: Connection, day: date) -> Iterator[Occasion]:
        raise LookupError("no such day")
        yield

    def meddle(scene: Scene) -> None:
        at = datetime(2023, 1, 16, 9, tzinfo=UTC)
        scene.diary.put(at, partial(cast.files_a_report, scene, scene.players["eier-bodo"]))

    monkeypatch.setattr(wiring, "what_is_due", lambda forum: due_on)
    played = await quietly(tmp_path, people, meddle=meddle)
    (broken,) = {fault.detail for fault in of(played, Wrong.BROKEN)}
    assert broken.startswith("tick.broken: LookupError('no such day') in due_on, line ")
    assert {(told.kind, told.recipient) for told in played.book.told} == {
        ("case_filed", "sekretariat"),
        ("case_filed", "sekretariat-2"),
        ("confirmation_asked", "uh-nord"),
    }


async def test_who_should_have_been_reminded_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing follows from the duties."""

    def only_the_year(forum: Forum) -> DueOn:
        return lambda connection, day: events.due_on(connection, forum, day)

    monkeypatch.setattr(wiring, "what_is_due", only_the_year)
    found = of(await quietly(tmp_path, people), Wrong.MISS)
    assert {(fault.on, fault.recipient) for fault in found if fault.recipient == "eier-bodo"} == {
        (date(2023, 1, day), "eier-bodo") for day in (18, 25, 30)
    } | {(date(2023, 2, day), "eier-bodo") for day in (1, 2)}


# The program


@pytest.fixture
def quiet_program(monkeypatch: pytest.MonkeyPatch, people: DemoRegister) -> None:
    """`forumbot rehearse` with few people, who do nothing."""
    monkeypatch.setattr(command, "demo_register", lambda forum: people)
    monkeypatch.setattr(command, "play_year", partial(play_year, has_people=False, has_troubles=False))


def test_the_program_tells_the_year_and_fails_when_something_was_wrong(
    quiet_program: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVENTS", ())
    assert main(["rehearse", "--year", "2023", "--language", "en"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("The year 2023, played with the number 1\n\nJanuary 2023\n")
    assert "15 March 2023: The recommendation is due at the county governor. Document." in said
    assert "  In the calendar, and nobody heard of it:\n" in said


def test_the_program_gives_one_document(quiet_program: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["rehearse", "--year", "2024", "--seed", "7", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert list(said) == [
        *("year", "seed", "months", "calendar", "open_duties", "counts", "faults", "is_good"),
    ]
    assert (said["year"], said["seed"]) == (2024, 7)
    assert [month["month"] for month in said["months"]][:2] == ["2024-01", "2024-02"]
    assert said["months"][0]["messages"][0].keys() == {
        *("at", "kind", "recipient", "role", "region", "way", "times"),
    }
    names = {person.name for person in demo_register(load_forum("nordland")).people}
    assert not any(name in json.dumps(said, ensure_ascii=False) for name in names)


@pytest.mark.parametrize("year", ["1999", "2100"])
def test_a_year_that_no_plan_reaches_is_refused(
    quiet_program: None, capsys: pytest.CaptureFixture[str], year: str
) -> None:
    assert main(["rehearse", "--year", year]) == 1
    assert year in capsys.readouterr().err
