"""What is read often and changed seldom: kept beside the connection, and read anew only where it has changed since.

The number of each rises in the transaction that changes it. All numbers are read at once, and once in a transaction.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select

from store.tables import insert, revision
from store.work import Work

T = TypeVar("T")

_NUMBERS = select(revision.c.name, revision.c.number)
_COUNT_UP = (
    insert(revision)
    .values(name=bindparam("revised"), number=1)
    .on_conflict_do_update(index_elements=["name"], set_={"number": revision.c.number + 1})
)


def kept(connection: Connection, name: str, read: Callable[[Connection], T]) -> T:
    """What `read` gives, which is called where the thing of that name has changed since it was last."""
    info, transaction = connection.info, connection.get_transaction()
    if info.get((name, "known_in"), ...) is transaction:
        return info[name][1]  # type: ignore[no-any-return]  # `info` is a plain dict
    number = _numbers(connection).get(name)
    before, known = info.get(name, (None, None))
    made: Any = known if known is not None and before == number else read(connection)
    if info.get((name, "changed_in"), ...) is not transaction:
        info.update({name: (number, made), (name, "known_in"): transaction})
    return made  # type: ignore[no-any-return]


def _numbers(connection: Connection) -> Mapping[str, int]:
    info, transaction = connection.info, connection.get_transaction()
    if info.get("revisions_known_in", ...) is not transaction:
        rows = connection.execute(_NUMBERS)
        info.update(revisions={row.name: row.number for row in rows}, revisions_known_in=transaction)
    numbers: Mapping[str, int] = info["revisions"]
    return numbers


def changed(work: Work, name: str) -> None:
    """The thing has changed: to the end of the transaction it is read whenever it is asked for."""
    work.connection.execute(_COUNT_UP, {"revised": name})
    info, transaction = work.connection.info, work.connection.get_transaction()
    info.update({(name, "changed_in"): transaction, (name, "known_in"): ..., "revisions_known_in": ...})
