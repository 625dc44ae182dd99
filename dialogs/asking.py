"""A question as a person meets it: its label, its help, its choices, and how a typed answer is taken."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from dialogs.engine import Answers, AnyChecked, AnyForm, Kind, Problem, Question
from dialogs.texts import Texts
from domain.cases import read_case_number
from domain.parsing import Unreadable, format_nok, parse_date, parse_nok
from domain.submissions import Circumstances, day_to_come

LONGEST_ANSWER = 6000  # characters; what is longer is refused unsaved, since it could not be shown again


@dataclass(frozen=True, slots=True)
class Shown:
    """One question in a person's language."""

    field: str
    kind: Kind
    label: str
    help: str
    choices: tuple[tuple[str, str], ...]  # (value, title)
    required: bool


def shown(form: AnyForm, question: Question, circumstances: Circumstances, t: Texts) -> Shown:
    key = f"{form.name}.field.{question.ask.field}"
    names = _placeholders(question, circumstances, t)
    return Shown(
        question.field,
        question.ask.kind,
        t(f"{key}.label", **names),
        t(f"{key}.help", **names),
        choices(question, circumstances, t),
        question.required,
    )


def _placeholders(question: Question, circumstances: Circumstances, t: Texts) -> dict[str, str]:
    """`{year}` is the year of the page, `{partner}` the university, or whatever the question is about."""
    if question.ask.suffix_name is not None:
        return {"partner": question.ask.suffix_name(question.suffix, t)}
    _, _, year = question.page.partition(".")
    partner = question.suffix.removesuffix(year).rstrip(".")
    organisation = circumstances.directory.organisations.get(partner)
    return {"year": year, "partner": organisation.name if organisation else partner}


def choices(question: Question, circumstances: Circumstances, t: Texts) -> tuple[tuple[str, str], ...]:
    if question.ask.options is None:
        return ()
    return tuple((option.value, option.title(t)) for option in question.ask.options(circumstances))


def page_title(form: AnyForm, page: str, t: Texts) -> str:
    name, _, key = page.partition(".")
    return t(f"{form.name}.page.{name}", year=key)


def criterion_of(form: AnyForm, fields: frozenset[str]) -> str | None:
    """The criterion that is explained here: the one whose first question is among the fields."""
    return next((name for name, questions in form.criteria.items() if questions[0] in fields), None)


def explain(question: Question, problem: Problem, answer: str, t: Texts) -> str:
    """A refusal in words. Errors of pydantic itself go by another name here, with their bounds."""
    if question.ask.kind is Kind.TICK:
        return t("error.tick")
    key, wants = _PYDANTIC.get(problem.key, (problem.key, {}))
    if not set(wants.values()) <= problem.details.keys():  # our own reader, which has a `too_long` of its own
        key, wants = problem.key, {}
    details = {name: problem.details[source] for name, source in wants.items()}
    if not t.has(f"error.{key}"):
        key = "invalid"
    return t(
        f"error.{key}",
        **{**problem.details, **details, "text": quoted(answer), "length": len(answer.strip())},
    )


_PYDANTIC: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "literal_error": ("not_an_option", {}),  # the list is in the model's type
    "value_error": ("email", {}),  # the only plain ValueError in the models is the e-mail's
    "string_too_short": ("too_short", {"least": "min_length"}),
    "string_too_long": ("too_long", {"most": "max_length"}),
    "too_short": ("too_few", {"least": "min_length"}),
    "too_long": ("too_many", {"most": "max_length"}),
    "greater_than_equal": ("too_small", {"least": "ge"}),
    "less_than_equal": ("too_big", {"most": "le"}),
}


def readable(
    form: AnyForm, question: Question, text: str | None, circumstances: Circumstances, t: Texts
) -> str:
    """An answer as it is read back: names for choices, whole kroner for money, the day for a day.

    What cannot be read stands as it was typed.
    """
    if text is None:
        return t("say.left_empty")
    kind = question.ask.kind
    if kind in (Kind.CHOICE, Kind.MULTI):
        titles = dict(choices(question, circumstances, t))
        values = text.split(",") if kind is Kind.MULTI else [text]
        return t.listed(tuple(titles.get(value.strip(), value.strip()) for value in values))
    if kind is Kind.TICK:
        return t("say.yes")
    if kind is Kind.CASE:
        return " – ".join((text, *_linked(text, circumstances, t)))
    try:
        if kind is Kind.MONEY:
            return format_nok(parse_nok(text))
        if kind in _DAYS:
            return t.day(as_day(text, circumstances, kind))
    except Unreadable:
        pass
    return text


def _linked(text: str, circumstances: Circumstances, t: Texts) -> list[str]:
    """What is known of the case or the decision that is named: its title, and what was granted year by year."""
    number = read_case_number(text)
    own = [quoted(case.title) for case in circumstances.own_cases if case.number == str(number)]
    grants = [grant for grant in circumstances.prior_grants if _fold(grant.reference) == _fold(text)]
    known = circumstances.directory.organisations
    granted = [
        t("say.granted", year=grant.year, nok=format_nok(grant.nok), to=known[grant.recipient].name)
        for grant in sorted(grants, key=lambda grant: (grant.year, grant.recipient != grant.lead_owner))
    ]
    return [*own, *dict.fromkeys(quoted(grant.title) for grant in grants), *granted]


_DAYS = frozenset({Kind.DAY, Kind.DAY_TO_COME})


def as_day(text: str, circumstances: Circumstances, kind: Kind = Kind.DAY) -> date:
    """The day that the question reads from the text. Raises Unreadable."""
    on = circumstances.on
    if kind is Kind.DAY_TO_COME:
        return day_to_come(text, circumstances)
    day: date = parse_date(text, year=circumstances.cycle_year, not_after=on, today=on)
    return day


def on_card(question: Question, text: str | None, circumstances: Circumstances) -> str:
    """What stands in the card's field for an answer: of a choice what can be chosen, of a text what has room.

    The draft keeps the whole answer until the field is changed.
    """
    if text is None:
        return ""
    if question.ask.options is not None:
        values = {option.value for option in question.ask.options(circumstances)}
        return ",".join(part for each in text.split(",") if (part := each.strip()) in values)
    if question.ask.kind is Kind.TICK:
        return text if text == "yes" else ""
    return cut(text, longest_on_card(question))


def longest_on_card(question: Question) -> int:
    """More than the models take, so that what is too long is refused and not cut off unseen; and so little that five
    texts fit on a card, whose size Teams limits."""
    return 5000 if question.ask.kind is Kind.TEXT else 300


def cut(text: str, most: int) -> str:
    """So much of the text as has room in UTF-16 units, which is how clients and Teams count."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore").rstrip()


def quoted(text: str, most: int = 280) -> str:
    """The text as it is quoted in passing: its beginning."""
    short = cut(text, most)
    return text if short == text.rstrip() else f"{short} …"


def title_of(form: str, answers: Answers, t: Texts) -> str:
    """What a draft is called in passing."""
    title = answers.get("measure_title") or answers.get("meeting_title")
    return quoted(title) if title else t(f"{form}.untitled")


def taken(question: Question, text: str, circumstances: Circumstances, t: Texts) -> str | None:
    """What is stored for a typed answer: the text itself, the day that it names, and for choices their values.

    A choice is named by its number in the list, its title, or words that one title alone has. What names none is
    stored as it was typed, and the model objects. None: "ingen" to what may stay empty.
    """
    kind, titles = question.ask.kind, choices(question, circumstances, t)
    if not question.required and kind not in _IN_WORDS and _fold(text) in _folded(t.words("words.none")):
        return _named(text, titles)  # "nei" may be one of the choices
    if kind is Kind.TICK:
        return "yes" if _fold(text) in _folded(t.words("words.yes")) else text
    if kind is Kind.CHOICE:
        return _named(text, titles) or text
    if kind is Kind.MULTI:
        whole = _named(text, titles)
        parts = [part for part in _split(text, t) if part]
        return whole or ",".join(_named(part, titles) or part for part in parts)
    return settled(question, text, circumstances)


_IN_WORDS = frozenset({Kind.TEXT, Kind.LINE, Kind.CASE})


def settled(question: Question, text: str, circumstances: Circumstances) -> str:
    """The answer, and where it names a day by what day it is now ("i går", "15.01"), that day."""
    if question.ask.kind in _DAYS:
        with suppress(Unreadable):
            return as_day(text, circumstances, question.ask.kind).isoformat()
    return text


def _split(text: str, t: Texts) -> list[str]:
    for word in t.words("words.and"):
        text = text.replace(f" {word} ", ",")
    return [part.strip() for part in text.replace("\n", ",").replace(";", ",").split(",")]


def place_named(text: str, count: int) -> int | None:
    """The place in a list of so many that a number names, from 1. `²` is a digit, but no number."""
    place = int(text) if text.isdecimal() and len(text) <= 4 else 0
    return place if 1 <= place <= count else None


_SPAN = re.compile(r"([0-9]{1,4})\.?(?:-([0-9]{1,4})\.?)?")


def places_named(text: str, count: int, t: Texts) -> frozenset[int] | None:
    """The places in a list of so many that `1, 3 og 5-7` names. None: something else stands there, too, or nothing."""
    named = set[int]()
    for part in " ".join(_split(re.sub(r"\s*[-–]\s*", "-", _fold(text)), t)).split():
        found = _SPAN.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= count:
            return None
        named.update(range(first, last + 1))
    return frozenset(named) or None


def _named(text: str, titles: tuple[tuple[str, str], ...]) -> str | None:
    wanted = _fold(text)
    if place := place_named(wanted, len(titles)):
        return titles[place - 1][0]
    for value, title in titles:
        if wanted in (_fold(title), _fold(value)):
            return value
    word = re.escape(wanted)
    # At the beginning first: "bodø" is the municipality, and not a private owner in it.
    patterns = [rf"^{word}(?!\w)", rf"^{word}", rf"(?<!\w){word}(?!\w)"]
    for pattern in (*patterns, *([rf"(?<!\w){word}"] if len(wanted) > 2 else [])):
        found = [value for value, title in titles if wanted and re.search(pattern, _fold(title))]
        if len(found) == 1:
            return found[0]
    return None


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_fold(word) for word in words)


def _fold(text: str) -> str:
    return " ".join(text.casefold().strip(" .!").split())


def progress(checked: AnyChecked, question: Question) -> tuple[int, int]:
    """(number of this question, number of questions) on the path."""
    return [q.field for q in checked.path].index(question.field) + 1, len(checked.path)
