"""By mail to whom Teams does not reach: the real loop, store and mailer, a real mail server, a clock that is moved."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update

from bot.mail import AWAY, Mailer, Patience, read_url
from bot.settings import Env, load
from bot.wiring import by_mail
from domain.messages import Unwanted
from play import troubles
from play.loopback import HOST
from play.post_office import DROPPED, NO_SUCH_PERSON, NOT_NOW, Mishap, PostOffice, Step
from play.troubles import Trouble
from scheduler.delivery import LEASE, STOP, Post, PreparePost
from store import outbox, receipts, tables
from store.outbox import Item, OutboxState, Way
from tests.conftest import NewDatabase
from tests.http.test_delivery import AFTER_DOUBT, NOBODY, OWNER, Killed, Office, an_office, end_roles, levels
from tests.store.builders import NOW, do

PENDING, SENT, FAILED, UNKNOWN = (
    OutboxState.PENDING,
    OutboxState.SENT,
    OutboxState.FAILED,
    OutboxState.UNKNOWN,
)
NOT_WANTED = OutboxState.DROPPED
PATIENCE = Patience(reach=0.3, address=0.3, hand_over=0.3)
OLA = "ola@example.org"


async def give_address(office: Office, person_id: str, address: str | None) -> None:
    """Enter it in the register."""
    person = tables.person
    changed = update(person).where(person.c.id == person_id).values(email=address)
    await do(office.store, lambda work: work.connection.execute(changed) and None)


def with_mail(office: Office, url: str) -> None:
    """Set up mail as the wiring does."""
    server = read_url(url)
    assert server is not None
    settings = load({"env": Env.TEST, "smtp_url": url, "mail_from": "forum@example.org"})
    mailer = Mailer(
        server,
        "forum@example.org",
        now=office.clock.now,
        seconds=lambda: office.clock.at.timestamp(),
        patience=PATIENCE,
    )
    office.by_mail = by_mail(settings, office.store, mailer, lambda: NOW)


@asynccontextmanager
async def a_post_and_an_office(url: str) -> AsyncIterator[tuple[Office, PostOffice]]:
    """Kari has a chat and an address; Ola was never in Teams and has an address. Both speak for the owner."""
    async with PostOffice() as post, an_office(url) as office:
        with_mail(office, post.url)
        await office.meets("ola", OWNER, is_here=False)
        await give_address(office, "ola", OLA)
        await give_address(office, "kari", "kari@example.org")
        yield office, post


@pytest.fixture
async def both(new_sqlite: NewDatabase) -> AsyncIterator[tuple[Office, PostOffice]]:
    async with a_post_and_an_office(new_sqlite()) as both:
        yield both


Both = tuple[Office, PostOffice]


async def ways(office: Office, to: str = "kari") -> list[tuple[str, str, str | None]]:
    """The receipts of the message: way, outcome and reason."""
    item = await office.store.read(lambda connection: outbox.find(connection, f"receipt_copy:1:{to}"))
    assert item is not None
    found = await office.store.read(lambda connection: receipts.of(connection, [item.id]))
    return [(each.way.value, each.outcome.value, each.reason) for each in found.get(item.id, ())]


async def told(office: Office) -> list[tuple[str, OutboxState, Way | None, str | None]]:
    """What became of the notices of the first case, by person."""
    found, _ = await office.store.read(lambda connection: outbox.of_case(connection, "2023-REKOM-001", 9))
    return sorted((each.person, each.state, each.way, each.reason) for each in found)


def cases_of(post: PostOffice, to: str = OLA) -> list[str]:
    """The cases that somebody was told of by mail, in order."""
    return [letter.subject.partition("2023-REKOM-")[2][:3].lstrip("0") for letter in post.to(to)]


# Who gets a mail.


async def test_who_never_installed_the_bot_gets_a_mail_and_who_did_gets_none(both: Both) -> None:
    office, post = both
    await office.put("1")
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert office.arrived() == ["1"]
    assert [letter.to for letter in post.letters] == [OLA]
    assert await told(office) == [
        ("kari", SENT, Way.TEAMS, None),
        ("ola", SENT, Way.MAIL, None),
    ]


async def test_the_row_keeps_which_mail_it_was(both: Both) -> None:
    office, post = both
    await office.put("1", to="ola")
    await office.delivery().tick()
    sent_as = await office.store.read(
        lambda connection: connection.execute(tables.outbox.select()).one().sent_as
    )
    assert sent_as == post.letters[0].message["Message-ID"]


@pytest.mark.parametrize("address", [None, ""])
async def test_who_has_no_address_is_not_reached_as_before(both: Both, address: str | None) -> None:
    office, post = both
    await give_address(office, "ola", address)
    await office.put("1", to="ola")
    await office.delivery().tick()
    assert await told(office) == [("ola", NOT_WANTED, None, "no_chat")]
    assert post.letters == []


async def test_a_right_that_ended_is_looked_for_by_this_way_too(both: Both) -> None:
    office, post = both
    await office.put("1", to="ola")
    await do(office.store, lambda work: end_roles(work, "ola"))
    await office.delivery().tick()
    assert await told(office) == [("ola", NOT_WANTED, None, "no_right_any_more")]
    assert post.letters == []


CLOSED: dict[str, Trouble] = {
    "not_installed": troubles.NOT_INSTALLED,
    "blocked": troubles.BLOCKED_BY_USER,
}


@pytest.mark.parametrize("reason", CLOSED)
async def test_whom_teams_turns_out_not_to_reach_gets_a_mail_in_order(both: Both, reason: str) -> None:
    """Even what must not be doubled: certainly nothing was delivered."""
    office, post = both
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(CLOSED[reason])
    await office.put("1", "2", must_not_double=True)
    await delivery.tick()
    assert await office.state("1") == (PENDING, reason)
    assert await office.reached() is None
    office.clock.passes(1)
    await delivery.tick()
    assert cases_of(post, "kari@example.org") == ["1", "2"]
    assert office.statuses == [403]


async def test_a_chat_that_is_gone_for_good(both: Both) -> None:
    office, post = both
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NO_CONVERSATION, times=2, operation="send")
    await office.put("1")
    await delivery.tick()
    office.clock.passes(1)
    await delivery.tick()
    assert cases_of(post, "kari@example.org") == ["1"]


async def test_who_is_closed_and_has_no_address_ends_as_before(both: Both) -> None:
    office, _ = both
    await give_address(office, "kari", None)
    office.teams.connector.mishaps.plan(troubles.BLOCKED_BY_USER)
    await office.put("1")
    await office.delivery().tick()
    assert await told(office) == [("kari", FAILED, Way.TEAMS, "blocked")]


async def test_who_has_come_to_teams_meanwhile_is_told_there(both: Both) -> None:
    office, post = both
    delivery = office.delivery()
    post.plan(NOT_NOW)
    await office.put("1", to="ola")
    await delivery.tick()
    await office.hears("ola")
    office.clock.passes(2)
    await delivery.tick()
    assert (office.arrived("ola"), post.letters) == (["1"], [])


@pytest.mark.parametrize("trouble", [troubles.THROTTLED, troubles.BAD_ARGUMENT, troubles.BAD_GATEWAY])
async def test_what_only_went_wrong_in_teams_does_not_go_by_mail(both: Both, trouble: Trouble) -> None:
    office, post = both
    office.teams.connector.mishaps.plan(trouble)
    await office.put("1")
    delivery = office.delivery()
    await delivery.tick()
    office.clock.passes(1)
    await delivery.tick()
    assert post.letters == []


GIVEN_UP: dict[str, tuple[Trouble, int, str, str]] = {
    "429": (troubles.THROTTLED, 6, "missed", "throttled"),
    "412": (troubles.CONCURRENT, 6, "missed", "busy"),
    "502": (troubles.BAD_GATEWAY, 2, "unsure", "ambiguous"),
}


@pytest.mark.parametrize("name", GIVEN_UP)
async def test_what_is_given_up_in_teams_goes_by_mail(both: Both, name: str) -> None:
    """The chat is there, and it is not tried there again."""
    office, post = both
    trouble, times, outcome, reason = GIVEN_UP[name]
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(trouble, times=times)
    await office.put("1")
    for _ in range(times + 2):
        await delivery.tick()
        office.clock.passes(AFTER_DOUBT)
    assert (office.arrived(), cases_of(post, "kari@example.org")) == ([], ["1"])
    assert await ways(office) == [("teams", outcome, reason), ("mail", "sent", None)]


async def test_what_teams_does_not_take_in_a_day_goes_by_mail(both: Both) -> None:
    office, post = both
    delivery = office.delivery()
    await office.put("1")
    await office.hears("kari", NOBODY + "/emea/")
    for _ in range(24 * 12 + 14):
        await delivery.tick()
        office.clock.passes(300)
    assert cases_of(post, "kari@example.org") == ["1"]


async def test_in_doubt_what_must_not_be_doubled_is_left_to_a_human(both: Both) -> None:
    office, post = both
    office.teams.connector.mishaps.plan(troubles.BAD_GATEWAY)
    await office.put("1", must_not_double=True)
    await office.delivery().tick()
    assert (await office.state(), post.letters) == ((UNKNOWN, "ambiguous"), [])


# What goes wrong on the way.

WAITS: dict[str, tuple[Mishap, str]] = {
    "recipient: 451": (NOT_NOW, "unsent"),
    "hello: 421": (Mishap(Step.HELLO, "421 4.3.2 Closing"), "unsent"),
    "hello: hung up": (Mishap(Step.HELLO, hang_up=True), "unsent"),
    "sender: late": (Mishap(Step.SENDER, late_seconds=9), "unsent"),
    "message: 452": (Mishap(Step.MESSAGE, "452 4.3.1 Full"), "unsent"),
    "message: hung up": (DROPPED, "ambiguous"),
    "message: late": (Mishap(Step.MESSAGE, late_seconds=9), "ambiguous"),
}


@pytest.mark.parametrize("name", WAITS)
async def test_a_mail_that_may_work_later_waits_and_is_sent(both: Both, name: str) -> None:
    office, post = both
    mishap, reason = WAITS[name]
    delivery = office.delivery()
    post.plan(mishap)
    await office.put("1", to="ola")
    await delivery.tick()
    assert await told(office) == [("ola", PENDING, None, reason)]
    office.clock.passes(AFTER_DOUBT if reason == "ambiguous" else AWAY.total_seconds())
    await delivery.tick()
    assert await told(office) == [("ola", SENT, Way.MAIL, None)]
    assert cases_of(post) == ["1"]


ENDS: dict[str, tuple[Mishap, str, int]] = {
    "recipient: 550": (NO_SUCH_PERSON, "blocked", logging.WARNING),
    "sender: 553": (Mishap(Step.SENDER, "553 5.1.8 Unknown sender"), "rejected", logging.ERROR),
    "message: 554": (Mishap(Step.MESSAGE, "554 5.6.0 No"), "rejected", logging.ERROR),
}


@pytest.mark.parametrize("name", ENDS)
async def test_a_mail_that_will_never_work_ends_and_says_why(
    both: Both, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Loudly where whoever runs the bot is to mend something. The next one goes on."""
    office, post = both
    mishap, reason, level = ENDS[name]
    post.plan(mishap)
    await office.put("1", "2", to="ola")
    await office.delivery().tick()
    assert await told(office) == [("ola", FAILED, Way.MAIL, reason)]
    assert levels(caplog)[0] == level
    assert OLA not in caplog.text
    assert cases_of(post) == ["2"]


@pytest.mark.parametrize(("must_not_double", "count"), [(False, 2), (True, 1)])
async def test_what_may_have_arrived_is_sent_twice_at_most(
    both: Both, must_not_double: bool, count: int
) -> None:
    """And then as the same mail, which a mailbox shows once."""
    office, post = both
    delivery = office.delivery()
    post.plan(Mishap(Step.MESSAGE, hang_up=True, is_kept=True), times=2)
    await office.put("1", to="ola", must_not_double=must_not_double)
    for _ in range(4):
        await delivery.tick()
        office.clock.passes(AFTER_DOUBT)
    assert await told(office) == [("ola", UNKNOWN, Way.MAIL, "ambiguous")]
    assert len(post.letters) == count
    assert len({letter.message["Message-ID"] for letter in post.letters}) == 1


async def test_a_mail_server_that_is_away_for_hours(both: Both) -> None:
    office, post = both
    delivery = office.delivery()
    with_mail(office, f"smtp://{HOST}:1")
    delivery = office.delivery()
    await office.put("1", to="ola", must_not_double=True)
    await office.put("1")
    for _ in range(20):
        await delivery.tick()
        assert await office.state(to="ola") == (PENDING, "unsent")
        office.clock.passes(300)
    assert office.arrived() == ["1"]
    with_mail(office, post.url)
    await office.delivery().tick()
    assert cases_of(post) == ["1"]


async def test_a_stop_of_teams_goes_by_for_mail_too(both: Both) -> None:
    """Our credential was refused: one row at a time looks whether it is mended, and mails are among the rows."""
    office, post = both
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NOT_REGISTERED)
    await office.put("1")
    await delivery.tick()
    await office.put("1", to="ola")
    for _ in range(4):
        office.clock.passes(STOP.total_seconds())
        await delivery.tick()
    assert (office.arrived(), cases_of(post)) == (["1"], ["1"])


async def test_while_teams_is_stopped_who_has_mail_alone_is_told(both: Both) -> None:
    """Although somebody's message in Teams waits, and was put in first."""
    office, post = both
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NOT_REGISTERED, times=9)
    await office.put("1")
    await delivery.tick()
    await office.put("1", to="ola")
    await delivery.tick()
    assert (cases_of(post), office.statuses) == (["1"], [401])


async def test_a_stop_of_hours_sends_by_mail_what_was_for_teams(both: Both) -> None:
    office, post = both
    delivery = office.delivery()
    office.teams.connector.mishaps.plan(troubles.NOT_REGISTERED, times=999)
    await office.put("1", "2")
    for minutes in range(4 * 60):
        await delivery.tick()
        assert len(office.statuses) == minutes + 1
        office.clock.passes(STOP.total_seconds())
    assert post.letters == []
    for _ in range(3):
        await delivery.tick()
        office.clock.passes(STOP.total_seconds())
    assert cases_of(post, "kari@example.org") == ["1", "2"]
    assert await ways(office) == [("teams", "missed", "unauthorised"), ("mail", "sent", None)]


@pytest.mark.parametrize(
    ("must_not_double", "state", "count"),
    [(False, (SENT, Way.MAIL, None), 2), (True, (UNKNOWN, None, "lease_expired"), 1)],
)
async def test_killed_between_sending_and_marking(
    both: Both, must_not_double: bool, state: tuple[OutboxState, Way | None, str | None], count: int
) -> None:
    office, post = both
    mailing = office.by_mail
    office.by_mail = and_then_dies(mailing)
    await office.put("1", to="ola", must_not_double=must_not_double)
    with pytest.raises(Killed):
        await office.delivery().tick()
    office.by_mail = mailing
    reborn = office.delivery()
    office.clock.passes(LEASE.total_seconds())
    await reborn.tick()
    assert await told(office) == [("ola", *state)]
    assert len(post.letters) == count
    assert len({letter.message["Message-ID"] for letter in post.letters}) == 1


def and_then_dies(mailing: PreparePost) -> PreparePost:
    async def prepare(item: Item) -> Post | Unwanted:
        post = await mailing(item)
        if isinstance(post, Unwanted):
            return post

        async def send_and_die() -> str:
            await post()
            raise Killed

        return send_and_die

    return prepare


async def test_it_is_the_same_on_postgresql(new_postgresql: NewDatabase) -> None:
    async with a_post_and_an_office(new_postgresql()) as (office, post):
        delivery = office.delivery()
        office.teams.connector.mishaps.plan(troubles.BLOCKED_BY_USER)
        await office.put("1")
        await office.put("1", to="ola")
        await delivery.tick()
        office.clock.passes(1)
        await delivery.tick()
        assert await told(office) == [("kari", SENT, Way.MAIL, None), ("ola", SENT, Way.MAIL, None)]
        assert len(post.letters) == 2
