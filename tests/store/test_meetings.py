"""Meetings are kept with who was called and what they answer; channels and calendars beside them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from domain.calendar import Party
from domain.errors import Stale
from domain.forum import load_forum
from domain.meetings import Answer, DateOption, Meeting, MeetingForm, MeetingState, Presence
from domain.messages import Scope
from store import audit, batches, channels, feeds, meetings, outbox, register
from store.meetings import Invitee, Need, Vote
from store.outbox import Item
from store.work import Store, Work
from tests.store.builders import NOW, OTHER, OWNER, PEOPLE, ROLES, an_address, do

ID = "2023-region_salten_spring"
TODAY = NOW.date()


def a_meeting() -> Meeting:
    return Meeting(
        ID,
        2023,
        "region_salten_spring",
        MeetingForm.PHYSICAL,
        region="SALTEN",
        first_on=date(2023, 4, 26),
        starts=time(9),
        ends=time(15, 30),
        place="Fauske",
        agenda=("Tildelingen 2023", "Involvering av eierne"),
        has_food=True,
        practical="Send reiseregningen til RKK Lofoten innen 1. juni.",
    )


async def with_a_meeting(store: Store) -> Meeting:
    organisations = load_forum("nordland").organisations()
    await do(store, lambda work: register.seed(work, organisations, PEOPLE, ROLES), actor="operator")
    return await do(store, lambda work: meetings.begin(work, a_meeting()))


async def called(store: Store) -> Meeting:
    before = await with_a_meeting(store)
    after = replace(before, state=MeetingState.CALLED, sequence=1)
    kept = await do(store, lambda work: meetings.save(work, before, after))
    await do(store, lambda work: meetings.call(work, kept, [OWNER.id, OTHER.id], "b1"))
    return kept


async def test_a_meeting_is_read_as_it_was_kept(store: Store) -> None:
    kept = await with_a_meeting(store)
    assert kept == a_meeting()
    assert await store.read(lambda connection: meetings.get(connection, ID)) == kept
    assert await store.read(lambda connection: meetings.of_year(connection, 2023)) == {ID: kept}
    assert await store.read(lambda connection: meetings.of_year(connection, 2024)) == {}


async def test_a_meeting_is_begun_once(store: Store) -> None:
    kept = await with_a_meeting(store)
    changed = await do(store, lambda work: meetings.save(work, kept, replace(kept, place="Rognan")))
    again = await do(store, lambda work: meetings.begin(work, a_meeting()))
    assert again == changed
    history = await store.read(lambda connection: audit.history(connection, f"meeting:{ID}"))
    assert [entry.action for entry in history] == ["meeting_begun", "meeting_changed"]


async def test_of_two_who_change_a_meeting_the_later_one_is_told(store: Store) -> None:
    kept = await with_a_meeting(store)
    await do(store, lambda work: meetings.save(work, kept, replace(kept, place="Rognan")))
    with pytest.raises(Stale):
        await do(store, lambda work: meetings.save(work, kept, replace(kept, place="Ørnes")))


async def test_the_audit_holds_no_word_that_anybody_wrote(store: Store) -> None:
    kept = await called(store)
    words = "Rullestol, og så tåler jeg ikke nøtter"
    await do(store, lambda work: meetings.save(work, kept, replace(kept, practical=words, minutes=words)))
    await do(store, lambda work: meetings.answer(work, ID, OWNER.id, Answer.COMES, diet=words))
    await do(
        store, lambda work: meetings.answer(work, ID, OTHER.id, Answer.SUBSTITUTE, substitute="Kari Nord")
    )
    await do(store, lambda work: meetings.say_need(work, ID, "1804", True, words))
    await do(store, lambda work: meetings.add_point(work, ID, OWNER.id, words))
    history = await store.read(lambda connection: audit.history(connection, f"meeting:{ID}"))
    held = " ".join(str(entry.detail) for entry in history)
    assert "nøtter" not in held
    assert "Kari" not in held


async def test_answers_stand_until_people_are_asked_again(store: Store) -> None:
    await called(store)
    await do(store, lambda work: meetings.answer(work, ID, OWNER.id, Answer.COMES, diet="glutenfri"))
    await do(store, lambda work: meetings.answer(work, ID, OTHER.id, Answer.SUBSTITUTE, substitute="Kari"))
    found = await store.read(lambda connection: meetings.invitees(connection, ID))
    assert found == (
        Invitee(ID, OWNER.id, OWNER.name, "b1", Answer.COMES, None, "glutenfri", None),
        Invitee(ID, OTHER.id, OTHER.name, "b1", Answer.SUBSTITUTE, "Kari", None, None),
    )
    await do(store, lambda work: meetings.ask_again(work, ID))
    found = await store.read(lambda connection: meetings.invitees(connection, ID))
    assert found == (
        Invitee(ID, OWNER.id, OWNER.name, "b1", None, None, "glutenfri", None),
        Invitee(ID, OTHER.id, OTHER.name, "b1", None, None, None, None),
    )
    await do(store, lambda work: meetings.forget_diets(work, ID))
    one = await store.read(lambda connection: meetings.invitee(connection, ID, OWNER.id))
    assert one == Invitee(ID, OWNER.id, OWNER.name, "b1", None, None, None, None)


async def test_who_is_called_once_more_keeps_the_answer(store: Store) -> None:
    kept = await called(store)
    await do(store, lambda work: meetings.answer(work, ID, OWNER.id, Answer.COMES))
    await do(store, lambda work: meetings.call(work, kept, [OWNER.id], "b2"))
    found = await store.read(lambda connection: meetings.invitees(connection, ID))
    assert [(each.person_id, each.batch, each.answer) for each in found] == [
        (OWNER.id, "b2", Answer.COMES),
        (OTHER.id, "b1", None),
    ]


async def test_who_owes_an_answer_is_not_who_never_got_the_call(store: Store) -> None:
    kept = await called(store)
    until = date(2023, 4, 19)
    await do(store, lambda work: meetings.save(work, kept, replace(kept, answer_by_on=until)))

    async def silent() -> set[str]:
        asked = {"on": TODAY, "last_days": [until]}
        return await store.read(lambda c: set(c.execute(meetings.UNANSWERED, asked).scalars()))

    assert await silent() == {OWNER.id, OTHER.id}

    def stop(work: Work) -> None:
        batches.propose(work, "b1", "meeting_called", ID)
        for person in (OWNER.id, OTHER.id):
            outbox.put(work, f"meeting_called:b1:{person}", "meeting_called", person, {}, batch="b1")
        batches.release(work, "b1")
        (item,) = outbox.claim(work, 1, NOW + timedelta(minutes=5), NOW)
        outbox.sent(work, item)
        batches.stop(work, "b1")

    await do(store, stop)
    assert await silent() == {OWNER.id}
    found = await store.read(lambda connection: meetings.invitees(connection, ID))
    assert [each.person_id for each in found] == [OWNER.id]
    assert await store.read(lambda connection: meetings.invitee(connection, ID, OTHER.id)) is None


async def test_presence_is_noted_by_person(store: Store) -> None:
    await called(store)
    there = {OWNER.id: Presence.SELF, OTHER.id: Presence.NOBODY}
    await do(store, lambda work: meetings.note_presence(work, ID, there))
    found = await store.read(lambda connection: meetings.invitees(connection, ID))
    assert {each.person_id: each.presence for each in found} == there


async def test_a_person_sees_the_meetings_they_were_called_to_until_they_are_over(store: Store) -> None:
    kept = await called(store)
    standing = (MeetingState.CALLED,)

    async def invited(person: str, on: date) -> list[str]:
        found = await store.read(lambda connection: meetings.invited_to(connection, person, on, standing))
        return [meeting.id for meeting in found]

    assert await invited(OWNER.id, date(2023, 4, 26)) == [ID]
    assert await invited(OWNER.id, date(2023, 4, 27)) == []
    assert await invited("sekretariat", TODAY) == []
    await do(store, lambda work: meetings.save(work, kept, replace(kept, last_on=date(2023, 4, 27))))
    assert await invited(OWNER.id, date(2023, 4, 27)) == [ID]


async def test_the_latest_word_of_an_owner_counts(store: Store) -> None:
    await with_a_meeting(store)
    await do(store, lambda work: meetings.say_need(work, ID, "1804", False, None))
    await do(store, lambda work: meetings.say_need(work, ID, "1841", True, "Gjerne"), actor=OTHER.id)
    await do(store, lambda work: meetings.say_need(work, ID, "1804", True, "Likevel"))
    assert await store.read(lambda connection: meetings.needs(connection, ID)) == (
        Need("1804", True, "Likevel", OWNER.id),
        Need("1841", True, "Gjerne", OTHER.id),
    )


async def test_a_new_choice_of_dates_takes_the_place_of_the_old(store: Store) -> None:
    await with_a_meeting(store)
    first = (DateOption(1, date(2023, 4, 12)), DateOption(2, date(2023, 4, 13), None, time(9), time(15)))
    assert await store.read(lambda connection: meetings.poll(connection, ID)) == 0
    assert await do(store, lambda work: meetings.begin_poll(work, ID, first)) == 1
    assert await store.read(lambda connection: meetings.options(connection, ID, 1)) == first
    await do(store, lambda work: meetings.vote(work, ID, 1, OWNER.id, [2, 1, 2]))
    await do(store, lambda work: meetings.vote(work, ID, 1, OWNER.id, [2]))
    await do(store, lambda work: meetings.vote(work, ID, 1, OTHER.id, []))
    assert await store.read(lambda connection: meetings.votes(connection, ID, 1)) == (
        Vote(OWNER.id, OWNER.name, (2,)),
        Vote(OTHER.id, OTHER.name, ()),
    )
    assert await do(store, lambda work: meetings.begin_poll(work, ID, first[:1])) == 2
    assert await store.read(lambda connection: meetings.poll(connection, ID)) == 2
    assert await store.read(lambda connection: meetings.votes(connection, ID, 2)) == ()


async def test_points_stand_in_the_order_in_which_they_were_named(store: Store) -> None:
    await with_a_meeting(store)
    named = "Overgangen fra barnehage til skole", "Koordinator"
    await do(store, lambda work: meetings.add_point(work, ID, OTHER.id, named[0]))
    await do(store, lambda work: meetings.add_point(work, ID, OWNER.id, named[1]))
    found = await store.read(lambda connection: meetings.points(connection, ID))
    assert [(point.name, point.text) for point in found] == [
        (OTHER.name, "Overgangen fra barnehage til skole"),
        (OWNER.name, "Koordinator"),
    ]


async def test_a_network_is_those_of_its_region(store: Store) -> None:
    await with_a_meeting(store)

    async def who(party: Party, region: str | None) -> list[str]:
        found = await store.read(
            lambda connection: meetings.people(connection, "nordland", party, region, TODAY)
        )
        return [person.id for person in found]

    assert await who(Party.NETWORK, "SALTEN") == [OWNER.id, OTHER.id]
    assert await who(Party.NETWORK, "LOFOTEN") == []
    assert await who(Party.COMMITTEES, None) == []


async def test_a_channel_belongs_to_the_region_that_it_was_last_said_to(store: Store) -> None:
    there = an_address(
        conversation_id="19:abc@thread.tacv2;messageid=1",
        scope=Scope.CHANNEL,
        channel_id="19:abc@thread.tacv2",
        team_id="19:team",
    )
    recipient = channels.recipient("SALTEN")
    assert recipient == "channel:SALTEN"
    assert await store.read(lambda connection: channels.address(connection, recipient)) is None
    await do(store, lambda work: channels.bind(work, "SALTEN", there))
    await do(store, lambda work: channels.bind(work, "", replace(there, channel_id="19:general")))
    found = await store.read(lambda connection: channels.address(connection, recipient))
    assert found is not None
    assert (found.conversation_id, found.scope, found.user_id, found.object_id) == (
        "19:abc@thread.tacv2",
        Scope.CHANNEL,
        None,
        None,
    )
    general = await store.read(lambda connection: channels.address(connection, channels.recipient(None)))
    assert general is not None
    assert general.channel_id == "19:general"
    await do(store, lambda work: channels.bind(work, "SALTEN", replace(there, channel_id="19:new")))
    moved = await store.read(lambda connection: channels.address(connection, recipient))
    assert moved is not None
    assert moved.channel_id == "19:new"
    assert await store.read(channels.bound) == frozenset({"", "SALTEN"})


async def test_a_new_address_of_a_calendar_takes_the_place_of_the_old(store: Store) -> None:
    await with_a_meeting(store)

    async def whose(token: str) -> str | None:
        return await store.read(lambda connection: feeds.holder(connection, token))

    await do(store, lambda work: feeds.issue(work, OWNER.id, 1, "first"))
    await do(store, lambda work: feeds.issue(work, OTHER.id, 1, "other"))
    assert await whose("first") == OWNER.id
    await do(store, lambda work: feeds.issue(work, OWNER.id, 2, "second"))
    assert (await whose("first"), await whose("second"), await whose("other")) == (None, OWNER.id, OTHER.id)
    assert await store.read(lambda connection: feeds.number(connection, OWNER.id)) == 2
    assert await store.read(lambda connection: feeds.number(connection, "sekretariat")) == 0


CALL = "meeting_called:b1:" + OWNER.id
IN_A_MOMENT = NOW + timedelta(minutes=3)


def put_call(work: Work) -> None:
    outbox.put(work, CALL, "meeting_called", OWNER.id, {"meeting": ID}, batch="b1")


def release(work: Work) -> None:
    batches.release(work, "b1")


def stop(work: Work) -> None:
    batches.stop(work, "b1")


def take(work: Work) -> Item:
    (item,) = outbox.claim(work, 1, IN_A_MOMENT, NOW)
    return item


def again(work: Work) -> None:
    """It may have come, and is due at once."""
    outbox.went_wrong(work, take(work), NOW, "ambiguous")


def paced(work: Work) -> None:
    """Taken, and put off before anything was sent."""
    outbox.later(work, take(work), NOW, "paced")


def dies(work: Work) -> None:
    """Whoever took it is heard of no more, and it is due at once."""
    take(work)
    outbox.claim(work, 0, IN_A_MOMENT, IN_A_MOMENT)


def drop(work: Work, reason: str = "meeting_moved_on") -> None:
    outbox.dropped(work, take(work), reason)


def on_to_the_mail(work: Work) -> None:
    outbox.by_mail(work, take(work), outbox.NO_CHAT)


@pytest.mark.parametrize(
    ("what_became_of_it", "may_have_heard"),
    [
        ((), False),
        ((release,), True),  # it will go
        ((release, stop), None),  # not called at all
        ((release, drop), False),
        ((release, paced, stop), None),
        ((release, paced, drop), False),
        ((release, lambda work: drop(work, batches.STOPPED)), None),
        ((release, dies, stop), True),
        ((release, again, stop), True),
        ((release, again, drop), True),
        ((release, on_to_the_mail), True),
        ((release, lambda work: drop(work, outbox.NO_CHAT)), True),  # they are phoned
    ],
)
async def test_who_may_have_heard_of_a_call(
    store: Store, what_became_of_it: tuple[Callable[[Work], object], ...], may_have_heard: bool | None
) -> None:
    await called(store)

    def happen(work: Work) -> None:
        batches.propose(work, "b1", "meeting_called", ID)
        put_call(work)
        for step in what_became_of_it:
            step(work)

    await do(store, happen)
    found = await store.read(
        lambda connection: {
            each.person_id: meetings.may_have_heard(connection, each)
            for each in meetings.invitees(connection, ID)
        }
    )
    assert found.get(OWNER.id) is may_have_heard
    assert found[OTHER.id] is False  # who was sent nothing at all
