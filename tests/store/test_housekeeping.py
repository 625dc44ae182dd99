"""What is forgotten by the hour, and what is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from domain.forum import load_forum
from domain.meetings import Answer, Meeting, MeetingForm
from domain.messages import Identity
from scheduler.housekeeping import Housekeeping
from store import activities, enrolment, meetings, register
from store.work import Store, Work
from tests.store.builders import OWNER, PEOPLE, ROLES

NOW = datetime(2023, 1, 16, 9, tzinfo=UTC)
MACHINE_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SOMEBODY = Identity("tenant", "object")


async def test_old_activities_and_tries_are_forgotten_once_an_hour(store: Store) -> None:
    clock = {"now": MACHINE_NOW}

    def note(work: Work) -> None:
        activities.first_time(work, "a", "new")
        enrolment.miss(work, SOMEBODY, None, MACHINE_NOW)

    def note_old(work: Work) -> None:
        activities.first_time(work, "a", "old")
        enrolment.miss(work, SOMEBODY, None, MACHINE_NOW - timedelta(days=15))

    await store.work(note, actor="a", cause="c", now=NOW)
    await store.work(note_old, actor="a", cause="c", now=NOW - timedelta(hours=25))
    keeping = Housekeeping(store, now=lambda: NOW, machine_now=lambda: clock["now"])
    await keeping.tick()

    def is_new(name: str, work: Work) -> bool:
        return activities.first_time(work, "a", name)

    async def again(name: str) -> bool:
        return await store.work(lambda work: is_new(name, work), actor="a", cause="c", now=NOW)

    assert (await again("new"), await again("old")) == (False, True)
    long_ago = MACHINE_NOW - timedelta(days=100)
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 1

    await store.work(note_old, actor="a", cause="c", now=NOW - timedelta(hours=25))
    await keeping.tick()
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 2
    clock["now"] += timedelta(hours=1)
    await keeping.tick()
    assert await store.read(lambda c: enrolment.tries(c, SOMEBODY, long_ago)) == 1


async def test_what_people_eat_is_forgotten_the_day_after_the_meeting(store: Store) -> None:
    """Whether or not anybody has noted who was there."""
    clock = {"now": NOW, "machine": MACHINE_NOW}
    over = Meeting("2023-over", 2023, "over", MeetingForm.PHYSICAL, first_on=NOW.date(), has_food=True)
    to_come = replace(over, id="2023-to-come", last_on=NOW.date() + timedelta(days=1))

    def eat(work: Work) -> None:
        register.seed(work, load_forum("nordland").organisations(), PEOPLE, ROLES)
        for meeting in (over, to_come):
            meetings.call(work, meetings.begin(work, meeting), [OWNER.id], "b1")
            meetings.answer(work, meeting.id, OWNER.id, Answer.COMES, diet="glutenfri")

    async def eaten() -> list[str | None]:
        def diets(connection: Connection) -> list[str | None]:
            both = (meetings.invitees(connection, meeting.id) for meeting in (over, to_come))
            return [each.diet for found in both for each in found]

        return await store.read(diets)

    await store.work(eat, actor="operator", cause="c", now=NOW)
    keeping = Housekeeping(store, now=lambda: clock["now"], machine_now=lambda: clock["machine"])
    await keeping.tick()
    assert await eaten() == ["glutenfri", "glutenfri"]
    clock = {"now": NOW + timedelta(days=1), "machine": MACHINE_NOW + timedelta(days=1)}
    await keeping.tick()
    assert await eaten() == [None, "glutenfri"]
    clock = {"now": NOW + timedelta(days=2), "machine": MACHINE_NOW + timedelta(days=2)}
    await keeping.tick()
    assert await eaten() == [None, None]
