"""A whole year with the real bot against the stand-in, on a clock that is moved."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot import wiring
from bot.cli import main
from dialogs import duties, reporting
from dialogs import occasions as dialogs_occasions
from dialogs.notices import reminders
from domain.calendar import Party, Precision, Year, planned_year
from domain.demo import DemoRegister, demo_register
from domain.forum import Forum, load_forum
from domain.meetings import events_of
from domain.messages import Address
from play.rehearsal import arranging, cast, command
from play.rehearsal.arranging import Arranged
from play.rehearsal.people import few
from play.rehearsal.report import as_json
from play.rehearsal.scene import Scene
from play.rehearsal.verdict import Fault, Wrong, faults
from play.rehearsal.year import Played, play_year
from scheduler import events
from scheduler.planner import DueOn
from store import audience, conversations, occasions, views
from store import outbox as store_outbox
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
        *((date(2023, 1, day), "eier-bodo") for day in (18, 25, 30)),
        *((date(2023, 2, day), "eier-bodo") for day in (1, 2)),
        *((date(2023, 9, day), "eier-bodo") for day in (6, 13, 18, 20, 21)),
    }


# What it is for: each of these breaks the bot, and is found

JANUARY = (date(2023, 1, 12), date(2023, 1, 26))
SPRING = (date(2023, 4, 17), date(2023, 4, 18))  # networks are called
REPORTED_ON = (date(2023, 11, 14), date(2023, 11, 30))
REPORTS = {
    "Språkmiljø i barnehagen (eksempel)": ("eier-barnehage", "uh-nord"),
    "Inkluderende praksis (eksempel)": ("eier-barnehage", "uh-nord", "uh-uit"),
}


@pytest.fixture(scope="module")
def partners() -> DemoRegister:
    """An owner that holds two grants, its universities, and the secretariat."""
    register = demo_register(load_forum("nordland"))
    kept = {"eier-barnehage", "uh-nord", "uh-uit", "sekretariat", "sekretariat-2"}
    return replace(
        register,
        people=tuple(person for person in register.people if person.id in kept),
        roles=tuple(each for each in register.roles if each[0] in kept),
        grants=tuple(grant for grant in register.grants if grant.title in REPORTS),
    )


async def broken(tmp_path: Path, people: DemoRegister, days: tuple[date, date], **changes: Any) -> Played:
    """A part of the year with people in it, and nothing that goes wrong by itself."""
    return await play_year(tmp_path, people, 2023, 1, days=days, has_troubles=False, **changes)


def counted(played: Played, wrong: Wrong) -> Counter[str]:
    return Counter(fault.kind for fault in of(played, wrong))


def sent(played: Played, *kinds: str) -> Counter[str]:
    return Counter(told.kind for told in played.book.told if told.kind in kinds)


async def test_nothing_is_wrong_in_the_parts_of_the_year_that_the_breaks_are_played_in(
    tmp_path: Path, people: DemoRegister, partners: DemoRegister
) -> None:
    """But for the rows of the calendar that lie in other parts."""
    for place, (who, days) in enumerate(((people, JANUARY), (people, SPRING), (partners, REPORTED_ON))):
        (tmp_path / str(place)).mkdir()
        played = await broken(tmp_path / str(place), who, days)
        assert {fault for fault in faults(played) if fault.wrong is not Wrong.ROW_MISSED} == set()


async def test_what_is_derived_twice_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows that say the same are as bad as one that is sent twice."""
    derive = occasions.derive

    def twice(work: Work, occasion: Occasion) -> int:
        derive(work, replace(occasion, occurrence=f"{occasion.occurrence}.again"))
        return derive(work, occasion)

    monkeypatch.setattr(occasions, "derive", twice)
    played = await play_year(
        tmp_path, people, 2023, 1, days=(date(2023, 1, 17), date(2023, 1, 18)), has_people=False
    )
    kinds = ("deadline_posted", "reminder")
    found, told = counted(played, Wrong.DOUBLE), sent(played, *kinds)
    assert {kind: 2 * found[kind] for kind in kinds} == told


async def test_what_is_put_in_twice_with_another_key_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, kinds = store_outbox.put, ("case_filed", "confirmation_asked")

    def twice(work: Work, key: str, kind: str, *args: Any, **more: Any) -> bool:
        if kind in kinds:
            put(work, f"{key}:again", kind, *args, **more)
        return put(work, key, kind, *args, **more)

    monkeypatch.setattr(store_outbox, "put", twice)
    played = await broken(tmp_path, people, JANUARY)
    found, told = counted(played, Wrong.DOUBLE), sent(played, *kinds)
    assert set(found) == set(kinds)
    assert {kind: 2 * count for kind, count in found.items()} == told


async def test_who_is_called_to_the_meeting_of_another_region_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    whom = audience.of

    def everywhere(forum_key: str, party: Party, region: str | None = None) -> audience.Audience:
        return whom(forum_key, party, None if party is Party.NETWORK else region)

    monkeypatch.setattr(audience, "of", everywhere)
    played = await broken(tmp_path, people, SPRING)
    assert counted(played, Wrong.UNWANTED)["meeting_called"] > 0


async def test_who_is_reminded_of_what_they_have_done_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "filers", lambda connection, year: frozenset())
    monkeypatch.setattr(views, "begun", lambda connection, year: ())
    played = await broken(tmp_path, people, JANUARY)
    assert set(counted(played, Wrong.UNWANTED)) == {"reminder"}


def without(monkeypatch: pytest.MonkeyPatch, *gone: str) -> None:
    left = {name: source for name, source in duties.sources().items() if name not in gone}
    for module in (duties, dialogs_occasions, reminders):
        monkeypatch.setattr(module, "sources", lambda: left)


async def test_who_is_not_reminded_to_confirm_and_to_answer_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(scene: Scene) -> None:
        at, staff = datetime(2023, 1, 23, 9, tzinfo=UTC), scene.players["sekretariat"]
        (each,) = (
            each for each in planned_year("nordland", 2023).year.events if each.key == "committee_treatment"
        )
        meeting = Arranged("2023-committee_treatment", each, each.first)
        scene.diary.put(at, partial(cast.files_a_report, scene, scene.players["eier-bodo"]))
        scene.diary.put(at, partial(arranging.calls, scene, staff, meeting))

    without(monkeypatch, "confirmation", "rsvp")
    days = (date(2023, 1, 23), date(2023, 2, 9))
    found = of(await quietly(tmp_path, people, days=days, meddle=meddle), Wrong.MISS)
    members = ("medlem-barnehage", "medlem-skole", "medlem-vgo")
    assert {(fault.kind, fault.on, fault.recipient) for fault in found} == {
        *(("reminder", date(2023, 1, day), "uh-nord") for day in (25,)),
        *(("reminder", date(2023, 2, day), "uh-nord") for day in (1, 6, 8, 9)),
        *(("reminder", date(2023, 2, day), member) for day in (3, 7) for member in members),
    }


async def test_who_is_not_reminded_of_a_report_is_found(
    tmp_path: Path, partners: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the same people are reminded of something else on the same days."""
    without(monkeypatch, "report")
    days = (date(2023, 11, 15), date(2023, 11, 17))
    found = of(await quietly(tmp_path, partners, days=days), Wrong.MISS)
    assert {(fault.on, fault.recipient, fault.detail) for fault in found} == {
        (date(2023, 11, 16), who, title) for title, sides in REPORTS.items() for who in sides
    }


async def test_a_report_of_which_nobody_is_told_is_found(
    tmp_path: Path, partners: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the side that is to confirm it nor, of a red one, the secretariat."""
    monkeypatch.setattr(reporting, "_put", lambda *args: None)
    played = await broken(tmp_path, partners, REPORTED_ON)
    assert set(counted(played, Wrong.MISS)) == {"report_confirm", "half_year_red"}


async def test_what_arrives_at_another_is_found(
    tmp_path: Path, people: DemoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that one never reacts, so that somebody is to phone the one whom it was for."""
    where = conversations.personal

    def elsewhere(connection: Connection, person_id: str) -> Address | None:
        return where(connection, {"uh-nord": "uh-uit"}.get(person_id, person_id))

    monkeypatch.setattr(conversations, "personal", elsewhere)
    played = await broken(tmp_path, people, JANUARY)
    found = of(played, Wrong.ASTRAY)
    assert {(fault.recipient, fault.detail) for fault in found} == {("uh-uit", "uh-nord")}
    missed = {fault.kind for fault in of(played, Wrong.MISS) if fault.recipient == "uh-nord"}
    assert missed == {"confirmation_asked", "reminder"}


async def test_what_is_sent_again_long_after_a_death_is_found(tmp_path: Path, people: DemoRegister) -> None:
    """A death explains what came a moment before it, and nothing else."""

    def put_back(work: Work) -> None:
        was_sent = (outbox.c.state == OutboxState.SENT) & (outbox.c.kind == "deadline_posted")
        work.connection.execute(
            update(outbox)
            .where(was_sent)
            .values(state=OutboxState.PENDING, finished_at=None, expires_at=None)
        )

    def meddle(scene: Scene) -> None:
        scene.diary.put(datetime(2023, 1, 19, 12, tzinfo=UTC), scene.stage.dies_in_a_tick)
        scene.diary.put(
            datetime(2023, 1, 20, 12, tzinfo=UTC), partial(scene.stage.work, put_back, "somebody")
        )

    played = await quietly(tmp_path, people, days=(date(2023, 1, 17), date(2023, 1, 20)), meddle=meddle)
    found, told = counted(played, Wrong.DOUBLE), sent(played, "deadline_posted")
    assert {kind: 2 * count for kind, count in found.items()} == told
    assert len(played.deaths) == 1


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
