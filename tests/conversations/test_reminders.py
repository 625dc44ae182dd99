"""Reminders that know the case: one message with all that a person owes, and none to who owes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dialogs import notices
from domain.days import is_working_day
from domain.ladders import days_between
from scheduler.planner import Timekeeper
from store import outbox
from store.outbox import OutboxState
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import Town
from tests.conversations.morning import before, delivered, everybody_comes, morning, planner
from tests.conversations.test_needs_report import fill_in

TWO_WEEKS, A_WEEK, TWO_DAYS = date(2023, 1, 18), date(2023, 1, 25), date(2023, 1, 30)
LAST_DAY, DAY_AFTER = date(2023, 2, 1), date(2023, 2, 2)


async def test_a_reminder_names_the_next_question_and_its_button_opens_it(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    told = await morning(town, TWO_WEEKS)
    assert told["eier-bodo"].splitlines() == [
        "Påminnelse",
        "1 ting venter på deg. Det som haster mest, har frist 1. februar 2023.",
        "Fyll ut ferdig og send inn «Lesing i alle fag». Neste spørsmål: «Lokalt definert behov»"
        " – frist 1. februar 2023",
        "",
        "1. [Gjør nr. 1]",
    ]
    assert "Side 3 av" in await before(owner).presses("Gjør nr. 1")
    assert "Side 3 av" in await owner.says("fortsett")


async def test_the_button_can_be_typed(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    await owner.says("hjelp")
    await morning(town, TWO_WEEKS)
    assert "Side 3 av" in await owner.says("1")


async def test_who_has_done_it_hears_nothing(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-bodo")
    await fill_in(owner)
    assert "eier-bodo" in await morning(town, TWO_WEEKS)
    await owner.presses("Send inn", LAST) if owner.card else None
    await delivered(town)
    assert "eier-bodo" not in await morning(town, A_WEEK)


async def test_what_is_done_between_planning_and_sending_stops_the_message(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-bodo")
    await fill_in(owner)
    town.at = datetime(2023, 1, 18, 8, 5, tzinfo=UTC)
    await planner(town).tick()
    await owner.presses("Send inn", LAST)
    told = await delivered(town)
    assert "Påminnelse" not in told.get("eier-bodo", "")
    dropped = await town.store.read(lambda c: outbox.in_state(c, OutboxState.DROPPED))
    assert {row.reason for row in dropped if row.recipient == "eier-bodo"} == {"nothing_owed"}


async def test_the_year_has_five_steps_and_each_is_told_once(town: Town) -> None:
    await everybody_comes(town)
    days = {}
    for day in range(16, 32):
        on = date(2023, 1, day)
        days[on] = "Påminnelse" in (await morning(town, on)).get("eier-rana", "")
    for day in range(1, 10):
        on = date(2023, 2, day)
        days[on] = "Påminnelse" in (await morning(town, on)).get("eier-rana", "")
    assert [on for on, told in days.items() if told] == [TWO_WEEKS, A_WEEK, TWO_DAYS, LAST_DAY, DAY_AFTER]
    assert await morning(town, LAST_DAY) == {}  # the clock went back: nothing is told twice


async def test_a_later_deadline_moves_the_owners_own_reminders(town: Town) -> None:
    await everybody_comes(town)
    staff = town.person("sekretariat")
    await staff.says("utsett frist")
    await staff.presses("Gi ny frist", {"owner": "1833", "deadline_on": "10.02.2023", "why": "Sykdom"})
    await delivered(town)
    assert "eier-rana" not in await morning(town, TWO_WEEKS)
    assert "10. februar 2023" in (await morning(town, date(2023, 1, 27)))["eier-rana"]
    assert "10. februar 2023" in (await morning(town, date(2023, 2, 10)))["eier-rana"]


async def test_the_first_step_is_told_on_the_working_day_before_where_its_own_is_free(town: Town) -> None:
    """28 January 2023, two weeks before the last day, is a Saturday."""
    await everybody_comes(town)
    staff = town.person("sekretariat")
    await staff.says("utsett frist")
    await staff.presses("Gi ny frist", {"owner": "1833", "deadline_on": "11.02.2023", "why": "Sykdom"})
    await delivered(town)
    days = [day for day in days_between(date(2023, 1, 17), date(2023, 2, 14)) if is_working_day(day)]
    reminded = [day for day in days if "Påminnelse" in (await morning(town, day)).get("eier-rana", "")]
    assert [f"{day:%d.%m}" for day in reminded] == ["27.01", "03.02", "09.02", "10.02", "13.02"]


async def test_a_person_chooses_how_often(town: Town) -> None:
    await everybody_comes(town)
    weekly, last = town.person("eier-bodo"), town.person("eier-rana")
    assert "14, 7 og 2 dager før" in await weekly.says("påminnelser")
    assert "én påminnelse i uka" in await weekly.presses("Én gang i uka")
    assert "på siste dagen" in await last.says("påminnelser siste")
    heard: dict[str, list[int]] = {"eier-bodo": [], "eier-rana": []}
    for on in (date(2023, 1, day) for day in range(16, 32)):
        told = await morning(town, on)
        for person_id, days in heard.items():
            if person_id in told:
                days.append(on.day)
    assert heard == {"eier-bodo": [23, 30], "eier-rana": []}
    assert "eier-rana" in await morning(town, LAST_DAY)


async def test_after_the_last_step_staff_hear_how_many_to_phone(town: Town) -> None:
    await everybody_comes(town)
    owner = town.person("eier-bodo")
    await fill_in(owner, PAGES[:2])
    for on in (TWO_WEEKS, A_WEEK, TWO_DAYS, LAST_DAY):
        assert "eier-bodo" in await morning(town, on)
    told = await morning(town, DAY_AFTER)
    assert told["eier-bodo"].splitlines()[1].startswith("Fristen er ute, og dette er ikke levert.")
    assert (
        told["sekretariat"].splitlines()[1].startswith("Fristen 1. februar 2023 er ute. 2 personer har fått")
    )


async def has_one_sent_back_and_a_draft(town: Town, answer_by_on: str) -> None:
    owner, staff = town.person("eier-bodo"), town.person("sekretariat")
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    await staff.says("send tilbake 2023-DEKOM-001")
    await staff.presses("Neste", {"fields": "goal"})
    await staff.presses("Neste", {"reason.goal": "Si mer."})
    await staff.presses("Send tilbake", {"answer_by_on": answer_by_on})
    await fill_in(owner, PAGES[:1])
    await delivered(town)


async def test_all_that_is_owed_is_one_message(town: Town) -> None:
    await everybody_comes(town)
    await has_one_sent_back_and_a_draft(town, answer_by_on="1. februar")
    lines = (await morning(town, TWO_WEEKS))["eier-bodo"].splitlines()
    assert lines[1] == "2 ting venter på deg. Det som haster mest, har frist 1. februar 2023."
    assert lines[-1] == "1. [Gjør nr. 1]  2. [Gjør nr. 2]"


async def test_downtime_loses_nothing_that_is_still_of_use(town: Town) -> None:
    """The bot was away over two steps: the older one comes too late, the newer one is told."""
    await everybody_comes(town)
    await morning(town, date(2023, 1, 17))
    await town.restart()
    told = await morning(town, date(2023, 1, 27))
    assert told["eier-rana"].count("Påminnelse") == 1
    dropped = await town.store.read(lambda c: outbox.in_state(c, OutboxState.DROPPED))
    assert [row.reason for row in dropped if row.recipient == "eier-rana" and row.kind == "reminder"] == [
        "too_late"
    ]


async def test_a_clock_that_was_ahead_loses_nothing_and_is_said(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """It is put right, and what came too late by it is told when its day comes; nothing is told twice."""
    await everybody_comes(town)
    await morning(town, date(2023, 1, 16))
    await morning(town, date(2023, 3, 1))
    assert "Påminnelse" not in (await morning(town, date(2023, 1, 17))).get("eier-rana", "")
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "planner.clock_was_ahead"
    ]
    for day in (TWO_WEEKS, A_WEEK, TWO_DAYS, LAST_DAY, DAY_AFTER):
        assert (await morning(town, day))["eier-rana"].count("Påminnelse") == 1
    assert await morning(town, DAY_AFTER) == {}


async def test_a_step_that_passed_while_the_clock_was_ahead_is_told_when_it_is_put_right(town: Town) -> None:
    await everybody_comes(town)
    await morning(town, date(2023, 1, 16))
    await morning(town, date(2023, 3, 1))
    told = await morning(town, date(2023, 1, 19))  # the step was the day before
    assert told["eier-rana"].count("Påminnelse") == 1
    assert await morning(town, date(2023, 1, 20)) == {}


async def test_what_a_newer_one_was_to_tell_by_a_clock_that_was_ahead_is_told_when_its_day_comes(
    town: Town,
) -> None:
    await everybody_comes(town)
    await morning(town, TWO_WEEKS)
    await morning(town, date(2023, 1, 31))
    assert "eier-rana" not in await morning(town, date(2023, 1, 19))
    assert (await morning(town, A_WEEK))["eier-rana"].count("Påminnelse") == 1
    assert await morning(town, date(2023, 1, 26)) == {}


async def test_a_jump_of_the_clock_is_believed_at_the_next_tick(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a machine has slept. A clock that is put right until then has done nothing."""
    await everybody_comes(town)
    passed = 0.0
    planning = planner(town, Timekeeper(lambda: town.at, lambda: passed))
    for at, is_told in (
        (datetime(2023, 1, 17, 9, tzinfo=UTC), False),
        (datetime(2023, 3, 1, 9, tzinfo=UTC), False),
        (datetime(2023, 1, 17, 9, 1, tzinfo=UTC), False),
        (datetime(2023, 1, 18, 9, tzinfo=UTC), False),
        (datetime(2023, 1, 18, 9, 0, 1, tzinfo=UTC), True),
    ):
        town.at, passed = at, passed + 1
        await planning.tick()
        assert ("eier-rana" in await delivered(town)) is is_told
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "planner.clock_jumped",
        "planner.clock_jumped",
    ]


async def test_after_a_day_away_there_is_one_reminder_for_the_steps_of_both_days(town: Town) -> None:
    """The draft has its step on the day that was missed, and the case that was sent back on the day after."""
    await everybody_comes(town)
    await has_one_sent_back_and_a_draft(town, answer_by_on="2. februar")
    await morning(town, date(2023, 1, 17))
    told = await morning(town, date(2023, 1, 19))
    assert told["eier-bodo"].count("Påminnelse") == 1
    assert "2 ting venter på deg." in told["eier-bodo"]
    assert told["eier-rana"].count("Påminnelse") == 1
    dropped = await town.store.read(lambda c: outbox.in_state(c, OutboxState.DROPPED))
    assert [row.reason for row in dropped if row.recipient == "eier-rana" and row.kind == "reminder"] == [
        "newer_waits"
    ]
    assert "eier-rana" not in await morning(town, date(2023, 1, 20))


async def test_a_reminder_that_stood_for_several_days_goes_on_by_mail_for_all_of_them(town: Town) -> None:
    """The owner in Rana has a step on the day that was missed, and none on the day after."""
    await everybody_comes(town)
    await has_one_sent_back_and_a_draft(town, answer_by_on="2. februar")
    await morning(town, date(2023, 1, 17))
    assert "Påminnelse" in (await morning(town, date(2023, 1, 19)))["eier-rana"]
    town.at += timedelta(hours=24)
    rows = await town.store.read(lambda c: outbox.in_state(c, OutboxState.SENT))
    (row,) = [row for row in rows if row.recipient == "eier-rana" and row.kind == "reminder"]
    found = await town.store.read(
        lambda c: notices.wanted(c, row.kind, row.recipient, row.payload, town.at, "nb", town.house.forum)
    )
    assert isinstance(found, notices.Notice)
    assert "frist 1. februar 2023" in found.message.text


async def test_nothing_goes_out_in_the_night(town: Town) -> None:
    await everybody_comes(town)
    await delivered(town)
    town.at = datetime(2023, 1, 18, 20, tzinfo=UTC)
    await planner(town).tick()
    assert await delivered(town) == {}
