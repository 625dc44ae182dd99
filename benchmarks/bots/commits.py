"""Saves of drafts by our store, by so many callers at once, each with a draft of its own.

    python -m benchmarks.bots.commits DATABASE_URL CALLERS {drafts,raw} [--alone] [--slower-by MS]

`drafts`: the draft is read and saved with its row in the audit, as in a turn. `raw`: one UPDATE of 1.1 KB in SQL.
`--alone`: a transaction for each save instead of one for all that wait. `--slower-by`: a pause before each COMMIT, as
if the disk's fsync took so much longer. Prints "ready"; then for each line with a number of seconds, what was done
in them.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import cycle

import uvloop
from sqlalchemy import Connection, event, text

from domain.register import Person
from store import drafts, register, work
from store.drafts import Draft
from store.work import Store, Work

NOW = datetime(2023, 1, 16, 12, tzinfo=UTC)
ANSWERS = {f"field_{number}": "Vi ser at mange elever forstår lite." for number in range(22)}
_RAW = text("UPDATE bench_draft SET answers = :answers, version = version + 1 WHERE id = :id")
_TEXTS = cycle("abcdefgh")

Json = dict[str, float]


def prepared(callers: int) -> Callable[[Work], None]:
    """Somebody, and a draft for each caller."""

    def job(work: Work) -> None:
        register.seed(work, [], [Person("writer", "writer", "nb")], [])
        work.connection.execute(
            text("CREATE TABLE bench_draft (id TEXT PRIMARY KEY, answers TEXT, version INTEGER)")
        )
        for number in range(callers):
            drafts.create(work, Draft(f"d{number}", "needs_report", 2023, "writer", dict(ANSWERS), NOW, NOW))
            work.connection.execute(text("INSERT INTO bench_draft VALUES (:id, '', 1)"), {"id": f"d{number}"})

    return job


def save(work: Work, draft_id: str, changed: str) -> None:
    before = drafts.get(work.connection, draft_id)
    assert before is not None
    drafts.save(work, before, replace(before, answers={**before.answers, "field_0": changed}, saved_at=NOW))


def save_raw(work: Work, draft_id: str, changed: str) -> None:
    work.connection.execute(_RAW, {"answers": changed * 1100, "id": draft_id})


async def keep_saving(store: Store, job: Callable[..., None], draft_id: str, until: float) -> int:
    done = 0
    while time.perf_counter() < until:
        saved = partial(job, draft_id=draft_id, changed=next(_TEXTS))
        await store.work(saved, actor="writer", cause="bench", now=NOW)
        done += 1
    return done


async def main(given: argparse.Namespace) -> None:
    if given.alone:
        work._LARGEST_BATCH = 1
    store = Store(given.url)
    if given.slower_by:
        slow_down(store, given.slower_by / 1000)
    await store.start()
    await store.work(prepared(given.callers), actor="writer", cause="bench", now=NOW)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # as `forumbot serve` does
    print("ready", flush=True)
    job = save if given.what == "drafts" else save_raw
    while line := await asyncio.to_thread(sys.stdin.readline):
        began, cpu = time.perf_counter(), time.process_time()
        until = began + float(line)
        done = sum(
            await asyncio.gather(
                *(keep_saving(store, job, f"d{number}", until) for number in range(given.callers))
            )
        )
        took, used = time.perf_counter() - began, time.process_time() - cpu
        print(json.dumps({"per_second": done / took, "cpu_ms": 1000 * used / done}), flush=True)
    await store.close()


def slow_down(store: Store, seconds: float) -> None:
    def wait(_: Connection) -> None:
        time.sleep(seconds)

    event.listen(store._writing, "commit", wait)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("callers", type=int)
    parser.add_argument("what", choices=("drafts", "raw"))
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--slower-by", type=float, default=0.0, metavar="MS")
    uvloop.run(main(parser.parse_args()))
