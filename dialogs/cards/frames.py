"""A year's frames: an overview as a table, and every figure of each scheme with where it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dialogs.cards.parts import Element, bars, button, card, facts, heading, line, subtle, table
from dialogs.texts import Texts
from domain.frames import Amount, Frames, SchemeYear, Share, Source
from domain.parsing import format_nok, format_percent


@dataclass(frozen=True, slots=True)
class FramesView:
    """What is shown. `scheme` None: all of them. `shows_sums`: whether the person may see what all ask for.
    `pot_share`: what the individual pot may be of the frame. `slides_on`: when the forum saw its slides."""

    frames: Frames
    scheme: str | None
    shows_sums: bool
    slides_on: date
    pot_share: Fraction | None = None

    @property
    def asked_about(self) -> SchemeYear:
        found = self.frames.of(self.scheme)
        assert found is not None
        return found

    @property
    def shown(self) -> tuple[SchemeYear, ...]:
        return self.frames.schemes if self.scheme is None else (self.asked_about,)


def frames(view: FramesView, t: Texts, *, offers: Sequence[tuple[str, str, str]] = ()) -> Element:
    """The whole in a sentence, the table, the figures of each scheme, and what the sources are."""
    year = view.frames.year
    each = (*view.shown, view.frames.total) if view.scheme is None else view.shown
    return card(
        heading(t("frames.title", year=year)),
        line(sentence(view, t)),
        _overview(each, view, t),
        _picture(view, t),
        *(part for scheme in each for part in _about(scheme, view, t)),
        *(subtle(note) for note in _notes(view, each, t)),
        actions=[button(*offer) for offer in offers],
        wide=True,
    )


def sentence(view: FramesView, t: Texts) -> str:
    """The answer in one sentence, and in another what earlier rounds ask for that year."""
    asked, year = view.asked_about, view.frames.year
    what = t(f"scheme.{asked.scheme}.short") if asked.scheme else t("frames.all_schemes")
    requested = _listed(asked.requested, t) if view.shows_sums else ""
    key = {
        (True, True): "both",
        (True, False): "frame",
        (False, True): "requested",
        (False, False): "unknown",
    }[asked.frame is not None, bool(requested)]
    frame_nok = asked.frame.nok if asked.frame else 0
    said = t(f"frames.sentence_{key}", what=what, year=year, frame_nok=frame_nok, requested=requested)
    if not (view.shows_sums and asked.earlier):
        return said
    return f"{said} {t('frames.sentence_earlier', earlier=_listed(asked.earlier, t), year=year)}"


def _listed(amounts: tuple[Amount, ...], t: Texts) -> str:
    each = (t("frames.amount_from", nok=format_nok(a.nok), source=source_of(a, t)) for a in amounts)
    return t.listed(tuple(each))


def source_of(amount: Amount, t: Texts) -> str:
    return t(f"frames.source.{amount.source}", count=amount.cases or 0)


def name_of(scheme: SchemeYear, t: Texts) -> str:
    return t(f"scheme.{scheme.scheme}.short") if scheme.scheme else t("frames.of_all")


def _overview(schemes: tuple[SchemeYear, ...], view: FramesView, t: Texts) -> Element:
    """Two columns, since a phone has no room for three with amounts in them."""
    header = [t("frames.scheme"), t("frames.frame")]
    if view.shows_sums:
        header[1] = f"{header[1]}, {t('frames.requested').lower()}"
    return table((2, 3), header, [_overview_row(each, view, t) for each in schemes])


def _overview_row(scheme: SchemeYear, view: FramesView, t: Texts) -> list[str]:
    frame = t("frames.not_known")
    if scheme.frame:
        frame = t("frames.amount_from", nok=format_nok(scheme.frame.nok), source=source_of(scheme.frame, t))
    if not view.shows_sums:
        return [name_of(scheme, t), frame]
    requested = [_requested_from(amount, t) for amount in scheme.requested] or [t("frames.no_cases")]
    return [name_of(scheme, t), "\n".join([frame, *requested])]


def _requested_from(amount: Amount, t: Texts) -> str:
    about = ", ".join([source_of(amount, t), *shares_of(amount.shares[:1], t)])
    return f"{t('frames.requested')}: {t('frames.amount_from', nok=format_nok(amount.nok), source=about)}"


def shares_of(shares: tuple[Share, ...], t: Texts) -> list[str]:
    return [
        t(f"frames.share.{share.base}", percent=format_percent(share.percent, t.language, decimals=1))
        if share.base
        else t("frames.share.no_base", percent=format_percent(share.percent, t.language))
        for share in shares
    ]


def _picture(view: FramesView, t: Texts) -> Element | None:
    """The frame of each scheme beside what is asked for; only where both are seen and known."""
    frame, requested = t("frames.frame").lower(), t("frames.requested").lower()
    pairs = [
        (name_of(scheme, t), scheme.frame.nok, amount.nok)
        for scheme in view.shown
        for amount in scheme.requested[:1]
        if scheme.frame and view.shows_sums
    ]
    values = [
        each
        for name, frame_nok, requested_nok in pairs
        for each in ((f"{name}, {frame}", frame_nok), (f"{name}, {requested}", requested_nok))
    ]
    return bars(t("frames.chart"), values) if values else None


# One scheme


def _about(scheme: SchemeYear, view: FramesView, t: Texts) -> tuple[Element, Element]:
    rows = [
        *_money(scheme, view, t),
        *(_asked(scheme, t) if view.shows_sums else ()),
        *_given(scheme, view, t),
    ]
    return heading(name_of(scheme, t), level=2), facts(rows)


def _money(scheme: SchemeYear, view: FramesView, t: Texts) -> Iterator[tuple[str, str]]:
    """The frame and its pots."""
    if scheme.frame:
        yield t("frames.frame"), _with_source(scheme.frame, t)
    elif scheme.implied_frame_nok is not None and view.pot_share is not None:
        percent = format_percent(view.pot_share * 100, t.language)
        said = t("frames.implied_frame", percent=percent, frame_nok=scheme.implied_frame_nok)
        yield t("frames.frame"), said
    else:
        yield t("frames.frame"), t("frames.not_known")
    for key in ("collective_pot", "individual_pot"):
        pot: Amount | None = getattr(scheme, key)
        if pot is not None and pot != scheme.frame:
            yield t(f"frames.{key}"), _with_source(pot, t)


def _asked(scheme: SchemeYear, t: Texts) -> Iterator[tuple[str, str]]:
    if not scheme.requested:
        yield t("frames.requested"), t("frames.no_cases")
    for amount in scheme.requested:
        yield t("frames.requested_from", source=source_of(amount, t)), _requested(scheme, amount, t)
    for amount in scheme.earlier:
        yield t("frames.earlier_from", source=source_of(amount, t)), _value(amount, t)
    for year, amount in scheme.later:
        yield t("frames.later_from", year=year, source=source_of(amount, t)), _value(amount, t)


def _requested(scheme: SchemeYear, amount: Amount, t: Texts) -> str:
    said, missing_nok, covered = _value(amount, t), scheme.missing_nok(amount), scheme.covered(amount)
    if missing_nok is None or covered is None:
        return said
    percent = format_percent(covered, t.language, decimals=2)
    return f"{said}. {t('frames.missing', missing_nok=missing_nok, percent=percent)}"


def _given(scheme: SchemeYear, view: FramesView, t: Texts) -> Iterator[tuple[str, str]]:
    """What is recommended is the forum's until it is decided. What is not known stands together, at the end."""
    keys = ("recommended", "awarded", "free") if view.shows_sums else ("awarded", "free")
    known: dict[str, int | None] = {key: getattr(scheme, f"{key}_nok") for key in keys}
    yield from ((t(f"frames.{key}"), format_nok(nok)) for key, nok in known.items() if nok is not None)
    if unknown := tuple(t(f"frames.{key}") for key, nok in known.items() if nok is None):
        first, *rest = unknown
        yield t.listed((first, *(name.lower() for name in rest))), t("frames.not_known")


def _with_source(amount: Amount, t: Texts) -> str:
    said = t("frames.amount_from", nok=format_nok(amount.nok), source=source_of(amount, t))
    return ", ".join([said, *shares_of(amount.shares, t)])


def _value(amount: Amount, t: Texts) -> str:
    split: list[str] = []
    if amount.owner_nok is not None and amount.uh_nok is not None:
        split = [f"({t('frames.split', owner_nok=amount.owner_nok, uh_nok=amount.uh_nok)})"]
    said = " ".join([format_nok(amount.nok), *split])
    return ", ".join([said, *shares_of(amount.shares, t)])


def _notes(view: FramesView, schemes: tuple[SchemeYear, ...], t: Texts) -> Iterator[str]:
    amounts = [amount for scheme in schemes for amount in _amounts(scheme, view.shows_sums)]
    sources = {amount.source for amount in amounts}
    if Source.SLIDES in sources:
        yield t("frames.note_slides", day=view.slides_on)
    if not all(amount.is_certain for amount in amounts):
        yield t("frames.note_uncertain")
    if Source.CASES in sources:
        yield t("frames.note_both")
    if not view.shows_sums:
        yield t("frames.note_sums")


def _amounts(scheme: SchemeYear, shows_sums: bool) -> Iterator[Amount]:
    yield from (a for a in (scheme.frame, scheme.collective_pot, scheme.individual_pot) if a)
    if shows_sums:
        yield from (*scheme.requested, *scheme.earlier, *(amount for _, amount in scheme.later))
