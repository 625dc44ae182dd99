"""The durable turn over HTTP against the echo of Microsoft's stock adapter, in one alternating run.

    python -m benchmarks.first_timing [--rounds 7] [--seconds 5]

A turn of ours comes with a signed token that is checked, and is committed with synchronous=FULL before it is
answered: a typed answer (answered over the connector) or a press on a page of the needs report (answered in the
response). The echo checks no token and keeps nothing. Everything stays on loopback; pip alone goes out, to fill the
echo's own environment. Where there are two cores, the bot has one of them and the load the other.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import orjson
import uvloop
from aiohttp import web

from benchmarks.owners import ALL_ANSWERED, TYPED, Owner, enrol, owners
from play.issuer import Issuer
from play.loopback import serving
from play.people import APP_ID, TENANT
from store.migrations import migrate

CONNECTIONS = 16
PEOPLE_EACH = 4
NAMES = ("echoed", "typing", "pressing")
WARM_UP_SECONDS = 2.0
ECHO_NEEDS = ("botbuilder-core==4.17.1", "botbuilder-integration-aiohttp==4.17.1")
POST = "/v3/conversations/{conversation}/activities"

Json = dict[str, Any]


# What the bots talk to


@dataclass(slots=True)
class Connector:
    """Takes what bots send and keeps the last activity of each conversation."""

    last: dict[str, Json] = field(default_factory=dict)
    taken: int = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post(POST, self._take), web.post(f"{POST}/{{activity}}", self._take)])
        return app

    async def _take(self, request: web.Request) -> web.Response:
        self.last[request.match_info["conversation"]] = orjson.loads(await request.read())
        self.taken += 1
        return web.Response(body=b'{"id":"1"}', content_type="application/json", status=201)


class WentWrong(Exception):  # noqa: N818 - says what happened
    """A turn was not answered as it should be, so nothing that is measured counts."""


@dataclass(slots=True)
class Load:
    """Turns of one kind on one bot, over as many connections at once as there are queues of people."""

    name: str
    url: str
    pid: int
    http: aiohttp.ClientSession
    headers: dict[str, str]
    queues: list[list[Owner]]
    turn: Callable[["Load", Owner], Awaitable[None]]

    async def post(self, activity: Json) -> bytes:
        async with self.http.post(self.url, data=orjson.dumps(activity), headers=self.headers) as response:
            body = await response.read()
            if response.status not in (200, 201, 202):
                raise WentWrong(f"{self.name}: {response.status} {body[:200]!r}")
            return body

    async def run(self, seconds: float) -> "Figures":
        began, cpu = perf_counter(), _cpu_seconds(self.pid)
        times = await asyncio.gather(*(self._work(queue, began + seconds) for queue in self.queues))
        took, used = perf_counter() - began, _cpu_seconds(self.pid) - cpu
        every = sorted(time for each in times for time in each)
        return Figures(len(every) / took, 1000 * used / len(every), every)

    async def _work(self, queue: list[Owner], until: float) -> list[float]:
        times: list[float] = []
        for owner in cycle(queue):
            began = perf_counter()
            if began >= until:
                return times
            await self.turn(self, owner)
            times.append(perf_counter() - began)
        raise AssertionError("a queue has people")


@dataclass(frozen=True, slots=True)
class Figures:
    per_second: float
    cpu_ms: float  # of the bot's process, per turn
    seconds: list[float]  # of each turn, ascending

    def at(self, share: float) -> float:
        return 1000 * self.seconds[min(int(share * len(self.seconds)), len(self.seconds) - 1)]


async def types(load: Load, owner: Owner) -> None:
    await load.post(owner.types())


async def presses(load: Load, owner: Owner) -> None:
    body = orjson.loads(await load.post(owner.presses()))
    owner.card = body["value"]
    if "actions" not in owner.card:
        raise WentWrong(f"{load.name}: {body}")


# The bots


@contextmanager
def started(command: list[str], **environment: str) -> Iterator[tuple[str, int]]:
    """A bot in a process of its own: the address that it prints, and its process id."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise WentWrong(f"did not start: {command}")
        _keep_to_core(process.pid, 1)
        yield url, process.pid
    finally:
        process.kill()
        process.wait()


@contextmanager
def echo(folder: Path) -> Iterator[tuple[str, int]]:
    environment = folder / "echo"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-qqq", *ECHO_NEEDS], check=True)
    with started([python, str(Path(__file__).with_name("echo_sample.py"))]) as bot:
        yield bot


@contextmanager
def product(
    folder: Path, database_url: str, metadata_url: str, service_host: str
) -> Iterator[tuple[str, int]]:
    settings = {
        "env": "development",
        "database_url": database_url,
        "app_id": APP_ID,
        "app_type": "SingleTenant",
        "tenant_id": TENANT,
        "service_hosts": [service_host],
        "openid_metadata_url": metadata_url,
        "port": 0,
        "link_key": "0" * 64,
        "log_key": "1" * 64,
    }
    file = folder / "settings.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    with started([sys.executable, "-m", "benchmarks.product", str(file)]) as bot:
        yield bot


def _keep_to_core(pid: int, core: int) -> None:
    """Where the system has a say in it."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) >= 2:
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), {core})


def _cpu_seconds(pid: int) -> float:
    """Of all the process's threads so far; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# The run


@asynccontextmanager
async def loads(folder: Path) -> AsyncIterator[list[Load]]:
    connector, issuer = Connector(), Issuer(APP_ID)
    async with (
        serving(connector.app()) as base,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        service_url = f"{base}/"
        crowds = {name: owners(name, CONNECTIONS * PEOPLE_EACH, service_url) for name in NAMES}
        database_url = f"sqlite:///{folder / 'forumbot.db'}"
        migrate(database_url)
        await enrol(database_url, [owner for crowd in crowds.values() for owner in crowd])
        with (
            issuer.serving() as metadata_url,
            echo(folder) as (echo_url, echo_pid),
            product(folder, database_url, metadata_url, base.removeprefix("http://")) as (url, pid),
        ):
            signed = {"Authorization": f"Bearer {issuer.token(service_url)}"}
            plain = {"Content-Type": "application/json"}
            queues = [_queues(crowds[name]) for name in NAMES]
            every = [
                Load("echo", echo_url, echo_pid, http, plain, queues[0], types),
                Load("typed answer", url, pid, http, plain | signed, queues[1], types),
                Load("card step", url, pid, http, plain | signed, queues[2], presses),
            ]
            await _begin(every, connector)
            yield every


def _queues(crowd: list[Owner]) -> list[list[Owner]]:
    return [crowd[place::CONNECTIONS] for place in range(CONNECTIONS)]


async def _begin(every: list[Load], connector: Connector) -> None:
    """One whole report by typing, to see that the answers are understood; and a card before everybody who presses."""
    _, typing, cards = every
    first = typing.queues[0][0]
    for _ in TYPED:
        await types(typing, first)
    if ALL_ANSWERED not in connector.last[first.conversation.id]["text"]:
        raise WentWrong(connector.last[first.conversation.id]["text"])
    for owner in (owner for queue in cards.queues for owner in queue):
        await cards.post(owner.types("ny behovsmelding"))
        owner.card = connector.last[owner.conversation.id]["attachments"][0]["content"]
    for load in every:
        await load.run(WARM_UP_SECONDS)


async def main(rounds: int, seconds: float) -> None:
    _keep_to_core(os.getpid(), 0)
    with tempfile.TemporaryDirectory(prefix="forumbot-timing-") as folder:
        async with loads(Path(folder)) as every:
            found = [[await load.run(seconds) for load in every] for _ in _told(rounds)]
    for place, load in enumerate(every):
        _tell(load.name, [figures[place] for figures in found], [figures[0] for figures in found])


def _told(rounds: int) -> Iterator[int]:
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        yield number


def _tell(name: str, own: list[Figures], echoes: list[Figures]) -> None:
    ratios = [figures.per_second / echo.per_second for figures, echo in zip(own, echoes, strict=True)]
    cpu = [echo.cpu_ms / figures.cpu_ms for figures, echo in zip(own, echoes, strict=True) if figures.cpu_ms]
    print(
        f"{name:13} {_median(each.per_second for each in own):6.0f} turns/s"
        f"  p50 {_median(each.at(0.5) for each in own):6.1f} ms"
        f"  p99 {_median(each.at(0.99) for each in own):6.1f} ms"
        f"  CPU {_median(each.cpu_ms for each in own):6.2f} ms"
        f"  {_spread(ratios)} x the echo's rate"
        f"  {_spread(cpu)} x less CPU"
    )


def _median(numbers: Iterator[float]) -> float:
    return statistics.median(numbers)


def _spread(numbers: list[float]) -> str:
    """Median [least-most]."""
    if not numbers:
        return "-"
    return f"{statistics.median(numbers):.1f} [{min(numbers):.1f}-{max(numbers):.1f}]"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each kind of turn in each round")
    given = parser.parse_args()
    uvloop.run(main(given.rounds, given.seconds))
