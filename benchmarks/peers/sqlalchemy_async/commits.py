"""Saves of drafts in the way of SQLAlchemy's asyncio ORM: a session for each, get, change, commit.

    commits.py DATABASE_URL CALLERS

SQLite through aiosqlite with WAL and synchronous=FULL, PostgreSQL through asyncpg, a connection for each caller. There
is no audit. Prints "ready"; then for each line with a number of seconds, what was done in them.
"""

import asyncio
import json
import sys
import time
from itertools import cycle

import uvloop
from sqlalchemy import JSON, event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ANSWERS = {f"field_{number}": "Vi ser at mange elever forstår lite." for number in range(22)}
_TEXTS = cycle("abcdefgh")


class Base(DeclarativeBase):
    pass


class Draft(Base):
    __tablename__ = "peer_draft"
    id: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str]
    state: Mapped[str]
    answers: Mapped[dict] = mapped_column(JSON)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy wants it


def engine_for(url: str, callers: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        asynchronous = url.replace("postgresql+psycopg:", "postgresql+asyncpg:")
        return create_async_engine(asynchronous, pool_size=callers, max_overflow=0)
    engine = create_async_engine(
        url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=callers, connect_args={"timeout": 30}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection, _):
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


async def keep_saving(sessions: async_sessionmaker, draft_id: str, until: float) -> int:
    done = 0
    while time.perf_counter() < until:
        async with sessions() as session:
            draft = await session.get(Draft, draft_id)
            draft.answers = {**draft.answers, "field_0": next(_TEXTS)}
            await session.commit()
        done += 1
    return done


async def main(url: str, callers: int) -> None:
    engine = engine_for(url, callers)
    sessions = async_sessionmaker(engine)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session:
        session.add_all(
            Draft(id=f"d{number}", author="writer", state="open", answers=ANSWERS)
            for number in range(callers)
        )
        await session.commit()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        began, cpu = time.perf_counter(), time.process_time()
        until = began + float(line)
        each = await asyncio.gather(
            *(keep_saving(sessions, f"d{number}", until) for number in range(callers))
        )
        took, used, done = time.perf_counter() - began, time.process_time() - cpu, sum(each)
        print(json.dumps({"per_second": done / took, "cpu_ms": 1000 * used / done}), flush=True)


uvloop.run(main(sys.argv[1], int(sys.argv[2])))
