"""Which Teams channel belongs to which region, so that something can be posted there. "" is the forum's general one."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from domain.messages import Address, Scope
from store import audit
from store.tables import channel, insert
from store.work import Work

PREFIX = "channel:"
"""What a recipient begins with that is no person: `channel:SALTEN`."""

_KEEP = insert(channel)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["region"],
    set_={column.name: _KEEP.excluded[column.name] for column in channel.c if column.name != "region"},
)
_OF = select(channel).where(channel.c.region == bindparam("wanted"))
_ALL = select(channel.c.region).order_by(channel.c.region)


def recipient(region: str | None) -> str:
    """The region's channel as a recipient; of no region, the general one."""
    return f"{PREFIX}{region or ''}"


def bind(work: Work, region: str, address: Address) -> None:
    """From now on the region has the channel in which this was said; a channel that it had before, no more."""
    work.connection.execute(
        _KEEP,
        {
            "region": region,
            "tenant_id": address.tenant_id,
            "channel_id": address.channel_id or address.conversation_id.partition(";")[0],
            "team_id": address.team_id,
            "service_url": address.service_url,
            "bot_id": address.bot_id,
            "bound_by": work.actor,
            "bound_at": work.now,
        },
    )
    audit.record(work, f"{PREFIX}{region}", "channel_bound")


def address(connection: Connection, to: str) -> Address | None:
    """Where `channel:SALTEN` is posted, as a new thread. None: nobody has said which channel it is."""
    row = connection.execute(_OF, {"wanted": to.removeprefix(PREFIX)}).one_or_none()
    return _address(row) if row else None


def bound(connection: Connection) -> frozenset[str]:
    """The regions that have a channel."""
    return frozenset(connection.execute(_ALL).scalars())


def _address(row: Row[Any]) -> Address:
    return Address(
        tenant_id=row.tenant_id,
        conversation_id=row.channel_id,
        scope=Scope.CHANNEL,
        service_url=row.service_url,
        bot_id=row.bot_id,
        team_id=row.team_id,
        channel_id=row.channel_id,
    )
