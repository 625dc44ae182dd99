"""What does not hold together is found, each fault with its subject; and what does is left alone."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import Connection, text

from domain.cases import State
from store import audit, cases, checks, drafts
from store.cases import Filing
from store.checks import Fault
from store.work import Store, Work
from tests.store.builders import a_draft, beside, do, with_register
from tests.store.everything import NUMBER, a_real_filing, with_everything
from tests.store.test_audit import drop_triggers


async def found(store: Store) -> set[tuple[str, str]]:
    findings = await store.read(checks.verify)
    return {(fault.subject, fault.what) for fault in findings.faults}


async def test_an_empty_database_holds_together(store: Store) -> None:
    assert (await store.read(checks.verify)).faults == ()


async def test_what_the_program_wrote_holds_together(store: Store, backend: str) -> None:
    """And it is said how much was looked at."""
    await with_everything(store)
    findings = await store.read(checks.verify)
    assert findings.faults == ()
    pages = {"sqlite": {"pages"}, "postgresql": set[str]()}[backend]
    assert {name for name, count in findings.checked.items() if count} == pages | {
        *("entries", "cases", "versions", "priorities", "counts", "confirmations", "numbers", "references"),
        "reports",
    }
    assert (findings.checked["cases"], findings.checked["versions"]) == (2, 2)


async def test_withdrawing_and_erasing_are_no_faults(store: Store) -> None:
    await with_everything(store)

    def withdraw(work: Work) -> None:
        case = cases.get(work.connection, "2023-DEKOM-002")
        assert case is not None
        cases.move(work, case, State.WITHDRAWN)
        audit.erase(work, f"case:{case.number}")

    await do(store, withdraw)
    assert await found(store) == set()


CASE, SECOND = f"case:{NUMBER}", "case:2023-DEKOM-002"
# A statement past the program -> what is found.
BROKEN: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "a sum": (
        f"UPDATE case_head SET owner_nok = owner_nok + 1 WHERE number = '{NUMBER}'",
        {(CASE, "owner_nok_differs"), ("round", "counts_differ")},
    ),
    "another sum": (
        f"UPDATE case_head SET uh_nok = 0 WHERE number = '{NUMBER}'",
        {(CASE, "uh_nok_differs"), ("round", "counts_differ")},
    ),
    "a count": (
        "UPDATE case_count SET cases = cases + 1 WHERE state = 'submitted'",
        {("round", "counts_differ")},
    ),
    "money kept by year": (
        "UPDATE case_money SET uh_nok = uh_nok + 1 WHERE scheme = 'decentralised'",
        {("round", "counts_differ")},
    ),
    "a priority": (
        f"UPDATE case_head SET priority = 9 WHERE number = '{NUMBER}'",
        {(CASE, "priority_differs")},
    ),
    "what was filed": (
        f"UPDATE case_version SET report = replace(report, 'Lesing', 'Leking') WHERE number = '{NUMBER}'",
        {(CASE, "version_not_recorded")},
    ),
    "what was filed, beyond reading": (
        f"UPDATE case_version SET report = '{{}}' WHERE number = '{NUMBER}'",
        {(CASE, "version_not_recorded"), (CASE, "unreadable"), ("round", "counts_differ")},
    ),
    "a version gone": (
        f"DELETE FROM case_version WHERE number = '{NUMBER}'",
        {(CASE, "version_missing"), ("round", "counts_differ")},
    ),
    "a version of another number": (
        f"UPDATE case_version SET submission = 2 WHERE number = '{NUMBER}'",
        {(CASE, "version_missing"), ("round", "counts_differ")},
    ),
    "a version that is said to be there": (
        f"UPDATE case_head SET submission = 2 WHERE number = '{NUMBER}'",
        {(CASE, "version_missing"), ("round", "counts_differ")},
    ),
    "a counter": (
        "UPDATE case_counter SET last = 4",
        {("case:2023-DEKOM-003", "number_missing"), ("case:2023-DEKOM-004", "number_missing")},
    ),
    "a counter turned back": ("UPDATE case_counter SET last = 1", {(SECOND, "not_counted")}),
    "a counter gone": ("DELETE FROM case_counter", {(CASE, "not_counted"), (SECOND, "not_counted")}),
    "the audit": (
        "UPDATE audit SET actor = 'x' WHERE subject = 'draft:draft-3' AND seq = 1",
        {("draft:draft-3", "row_changed")},
    ),
    "a draft's owner": (
        "UPDATE draft SET owner = '9999' WHERE id = 'draft-3'",
        {("draft:draft-3", "names_nothing")},
    ),
    "a draft's case": (
        "UPDATE draft SET about = '2023-DEKOM-099' WHERE id = 'draft-3'",
        {("draft:draft-3", "names_nothing")},
    ),
    "a filed draft without a case": (
        "UPDATE draft SET case_number = NULL WHERE id = 'draft-1'",
        {("draft:draft-1", "draft_without_case")},
    ),
    "who filed": (
        f"UPDATE case_head SET submitted_by = 'x' WHERE number = '{NUMBER}'",
        {(CASE, "names_nothing")},
    ),
    "whom to tell": (
        "UPDATE outbox SET recipient = 'x' WHERE key = 'case_filed:1'",
        {("outbox:case_filed:1", "names_nothing")},
    ),
    "what to tell of": (
        "UPDATE outbox SET payload = '{\"case\":\"2023-DEKOM-099\"}' WHERE key = 'case_filed:1'",
        {("outbox:case_filed:1", "names_nothing")},
    ),
    "what was confirmed": (
        "UPDATE confirmation SET content = '{}' WHERE organisation = 'nord' AND voided_at IS NULL",
        {(CASE, "confirmation_changed")},
    ),
    "a number": (
        "INSERT INTO case_head (number, form, cycle_year, scheme_set, scheme, region, lead_owner, title, owner_nok,"
        " uh_nok, state, state_since, submitted_at, submitted_by, submission, version)"
        " SELECT '2023-DEKOM-3', form, cycle_year, scheme_set, scheme, region, lead_owner, title, 0,"
        " 0, state, state_since, submitted_at, submitted_by, 0, version"
        f" FROM case_head WHERE number = '{SECOND.removeprefix('case:')}'",
        {
            ("case:2023-DEKOM-3", "not_a_number"),
            ("case:2023-DEKOM-3", "version_missing"),
            ("round", "counts_differ"),
        },
    ),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_what_is_done_past_the_program_is_found(store: Store, url: str, how: str) -> None:
    await with_everything(store)
    statement, expected = BROKEN[how]
    with beside(url) as connection:
        loosen(connection)
        assert connection.execute(text(statement)).rowcount > 0
    assert await found(store) == expected


def loosen(connection: Connection) -> None:
    """What somebody can do who may change the tables."""
    drop_triggers(connection)
    of = "" if connection.dialect.name == "sqlite" else " ON confirmation"
    connection.execute(text(f"DROP TRIGGER confirmation_is_about_what_it_was{of}"))
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER case_version_is_not_deleted"))
        connection.execute(text("DROP TRIGGER case_version_is_not_changed"))
    else:
        connection.execute(text("DROP TRIGGER case_version_is_not_changed ON case_version"))


async def test_what_a_foreign_key_should_hold_is_found_where_it_does_not(
    store: Store, url: str, backend: str
) -> None:
    """SQLite asks nobody who does not ask it to; in PostgreSQL somebody has taken the key away."""
    await with_everything(store)
    if backend == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("UPDATE role SET person_id = 'x' WHERE id = 1")
    else:
        with beside(url) as beside_it:
            beside_it.execute(text("ALTER TABLE role DROP CONSTRAINT fk_role_person_id"))
            beside_it.execute(text("UPDATE role SET person_id = 'x' WHERE id = 1"))
    findings = await store.read(checks.verify)
    assert findings.faults == (Fault("role:1", "names_nothing", {"named": "person:x"}),)


async def test_two_cases_of_the_whole_county_with_one_priority_are_found(store: Store) -> None:
    """The index does not see it, since NULL is like nothing."""
    await with_register(store)
    for number in (1, 2):
        filing = a_real_filing(region=None)
        await do(store, partial(_file, number=number, filing=filing))
    assert await found(store) == {(CASE, "priority_twice")}


def _file(work: Work, number: int, filing: Filing) -> None:
    cases.submit(work, drafts.create(work, a_draft(f"draft-{number}")), filing)


async def test_a_damaged_file_is_found(new_sqlite: Callable[[], str]) -> None:
    """Somebody has written over some pages."""
    url = new_sqlite()
    store = Store(url)
    await store.start()
    await with_everything(store)
    await store.close()
    _write_over(url)
    store = Store(url)
    await store.start()
    try:
        assert ("database", "damaged") in await found(store)
    finally:
        await store.close()


def _write_over(url: str) -> None:
    """An index page, so that tables can still be read."""
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_role_kind'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size + size - 40)
        file.write(b"\xff" * 40)
