"""What the standing cases ask for, by cycle, scheme and year."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from domain.cases import Case
from domain.frames import Asked
from store import cases, drafts, views
from store.cases import Filing
from store.drafts import Purpose
from store.migrations import migrate
from store.work import Store, Work
from tests.store.builders import a_draft, a_filing, beside, do, with_register

REPORT = (
    b'{"budget_owner":{"2023":700,"2024":600,"2025":0},'
    b'"budget_uh":{"nord":{"2023":500,"2024":400,"2025":0},"uit":{"2023":0,"2024":1,"2025":0}}}'
)


def file(number: int, filing: Filing) -> Callable[[Work], Case]:
    return lambda work: cases.submit(work, drafts.create(work, a_draft(f"draft-{number}")), filing)


def with_report(report: bytes = REPORT, **changes: Any) -> Filing:
    return a_filing(report=report, **changes)


async def test_amounts_add_up_per_scheme_and_year(store: Store) -> None:
    await with_register(store)
    for number in (1, 2):
        await do(store, file(number, with_report()))
    await do(store, file(3, with_report(scheme="decentralised", scheme_short="DEKOM")))
    await do(store, file(4, with_report(cycle_year=2024)))
    found = await store.read(lambda connection: views.asked(connection, 2021, 2023))
    assert found == (
        Asked(2023, "decentralised", 2023, 1, 700, 500),
        Asked(2023, "decentralised", 2024, 1, 600, 401),
        Asked(2023, "regional", 2023, 2, 1400, 1000),
        Asked(2023, "regional", 2024, 2, 1200, 802),
    )


async def test_only_the_current_version_of_a_case_that_stands_counts(store: Store) -> None:
    await with_register(store)
    case = await do(store, file(1, with_report()))
    withdrawn = await do(store, file(2, with_report()))

    def change(work: Work) -> None:
        draft = drafts.create(work, a_draft("draft-3", about=case.number, purpose=Purpose.CORRECTION))
        report = b'{"budget_owner":{"2023":1},"budget_uh":{"nord":{"2023":2}}}'
        cases.submit(work, draft, with_report(report), reason="feil")
        cases.withdraw(work, withdrawn)

    await do(store, change)
    assert await store.read(lambda connection: views.asked(connection, 2023, 2023)) == (
        Asked(2023, "regional", 2023, 1, 1, 2),
    )


async def test_what_was_filed_before_the_figures_were_kept_is_in_them(store: Store, url: str) -> None:
    """A database of the schema before, brought to the one that came with them."""
    await with_register(store)
    for number in (1, 2):
        await do(store, file(number, with_report()))
    kept = await store.read(lambda connection: views.asked(connection, 2023, 2023))
    with beside(url) as connection:
        connection.execute(text("DROP TABLE case_money"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    await asyncio.to_thread(migrate, url, "0006")
    assert await store.read(lambda connection: views.asked(connection, 2023, 2023)) == kept
    assert await store.read(views.check_money) == ()
