from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.messages import Address, Scope
from store import conversations
from store.conversations import ConversationState
from store.tables import conversation
from store.work import Store
from tests.store.builders import NOW, OTHER, OWNER, an_address, do, with_register
from tests.store.test_register import bind

HOUR = timedelta(hours=1)


async def see(store: Store, address: Address, at: datetime = NOW) -> None:
    await do(store, lambda work: conversations.seen(work, address, at))


async def kept(store: Store, conversation_id: str = "a:1") -> Address | None:
    return await store.read(lambda connection: conversations.address(connection, conversation_id))


async def reached(store: Store, person_id: str = OWNER.id) -> Address | None:
    return await store.read(lambda connection: conversations.personal(connection, person_id))


async def enrolled(store: Store) -> Store:
    await with_register(store)
    await do(store, lambda work: bind(work, OWNER.id, "5d6f"))
    return store


CHANNEL = an_address(
    conversation_id="19:abc@thread.tacv2;messageid=17",
    scope=Scope.CHANNEL,
    user_id=None,
    object_id=None,
    team_id="19:team",
    channel_id="19:abc@thread.tacv2",
    locale=None,
)


@pytest.mark.parametrize("address", [an_address(), CHANNEL])
async def test_an_address_is_kept_as_it_was_seen(store: Store, address: Address) -> None:
    await see(store, address)
    assert await kept(store, address.conversation_id) == address
    assert await kept(store, "another") is None


async def test_where_a_conversation_is_reached_follows_every_activity(store: Store) -> None:
    await see(store, an_address())
    moved = an_address(service_url="https://smba.trafficmanager.net/no/tenant/", locale="nn-NO")
    await see(store, moved, NOW + timedelta(seconds=1))
    assert await kept(store) == moved


async def test_what_an_activity_does_not_name_is_not_forgotten(store: Store) -> None:
    await see(store, an_address())
    await see(store, an_address(locale=None, user_id=None, service_url="https://smba.trafficmanager.net/no/"))
    assert await kept(store) == an_address(service_url="https://smba.trafficmanager.net/no/")


@pytest.mark.parametrize(
    ("address", "after", "written"),
    [
        (an_address(), timedelta(seconds=1), False),
        (an_address(locale=None), HOUR - timedelta(seconds=1), False),
        (an_address(), HOUR, True),
        (an_address(), -HOUR, True),
        (an_address(locale="en-GB"), timedelta(seconds=1), True),
    ],
)
async def test_a_conversation_without_news_costs_no_write(
    store: Store, address: Address, after: timedelta, written: bool
) -> None:
    await see(store, an_address())
    await see(store, address, NOW + after)
    last = await store.read(lambda c: c.execute(select(conversation.c.last_inbound_at)).scalar_one())
    assert last == (NOW + after if written else NOW)


async def test_a_person_is_reached_in_private_by_their_account(store: Store) -> None:
    await enrolled(store)
    await see(store, CHANNEL)
    await see(store, an_address(conversation_id="19:group", scope=Scope.GROUP))
    await see(store, an_address(conversation_id="a:other", object_id="other"))
    await see(store, an_address(conversation_id="a:foreign", tenant_id="other"))
    assert await reached(store) is None
    await see(store, an_address())
    assert await reached(store) == an_address()
    assert await reached(store, OTHER.id) is None


async def test_the_chat_used_last_is_the_one(store: Store) -> None:
    await enrolled(store)
    await see(store, an_address(conversation_id="a:new"), NOW + 2 * HOUR)
    await see(store, an_address(conversation_id="a:old"), NOW)
    assert await reached(store) == an_address(conversation_id="a:new")


@pytest.mark.parametrize(
    "state", [ConversationState.NOT_INSTALLED, ConversationState.BLOCKED, ConversationState.GONE]
)
async def test_nothing_is_sent_where_it_may_not_be_until_the_person_is_heard_again(
    store: Store, state: ConversationState
) -> None:
    await enrolled(store)
    await see(store, an_address())
    await do(store, lambda work: conversations.set_state(work, "a:1", state))
    assert await reached(store) is None
    assert await kept(store) == an_address()
    await see(store, an_address(), NOW + timedelta(seconds=1))
    assert await reached(store) == an_address()


async def test_a_state_of_a_conversation_that_is_not_known_is_nothing(store: Store) -> None:
    await do(store, lambda work: conversations.set_state(work, "a:9", ConversationState.GONE))
    assert await kept(store, "a:9") is None
