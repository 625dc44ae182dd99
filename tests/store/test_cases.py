"""Filing: a number without gaps, a version that never changes, counts that add up, and the audit."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from domain.access import Reach, Visible
from domain.cases import NEXT, Case, State
from domain.errors import Stale
from store import audit, cases, confirmations, drafts, views
from store.cases import Filing, NoSuchMove, NotConfirmed
from store.drafts import Draft, DraftState
from store.tables import case_head
from store.views import RoundCount
from store.work import Store, Work
from tests.store.builders import (
    NOW,
    OTHER,
    OWNER,
    a_draft,
    a_filing,
    beside,
    do,
    with_register,
)

EVERYTHING = Visible(everything=True)


def submit(work: Work, id_: str = "draft-1", filing: Filing | None = None) -> Case:
    return cases.submit(work, drafts.create(work, a_draft(id_)), filing or a_filing())


def submitting(number: int, filing: Filing) -> Callable[[Work], Case]:
    return lambda work: submit(work, f"draft-{number}", filing)


async def submitted(store: Store, filing: Filing | None = None, id_: str = "draft-1") -> Case:
    await with_register(store)
    return await do(store, lambda work: submit(work, id_, filing))


async def test_submitting_makes_a_case(store: Store) -> None:
    case = await submitted(store)
    assert case == Case(
        number="2023-REKOM-001",
        form="needs_report",
        cycle_year=2023,
        scheme_set="nordland-2021-2025",
        scheme="regional",
        region="salten",
        lead_owner="1804",
        other_owners=("1841",),
        partners=("nord", "uit"),
        title="Språk i barnehagen",
        owner_nok=14_825_160,
        uh_nok=19_966_390,
        state=State.SUBMITTED,
        state_since=NOW,
        submitted_at=NOW,
        submitted_by=OWNER.id,
        submission=1,
        version=1,
    )
    assert await store.read(lambda connection: cases.get(connection, "2023-REKOM-001")) == case


async def test_submitting_keeps_the_report_word_for_word(store: Store) -> None:
    report = '{"need_description":"  Æ, «ø» og \\u0000 å…\\n","budget_owner.2023":null}'.encode()
    case = await submitted(store, a_filing(report=report))
    version = cases.Version(case.number, 1, NOW, OWNER.id, report)
    assert await store.read(lambda connection: cases.versions(connection, case.number)) == (version,)
    assert await store.read(lambda connection: cases.version(connection, case.number, 1)) == version
    assert await store.read(lambda connection: cases.version(connection, case.number, 2)) is None


async def test_submitting_closes_the_draft_with_its_number(store: Store) -> None:
    case = await submitted(store)
    draft = await store.read(lambda connection: drafts.get(connection, "draft-1"))
    assert draft == a_draft(state=DraftState.SUBMITTED, case_number=case.number, version=2)
    assert (
        await store.read(
            lambda connection: drafts.open_of(connection, Reach(author=OWNER.id), date(2023, 1, 20))
        )
        == ()
    )


async def test_submitting_writes_who_did_it(store: Store) -> None:
    case = await submitted(store)
    entries = await store.read(lambda connection: audit.history(connection, f"case:{case.number}"))
    assert [(entry.action, entry.actor, entry.cause, entry.at) for entry in entries] == [
        ("submitted", OWNER.id, "activity-1", NOW)
    ]
    assert entries[0].detail == {
        "draft": "draft-1",
        "submission": 1,
        "report": hashlib.sha256(a_filing().report).hexdigest(),
    }


async def test_submitting_twice_gives_the_same_case(store: Store) -> None:
    first = await submitted(store)
    again = await do(store, lambda work: cases.submit(work, a_draft(), a_filing(title="Another")))
    assert again == first
    assert await store.read(lambda connection: views.cases(connection, EVERYTHING)) == (first,)
    assert await store.read(views.check_counts) == ()


async def test_submitting_the_same_draft_at_the_same_time_gives_one_case(store: Store, url: str) -> None:
    await with_register(store)
    await do(store, lambda work: drafts.create(work, a_draft()))
    async with another(url) as second:
        found = await asyncio.gather(
            *(
                do(each, lambda work: cases.submit(work, a_draft(), a_filing()))
                for each in (store, second) * 10
            )
        )
    assert {case.number for case in found} == {"2023-REKOM-001"}
    assert await store.read(lambda connection: len(views.cases(connection, EVERYTHING))) == 1


async def test_a_draft_that_was_changed_meanwhile_is_not_submitted(store: Store) -> None:
    await with_register(store)

    def change_and_submit_the_old(work: Work) -> None:
        draft = drafts.create(work, a_draft())
        drafts.save(work, draft, replace(draft, answers={"measure_title": "Changed"}))
        cases.submit(work, draft, a_filing())

    with pytest.raises(Stale):
        await do(store, change_and_submit_the_old)


async def test_a_draft_that_was_thrown_away_is_not_submitted(store: Store) -> None:
    await with_register(store)

    def throw_away_and_submit(work: Work) -> None:
        begun = drafts.create(work, a_draft())
        draft = drafts.save(work, begun, replace(begun, state=DraftState.DISCARDED))
        cases.submit(work, draft, a_filing())

    with pytest.raises(Stale):
        await do(store, throw_away_and_submit)


async def test_a_case_is_complete_when_each_of_its_universities_has_confirmed(store: Store) -> None:
    """As it is now: a confirmation of what was there before does not count."""
    case = await submitted(store)
    subject = f"case:{case.number}"

    def confirm(work: Work, university: str, content: dict[str, str]) -> None:
        confirmations.ask(work, subject, university, content)
        confirmations.confirm(work, subject, university, content)

    async def complete(of: Case) -> Case:
        return await do(store, lambda work: cases.move(work, of, State.COMPLETE))

    screened = await do(store, lambda work: cases.move(work, case, State.SCREENING))
    with pytest.raises(NotConfirmed, match="nord, uit"):
        await complete(screened)
    await do(store, lambda work: confirm(work, "nord", {"title": "as it was"}))
    with pytest.raises(NotConfirmed, match=r": uit$"):
        await complete(screened)
    await do(store, lambda work: confirm(work, "uit", {"title": "as it is"}))
    await do(store, lambda work: confirmations.ask(work, subject, "nord", {"title": "as it is"}))
    with pytest.raises(NotConfirmed, match=r": nord$"):
        await complete(screened)
    await do(store, lambda work: confirm(work, "nord", {"title": "as it is"}))
    assert (await complete(screened)).state is State.COMPLETE


async def test_priority_is_given_once_until_its_case_is_withdrawn(store: Store, url: str) -> None:
    """Two processes that both found it free cannot both file it; the slower one is told at its next try."""
    first = await submitted(store, a_filing(priority=1))
    async with another(url) as second:
        with pytest.raises(IntegrityError):
            await do(second, submitting(2, a_filing(priority=1)))
        elsewhere = await do(second, submitting(3, a_filing(priority=1, region="lofoten")))
    assert await store.read(lambda connection: views.priorities(connection, 2023)) == {
        ("regional", "salten", 1),
        ("regional", "lofoten", 1),
    }
    await do(store, lambda work: cases.move(work, first, State.WITHDRAWN))
    assert (await do(store, submitting(4, a_filing(priority=1)))).number > elsewhere.number


async def test_numbers_count_by_year_and_scheme(store: Store) -> None:
    await with_register(store)
    filings = (
        a_filing(),
        a_filing(scheme="decentralised", scheme_short="DEKOM"),
        a_filing(),
        a_filing(cycle_year=2024),
    )
    numbers = [(await do(store, submitting(number, filing))).number for number, filing in enumerate(filings)]
    assert numbers == ["2023-REKOM-001", "2023-DEKOM-001", "2023-REKOM-002", "2024-REKOM-001"]


async def test_a_number_that_was_not_kept_is_given_again(store: Store) -> None:
    await with_register(store)

    def submit_and_fail(work: Work) -> None:
        submit(work)
        raise LookupError

    with pytest.raises(LookupError):
        await do(store, submit_and_fail)
    assert (await do(store, submit)).number == "2023-REKOM-001"


@asynccontextmanager
async def another(url: str) -> AsyncIterator[Store]:
    """A second process on the same database, as far as the database can tell."""
    store = Store(url, busy_seconds=10)
    await store.start()
    yield store
    await store.close()


async def test_two_processes_give_numbers_without_gaps(url: str) -> None:
    """With jobs that fail between, and the changes of state that move the same counts."""
    async with another(url) as first, another(url) as second:
        await with_register(first)

        def job(number: int) -> Callable[[Work], Case]:
            def submit_one(work: Work) -> Case:
                case = submit(work, f"draft-{number}")
                if number % 7 == 0:
                    raise LookupError
                return cases.move(work, case, State.SCREENING) if number % 3 == 0 else case

            return submit_one

        outcomes = await asyncio.gather(
            *(do((first, second)[number % 2], job(number)) for number in range(1, 59)),
            return_exceptions=True,
        )
    made = [outcome for outcome in outcomes if isinstance(outcome, Case)]
    assert sorted(case.number for case in made) == [f"2023-REKOM-{number:03d}" for number in range(1, 51)]
    with beside(url) as connection:
        assert views.check_counts(connection) == ()
        assert audit.verify(connection) == ()
        screening = sum(case.state is State.SCREENING for case in made)
        assert [(count.state, count.cases) for count in views.round_counts(connection, 2023)] == [
            (State.SUBMITTED, 50 - screening),
            (State.SCREENING, screening),
        ]


async def test_what_was_filed_cannot_be_changed(store: Store, url: str) -> None:
    await submitted(store)
    for statement in (
        "UPDATE case_version SET report = '{}'",
        "UPDATE case_version SET submission = 2",
        "DELETE FROM case_version",
    ):
        with pytest.raises(IntegrityError), beside(url) as connection:
            connection.execute(text(statement))


async def test_what_was_filed_cannot_be_replaced(store: Store, url: str, backend: str) -> None:
    """Both databases have a way to take rows away without DELETE."""
    await submitted(store)
    statement = {
        "sqlite": "INSERT OR REPLACE INTO case_version SELECT * FROM case_version",
        "postgresql": "TRUNCATE case_version",
    }[backend]
    with pytest.raises(IntegrityError), beside(url) as connection:
        connection.execute(text(statement))


async def test_moving_on(store: Store) -> None:
    case = await submitted(store)
    later = NOW + timedelta(days=3)
    moved = await do(
        store, lambda work: cases.move(work, case, State.SCREENING), at=later, actor="sekretariat"
    )
    assert moved == replace(case, state=State.SCREENING, state_since=later, version=2)
    assert await store.read(lambda connection: cases.get(connection, case.number)) == moved
    entries = await store.read(lambda connection: audit.history(connection, f"case:{case.number}"))
    assert (entries[-1].action, entries[-1].actor, entries[-1].detail) == (
        "moved",
        "sekretariat",
        {"from": "submitted", "to": "screening"},
    )


async def test_every_step_that_is_not_known_is_refused(store: Store) -> None:
    case = await submitted(store)

    def try_all(work: Work) -> None:
        for here, to in product(State, State):
            if to not in NEXT[here]:
                with pytest.raises(NoSuchMove):
                    cases.move(work, replace(case, state=here), to)

    await do(store, try_all)
    assert await store.read(lambda connection: cases.get(connection, case.number)) == case


async def test_of_two_who_move_a_case_the_second_is_told_that_it_changed(store: Store) -> None:
    case = await submitted(store)
    await do(store, lambda work: cases.move(work, case, State.WITHDRAWN))
    with pytest.raises(Stale):
        await do(store, lambda work: cases.move(work, case, State.SCREENING))
    assert await store.read(views.check_counts) == ()


async def test_the_round_at_a_glance(store: Store) -> None:
    await with_register(store)
    filings = (
        a_filing(owner_nok=100, uh_nok=1),
        a_filing(owner_nok=200, uh_nok=2),
        a_filing(region=None, owner_nok=400, uh_nok=4),
        a_filing(scheme="decentralised", scheme_short="DEKOM", owner_nok=800, uh_nok=8),
        a_filing(cycle_year=2024),
    )
    made = [await do(store, submitting(number, filing)) for number, filing in enumerate(filings)]
    await do(store, lambda work: cases.move(work, made[1], State.SCREENING))
    assert await store.read(lambda connection: views.round_counts(connection, 2023)) == (
        RoundCount("decentralised", "salten", State.SUBMITTED, 1, 800, 8),
        RoundCount("regional", None, State.SUBMITTED, 1, 400, 4),
        RoundCount("regional", "salten", State.SUBMITTED, 1, 100, 1),
        RoundCount("regional", "salten", State.SCREENING, 1, 200, 2),
    )
    assert await store.read(views.check_counts) == ()


async def test_a_state_that_every_case_has_left_is_not_counted(store: Store) -> None:
    case = await submitted(store)
    await do(store, lambda work: cases.move(work, case, State.WITHDRAWN))
    assert await store.read(lambda connection: views.round_counts(connection, 2023)) == (
        RoundCount("regional", "salten", State.WITHDRAWN, 1, 14_825_160, 19_966_390),
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_count SET cases = cases + 1",
        "UPDATE case_count SET owner_nok = owner_nok - 1",
        "UPDATE case_count SET region = 'lofoten'",
        "UPDATE case_head SET uh_nok = uh_nok + 1",
        "UPDATE case_head SET region = NULL",
        "DELETE FROM case_count",
    ],
)
async def test_counts_that_do_not_add_up_are_found(store: Store, url: str, statement: str) -> None:
    await submitted(store)
    with beside(url) as connection:
        connection.execute(text(statement))
    assert await store.read(views.check_counts) != ()


async def test_sums_beyond_32_bits_are_kept(store: Store) -> None:
    await with_register(store)
    for number in range(3):
        await do(store, submitting(number, a_filing(owner_nok=2_000_000_000, uh_nok=0)))
    counts = await store.read(lambda connection: views.round_counts(connection, 2023))
    assert [count.owner_nok for count in counts] == [6_000_000_000]
    assert await store.read(views.check_counts) == ()


async def test_drafts_that_were_begun_are_counted_until_they_end(store: Store) -> None:
    await with_register(store)

    def begin(work: Work) -> list[Draft]:
        return [
            drafts.create(work, a_draft("1")),
            drafts.create(work, a_draft("2", author=OTHER.id)),
            drafts.create(work, a_draft("3")),
            drafts.create(work, a_draft("4", cycle_year=2024)),
        ]

    begun = await do(store, begin)
    assert (
        await store.read(lambda connection: sum(each.drafts for each in views.begun(connection, 2023))) == 3
    )
    await do(store, lambda work: drafts.save(work, begun[0], replace(begun[0], state=DraftState.DISCARDED)))
    await do(store, lambda work: cases.submit(work, begun[1], a_filing()))
    assert (
        await store.read(lambda connection: sum(each.drafts for each in views.begun(connection, 2023))) == 1
    )


async def test_a_case_of_an_owner_that_is_not_in_the_register_is_refused(store: Store) -> None:
    await with_register(store)
    with pytest.raises(IntegrityError):
        await do(store, lambda work: submit(work, filing=a_filing(lead_owner="9999")))
    assert (
        await store.read(lambda c: c.execute(select(func.count()).select_from(case_head)).scalar_one()) == 0
    )
