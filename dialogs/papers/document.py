"""A Word document in the making: A4, one language, real headings, and tables whose header row is marked as one.

The same made twice is the same to the byte: times come in as an argument, and the package is packed anew with them.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

from dialogs.asking import cut
from domain.days import OSLO

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}

_FONT = "Calibri"
_INK, _ALERT = RGBColor(0x1F, 0x2A, 0x44), RGBColor(0x9C, 0x1C, 0x1C)  # both far above 4.5 : 1 on white
_WIDTH, _HEIGHT, _MARGIN = Cm(21), Cm(29.7), Cm(2.2)
_LINE = _WIDTH - 2 * _MARGIN
_HEADINGS = {1: Pt(20), 2: Pt(14), 3: Pt(11)}
_MOST_PARAGRAPHS = 100  # of one answer; what comes after that shares one
_LONGEST_PROPERTY = 200  # the format takes 255

# What XML has no room for, and what turns the direction of the text around it.
_UNFIT = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_PLACE = re.compile(r"(\{pages?\})")
_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
_LEFT_OUT = (
    "/thumbnail",
    "/stylesWithEffects",
)  # of the template: a picture of an empty page, and styles twice


class Document:
    """`footer` has the words around `{page}` and `{pages}`. `author` is an organisation, never a person."""

    def __init__(
        self, title: str, *, author: str, language: str, made_at: datetime, header: str, footer: str
    ) -> None:
        self._docx = docx.Document()
        self._made_at = made_at
        self._set_styles(LOCALES[language])
        self._set_page()
        self._set_properties(title, author, LOCALES[language])
        self._set_header(header)
        self._set_footer(footer)
        self.heading(title, 1)

    # Contents

    def heading(self, text: str, level: int) -> None:
        self._docx.add_heading(fit(text), level)

    def paragraph(self, text: str, *, style: str = "Normal") -> None:
        self._docx.add_paragraph(fit(text), style)

    def paragraphs(self, text: str) -> None:
        """What a person wrote, a paragraph for each of their lines."""
        lines = [line for line in fit(text).splitlines() if line.strip()]
        for line in lines[: _MOST_PARAGRAPHS - 1]:
            self._docx.add_paragraph(line)
        if rest := lines[_MOST_PARAGRAPHS - 1 :]:
            self._docx.add_paragraph("\n".join(rest))

    def labelled(self, label: str, text: str, *, style: str = "Normal") -> None:
        """`Label: text`, or with a label that ends a sentence itself `Label? text`."""
        paragraph = self._docx.add_paragraph(style=style)
        ends = "" if label.endswith(("?", ".", ":")) else ":"
        paragraph.add_run(f"{fit(label)}{ends} ").bold = True
        paragraph.add_run(fit(text))

    def remark(self, text: str) -> None:
        """Something missing or wrong; the words say so, and the colour only helps to find it."""
        self.paragraph(text, style="Remark")

    def notice(self, text: str, *, bold: str = "") -> None:
        """In a box; several in a row share it."""
        paragraph = self._docx.add_paragraph(style="Notice")
        if bold:
            paragraph.add_run(f"{fit(bold)} ").bold = True
        paragraph.add_run(fit(text))

    def to_sign(self, label: str) -> None:
        """A line to write on."""
        self._docx.add_paragraph(f"{fit(label)}\t", "Sign")

    def table(
        self, description: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, strong: Sequence[int]
    ) -> None:
        """The first column names the rows, the others stand to the right. `strong`: rows that are sums.

        The header row is marked as one and comes again on every page.
        """
        table = self._docx.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
        _describe(table, description)
        for number, (row, texts) in enumerate(zip(table.rows, [header, *rows], strict=True)):
            _mark_row(row._tr, is_header=number == 0)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                is_strong = number == 0 or number - 1 in strong or place == 0
                _write(cell.paragraphs[0], fit(text), is_strong=is_strong, to_right=place > 0)
        _widen(table, len(header))

    def content(self) -> bytes:
        written = BytesIO()
        self._docx.save(written)
        return _packed(written.getvalue(), self._made_at)

    # The frame

    def _set_styles(self, locale: str) -> None:
        styles = self._docx.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), locale)
        for language in self._docx.settings.element.iter(qn("w:themeFontLang")):
            language.set(qn("w:val"), locale)
        normal = self._style("Normal")
        normal.font.size = Pt(11)
        normal.paragraph_format.space_after = Pt(5)
        normal.paragraph_format.line_spacing = 1.1
        for level, size in _HEADINGS.items():
            heading = self._style(f"Heading {level}")
            heading.font.size = size
            heading.font.color.rgb = _INK
            heading.paragraph_format.space_before = Pt(4 + 8 * (3 - level))
            heading.paragraph_format.space_after = Pt(4 if level < 3 else 1)
        self._add_styles()
        for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
            _set_font(self._style(name))

    def _add_styles(self) -> None:
        remark = self._new_style("Remark")
        remark.font.italic = True
        remark.font.color.rgb = _ALERT
        notice = self._new_style("Notice")
        notice.paragraph_format.space_after = Pt(10)  # below the last of them; see `_frame`
        _frame(notice)
        in_table = self._new_style("In table")
        in_table.font.size = Pt(9.5)
        in_table.paragraph_format.space_after = Pt(2)
        in_table.paragraph_format.space_before = Pt(2)
        self._new_style("Below table").paragraph_format.space_before = Pt(8)
        small = self._new_style("Small print")
        small.font.size = Pt(8.5)
        small.paragraph_format.space_before = Pt(12)
        sign = self._new_style("Sign")
        sign.paragraph_format.space_before = Pt(16)
        sign.paragraph_format.tab_stops.add_tab_stop(_LINE, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)

    def _style(self, name: str) -> ParagraphStyle:
        style = self._docx.styles[name]
        assert isinstance(style, ParagraphStyle)
        return style

    def _new_style(self, name: str) -> ParagraphStyle:
        style = self._docx.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)
        style.base_style = self._docx.styles["Normal"]
        return style

    def _set_page(self) -> None:
        section = self._docx.sections[0]
        section.page_width, section.page_height = _WIDTH, _HEIGHT
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        for relations in (self._docx.part.package.rels, self._docx.part.rels):
            for id_, relation in list(relations.items()):
                if relation.reltype.endswith(_LEFT_OUT):
                    del relations[id_]

    def _set_properties(self, title: str, author: str, locale: str) -> None:
        about = self._docx.core_properties
        about.title, about.author = _property(title), _property(author)
        about.last_modified_by = _property(author)
        about.comments = ""
        about.language = locale
        about.created = about.modified = self._made_at.astimezone(UTC).replace(tzinfo=None)

    def _set_header(self, text: str) -> None:
        paragraph = self._docx.sections[0].header.paragraphs[0]
        paragraph.add_run(fit(text)).bold = True
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _set_footer(self, words: str) -> None:
        """The numbers are fields, which the reader's program fills in."""
        paragraph = self._docx.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for part in _PLACE.split(words):
            if part in _FIELDS:
                paragraph._p.append(_field(_FIELDS[part]))
            elif part:
                paragraph.add_run(part)


def fit(text: str) -> str:
    """The text without what a document cannot hold."""
    return _UNFIT.sub("", "\n".join(text.splitlines()) if text else "")


def _property(text: str) -> str:
    return cut(" ".join(fit(text).split()), _LONGEST_PROPERTY)


def _set_font(style: ParagraphStyle) -> None:
    """One font for all; the template's go by theme, which wins over a name."""
    style.font.name = _FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)


def _frame(style: ParagraphStyle) -> None:
    """A border around the paragraphs, and a light ground. Their place among the properties is fixed by the schema."""
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        borders.append(_element(f"w:{side}", val="single", sz="8", space="6", color="8A6D00"))
    ground = _element("w:shd", val="clear", color="auto", fill="FFF8E1")
    properties = style.element.get_or_add_pPr()
    properties.insert(0, borders)
    properties.insert(1, ground)
    properties.append(OxmlElement("w:contextualSpacing"))  # no space between two of the style


def _describe(table: Table, description: str) -> None:
    """The text that a screen reader says for the table, and that its first row and column are headers."""
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    for name, value in {"firstRow": "1", "firstColumn": "1", "noHBand": "1", "noVBand": "1"}.items():
        if look is not None:
            look.set(qn(f"w:{name}"), value)
    properties.append(_element("w:tblCaption", val=fit(description)))
    properties.append(_element("w:tblDescription", val=fit(description)))


def _mark_row(row: Any, *, is_header: bool) -> None:
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))


def _write(paragraph: Paragraph, text: str, *, is_strong: bool, to_right: bool) -> None:
    paragraph.style = "In table"
    paragraph.add_run(text).bold = is_strong or None
    if to_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widen(table: Table, columns: int) -> None:
    """The names take a third; every cell says its width, since programs differ in whom they believe."""
    first = int(_LINE * 0.34)
    widths = [first, *[(_LINE - first) // (columns - 1)] * (columns - 1)]
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _field(instruction: str) -> Any:
    field = _element("w:fldSimple", instr=instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _packed(content: bytes, at: datetime) -> bytes:
    """The package with the same time on everything in it, and nothing of the machine."""
    stamp = at.astimezone(OSLO).timetuple()[:6]
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as written, ZipFile(packed, "w") as fixed:
        for name in written.namelist():
            info = ZipInfo(name, stamp)
            info.create_system, info.compress_type = 0, ZIP_DEFLATED
            fixed.writestr(info, written.read(name))
    return packed.getvalue()
