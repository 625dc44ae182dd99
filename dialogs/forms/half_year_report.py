"""The half-year report (halvårsrapport): one per partnership that holds a grant. Questions: domain.md 5.6.

One card, and so few questions that it takes under two minutes; what the register knows stands there beforehand.
"""

from functools import partial

from dialogs.engine import Answers, Ask, Becomes, Form, Kind, Option, Page
from dialogs.texts import Texts
from domain.submissions import Circumstances, HalfYearReport


def _text(key: str, t: Texts) -> str:
    return t(key)


def _options(field: str, *values: str) -> tuple[Option, ...]:
    key = f"half_year_report.option.{field}"
    return tuple(Option(value, partial(_text, f"{key}.{value}")) for value in values)


def _is_not_on_track(answers: Answers, _: Circumstances) -> bool:
    return answers.get("status") in ("yellow", "red")


def _may_be_unspent(answers: Answers, _: Circumstances) -> bool:
    """Asked until it is said that there is no such risk, so that the amount has its place on the one card."""
    return answers.get("unspent_risk") != "no"


def _is_unspent(answers: Answers, _: Circumstances) -> bool:
    return answers.get("unspent_risk") == "yes"


def _is_in_trouble(answers: Answers, _: Circumstances) -> bool:
    return answers.get("status") == "red"


def _known(circumstances: Circumstances, t: Texts) -> tuple[tuple[str, str], ...]:
    partnership = circumstances.partnership
    if partnership is None:
        return ()
    owner, university = (each.name for each in circumstances.directory.named(partnership.sides))
    scheme = t(f"scheme.{partnership.scheme}.short")
    granted = t("half_year_report.granted", owner_nok=partnership.owner_nok, uh_nok=partnership.uh_nok)
    return (
        (t("half_year_report.partnership"), t.listed((owner, university))),
        (t("half_year_report.grant", scheme=scheme, year=partnership.year), granted),
    )


FORM = Form(
    "half_year_report",
    HalfYearReport,
    pages=(
        Page(
            "review",
            (
                Ask("status", Kind.CHOICE, options=lambda _: _options("status", "green", "yellow", "red")),
                Ask("activities"),
                Ask("participants_staff", Kind.NUMBER),
                Ask("deviation", Kind.LINE, required=_is_not_on_track),
                Ask(
                    "unspent_risk",
                    Kind.CHOICE,
                    options=lambda _: _options("unspent_risk", "no", "yes", "unsure"),
                ),
                Ask("unspent_nok", Kind.MONEY, when=_may_be_unspent, required=_is_unspent),
                Ask("help_needed", Kind.LINE, required=_is_in_trouble),
            ),
        ),
    ),
    derive=lambda _, circumstances: HalfYearReport.about(circumstances),
    becomes=Becomes.GRANT_REPORT,
    known=_known,
    is_short=True,
)
