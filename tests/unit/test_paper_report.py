"""Reports on paper, read back with nothing but a zip and an XML reader: what a screen reader and a printer get."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from dialogs.forms.needs_report import FORM
from dialogs.papers.document import fit
from dialogs.papers.report import Filed, answers_of, as_written, draft_docx, version_docx
from dialogs.texts import languages, texts
from domain.submissions import NeedsReport
from play.examples import (
    ABOUT,
    BEGUN,
    COMPLETE,
    MONEY,
    answered_with,
    circumstances,
    draft,
    filed,
)

AT = datetime(2023, 1, 16, 9, 5, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DC = "{http://purl.org/dc/elements/1.1/}"
NB = texts("nb")
NBSP = "\N{NO-BREAK SPACE}"


class Read:
    """A document as another program finds it."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as package:
            assert package.testzip() is None
            self.parts = {name: package.read(name) for name in package.namelist()}
        self.body = self.part("word/document.xml")[0]

    def part(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.parts[name])

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """(style, text) of every paragraph outside tables."""
        return [(style(each), text(each)) for each in self.body.findall(f"{W}p")]

    def headings(self, level: int) -> list[str]:
        return [said for name, said in self.paragraphs if name == f"Heading{level}"]

    @property
    def text(self) -> str:
        return "\n".join(text(each) for each in self.body.iter(f"{W}p"))

    @property
    def table(self) -> list[list[str]]:
        (table,) = self.body.findall(f"{W}tbl")
        return [[text(cell) for cell in row.findall(f"{W}tc")] for row in table.findall(f"{W}tr")]

    @property
    def top(self) -> str:
        return text(self.part("word/header1.xml"))


def text(element: ElementTree.Element) -> str:
    breaks = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(
        (each.text or "") if each.tag == f"{W}t" else breaks.get(each.tag, "") for each in element.iter()
    )


def style(paragraph: ElementTree.Element) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.attrib[f"{W}val"]


def a_report(**answers: str | None) -> NeedsReport:
    report = draft(COMPLETE | answers).checked.report
    assert isinstance(report, NeedsReport)
    return report


def a_version(report: NeedsReport, *, submission: int = 1, newest: int = 1) -> Filed:
    case = replace(filed(report.measure_title), submission=newest)
    digest = hashlib.sha256(report.model_dump_json().encode()).hexdigest()
    return Filed(case, as_written(FORM, report, circumstances()), submission, AT, "Kari Eier", digest)


EVERY: Mapping[str, bytes] = {
    **{f"draft {code}": draft_docx(draft(ABOUT | MONEY), texts(code), AT) for code in languages()},
    **{f"begun {code}": draft_docx(draft(BEGUN), texts(code), AT) for code in languages()},
    **{f"version {code}": version_docx(a_version(a_report()), texts(code)) for code in languages()},
    "wrong": draft_docx(draft(answered_with("31.02. eller så")), NB, AT),
    "late": draft_docx(draft(BEGUN, late=True, staff=None), NB, AT),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_paper_can_be_followed_by_a_screen_reader(name: str) -> None:
    """One title, headings that skip no level, no blank paragraphs, tables whose header row says that it is one."""
    read = Read(EVERY[name])
    levels = [int(kind[-1]) for kind, _ in read.paragraphs if kind.startswith("Heading")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert [said for _, said in read.paragraphs if not said.strip()] == []
    for table in read.body.findall(f"{W}tbl"):
        marked = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.findall(f"{W}tr")]
        assert marked == [True] + [False] * (len(marked) - 1)
        assert table.find(f"{W}tblPr/{W}tblCaption") is not None
    assert not [name for name in read.parts if name.endswith((".jpeg", ".png"))]


@pytest.mark.parametrize(("code", "locale"), [("nb", "nb-NO"), ("nn", "nn-NO"), ("en", "en-GB")])
def test_language_title_and_owner_stand_in_the_file(code: str, locale: str) -> None:
    read = Read(EVERY[f"draft {code}"])
    about = read.part("docProps/core.xml")
    languages = [each.attrib[f"{W}val"] for each in read.part("word/styles.xml").iter(f"{W}lang")]
    assert set(languages) == {locale}
    assert about.findtext(f"{DC}language") == locale
    assert (about.findtext(f"{DC}title") or "").endswith(": Lesing i alle fag på tvers av tre kommuner")
    assert about.findtext(f"{DC}creator") == "Bodø kommune"
    assert b"python-docx" not in read.parts["docProps/core.xml"]


@pytest.mark.parametrize("code", languages())
def test_every_page_says_what_it_is_and_its_number(code: str) -> None:
    t = texts(code)
    assert Read(EVERY[f"draft {code}"]).top == t("paper.draft")
    version = Read(EVERY[f"version {code}"])
    assert version.top == t("paper.filed", number="2023-DEKOM-014", version=1)
    footer = version.part("word/footer1.xml")
    fields = [each.attrib[f"{W}instr"] for each in footer.iter(f"{W}fldSimple")]
    assert (fields, text(footer)) == (["PAGE", "NUMPAGES"], t("paper.footer", page=1, pages=1))
    size = version.body.find(f"{W}sectPr/{W}pgSz")
    assert size is not None
    assert (size.attrib[f"{W}w"], size.attrib[f"{W}h"]) == ("11906", "16838")  # A4 in twentieths of a point


def test_contents_stand_in_the_order_of_the_form() -> None:
    read = Read(EVERY["version nb"])
    assert read.headings(1) == ["Behovsmelding: Lesing i alle fag på tvers av tre kommuner"]
    assert read.headings(2) == [
        "Hvem",
        "Enheter",
        "Behov",
        "Medvirkning",
        "Tiltak",
        "Gjennomføring",
        "Partner",
        "Varighet og vedlegg",
        "Penger",
        "De tre kriteriene",
        "Erklæring",
    ]
    said = [said for _, said in read.paragraphs]
    assert "Ansvarlig eier: Bodø kommune" in said
    assert "Når ble den drøftet? 15. november 2022" in said
    assert said[said.index("Mål") + 1] == "Elevene leser mer og forstår mer."
    place = said.index("Barnehager, skoler og PPT som deltar")
    assert said[place + 1 : place + 4] == ["Skole A", "Skole B", "Skole C"]


def test_money_stands_in_one_table_with_its_sums() -> None:
    assert Read(EVERY["version nb"]).table == [
        ["Hva", "2023", "2024", "2025", "Alle år"],
        ["Søkt til eier", *[f"700{NBSP}000"] * 3, f"2{NBSP}100{NBSP}000"],
        ["Søkt til Nord universitet", *[f"500{NBSP}000"] * 3, f"1{NBSP}500{NBSP}000"],
        ["Søkt til UiT Norges arktiske universitet", *[f"120{NBSP}000"] * 3, f"360{NBSP}000"],
        ["Søkt i alt", *[f"1{NBSP}320{NBSP}000"] * 3, f"3{NBSP}960{NBSP}000"],
        ["Egenandel", *[f"210{NBSP}000"] * 3, f"630{NBSP}000"],
        ["Minste egenandel", *[f"210{NBSP}000"] * 3, f"630{NBSP}000"],
    ]
    (table,) = Read(EVERY["version nb"]).body.findall(f"{W}tbl")
    sides = [cell.find(f"{W}p/{W}pPr/{W}jc") for row in table.iter(f"{W}tr") for cell in row.iter(f"{W}tc")]
    assert [side is not None and side.attrib[f"{W}val"] == "right" for side in sides] == (
        [False] + [True] * 4
    ) * 7


def test_one_year_has_no_column_for_all_of_them_and_no_contribution_where_none_is_asked() -> None:
    one_year = COMPLETE | {"duration_years": "1", "scheme": "competence_lift", "uh_partner": "nord"}
    assert Read(draft_docx(draft(one_year), NB, AT)).table == [
        ["Hva", "2023"],
        ["Søkt til eier", f"700{NBSP}000"],
        ["Søkt til Nord universitet", f"500{NBSP}000"],
        ["Søkt i alt", f"1{NBSP}200{NBSP}000"],
    ]


def test_draft_says_what_is_missing_what_is_wrong_and_whom_to_ask() -> None:
    money: dict[str, str | None] = {"duration_years": "1", "uh_partner": "nord", "budget_owner.2023": "1,5"}
    begun = draft(BEGUN | money | {"scheme": "decentralised", "contact_email": "ingen krøllalfa"})
    read = Read(draft_docx(begun, NB, AT))
    assert (
        NB("say.ask_person", name="Rådgiver hos Statsforvalteren (eksempel)", phone="00 00 00 30")
        in read.text
    )
    assert NB("paper.deadline", deadline=date(2023, 2, 1)) in read.text
    assert "Tittel på tiltaket: ikke besvart" in read.text
    assert "Øvrige eiere i nettverket: står tomt" in read.text
    assert ("Remark", "ikke besvart") in read.paragraphs
    assert NB("card.error", text=NB("error.email")) in read.text
    assert read.table[1] == ["Søkt til eier", "1,5"]
    assert read.table[2] == ["Søkt til Nord universitet", "mangler"]
    assert f"Søkt til eier i 2023 (kr): {NB('card.error', text=NB('error.ambiguous_amount'))}" in read.text
    open_questions = sum(begun.checked.is_open(q.field) for q in begun.checked.path if q.page != "review")
    assert NB("card.still_open", count=open_questions) in read.text


def test_draft_has_its_warnings_and_lines_to_sign_on_and_the_version_has_not() -> None:
    written, version = Read(EVERY["draft nb"]), Read(EVERY["version nb"])
    assert [said for kind, said in written.paragraphs if kind == "ListBullet"] == [
        NB("warning.parallel_measures", count=4),
        NB("warning.followup_scheme"),
        NB("warning.title_taken", title="Lesing i alle fag på tvers av tre kommuner"),
    ]
    assert [said for kind, said in written.paragraphs if kind == "Sign"] == [
        f"{NB('paper.sign_owner')}\t",
        f"{NB('paper.sign_union')}\t",
    ]
    assert {kind for kind, _ in version.paragraphs} & {"ListBullet", "Sign", "Remark", "Notice"} == set()


def test_late_draft_says_that_it_is_late() -> None:
    assert "Fristen gikk ut ved utgangen av 1. februar 2023." in Read(EVERY["late"]).text


def test_version_says_who_filed_what_when_and_that_there_is_a_newer_one() -> None:
    report = a_report()
    read = Read(version_docx(a_version(report, submission=1, newest=2), NB))
    assert [said for _, said in read.paragraphs][1:6] == [
        "Dette er versjon 1. Versjon 2 av saken er nyere.",
        "Saksnummer: 2023-DEKOM-014",
        "Versjon: 1",
        "Sendt inn: 16. januar 2023 kl. 10.05",
        "Sendt inn av: Kari Eier",
    ]
    assert hashlib.sha256(report.model_dump_json().encode()).hexdigest() in read.text
    assert NB("paper.declared", name="Rådgiver skole (eksempel)") in read.text


def test_same_again_is_the_same_to_the_byte() -> None:
    """Of the draft at the same moment; of a version whenever it is made."""
    assert draft_docx(draft(ABOUT | MONEY), NB, AT) == EVERY["draft nb"]
    assert draft_docx(draft(ABOUT | MONEY), NB, AT + timedelta(minutes=1)) != EVERY["draft nb"]
    assert version_docx(a_version(a_report()), NB) == EVERY["version nb"]
    with ZipFile(BytesIO(EVERY["version nb"])) as package:
        assert {each.date_time for each in package.infolist()} == {(2023, 1, 16, 10, 5, 0)}


# What people write.

HOSTILE = {
    "controls": "a\x00b\x08c\x0bd\x1be\x7ff\x85g",
    "no characters": "a\ufffe\uffffb",
    "direction": "abc \u202egnirts\u202c \u2066x\u2069",
    "markup": "<w:p><w:r/></w:p> &amp; ]]> <!-- -->",
    "placeholders": "{page} {pages} {title} %s",
    "people": "👩‍👩‍👧‍👦 שלום مرحبا",
    "one long word": "x" * 6000,
    "many lines": "å\n" * 3000,
    "tabs and returns": "a\tb\r\nc\rd\u2028e",
    "nothing to see": " \n\t ",
}


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_written_makes_a_file_that_can_be_read(given: str) -> None:
    read = Read(draft_docx(draft(answered_with(given)), NB, AT))
    assert read.headings(2)[0] == "Hvem"
    assert not set("\x00\x08\x0b\x1b\x7f\x85\ufffe\uffff\u202e\u2066") & set(read.text)


def test_half_a_character_is_left_out() -> None:
    assert fit("a\ud83db") == "ab"


def test_what_is_written_stands_there_whole_and_literally() -> None:
    text = "Første <linje> & {page}\n\n\tNeste 👩‍👩‍👧‍👦 שלום\n" + "x" * 2500
    said = [said for _, said in Read(draft_docx(draft(ABOUT | {"goal": text}), NB, AT)).paragraphs]
    place = said.index("Mål")
    assert said[place + 1 : place + 4] == ["Første <linje> & {page}", "\tNeste 👩‍👩‍👧‍👦 שלום", "x" * 2500]


def test_answers_of_a_report_give_the_report_again() -> None:
    report = a_report(
        other_owners=None, attachments="A https://example.org/a\nB https://example.org/b?c=1,2;3"
    )
    assert FORM.check(answers_of(FORM, report), circumstances()).report == report
