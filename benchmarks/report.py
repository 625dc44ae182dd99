"""The figures as the tables and the picture of `docs/benchmarks.md`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import turns
from benchmarks.alternate import Rounds, figure, spread
from benchmarks.goals import GOALS
from benchmarks.results import Results

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PICTURE = DOCUMENT.with_suffix(".svg")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"

_TURNS = {
    "plain": "Plain HTTP, 16 connections",
    "tls": "Connector over TLS, 16 connections",
    "slow": "TLS, connector 100 ms, token endpoint 50 ms, 64 connections",
}
_TURN_COLUMNS = (
    ("per_second", "turns/s"),
    ("p50_ms", "p50, ms"),
    ("p99_ms", "p99, ms"),
    ("cpu_ms", "CPU of the bot per turn, ms"),
)
_OTHERS = {
    "commits": ("Durable saves, 16 callers", (("per_second", "saves/s"), ("cpu_ms", "CPU per save, ms"))),
    "status": ("Status of a round, SQLite", (("us", "µs"),)),
    "startup": ("Start of the process to the first answered turn", (("seconds", "s"),)),
    "memory": (
        "Memory after 10 000 turns, and later after 50 000",
        (("peak_mib", "peak, MiB"), ("later_peak_mib", "later, MiB")),
    ),
    "fanout": (
        "Sent of its own accord, without a pace",
        (("per_second", "messages/s"), ("cpu_ms", "CPU of the bot per message, ms")),
    ),
    "paced": (
        "Sent at a pace, to a connector that enforces Microsoft's limits",
        (
            ("permitted_percent", "of the 50/s that are permitted, %"),
            ("refused", "429"),
            ("most_in_a_second", "most in a second"),
            ("core_percent", "CPU of the bot, % of a core"),
        ),
    ),
    "interference": (
        "Four people who want answers, and 10 000 notices",
        (
            ("p50_ms", "p50, ms"),
            ("p99_ms", "p99, ms"),
            ("per_second", "turns/s"),
            ("sent_per_second", "notices/s meanwhile"),
        ),
    ),
    "reminders": (
        "10 000 that are due",
        (("seconds", "until all are kept, s"), ("tick_ms", "a tick, ms")),
    ),
    "replicas": (
        "10 000 reminders, two replicas on PostgreSQL; and downtime",
        (("due", "due"), ("doubles", "doubles"), ("lost", "lost")),
    ),
    "stall": (
        "Event loop, 300 ms for keys and for tokens, each renewed every 2 s",
        (("longest_ms", "longest stall, ms"), ("per_second", "turns/s"), ("p99_ms", "p99, ms")),
    ),
}


def text(results: Results) -> str:
    return "\n".join(_lines(results))


def _lines(results: Results) -> Iterator[str]:
    yield f"Measured on: {'; '.join(_machine(results.machine))}."
    yield from _stamps(results)
    yield ""
    yield from table(
        ("", "what", "target", "measured", "by CPU", ""),
        (
            (
                goal.name,
                goal.what,
                goal.wanted(),
                goal.found(results),
                _cpu(goal.cpu(results)),
                goal.verdict(results),
            )
            for goal in GOALS
        ),
    )
    for part, title in _TURNS.items():
        yield from _part(title, results.part(part), _TURN_COLUMNS)
    for part, (title, columns) in _OTHERS.items():
        yield from _part(title, results.part(part), columns)


def _stamps(results: Results) -> Iterator[str]:
    """Which parts were measured when and of which code; figures of two lines are not of one run."""
    for stamp in sorted(set(results.on.values())):
        yield f"On {stamp}: {', '.join(part for part, on in results.on.items() if on == stamp)}."


def _machine(about: dict[str, str]) -> Iterator[str]:
    for name, value in about.items():
        yield value if name in ("processor", "system") else f"{name} {value.removeprefix('v')}"


def _cpu(found: object) -> str:
    return f"{found}×" if found else ""


def _part(title: str, rounds: Rounds, columns: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not rounds:
        return
    count = max(len(figures) for figures in rounds.values())
    yield f"\n### {title}\n"
    yield f"{count} rounds.\n" if count > 1 else "Once.\n"
    yield from table(
        ("", *(label for _, label in columns)),
        ((variant, *(str(spread(rounds, variant, name) or "") for name, _ in columns)) for variant in rounds),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def write(results: Results, document: Path = DOCUMENT) -> None:
    """Put the figures in the place of the last ones, and draw the picture."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n\n{text(results)}\n\n{END}{after}", encoding="utf-8")
    draw(results, document.with_suffix(".svg"))


# The picture

_OURS, _THEIRS, _GREY = "#1b6ca8", "#b8bec6", "#555b63"


def draw(results: Results, file: Path) -> None:
    """Turns per second on the left; on the right how far each goal is reached."""
    import matplotlib

    matplotlib.use("svg" if file.suffix == ".svg" else "agg")
    matplotlib.rcParams.update({"svg.hashsalt": "forumbot", "font.size": 9, "font.family": "DejaVu Sans"})
    from matplotlib import pyplot

    picture, (left, right) = pyplot.subplots(1, 2, figsize=(12, 7), width_ratios=(1, 1), layout="constrained")
    _draw_turns(left, results.part("plain"))
    _draw_goals(right, results)
    picture.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    pyplot.close(picture)


def _draw_turns(axes: Any, rounds: Rounds) -> None:
    found = {name: spread(rounds, name, "per_second") for name in rounds}
    ordered = sorted(((s, name) for name, s in found.items() if s), key=lambda each: each[0].median)
    ours = (turns.TYPED_TURN, turns.CARD_STEP, turns.OUR_ECHO, turns.NO_HEADER, turns.BAD_SIGNATURE)
    for place, (each, name) in enumerate(ordered):
        error = [[each.median - each.least], [each.most - each.median]]
        color = _OURS if name in ours else _THEIRS
        axes.barh(place, each.median, xerr=error, color=color, ecolor=_GREY, capsize=2, height=0.65)
        axes.text(each.most * 1.1, place, figure(each.median), va="center", color=_GREY)
    axes.set_yticks(range(len(ordered)), [_shown(name) for _, name in ordered])
    axes.set_xscale("log")
    if ordered:
        axes.set_xlim(10, 4 * max(each.most for each, _ in ordered))
    axes.set_title("Answers per second, 16 connections", loc="left")
    _plain(axes)


def _shown(name: str) -> str:
    labels = {
        turns.TYPED_TURN: "ours: durable turn, typed",
        turns.CARD_STEP: "ours: durable turn, card step",
        turns.OUR_ECHO: "ours: echo",
        turns.NO_HEADER: "ours: forged, no header",
        turns.BAD_SIGNATURE: "ours: forged, bad signature",
    }
    return labels.get(name, name)


def _draw_goals(axes: Any, results: Results) -> None:
    # Of none that are wanted there is no share.
    found = [(goal, measured) for goal in GOALS if goal.target and (measured := goal.measure(results))]
    for place, (goal, measured) in enumerate(reversed(found)):
        share = goal.share(measured)
        error = [[share.median - share.least], [share.most - share.median]]
        color = _OURS if goal.is_met(measured) else "#c2571a"
        axes.errorbar(share.median, place, xerr=error, fmt="o", color=color, ecolor=_GREY, capsize=2)
    axes.set_yticks(
        range(len(found)), [f"{goal.name}  {goal.short or goal.what}" for goal, _ in reversed(found)]
    )
    axes.axvline(1, color=_GREY, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_title("Figure ÷ target, so that 1 is met", loc="left")
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e3e6ea", linewidth=0.6)
    axes.set_axisbelow(True)
