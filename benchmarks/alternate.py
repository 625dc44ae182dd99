"""Rounds in alternation, and what may be said of them: median and spread, ratios round by round."""

import statistics
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

Figures = dict[str, float]  # by name; units are in the names
Variant = Callable[[], Awaitable[Figures]]
Rounds = dict[str, list[Figures]]  # by variant, in the order of the rounds


async def alternate(part: str, variants: Mapping[str, Variant], rounds: int) -> Rounds:
    """Measure every variant once in each round, back and forth, so that none is always first or after the same."""
    found: Rounds = {name: [] for name in variants}
    for number in range(rounds):
        print(f"{part}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for name in variants if number % 2 == 0 else reversed(tuple(variants)):
            found[name].append(await variants[name]())
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures, with the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        return cls(statistics.median(figures), min(figures), max(figures))

    def __str__(self) -> str:
        return f"{figure(self.median)} [{figure(self.least)}–{figure(self.most)}]"


def spread(rounds: Rounds, variant: str, name: str) -> Spread | None:
    """None: not measured."""
    figures = [each[name] for each in rounds.get(variant, ()) if name in each]
    return Spread.of(figures) if figures else None


def ratio(rounds: Rounds, variant: str, other: str, name: str) -> Spread | None:
    """How many times the other's figure, round by round. None: one of the two was not measured."""
    pairs = zip(rounds.get(variant, ()), rounds.get(other, ()), strict=False)
    ratios = [own[name] / its[name] for own, its in pairs if own.get(name) and its.get(name)]
    return Spread.of(ratios) if ratios else None


def figure(number: float) -> str:
    """Three digits that count, and no more."""
    if not number:
        return "0"
    if number >= 100:
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"
