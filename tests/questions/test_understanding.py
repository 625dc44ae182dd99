"""Understanding as a pure function: names, numbers, typing errors, and the words as data."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import questions
from dialogs.commands import ARGUMENTS, FORGIVING, exact, nearest
from dialogs.queries import every
from dialogs.questions import LONGEST, Names, Understood, fold, names, names_of_owner, understand, vocabulary
from dialogs.texts import languages
from domain.cases import State
from domain.forum import Municipality, Region, load_forum
from domain.nicknames import nicknames
from domain.schemes import scheme_sets

FORUM, KNOWN = load_forum("nordland"), nicknames("nordland")


def of_nordland() -> Names:
    regions = tuple((each.key, (each.name.nb, *KNOWN.regions[each.key])) for each in FORUM.regions)
    owners = tuple(
        (each.number, (*names_of_owner(f"{each.name} kommune"), *KNOWN.owners.get(each.number, ())))
        for each in FORUM.municipalities
    )
    schemes = {each.key: each.short for found in scheme_sets("nordland") for each in found.schemes}
    universities = (("nord", ("Nord universitet",)), ("uit", KNOWN.universities["uit"]))
    return names(regions, owners, universities, tuple(schemes.items()))


NAMES = of_nordland()


def heard(text: str) -> Understood | None:
    return understand(text, NAMES, 2023)


@pytest.mark.parametrize("municipality", FORUM.municipalities, ids=lambda each: each.number)
def test_every_municipality_is_known_by_every_half_of_its_name_and_without_marks(
    municipality: Municipality,
) -> None:
    plain = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "Ø": "O", "Å": "A", "Æ": "Ae"})
    long = str.maketrans({"ø": "oe", "å": "aa", "æ": "ae", "Ø": "Oe", "Å": "Aa", "Æ": "Ae"})
    for half in municipality.name.split(" – "):
        for written in (half, half.upper(), half.translate(plain), half.translate(long), f"{half} kommune"):
            assert heard(f"saker i {written}") == Understood("my_cases", f"owner={municipality.number}")


@pytest.mark.parametrize("region", FORUM.regions, ids=lambda each: each.key)
def test_every_region_is_known_by_its_name_and_its_key(region: Region) -> None:
    for written in (region.name.nb, region.network.name.nb if region.key != "OFOTEN" else "ofoten"):
        assert heard(f"status {written}") == Understood("round_status", f"region={region.key}")


def test_no_name_is_that_of_two() -> None:
    """Nor is it an ordinary word of the questions."""
    written = [fold(name) for each in FORUM.municipalities for name in names_of_owner(each.name)]
    assert len(set(written)) == len(written)
    nicks = [fold(name) for of in (KNOWN.regions, KNOWN.owners) for every in of.values() for name in every]
    assert len(set(nicks)) == len(nicks)
    assert set(written) & vocabulary().keys() == set(nicks) & vocabulary().keys() == set()


@pytest.mark.parametrize(
    "text",
    [
        "2023-DEKOM-014",
        "2023 dekom 14",
        "2023/dekom/014",
        "dekom 14",
        "DEKOM-14",
        "dekom14",
        "dekom 14/2023",
        "dekom 2023-14",
    ],
)
def test_case_number_is_read_however_it_is_written(text: str) -> None:
    for around in (text, f"hvor er {text}?", f"sak {text} – status"):
        assert heard(around) == Understood("case_status", "2023-DEKOM-014")


@pytest.mark.parametrize("text", ["dekom 0", "dekom 1234567", "2023", "14", "dekom dekom 1 rekom 2"])
def test_what_is_no_case_number_is_not_taken_for_one(text: str) -> None:
    found = heard(text)
    assert found is None or found.query != "case_status"


@given(st.text(max_size=400))
def test_anything_is_understood_or_not_and_nothing_is_raised(text: str) -> None:
    found = heard(text)
    assert found is None or (found.query in every() and len(text) <= LONGEST)


@given(st.lists(st.sampled_from(sorted(vocabulary())), max_size=12))
def test_words_in_any_order_are_understood_or_not(words: list[str]) -> None:
    found = heard(" ".join(words))
    assert found is None or found.query in every()


@pytest.mark.parametrize("word", ["trekk", "slett", "endre", "godkjenn", "withdraw", "delete", "trekkje"])
@pytest.mark.parametrize("rest", ["saken min", "2023-DEKOM-001", "alle saker i salten", "my case"])
def test_who_wants_something_done_asks_nothing(word: str, rest: str) -> None:
    assert heard(f"{word} {rest}") is None
    assert heard(f"kan du {word} {rest}") is None


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("Hei! Håper alt er bra. Når er fristen? Mvh Siv, Bodø kommune", Understood("deadlines")),
        ("hvem er kontakt i Rana? tenkte vi kunne samarbeide", Understood("contact", "owner=1833")),
        ("Det gjelder rekom. Hvem mangler?", Understood("missing", "scheme=regional")),
        ("rekom, vesterålen: antall", Understood("round_status", "scheme=regional region=VESTERALEN")),
        (
            "skal legge fram 2023-DEKOM-001 på tirsdag, er litt nervøs",
            Understood("case_status", "2023-DEKOM-001"),
        ),
        ("Jeg er ny her, rett og slett. Hvem kan jeg ringe?", Understood("contact")),
        ("har Hábmer – Hamarøy sendt inn noe", Understood("my_cases", "owner=1875")),
    ],
)
def test_what_stands_around_a_question_does_it_no_harm(text: str, understood: Understood) -> None:
    assert heard(text) == understood


@pytest.mark.parametrize("around", ["kem har {}", "ka e det med {}", "e {} komme"])
def test_scheme_and_noun_may_be_one_word_in_any_form(around: str) -> None:
    for word in ("rekomsaka", "rekomsakan", "rekomsøknaden", "rekom-meldinga"):
        found = heard(around.format(word))
        assert found is not None
        assert found.argument == "scheme=regional"


def test_what_is_not_told_to_somebody_is_less_likely_meant() -> None:
    text = "kem skal æ mase på"
    assert heard(text) == Understood("missing")
    assert understand(text, NAMES, 2023, {"missing"}) == Understood("contact")
    assert understand("hvem mangler", NAMES, 2023, {"missing"}) == Understood("missing")


# Commands


def test_a_near_miss_runs_nothing_that_changes_something() -> None:
    """Filing, throwing away, withdrawing, letting in, roles and codes are typed as they are written."""
    changing = {
        *("new", "submit", "discard", "withdraw", "reopen", "send_back", "correct", "new_version", "copy"),
        *("journal", "extend", "on_behalf", "invite", "role", "end_role", "revoke", "share", "unshare"),
        *(
            "half_year_report",
            "approve_year",
            "move_event",
            "meeting",
            "point",
            "channel",
            "feed",
            "new_feed",
        ),
        *("phoned", "send_out", "stop_sending", "reminders"),
        *("clear", "skip", "keep", "change", "card", "type", "back"),
    }
    assert changing == ARGUMENTS.keys() - FORGIVING
    for text in (
        *("snd inn", "kast utkaste", "trek sak", "inviterr", "del utkastt", "gi rolel", "withdaw"),
        "godkjen årshjulet",
    ):
        assert nearest(text) is None
        assert exact(text, question_open=False) is None


def test_while_a_question_is_open_the_words_of_questions_are_an_answer() -> None:
    for text in (
        "hvor ligger saken vår hen",
        "status salten",
        "fristen",
        "kontaktperson",
        "kontakt",
        "dekom",
    ):
        assert exact(text, question_open=True) is None
    found = exact("hvem mangler", question_open=True)
    assert found is not None
    assert found.name == "missing"


# The data


def data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(questions).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", languages())
def test_every_language_has_words_for_every_concept(language: str) -> None:
    assert data(language)["words"].keys() == data("nb")["words"].keys()
    assert set(data(language)["state"]) == {state.value for state in State} - {"draft", "submitted"}
    assert data(language)["scheme"].keys() == data("nb")["scheme"].keys()
    assert [word for of in data(language)["words"].values() for word in of if not fold(word)] == []


def test_grammar_speaks_of_what_there_is() -> None:
    concepts, slots = (
        data("nb")["words"].keys(),
        {"case", "scheme", "region", "owner", "university", "state", "year"},
    )
    for question in data("grammar")["questions"]:
        assert question["query"] in every()
        assert set(question["takes"]) <= slots
        said = {part for pattern in question["patterns"] for part in pattern.split(" ")}
        said |= set(question["may"].split())
        assert said - concepts <= {f"@{slot}" for slot in question["takes"]}
