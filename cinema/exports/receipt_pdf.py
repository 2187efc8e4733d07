"""Receipts and credit notes as PDF files."""

import logging
from collections.abc import Sequence
from pathlib import Path

from anyascii import anyascii
from django.utils.translation import gettext as _
from django.utils.translation import override
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, VAlign
from fpdf.fonts import TTFFont

from cinema.domain.receipt_documents import Fact, ReceiptDocument

FONTS, FONT, INDIC = Path(__file__).parent / "fonts", "Noto Sans", "Noto Sans Devanagari"
STYLES = {"": "Regular", "B": "Bold"}
DEVANAGARI = range(0x900, 0x980)
MARGIN, LINE, GAP = 20.0, 5.5, 6.0  # mm
SMALL, NORMAL, LARGE = 8.5, 10.0, 18.0  # points
BOLD = FontFace(emphasis="BOLD")

logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings quote texts, which may name somebody


def receipt_pdf(document: ReceiptDocument) -> bytes:
    with override(document.language):
        page = ReceiptPage()
        page.set_lang(document.language)
        page.set_creation_date(document.issued_at)  # the same receipt is the same file
        if any(ord(letter) in DEVANAGARI for letter in repr(document)):
            page.add_fonts(INDIC)  # which takes a while
        page.show(document)
        return bytes(page.output())


class ReceiptPage(FPDF):
    """A page of A4, and more if the receipt is long."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN)
        self.add_fonts(FONT)
        self.set_text_shaping(True)
        self.add_page()

    def add_fonts(self, family: str) -> None:
        for style, name in STYLES.items():
            self.add_font(family, style, FONTS / f"{family.replace(' ', '')}-{name}.ttf")
        if family != FONT:
            self.set_fallback_fonts([family])

    def show(self, document: ReceiptDocument) -> None:
        self.set_title(document.title)
        self.set_author(document.issuer)
        self._paragraph(document.issuer, bold=True)
        for line in document.issuer_lines:
            self._paragraph(line)
        self.ln(GAP)
        self._paragraph(document.title, size=LARGE, bold=True)
        self.ln(GAP / 2)
        self._facts(document.facts)
        if document.company:
            self.ln(GAP / 2)
            self._paragraph(_("For"), size=SMALL)
            for line in document.company:
                self._paragraph(line, bold=line == document.company[0])
        self.ln(GAP)
        self._items(document)
        if document.taxes:
            self.ln(GAP)
            self._taxes(document)
        self.ln(GAP)
        self._facts(document.tenders)

    def _paragraph(self, text: str, *, size: float = NORMAL, bold: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.multi_cell(0, LINE * max(1.0, size / NORMAL), self._known(text), new_x="LMARGIN", new_y="NEXT")

    def _facts(self, facts: Sequence[Fact]) -> None:
        self.set_font(FONT, "", NORMAL)
        with self.table(
            borders_layout=TableBordersLayout.NONE,
            col_widths=(1, 3),
            first_row_as_headings=False,
            line_height=LINE,
            padding=0,
            v_align=VAlign.T,
        ) as table:
            for fact in facts:
                table.row([self._known(fact.label), self._known(fact.value)])

    def _items(self, document: ReceiptDocument) -> None:
        pieces = [_("Quantity"), _("Price")] if document.by_piece else []
        taxes = [_("Tax")] if document.taxes else []
        header = [_("Item"), *pieces, *taxes, _("Amount")]
        rows = [
            [
                item.text,
                *([str(item.quantity), item.unit_price] if document.by_piece else []),
                *([item.tax] if document.taxes else []),
                item.amount,
            ]
            for item in document.items
        ]
        total = [_("Total"), *[""] * (len(header) - 2), document.total]
        self._table([header, *rows, total], first=5 - len(header) / 2, total=total)

    def _taxes(self, document: ReceiptDocument) -> None:
        self._paragraph(_("Tax contained in the amounts"), size=SMALL)
        header = [_("Rate"), _("Net"), _("Tax"), _("Amount")]
        self._table([header, *([tax.rate, tax.net, tax.tax, tax.amount] for tax in document.taxes)], first=1)

    def _table(self, rows: Sequence[Sequence[str]], *, first: float, total: Sequence[str] = ()) -> None:
        """A table with a header, a ``first`` column so many times as wide as the others, and perhaps a total."""
        others = len(rows[0]) - 1
        self.set_font(FONT, "", NORMAL)
        with self.table(
            borders_layout=TableBordersLayout.SINGLE_TOP_LINE,
            col_widths=(first, *[1.0] * others),
            headings_style=BOLD,
            line_height=LINE,
            padding=(1, 1, 1, 0),
            text_align=("LEFT", *["RIGHT"] * others),
            v_align=VAlign.T,
        ) as table:
            for row in rows:
                table.row([self._known(cell) for cell in row], style=BOLD if row is total else None)

    def _known(self, text: str) -> str:
        """The text, with letters that the fonts lack spelled in Latin ones."""
        known = [font.cmap for font in self.fonts.values() if isinstance(font, TTFFont)]
        return "".join(letter if any(ord(letter) in cmap for cmap in known) else anyascii(letter) for letter in text)
