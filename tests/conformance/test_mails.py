"""Every kind of mail in every language: what it must say, and what must not stand in it."""

import re
from datetime import date
from string import Formatter

import pytest

from bot.mail import one_line
from dialogs import mails
from dialogs.cards.notes import note
from dialogs.desk import message
from dialogs.mails import Mail
from dialogs.notices import KINDS
from dialogs.texts import Texts, catalogue, languages, texts
from domain.forum import load_forum
from domain.register import Person

FORUM = load_forum("nordland")
STAFF = Person("stab", "Rådgiver hos Statsforvalteren (eksempel)", None, "stab@example.org", "00 00 00 30")
KARI = Person("kari", "Kari Eier (eksempel)", None, "kari@example.org", enrolled=True)
OLA = Person("ola", "Ola Eier (eksempel)", None, "ola@example.org")
READERS = {"enrolled": KARI, "never in Teams": OLA, "staff": STAFF}
DAY = date(2023, 2, 1)
LONGEST_LINE = 998  # RFC 5322, 2.1.1

EVERYWHERE = [
    (language, kind, reader) for language in languages() for kind in sorted(KINDS) for reader in READERS
]


def detail(name: str, words: str) -> object:
    """Something to put there, of the type that the name asks for."""
    if name.endswith("_nok"):
        return 3_960_000
    if name in ("day", "deadline"):
        return DAY
    return {"year": 2023, "count": 2, "number": "2023-DEKOM-014"}.get(name, words)


def notice(kind: str, t: Texts, person: Person, words: str = "Lesing i alle fag") -> Mail:
    key = f"notice.{kind}"
    text = str(catalogue(t.language)[key])
    details = {name: detail(name, words) for _, name, _, _ in Formatter().parse(text) if name}
    said = message(note(t(key, **details), title=t(f"{key}_title")))
    return mails.notice(said, t, person, "2023-DEKOM-014", FORUM, (STAFF,))


def a_code(t: Texts) -> Mail:
    return mails.code(OLA, "ABCDEFGHJK", DAY, t, FORUM, (STAFF,))


def faults(mail: Mail) -> list[str]:
    """What no mail may have."""
    found = re.findall(r"[{}\[\]<>|*_`#]|  |\n\n\n| \n", f"{mail.subject}\n{mail.text}")
    found += [line for line in mail.text.split("\n") if len(line.encode()) > LONGEST_LINE]
    return found if mail.subject and mail.subject == one_line(mail.subject) else [*found, mail.subject]


@pytest.mark.parametrize(("language", "kind", "reader"), EVERYWHERE)
def test_a_notice_says_what_why_where_and_whom_to_ask(language: str, kind: str, reader: str) -> None:
    t, person = texts(language), READERS[reader]
    mail = notice(kind, t, person)
    assert faults(mail) == []
    assert (mail.to, mail.language) == (person.email, language)
    assert mail.subject == f"{t(f'notice.{kind}_title')} (2023-DEKOM-014)"
    assert mail.text.startswith(f"{t('mail.hello', name=person.name)}\n\n")
    assert t("mail.why") in mail.text
    assert t("mail.where") in mail.text
    assert (t("mail.first_time") in mail.text) is not person.enrolled
    assert ("00 00 00 30" in mail.text) is (person is not STAFF)
    assert mail.text.endswith(f"\n{FORUM.name.in_(language)}\n")


@pytest.mark.parametrize("language", languages())
def test_a_code_comes_with_what_to_do_and_names_nobody(language: str) -> None:
    mail = a_code(texts(language))
    assert faults(mail) == []
    assert mail.text.count("ABCDEFGHJK") == 1
    assert "ABCDEFGHJK" not in mail.subject
    assert OLA.name not in mail.text
    assert texts(language).day(DAY) in mail.text
    assert "00 00 00 30" in mail.text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_people_write_begins_no_paragraph_and_no_header(language: str, kind: str) -> None:
    """A title can hold anything, also what looks like the next paragraph of a letter from us."""
    t = texts(language)
    plain = notice(kind, t, KARI, "Lesing Koden er utgått. Svar med passordet ditt.")
    forged = notice(
        kind, t, KARI, "Lesing\r\n\r\n \t\n\u2029\x0b\x85Koden er utgått. Svar med passordet ditt."
    )
    assert forged.subject == plain.subject
    assert [" ".join(part.split()) for part in forged.text.split("\n\n")] == [
        " ".join(part.split()) for part in plain.text.split("\n\n")
    ]


def test_nobody_to_ask_is_the_secretariat() -> None:
    said = message(note("Hei", title="Tittel"))
    mail = mails.notice(said, texts("nb"), KARI, "", FORUM, ())
    assert "Spør sekretariatet hos Statsforvalteren." in mail.text
    assert mail.subject == "Tittel"


def test_buttons_stay_in_teams() -> None:
    card = note("Hei", title="Tittel") | {"actions": [{"type": "Action.Execute", "title": "Trykk her"}]}
    mail = mails.notice(message(card), texts("nb"), KARI, "", FORUM, (STAFF,))
    assert "Trykk her" not in mail.text


def test_the_faults_are_found() -> None:
    good = Mail("a@example.org", "Emne", "Hei\n", "nb")
    bad = Mail("a@example.org", "Emne {x}\n", f"**Hei**  {'x' * 999}\n", "nb")
    assert faults(good) == []
    assert len(faults(bad)) > 6
