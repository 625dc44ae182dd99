"""Forms: which questions are asked, what is still open, and what was changed since a card was shown.

The draft is the dialog state. It holds what a person typed, as typed; everything else here is derived from it.
Absent = not asked; None = left empty on purpose; refused by the model = shown again with what was typed.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from dialogs.texts import Texts
from domain.criteria import Warning
from domain.submissions import Circumstances, YearSum

Answers = Mapping[str, str | None]
When = Callable[[Answers, Circumstances], bool]
Report = TypeVar("Report", bound=BaseModel)


class Kind(StrEnum):
    """How a question is answered, on a card and in typing."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"  # that has been
    DAY_TO_COME = "day_to_come"
    CHOICE = "choice"
    MULTI = "multi"
    TICK = "tick"
    CASE = "case"  # a case, by its number or in words


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `title` gives its words in a language's texts."""

    value: str
    title: Callable[[Texts], str]


def always(_: Answers, __: Circumstances) -> bool:
    return True


def never(_: Answers, __: Circumstances) -> bool:
    return False


def anywhere(_: str, __: Answers) -> bool:
    return True


def no_warnings(_: Any, __: Circumstances) -> tuple[Warning, ...]:
    return ()


def no_sums(_: Answers, __: Circumstances) -> tuple[YearSum, ...]:
    return ()


def nothing_known(_: Circumstances, __: Texts) -> tuple[tuple[str, str], ...]:
    return ()


class Becomes(StrEnum):
    """What a form is once it is filed."""

    CASE = "case"
    GRANT_REPORT = "grant_report"  # on the grant of a partnership, asked for by the event of the form's name
    RETURN = "return"  # of a case to its owner
    EXTENSION = "extension"  # of one owner's deadline
    MOVE = "move"  # of a date of the year
    MEETING = "meeting"  # its time, place and agenda
    DATE_POLL = "date_poll"  # the times of a meeting that people choose from
    MINUTES = "minutes"  # of a meeting
    PART = "part"  # what a university proposes for its part of a case


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """One question. `when`, `here` and `required` see earlier answers only; `here` sees the key of the page, too.
    `each` makes one question per suffix (`budget_uh` -> `budget_uh.nord.2024`)."""

    field: str
    kind: Kind = Kind.TEXT
    when: When = always
    here: Callable[[str, Answers], bool] = anywhere
    required: When = always
    each: Callable[[Answers, Circumstances], tuple[str, ...]] | None = None
    options: Callable[[Circumstances], tuple[Option, ...]] | None = None
    formerly: tuple[str, ...] = ()
    suffix_name: Callable[[str, Texts], str] | None = None  # what `{partner}` is in the label


@dataclass(frozen=True, slots=True)
class Page:
    """Questions that stand on one card. `each` makes one page per year."""

    name: str
    asks: tuple[Ask, ...]
    each: Callable[[Answers, Circumstances], tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """An Ask on the path, with its full field key and the page it stands on."""

    ask: Ask
    field: str
    page: str  # "need", "money.2024"
    required: bool

    @property
    def suffix(self) -> str:
        return self.field.removeprefix(self.ask.field).lstrip(".")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer was refused: a text key below `error.` and what it wants to know."""

    key: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Checked(Generic[Report]):
    """A draft held against its form: the path, what is missing, what is refused, and the report once nothing is.

    `missing` must be answered; `unasked` may stay empty, but the person has not been asked yet; `unconfirmed` was
    taken over from an earlier case, and nobody has said yet that it is still right.
    """

    path: tuple[Question, ...]
    missing: frozenset[str]
    unasked: frozenset[str]
    problems: Mapping[str, Problem]
    report: Report | None
    unconfirmed: frozenset[str] = frozenset()

    def is_open(self, field: str) -> bool:
        """Whether the report cannot be filed because of it."""
        return field in self.missing or field in self.problems or field in self.unconfirmed

    def question(self, field: str | None) -> Question | None:
        return next((question for question in self.path if question.field == field), None)

    def next(self, after: str | None = None) -> Question | None:
        """The first question to ask; from behind `after`, and round to the start. None: nothing is left to ask."""
        fields = [question.field for question in self.path]
        start = fields.index(after) + 1 if after in fields else 0
        for question in (*self.path[start:], *self.path[:start]):
            if self.is_open(question.field) or question.field in self.unasked:
                return question
        return None

    def before(self, field: str | None) -> Question | None:
        """The question before this one on the path; before the next one to ask, if this is none."""
        fields = [question.field for question in self.path]
        if field not in fields:
            following = self.next()
            field = following.field if following else None
        place = fields.index(field) if field in fields else len(fields)
        return self.path[place - 1] if place > 0 else None

    def pages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question.page for question in self.path))

    def on_page(self, page: str) -> tuple[Question, ...]:
        return tuple(question for question in self.path if question.page == page)

    def page_is_open(self, page: str) -> bool:
        return any(self.is_open(question.field) for question in self.on_page(page))


@dataclass(frozen=True, slots=True)
class Form(Generic[Report]):
    """An ordered list of pages of questions over one model.

    `derive` adds what nobody is asked. `criteria` are the questions that speak for each criterion, `warn` what the
    person should know before submitting, `sums` the money per year as far as it can be read. `known` is what stands
    there beforehand, as (name, value). `is_short`: one card that a phone shows whole, so what helps with an answer
    stands in its field.
    """

    name: str
    model: type[Report]
    pages: tuple[Page, ...]
    derive: Callable[[Answers, Circumstances], dict[str, Any]]
    criteria: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warn: Callable[[Report, Circumstances], tuple[Warning, ...]] = no_warnings
    sums: Callable[[Answers, Circumstances], tuple[YearSum, ...]] = no_sums
    becomes: Becomes = Becomes.CASE
    known: Callable[[Circumstances, Texts], tuple[tuple[str, str], ...]] = nothing_known
    is_short: bool = False

    def path(self, answers: Answers, circumstances: Circumstances) -> Iterator[Question]:
        """The questions that are asked, in order."""
        for page in self.pages:
            for key in page.each(answers, circumstances) if page.each else ("",):
                for ask in page.asks:
                    if ask.when(answers, circumstances) and ask.here(key, answers):
                        yield from _questions(ask, page, key, answers, circumstances)

    def kind(self, field: str | None) -> Kind | None:
        """How a question is answered, wherever it stands; None where the form has no such question."""
        name = (field or "").partition(".")[0]
        return next((ask.kind for page in self.pages for ask in page.asks if ask.field == name), None)

    def check(
        self, answers: Answers, circumstances: Circumstances, to_check: Collection[str] = ()
    ) -> Checked[Report]:
        """The report, or what is missing and refused. Answers off the path stay in the draft and count for nothing."""
        path = tuple(self.path(answers, circumstances))
        missing = frozenset(q.field for q in path if q.required and answers.get(q.field) is None)
        unasked = frozenset(q.field for q in path if not q.required and q.field not in answers)
        given = {
            question.field: text for question in path if (text := answers.get(question.field)) is not None
        }
        report, problems = _validate(self, given, answers, circumstances)
        unconfirmed = frozenset(q.field for q in path if q.field in to_check and q.field in answers)
        done = report if not missing and not unconfirmed else None
        return Checked(path, missing, unasked, problems, done, unconfirmed)

    def renamed(self, answers: Answers) -> dict[str, str | None]:
        """The answers of a stored draft under today's field names (`formerly`)."""
        names = {old: ask.field for page in self.pages for ask in page.asks for old in ask.formerly}
        return {names.get(field, field): text for field, text in answers.items()}


def _questions(
    ask: Ask, page: Page, key: str, answers: Answers, circumstances: Circumstances
) -> Iterator[Question]:
    required = ask.required(answers, circumstances)
    for suffix in ask.each(answers, circumstances) if ask.each else ("",):
        yield _question(ask, suffix, page.name, key, required)


@lru_cache(1000)
def _question(ask: Ask, suffix: str, page: str, key: str, required: bool) -> Question:
    """The path is walked several times in a turn, and nearly always over the same questions."""
    field = ".".join(filter(None, (ask.field, suffix, key)))
    return Question(ask, field, f"{page}.{key}" if key else page, required)


def _validate(
    form: Form[Report], given: Mapping[str, str], answers: Answers, circumstances: Circumstances
) -> tuple[Report | None, dict[str, Problem]]:
    values = _nested(given) | form.derive(answers, circumstances)
    try:
        return form.model.model_validate(values, context=circumstances), {}
    except ValidationError as refused:
        problems: dict[str, Problem] = {}
        for error in refused.errors(include_url=False, include_input=False):
            details = error.get("ctx", {})
            place = _place(tuple(str(part) for part in error["loc"]), str(details.get("at", "")), given)
            if place is not None:
                problems.setdefault(place, Problem(error["type"], details))
        return None, problems


def _nested(given: Mapping[str, str]) -> dict[str, Any]:
    """`{"budget_uh.nord.2024": "1"}` -> `{"budget_uh": {"nord": {"2024": "1"}}}`."""
    values: dict[str, Any] = {}
    for key, text in given.items():
        *parents, last = key.split(".")
        place = values
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = text
    return values


def _place(loc: tuple[str, ...], at: str, given: Mapping[str, str]) -> str | None:
    """Which given answer an error of the model is about; None for one that was not given yet."""
    if at:
        loc = (loc[0], at)
    for length in range(len(loc), 0, -1):
        if (place := ".".join(loc[:length])) in given:
            return place
    return None


# What stood on a card, and what has happened since.


def digest(text: str) -> str:
    """Of one field's text as it stood on a card; enough to see a change, too little to read."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Merged:
    """The draft's answers with a card's texts merged in; `clashes` are texts that were typed over a change."""

    answers: dict[str, str | None]
    changed: tuple[str, ...]
    clashes: dict[str, str]


def merge(
    answers: Answers,
    questions: tuple[Question, ...],
    shown: Mapping[str, str],
    pressed: Mapping[str, str],
    *,
    on_card: Callable[[Question, str | None], str],
    page_done: bool,
) -> Merged:
    """Take over what a person changed on a card that showed `shown` (digests by field).

    Same text as was shown: nothing happens. Changed on the card alone: taken. Changed on the card and in the
    draft since: a clash, which is shown again and not guessed. An optional question left empty on a page that the
    person is done with is answered with nothing; a required one stays unanswered.
    """
    result = dict(answers)
    changed: list[str] = []
    clashes: dict[str, str] = {}
    for question in questions:
        field = question.field
        if field not in shown:
            continue
        now, then = on_card(question, answers.get(field)), shown[field]
        new = _given(question, pressed)
        if digest(new) == then or new == now:
            if page_done and not new and field not in answers and not question.required:
                result[field] = None
            continue
        if digest(now) != then:
            clashes[field] = new
            continue
        changed.append(field)
        if new:
            result[field] = new
        elif question.required:
            result.pop(field, None)
        else:
            result[field] = None
    return Merged(result, tuple(changed), clashes)


def _given(question: Question, pressed: Mapping[str, str]) -> str:
    """What was given in the card's field. A tick that nobody touched comes as "false" from some clients."""
    text = pressed.get(question.field, "").strip()
    return "" if question.ask.kind is Kind.TICK and text != "yes" else text


AnyForm = Form[Any]
AnyChecked = Checked[Any]
