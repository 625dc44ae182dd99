"""What a person types for an input, turned into what a client sends for it."""

import re
from datetime import date

from play.cards import Choice, Field

_YES = frozenset({"ja", "j", "x", "yes", "true", "1"})
_NO = frozenset({"nei", "n", "no", "false", "0"})
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Unfit(ValueError):  # noqa: N818 - shown to the person
    """The input cannot hold it; the text says what it can hold."""


def value_for(field: Field, typed: str) -> str:
    """Raises: Unfit."""
    match field.kind:
        case "Toggle":
            return _toggled(field, typed)
        case "ChoiceSet" if field.several:
            return ",".join(_chosen(field, each) for each in _parts(field, typed))
        case "ChoiceSet":
            return _chosen(field, typed)
        case "Date":
            return _dated(typed)
        case _:
            return typed


def _toggled(field: Field, typed: str) -> str:
    on, off = field.choices
    if typed.casefold() in _YES:
        return on.value
    if typed.casefold() in _NO:
        return off.value
    raise Unfit("Svar ja eller nei.")


def _parts(field: Field, typed: str) -> list[str]:
    """Titles may hold commas, so the whole is tried first, and a semicolon parts before a comma does."""
    if _matching(field, typed):
        return [typed]
    return [part.strip() for part in re.split(";" if ";" in typed else ",", typed) if part.strip()]


def _chosen(field: Field, typed: str) -> str:
    found = _matching(field, typed)
    if not found and typed.isdecimal() and 1 <= int(typed) <= len(field.choices):
        return field.choices[int(typed) - 1].value
    if len(found) == 1:
        return found[0].value
    raise Unfit(f"«{typed}» er ikke ett av valgene." if not found else f"«{typed}» passer på flere valg.")


def _matching(field: Field, typed: str) -> list[Choice]:
    """By the whole title or value first, else by how the title begins."""
    wanted = typed.casefold()
    whole = [each for each in field.choices if wanted in (each.title.casefold(), each.value.casefold())]
    if whole or wanted.isdecimal():
        return whole[:1]
    return [each for each in field.choices if each.title.casefold().startswith(wanted)]


def _dated(typed: str) -> str:
    """A date picker sends ISO, whatever the person sees."""
    try:
        if found := _NORWEGIAN_DATE.fullmatch(typed):
            day, month, year = map(int, found.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise Unfit("Skriv datoen som 31.12.2023 eller 2023-12-31.") from None
