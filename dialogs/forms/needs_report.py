"""The needs report (behovsmelding): one per measure and scheme. Fields and rules: domain.md 5.1."""

from functools import partial

from dialogs.engine import Answers, Ask, Form, Kind, Option, Page, When, never
from dialogs.texts import Texts
from domain.criteria import QUESTIONS, warnings
from domain.parsing import Unreadable, parse_nok, parse_whole_number
from domain.register import OWNER_KINDS, Organisation, OrganisationKind
from domain.schemes import Scheme
from domain.submissions import Circumstances, NeedsReport, YearSum, least_own_contribution_nok

LINE, NUMBER, MONEY, DAY, CHOICE, MULTI = (
    Kind.LINE,
    Kind.NUMBER,
    Kind.MONEY,
    Kind.DAY,
    Kind.CHOICE,
    Kind.MULTI,
)


def is_(field: str, value: str) -> When:
    return lambda answers, _: answers.get(field) == value


def _several_owners(answers: Answers, _: Circumstances) -> bool:
    return bool(answers.get("other_owners"))


def _asks_service_mix(answers: Answers, circumstances: Circumstances) -> bool:
    scheme = circumstances.scheme(answers.get("scheme"))
    return scheme is not None and scheme.asks_service_mix


def _asks_private_invited(answers: Answers, circumstances: Circumstances) -> bool:
    scheme = circumstances.scheme(answers.get("scheme"))
    return scheme is not None and scheme.asks_private_invited


def _has_own_contribution(answers: Answers, circumstances: Circumstances) -> bool:
    scheme = circumstances.scheme(answers.get("scheme"))
    return scheme is not None and scheme.own_contribution is not None


def _in_followup(answers: Answers, circumstances: Circumstances) -> bool:
    return circumstances.in_followup((answers.get("lead_owner") or "", *listed(answers.get("other_owners"))))


def _has_parallel(answers: Answers, _: Circumstances) -> bool:
    try:
        return parse_whole_number(answers.get("parallel_measures") or "0") > 0
    except Unreadable:
        return False


def listed(text: str | None) -> tuple[str, ...]:
    """The values of an answer with several choices."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _years(answers: Answers, circumstances: Circumstances) -> tuple[str, ...]:
    """The years of the measure, from the cycle's. Nothing before the duration is known."""
    count = {"1": 1, "2": 2, "3": 3}.get(answers.get("duration_years") or "", 0)
    return tuple(str(circumstances.cycle_year + n) for n in range(count))


def _partners(answers: Answers, circumstances: Circumstances) -> tuple[str, ...]:
    known = circumstances.directory.organisations
    return tuple(key for key in dict.fromkeys(listed(answers.get("uh_partner"))) if key in known)


def _text(key: str, t: Texts) -> str:
    return t(key)


def _name(name: str, _: Texts) -> str:
    return name


def _title(scheme: Scheme, t: Texts) -> str:
    """The full name, and the one that people use for it: "Desentralisert ordning … (Dekom)"."""
    name, short = scheme.name.in_(t.language), t(f"scheme.{scheme.key}.short")
    return name if name.startswith(short) else f"{name} ({short})"


def _options(field: str, *values: str) -> tuple[Option, ...]:
    key = f"needs_report.option.{field}"
    return tuple(Option(value, partial(_text, f"{key}.{value}")) for value in values)


def _named(organisations: tuple[Organisation, ...]) -> tuple[Option, ...]:
    return tuple(Option(o.id, partial(_name, o.name)) for o in organisations)


def _organisations(circumstances: Circumstances, kinds: frozenset[OrganisationKind]) -> tuple[Option, ...]:
    return _named(circumstances.directory.of_kind(kinds, circumstances.on))


def _lead_owners(circumstances: Circumstances) -> tuple[Option, ...]:
    return _named(circumstances.directory.named(circumstances.may_lead))


def _schemes(circumstances: Circumstances) -> tuple[Option, ...]:
    return tuple(Option(scheme.key, partial(_title, scheme)) for scheme in circumstances.scheme_set.schemes)


def _nok(text: str | None) -> int | None:
    try:
        return parse_nok(text) if text else None
    except Unreadable:
        return None


def _sums(answers: Answers, circumstances: Circumstances) -> tuple[YearSum, ...]:
    partners = _partners(answers, circumstances)
    return tuple(_sum(int(year), answers, partners, circumstances) for year in _years(answers, circumstances))


def _sum(year: int, answers: Answers, partners: tuple[str, ...], circumstances: Circumstances) -> YearSum:
    owner_nok = _nok(answers.get(f"budget_owner.{year}"))
    uh = [_nok(answers.get(f"budget_uh.{partner}.{year}")) for partner in partners]
    uh_nok = None if None in uh else sum(nok for nok in uh if nok is not None)
    known = {
        "scheme": answers.get("scheme"),
        "budget_owner": {} if owner_nok is None else {year: owner_nok},
        "budget_uh": {
            partner: {year: nok} for partner, nok in zip(partners, uh, strict=True) if nok is not None
        },
    }
    return YearSum(year, owner_nok, uh_nok, least_own_contribution_nok(known, year, circumstances))


def _derive(answers: Answers, circumstances: Circumstances) -> dict[str, object]:
    return {
        "cycle_year": circumstances.cycle_year,
        "region": circumstances.region_key(answers.get("lead_owner")),
    }


FORM = Form(
    "needs_report",
    NeedsReport,
    pages=(
        Page(
            "who",
            (
                Ask("scheme", CHOICE, options=_schemes),
                Ask("measure_title", LINE),
                Ask("lead_owner", CHOICE, options=_lead_owners),
                Ask("other_owners", MULTI, required=never, options=lambda c: _organisations(c, OWNER_KINDS)),
                Ask("contact_name", LINE),
                Ask("contact_email", LINE),
                Ask("contact_phone", LINE),
            ),
        ),
        Page(
            "units",
            (
                Ask("units"),
                Ask("participants_staff", NUMBER),
                Ask(
                    "private_invited",
                    CHOICE,
                    required=_asks_private_invited,
                    options=lambda _: _options("private_invited", "yes", "no", "none_exist"),
                ),
                Ask("private_invited_how", when=lambda a, _: a.get("private_invited") in ("yes", "no")),
                Ask(
                    "service_mix",
                    MULTI,
                    when=_asks_service_mix,
                    options=lambda _: _options("service_mix", "kindergarten", "school", "ppt"),
                ),
            ),
        ),
        Page(
            "need",
            (
                Ask("need_description"),
                Ask("need_evidence"),
                Ask("plan_anchor"),
                Ask("special_challenge", required=never),
                Ask("sami_perspective", required=never),
            ),
        ),
        Page(
            "involved",
            (
                Ask("staff_involved"),
                Ask("union_involved", CHOICE, options=lambda _: _options("union_involved", "yes", "no")),
                Ask("union_involved_on", DAY, when=is_("union_involved", "yes")),
                Ask("union_involved_text", required=is_("union_involved", "no")),
            ),
        ),
        Page(
            "measure",
            (
                Ask("goal"),
                Ask("measures"),
                Ask("collective_process"),
                Ask("reach_to_classroom", when=_several_owners),
                Ask("evaluation_plan"),
            ),
        ),
        Page(
            "realism",
            (
                Ask("parallel_measures", NUMBER),
                Ask("parallel_measures_text", when=_has_parallel),
                Ask(
                    "coordinator",
                    CHOICE,
                    required=never,
                    options=lambda _: _options("coordinator", "yes", "no"),
                ),
                Ask("coordinator_reason", when=is_("coordinator", "yes")),
                Ask("coordinator_cost_nok", MONEY, when=is_("coordinator", "yes")),
                Ask("followup_scheme", when=_in_followup),
                Ask("priority_by_network", NUMBER, when=_several_owners, required=never),
            ),
        ),
        Page(
            "partner",
            (
                Ask(
                    "uh_partner",
                    MULTI,
                    options=lambda c: _organisations(c, frozenset({OrganisationKind.HIGHER_ED_INSTITUTION})),
                ),
                Ask("uh_dialogue"),
                Ask("uh_dialogue_on", DAY),
            ),
        ),
        Page(
            "period",
            (
                Ask("duration_years", CHOICE, options=lambda _: _options("duration_years", "1", "2", "3")),
                Ask("prior_commitment", Kind.CASE, required=never),
                Ask("attachments", required=never),
            ),
        ),
        Page(
            "money",
            (
                Ask("budget_owner", MONEY),
                Ask("budget_uh", MONEY, each=_partners),
                Ask("own_contribution", MONEY, when=_has_own_contribution),
                Ask(
                    "own_contribution_kind",
                    MULTI,
                    when=_has_own_contribution,
                    here=lambda year, answers: _nok(answers.get(f"own_contribution.{year}")) != 0,
                    options=lambda c: _options("own_contribution_kind", *c.scheme_set.contribution_kinds),
                ),
            ),
            each=_years,
        ),
        Page(
            "review",
            (
                Ask("declaration", Kind.TICK),
                Ask("declaration_name", LINE),
                Ask("correction_reason", when=lambda _, circumstances: circumstances.is_correction),
            ),
        ),
    ),
    derive=_derive,
    criteria=QUESTIONS,
    warn=warnings,
    sums=_sums,
)
