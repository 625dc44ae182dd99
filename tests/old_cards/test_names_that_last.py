"""Names that are stored and stand on posted cards: they are added to and never changed (contract.md, "Ids that last").

A question that gets another name keeps the old one in `formerly`; a name that is taken away here is one that drafts,
reports and cards in chats still have.
"""

from dialogs import pressing, turns
from dialogs.forms import FORMS
from domain.submissions import NeedsReport

BY_PAGE = """
who       scheme measure_title lead_owner other_owners contact_name contact_email contact_phone
units     units participants_staff private_invited private_invited_how service_mix
need      need_description need_evidence plan_anchor special_challenge sami_perspective
involved  staff_involved union_involved union_involved_on union_involved_text
measure   goal measures collective_process reach_to_classroom evaluation_plan
realism   parallel_measures parallel_measures_text coordinator coordinator_reason coordinator_cost_nok
realism   followup_scheme priority_by_network
partner   uh_partner uh_dialogue uh_dialogue_on
period    duration_years prior_commitment attachments
money     budget_owner budget_uh own_contribution own_contribution_kind
review    declaration declaration_name correction_reason
"""
ROWS = [line.split() for line in BY_PAGE.strip().splitlines()]
FIELDS = {field for _, *fields in ROWS for field in fields}
PAGES = {page for page, *_ in ROWS}
DERIVED = {"cycle_year", "region"}
PER_YEAR = {"budget_owner", "budget_uh", "own_contribution", "own_contribution_kind"}
PER_PARTNER = {"budget_uh"}
KINDS_OF_CARDS = {
    "form",
    "review",
    "discard",
    "typing",
    "draft",
    "case",
    "menu",
    "paper",
    "role",
    "withdrawal",
    "part",
    "proposal",
}
VERBS = {
    "form": {"next", "back", "save", "skip", "review", "type"},
    "review": {"submit", "goto", "back", "save", "type", "discard", "paper", "let_in", "shut_out"},
    "discard": {"discard_yes", "discard_no"},
    "typing": {"card"},
}

FORM = FORMS["needs_report"]
ASKS = [ask for page in FORM.pages for ask in page.asks]


def test_questions_have_these_names_or_had_them() -> None:
    assert {name for ask in ASKS for name in (ask.field, *ask.formerly)} == FIELDS


def test_amounts_are_named_by_partner_and_year() -> None:
    """`budget_owner.2024`, `budget_uh.nord.2024`."""
    assert {ask.field for page in FORM.pages if page.each for ask in page.asks} == PER_YEAR
    assert {ask.field for ask in ASKS if ask.each} == PER_PARTNER


def test_filed_reports_have_these_names() -> None:
    assert set(NeedsReport.model_fields) == FIELDS | DERIVED


def test_pages_have_these_names() -> None:
    assert {page.name for page in FORM.pages} == PAGES


def test_cards_and_their_buttons_have_these_names() -> None:
    assert set(turns._BUTTONS) >= KINDS_OF_CARDS
    assert {kind: set(pressing.VERBS[kind]) & verbs for kind, verbs in VERBS.items()} == VERBS
