"""Plain builders with defaults, and the shortest ways to a store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from domain.access import Role, RoleKind
from domain.messages import Address, Identity, Scope
from domain.register import Organisation, OrganisationKind, Person
from store import register
from store.cases import Filing
from store.drafts import Draft
from store.engines import transaction, writer_engine
from store.work import Store, Work

T = TypeVar("T")

NOW = datetime(2023, 1, 16, 9, 30, 15, 123456, tzinfo=UTC)
TODAY = NOW.date()
BUSY_SECONDS = 0.3

ORGANISATIONS = (
    Organisation("1804", OrganisationKind.MUNICIPALITY, "Bodø kommune", "1804"),
    Organisation("1841", OrganisationKind.MUNICIPALITY, "Fauske kommune", "1841"),
    Organisation("18", OrganisationKind.COUNTY_MUNICIPALITY, "Nordland fylkeskommune"),
    Organisation("nord", OrganisationKind.HIGHER_ED_INSTITUTION, "Nord universitet"),
    Organisation("uit", OrganisationKind.HIGHER_ED_INSTITUTION, "UiT Norges arktiske universitet"),
)
OWNER = Person("eier-bodo", "Eier i Bodø", None, "bodo@example.org", "75 00 00 00", is_example=True)
OTHER = Person("eier-fauske", "Eier i Fauske", "nn")
STAFF = Person("sekretariat", "Sekretariatet", "nb")
PEOPLE = (OWNER, OTHER, STAFF)
ROLES = (
    (OWNER.id, Role(RoleKind.OWNER_CONTACT, "1804")),
    (OTHER.id, Role(RoleKind.OWNER_CONTACT, "1841")),
    (STAFF.id, Role(RoleKind.SECRETARIAT)),
)


@contextmanager
def beside(url: str) -> Iterator[Connection]:
    """Another connection than the store's, in a transaction of its own that is committed at the end."""
    engine = writer_engine(url, BUSY_SECONDS)
    try:
        with transaction(engine) as connection:
            yield connection
    finally:
        engine.dispose()


async def do(store: Store, job: Callable[[Work], T], *, at: datetime = NOW, actor: str = OWNER.id) -> T:
    return await store.work(job, actor=actor, cause="activity-1", now=at)


async def with_register(store: Store) -> Store:
    await do(store, lambda work: register.seed(work, ORGANISATIONS, PEOPLE, ROLES), actor="operator")
    return store


def an_identity(object_id: str = "5d6f", tenant_id: str = "tenant") -> Identity:
    return Identity(tenant_id, object_id)


def an_address(**changes: Any) -> Address:
    address = Address(
        tenant_id="tenant",
        conversation_id="a:1",
        scope=Scope.PERSONAL,
        service_url="https://smba.trafficmanager.net/emea/",
        bot_id="28:bot",
        user_id="29:owner",
        object_id="5d6f",
        locale="nb-NO",
    )
    return replace(address, **changes)


def a_draft(id_: str = "draft-1", **changes: Any) -> Draft:
    draft = Draft(
        id=id_,
        form="needs_report",
        cycle_year=2023,
        author=OWNER.id,
        answers={"measure_title": "Språk i barnehagen", "followup_scheme": None},
        created_at=NOW,
        saved_at=NOW,
    )
    return replace(draft, **changes)


def a_filing(**changes: Any) -> Filing:
    filing = Filing(
        form="needs_report",
        cycle_year=2023,
        scheme_set="nordland-2021-2025",
        scheme="regional",
        scheme_short="REKOM",
        region="salten",
        lead_owner="1804",
        other_owners=("1841",),
        partners=("nord", "uit"),
        title="Språk i barnehagen",
        owner_nok=14_825_160,
        uh_nok=19_966_390,
        report='{"measure_title":"Språk i barnehagen"}'.encode(),
    )
    return replace(filing, **changes)
