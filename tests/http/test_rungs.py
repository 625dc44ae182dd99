"""One way after the other: Teams, then mail, then whoever phones. The real loop, store, mailer and stand-ins, on clocks
that are moved."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dialogs import notices
from domain.days import OSLO
from domain.ladders import reminding
from domain.messages import Address, Message, Ready
from play import troubles
from play.post_office import NO_SUCH_PERSON, PostOffice, Step
from play.post_office import Mishap as MailMishap
from play.troubles import Mishap
from store import batches, calls, outbox
from store.outbox import OutboxState
from store.work import Work
from tests.conftest import NewDatabase
from tests.http.test_delivery import NOBODY, OWNER, Office, an_office, end_roles
from tests.http.test_mail_delivery import a_post_and_an_office, cases_of, give_address, ways
from tests.store.builders import NOW, do

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KARI = "kari@example.org"
FRIDAY = datetime(2023, 1, 20, 10, 30, tzinfo=OSLO)
MONDAY_EIGHT = datetime(2023, 1, 23, 8, tzinfo=OSLO)
NOBODY_THERE = MailMishap(Step.HELLO, "421 4.3.2 Closing")
DROPPED, FAILED, PENDING, SENT = (
    OutboxState.DROPPED,
    OutboxState.FAILED,
    OutboxState.PENDING,
    OutboxState.SENT,
)

Both = tuple[Office, PostOffice]


@pytest.fixture(autouse=True)
def a_day_of_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not react for a day gets it by the next way."""
    kind = replace(notices.KINDS["receipt_copy"], mail_after=DAY)
    monkeypatch.setitem(notices.KINDS, "receipt_copy", kind)


@pytest.fixture
async def both(new_sqlite: NewDatabase) -> AsyncIterator[Both]:
    """Kari has a chat and an address; Ola has an address alone. Both speak for the owner."""
    async with a_post_and_an_office(new_sqlite()) as found:
        yield found


async def to_phone(office: Office) -> list[str]:
    found = await office.store.read(lambda connection: calls.waiting(connection, NOW - DAY))
    return [each.recipient for each in found]


async def days_pass(office: Office, *, until: timedelta) -> None:
    """To that time after the first message, with a tick an hour on the way."""
    delivery = office.delivery()
    while office.clock.days < until:
        office.clock.days += HOUR
        office.clock.passes(HOUR.total_seconds())
        while await delivery.tick():
            pass


async def test_who_does_not_react_gets_a_mail_and_then_a_call(both: Both) -> None:
    office, post = both
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=DAY - HOUR)
    assert (office.arrived(), post.letters) == (["1"], [])
    await days_pass(office, until=DAY)
    assert cases_of(post, KARI) == ["1"]
    assert "fordi jeg ikke har hørt fra deg etter at jeg skrev i Teams" in post.to(KARI)[0].text
    await days_pass(office, until=2 * DAY - HOUR)
    assert await to_phone(office) == []
    await days_pass(office, until=5 * DAY)
    assert await to_phone(office) == ["kari"]
    assert await office.state() == (SENT, None)
    assert await ways(office) == [("teams", "sent", None), ("mail", "sent", None)]
    assert (office.arrived(), cases_of(post, KARI)) == (["1"], ["1"])


@pytest.mark.parametrize("after", [MINUTE, HOUR, DAY - MINUTE])
async def test_who_reacts_gets_no_mail(both: Both, after: timedelta) -> None:
    """Also who had written a moment before: that a reaction comes is noted to the moment."""
    office, post = both
    await office.hears("kari")
    await office.put("1")
    await office.delivery().tick()
    office.clock.days = after
    await office.hears("kari")
    await days_pass(office, until=4 * DAY)
    assert (post.letters, await to_phone(office)) == ([], [])
    assert await ways(office) == [("teams", "sent", None)]


@pytest.mark.parametrize("after", [MINUTE, HOUR])
async def test_a_reaction_in_a_chat_that_was_made_anew_counts(both: Both, after: timedelta) -> None:
    office, post = both
    office.teams.world.lose(office.chat().conversation)
    office.chat().conversation.installed = True
    await office.put("1")
    await office.delivery().tick()
    assert office.arrived() == ["1"]
    office.clock.days = after
    await office.hears("kari")
    await days_pass(office, until=3 * DAY)
    assert (post.letters, await to_phone(office)) == ([], [])


async def test_that_a_chat_is_made_anew_is_no_reaction(both: Both) -> None:
    """The second message makes it; nobody has reacted to the first."""
    office, post = both
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=2 * HOUR)
    office.teams.world.lose(office.chat().conversation)
    office.chat().conversation.installed = True
    await office.put("2")
    await days_pass(office, until=DAY)
    assert (office.arrived(), cases_of(post, KARI)) == (["2"], ["1"])  # the first went with the chat


async def test_what_was_written_before_is_no_reaction(both: Both) -> None:
    office, post = both
    office.clock.days = HOUR
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=HOUR + DAY)
    assert cases_of(post, KARI) == ["1"]


async def test_who_reacts_to_the_mail_is_not_phoned(both: Both) -> None:
    office, _ = both
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=DAY + HOUR)
    await office.hears("kari")
    await days_pass(office, until=4 * DAY)
    assert await to_phone(office) == []


async def test_who_reacts_when_it_is_on_the_list_is_taken_off_it(both: Both) -> None:
    office, _ = both
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=3 * DAY)
    assert await to_phone(office) == ["kari"]
    await office.hears("kari")
    assert await to_phone(office) == []


@pytest.mark.parametrize("at", [HOUR, DAY + HOUR])
async def test_what_is_done_meanwhile_pesters_nobody(both: Both, at: timedelta) -> None:
    office, post = both
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=at)
    await do(office.store, lambda work: end_roles(work, "kari"))
    await days_pass(office, until=4 * DAY)
    assert cases_of(post, KARI) == (["1"] if at > DAY else [])
    assert (await to_phone(office), await office.state()) == ([], (SENT, None))


async def test_a_guest_gets_a_mail_at_once_and_a_call_when_there_is_no_reaction(both: Both) -> None:
    office, post = both
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert [letter.to for letter in post.letters] == ["ola@example.org"]
    await days_pass(office, until=DAY + HOUR)
    assert await to_phone(office) == ["ola"]
    assert await ways(office, "ola") == [("teams", "missed", "no_chat"), ("mail", "sent", None)]
    assert len(post.letters) == 1


async def test_whom_nothing_reaches_is_to_be_phoned_at_once(both: Both) -> None:
    office, _ = both
    await give_address(office, "ola", None)
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert await to_phone(office) == ["ola"]
    assert await office.state(to="ola") == (DROPPED, "no_chat")
    assert await ways(office, "ola") == [("teams", "missed", "no_chat"), ("mail", "missed", "no_chat")]


async def test_who_has_no_address_is_phoned_when_the_mail_would_have_gone(both: Both) -> None:
    office, _ = both
    await give_address(office, "kari", None)
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=DAY)
    assert await to_phone(office) == ["kari"]
    assert await office.state() == (SENT, None)
    assert await ways(office) == [("teams", "sent", None), ("mail", "missed", "no_chat")]


async def test_an_address_that_is_refused_leaves_what_teams_brought(both: Both) -> None:
    office, post = both
    post.plan(NO_SUCH_PERSON)
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=2 * DAY)
    assert await office.state() == (SENT, None)
    assert await to_phone(office) == ["kari"]
    assert await ways(office) == [("teams", "sent", None), ("mail", "missed", "blocked")]


@pytest.mark.parametrize("address", [None, KARI])
async def test_who_has_it_in_teams_is_not_phoned_about_what_does_not_lead_there(
    both: Both, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    """Such as a first reminder, two weeks before the day: without an address, or with one that refuses."""
    kind = replace(notices.KINDS["receipt_copy"], is_phoned=False)
    monkeypatch.setitem(notices.KINDS, "receipt_copy", kind)
    office, post = both
    await give_address(office, "kari", address)
    post.plan(NO_SUCH_PERSON)
    await office.put("1")
    await office.delivery().tick()
    await days_pass(office, until=2 * DAY)
    assert (await office.state(), await to_phone(office)) == ((SENT, None), [])
    assert await ways(office) == [
        ("teams", "sent", None),
        ("mail", "missed", "blocked" if address else "no_chat"),
    ]


async def test_blocked_in_teams_it_goes_by_mail_with_a_receipt_of_both(both: Both) -> None:
    office, post = both
    office.teams.connector.mishaps.plan(troubles.BLOCKED_BY_USER)
    await office.put("1")
    delivery = office.delivery()
    await delivery.tick()
    office.clock.passes(1)
    await delivery.tick()
    assert cases_of(post, KARI) == ["1"]
    assert await ways(office) == [("teams", "missed", "blocked"), ("mail", "sent", None)]


async def test_a_restart_on_the_way_loses_nothing_and_doubles_nothing(both: Both) -> None:
    """Each tick is one of another process."""
    office, post = both
    await office.put("1")
    for _ in range(80):
        await office.delivery().tick()
        office.clock.days += HOUR
        office.clock.passes(HOUR.total_seconds())
    assert (office.arrived(), cases_of(post, KARI)) == (["1"], ["1"])
    assert await to_phone(office) == ["kari"]


async def test_a_mail_server_that_is_away_holds_back_nothing_in_teams(both: Both) -> None:
    """The first is to go by mail, too, which takes hours; the second arrives meanwhile."""
    office, post = both
    await office.put("1")
    delivery = office.delivery()
    await delivery.tick()
    office.clock.days = DAY + HOUR
    post.plan(NOBODY_THERE, times=9)
    await delivery.tick()
    await office.put("2")
    await delivery.tick()
    assert (office.arrived(), post.letters) == (["1", "2"], [])


async def test_what_was_given_up_in_teams_and_waits_for_the_mail_server_holds_back_nothing(
    both: Both,
) -> None:
    """The service is busy for the first, and well again for the second."""
    office, post = both
    post.plan(NOBODY_THERE, times=999)
    office.teams.connector.mishaps.plan(troubles.CONCURRENT, times=6)
    await office.put("1")
    delivery = office.delivery()
    for _ in range(20):
        await delivery.tick()
        office.clock.passes(360)
    await office.put("2")
    await delivery.tick()
    assert (office.arrived(), post.letters) == (["2"], [])


async def test_after_a_day_without_teams_all_that_waits_goes_by_mail(both: Both) -> None:
    """And not one message a day."""
    office, post = both
    for key in "1234":
        await office.put(key)
    await office.hears("kari", NOBODY + "/emea/")
    delivery = office.delivery()
    for _ in range(32 * 10):
        while await delivery.tick():
            pass
        office.clock.days += 6 * MINUTE
        office.clock.passes(360)
    assert cases_of(post, KARI) == ["1", "2", "3", "4"]


# Office hours.


async def test_who_does_not_react_over_the_weekend_is_mailed_on_monday(both: Both) -> None:
    office, post = both
    office.hours = reminding("nordland")
    office.clock.days = FRIDAY - NOW
    await office.put("1")
    await office.delivery().tick()
    assert office.arrived() == ["1"]
    await days_pass(office, until=MONDAY_EIGHT - NOW - HOUR)
    assert post.letters == []
    await days_pass(office, until=MONDAY_EIGHT - NOW)
    assert cases_of(post, KARI) == ["1"]


async def test_what_is_planned_waits_for_office_hours_and_an_answer_does_not(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage, in the night: what somebody did is confirmed, and what the calendar says waits for Monday."""
    office, _ = both
    monkeypatch.setattr(notices, "PLANNED", frozenset({"receipt_copy"}))
    address = await office.reached()
    assert address is not None
    office.ready = Ready(address, Message("Hei"))
    office.hours = reminding("nordland")
    office.clock.days = FRIDAY - NOW + 12 * HOUR
    await office.put("1")
    await office.put("1", kind="answer")
    delivery = office.delivery()
    await delivery.tick()
    assert (await office.state(), await office.state(kind="answer")) == ((PENDING, None), (SENT, None))
    office.clock.days = MONDAY_EIGHT - NOW
    await delivery.tick()
    assert await office.state() == (SENT, None)


# Too late, and stopped.


async def put_until(office: Office, key: str, after: timedelta) -> None:
    def put(work: Work) -> None:
        about = {"case": f"2023-REKOM-{key.zfill(3)}"}
        outbox.put(work, f"receipt_copy:{key}:kari", "receipt_copy", "kari", about, expires_at=NOW + after)

    await do(office.store, put)


async def test_what_would_come_too_late_is_dropped_and_says_so(both: Both) -> None:
    office, _ = both
    await put_until(office, "1", HOUR)
    await put_until(office, "2", HOUR + MINUTE)
    office.clock.days = HOUR
    await office.delivery().tick()
    assert [await office.state(key) for key in ("1", "2")] == [(DROPPED, "too_late"), (SENT, None)]
    assert office.arrived() == ["2"]


async def test_what_is_too_late_for_the_next_way_goes_by_no_other(both: Both) -> None:
    office, post = both
    await put_until(office, "1", 2 * HOUR)
    await office.delivery().tick()
    await days_pass(office, until=3 * DAY)
    assert (post.letters, await to_phone(office), await office.state()) == ([], [], (SENT, None))


async def test_a_batch_is_stopped_between_two_of_its_messages(both: Both) -> None:
    """Claimed in one tick, and stopped while the first of them is being sent."""
    office, _ = both

    def put(work: Work) -> None:
        batches.propose(work, "batch", "receipt_copy", "")
        for key in ("1", "2", "3"):
            about = {"case": f"2023-REKOM-{key.zfill(3)}"}
            outbox.put(work, f"receipt_copy:{key}:kari", "receipt_copy", "kari", about, batch="batch")

    async def send_and_stop(address: Address, message: Message) -> str:
        await do(office.store, lambda work: batches.stop(work, "batch"))
        return await office.connector.send(address, message)

    await do(office.store, put)
    assert await office.delivery().tick() == 0
    await do(office.store, lambda work: batches.release(work, "batch"))
    office.sending = send_and_stop
    await office.delivery().tick()
    assert [await office.state(key) for key in ("1", "2", "3")] == [
        (SENT, None),
        (DROPPED, "stopped"),
        (DROPPED, "stopped"),
    ]
    assert office.arrived() == ["1"]
    await days_pass(office, until=3 * DAY)
    assert await to_phone(office) == []


# Done a second before.


async def test_what_is_done_while_another_message_is_sent_is_not_sent(both: Both) -> None:
    """Both were claimed together; each is looked at when its turn comes."""
    office, _ = both

    async def send_and_do_it(address: Address, message: Message) -> str:
        sent_as = await office.connector.send(address, message)
        await do(office.store, lambda work: end_roles(work, "kari"))
        return sent_as

    office.sending = send_and_do_it
    await office.put("1", "2")
    await office.delivery().tick()
    assert await office.state("2") == (DROPPED, "no_right_any_more")
    assert office.statuses == [201]


async def test_what_is_done_in_the_second_before_sending_is_not_sent(both: Both) -> None:
    """Five go at once and the sixth waits for the pace, after it was prepared; in that second its reason ends."""
    office, _ = both

    async def it_is_done() -> None:
        await do(office.store, lambda work: end_roles(work, "kari"))

    await office.put(*"123456")
    office.clock.on_sleep = it_is_done
    await office.delivery().tick()
    assert office.statuses == [201] * 5
    assert await office.state("6") == (DROPPED, "no_right_any_more")


# Pace.


async def test_a_429_pauses_the_conversation_for_everything_that_goes_there(new_sqlite: NewDatabase) -> None:
    """Two recipients whose messages go to one place, as channels may."""
    async with an_office(new_sqlite()) as office:
        await office.meets("ola", OWNER)
        address = await office.reached()
        assert address is not None
        office.ready = Ready(replace(address, conversation_id="a:one"), Message("Hei"))
        office.teams.connector.mishaps.plan(Mishap(troubles.THROTTLED, retry_after=7))
        delivery = office.delivery()
        await office.put("1")
        await delivery.tick()
        assert await office.state() == (PENDING, "throttled")
        await office.put("1", to="ola")
        await delivery.tick()
        assert await office.state(to="ola") == (PENDING, "paced")
        assert office.statuses == [429]
