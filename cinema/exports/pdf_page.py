"""Pages of PDF files with texts in any of our fonts, in both directions of writing."""

import logging
from collections.abc import Sequence
from typing import Any, TypeVar

from anyascii import anyascii
from django.utils.translation import get_language_bidi
from fpdf import FPDF
from fpdf.enums import Align
from fpdf.fonts import TTFFont

from cinema.exports.directions import of_language
from cinema.exports.font_files import JOINERS, LATIN, MARKS, STYLES, families_of, font_file

T = TypeVar("T")

logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings quote texts, which may name somebody


class PdfPage(FPDF):
    """A page of A4, and more if what is on it is long. In the present language, lines ``begin`` left or right."""

    def __init__(self, *, margin: float) -> None:
        """``margin`` is in millimetres."""
        super().__init__(format="A4")
        self.right_to_left = get_language_bidi()
        self.begin, self.end = (Align.R, Align.L) if self.right_to_left else (Align.L, Align.R)
        self.families: list[str] = []
        self.set_margin(margin)
        self.set_auto_page_break(True, margin)
        self.add_family(LATIN)
        self.set_text_shaping(True)
        self.add_page()

    def add_families_for(self, text: str) -> None:
        """Add the fonts that a text needs, each of which takes a while."""
        for family in families_of(text):
            self.add_family(family)

    def add_family(self, family: str) -> None:
        for style in STYLES:
            self.add_font(family, style, font_file(family, style))
        self.families.append(family)
        self.set_fallback_fonts(self.families[1:])

    def from_begin(self, columns: Sequence[T]) -> Sequence[T]:
        """Columns in the order of reading as a table takes them: from left to right."""
        return columns[::-1] if self.right_to_left else columns

    def known(self, text: str) -> str:
        """The text in the direction of the language, with letters that the fonts lack spelled in Latin ones."""
        fonts = [font.cmap for font in self.fonts.values() if isinstance(font, TTFFont)]
        known = "".join(
            letter if letter in JOINERS + MARKS or any(ord(letter) in cmap for cmap in fonts) else anyascii(letter)
            for letter in text
        )
        return of_language(known, right_to_left=self.right_to_left)

    def _render_styled_text_line(self, *args: Any, **options: Any) -> bool:
        done = super()._render_styled_text_line(*args, **options)
        # If the line began in another font, the page's own was set only until its end.
        self.current_font_is_set_on_page = False
        return done
