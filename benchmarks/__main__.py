"""Measure, keep the figures, and show them.

    python -m benchmarks [--only PART ...] [--rounds N] [--seconds S] [--without-peers] [--write]
    python -m benchmarks --show [--write]

Everything stays on loopback; pip and npm alone go out, to make the peers' environments when they are needed first.
"""

import argparse
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import uvloop

from benchmarks import report, results
from benchmarks.alternate import Rounds
from benchmarks.commits import commits
from benchmarks.fanout import fanout, interference, paced
from benchmarks.field import Extent
from benchmarks.machine import LOAD_CORE, commit, describe, keep_to
from benchmarks.reminders import reminders, replicas
from benchmarks.stall import stall
from benchmarks.startup import memory, startup
from benchmarks.status import status
from benchmarks.turns import plain, slow, tls

PARTS: dict[str, Callable[[Extent], Coroutine[Any, Any, Rounds]]] = {
    "plain": plain,
    "tls": tls,
    "slow": slow,
    "commits": commits,
    "status": status,
    "startup": startup,
    "memory": memory,
    "stall": stall,
    "fanout": fanout,
    "paced": paced,
    "interference": interference,
    "reminders": reminders,
    "replicas": replicas,
}
TOGETHER = {
    "turns": ("plain", "tls", "slow"),
    "sending": ("fanout", "paced", "interference", "reminders", "replicas"),
}


def main() -> None:
    given = _parser().parse_args()
    found = results.begin(describe())
    if not given.show:
        if keep := keep_to(LOAD_CORE):
            keep()
        extent = Extent(
            rounds=given.rounds,
            seconds=given.seconds,
            per_second=given.per_second,
            is_alone=given.without_peers,
        )
        for part in _wanted(given.only):
            found.add(part, uvloop.run(PARTS[part](extent)), _stamp())
            found.write()
    print(report.text(found))
    if given.write:
        report.write(found)


def _stamp() -> str:
    """The day and the commit that was measured, since parts can be measured one by one."""
    return f"{date.today().isoformat()} ({commit()})"


def _wanted(only: list[str] | None) -> tuple[str, ...]:
    """`turns` stands for all parts with turns, `sending` for all about what goes out of its own accord."""
    if not only:
        return tuple(PARTS)
    named = {part for name in only for part in TOGETHER.get(name, (name,))}
    return tuple(part for part in PARTS if part in named)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = (*TOGETHER, *PARTS)
    parser.add_argument("--only", nargs="+", choices=parts, metavar="PART", help=", ".join(parts))
    parser.add_argument("--rounds", type=int, default=7, help="fewer are for trying it")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each variant in each round")
    parser.add_argument(
        "--per-second", type=int, default=49, help="the pace of what goes out, where it has one"
    )
    parser.add_argument("--without-peers", action="store_true", help="only what is ours")
    parser.add_argument("--show", action="store_true", help="measure nothing, show what is kept")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its picture")
    return parser


if __name__ == "__main__":
    main()
