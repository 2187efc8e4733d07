"""QR codes of links: SVG for pages and paper, PNG for mail."""

import io

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from PIL import Image

MODULE_PIXELS = 12  # a ticket's code is about 500 px wide and shown at less than half that size, so it is sharp
MASK = 3  # scanners read all eight masks; to try them all for the most even pattern takes five times as long


def svg(path: str) -> SafeString:
    """The link to ``path`` as an inline SVG of class “qr”, without a style attribute (the CSP forbids those)."""
    return text_svg(settings.SITE_URL + path)


def text_svg(text: str) -> SafeString:
    """A text, such as a payment that an app understands, in the same way."""
    # The SVG contains numbers only, never the text.
    return mark_safe(_code(text).svg_inline(omitsize=True, svgclass="qr"))  # noqa: S308


def png(path: str) -> bytes:
    """The link to ``path`` as a black and white PNG with the quiet zone that scanners need."""
    file = io.BytesIO()
    image(path, module=MODULE_PIXELS).save(file, "png")
    return file.getvalue()


def image(path: str, *, module: int) -> Image.Image:
    """The same as a picture of one bit, in which each square of the code is ``module`` pixels wide."""
    rows = [bytes(0 if dark else 255 for dark in row) for row in _code(settings.SITE_URL + path).matrix_iter()]
    size = len(rows)
    small = Image.frombytes("L", (size, size), b"".join(rows)).convert("1", dither=Image.Dither.NONE)
    return small.resize((size * module, size * module), Image.Resampling.NEAREST)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False, mask=MASK)
