"""Many people who are told something, each in a chat of their own, put straight into the tables."""

from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlalchemy import insert

from domain.access import OPERATOR, RoleKind
from domain.forum import load_forum
from domain.messages import Address, Scope
from play.people import Bot, Person
from store import extensions, register
from store.conversations import ConversationState
from store.engines import transaction, writer_engine
from store.tables import conversation, identity, person, role
from store.work import Work

OWNER, YEAR, DEADLINE_ON = "1804", 2023, date(2023, 2, 8)
NOTICE = "deadline_extended"
PAYLOAD = {"owner": OWNER, "year": str(YEAR)}
"""They are contacts of an owner whose deadline was extended, so that what they are told of it stays wanted."""

# A pace is kept by so many at a time. Where a whole second's sends go out together, one that arrives a little sooner
# after its noting than others did is one too many in the second before it.
TOGETHER = 10

READY_MADE = "Bodø kommune kan sende inn behovsmeldinger for 2023 til og med onsdag 8. februar 2023."


def handle(place: int) -> str:
    return f"recipient-{place}"


def address(handle: str, service_url: str) -> Address:
    """Of their chat."""
    person = Person.named(handle)
    return Address(
        tenant_id=person.tenant_id,
        conversation_id=f"a:{handle}",
        scope=Scope.PERSONAL,
        service_url=service_url,
        bot_id=Bot().id,
        user_id=person.user_id,
        object_id=person.object_id,
        locale=person.locale,
    )


def fill(database_url: str, number: int, service_url: str) -> None:
    """Have so many of them in the database, which is of our schema."""
    now, people = datetime.now(UTC), [Person.named(handle(place)) for place in range(number)]
    engine = writer_engine(database_url, 5.0)
    with transaction(engine) as connection:
        work = Work(connection, OPERATOR.person_id, "benchmark", now)
        register.seed(work, load_forum("nordland").organisations())
        extensions.grant(work, YEAR, OWNER, DEADLINE_ON, "benchmark")
        connection.execute(insert(person), [_person(each) for each in people])
        connection.execute(insert(role), [_role(each) for each in people])
        connection.execute(insert(identity), [_identity(each, now) for each in people])
        connection.execute(insert(conversation), [_chat(each, service_url, now) for each in people])
    engine.dispose()


def _person(each: Person) -> dict[str, object]:
    return {"id": each.handle, "name": each.name, "language": "nb", "is_example": False}


def _role(each: Person) -> dict[str, object]:
    return {"person_id": each.handle, "kind": RoleKind.OWNER_CONTACT, "organisation": OWNER}


def _identity(each: Person, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": each.tenant_id,
        "object_id": each.object_id,
        "person_id": each.handle,
        "bound_at": now,
    }


def _chat(each: Person, service_url: str, now: datetime) -> dict[str, object]:
    at = asdict(address(each.handle, service_url))
    return at | {"state": ConversationState.ACTIVE, "last_inbound_at": now}
