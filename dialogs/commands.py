"""What people can type, in any language and with typing errors: words -> command.

While a question is open only a whole message that is exactly a command counts as one; everything else is the
answer (contract.md, "Answer or command"). Otherwise the nearest command is taken, if all it does is show something, or
the three nearest are told. Questions in people's own words are for `dialogs.questions`.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from dialogs.engine import Becomes
from dialogs.forms import FORMS
from dialogs.naming import read_scheme_and_year
from dialogs.texts import languages, texts
from domain.cases import read_case_number

_CERTAIN = 84  # of 100: one or two wrong letters in a short phrase
_NEAR = 45


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    argument: str = ""


def _anything(text: str) -> str | None:
    return text or None


def _nothing_or_anything(text: str) -> str | None:
    return text


def _with_reason(text: str) -> str | None:
    return text if re.search(r" (?:fordi|av di|because) ", text) else None


def _nothing_or_number(text: str) -> str | None:
    return text if not text or text.isdecimal() else None


def _nothing_or_year(text: str) -> str | None:
    return text if not text or (text.isdecimal() and len(text) == 4) else None


def _nothing_or_case(text: str) -> str | None:
    number = read_case_number(text)
    return str(number) if number else None if text else ""


def _case_or_anything(text: str) -> str | None:
    return _nothing_or_case(text) or text


def _nothing_or_case_and_more(text: str) -> str | None:
    """A case number, and behind it what is said about the case."""
    if not text:
        return ""
    words = text.split(" ")
    for length in range(min(len(words), 3), 0, -1):
        number = read_case_number(" ".join(words[:length]))
        if number is not None:
            return f"{number} {' '.join(words[length:])}".rstrip()
    return None


def _nothing_or_language(text: str) -> str | None:
    if not text:
        return ""
    for code in languages():
        if text in {code, *texts(code).words("words.language")}:
            return code
    return None


def _nothing(text: str) -> str | None:
    return None if text else ""


# For each form that partnerships report on: to write it, who has, and who has not.
_REPORTS = tuple(form.name for form in FORMS.values() if form.becomes is Becomes.GRANT_REPORT)
_ABOUT_REPORTS = tuple(f"{form}_{question}" for form in _REPORTS for question in ("list", "missing"))

# Every command and how its argument is read; None = that is not an argument of this command.
ARGUMENTS: dict[str, Callable[[str], str | None]] = {
    "new": _nothing,
    "continue": _nothing_or_number,
    "my_cases": _nothing,
    "status": _nothing_or_case,
    "paper": _nothing_or_case,
    "list": _nothing,
    "deadlines": _nothing,
    "help": _nothing,
    "language": _nothing_or_language,
    "pause": _nothing,
    "back": _nothing,
    "skip": _nothing,
    "clear": _nothing,
    "keep": _nothing,
    "share": _nothing,
    "unshare": _nothing,
    "summary": _nothing,
    "handover": _nothing,
    "new_version": _nothing_or_case,
    "copy": _nothing_or_case,
    "withdraw": _nothing_or_case,
    "reopen": _nothing_or_case,
    "send_back": _nothing_or_case,
    "correct": _nothing_or_case,
    "differences": _nothing_or_case,
    "confirm_part": _nothing_or_case,
    "journal": _nothing_or_case_and_more,
    "extend": _nothing,
    "approve_year": _nothing_or_year,
    "move_event": _nothing_or_year,
    "on_behalf": _nothing,
    "change": _anything,
    "submit": _nothing,
    "discard": _nothing,
    "card": _nothing,
    "type": _nothing,
    "invite": _anything,
    "history": _nothing_or_case,
    "role": _nothing_or_anything,
    "end_role": _nothing_or_anything,
    "revoke": _nothing_or_anything,
    "holders": _nothing_or_anything,
    "notices_sent": _case_or_anything,
    "phone_list": _nothing,
    "phoned": _nothing_or_anything,
    "mass_messages": _nothing,
    "send_out": _nothing,
    "stop_sending": _nothing,
    "frames": _nothing_or_anything,
    "calendar": _nothing,
    "meeting": _nothing_or_anything,
    "meeting_status": _nothing_or_anything,
    "rsvp": _nothing,
    "point": _nothing_or_anything,
    "channel": _nothing_or_anything,
    "feed": _nothing,
    "new_feed": _nothing,
    "duties": _nothing,
    "claims": _nothing,
    "reminders": _nothing_or_anything,
    **dict.fromkeys(_REPORTS, _nothing_or_number),
    **dict.fromkeys(_ABOUT_REPORTS, _nothing),
    "whereabouts": _nothing,
    "contact": _nothing,
    "begun": _nothing,
    "missing": _nothing,
    "unconfirmed": _nothing,
}
# These show something and change nothing, so one or two wrong letters do no harm. What else is wanted is typed as it
# is written, or it is not done.
FORGIVING = frozenset(
    {
        *(
            "continue",
            "my_cases",
            "status",
            "paper",
            "list",
            "deadlines",
            "help",
            "language",
            "pause",
            "summary",
        ),
        *("handover", "differences", "confirm_part", "history", "holders", "notices_sent", "frames"),
        *("whereabouts", "contact", "begun", "missing", "unconfirmed", "calendar", "duties", "claims"),
        *("phone_list", "mass_messages"),
        *_ABOUT_REPORTS,
        *("meeting_status", "rsvp"),
    }
)
# They take any words, so what is understood as a question goes before them.
TAKES_ANY_WORDS = frozenset({"holders", "frames", "meeting", "meeting_status"})


def _numbers(text: str) -> str | None:
    """`7`, or with the year before it."""
    return text if text.replace(" ", "").isdecimal() else None


def _given(name: str) -> Callable[[str], str | None]:
    """As the command reads its argument, which must be there."""
    return lambda text: ARGUMENTS[name](text) or None


# These ask which case or language is meant, if the argument is not there.
_ASK_WHICH = (
    *(
        "new_version",
        "copy",
        "withdraw",
        "reopen",
        "send_back",
        "correct",
        "differences",
        "journal",
        "confirm_part",
    ),
    *("history", "language"),
)
# While a question is open: `endre` takes anything, so only `endre 7` is a command, and a bare "trekk" is an answer.
STRICT_ARGUMENTS = {
    **ARGUMENTS,
    **{name: _given(name) for name in _ASK_WHICH},
    "change": lambda text: text if text.isdecimal() else None,
    "role": _with_reason,
    "end_role": _with_reason,
    "revoke": lambda text: text if text and " " not in text else None,
    "notices_sent": lambda text: _nothing_or_case(text) or None,
    "phoned": lambda text: text if text.isdecimal() else None,
    "holders": lambda text: text if text.isdecimal() else None,
    "meeting": _numbers,
    "meeting_status": _numbers,
    "point": lambda text: None,
    "channel": lambda text: None,
    "frames": lambda text: text if read_scheme_and_year(text) else None,
    "reminders": _nothing,
}


def fold(text: str) -> str:
    return " ".join(text.casefold().strip(" \t\n.!?").split())


@cache
def phrases() -> dict[str, str]:
    """Phrase -> command name, over all languages."""
    return {
        fold(phrase): name
        for code in languages()
        for name in ARGUMENTS
        for phrase in texts(code).words(f"command.{name}")
    }


@cache
def _longest() -> int:
    """Words in the longest phrase; a message may have a hundred thousand."""
    return max(len(phrase.split(" ")) for phrase in phrases())


def exact(text: str, *, question_open: bool, case_is_answer: bool = False) -> Command | None:
    """The command that the whole message is, if it is one. A case number asks for its status, unless the open
    question asks for one."""
    said = fold(text)
    number = read_case_number(said)
    if number is not None:
        if case_is_answer:
            return None
        return Command("status", str(number))
    readers = STRICT_ARGUMENTS if question_open else ARGUMENTS
    words = said.split(" ")
    for length in range(min(len(words), _longest()), 0, -1):
        name = phrases().get(" ".join(words[:length]))
        if name is None:
            continue
        argument = readers[name](" ".join(words[length:]))
        if argument is not None:
            return Command(name, argument)
    return None


def nearest(text: str) -> Command | None:
    """The command that was surely meant, typing errors forgiven, of those that change nothing."""
    found = process.extractOne(fold(text)[:80], list(phrases()), scorer=fuzz.ratio, score_cutoff=_CERTAIN)
    name = phrases()[found[0]] if found else ""
    return Command(name) if name in FORGIVING else None


def suggestions(text: str, language: str, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """The three nearest phrases of the language, of the commands that would lead somewhere now.

    Where fewer are near, the first of the table fill up.
    """
    names = [name for name in ARGUMENTS if name not in without]
    own = {fold(phrase): phrase for name in names for phrase in texts(language).words(f"command.{name}")[:1]}
    found = process.extract(fold(text)[:80], list(own), scorer=fuzz.WRatio, limit=3, score_cutoff=_NEAR)
    near = [own[phrase] for phrase, _, _ in found]
    return tuple(dict.fromkeys([*near, *own.values()]))[:3]
