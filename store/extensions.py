"""A later deadline for one owner in one round; who gave it and why stand beside it and in the audit."""

from datetime import date

from sqlalchemy import Connection, bindparam, select

from store import audit
from store.tables import extension, insert
from store.work import Work

_DEADLINE = select(extension.c.deadline_on).where(
    extension.c.cycle_year == bindparam("year"), extension.c.owner == bindparam("owner")
)
_GRANT = insert(extension)
_GRANT = _GRANT.on_conflict_do_update(
    index_elements=["cycle_year", "owner"],
    set_={name: _GRANT.excluded[name] for name in ("deadline_on", "reason", "granted_by", "granted_at")},
)


def grant(work: Work, year: int, owner: str, deadline_on: date, reason: str) -> None:
    """Let the owner file until the end of the day. A later grant takes the place of an earlier one."""
    work.connection.execute(
        _GRANT,
        {
            "cycle_year": year,
            "owner": owner,
            "deadline_on": deadline_on,
            "reason": reason,
            "granted_by": work.actor,
            "granted_at": work.now,
        },
    )
    detail = {"cycle_year": year, "deadline_on": deadline_on.isoformat(), "reason": reason}
    audit.record(work, f"organisation:{owner}", "deadline_extended", detail)


def deadline(connection: Connection, year: int, owner: str | None) -> date | None:
    """The owner's own deadline in the round; None: it has that of everybody."""
    found: date | None = connection.execute(_DEADLINE, {"year": year, "owner": owner}).scalar_one_or_none()
    return found
