"""Jobs at a date in APScheduler, one for each person, as its guide has it: a scheduler with a job store, and add_job.

    jobs.py DATABASE_URL|memory

SQLite with WAL and synchronous=FULL. Prints "ready"; then takes lines, and answers each with one of JSON:

    add N     with N jobs for tomorrow: in how many seconds they were added; those of the last time are removed first
    late N    with N jobs that fell due three seconds ago, while nothing ran: how many were due, and how many were lost
"""

import json
import sys
import time
from datetime import datetime, timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, event

_FIRED = []
_QUIET_SECONDS = 2.0  # so long nothing has fired: nothing more will


def remind(person: str) -> None:
    _FIRED.append(person)


def store_at(url: str):
    if url == "memory":
        return MemoryJobStore()
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def set_up(connection, _):
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    return SQLAlchemyJobStore(engine=engine)


def add(scheduler: BackgroundScheduler, number: int, at: datetime) -> float:
    scheduler.remove_all_jobs()
    began = time.perf_counter()
    for place in range(number):
        person = f"recipient-{place}"
        scheduler.add_job(remind, "date", run_date=at, args=[person], id=f"reminder-{person}")
    return time.perf_counter() - began


def late(scheduler: BackgroundScheduler, number: int) -> int:
    """How many have never fired."""
    add(scheduler, number, datetime.now() - timedelta(seconds=3))
    _FIRED.clear()
    scheduler.resume()
    seen = -1
    while scheduler.get_jobs() or len(_FIRED) != seen:
        seen = len(_FIRED)
        time.sleep(_QUIET_SECONDS)
    scheduler.pause()
    return number - len(set(_FIRED))


def main(url: str) -> None:
    scheduler = BackgroundScheduler(jobstores={"default": store_at(url)}, timezone="UTC")
    scheduler.start(paused=True)
    print("ready", flush=True)
    for line in sys.stdin:
        what, number = line.split()
        if what == "add":
            found = {"seconds": add(scheduler, int(number), datetime.now() + timedelta(days=1))}
        else:
            found = {"due": int(number), "lost": late(scheduler, int(number))}
        print(json.dumps(found), flush=True)


main(sys.argv[1])
