"""The forum as data: TOML files beside this module, read into frozen values. A change in them needs no code.

One folder per forum, one file per scheme set in `schemes/`. A value keeps its source and how sure it is.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from domain.errors import Final

T = TypeVar("T")
_FOLDER = Path(__file__).parent

strict = with_config(ConfigDict(extra="forbid"))
"""For dataclasses that are read from a file: a key that they do not have is an error, not a silence."""


class BadData(Final):
    """A file of ours does not hold what it must. Names the file and each place in it."""


class UnknownForum(Final):
    """There is no such forum. Names those that there are."""


class Evidence(StrEnum):
    """How a fact is known."""

    STATED = "stated"  # by the forum itself, in its slide deck
    READ = "read"  # in the regulation or on an official page
    REPORTED = "reported"  # on a public but unofficial page
    INFERRED = "inferred"  # by us; a default until somebody says otherwise


class Certainty(StrEnum):
    """How far a fact is to be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNCONFIRMED = "unconfirmed"  # a placeholder: "to be confirmed"


@strict
@dataclass(frozen=True, slots=True)
class Names:
    """One name in the languages of the bot."""

    nb: str
    nn: str
    en: str

    def in_(self, language: str) -> str:
        """The name in the language; in bokmål where the language has none of its own."""
        return {"nn": self.nn, "en": self.en}.get(language, self.nb)


@cache
def forum_keys() -> tuple[str, ...]:
    """The forums that there are data for."""
    return tuple(sorted(folder.parent.name for folder in _FOLDER.glob("*/forum.toml")))


def check_forum(key: str) -> None:
    """Raises: UnknownForum."""
    if key not in forum_keys():
        raise UnknownForum(f"no forum {key!r}; there are: {', '.join(forum_keys())}")


def files(folder: str) -> tuple[str, ...]:
    """The TOML files of a folder, by their path below the data, in order of their names."""
    return tuple(str(path.relative_to(_FOLDER)) for path in sorted((_FOLDER / folder).glob("*.toml")))


def read(shape: type[T], *paths: str) -> T:
    """One value out of one file, or out of several whose top-level keys differ.

    Raises: BadData - a file is missing, is not TOML, or does not have the shape.
    """
    tables: dict[str, object] = {}
    for path in paths:
        tables |= _table(path)
    try:
        return TypeAdapter(shape).validate_python(tables)
    except ValidationError as error:
        raise BadData(f"{', '.join(paths)}: {'; '.join(_faults(error))}") from error


def _table(path: str) -> dict[str, object]:
    try:
        return tomllib.loads((_FOLDER / path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadData(f"{path}: {error}") from error


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        yield f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
