"""A year's frames per scheme, and what is asked for, recommended, awarded and free, as far as it is known."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from dialogs.cards.frames import FramesView, frames, name_of, sentence, shares_of, source_of
from dialogs.desk import Inquiry
from dialogs.hearing import this_round
from dialogs.naming import SchemeAndYear, read_scheme_and_year
from dialogs.papers.tables import Cell, Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import Action, may
from domain.deck import deck
from domain.frames import Amount, SchemeYear, Share
from domain.frames import frames as frames_of
from domain.rounds import NoRound, planned_rounds
from domain.schemes import NoSchemeSet, SchemeSet, scheme_set
from store import views

_MOST_YEARS = 3  # of a case (domain.md 5.1, duration_years)


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, title = asked.t, asked.t("frames.name")
    if not may(asked.actor, Action.SEE_FRAMES):
        return told(title, t("frames.for_roles"), found=False)
    named = read_scheme_and_year(argument)
    if named is None:
        return told(title, t("frames.not_read"), found=False)
    year = named.year or this_round(asked.forum, asked.at)
    rules = _rules(asked.forum.key, year)
    if rules is None:
        return told(
            title, t("frames.no_rules", year=year, other=this_round(asked.forum, asked.at)), found=False
        )
    view = _view(asked, named, year, rules)
    if view is None:
        scheme = t(f"scheme.{named.scheme}.short")
        return told(title, t("frames.no_such_scheme", scheme=scheme, year=year), found=False)
    return Answer(
        lambda offers: frames(view, t, offers=offers),
        _json(view, t),
        sheet_offers(asked, "frames", argument),
        lambda: Table(_columns(t), tuple(_rows(view, t))),
    )


def _rules(forum: str, year: int) -> SchemeSet | None:
    """The rules of that year's round; before there were rounds here, those that held when one would have closed."""
    try:
        return scheme_set(forum, planned_rounds(forum).of(year).deadline_on)
    except NoRound:
        pass
    try:
        return scheme_set(forum, date(year, 2, 1))
    except NoSchemeSet:
        return None


def _view(asked: Inquiry, named: SchemeAndYear, year: int, rules: SchemeSet) -> FramesView | None:
    """None: that scheme is not there that year."""
    shows_sums = may(asked.actor, Action.SEE_SUMS)
    filed = views.asked(asked.connection, year - _MOST_YEARS + 1, year) if shows_sums else ()
    slides, track = deck(asked.forum.key), rules.individual_track
    found = frames_of(year, rules, slides, filed)
    if named.scheme is not None and found.of(named.scheme) is None:
        return None
    pot_share = track.max_share if track else None
    return FramesView(found, named.scheme, shows_sums, slides.shown_on, pot_share)


# As a sheet: a row for each amount.


def _columns(t: Texts) -> tuple[Column, ...]:
    return (
        Column(t("frames.scheme")),
        Column(t("frames.what")),
        Column(t("frames.year"), "number"),
        Column(t("frames.in_all"), "nok"),
        Column(t("case.requested_owner"), "nok"),
        Column(t("case.requested_uh"), "nok"),
        Column(t("frames.from_where")),
        Column(t("frames.shares")),
    )


def _rows(view: FramesView, t: Texts) -> Iterator[tuple[Cell, ...]]:
    year = view.frames.year
    for scheme in (*view.shown, view.frames.total) if view.scheme is None else view.shown:
        for key in ("frame", "collective_pot", "individual_pot"):
            if amount := getattr(scheme, key):
                yield _amount_row(scheme, f"frames.{key}", year, amount, t)
        if view.shows_sums:
            for amount in scheme.requested:
                yield _amount_row(scheme, "frames.requested", year, amount, t)
            for amount in scheme.earlier:
                yield _amount_row(scheme, "frames.earlier", year, amount, t)
            for later, amount in scheme.later:
                yield _amount_row(scheme, "frames.later", later, amount, t)


def _amount_row(scheme: SchemeYear, key: str, year: int, amount: Amount, t: Texts) -> tuple[Cell, ...]:
    return (
        name_of(scheme, t),
        t(key),
        year,
        amount.nok,
        amount.owner_nok,
        amount.uh_nok,
        source_of(amount, t),
        ", ".join(shares_of(amount.shares, t)),
    )


# For programs. What is not known is null, and what the person may not see is not there.


def _json(view: FramesView, t: Texts) -> Mapping[str, Any]:
    return {
        "answer": sentence(view, t).replace("\xa0", " "),
        "year": view.frames.year,
        "slides_shown_on": view.slides_on.isoformat(),
        "schemes": [_scheme_json(each, view) for each in view.shown],
        "total": _scheme_json(view.frames.total, view) if view.scheme is None else None,
    }


def _scheme_json(each: SchemeYear, view: FramesView) -> dict[str, Any]:
    found: dict[str, Any] = {
        "scheme": each.scheme,
        "frame": _amount_json(each.frame),
        "implied_frame_nok": each.implied_frame_nok,
        "collective_pot": _amount_json(each.collective_pot),
        "individual_pot": _amount_json(each.individual_pot),
    }
    if view.shows_sums:
        found |= {
            "requested": [
                {
                    **(_amount_json(amount) or {}),
                    "missing_nok": each.missing_nok(amount),
                    "covered_percent": _number(each.covered(amount)) if each.missing_nok(amount) else None,
                }
                for amount in each.requested
            ],
            "from_earlier_rounds": [_amount_json(amount) for amount in each.earlier],
            "for_later_years": [{"year": year, **(_amount_json(a) or {})} for year, a in each.later],
            "recommended_nok": each.recommended_nok,
        }
    return found | {"awarded_nok": each.awarded_nok, "free_nok": each.free_nok}


def _amount_json(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {
        "nok": amount.nok,
        "source": str(amount.source),
        "owner_nok": amount.owner_nok,
        "uh_nok": amount.uh_nok,
        "cases": amount.cases,
        "is_promise_or_request_stated": amount.is_certain,
        "percentages": [_share_json(share) for share in amount.shares],
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "percent": _number(share.percent),
        "base": str(share.base) if share.base else None,
        "base_nok": share.base_nok,
    }


def _number(percent: Fraction | None) -> float | None:
    return None if percent is None else float(percent)


QUERY = Query("frames", _answer)
