"""A year's frames: what there is per scheme, what is asked for and what earlier rounds ask for (domain.md 7).

Each figure keeps where it is from. Figures of two sources stand beside each other and are never added. What nothing
tells yet is None, never 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from domain.deck import Deck, Figure, FigureKind
from domain.money import percentage, split
from domain.schemes import IndividualTrack, SchemeSet


class Source(StrEnum):
    SLIDES = "slides"  # the forum's own
    CASES = "cases"  # what is filed with the bot
    COMPUTED = "computed"  # from other figures, by a rule


class Base(StrEnum):
    """What a percentage is of."""

    FRAME = "frame"
    COLLECTIVE_POT = "collective_pot"


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage for the eye. `base` None: printed beside the amount without saying of what, so it is shown as
    printed and never computed again."""

    percent: Fraction
    base: Base | None
    base_nok: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure and where it is from. `owner_nok` and `uh_nok` None: the source does not split it. `is_certain` False:
    the source does not say whether it was promised or asked for."""

    nok: int
    source: Source
    owner_nok: int | None = None
    uh_nok: int | None = None
    cases: int | None = None
    shares: tuple[Share, ...] = ()
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What the standing cases of a round ask for in one year, added up per scheme."""

    cycle_year: int
    scheme: str
    year: int
    cases: int
    owner_nok: int
    uh_nok: int

    @property
    def nok(self) -> int:
        return self.owner_nok + self.uh_nok


@dataclass(frozen=True, slots=True)
class SchemeYear:
    """A scheme in a year; `scheme` None: all schemes together.

    `implied_frame_nok`: what the frame would be if the individual pot is the whole share that it may have.
    `earlier`: for this year, by rounds before this one. `later`: for years after, by this year's round.
    `recommended_nok`, `awarded_nok`: nothing that the bot keeps tells them yet.
    """

    scheme: str | None
    frame: Amount | None = None
    collective_pot: Amount | None = None
    individual_pot: Amount | None = None
    implied_frame_nok: int | None = None
    requested: tuple[Amount, ...] = ()
    earlier: tuple[Amount, ...] = ()
    later: tuple[tuple[int, Amount], ...] = ()
    recommended_nok: int | None = None
    awarded_nok: int | None = None

    @property
    def free_nok(self) -> int | None:
        """What is left of the frame; None while either is not known."""
        if self.frame is None or self.awarded_nok is None:
            return None
        return self.frame.nok - self.awarded_nok

    def missing_nok(self, requested: Amount) -> int | None:
        """How much more is asked for than there is for collective measures; None where that is not known, or where
        there is enough."""
        if self.collective_pot is None or requested.nok <= self.collective_pot.nok:
            return None
        return requested.nok - self.collective_pot.nok

    def covered(self, requested: Amount) -> Fraction | None:
        """How many per cent of what is asked for there is for collective measures, in hundredths."""
        if self.collective_pot is None:
            return None
        return percentage(self.collective_pot.nok, requested.nok, decimals=2)


@dataclass(frozen=True, slots=True)
class Frames:
    year: int
    schemes: tuple[SchemeYear, ...]
    total: SchemeYear

    def of(self, scheme: str | None) -> SchemeYear | None:
        """The scheme, or all together; None: there is no such scheme that year."""
        return next((each for each in (*self.schemes, self.total) if each.scheme == scheme), None)


def frames(year: int, rules: SchemeSet, deck: Deck, asked: Iterable[Asked]) -> Frames:
    """What is known of a year. A scheme that no longer exists that year stands there if earlier rounds ask for money
    in it.

    Source: the slides, Innkomne behovsmeldinger; the forms of the figures are domain.md 7.
    """
    filed = tuple(each for each in asked if each.nok)
    keys = dict.fromkeys(scheme.key for scheme in rules.schemes)
    keys |= dict.fromkeys(f.scheme for f in deck.figures if f.scheme and f.year == year)
    keys |= dict.fromkeys(each.scheme for each in filed if each.year == year or each.cycle_year == year)
    schemes = tuple(_scheme_year(key, year, rules, deck, filed) for key in keys)
    running = {scheme.key for scheme in rules.schemes}
    return Frames(year, schemes, _total(year, schemes, running, deck))


def _scheme_year(key: str, year: int, rules: SchemeSet, deck: Deck, filed: tuple[Asked, ...]) -> SchemeYear:
    own = tuple(each for each in filed if each.scheme == key)
    track = (
        rules.individual_track if rules.individual_track and rules.individual_track.scheme == key else None
    )
    frame = _shown(deck.find(FigureKind.FRAME, year, scheme=key))
    individual = _shown(deck.find(FigureKind.INDIVIDUAL_POT, year, scheme=key))
    collective = _shown(deck.find(FigureKind.COLLECTIVE_POT, year, scheme=key))
    if frame and track and not (collective or individual):
        parts = pots(frame.nok, track)
        collective = Amount(parts[FigureKind.COLLECTIVE_POT], Source.COMPUTED)
        individual = Amount(parts[FigureKind.INDIVIDUAL_POT], Source.COMPUTED)
    elif frame and not track:
        collective = frame
    of_frame: dict[Base, Amount | None] = {Base.FRAME: frame}
    if collective != frame:
        collective = _against(collective, of_frame) if collective else None
        individual = _against(individual, of_frame) if individual else None
    bases = of_frame if collective == frame else of_frame | {Base.COLLECTIVE_POT: collective}
    requested = _both(
        _shown(deck.find(FigureKind.REQUESTED, year, scheme=key)),
        _together(each for each in own if each.cycle_year == year == each.year),
    )
    return SchemeYear(
        scheme=key,
        frame=frame,
        collective_pot=collective,
        individual_pot=individual,
        implied_frame_nok=None if frame else _implied_frame_nok(individual, track),
        requested=tuple(_against(amount, bases) for amount in requested),
        earlier=_both(
            None if _is_own(deck, year) else _shown(deck.find(FigureKind.COMMITMENT, year, scheme=key)),
            _together(each for each in own if each.cycle_year < year == each.year),
        ),
        later=tuple(
            (later, amount)
            for later in range(year + 1, year + 3)
            for amount in _both(
                _shown(deck.find(FigureKind.COMMITMENT, later, scheme=key)) if _is_own(deck, year) else None,
                _together(each for each in own if each.cycle_year == year and each.year == later),
            )
        ),
    )


def _is_own(deck: Deck, year: int) -> bool:
    """Whether the slides are those of that year's round: what they say of later years was asked for in it."""
    return deck.shown_on.year == year


def pots(frame_nok: int, track: IndividualTrack) -> dict[str, int]:
    """The frame split into what goes to collective measures and what may go to individual ones.

    Source: the slides, 70 % and 30 % of the frame of the regional scheme.
    """
    return split(
        frame_nok,
        {FigureKind.COLLECTIVE_POT: 1 - track.max_share, FigureKind.INDIVIDUAL_POT: track.max_share},
    )


def _implied_frame_nok(individual: Amount | None, track: IndividualTrack | None) -> int | None:
    """None where no whole amount fits."""
    if individual is None or track is None:
        return None
    implied = individual.nok / track.max_share
    return int(implied) if implied.denominator == 1 else None


def _total(year: int, schemes: tuple[SchemeYear, ...], running: set[str], deck: Deck) -> SchemeYear:
    """All schemes together; a sum of which a part is not known is not known. A scheme that has ended has no frame."""
    frame = _sum(each.frame for each in schemes if each.scheme in running)
    collective = _sum(each.collective_pot for each in schemes if each.scheme in running)
    bases: dict[Base, Amount | None] = {Base.FRAME: frame}
    if frame and collective and collective.nok != frame.nok:
        bases[Base.COLLECTIVE_POT] = collective
    printed = deck.find(FigureKind.REQUESTED, year)
    owner, uh = (deck.find(FigureKind.REQUESTED, year, party=party) for party in ("owner", "university"))
    requested = _shown(printed, owner, uh)
    laters = dict.fromkeys(later for each in schemes for later, _ in each.later)
    return SchemeYear(
        scheme=None,
        frame=frame,
        collective_pot=collective,
        requested=tuple(
            _against(amount, bases)
            for amount in _both(requested, _sum_of([each.requested for each in schemes], Source.CASES))
        ),
        earlier=_sums([each.earlier for each in schemes]),
        later=tuple(
            (later, amount)
            for later in laters
            for amount in _sums([[a for y, a in each.later if y == later] for each in schemes])
        ),
    )


def _shown(figure: Figure | None, owner: Figure | None = None, uh: Figure | None = None) -> Amount | None:
    """What a slide shows, with the percentage as printed."""
    if figure is None:
        return None
    printed = () if figure.percentage is None else (Share(Fraction(figure.percentage), None),)
    return Amount(
        nok=figure.nok,
        source=Source.SLIDES,
        owner_nok=owner.nok if owner else None,
        uh_nok=uh.nok if uh else None,
        shares=printed,
        is_certain=figure.kind is not FigureKind.COMMITMENT,
    )


def _together(asked: Iterable[Asked]) -> Amount | None:
    every = tuple(asked)
    if not every:
        return None
    owner_nok, uh_nok = sum(each.owner_nok for each in every), sum(each.uh_nok for each in every)
    cases = sum(each.cases for each in every)
    return Amount(owner_nok + uh_nok, Source.CASES, owner_nok, uh_nok, cases)


def _both(*amounts: Amount | None) -> tuple[Amount, ...]:
    return tuple(amount for amount in amounts if amount is not None)


def _against(amount: Amount, bases: Mapping[Base, Amount | None]) -> Amount:
    """With what it is in per cent of each base that is known."""
    shares = tuple(
        Share(percent, base, whole.nok)
        for base, whole in bases.items()
        if whole is not None and (percent := percentage(amount.nok, whole.nok)) is not None
    )
    return replace(amount, shares=shares)


def _sum(amounts: Iterable[Amount | None]) -> Amount | None:
    known = tuple(amounts)
    if not known or None in known:
        return None
    return Amount(sum(amount.nok for amount in known if amount), Source.COMPUTED)


def _sums(per_scheme: Iterable[Iterable[Amount]]) -> tuple[Amount, ...]:
    every = [tuple(amounts) for amounts in per_scheme]
    return _both(_sum_of(every, Source.SLIDES), _sum_of(every, Source.CASES))


def _sum_of(per_scheme: Iterable[Iterable[Amount]], source: Source) -> Amount | None:
    """What one source says of all schemes. The slides name every scheme there is; a scheme without cases has none."""
    found = [[amount for amount in amounts if amount.source is source] for amounts in per_scheme]
    amounts = [amount for own in found for amount in own]
    if not amounts:
        return None
    splits = source is Source.CASES
    return Amount(
        nok=sum(amount.nok for amount in amounts),
        source=source,
        owner_nok=sum(amount.owner_nok or 0 for amount in amounts) if splits else None,
        uh_nok=sum(amount.uh_nok or 0 for amount in amounts) if splits else None,
        cases=sum(amount.cases or 0 for amount in amounts) if splits else None,
        is_certain=all(amount.is_certain for amount in amounts),
    )
