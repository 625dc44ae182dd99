"""The goals: what is compared with what, and how much of it is wanted. The median of the rounds decides; where none at
all is wanted, every round does."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import commits, fanout, reminders, stall, status, turns
from benchmarks.alternate import Spread, ratio, spread
from benchmarks.results import Results

MOST_CASES = 100_000


@dataclass(frozen=True, slots=True)
class Goal:
    """`at_most`: the less the better. `cpu`: the same ratio of CPU per turn, which is the steadier one. `short`: `what`
    in the picture, where it is too long."""

    name: str
    what: str
    target: float
    measure: Callable[[Results], Spread | None]
    at_most: bool = False
    unit: str = "×"
    cpu: Callable[[Results], Spread | None] = lambda _: None
    short: str = ""

    def wanted(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.target:g}{_unit(self.unit)}"

    def found(self, results: Results) -> str:
        measured = self.measure(results)
        return f"{measured}{_unit(self.unit)}" if measured else "not measured"

    def verdict(self, results: Results) -> str:
        measured = self.measure(results)
        if measured is None:
            return "–"
        return "met" if self.is_met(measured) else "not met"

    def is_met(self, measured: Spread) -> bool:
        if self.target == 0:
            return measured.most == 0
        return measured.median <= self.target if self.at_most else measured.median >= self.target

    def share(self, measured: Spread) -> Spread:
        """Of the target that is reached: 1 is just enough, more is better."""
        if self.at_most:
            return Spread(*(self.target / each for each in (measured.median, measured.most, measured.least)))
        return Spread(*(each / self.target for each in (measured.median, measured.least, measured.most)))


def _unit(unit: str) -> str:
    return unit if unit in ("×", "") else f" {unit}"


def _times(part: str, own: str, other: str, name: str = "per_second") -> Callable[[Results], Spread | None]:
    return lambda results: ratio(results.part(part), own, other, name)


def _turns(name: str, what: str, target: float, part: str, own: str, other: str, short: str = "") -> Goal:
    by_cpu = _times(part, other, own, "cpu_ms")
    return Goal(name, what, target, _times(part, own, other), cpu=by_cpu, short=short)


def _of_latency(results: Results) -> Spread | None:
    found = spread(results.part("slow"), turns.TYPED_TURN, "p50_ms")
    return found and Spread(*(each / turns.CONNECTOR_MS for each in (found.median, found.least, found.most)))


def _growth(results: Results) -> Spread | None:
    ours = results.part("memory").get(turns.TYPED_TURN, ())
    ratios = [each["later_peak_mib"] / each["peak_mib"] for each in ours if "later_peak_mib" in each]
    return Spread.of(ratios) if ratios else None


def _of(part: str, variant: str, name: str) -> Callable[[Results], Spread | None]:
    return lambda results: spread(results.part(part), variant, name)


def _fanout(label: str, own: str, way: str, target: float) -> Goal:
    ours, theirs = fanout.over(own, way), fanout.over(fanout.SDK_LOOP, way)
    over = " over TLS" if way == fanout.TLS else ""
    what = f"{label} ÷ SDK continue_conversation{over}"
    return _turns("G12", what, target, "fanout", ours, theirs, f"{label} ÷ SDK{over}")


def _kept(cases: int) -> str:
    return status.called(status.KEPT, cases, one_region=True)


def _counted(cases: int) -> str:
    return status.called(status.COUNTED, cases, one_region=True)


_T = turns
GOALS = (
    _turns("G1", "durable turn ÷ SDK echo", 25, "plain", _T.TYPED_TURN, _T.SDK_ECHO),
    _turns("G2", "durable turn ÷ SDK dialog in memory", 30, "plain", _T.TYPED_TURN, _T.SDK_DIALOG),
    _turns("G3", "durable turn ÷ SDK echo, over TLS", 75, "tls", _T.TYPED_TURN, _T.SDK_ECHO),
    _turns(
        "G4",
        "the same, 64 connections, connector 100 ms, tokens 50 ms, echo registered",
        70,
        "slow",
        _T.TYPED_TURN,
        _T.SDK_ECHO,
        "durable turn ÷ SDK echo, all slow",
    ),
    Goal(
        "G4",
        "p50 of that turn ÷ the connector's 100 ms",
        1.2,
        _of_latency,
        at_most=True,
        short="p50 ÷ connector, all slow",
    ),
    _turns("G5", "our echo ÷ bare aiohttp", 0.7, "plain", _T.OUR_ECHO, _T.BARE_ECHO),
    _turns("G6", "durable turn ÷ bare aiohttp", 0.5, "plain", _T.TYPED_TURN, _T.BARE_ECHO),
    _turns("G7", "durable card step ÷ SDK invoke (mended)", 30, "plain", _T.CARD_STEP, _T.SDK_INVOKE),
    _turns("G8", "our echo ÷ Node echo", 3, "plain", _T.OUR_ECHO, _T.NODE_ECHO),
    _turns("G8", "our echo ÷ Agents SDK echo", 5, "plain", _T.OUR_ECHO, _T.AGENTS_ECHO),
    _turns("G8", "durable turn ÷ Node echo", 2, "plain", _T.TYPED_TURN, _T.NODE_ECHO),
    *(
        Goal(
            "G9",
            f"{label} ÷ SQLAlchemy's async ORM, {database}",
            target,
            _times("commits", commits.of(own, database), commits.of(commits.ORM, database)),
            short=f"{short} ÷ ORM, {database}",
        )
        for database, target in ((commits.SQLITE, 60), (commits.POSTGRESQL, 30))
        for own, label, short in (
            (commits.OURS, "saves of a draft with its audit", "draft + audit"),
            (commits.RAW, "saves in one statement", "one statement"),
        )
    ),
    *(
        Goal(
            "G10",
            f"{label}, shared commit ÷ own commit, each 1 ms slower",
            12,
            _times("commits", commits.of(shared, commits.SQLITE), commits.of(alone, commits.SQLITE)),
            short=f"shared ÷ own commit, {short}",
        )
        for shared, alone, label, short in (
            (commits.SHARED, commits.ALONE, "saves of a draft with its audit", "draft + audit"),
            (commits.RAW_SHARED, commits.RAW_ALONE, "saves in one statement", "one statement"),
        )
    ),
    Goal(
        "G11",
        "status of a region among 100 000 cases: GROUP BY over a covering index ÷ kept counts",
        15,
        _times("status", _counted(MOST_CASES), _kept(MOST_CASES), "us"),
        short="GROUP BY ÷ kept counts",
    ),
    Goal(
        "G11",
        "status of a region: 100 000 cases ÷ 10 000",
        1.1,
        _times("status", _kept(MOST_CASES), _kept(MOST_CASES // 10), "us"),
        at_most=True,
    ),
    *(
        _fanout(label, own, way, target)
        for way, target in ((fanout.PLAIN, 60), (fanout.TLS, 150))
        for own, label in (
            (fanout.NOTICES, "notices, looked at again and marked"),
            (fanout.READY_MADE, "ready-made words, marked"),
        )
    ),
    Goal(
        "G13",
        "paced notices: share of the 50 a second that Microsoft permits",
        97,
        _of("paced", fanout.PACED, "permitted_percent"),
        unit="%",
        short="paced: share of what is permitted",
    ),
    Goal(
        "G13",
        "paced notices: refused with 429 in a round",
        0,
        _of("paced", fanout.PACED, "refused"),
        at_most=True,
        unit="",
    ),
    Goal(
        "G13",
        "paced notices: CPU of the bot, share of a core",
        5,
        _of("paced", fanout.PACED, "core_percent"),
        at_most=True,
        unit="%",
        short="paced: share of a core",
    ),
    *(
        Goal(
            "G14",
            f"p99 of a typed answer while 10 000 notices go out{label} ÷ while none do",
            target,
            _times("interference", meanwhile, _T.TYPED_TURN, "p99_ms"),
            at_most=True,
            short=f"p99 with notices{label} ÷ without",
        )
        for meanwhile, label, target in (
            (fanout.WHILE_PACED, " at a pace", 2),
            (fanout.WHILE_UNPACED, " unpaced", 3),
        )
    ),
    Goal(
        "G15",
        "10 000 jobs added to APScheduler's SQLite store ÷ 10 000 reminders put into the outbox",
        1000,
        _times("reminders", reminders.STORED, reminders.OURS, "seconds"),
        short="jobs added ÷ reminders planned",
    ),
    Goal(
        "G15",
        "a tick with nothing due",
        1,
        _of("reminders", reminders.IDLE, "tick_ms"),
        at_most=True,
        unit="ms",
    ),
    Goal(
        "G15",
        "doubles among 10 000 reminders sent by two replicas on PostgreSQL",
        0,
        _of("replicas", reminders.REPLICAS, "doubles"),
        at_most=True,
        unit="",
    ),
    Goal(
        "G15",
        "lost of 10 000 reminders that fell due while nothing ran",
        0,
        _of("replicas", reminders.DOWN, "lost"),
        at_most=True,
        unit="",
    ),
    Goal(
        "G16",
        "start to first answered turn ÷ SDK echo",
        1.2,
        _times("startup", _T.TYPED_TURN, _T.SDK_ECHO, "seconds"),
        at_most=True,
    ),
    Goal(
        "G16",
        "start to first answered turn ÷ Agents SDK echo",
        0.8,
        _times("startup", _T.TYPED_TURN, _T.AGENTS_ECHO, "seconds"),
        at_most=True,
    ),
    Goal(
        "G17",
        "peak memory after 10 000 turns ÷ SDK echo",
        1.1,
        _times("memory", _T.TYPED_TURN, _T.SDK_ECHO, "peak_mib"),
        at_most=True,
    ),
    Goal("G17", "peak memory after 50 000 turns ÷ after 10 000", 1.02, _growth, at_most=True),
    Goal(
        "G18",
        "forged requests without a header (all 401) ÷ durable turns",
        3,
        _times("plain", _T.NO_HEADER, _T.TYPED_TURN),
        short="forged, no header ÷ durable turns",
    ),
    Goal(
        "G18",
        "forged requests with a bad signature (all 401) ÷ durable turns",
        1,
        _times("plain", _T.BAD_SIGNATURE, _T.TYPED_TURN),
        short="forged, bad signature ÷ durable turns",
    ),
    Goal(
        "G19",
        "longest stall of the event loop while keys and tokens are renewed, 300 ms each",
        10,
        lambda results: spread(results.part("stall"), stall.STEADY, "longest_ms"),
        at_most=True,
        unit="ms",
        short="longest stall of the event loop",
    ),
)
