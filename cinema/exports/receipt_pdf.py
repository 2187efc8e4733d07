"""Receipts and credit notes as PDF files."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override
from fpdf import FontFace
from fpdf.enums import TableBordersLayout, VAlign

from cinema.domain.receipt_documents import Fact, ReceiptDocument
from cinema.exports.font_files import LATIN
from cinema.exports.pdf_page import PdfPage

MARGIN, LINE, GAP = 20.0, 5.5, 6.0  # mm
SMALL, NORMAL, LARGE = 8.5, 10.0, 18.0  # points
BOLD = FontFace(emphasis="BOLD")


def receipt_pdf(document: ReceiptDocument) -> bytes:
    with override(document.language):
        page = ReceiptPage(margin=MARGIN)
        page.set_lang(document.language)
        page.set_creation_date(document.issued_at)  # the same receipt is the same file
        page.add_families_for(repr(document))
        page.show(document)
        return bytes(page.output())


class ReceiptPage(PdfPage):
    """The pages of a receipt."""

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
        self.set_font(LATIN, "B" if bold else "", size)
        height = LINE * max(1.0, size / NORMAL)
        self.multi_cell(0, height, self.known(text), align=self.begin, new_x="LMARGIN", new_y="NEXT")

    def _facts(self, facts: Sequence[Fact]) -> None:
        self.set_font(LATIN, "", NORMAL)
        with self.table(
            borders_layout=TableBordersLayout.NONE,
            col_widths=self.from_begin([1.0, 3.0]),
            first_row_as_headings=False,
            line_height=LINE,
            padding=0,
            text_align=self.begin,
            v_align=VAlign.T,
        ) as table:
            for fact in facts:
                table.row(self.from_begin([self.known(fact.label), self.known(fact.value)]))

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
        self.set_font(LATIN, "", NORMAL)
        with self.table(
            borders_layout=TableBordersLayout.SINGLE_TOP_LINE,
            col_widths=self.from_begin([first, *[1.0] * others]),
            headings_style=BOLD,
            line_height=LINE,
            padding=(1, 0, 1, 1) if self.right_to_left else (1, 1, 1, 0),
            text_align=self.from_begin([self.begin, *[self.end] * others]),
            v_align=VAlign.T,
        ) as table:
            for row in rows:
                cells = self.from_begin([self.known(cell) for cell in row])
                table.row(cells, style=BOLD if row is total else None)
