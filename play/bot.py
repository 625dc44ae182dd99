"""The seam between the stand-in and the bot: here, and nowhere else, the real bot is started."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.app import MESSAGES_PATH
from bot.teams.limits import Limits, Window
from bot.wiring import machine_now, running
from domain.access import OPERATOR
from domain.demo import DemoRegister, demo_register
from domain.forum import load_forum
from domain.messages import Address, Identity
from play.run import Plan
from scheduler.planner import MARK
from store import channels, enrolment, occasions, register, roster
from store.migrations import migrate
from store.work import Store, Work

# A script types faster than a person, so the stand-in's people are let in more often than real ones.
LIMITS = Limits(per_person=(Window(10, 500),))


@asynccontextmanager
async def start_bot(plan: Plan) -> AsyncIterator[str]:
    """Run the bot by the plan, in this loop, with the demo register enrolled; gives the address of its
    messages (`http://127.0.0.1:3978/api/messages`). Ends the bot when left."""
    url = plan.settings.database_url.get_secret_value()
    migrate(url)
    await enrol_people(url, plan.identities, known_channels=plan.channels, begun_at=plan.now())
    async with running(plan.settings, on=plan.now, limits=LIMITS) as bot:
        yield f"{bot.url}{MESSAGES_PATH}"


async def enrol_people(
    url: str,
    identities: Mapping[str, Identity],
    people: DemoRegister | None = None,
    now: Callable[[], datetime] = machine_now,
    known_channels: Mapping[str, Address] | None = None,
    begun_at: datetime | None = None,
) -> None:
    """Take the register, by default the forum's demo register, into the database, everybody bound to the identity that
    the stand-in gave them, and each region to its channel. `begun_at`: what falls due on the day on which it all begins
    is not told, since nobody has a chat yet."""
    demo = people or demo_register(load_forum("nordland"))
    store = Store(url)
    await store.start()
    try:
        await store.work(
            lambda work: _enrol(work, identities, demo, known_channels or {}, begun_at),
            actor=OPERATOR.person_id,
            cause="play",
            now=now(),
        )
    finally:
        await store.close()


def _enrol(
    work: Work,
    identities: Mapping[str, Identity],
    demo: DemoRegister,
    known_channels: Mapping[str, Address],
    begun_at: datetime | None,
) -> None:
    """Each person bound as if a code had been redeemed. What is there already stays."""
    forum = load_forum("nordland")
    register.seed(work, [*forum.organisations(), *demo.organisations], demo.people, demo.roles)
    roster.seed_grants(work, demo.grants)
    for person in register.people(work.connection):
        if not person.enrolled and person.id in identities:
            soon = work.now + timedelta(minutes=1)
            enrolment.issue(work, person.id, selector=person.id, salt=b"", digest=b"", expires_at=soon)
            code = enrolment.candidate(work.connection, person.id, work.now)
            assert code is not None
            enrolment.bind(work, code, identities[person.id], work.now)
    for region, address in known_channels.items():
        channels.bind(work, region, address)
    if begun_at is not None and occasions.planned_until(work.connection, MARK) is None:
        occasions.plan_until(work, MARK, begun_at)
