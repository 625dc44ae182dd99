"""The audit is only added to, and whatever is done to it past that is found."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from store import audit
from store.audit import Entry
from store.work import Store, Work
from tests.store.builders import NOW, beside, do

TRIGGERS = (
    "audit_is_not_deleted",
    "audit_is_not_changed",
    "audit_detail_is_only_erased",
    "audit_head_is_not_deleted",
    "audit_head_moves_on",
)


async def with_entries(store: Store) -> None:
    def record_some(work: Work) -> None:
        for subject in ("case:1", "case:2"):
            audit.record(work, subject, "submitted", {"draft": subject})
            audit.record(work, subject, "moved", {"to": "screening"})
            audit.record(work, subject, "moved", {"to": "complete"})

    await do(store, record_some)


def drop_triggers(connection: Connection) -> None:
    for trigger in TRIGGERS:
        table = "audit_head" if "head" in trigger else "audit"
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER {trigger}{on}"))


async def test_history_is_told_in_order(store: Store) -> None:
    await with_entries(store)
    assert await store.read(lambda connection: audit.history(connection, "case:1")) == (
        Entry("case:1", 1, NOW, "eier-bodo", "activity-1", "submitted", {"draft": "case:1"}),
        Entry("case:1", 2, NOW, "eier-bodo", "activity-1", "moved", {"to": "screening"}),
        Entry("case:1", 3, NOW, "eier-bodo", "activity-1", "moved", {"to": "complete"}),
    )
    assert await store.read(lambda connection: audit.history(connection, "case:3")) == ()


async def test_an_untouched_audit_is_in_order(store: Store) -> None:
    await with_entries(store)
    assert await store.read(audit.verify) == ()


async def test_details_can_be_erased_without_breaking_the_chain(store: Store) -> None:
    await with_entries(store)
    await do(store, lambda work: audit.erase(work, "case:1"), actor="operator")
    await do(store, lambda work: audit.record(work, "case:1", "moved", {"to": "committee"}))
    entries = await store.read(lambda connection: audit.history(connection, "case:1"))
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("submitted", None),
        ("moved", None),
        ("moved", None),
        ("erased", {}),
        ("moved", {"to": "committee"}),
    ]
    assert await store.read(audit.verify) == ()
    await do(store, lambda work: audit.erase(work, "case:1"), actor="operator")
    assert await store.read(audit.verify) == ()


REFUSED = [
    "DELETE FROM audit",
    "DELETE FROM audit WHERE subject = 'case:1' AND seq = 3",
    "UPDATE audit SET actor = 'somebody'",
    "UPDATE audit SET detail = '{}'",
    "UPDATE audit SET detail = NULL, actor = 'somebody'",
    "UPDATE audit SET seq = seq + 10",
    "DELETE FROM audit_head",
    "UPDATE audit_head SET seq = seq - 1",
    "UPDATE audit_head SET digest = prev FROM (SELECT prev_digest AS prev FROM audit WHERE seq = 2) AS other",
    "UPDATE audit_head SET subject = 'case:9', seq = seq + 1 WHERE subject = 'case:1'",
]


@pytest.mark.parametrize("statement", REFUSED)
async def test_the_database_itself_refuses_changes(store: Store, url: str, statement: str) -> None:
    await with_entries(store)
    with pytest.raises(IntegrityError), beside(url) as connection:
        connection.execute(text(statement))
    assert await store.read(audit.verify) == ()


async def test_the_database_refuses_to_replace_or_truncate(store: Store, url: str, backend: str) -> None:
    await with_entries(store)
    ways = {
        "sqlite": ("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",),
        "postgresql": ("TRUNCATE audit", "TRUNCATE audit_head"),
    }
    for statement in ways[backend]:
        with pytest.raises(IntegrityError), beside(url) as connection:
            connection.execute(text(statement))


TAMPERED = [
    *REFUSED,
    "UPDATE audit SET detail = NULL WHERE subject = 'case:1' AND seq = 2",
    "UPDATE audit SET detail = '{\"to\":\"decided\"}' WHERE subject = 'case:1' AND seq = 2",
    "UPDATE audit SET at = '2023-01-17 00:00:00.000000' WHERE seq = 1",
    "UPDATE audit SET actor = 'somebody' WHERE subject = 'case:1' AND seq = 2",
    "UPDATE audit SET cause = 'x' WHERE subject = 'case:1' AND seq = 2",
    "UPDATE audit SET action = 'x' WHERE subject = 'case:1' AND seq = 3",
    "UPDATE audit SET digest = detail_digest WHERE subject = 'case:1' AND seq = 3",
    "UPDATE audit SET prev_digest = detail_digest WHERE subject = 'case:1' AND seq = 1",
    "UPDATE audit SET subject = 'case:9' WHERE subject = 'case:1'",
    "DELETE FROM audit WHERE subject = 'case:1'",
    "DELETE FROM audit WHERE subject = 'case:1' AND seq = 1",
    "DELETE FROM audit WHERE subject = 'case:1' AND seq = 2",
    "DELETE FROM audit_head WHERE subject = 'case:1'",
    "INSERT INTO audit SELECT subject, 4, at, actor, cause, action, detail, detail_digest, prev_digest, digest"
    " FROM audit WHERE subject = 'case:1' AND seq = 3",
    "INSERT INTO audit SELECT 'case:9', seq, at, actor, cause, action, detail, detail_digest, prev_digest, digest"
    " FROM audit WHERE subject = 'case:1'",
    "INSERT INTO audit_head SELECT 'case:9', seq, digest FROM audit_head WHERE subject = 'case:1'",
]


@pytest.mark.parametrize("statement", TAMPERED)
async def test_whatever_is_done_to_it_is_found(store: Store, url: str, statement: str) -> None:
    """By somebody who may even take the triggers away."""
    await with_entries(store)
    with beside(url) as connection:
        drop_triggers(connection)
        assert connection.execute(text(statement)).rowcount > 0
    assert await store.read(audit.verify) != ()


async def test_two_rows_that_changed_places_are_found(store: Store, url: str) -> None:
    await with_entries(store)
    with beside(url) as connection:
        drop_triggers(connection)
        for old, new in ((2, 9), (3, 2), (9, 3)):
            connection.execute(
                text("UPDATE audit SET seq = :new WHERE subject = 'case:1' AND seq = :old"),
                {"old": old, "new": new},
            )
    assert await store.read(audit.verify) != ()
