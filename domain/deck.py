"""The amounts of the forum's slides of spring 2023, as they stand there. Nothing here is computed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import Field

from domain.data import BadData, Certainty, check_forum, read, strict


class FigureKind(StrEnum):
    REQUESTED = "requested"
    FRAME = "frame"
    COLLECTIVE_POT = "collective_pot"  # what the individual track leaves of the frame
    INDIVIDUAL_POT = "individual_pot"
    COMMITMENT = "commitment"  # for a later year; whether promised or asked for is not stated


@strict
@dataclass(frozen=True, slots=True)
class Figure:
    """One amount of a slide. No scheme: of all schemes; no party: owner and university together.

    `percentage` is printed beside the amount. `base` is what it is a percentage of; None: not stated, so it is
    shown as it is and never recomputed. `certainty` says how sure the reading is; the amount itself is certain.
    """

    kind: FigureKind
    year: int
    nok: Annotated[int, Field(ge=0, strict=True)]
    slide: str
    written: str  # the amount as the slide writes it
    certainty: Certainty = Certainty.HIGH
    scheme: str | None = None
    party: str | None = None
    percentage: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    base: str | None = None

    @property
    def key(self) -> tuple[FigureKind, int, str | None, str | None]:
        return (self.kind, self.year, self.scheme, self.party)


@strict
@dataclass(frozen=True, slots=True)
class Deck:
    title: str
    shown_on: date
    figures: tuple[Figure, ...]

    def figure(
        self, kind: FigureKind, year: int, *, scheme: str | None = None, party: str | None = None
    ) -> Figure:
        """The one figure of that key. Raises: KeyError - the slides have no such figure."""
        found = self.find(kind, year, scheme=scheme, party=party)
        if found is None:
            raise KeyError((kind, year, scheme, party))
        return found

    def find(
        self, kind: FigureKind, year: int, *, scheme: str | None = None, party: str | None = None
    ) -> Figure | None:
        """The one figure of that key; None: the slides have none."""
        key = (kind, year, scheme, party)
        return next((figure for figure in self.figures if figure.key == key), None)

    def of(self, kind: FigureKind, year: int) -> dict[str, int]:
        """The amounts per scheme, in whole kroner. Figures that are not of one scheme are left out."""
        return {f.scheme: f.nok for f in self.figures if f.kind is kind and f.year == year and f.scheme}


@cache
def deck(forum_key: str) -> Deck:
    """The figures that the forum was started with.

    Raises: UnknownForum. BadData - a figure is there twice.
    """
    check_forum(forum_key)
    path = f"{forum_key}/deck.toml"
    found = read(Deck, path)
    keys = [figure.key for figure in found.figures]
    if doubles := {key for key in keys if keys.count(key) > 1}:
        raise BadData(f"{path}: there twice: {sorted(map(str, doubles))}")
    return found
