"""How the cases of a round stand, asked of the kept counts and of the cases themselves: 10 000 cases and 100 000.

The cases are counted over an index that holds all that is needed; the kept counts bring the sums of money too.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import islice, product
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, func, insert, select

from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent
from domain.cases import State
from domain.forum import load_forum
from store import register, views
from store.engines import reader_engine, transaction, writer_engine
from store.migrations import migrate
from store.tables import case_count, case_head
from store.work import Work

KEPT, COUNTED = "kept counts", "GROUP BY over a covering index"
YEAR, REGION = 2023, "region_1"
_NOW = datetime(2023, 1, 16, tzinfo=UTC)
_SCHEMES = [f"scheme_{number}" for number in range(6)]
_REGIONS = [f"region_{number}" for number in range(12)]
_STATES = list(State)[1:9]

_KEY = (case_head.c.scheme, case_head.c.region, case_head.c.state)
_COUNT_CASES = select(*_KEY, func.count()).where(case_head.c.cycle_year == YEAR).group_by(*_KEY)
_COUNT_REGION = _COUNT_CASES.where(case_head.c.region == REGION, case_head.c.scheme.in_(_SCHEMES))
_READ_REGION = select(case_count).where(
    case_count.c.year == YEAR, case_count.c.scheme.in_(_SCHEMES), case_count.c.region == REGION
)


def called(what: str, cases: int, *, one_region: bool) -> str:
    return f"{what}, {cases} cases, {'one region' if one_region else 'whole round'}"


async def status(extent: Extent) -> Rounds:
    with tempfile.TemporaryDirectory(prefix="forumbot-benchmarks-") as folder:
        variants: dict[str, Callable[[], Any]] = {}
        with (
            _filled(Path(folder), extent.cases // 10) as few,
            _filled(Path(folder), extent.cases) as many,
        ):
            for cases, connection in ((extent.cases // 10, few), (extent.cases, many)):
                for name, ask in _questions(connection).items():
                    what, is_region = name
                    key = called(what, cases, one_region=is_region)
                    variants[key] = partial(_timed, ask, extent.seconds / 10)
            return await alternate("status", variants, extent.rounds)


def _questions(connection: Connection) -> dict[tuple[str, bool], Callable[[], int]]:
    """Each gives the number of its groups. By what is asked, and whether of one region."""
    return {
        (KEPT, False): lambda: len(views.round_counts(connection, YEAR)),
        (COUNTED, False): lambda: len(connection.execute(_COUNT_CASES).all()),
        (KEPT, True): lambda: len(connection.execute(_READ_REGION).all()),
        (COUNTED, True): lambda: len(connection.execute(_COUNT_REGION).all()),
    }


async def _timed(ask: Callable[[], int], seconds: float) -> Figures:
    """Asked for so long, and at least three times; microseconds of one."""
    times: list[float] = []
    until = perf_counter() + seconds
    while len(times) < 3 or perf_counter() < until:
        began = perf_counter()
        assert ask()
        times.append(perf_counter() - began)
    times.sort()
    return {"us": 1_000_000 * times[len(times) // 2]}


@contextmanager
def _filled(folder: Path, cases: int) -> Iterator[Connection]:
    """A reader of a database with so many cases in one round, evenly over 6 schemes, 12 regions and 8 states."""
    url = f"sqlite:///{folder / f'{cases}.db'}"
    migrate(url)
    organisations = load_forum("nordland").organisations()
    keys = list(product(_SCHEMES, _REGIONS, _STATES))
    writer = writer_engine(url, 5.0)
    with transaction(writer) as connection:
        register.seed(Work(connection, "benchmark", "benchmark", _NOW), organisations)
        rows = iter(_head(number, *keys[number % len(keys)]) for number in range(cases))
        while batch := list(islice(rows, 5000)):
            connection.execute(insert(case_head), batch)
        connection.execute(insert(case_count).from_select(list(case_count.c.keys()), _SUMS))
        connection.exec_driver_sql("ANALYZE")
    writer.dispose()
    reader = reader_engine(url, 5.0, 1)
    with transaction(reader) as connection:
        yield connection
    reader.dispose()


_FULL_KEY = (case_head.c.cycle_year, *_KEY)
_SUMS = select(
    *_FULL_KEY, func.count(), func.sum(case_head.c.owner_nok), func.sum(case_head.c.uh_nok)
).group_by(*_FULL_KEY)


def _head(number: int, scheme: str, region: str, state: State) -> dict[str, object]:
    return {
        "number": f"{YEAR}-REKOM-{number}",
        "form": "needs_report",
        "cycle_year": YEAR,
        "scheme_set": "2023",
        "scheme": scheme,
        "region": region,
        "lead_owner": "1804",
        "title": "Lesing i alle fag",
        "owner_nok": 100_000 + number,
        "uh_nok": 50_000,
        "state": state,
        "state_since": _NOW,
        "submitted_at": _NOW,
        "submitted_by": "somebody",
        "submission": 1,
        "version": 1,
    }
