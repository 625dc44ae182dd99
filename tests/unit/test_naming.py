"""Schemes and years as people name them."""

import pytest

from dialogs.commands import Command, exact
from dialogs.naming import SchemeAndYear, read_scheme_and_year


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", SchemeAndYear()),
        ("dekom 2024", SchemeAndYear("decentralised", 2024)),
        ("2024 Dekom", SchemeAndYear("decentralised", 2024)),
        ("for kompetanseløftet i 2023", SchemeAndYear("competence_lift", 2023)),
        ("regional ordning", SchemeAndYear("regional")),
        ("of the regional scheme in 2023", SchemeAndYear("regional", 2023)),
        ("kompetanselyftet", SchemeAndYear("competence_lift")),
        ("dekmo 2024", SchemeAndYear("decentralised", 2024)),
        ("2023", SchemeAndYear(None, 2023)),
        ("2023 2024", None),
        ("1850", None),
        ("99999999999999999999", None),
        ("salten", None),
        ("tekom", None),  # Rekom or Dekom
    ],
)
def test_what_is_named(text: str, named: SchemeAndYear | None) -> None:
    assert read_scheme_and_year(text) == named


@pytest.mark.parametrize("said", ["ramme dekom 2024", "Rammer dekom 2024", "frame dekom 2024"])
def test_it_is_a_command_in_every_language(said: str) -> None:
    assert exact(said, question_open=False) == Command("frames", "dekom 2024")


def test_while_a_question_is_open_only_what_can_be_read_whole_is_a_command() -> None:
    """`Ramme for arbeidet` is the beginning of somebody's answer."""
    assert exact("ramme 2023", question_open=True) == Command("frames", "2023")
    assert exact("ramme for arbeidet", question_open=True) is None
    assert exact("ramme for arbeidet", question_open=False) == Command("frames", "for arbeidet")
