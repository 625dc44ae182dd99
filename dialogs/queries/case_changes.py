"""What has changed from version to version of a case, answer by answer, money with the change."""

from itertools import pairwise

from dialogs.asking import quoted
from dialogs.cards.lists import listing
from dialogs.comparing import Difference, differences, signed_nok
from dialogs.desk import Inquiry
from dialogs.forms import FORMS
from dialogs.papers.report import answers_of
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import visible_cases
from domain.cases import Case
from domain.schemes import scheme_set_by_key
from domain.submissions import Circumstances, NeedsReport
from store import cases, register, views
from store.cases import Version, VersionKind

_MOST = 60  # lines on one card


def _answer(asked: Inquiry, number: str) -> Answer:
    t = asked.t
    case = views.case(asked.connection, visible_cases(asked.actor), number)
    if case is None:
        return told(t("case.not_found"), t("say.no_such_case", number=number), found=False)
    versions = cases.versions(asked.connection, number)
    if len(versions) < 2:
        return told(t("changes.title", number=number), t("changes.none"), found=True, changes=[])
    steps = [(after, _between(asked, case, before, after)) for before, after in pairwise(versions)]
    items = [item for after, changed in reversed(steps) for item in _items(asked, after, changed)]
    sentence = t("changes.sentence", count=len(versions))
    more = [(t("changes.more", count=len(items) - _MOST), "")] if len(items) > _MOST else []
    return Answer(
        lambda offers: listing(
            t("changes.title", number=number), sentence, items[:_MOST] + more, offers=offers
        ),
        {
            "answer": sentence,
            "found": True,
            "changes": [_json(after, changed) for after, changed in steps],
        },
        sheet_offers(asked, "case_changes", number),
        lambda: _sheet(steps, t),
    )


def _sheet(steps: list[tuple[Version, tuple[Difference, ...]]], t: Texts) -> Table:
    return Table(
        (
            Column(t("case.version"), "number"),
            Column(t("case.submitted"), "moment"),
            Column(t("changes.answer")),
            Column(t("changes.before")),
            Column(t("changes.after")),
            Column(t("changes.change"), "nok"),
        ),
        tuple(
            (
                after.submission,
                after.submitted_at,
                difference.label,
                difference.before,
                difference.after,
                difference.change_nok,
            )
            for after, changed in steps
            for difference in changed
        ),
    )


def _between(asked: Inquiry, case: Case, before: Version, after: Version) -> tuple[Difference, ...]:
    form, around = FORMS[case.form], _circumstances(asked, case)
    old, new = (answers_of(form, NeedsReport.read(version.report)) for version in (before, after))
    return differences(form, old, new, around, asked.t)


def _circumstances(asked: Inquiry, case: Case) -> Circumstances:
    """What the case was filed under; its versions are not judged again."""
    return Circumstances(
        forum=asked.forum,
        scheme_set=scheme_set_by_key(asked.forum.key, case.scheme_set),
        cycle_year=case.cycle_year,
        on=asked.on,
        directory=register.directory(asked.connection),
        may_lead=(case.lead_owner,),
    )


def _items(asked: Inquiry, after: Version, changed: tuple[Difference, ...]) -> list[tuple[str, str]]:
    t = asked.t
    person = register.person(asked.connection, after.submitted_by)
    name = person.name if person else after.submitted_by
    key = "changes.correction" if after.kind is VersionKind.CORRECTION else "changes.version"
    head = t(key, submission=after.submission, at=after.submitted_at, name=name, reason=after.reason or "")
    return [(head, ""), *(_item(difference, t) for difference in changed)]


def _item(difference: Difference, t: Texts) -> tuple[str, str]:
    text = t("changes.from_to", before=quoted(difference.before), after=quoted(difference.after))
    if difference.change_nok is not None:
        text = f"{text} ({signed_nok(difference.change_nok)})"
    return difference.label, text


def _json(after: Version, changed: tuple[Difference, ...]) -> dict[str, object]:
    return {
        "submission": after.submission,
        "submitted_at": after.submitted_at.isoformat(),
        "kind": after.kind.value,
        "fields": [
            {"field": each.field, "before": each.before, "after": each.after, "change_nok": each.change_nok}
            for each in changed
        ],
    }


QUERY = Query("case_changes", _answer)
